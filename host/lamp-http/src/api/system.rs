//! The server itself.

use crate::app::AppState;
use crate::problem::ApiResult;
use crate::{metrics, openapi};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use lamp_core::entry::PluginState;
use lamp_core::site::SiteRole;
use schemars::JsonSchema;
use serde::Serialize;

/// Version of this build.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Proof of life.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Health {
    #[schemars(extend("const" = "healthy"))]
    status: &'static str,
    time: String,
    version: &'static str,
}

/// The server at a glance.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct System {
    version: &'static str,
    started_at: String,
    #[schemars(extend("enum" = ["sqlite", "postgresql"]))]
    database: &'static str,
    uptime_seconds: i64,
    plugins_running: usize,
    site_name: String,
    site: Site,
}

/// This installation among others.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Site {
    id: String,
    role: SiteRole,
    /// Ed25519, hex.
    public_key: String,
    /// The hub it has joined.
    hub: Option<Hub>,
}

/// The hub of a site.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Hub {
    url: String,
    /// This site's id there.
    server_id: String,
    /// Its admin has let this site in.
    is_authorized: bool,
    last_contact_at: Option<String>,
    /// The hub's clock minus this one's, in milliseconds.
    clock_skew_ms: Option<i64>,
}

pub(crate) async fn health(State(app): State<AppState>) -> Json<Health> {
    Json(Health { status: "healthy", time: app.clock.now().to_rfc3339(), version: VERSION })
}

/// The shortest answer through everything a plugin's route passes too; benchmarks compare with it.
pub(crate) async fn ping() -> &'static str {
    "pong"
}

pub(crate) async fn system(State(app): State<AppState>) -> ApiResult<Json<System>> {
    let answers = |state| matches!(state, PluginState::Healthy | PluginState::Degraded);
    let running = app.plugins.running();
    let running = running.iter().filter_map(|plugin| app.plugins.status(&plugin.manifest.id));
    let identity = app.sites.identity();
    let hub = app.store.membership().await?.map(|joined| Hub {
        url: joined.hub_url,
        server_id: joined.server_id.to_string(),
        is_authorized: joined.is_authorized,
        last_contact_at: super::time(joined.last_contact_at),
        clock_skew_ms: joined.clock_skew_ms,
    });
    Ok(Json(System {
        version: VERSION,
        started_at: app.started_at.to_rfc3339(),
        database: if app.store.database().is_postgres() { "postgresql" } else { "sqlite" },
        uptime_seconds: (app.clock.now().0 - app.started_at.0).max(0) / 1_000,
        plugins_running: running.filter(|status| answers(status.state)).count(),
        site_name: app.settings.site_name.clone(),
        site: Site { id: identity.site_id.clone(), role: app.sites.role(), public_key: identity.public_key(), hub },
    }))
}

pub(crate) async fn openapi_document(State(app): State<AppState>) -> Json<serde_json::Value> {
    Json(openapi::document(&app.plugins.running()))
}

pub(crate) async fn metrics_text(State(app): State<AppState>) -> ApiResult<Response> {
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::render(&app)).into_response())
}
