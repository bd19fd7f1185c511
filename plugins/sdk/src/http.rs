//! Answering HTTP requests: one record in, one record out.

pub use crate::bindings::entry_http::exports::lamphouse::http::handler::{
    Body, FileReference, Guest as Handler, Request, Response,
};
use percent_encoding::percent_decode_str;
use serde::Serialize;

/// Exports a type that implements [`Handler`].
#[macro_export]
macro_rules! export_http {
    ($handler:ident) => {
        $crate::bindings::entry_http::export_http_handler!($handler with_types_in $crate::bindings::entry_http);
    };
}

impl Request {
    /// Query parameters in order, decoded (`+` is a blank).
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        self.query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name), decode(value))
            })
            .collect()
    }

    /// First value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// The path's segments, without empty ones.
    pub fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|segment| !segment.is_empty()).collect()
    }
}

fn decode(text: &str) -> String {
    let blanks = text.replace('+', " ");
    percent_decode_str(&blanks).decode_utf8_lossy().into_owned()
}

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    code: &'a str,
    message: &'a str,
}

/// The name of a status, for the codes plugins answer with (RFC 9110).
fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        500.. => "Internal Server Error",
        _ => "Error",
    }
}

impl Response {
    /// Plain text.
    pub fn text(status: u16, text: &str) -> Self {
        Self::with_type(status, "text/plain; charset=utf-8", text.as_bytes().to_vec())
    }

    /// JSON.
    pub fn json(status: u16, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => Self::with_type(status, "application/json", bytes),
            Err(error) => {
                Self::problem(500, "encoding_failed", &format!("the answer cannot be written as JSON: {error}"))
            }
        }
    }

    /// JSON text that is ready.
    pub fn json_text(status: u16, text: String) -> Self {
        Self::with_type(status, "application/json", text.into_bytes())
    }

    /// A problem document (RFC 9457) with a machine code and a sentence that says what to do.
    pub fn problem(status: u16, code: &str, message: &str) -> Self {
        let problem = Problem { r#type: "about:blank", title: title(status), status, code, message };
        let bytes = serde_json::to_vec(&problem).unwrap_or_default();
        Self::with_type(status, "application/problem+json", bytes)
    }

    /// No content.
    pub fn no_content() -> Self {
        Self { status: 204, headers: Vec::new(), body: Body::Bytes(Vec::new()) }
    }

    /// Bytes of a media type.
    pub fn with_type(status: u16, media_type: &str, bytes: Vec<u8>) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), media_type.to_owned())], body: Body::Bytes(bytes) }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_pairs_are_decoded() {
        let request = Request {
            method: "GET".to_owned(),
            path: "/a//b/".to_owned(),
            query: "q=a+b%20c&flag&x=%C3%A4&=".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let pairs = request.query_pairs();
        assert_eq!(pairs[0], ("q".to_owned(), "a b c".to_owned()));
        assert_eq!(pairs[1], ("flag".to_owned(), String::new()));
        assert_eq!(pairs[2], ("x".to_owned(), "ä".to_owned()));
        assert_eq!(request.segments(), ["a", "b"]);
    }
}
