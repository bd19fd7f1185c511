//! Collects what differs and which fields were looked at.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

/// Differences shown of one package.
const SHOWN: usize = 12;

/// What differs, each with the place of the field.
#[derive(Default)]
pub struct Differences {
    found: Vec<String>,
    compared: BTreeSet<String>,
}

impl Differences {
    /// Compares one field. `path` is the place in the answer with `[]` for every entry of a list, `of` says which entry.
    pub fn same(&mut self, path: &str, of: &str, ours: &Value, theirs: &Value) {
        self.compared.insert(path.to_owned());
        if ours != theirs {
            let entry = if of.is_empty() { String::new() } else { format!(" of {of}") };
            self.found.push(format!("{path}{entry}: ours {ours}, expected {theirs}"));
        }
    }

    /// Compares a condition.
    pub fn hold(&mut self, path: &str, of: &str, holds: bool, expected: &str) {
        self.same(path, of, &Value::Bool(holds), &Value::Bool(true));
        if !holds {
            self.found.push(format!("{path}: expected that {expected}"));
        }
    }

    /// Something that cannot be compared field by field.
    pub fn add(&mut self, difference: String) {
        self.found.push(difference);
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds every field of the answer nobody looked at.
    pub fn uncompared(&mut self, truth: &Value, left_out: &[&str]) {
        let mut paths = BTreeSet::new();
        leaves("", truth, &mut paths);
        for path in paths {
            let is_part = |whole: &str| {
                path.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            if !left_out.iter().any(|whole| is_part(whole)) && !self.compared.iter().any(|whole| is_part(whole)) {
                self.found.push(format!("{path} is in the answer and not compared"));
            }
        }
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for difference in self.found.iter().take(SHOWN) {
            writeln!(f, "  {difference}")?;
        }
        match self.found.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(f, "  and {more} more"),
        }
    }
}

fn leaves(path: &str, value: &Value, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                leaves(&format!("{path}{dot}{name}"), field, paths);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| leaves(&format!("{path}[]"), entry, paths)),
        _ => {
            paths.insert(path.to_owned());
        }
    }
}
