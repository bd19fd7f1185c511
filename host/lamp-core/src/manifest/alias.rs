//! Route prefixes that plugins claim below `/api/v1`: `/things`, or what a plugin adds to the items of a collection of
//! the host, `/jobs/{id}/things`. The host's own routes go before them.

use super::interfaces::HOST_ROUTES;

/// Whether `path` is `prefix` or lies below it; a parameter of the prefix, `{id}`, stands for any one segment.
pub fn is_under(path: &str, prefix: &str) -> bool {
    if !prefix.contains('{') {
        return path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    }
    let mut given = path.split('/');
    prefix.split('/').all(|segment| {
        given.next().is_some_and(|text| if is_parameter(segment) { !text.is_empty() } else { text == segment })
    })
}

/// Whether no two plugins may claim these two.
pub fn overlap(one: &str, other: &str) -> bool {
    is_under(one, other) || is_under(other, one)
}

/// Errors: the prefix is the host's; the text says so.
pub fn check_owner(prefix: &str) -> Result<(), String> {
    let first = prefix.trim_start_matches('/').split('/').next().unwrap_or_default();
    if !HOST_ROUTES.contains(&first) || is_below_host_collection(prefix) {
        return Ok(());
    }
    let added = format!("claim another, or what the plugin adds to its items, `/{first}/{{id}}/things`");
    Err(format!("`/{first}` belongs to the host: {added}"))
}

/// Whether it is `/collection/{parameter}/name` of a collection of the host, or lies below that.
pub(super) fn is_below_host_collection(prefix: &str) -> bool {
    let mut segments = prefix.trim_start_matches('/').split('/');
    let collection = segments.next().is_some_and(|first| HOST_ROUTES.contains(&first) && first != "p");
    collection && segments.next().is_some_and(is_parameter) && segments.next().is_some_and(|name| !is_parameter(name))
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_holds_what_lies_below_it_segment_by_segment() {
        for (path, prefix, holds) in [
            ("/things", "/things", true),
            ("/things/1", "/things", true),
            ("/things-of-mine", "/things", false),
            ("/jobs/1/things", "/jobs/{id}/things", true),
            ("/jobs/1/things/2", "/jobs/{id}/things", true),
            ("/jobs/{one}/things", "/jobs/{id}/things", true),
            ("/jobs//things", "/jobs/{id}/things", false),
            ("/jobs/1/2/things", "/jobs/{id}/things", false),
            ("/jobs/1", "/jobs/{id}/things", false),
            ("/jobs/1/thing", "/jobs/{id}/things", false),
        ] {
            assert_eq!(is_under(path, prefix), holds, "{path} under {prefix}");
        }
        assert!(overlap("/jobs/{id}/things/new", "/jobs/{job}/things") && !overlap("/things", "/jobs/{id}/things"));
    }

    #[test]
    fn the_host_keeps_its_collections_and_their_items() {
        for (prefix, allowed) in [
            ("/things", true),
            ("/jobs/{id}/things", true),
            ("/jobs/{id}/things/{thing}", true),
            ("/jobs", false),
            ("/jobs/things", false),
            ("/jobs/{id}", false),
            ("/jobs/{id}/{thing}", false),
            ("/p/{plugin}/things", false),
        ] {
            assert_eq!(check_owner(prefix).is_ok(), allowed, "{prefix}");
        }
    }
}
