//! Assets of plugin packages at `/plugins/<id>/<hash12>/<path>`. The address names the content, so it never changes; a
//! document among the assets can do nothing, and everything is loadable from the frames' opaque origins.

use crate::app::App;
use crate::directory::HASH_CHARACTERS;
use crate::matcher;
use crate::problem::{ApiError, ApiResult};
use crate::web::files::ACROSS_ORIGINS;
use crate::web::{policy, require_get};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH,
};
use http::{Request, StatusCode};
use lamp_core::id::PluginId;

/// Whether an address is one of an asset: `/plugins/<id>/<12 hex digits>/…`. Others below `/plugins` are the shell's.
pub(crate) fn is_plugin_asset(path: &str) -> bool {
    take_apart(path).is_some()
}

fn take_apart(path: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = path.strip_prefix("/plugins/")?.split_once('/')?;
    let (hash, asset) = rest.split_once('/')?;
    let is_hash = hash.len() == HASH_CHARACTERS && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some((id, hash, asset))
}

/// Answers with an asset. Errors: 404 for another version's hash, too: its content is not here any more.
pub(crate) fn plugin_asset<B>(app: &App, request: &Request<B>) -> ApiResult<Response> {
    require_get(request.method())?;
    let (id, hash, asset) = take_apart(request.uri().path()).ok_or_else(ApiError::no_route)?;
    let plugin = PluginId::parse(id).map_err(|_| ApiError::no_route())?;
    let path = matcher::decode(asset).filter(|path| !path.is_empty()).ok_or_else(ApiError::no_route)?;
    let directory = app.directory();
    let current = directory.find(id).filter(|entry| entry.short_hash() == hash).cloned();
    let fresh = || app.fresh_directory().find(id).filter(|entry| entry.short_hash() == hash).cloned();
    current.or_else(fresh).ok_or_else(ApiError::no_route)?;
    let found = app.plugins.asset(&plugin, &path).ok_or_else(ApiError::no_route)?;
    let tag = format!("\"{hash}\"");
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let body = if unchanged { Body::empty() } else { Body::from(Bytes::from_owner(found.bytes)) };
    let mut response = Response::new(body);
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(found.media_type));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy::ASSET));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    for (name, value) in ACROSS_ORIGINS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}
