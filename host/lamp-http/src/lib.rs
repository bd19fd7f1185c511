//! The HTTP server: accept loop, host API, routes of plugins, live events, metrics, the embedded web interface.
//! It decides who may pass and passes on; it links no engine and knows no domain.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod api;
mod app;
mod directory;
mod events;
mod extract;
mod guard;
mod headers;
mod matcher;
mod metrics;
mod openapi;
mod page;
mod plugin_route;
mod problem;
mod rate;
mod request;
mod route;
mod routes;
mod serve_file;
mod server;
mod service;
mod stall;
mod web;

pub use app::{App, AppParts, AppState, HttpSettings, LiveEvent};
pub use metrics::{PluginMetrics, PluginMetricsSource, install_metrics};
pub use openapi::document;
pub use problem::ApiError;
pub use route::{Access, Route};
pub use routes::routes;
pub use server::{ServeError, serve};
pub use web::Ui;
