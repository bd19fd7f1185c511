//! `$3` stands for the third parameter on both databases. For SQLite `$3` is a name, which it looks up one by one in a
//! list; `?3` is the number itself. So statements are given to SQLite with `?`.

use crate::error::{StoreError, StoreResult};

/// The text with `?1` for `$1`, outside quotes and comments. Errors: `Invalid` for a parameter that is no number.
pub(super) fn numbered(sql: &str) -> StoreResult<String> {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find(['$', '\'', '"', '`', '[', '-', '/', '?', ':', '@']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        if is_parameter(from, before) {
            let digits = from[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len() - 1);
            if digits == 0 || !from.starts_with('$') {
                return Err(StoreError::Invalid("parameters are written $1, $2 and so on".to_owned()));
            }
            text.push('?');
            text.push_str(&from[1..=digits]);
            rest = &from[1 + digits..];
        } else {
            let (kept, after) = from.split_at(passed_over(from));
            text.push_str(kept);
            rest = after;
        }
    }
    text.push_str(rest);
    Ok(text)
}

/// Whether a parameter begins here; `$` may also be part of a name.
fn is_parameter(from: &str, before: &str) -> bool {
    let in_name = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
    from.starts_with(['?', ':', '@']) || (from.starts_with('$') && !in_name)
}

/// Length of the quoted text, the comment or the plain sign at the start. Without an end it goes to the last byte, and
/// SQLite refuses the statement.
fn passed_over(from: &str) -> usize {
    let until = |start: usize, end: &str| from[start..].find(end).map_or(from.len(), |at| start + at + end.len());
    match from.as_bytes() {
        // A doubled quote ends one quoted text and begins the next.
        [b'\'', ..] => until(1, "'"),
        [b'"', ..] => until(1, "\""),
        [b'`', ..] => until(1, "`"),
        [b'[', ..] => until(1, "]"),
        [b'-', b'-', ..] => until(2, "\n"),
        [b'/', b'*', ..] => until(2, "*/"),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_and_everything_else_is_left_alone() {
        for (given, expected) in [
            ("select $1, $12 from t where a = $1", "select ?1, ?12 from t where a = ?1"),
            ("select '$1 it''s $2', \"$3\", `$4`, [$5] from t", "select '$1 it''s $2', \"$3\", `$4`, [$5] from t"),
            ("select 1 -- $1 'open\n + $1 /* $2 \" */ - $2 / 3", "select 1 -- $1 'open\n + ?1 /* $2 \" */ - ?2 / 3"),
            ("select cost$1, ä$2 from t", "select cost$1, ä$2 from t"),
            ("select a->>'$.b', ($1)", "select a->>'$.b', (?1)"),
            ("select 'open $1", "select 'open $1"),
            ("select $1", "select ?1"),
        ] {
            assert_eq!(numbered(given).unwrap(), expected);
        }
    }

    #[test]
    fn other_ways_to_write_parameters_are_refused() {
        for sql in ["select ?", "select ?1", "select :name", "select @name", "select $name", "select $"] {
            assert!(matches!(numbered(sql), Err(StoreError::Invalid(_))), "{sql}");
        }
    }
}
