//! What plugin authors depend on: the host's capabilities as Rust functions, and the entries as traits.
//!
//! A plugin implements the entries it wants and exports each with its macro:
//!
//! ```ignore
//! use lamphouse_plugin::http::{Handler, Request, Response};
//!
//! struct Hello;
//!
//! impl Handler for Hello {
//!     fn handle(request: Request) -> Response {
//!         Response::text(200, "hello")
//!     }
//! }
//!
//! lamphouse_plugin::export_http!(Hello);
//! ```
//!
//! Build it with `--target wasm32-unknown-unknown`; only the capabilities it really calls become imports.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

#[doc(hidden)]
pub mod bindings;
pub mod events;
pub mod files;
pub mod host;
pub mod http;
pub mod jobs;
pub mod lifecycle;
pub mod log;
pub mod ops;
pub mod sql;
pub mod tracker;

pub use bindings::lamphouse::types::types::Error;

/// Result of a host call.
pub type Result<T, E = Error> = std::result::Result<T, E>;
