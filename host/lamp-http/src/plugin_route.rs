//! Requests to plugins: find the plugin and its route, check the caller's permission, call, pass the answer on.
//! This is the hot path: no query, no task of its own, no route made anew.

use crate::app::App;
use crate::directory::Entry;
use crate::extract::{MAX_BODY_BYTES, read_body};
use crate::matcher::{self, Matched};
use crate::problem::{ApiError, ApiResult};
use crate::request::Context;
use crate::{guard, headers, serve_file};
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use http::{Method, Request, StatusCode};
use hyper::body::{Body as _, Incoming};
use lamp_auth::Authenticated;
use lamp_core::entry::{EntryError, HttpBody, HttpRequest, HttpResponse};
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use lamp_core::manifest::alias::is_under;
use std::sync::Arc;

/// Prefix of every plugin's own addresses, below `/api/v1`.
const OWN: &str = "/p/";

/// Answers a request below `/api/v1` that is not the host's.
pub(crate) async fn answer(app: &App, request: Request<Incoming>, context: &Context) -> ApiResult<Response> {
    let directory = app.directory();
    let mut who = guard::admit(app, request.headers(), request.method(), context).await?;
    let below = request.uri().path().strip_prefix("/api/v1").unwrap_or_default();
    let decoded = matcher::decode(below).ok_or_else(ApiError::no_route)?;
    let target = resolve(&decoded, |id| directory.find(id).cloned(), |path| directory.claimant(path).cloned());
    let (entry, path) = match target {
        Some((entry, path)) => (entry, path.to_owned()),
        None => {
            let found = missing(app, &decoded).await?;
            // It brought its permissions along.
            who = guard::authenticate(app, request.headers(), request.method()).await?;
            found
        }
    };
    let permission = match entry.matcher.find(request.method().as_str(), &path) {
        Matched::Route(route) => route.permission.as_str(),
        Matched::OtherMethod(allow) => return Err(ApiError::method_not_allowed(allow)),
        Matched::Nothing => return Err(ApiError::no_route()),
    };
    if !who.caller.may(permission) {
        let subject = format!("{} {}", request.method(), request.uri().path());
        app.record_denial(&who, permission, context, subject).await?;
        return Err(ApiError::forbidden(permission));
    }
    call(app, &entry, path, &who, request, context).await
}

/// The plugin of a decoded path and the path as the plugin sees it.
fn resolve(
    path: &str,
    by_id: impl Fn(&str) -> Option<Arc<Entry>>,
    by_alias: impl Fn(&str) -> Option<Arc<Entry>>,
) -> Option<(Arc<Entry>, &str)> {
    match own_path(path) {
        Some((id, rest)) => by_id(id).map(|entry| (entry, rest)),
        None => by_alias(path).map(|entry| (entry, path)),
    }
}

/// `/p/<id>/things` as `<id>` and `/things`.
fn own_path(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(OWN)?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (id, below) = rest.split_at(end);
    Some((id, if below.is_empty() { "/" } else { below }))
}

/// The plugin started just now, or the answer says why there is none. Slow, and only for callers who are signed in.
async fn missing(app: &App, path: &str) -> ApiResult<(Arc<Entry>, String)> {
    let fresh = app.fresh_directory();
    let target = resolve(path, |id| fresh.find(id).cloned(), |path| fresh.claimant(path).cloned());
    if let Some((entry, path)) = target {
        return Ok((entry, path.to_owned()));
    }
    match own_path(path) {
        Some((id, _)) => Err(not_running(app, &PluginId::parse(id).map_err(|_| ApiError::no_route())?)),
        None => Err(alias_not_running(app, path).await?),
    }
}

fn not_running(app: &App, plugin: &PluginId) -> ApiError {
    match app.plugins.status(plugin) {
        None => EntryError::NotInstalled(plugin.clone()).into(),
        Some(status) => {
            EntryError::NotRunning { plugin: plugin.clone(), state: status.state, reason: status.reason }.into()
        }
    }
}

/// An address that an installed plugin claims is told apart from one that nobody knows.
async fn alias_not_running(app: &App, path: &str) -> ApiResult<ApiError> {
    for installed in app.store.list_plugins().await? {
        let manifest: Option<Manifest> = serde_json::from_str(&installed.manifest).ok();
        let claims = manifest.as_ref().and_then(|manifest| manifest.capability("lamphouse:http"));
        if claims.is_some_and(|claims| claims.allow.iter().any(|alias| is_under(path, &alias.name))) {
            return Ok(not_running(app, &installed.id));
        }
    }
    Ok(ApiError::no_route())
}

