//! Name patterns of grants and topics: `*` stands for any run of characters, nothing else is special.

/// Whether `name` matches `pattern`. Shape: `*` may occur anywhere and any number of times.
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return name.is_empty() };
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.find(middle) {
                Some(at) => rest = &rest[at + str::len(middle)..],
                None => return false,
            }
        }
    }
    match last {
        Some(tail) => rest.ends_with(tail),
        None => rest.is_empty(),
    }
}

/// Whether every name that `inner` matches is matched by `outer`; a pattern matched as if it were a name is enough,
/// because `*` in `outer` also swallows a `*` of `inner`.
pub fn covers(outer: &str, inner: &str) -> bool {
    matches(outer, inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_stands_for_any_run() {
        for (pattern, name, expected) in [
            ("library", "library", true),
            ("library", "library-2", false),
            ("library-*", "library-2", true),
            ("library-*", "library", false),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("files.*", "files.changed", true),
            ("*.changed", "files.changed", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} ~ {name}");
        }
    }

    #[test]
    fn a_wide_pattern_covers_a_narrow_one_and_not_the_reverse() {
        assert!(covers("library*", "library-*"));
        assert!(!covers("library-*", "library*"));
    }
}
