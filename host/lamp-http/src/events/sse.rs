//! Live events as server-sent events.

use crate::app::AppState;
use crate::events::listener::{Listener, Next, parse_topics};
use crate::extract::Params;
use crate::guard::Credential;
use crate::problem::{ApiError, ApiResult};
use crate::request;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use std::convert::Infallible;

/// Which events to send.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    topics: Option<String>,
}

pub(crate) async fn events(
    State(app): State<AppState>,
    headers: HeaderMap,
    Params(asked): Params<EventsQuery>,
) -> ApiResult<Response> {
    let presented = request::presented(&headers).ok_or_else(ApiError::not_signed_in)?;
    let resume_after = request::text(&headers, "last-event-id").and_then(|id| id.trim().parse().ok());
    let topics = parse_topics(asked.topics.as_deref())?;
    let listener = Listener::new(app, Credential::of(presented), topics, resume_after).await?;
    let chunks = stream::unfold(listener, |mut listener| async move {
        let chunk = match listener.next().await {
            Next::Frame(frame) => frame.sse.clone(),
            Next::Heartbeat => Bytes::from_static(b": heartbeat\n\n"),
            Next::End(_) => return None,
        };
        Some((Ok::<_, Infallible>(chunk), listener))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // Proxies that collect answers would hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}
