//! Matching a path against the routes of one plugin. Made once per installed version, asked once per request.

use lamp_core::manifest::{Method, Route};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// The routes of one manifest, most specific first.
#[derive(Debug)]
pub(crate) struct Matcher {
    routes: Vec<Compiled>,
}

#[derive(Debug)]
pub(crate) struct Compiled {
    pub method: Method,
    segments: Vec<Segment>,
    /// Needed by the caller.
    pub permission: String,
}

/// Literals sort before parameters, so that `/things/new` wins over `/things/{id}`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    Any,
}

/// What a path came to.
#[derive(Debug)]
pub(crate) enum Matched<'a> {
    Route(&'a Compiled),
    /// The path exists with these methods, comma-separated.
    OtherMethod(String),
    Nothing,
}

impl Matcher {
    pub(crate) fn new(routes: &[Route]) -> Self {
        let mut routes: Vec<Compiled> = routes.iter().map(compile).collect();
        routes.sort_by(|left, right| left.segments.cmp(&right.segments));
        Self { routes }
    }

    /// The route for a decoded path. `HEAD` is answered by `GET` routes.
    pub(crate) fn find(&self, method: &str, path: &str) -> Matched<'_> {
        let method = if method == "HEAD" { "GET" } else { method };
        let mut others = Vec::new();
        for route in self.routes.iter().filter(|route| route.fits(path)) {
            if route.method.as_str() == method {
                return Matched::Route(route);
            }
            others.push(route.method.as_str());
        }
        if others.is_empty() {
            return Matched::Nothing;
        }
        if others.contains(&"GET") {
            others.push("HEAD");
        }
        others.sort_unstable();
        others.dedup();
        Matched::OtherMethod(others.join(", "))
    }
}

impl Compiled {
    fn fits(&self, path: &str) -> bool {
        let mut given = segments(path);
        let all = self.segments.iter().all(|segment| match (segment, given.next()) {
            (Segment::Literal(literal), Some(text)) => literal == text,
            (Segment::Any, Some(text)) => !text.is_empty(),
            (_, None) => false,
        });
        all && given.next().is_none()
    }
}

fn compile(route: &Route) -> Compiled {
    let segment = |text: &str| {
        if text.starts_with('{') && text.ends_with('}') { Segment::Any } else { Segment::Literal(text.to_owned()) }
    };
    Compiled {
        method: route.method,
        segments: segments(&route.path).map(segment).collect(),
        permission: route.permission.clone(),
    }
}

/// `/a/b` has the segments `a` and `b`; `/` has none; a trailing slash makes an empty one.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let inner = path.strip_prefix('/').unwrap_or(path);
    (!inner.is_empty()).then(|| inner.split('/')).into_iter().flatten()
}

/// Decodes a path segment by segment. None for anything that another reader could take for another path: dot segments,
/// empty inner segments, encoded slashes, backslashes, control characters, text that is not UTF-8.
pub(crate) fn decode(path: &str) -> Option<Cow<'_, str>> {
    let plain = path.bytes().all(|byte| byte != b'%');
    let decoded = if plain { Cow::Borrowed(path) } else { Cow::Owned(decode_segments(path)?) };
    is_clean(&decoded).then_some(decoded)
}

fn decode_segments(path: &str) -> Option<String> {
    let mut whole = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            whole.push('/');
        }
        let valid = segment.match_indices('%').all(|(at, _)| {
            segment.get(at + 1..at + 3).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        });
        let decoded = percent_decode_str(segment).decode_utf8().ok()?;
        if !valid || decoded.contains('/') {
            return None;
        }
        whole.push_str(&decoded);
    }
    Some(whole)
}

fn is_clean(path: &str) -> bool {
    let inner = path.strip_prefix('/').unwrap_or(path);
    let last = inner.split('/').count().saturating_sub(1);
    let segment_is_clean =
        |(index, segment): (usize, &str)| segment != "." && segment != ".." && (!segment.is_empty() || index == last);
    inner.split('/').enumerate().all(segment_is_clean) && !path.chars().any(|c| c.is_control() || c == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(paths: &[(&str, Method)]) -> Matcher {
        let route = |(path, method): &(&str, Method)| Route {
            method: *method,
            path: (*path).to_owned(),
            permission: format!("{} {path}", method.as_str()),
            summary: String::new(),
            query: Vec::new(),
            response: None,
        };
        Matcher::new(&paths.iter().map(route).collect::<Vec<_>>())
    }

    fn found(matcher: &Matcher, method: &str, path: &str) -> String {
        match matcher.find(method, path) {
            Matched::Route(route) => route.permission.clone(),
            Matched::OtherMethod(allow) => format!("405 {allow}"),
            Matched::Nothing => "404".to_owned(),
        }
    }

    #[test]
    fn literals_win_over_parameters_and_other_methods_are_named() {
        let matcher = matcher(&[
            ("/things/{id}", Method::Get),
            ("/things/new", Method::Get),
            ("/things/{id}", Method::Delete),
            ("/things", Method::Post),
            ("/", Method::Get),
        ]);
        for (method, path, expected) in [
            ("GET", "/things/new", "GET /things/new"),
            ("GET", "/things/7", "GET /things/{id}"),
            ("HEAD", "/things/7", "GET /things/{id}"),
            ("DELETE", "/things/new", "DELETE /things/{id}"),
            ("POST", "/things/7", "405 DELETE, GET, HEAD"),
            ("GET", "/things", "405 POST"),
            ("GET", "/things/", "404"),
            ("GET", "/things/7/8", "404"),
            ("GET", "/", "GET /"),
            ("GET", "", "GET /"),
            ("GET", "/other", "404"),
        ] {
            assert_eq!(found(&matcher, method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn decoding_refuses_what_could_be_another_path() {
        assert_eq!(decode("/a%20b/%C3%A4").as_deref(), Some("/a b/ä"));
        assert_eq!(decode("/plain").as_deref(), Some("/plain"));
        for path in [
            "/..",
            "/a/../b",
            "/./a",
            "/%2e%2e/b",
            "/%2E./b",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a\\b",
            "/a//b",
            "/%00",
            "/a%0ab",
            "/%ff",
            "/%c0%ae%c0%ae",
            "/%",
            "/%2",
            "/%zz",
            "/a/%2e",
            "/%e0%80%af",
        ] {
            assert_eq!(decode(path), None, "{path}");
        }
        assert_eq!(decode("/%252e%252e").as_deref(), Some("/%2e%2e"), "decoded once and no more");
    }
}
