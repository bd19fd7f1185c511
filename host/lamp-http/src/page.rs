//! Pages of lists: `limit`, an opaque `cursor`, and the link to the next page.

use crate::problem::{ApiError, ApiResult};
use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{HeaderValue, LINK};
use http::uri::Uri;
use serde::Serialize;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 500;

/// The limit to use. Errors: 400 outside 1 to 500.
pub(crate) fn limit(given: Option<u32>) -> ApiResult<u32> {
    match given.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        other => Err(ApiError::bad_request("invalid_query", format!("limit is {other}; use 1 to {MAX_LIMIT}"))),
    }
}

/// The position a cursor stands for. Errors: 400 when it is none of ours.
pub(crate) fn position(cursor: Option<&str>) -> ApiResult<Option<String>> {
    let decode = |cursor: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok();
    cursor
        .map(|cursor| {
            decode(cursor).ok_or_else(|| {
                ApiError::bad_request("invalid_query", "the cursor is none of this list; begin without one")
            })
        })
        .transpose()
}

/// As [`position`], for lists whose position is a number.
pub(crate) fn number(cursor: Option<&str>) -> ApiResult<Option<i64>> {
    let refused = || ApiError::bad_request("invalid_query", "the cursor is none of this list; begin without one");
    position(cursor)?.map(|text| text.parse().map_err(|_| refused())).transpose()
}

/// An array of at most `limit` rows out of `rows` (of which one more was asked for), with the link to the next page.
pub(crate) fn answer<T: Serialize>(
    uri: &Uri,
    mut rows: Vec<T>,
    limit: u32,
    position: impl Fn(&T) -> String,
) -> Response {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| next_link(uri, &position(last)));
    let mut response = Json(rows).into_response();
    if let Some(link) = next.and_then(|link| HeaderValue::from_str(&link).ok()) {
        response.headers_mut().insert(LINK, link);
    }
    response
}

/// The same address with another cursor; relative to the host, never built from `Host`.
fn next_link(uri: &Uri, position: &str) -> String {
    let kept =
        uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let cursor = format!("cursor={}", URL_SAFE_NO_PAD.encode(position));
    let query = kept.chain([cursor.as_str()]).collect::<Vec<_>>().join("&");
    format!("<{}?{query}>; rel=\"next\"", uri.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_keeps_the_filters_and_replaces_the_cursor() {
        let uri: Uri = "/api/v1/jobs?state=failed&cursor=old&limit=1".parse().unwrap();
        let response = answer(&uri, vec!["a", "b"], 1, |row| (*row).to_owned());
        let link = response.headers()[LINK].to_str().unwrap();
        assert_eq!(link, "</api/v1/jobs?state=failed&limit=1&cursor=YQ>; rel=\"next\"");
        assert_eq!(position(Some("YQ")).unwrap().as_deref(), Some("a"));
        assert!(number(Some("YQ")).is_err());
        let last = answer(&uri, vec!["a"], 1, |row| (*row).to_owned());
        assert!(!last.headers().contains_key(LINK));
    }
}
