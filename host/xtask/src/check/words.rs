//! No word of a domain in host or shell. The words stand in `plugins/domain-words.txt`, one a line, outside of both.

use super::Faults;
use crate::files;
use crate::workspace::Workspace;
use std::collections::BTreeSet;
use std::path::Path;

/// Where no domain is known.
const NEUTRAL: [&str; 4] = ["host", "web", "wit", "migrations"];
/// Generated, and full of other people's names.
const EXEMPT: [&str; 2] = ["package-lock.json", "Cargo.lock"];

pub fn check(workspace: &Workspace) -> Faults {
    let list = files::read_text(&workspace.path("plugins/domain-words.txt"))?;
    let words: BTreeSet<String> =
        list.lines().map(str::trim).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let mut faults = Vec::new();
    for folder in NEUTRAL {
        for path in files::below(&workspace.path(folder))? {
            let relative = path.strip_prefix(&workspace.root).unwrap_or(&path);
            if path.file_name().is_some_and(|name| EXEMPT.iter().any(|exempt| name == *exempt)) {
                continue;
            }
            faults.extend(in_file(relative, &files::read(&path)?, &words));
        }
    }
    Ok(faults)
}

/// Words in a file's name and, if it is text, in its lines.
fn in_file(path: &Path, bytes: &[u8], words: &BTreeSet<String>) -> Vec<String> {
    let mut faults: Vec<String> = named(&path.to_string_lossy(), words)
        .map(|word| format!("{}: the name holds `{word}`", path.display()))
        .collect();
    if let Ok(text) = std::str::from_utf8(bytes) {
        for (index, line) in text.lines().enumerate() {
            faults.extend(named(line, words).map(|word| format!("{}:{}: names `{word}`", path.display(), index + 1)));
        }
    }
    faults
}

/// The words of a text that are on the list, also as a part of a `CamelCase` or `snake_case` name.
fn named<'a>(text: &str, words: &'a BTreeSet<String>) -> impl Iterator<Item = &'a String> {
    let found: BTreeSet<String> = parts(text).into_iter().collect();
    words.iter().filter(move |word| found.contains(*word))
}

fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for run in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| !run.is_empty()) {
        parts.push(run.to_ascii_lowercase());
        let bytes = run.as_bytes();
        let mut start = 0;
        for at in 1..bytes.len() {
            let lower_upper = bytes[at - 1].is_ascii_lowercase() && bytes[at].is_ascii_uppercase();
            let end_of_capitals = bytes[at - 1].is_ascii_uppercase()
                && bytes[at].is_ascii_uppercase()
                && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            if lower_upper || end_of_capitals {
                parts.push(run[start..at].to_ascii_lowercase());
                start = at;
            }
        }
        parts.push(run[start..].to_ascii_lowercase());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_found_in_every_spelling() {
        let words: BTreeSet<String> = ["zebra".to_owned()].into();
        for text in ["a zebra", "ZEBRA-2", "zebra_list", "ZebraList", "listZebra", "HTTPZebra", "`zebra`"] {
            assert_eq!(named(text, &words).count(), 1, "{text}");
        }
        for text in ["zebras", "azebra", "zeb ra", "zebracorn"] {
            assert_eq!(named(text, &words).count(), 0, "{text}");
        }
    }

    #[test]
    fn names_of_files_count_and_bytes_that_are_no_text_do_not() {
        let words: BTreeSet<String> = ["zebra".to_owned()].into();
        assert_eq!(in_file(Path::new("host/zebra.rs"), b"zebra\n", &words).len(), 2);
        assert_eq!(in_file(Path::new("host/a.png"), b"\xff zebra", &words).len(), 0);
    }
}
