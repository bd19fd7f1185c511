//! Looking at plugins: list, one, their logs, and what a package file would ask for.

use crate::api::plugin_view::{self, Capability, ConfigView, Plugin};
use crate::app::AppState;
use crate::extract::{PackageBody, Params, Segments};
use crate::page;
use crate::problem::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http::uri::Uri;
use lamp_core::grant::{Grant, RightsChange};
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use lamp_package::Package;
use lamp_store::plugin_logs::PluginLogFilter;
use lamp_store::plugins::InstalledPlugin;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A line of a plugin's log.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PluginLogLine {
    id: i64,
    at: String,
    #[schemars(extend("enum" = LEVELS))]
    level: String,
    message: String,
    fields: Value,
    request_id: Option<String>,
    job_id: Option<String>,
}

/// Which lines to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogQuery {
    level: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// What a package is and asks for, before it is installed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Inspection {
    manifest: Manifest,
    package_hash: String,
    /// Id of the key it is signed with; the signature itself is not judged.
    signed_by: Option<String>,
    capabilities: Vec<Capability>,
    /// What an install would change of the rights; what it needs in it waits for approval when a version is installed.
    changes: RightsChange,
    /// Odd things that do not stop an install.
    warnings: Vec<String>,
}

/// Levels from the quietest; a filter shows its level and those above.
const LEVELS: [&str; 5] = ["trace", "debug", "info", "warn", "error"];

pub(crate) async fn list(State(app): State<AppState>) -> ApiResult<Json<Vec<Plugin>>> {
    let mut plugins = Vec::new();
    for row in app.store.list_plugins().await? {
        plugins.push(plugin_view::view(&app, row).await?);
    }
    Ok(Json(plugins))
}

pub(crate) async fn detail(State(app): State<AppState>, Segments(id): Segments<String>) -> ApiResult<Json<Plugin>> {
    let row = installed(&app, &id).await?;
    Ok(Json(plugin_view::view(&app, row).await?))
}

pub(crate) async fn config(State(app): State<AppState>, Segments(id): Segments<String>) -> ApiResult<Json<ConfigView>> {
    let row = installed(&app, &id).await?;
    let values = app.store.plugin_config(&row.id).await?;
    Ok(Json(plugin_view::config_view(plugin_view::manifest_of(&row)?.config, values)))
}

pub(crate) async fn logs(
    State(app): State<AppState>,
    uri: Uri,
    Segments(id): Segments<String>,
    Params(asked): Params<LogQuery>,
) -> ApiResult<Response> {
    let limit = page::limit(asked.limit)?;
    let filter = PluginLogFilter {
        plugin: Some(installed(&app, &id).await?.id),
        levels: levels_from(asked.level.as_deref())?,
        before: page::number(asked.cursor.as_deref())?,
        ..PluginLogFilter::default()
    };
    let rows = app.store.list_plugin_logs(&filter, limit.saturating_add(1)).await?;
    let lines: Vec<PluginLogLine> = rows
        .into_iter()
        .map(|row| PluginLogLine {
            id: row.id,
            at: row.line.at.to_rfc3339(),
            level: row.line.level,
            message: row.line.message,
            fields: super::json_value(&row.line.fields),
            request_id: row.line.request_id.map(|id| id.to_string()),
            job_id: row.line.job_id.map(|id| id.to_string()),
        })
        .collect();
    Ok(page::answer(&uri, lines, limit, |line| line.id.to_string()))
}

pub(crate) async fn inspect(
    State(app): State<AppState>,
    PackageBody(bytes): PackageBody,
) -> ApiResult<Json<Inspection>> {
    let read = tokio::task::spawn_blocking(move || {
        let package = lamp_package::read(&bytes)?;
        let warnings = lamp_package::check_requirements(&package)?;
        Ok::<_, lamp_package::PackageError>((package, warnings))
    });
    let read = read.await.map_err(ApiError::internal)?;
    let invalid = |error: lamp_package::PackageError| {
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "package_invalid", error.to_string())
    };
    let (package, warnings) = read.map_err(invalid)?;
    let installed = app.store.find_plugin(&package.manifest.id).await?;
    let installed = installed.as_ref().map(plugin_view::manifest_of).transpose()?;
    let grants = app.store.grants(&package.manifest.id).await?;
    let warnings = warnings.into_iter().map(|warning| warning.message).collect();
    Ok(Json(inspection(package, installed.as_ref(), &grants, warnings)))
}

fn inspection(package: Package, installed: Option<&Manifest>, grants: &[Grant], warnings: Vec<String>) -> Inspection {
    let old = installed.map(|manifest| manifest.capabilities.as_slice()).unwrap_or_default();
    Inspection {
        changes: RightsChange::between(old, grants, &package.manifest.capabilities),
        capabilities: plugin_view::capabilities(&package.manifest, grants, &BTreeMap::new()),
        manifest: package.manifest,
        package_hash: package.hash_hex,
        signed_by: package.signature.map(|signature| signature.key_id),
        warnings,
    }
}

/// The installed plugin of that id. Errors: 404 `plugin_not_installed`.
pub(crate) async fn installed(app: &AppState, id: &str) -> ApiResult<InstalledPlugin> {
    let plugin: PluginId = super::plugin_id(id)?;
    let row = app.store.find_plugin(&plugin).await?;
    row.ok_or_else(|| ApiError::plugin_not_installed(plugin.as_str()))
}

fn levels_from(level: Option<&str>) -> ApiResult<Vec<String>> {
    let Some(level) = level else { return Ok(Vec::new()) };
    let known = LEVELS.iter().position(|known| *known == level);
    let from = known.ok_or_else(|| {
        ApiError::bad_request("invalid_query", format!("level `{level}` is unknown; use {}", LEVELS.join(", ")))
    })?;
    Ok(LEVELS.iter().skip(from).map(|level| (*level).to_owned()).collect())
}
