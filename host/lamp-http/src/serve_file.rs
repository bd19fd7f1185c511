//! A file of a mount as an answer: ranges, entity tag, conditions (RFC 9110, 13 and 14). The disk is read off the async
//! threads, a piece at a time, and only as fast as the client takes it.

use crate::app::App;
use crate::problem::ApiResult;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE,
};
use http::{Method, StatusCode};
use lamp_files::ServedFile;
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes read at a time.
const PIECE_BYTES: u64 = 256 * 1024;
/// Dates of RFC 9110, 5.6.7.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// Answers with `path` of `mount`; the caller has made sure that it may be read. Conditions and ranges apply to 200 only.
pub(crate) async fn answer(
    app: &App,
    mount: &str,
    path: String,
    status: StatusCode,
    method: &Method,
    asked: &HeaderMap,
) -> ApiResult<Response> {
    let media_type = mime_guess::from_path(&path).first_or_octet_stream();
    let name = mount.to_owned();
    let served = app.files.run(mount, move |mounts| mounts.open_for_serving(&name, &path)).await?;
    let facts = Facts { etag: served.etag.clone(), modified_ms: served.stat.modified_ms, size: served.stat.size_bytes };
    let plan = if status == StatusCode::OK { plan(&facts, asked) } else { Plan::Whole(status) };
    let mut response = body_of(served, &facts, &plan, method);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(media_type.as_ref()) {
        headers.insert(CONTENT_TYPE, value);
    }
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    insert_text(headers, ETAG, &facts.etag);
    if let Some(at) = chrono::DateTime::from_timestamp_millis(facts.modified_ms) {
        insert_text(headers, LAST_MODIFIED, &at.format(HTTP_DATE).to_string());
    }
    Ok(response)
}

/// What conditions and ranges are judged by.
#[derive(Debug, Clone)]
struct Facts {
    etag: String,
    modified_ms: i64,
    size: u64,
}

/// What to send.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    Whole(StatusCode),
    Part(Range<u64>),
    NotModified,
    PreconditionFailed,
    Unsatisfiable,
}

fn plan(facts: &Facts, asked: &HeaderMap) -> Plan {
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let unchanged_since =
        |date: &str| parse_date(date).is_some_and(|since| facts.modified_ms.div_euclid(1_000) <= since);
    let match_failed = match (text(IF_MATCH), text(IF_UNMODIFIED_SINCE)) {
        (Some(tags), _) => !lists_tag(tags, &facts.etag, false),
        (None, Some(date)) => !unchanged_since(date),
        (None, None) => false,
    };
    if match_failed {
        return Plan::PreconditionFailed;
    }
    let not_modified = match (text(IF_NONE_MATCH), text(IF_MODIFIED_SINCE)) {
        (Some(tags), _) => lists_tag(tags, &facts.etag, true),
        (None, Some(date)) => unchanged_since(date),
        (None, None) => false,
    };
    if not_modified {
        return Plan::NotModified;
    }
    // A date names a second, in which a file can change twice: only the tag vouches for a part.
    let range_holds = text(IF_RANGE).is_none_or(|tag| tag == facts.etag);
    match text(RANGE).filter(|_| range_holds) {
        Some(range) => parse_range(range, facts.size),
        None => Plan::Whole(StatusCode::OK),
    }
}

fn parse_date(text: &str) -> Option<i64> {
    chrono::NaiveDateTime::parse_from_str(text, HTTP_DATE).ok().map(|at| at.and_utc().timestamp())
}

fn lists_tag(list: &str, etag: &str, weak: bool) -> bool {
    list.trim() == "*"
        || list.split(',').map(str::trim).any(|tag| tag == etag || weak && tag.strip_prefix("W/") == Some(etag))
}

/// One range is served; several, or anything malformed, are answered with the whole file, as the RFC allows.
fn parse_range(text: &str, size: u64) -> Plan {
    let whole = Plan::Whole(StatusCode::OK);
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|spec| spec.trim().split_once('-')) else {
        return whole;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(suffix)) if first.is_empty() => size.saturating_sub(suffix)..size,
        _ => return whole,
    };
    if range.is_empty() { Plan::Unsatisfiable } else { Plan::Part(range) }
}

