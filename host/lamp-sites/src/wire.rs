//! What a link runs over: packets, whole and in order. A WebSocket on both sides; in tests also two queues in memory.

use crate::error::{SitesError, SitesResult};
use crate::link::Dial;
use crate::packet::MAX_PACKET_BYTES;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// Where a hub answers, below its address.
const LINK_PATH: &str = "/api/v1/servers/link";
/// Longest wait for a connection and its upgrade.
const DIAL_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that carries packets.
pub trait Wire: Send {
    /// Sends a packet. Errors: `Link` when the connection is gone.
    fn send(&mut self, packet: Vec<u8>) -> impl Future<Output = SitesResult<()>> + Send;

    /// The next packet; none when the other side has ended it in an orderly way. Dropping the future loses nothing.
    fn receive(&mut self) -> impl Future<Output = SitesResult<Option<Bytes>>> + Send;
}

/// A site's end of the link.
pub struct ClientSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Wire for ClientSocket {
    async fn send(&mut self, packet: Vec<u8>) -> SitesResult<()> {
        self.0.send(Message::binary(packet)).await.map_err(|_| SitesError::Link("the connection broke"))
    }

    async fn receive(&mut self) -> SitesResult<Option<Bytes>> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Binary(packet))) => return Ok(Some(packet)),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_))) | None => return Ok(None),
                Some(Ok(_)) => return Err(SitesError::Link("the hub sent text")),
                Some(Err(_)) => return Err(SitesError::Link("the connection broke")),
            }
        }
    }
}

/// Dials hubs over the network. TLS trusts what the system trusts.
#[derive(Debug, Clone, Copy, Default)]
pub struct NetworkDial;

impl Dial for NetworkDial {
    type Wire = ClientSocket;

    async fn dial(&self, hub_url: &str) -> SitesResult<ClientSocket> {
        // The process may have chosen one before; then that is used.
        drop(rustls::crypto::ring::default_provider().install_default());
        let unreachable = |reason: String| SitesError::Unreachable { url: hub_url.to_owned(), reason };
        let mut config = WebSocketConfig::default();
        config.max_message_size = Some(MAX_PACKET_BYTES);
        config.max_frame_size = Some(MAX_PACKET_BYTES);
        let connecting = connect_async_with_config(socket_url(hub_url)?, Some(config), true);
        match tokio::time::timeout(DIAL_TIMEOUT, connecting).await {
            Ok(Ok((socket, _))) => Ok(ClientSocket(socket)),
            Ok(Err(error)) => Err(unreachable(error.to_string())),
            Err(_) => Err(unreachable(format!("no answer within {} s", DIAL_TIMEOUT.as_secs()))),
        }
    }
}

/// `ws://hub:10858/api/v1/servers/link` of `http://hub:10858`. Errors: `Field`.
fn socket_url(hub_url: &str) -> SitesResult<String> {
    let url = check_hub_url(hub_url)?;
    let socket = match url.strip_prefix("https://") {
        Some(rest) => format!("wss://{rest}"),
        None => url.replacen("http://", "ws://", 1),
    };
    Ok(socket + LINK_PATH)
}

/// A hub's address without a slash at its end. Errors: `Field`.
pub(crate) fn check_hub_url(given: &str) -> SitesResult<String> {
    let url = given.trim().trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_plain =
        |text: &str| !text.is_empty() && !text.contains(['@', '?', '#', '\\']) && !text.contains(char::is_whitespace);
    match rest {
        Some(rest) if is_plain(rest) && url.len() <= 300 => Ok(url.to_owned()),
        _ => Err(SitesError::field("hub_url", "give the hub's address, such as http://hub.example:10858")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_hubs_become_those_of_sockets() {
        for (given, expected) in [
            ("http://hub:10858", "ws://hub:10858/api/v1/servers/link"),
            (" https://hub.example/ ", "wss://hub.example/api/v1/servers/link"),
            ("http://[::1]:10858", "ws://[::1]:10858/api/v1/servers/link"),
            ("https://example.org/lamphouse", "wss://example.org/lamphouse/api/v1/servers/link"),
        ] {
            assert_eq!(socket_url(given).unwrap(), expected);
        }
        for given in ["", "hub:10858", "ftp://hub", "http://", "http://user:secret@hub", "http://hub?x", "http://a b"] {
            assert!(matches!(socket_url(given), Err(SitesError::Field { field: "hub_url", .. })), "{given}");
        }
    }
}
