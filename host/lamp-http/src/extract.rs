//! Extractors that refuse with problem documents and hold the limits of bodies.

use crate::app::AppState;
use crate::problem::{ApiError, ApiResult};
use crate::request::{self, Context};
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use lamp_auth::Authenticated;
use serde::de::DeserializeOwned;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// Largest body of an ordinary request, in bytes.
pub(crate) const MAX_BODY_BYTES: usize = 1 << 20;
/// A body that is too large is read on so far, since a client that is still sending would not see the refusal.
const MAX_DISCARDED_BYTES: usize = 4 << 20;
/// Longest time for a package, in milliseconds.
const PACKAGE_TIMEOUT_MS: u64 = 600_000;

/// Reads a whole body. Errors: 413 over `limit` bytes, 408 over `timeout_ms`, 400 when the client breaks off.
pub(crate) async fn read_body<B>(body: B, limit: usize, timeout_ms: u64) -> ApiResult<Vec<u8>>
where
    B: hyper::body::Body<Data = Bytes>,
{
    let whole = tokio::time::timeout(Duration::from_millis(timeout_ms), collect(body, limit)).await;
    whole.unwrap_or_else(|_| {
        let message = format!("the body did not arrive within {timeout_ms} ms");
        Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", message))
    })
}

async fn collect<B: hyper::body::Body<Data = Bytes>>(body: B, limit: usize) -> ApiResult<Vec<u8>> {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut body = pin!(body);
    let mut whole = Vec::with_capacity(expected.min(limit).min(MAX_BODY_BYTES));
    let mut over = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::bad_request("body_broken", "the body broke off before its end"))?;
        let Ok(data) = frame.into_data() else { continue };
        if over > 0 || whole.len().saturating_add(data.len()) > limit {
            over = over.saturating_add(data.len());
        } else {
            whole.extend_from_slice(&data);
        }
        if over > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if over > 0 {
        let message = format!("the body is larger than {limit} bytes");
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message));
    }
    Ok(whole)
}

fn media_type(headers: &HeaderMap) -> String {
    let value = request::text(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn require_media_type(headers: &HeaderMap, accepted: &[&str]) -> ApiResult<()> {
    if accepted.contains(&media_type(headers).as_str()) {
        return Ok(());
    }
    let message = format!("send the body as {}", accepted.join(" or "));
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message))
}

/// A JSON body. Unknown fields are refused by the types themselves.
pub(crate) struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &AppState) -> ApiResult<Self> {
        require_media_type(request.headers(), &["application/json"])?;
        let bytes = read_body(request.into_body(), MAX_BODY_BYTES, app.settings.body_timeout_ms).await?;
        let parsed = serde_json::from_slice(&bytes).map_err(|error| {
            let code = if error.is_data() { "invalid_body" } else { "invalid_json" };
            ApiError::bad_request(code, format!("read the JSON body: {error}"))
        })?;
        Ok(Self(parsed))
    }
}

/// A package file, at most 64 MiB.
pub(crate) struct PackageBody(pub Vec<u8>);

impl FromRequest<AppState> for PackageBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> ApiResult<Self> {
        require_media_type(request.headers(), &["application/wasm", "application/octet-stream"])?;
        let body: Body = request.into_body();
        Ok(Self(read_body(body, lamp_package::MAX_FILE_BYTES, PACKAGE_TIMEOUT_MS).await?))
    }
}

/// Query parameters. Unknown ones are refused by the types themselves.
pub(crate) struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> ApiResult<Self> {
        let query = Query::<T>::from_request_parts(parts, app).await;
        query.map(|Query(value)| Self(value)).map_err(|error: QueryRejection| {
            ApiError::bad_request("invalid_query", format!("read the query: {}", error.body_text()))
        })
    }
}

/// Parameters of the path, percent-decoded. What cannot be one is not found.
pub(crate) struct Segments<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Segments<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> ApiResult<Self> {
        let path = Path::<T>::from_request_parts(parts, app).await;
        path.map(|Path(value)| Self(value)).map_err(|_: PathRejection| ApiError::no_route())
    }
}

/// The caller that the guard let through, with the request's circumstances.
pub(crate) struct Who {
    pub who: Arc<Authenticated>,
    pub context: Context,
}

impl Who {
    /// For audit rows.
    pub(crate) fn origin(&self) -> lamp_store::audit::Origin {
        self.context.origin(&self.who.caller)
    }

    /// Name for audit rows.
    pub(crate) fn actor(&self) -> String {
        self.who.caller.actor()
    }
}

impl FromRequestParts<AppState> for Who {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> ApiResult<Self> {
        let who = parts.extensions.get::<Arc<Authenticated>>().cloned();
        let context = parts.extensions.get::<Context>().cloned();
        who.zip(context)
            .map(|(who, context)| Self { who, context })
            .ok_or_else(|| ApiError::internal("a route without a guard asked for its caller"))
    }
}

/// The circumstances of a public request.
impl FromRequestParts<AppState> for Context {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> ApiResult<Self> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| ApiError::internal("a request has no context"))
    }
}