fn body_of(served: ServedFile, facts: &Facts, plan: &Plan, method: &Method) -> Response {
    let (status, range) = match plan {
        Plan::Whole(status) => (*status, Some(0..facts.size)),
        Plan::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range.clone())),
        Plan::NotModified => (StatusCode::NOT_MODIFIED, None),
        Plan::PreconditionFailed => (StatusCode::PRECONDITION_FAILED, None),
        Plan::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, None),
    };
    let body = match &range {
        Some(range) if *method != Method::HEAD && !range.is_empty() => {
            Body::from_stream(pieces(served.file, range.clone()))
        }
        _ => Body::empty(),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if let Some(range) = &range {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    }
    match plan {
        Plan::Part(range) => {
            let text = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), facts.size);
            insert_text(headers, CONTENT_RANGE, &text);
        }
        Plan::Unsatisfiable => insert_text(headers, CONTENT_RANGE, &format!("bytes */{}", facts.size)),
        _ => {}
    }
    response
}

fn insert_text(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// The bytes of a range, piece by piece. A file that got shorter meanwhile ends the answer with an error.
fn pieces(file: File, range: Range<u64>) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold((Arc::new(file), range), |(file, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let length = (range.end - range.start).min(PIECE_BYTES);
        let (reader, start) = (Arc::clone(&file), range.start);
        let piece = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; usize::try_from(length).unwrap_or(0)];
            reader.read_exact_at(&mut piece, start).map(|()| Bytes::from(piece))
        });
        let piece = piece.await.map_err(std::io::Error::other)??;
        Ok(Some((piece, (file, start + length..range.end))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn ranges_and_conditions_are_judged_as_rfc_9110_says() {
        let facts = Facts { etag: "\"a\"".to_owned(), modified_ms: 784_111_777_500, size: 100 };
        let whole = || Plan::Whole(StatusCode::OK);
        for (headers, expected) in [
            (asked(&[]), whole()),
            (asked(&[(RANGE, "bytes=0-9")]), Plan::Part(0..10)),
            (asked(&[(RANGE, "bytes=90-")]), Plan::Part(90..100)),
            (asked(&[(RANGE, "bytes=-5")]), Plan::Part(95..100)),
            (asked(&[(RANGE, "bytes=-500")]), Plan::Part(0..100)),
            (asked(&[(RANGE, "bytes=50-500")]), Plan::Part(50..100)),
            (asked(&[(RANGE, "bytes=100-")]), Plan::Unsatisfiable),
            (asked(&[(RANGE, "bytes=-0")]), Plan::Unsatisfiable),
            (asked(&[(RANGE, "bytes=9-0")]), whole()),
            (asked(&[(RANGE, "bytes=0-1,5-6")]), whole()),
            (asked(&[(RANGE, "lines=0-1")]), whole()),
            (asked(&[(RANGE, "bytes=0-18446744073709551615")]), Plan::Part(0..100)),
            (asked(&[(RANGE, "bytes=0-9"), (IF_RANGE, "\"a\"")]), Plan::Part(0..10)),
            (asked(&[(RANGE, "bytes=0-9"), (IF_RANGE, "\"b\"")]), whole()),
            (asked(&[(IF_NONE_MATCH, "\"b\", W/\"a\"")]), Plan::NotModified),
            (asked(&[(IF_NONE_MATCH, "*")]), Plan::NotModified),
            (asked(&[(IF_NONE_MATCH, "\"b\"")]), whole()),
            (asked(&[(IF_MATCH, "\"b\"")]), Plan::PreconditionFailed),
            (asked(&[(IF_MATCH, "\"a\"")]), whole()),
            (asked(&[(IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT")]), Plan::NotModified),
            (asked(&[(IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:36 GMT")]), whole()),
            (asked(&[(IF_UNMODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:36 GMT")]), Plan::PreconditionFailed),
        ] {
            assert_eq!(plan(&facts, &headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn an_empty_file_has_no_range() {
        assert_eq!(parse_range("bytes=0-", 0), Plan::Unsatisfiable);
    }
}
