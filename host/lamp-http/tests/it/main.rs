//! The server as a client sees it: a real listener, a real store, plugins that are fakes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod client;
mod events;
mod fakes;
mod guard;
mod harness;
mod plugin_routes;
mod records;
mod routes;
mod server;
mod servers;
mod web;
mod websocket;
