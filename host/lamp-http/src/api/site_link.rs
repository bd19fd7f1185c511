//! The hub's end of a site's link: a WebSocket handed to `lamp_sites`, which checks every packet.

use crate::app::AppState;
use crate::events::ws::Upgrade;
use crate::request::Context;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket};
use axum::response::Response;
use bytes::Bytes;
use lamp_sites::{MAX_PACKET_BYTES, SitesError, SitesResult, Wire};

/// The hub's end of a WebSocket.
struct ServerSocket(WebSocket);

impl Wire for ServerSocket {
    async fn send(&mut self, packet: Vec<u8>) -> SitesResult<()> {
        self.0.send(Message::Binary(packet.into())).await.map_err(|_| SitesError::Link("the connection broke"))
    }

    async fn receive(&mut self) -> SitesResult<Option<Bytes>> {
        loop {
            match self.0.recv().await {
                Some(Ok(Message::Binary(packet))) => return Ok(Some(packet)),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_))) | None => return Ok(None),
                Some(Ok(Message::Text(_))) => return Err(SitesError::Link("the site sent text")),
                Some(Err(_)) => return Err(SitesError::Link("the connection broke")),
            }
        }
    }
}

pub(crate) async fn link(State(app): State<AppState>, context: Context, Upgrade(upgrade): Upgrade) -> Response {
    let bounded = upgrade.max_message_size(MAX_PACKET_BYTES).max_frame_size(MAX_PACKET_BYTES);
    bounded.on_upgrade(move |socket| async move {
        app.sites.accept(ServerSocket(socket), &context.address.to_string(), &app.shutdown).await;
    })
}