async fn call(
    app: &App,
    entry: &Entry,
    path: String,
    who: &Authenticated,
    request: Request<Incoming>,
    context: &Context,
) -> ApiResult<Response> {
    let (head, body) = request.into_parts();
    let body = if body.is_end_stream() {
        Vec::new()
    } else {
        read_body(body, MAX_BODY_BYTES, app.settings.body_timeout_ms).await?
    };
    let method = if head.method == Method::HEAD { "GET" } else { head.method.as_str() };
    let asked = HttpRequest {
        method: method.to_owned(),
        path,
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: shown_headers(&head.headers),
        body,
    };
    let answer = app.plugins.handle_http(&entry.id, asked, &who.caller, &context.request_id).await?;
    respond(app, entry, answer, &head.method, &head.headers).await
}

/// What a plugin sees of the request's headers: nothing that proves who is calling or could pass for the host's word.
fn shown_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    const HIDDEN: &[&str] = &[
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "forwarded",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-real-ip",
        "x-request-id",
    ];
    let hidden = |name: &str| {
        HIDDEN.binary_search(&name).is_ok() || name.starts_with("x-forwarded-") || name.starts_with("x-lamphouse-")
    };
    headers
        .iter()
        .filter(|(name, _)| !hidden(name.as_str()))
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect()
}

async fn respond(
    app: &App,
    entry: &Entry,
    answer: HttpResponse,
    method: &Method,
    asked: &HeaderMap,
) -> ApiResult<Response> {
    let broken = |message: &str| EntryError::Trapped { plugin: entry.id.clone(), message: message.to_owned() };
    let status = StatusCode::from_u16(answer.status).ok().filter(|status| (200..600).contains(&status.as_u16()));
    let status = status.ok_or_else(|| broken("it answered with a status outside 200 to 599"))?;
    let mut response = match answer.body {
        HttpBody::Bytes(bytes) => bytes_response(status, bytes),
        HttpBody::File { mount, path } => {
            if !app.plugins.may_read_mount(&entry.id, &mount) {
                tracing::warn!(plugin = %entry.id, mount, "a plugin answered with a file of a mount it may not read");
                return Err(broken("it answered with a file that it may not read").into());
            }
            serve_file::answer(app, &mount, path, status, method, asked).await?
        }
    };
    copy_headers(answer.headers, response.headers_mut()).map_err(broken)?;
    Ok(response)
}

fn bytes_response(status: StatusCode, bytes: Vec<u8>) -> Response {
    let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED);
    let mut response = Response::new(if bodiless || bytes.is_empty() { Body::empty() } else { Body::from(bytes) });
    *response.status_mut() = status;
    response
}

/// Passes a plugin's headers on without those of the host. Errors: a name or value that is none.
fn copy_headers(given: Vec<(String, String)>, headers: &mut HeaderMap) -> Result<(), &'static str> {
    let owned_by_file = headers.clone();
    for (name, value) in given {
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| "it answered with a header name that is none")?;
        let value = HeaderValue::from_str(&value).map_err(|_| "it answered with a header value that is none")?;
        let off_site = name == LOCATION && !is_own_address(&value);
        // A served file's own length, ranges and tag are facts; its media type is the plugin's to say.
        let is_fact = owned_by_file.contains_key(&name) && name != CONTENT_TYPE;
        if headers::is_reserved(name.as_str()) || off_site || is_fact {
            continue;
        }
        if name == CONTENT_TYPE {
            headers.insert(name, value);
        } else {
            headers.append(name, value);
        }
    }
    Ok(())
}

/// Whether a redirect stays on this server: an absolute path and nothing a browser reads as another host.
fn is_own_address(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    bytes.starts_with(b"/") && !bytes.starts_with(b"//") && !bytes.contains(&b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_sees_no_secret_and_no_forged_identity() {
        let mut headers = HeaderMap::new();
        for name in [
            "authorization",
            "cookie",
            "x-forwarded-for",
            "x-forwarded-user",
            "x-lamphouse-user",
            "x-real-ip",
            "forwarded",
            "x-request-id",
            "proxy-authorization",
            "accept",
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("secret"));
        }
        assert_eq!(shown_headers(&headers), [("accept".to_owned(), "secret".to_owned())]);
    }

    #[test]
    fn redirects_stay_here() {
        for (value, own) in [
            ("/api/v1/things/7", true),
            ("//evil.example/", false),
            ("/\\evil.example", false),
            ("https://evil.example/", false),
            ("javascript:alert(1)", false),
            ("things", false),
        ] {
            assert_eq!(is_own_address(&HeaderValue::from_static(value)), own, "{value}");
        }
    }

    #[test]
    fn a_plugin_path_is_taken_apart() {
        assert_eq!(own_path("/p/probe/things/7"), Some(("probe", "/things/7")));
        assert_eq!(own_path("/p/probe"), Some(("probe", "/")));
        assert_eq!(own_path("/p/probe/"), Some(("probe", "/")));
        assert_eq!(own_path("/things"), None);
    }
}
