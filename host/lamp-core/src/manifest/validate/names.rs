//! The spellings that names in a manifest can have.

/// Longest name of anything.
const MAX_NAME_BYTES: usize = 64;
/// Longest path and its most segments.
const MAX_PATH_BYTES: usize = 200;
const MAX_SEGMENTS: usize = 12;

/// One line of 1 to `most` characters, not only blanks.
pub(super) fn has_text(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// `a-z`, `0-9` and single hyphens inside, first a letter.
pub(super) fn is_kebab(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    starts_lower(text) && text.chars().all(allowed) && !text.ends_with('-') && !text.contains("--")
}

/// `a-z`, `0-9` and `_`, first a letter.
pub(super) fn is_snake(text: &str) -> bool {
    starts_lower(text) && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn starts_lower(text: &str) -> bool {
    text.len() <= MAX_NAME_BYTES && text.starts_with(|c: char| c.is_ascii_lowercase())
}

/// `area:verb`, both in kebab-case.
pub(super) fn is_permission(text: &str) -> bool {
    text.split_once(':').is_some_and(|(area, verb)| is_kebab(area) && is_kebab(verb))
}

/// A name of a script export.
pub(super) fn is_export(text: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    text.len() <= MAX_NAME_BYTES && text.starts_with(first) && text.chars().all(|c| first(c) || c.is_ascii_digit())
}

/// `/` or `/segment/{parameter}`: no empty segments, no dots alone, each parameter once.
pub(super) fn is_route_path(path: &str) -> bool {
    let literal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    is_path(path, |segment| segment.chars().all(literal) && !segment.trim_matches('.').is_empty())
}

/// `/` or `/segment/{parameter}` with segments of `a-z`, `0-9` and `-`.
pub(super) fn is_page_path(path: &str) -> bool {
    is_path(path, |segment| segment.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
}

fn is_path(path: &str, is_literal: impl Fn(&str) -> bool) -> bool {
    if path == "/" {
        return true;
    }
    let Some(rest) = path.strip_prefix('/').filter(|_| path.len() <= MAX_PATH_BYTES) else { return false };
    let segments: Vec<&str> = rest.split('/').collect();
    let parameters: Vec<&str> = segments.iter().copied().filter(|segment| segment.starts_with('{')).collect();
    let is_good = |segment: &&str| match segment.strip_prefix('{') {
        Some(parameter) => parameter.strip_suffix('}').is_some_and(is_snake),
        None => !segment.is_empty() && is_literal(segment),
    };
    let once = parameters.iter().enumerate().all(|(index, parameter)| !parameters[..index].contains(parameter));
    segments.len() <= MAX_SEGMENTS && segments.iter().all(is_good) && once
}

/// A path of an asset: relative, forward slashes, no empty and no dotted segments.
pub(super) fn is_asset_path(path: &str) -> bool {
    path.len() <= MAX_PATH_BYTES && path.split('/').all(|segment| !segment.is_empty() && !segment.starts_with('.'))
}

/// A pattern of the characters that `allowed` takes, and `*`.
pub(super) fn is_pattern(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME_BYTES && text.chars().all(|c| c == '*' || allowed(c))
}
