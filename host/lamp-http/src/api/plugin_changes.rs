//! Changing plugins. The rules are those of `PluginAdmin`, which the command line calls as well.

use crate::api::plugin_view::ConfigView;
use crate::api::plugins;
use crate::app::AppState;
use crate::extract::{JsonBody, PackageBody, Params, Segments, Who};
use crate::problem::ApiResult;
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use http::StatusCode;
use lamp_core::entry::{InstallOptions, InstallReport};
use lamp_core::grant::Allowance;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// How to install.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstallQuery {
    #[serde(default)]
    grant_all: bool,
}

/// How to remove.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveQuery {
    #[serde(default)]
    purge: bool,
}

/// What to grant; all that the manifest asks for when `allow` is left out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantRequest {
    allow: Option<Vec<Allowance>>,
}

/// Which version is meant: the one that was looked at.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpgradeDecision {
    package_hash: String,
}

/// Configuration values by key; null removes one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct ConfigPatch(Map<String, Value>);

pub(crate) async fn install(
    State(app): State<AppState>,
    who: Who,
    Params(asked): Params<InstallQuery>,
    PackageBody(bytes): PackageBody,
) -> ApiResult<(StatusCode, Json<InstallReport>)> {
    let options = InstallOptions { grant_all: asked.grant_all, actor: who.actor() };
    Ok((StatusCode::CREATED, Json(app.admin.install(bytes, options).await?)))
}

pub(crate) async fn approve(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
    JsonBody(decision): JsonBody<UpgradeDecision>,
) -> ApiResult<StatusCode> {
    app.admin.approve(&super::plugin_id(&id)?, &decision.package_hash, &who.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn reject(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
    JsonBody(decision): JsonBody<UpgradeDecision>,
) -> ApiResult<StatusCode> {
    app.admin.reject(&super::plugin_id(&id)?, &decision.package_hash, &who.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn grant(
    State(app): State<AppState>,
    who: Who,
    Segments((id, interface)): Segments<(String, String)>,
    body: Request,
) -> ApiResult<StatusCode> {
    let asked = optional_json::<GrantRequest>(&app, body).await?;
    app.admin.grant(&super::plugin_id(&id)?, &interface, asked.allow, &who.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn revoke(
    State(app): State<AppState>,
    who: Who,
    Segments((id, interface)): Segments<(String, String)>,
) -> ApiResult<StatusCode> {
    app.admin.revoke(&super::plugin_id(&id)?, &interface, &who.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn enable(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
) -> ApiResult<StatusCode> {
    app.admin.set_enabled(&super::plugin_id(&id)?, true, &who.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn disable(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
) -> ApiResult<StatusCode> {
    app.admin.set_enabled(&super::plugin_id(&id)?, false, &who.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn uninstall(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
    Params(asked): Params<RemoveQuery>,
) -> ApiResult<StatusCode> {
    app.admin.uninstall(&super::plugin_id(&id)?, asked.purge, &who.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn configure(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
    JsonBody(ConfigPatch(changes)): JsonBody<ConfigPatch>,
) -> ApiResult<Json<ConfigView>> {
    app.admin.configure(&super::plugin_id(&id)?, changes, &who.actor()).await?;
    plugins::config(State(app), Segments(id)).await
}

/// A JSON body that may be left out.
async fn optional_json<T: Default + for<'de> Deserialize<'de>>(app: &AppState, request: Request<Body>) -> ApiResult<T> {
    use hyper::body::Body as _;
    if request.body().is_end_stream() {
        return Ok(T::default());
    }
    Ok(JsonBody::<T>::from_request(request, app).await?.0)
}
