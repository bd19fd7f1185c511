//! The hub's end of a site's link: a WebSocket handed to `lamp_sites`, which checks every packet.

use crate::app::AppState;
use crate::events::ws::Upgrade;
use crate::request::Context;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket};
use axum::response::Response;
use bytes::Bytes;
use lamp_auth::{Auth, RegistrationAttempt};
use lamp_sites::{JoinGate, MAX_PACKET_BYTES, SitesError, SitesResult, Wire};
use parking_lot::Mutex;
use std::net::IpAddr;
use std::sync::Arc;

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

/// Tries of registration keys from one address, counted as over HTTP.
struct Tries {
    auth: Arc<Auth>,
    address: IpAddr,
    attempt: Mutex<Option<RegistrationAttempt>>,
}

impl JoinGate for Tries {
    fn begin(&self) -> bool {
        let attempt = self.auth.begin_registration(self.address).ok();
        let may = attempt.is_some();
        *self.attempt.lock() = attempt;
        may
    }

    fn succeeded(&self) {
        if let Some(attempt) = self.attempt.lock().take() {
            self.auth.registration_succeeded(attempt);
        }
    }
}

pub(crate) async fn link(State(app): State<AppState>, context: Context, Upgrade(upgrade): Upgrade) -> Response {
    let bounded = upgrade.max_message_size(MAX_PACKET_BYTES).max_frame_size(MAX_PACKET_BYTES);
    bounded.on_upgrade(move |socket| async move {
        let gate = Tries { auth: Arc::clone(&app.auth), address: context.address, attempt: Mutex::default() };
        app.sites.accept(ServerSocket(socket), &context.address.to_string(), &gate, &app.shutdown).await;
    })
}
