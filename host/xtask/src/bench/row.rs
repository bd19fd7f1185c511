//! One line of the table.

use anyhow::{Result, bail};

/// A figure with what it should be.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// Number and unit.
    pub value: String,
    /// `>=` or `<=`, a number and the same unit; empty for a figure that is told and not judged.
    pub target: String,
    /// What one should know of it.
    pub note: String,
}

impl Row {
    /// A row of the server's own.
    pub fn new(name: &str, value: String, target: &str, note: String) -> Self {
        Self { name: name.to_owned(), value, target: target.to_owned(), note }
    }

    /// From `name | value | target | note`. Errors: not four parts.
    pub fn parse(line: &str) -> Result<Self> {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [name, value, target, note] = parts.as_slice() else {
            bail!("`{line}` is no row: name | value | target | note");
        };
        Ok(Self::new(name, (*value).to_owned(), target, (*note).to_owned()))
    }

    /// Whether the target is met. Shape: none when there is none.
    pub fn is_met(&self) -> Option<bool> {
        let value = number(&self.value)?;
        match self.target.split_at_checked(2)? {
            (">=", bound) => Some(value >= number(bound)?),
            ("<=", bound) => Some(value <= number(bound)?),
            _ => None,
        }
    }
}

/// The number a text begins with.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Row;

    #[test]
    fn a_row_is_judged_by_its_target() {
        for (line, met) in [
            ("a | 0.61x | >= 0.55x | fine", Some(true)),
            ("a | 0.54x | >= 0.55x | ", Some(false)),
            ("a | 15.0 ms | <= 15 ms | b", Some(true)),
            ("a | 301 ms | <= 300 ms | b", Some(false)),
            ("a | 7 s | | only told", None),
        ] {
            assert_eq!(Row::parse(line).unwrap().is_met(), met, "{line}");
        }
    }

    #[test]
    fn other_lines_are_refused() {
        assert!(Row::parse("compiling").is_err());
        assert!(Row::parse("a | b | c | d | e").is_err());
    }
}
