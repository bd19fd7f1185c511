//! Live events over a WebSocket: the same frames as JSON text; the client may change its topics.

use crate::app::AppState;
use crate::events::listener::{Listener, Next, check_topics, parse_topics};
use crate::extract::Params;
use crate::guard::{self, Credential};
use crate::problem::{ApiError, ApiResult};
use crate::request;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::request::Parts;
use serde::Deserialize;
use std::time::{Duration, Instant};

/// Largest message of a client, in bytes.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;
/// Messages of a client in one second.
const MAX_MESSAGES_PER_SECOND: u32 = 50;
/// Longest time for one message to be taken by the client.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest wait for a client's answer to a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Which events to send, and who asks when headers cannot say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SocketQuery {
    topics: Option<String>,
    /// Read by the guard, before this handler.
    #[serde(rename = "token")]
    _token: Option<String>,
}

/// What a client may send.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    subscribe: Vec<String>,
}

/// The upgrade, refused with a problem document.
pub(crate) struct Upgrade(pub WebSocketUpgrade);

impl FromRequestParts<AppState> for Upgrade {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> ApiResult<Self> {
        let upgrade = WebSocketUpgrade::from_request_parts(parts, app).await;
        upgrade.map(Self).map_err(|rejection| {
            let message = "this address speaks WebSocket only (RFC 6455)";
            ApiError::new(rejection.into_response().status(), "websocket_only", message)
        })
    }
}

pub(crate) async fn upgrade(
    State(app): State<AppState>,
    headers: HeaderMap,
    Params(asked): Params<SocketQuery>,
    Upgrade(upgrade): Upgrade,
) -> ApiResult<Response> {
    // Another site's page can open a socket with this browser's cookie; only `Origin` tells.
    if guard::origin_is_own(&headers) == Some(false) {
        return Err(ApiError::cross_site("this socket was opened by a page of another site"));
    }
    let presented = request::presented(&headers).ok_or_else(ApiError::not_signed_in)?;
    let topics = parse_topics(asked.topics.as_deref())?;
    let listener = Listener::new(app, Credential::of(presented), topics, None).await?;
    Ok(upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(|socket| converse(socket, listener)))
}

/// Sends frames and takes commands until one side ends it.
async fn converse(mut socket: WebSocket, mut listener: Listener) {
    let mut budget = Budget::new();
    loop {
        let message = tokio::select! {
            next = listener.next() => match next {
                Next::Frame(frame) => Message::text(frame.json.clone()),
                Next::Heartbeat => Message::Ping(bytes::Bytes::new()),
                Next::End(reason) => return close(socket, close_code::POLICY, reason).await,
            },
            received = socket.recv() => {
                let Some(Ok(received)) = received else { return };
                if !budget.spend() {
                    return close(socket, close_code::POLICY, "too many messages").await;
                }
                match received {
                    Message::Text(text) => match command(&text) {
                        Some(topics) => listener.subscribe(topics),
                        None => return close(socket, close_code::INVALID, "send {\"subscribe\": [topics]}").await,
                    },
                    Message::Binary(_) => return close(socket, close_code::UNSUPPORTED, "send text").await,
                    Message::Close(_) => return,
                    Message::Ping(_) | Message::Pong(_) => {}
                }
                continue;
            }
        };
        if !matches!(tokio::time::timeout(SEND_TIMEOUT, socket.send(message)).await, Ok(Ok(()))) {
            return;
        }
    }
}

fn command(text: &str) -> Option<Vec<String>> {
    check_topics(serde_json::from_str::<Command>(text).ok()?.subscribe)
}

/// Says why, and waits a little for the client's own close: data left unread would make the system drop the reason.
async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame { code, reason: reason.into() };
    let farewell = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    // A client that does not answer is left.
    drop(tokio::time::timeout(CLOSE_TIMEOUT, farewell).await);
}

/// Messages left in the present second.
struct Budget {
    since: Instant,
    spent: u32,
}

impl Budget {
    fn new() -> Self {
        Self { since: Instant::now(), spent: 0 }
    }

    fn spend(&mut self) -> bool {
        if self.since.elapsed() >= Duration::from_secs(1) {
            *self = Self::new();
        }
        self.spent = self.spent.saturating_add(1);
        self.spent <= MAX_MESSAGES_PER_SECOND
    }
}

/// Moves `?token=` into the headers, where everything else looks for it; on this address only.
pub(crate) fn adopt_token(uri: &http::Uri, headers: &mut HeaderMap) {
    if headers.contains_key(http::header::AUTHORIZATION) {
        return;
    }
    let token = uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("token="));
    let value = token.and_then(|token| http::HeaderValue::from_str(&format!("Bearer {token}")).ok());
    if let Some(value) = value {
        headers.insert(http::header::AUTHORIZATION, value);
    }
}
