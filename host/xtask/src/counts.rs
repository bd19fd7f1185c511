//! Numbers of tests, read from the closing lines of cargo, vitest and Playwright.

use std::ops::AddAssign;

/// Tests that ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub passed: u64,
    /// Failed; a flaky one counts here.
    pub failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// What one line of output says. Shape: zero for every line that is no summary.
/// `test result: ok. 3 passed; 0 failed; ...` (cargo), `Tests  1 failed | 2 passed (3)` (vitest), `2 passed (4.0s)` and
/// `1 failed` on lines of their own (Playwright).
pub fn parse(line: &str) -> Counts {
    let plain = without_colour(line);
    let text = plain.trim();
    let summary = text.strip_prefix("test result: ").or_else(|| text.strip_prefix("Tests  "));
    let list: Vec<&str> = match summary {
        Some(summary) => summary.split(['.', ';', '|']).collect(),
        None if is_alone(text) => vec![text],
        None => return Counts::default(),
    };
    let mut counts = Counts::default();
    for part in list {
        let mut words = part.split_whitespace();
        let number = words.next().and_then(|word| word.parse::<u64>().ok());
        match (number, words.next()) {
            (Some(number), Some("passed")) => counts.passed += number,
            (Some(number), Some("failed" | "flaky" | "interrupted")) => counts.failed += number,
            _ => {}
        }
    }
    counts
}

/// Playwright's lines: a number, a word, at most a time in brackets.
fn is_alone(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let number = words.next().is_some_and(|word| word.parse::<u64>().is_ok());
    let verdict = words.next().is_some_and(|word| matches!(word, "passed" | "failed" | "flaky" | "interrupted"));
    number && verdict && words.next().is_none_or(|word| word.starts_with('('))
}

fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::{Counts, parse};

    #[test]
    fn reads_the_closing_lines_of_all_three() {
        for (line, passed, failed) in [
            ("test result: ok. 37 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 12.27s", 37, 0),
            ("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s", 3, 2),
            ("      Tests  1 failed | 11 passed (12)", 11, 1),
            (
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m12 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (12)\u{1b}[39m",
                12,
                0,
            ),
            ("  8 passed (5.1s)", 8, 0),
            ("  1 failed", 0, 1),
            ("  1 flaky", 0, 1),
            ("test tests::three ... ok", 0, 0),
            (" Test Files  2 passed (2)", 0, 0),
            ("5 failed to connect", 0, 0),
        ] {
            assert_eq!(parse(line), Counts { passed, failed }, "{line}");
        }
    }
}
