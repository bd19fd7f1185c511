//! A plugin as JSON: manifest, grants, state and numbers put together.

use crate::app::AppState;
use crate::directory::{HASH_CHARACTERS, asset_base};
use crate::metrics::PluginMetrics;
use crate::problem::{ApiError, ApiResult};
use lamp_core::entry::{PluginState, PluginStatus};
use lamp_core::grant::{Allowance, CapabilityRequest, Effective, Grant, RightsChange};
use lamp_core::id::PluginId;
use lamp_core::manifest::interfaces::{self, Risk};
use lamp_core::manifest::{JobKind, Limits, Manifest, Route, Ui};
use lamp_core::permission::PermissionDeclaration;
use lamp_store::plugins::{InstalledPlugin, WaitingUpgrade};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An installed plugin.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Plugin {
    id: String,
    name: String,
    version: String,
    publisher: String,
    license: String,
    description: String,
    state: PluginState,
    /// Why, in plain words; empty when healthy.
    reason: String,
    last_trap: Option<String>,
    enabled: bool,
    package_hash: String,
    installed_at: String,
    updated_at: String,
    capabilities: Vec<Capability>,
    limits: Limits,
    routes: Vec<Route>,
    jobs: Vec<JobView>,
    permissions: Vec<PermissionDeclaration>,
    ui: Option<UiView>,
    config: ConfigView,
    metrics: PluginMetrics,
    /// A version that asks for more than this one, and waits for approval.
    pending_upgrade: Option<PendingUpgrade>,
}

/// A version that waits for approval, while the installed one keeps running.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PendingUpgrade {
    version: String,
    package_hash: String,
    /// Who wanted to install it.
    asked_by: String,
    asked_at: String,
    /// Its capabilities as they would be after approval was given for none of them.
    capabilities: Vec<Capability>,
    changes: RightsChange,
}

/// A capability that a plugin asks for.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Capability {
    pub interface: String,
    title: String,
    risk: Risk,
    /// Why the plugin needs it, in its own words.
    reason: String,
    optional: bool,
    granted: bool,
    requested: Vec<Allowance>,
    /// What manifest and grant allow together.
    allowed: Vec<Allowance>,
    granted_by: Option<String>,
    granted_at: Option<String>,
    /// Denied calls since the server started.
    denials: u64,
}

/// A kind of job.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JobView {
    kind: String,
    title: String,
    lane: String,
    concurrency: u32,
}

/// The plugin's part of the web interface.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct UiView {
    #[serde(flatten)]
    ui: Ui,
    mode: UiMode,
    /// Where its assets are.
    base: String,
}

/// How its scripts run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UiMode {
    /// In the shell's page.
    Inline,
    /// In a sandboxed frame.
    Frame,
}

/// Configuration.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ConfigView {
    /// JSON Schema out of the manifest.
    #[schemars(with = "Option<Map<String, Value>>")]
    pub schema: Option<Value>,
    /// What was set; secrets are null.
    pub values: Map<String, Value>,
}

impl UiMode {
    /// Inline is a grant like any other; without it there is the frame.
    pub(crate) fn of(manifest: &Manifest, grants: &[Grant]) -> Self {
        let effective = Effective::new(&manifest.capabilities, grants);
        if effective.has(interfaces::INLINE_PAGES) { Self::Inline } else { Self::Frame }
    }
}

/// The manifest of an installed plugin.
pub(crate) fn manifest_of(row: &InstalledPlugin) -> ApiResult<Manifest> {
    read_manifest(&row.id, &row.manifest)
}

fn read_manifest(plugin: &PluginId, json: &str) -> ApiResult<Manifest> {
    serde_json::from_str(json).map_err(|error| ApiError::internal(format!("manifest of {plugin}: {error}")))
}

/// Everything about one plugin.
pub(crate) async fn view(app: &AppState, row: InstalledPlugin) -> ApiResult<Plugin> {
    let manifest = manifest_of(&row)?;
    let grants = app.store.grants(&row.id).await?;
    let values = app.store.plugin_config(&row.id).await?;
    let status = app.plugins.status(&row.id).unwrap_or_else(|| not_yet_seen(&row));
    let metrics = (app.plugin_metrics)(&row.id);
    let base = asset_base(&row.id, row.package_hash.get(..HASH_CHARACTERS).unwrap_or_default());
    let mode = UiMode::of(&manifest, &grants);
    let waiting = app.store.waiting_upgrade(&row.id).await?;
    let pending_upgrade = waiting.map(|waiting| pending_upgrade(waiting, &manifest, &grants)).transpose()?;
    Ok(Plugin {
        capabilities: capabilities(&manifest, &grants, &metrics.denials_by_interface),
        id: row.id.to_string(),
        name: manifest.name,
        version: manifest.version.to_string(),
        publisher: manifest.publisher,
        license: manifest.license,
        description: manifest.description,
        state: status.state,
        reason: status.reason,
        last_trap: status.last_trap,
        enabled: row.enabled,
        package_hash: row.package_hash,
        installed_at: row.installed_at.to_rfc3339(),
        updated_at: row.updated_at.to_rfc3339(),
        limits: manifest.limits,
        routes: manifest.routes,
        jobs: manifest.jobs.into_iter().map(job_view).collect(),
        permissions: manifest.permissions,
        ui: manifest.ui.map(|ui| UiView { mode, ui, base }),
        config: config_view(manifest.config, values),
        metrics,
        pending_upgrade,
    })
}

fn pending_upgrade(waiting: WaitingUpgrade, installed: &Manifest, grants: &[Grant]) -> ApiResult<PendingUpgrade> {
    let manifest = read_manifest(&installed.id, &waiting.manifest)?;
    Ok(PendingUpgrade {
        capabilities: capabilities(&manifest, grants, &BTreeMap::new()),
        changes: RightsChange::between(&installed.capabilities, grants, &manifest.capabilities),
        version: waiting.version,
        package_hash: waiting.package_hash,
        asked_by: waiting.asked_by,
        asked_at: waiting.asked_at.to_rfc3339(),
    })
}

/// A plugin that the supervisor has not come to yet.
fn not_yet_seen(row: &InstalledPlugin) -> PluginStatus {
    let (state, reason) = if row.enabled {
        (PluginState::Starting, String::new())
    } else {
        (PluginState::Disabled, row.disabled_reason.clone().unwrap_or_else(|| "switched off by an admin".to_owned()))
    };
    PluginStatus { state, reason, last_trap: None }
}

fn job_view(kind: JobKind) -> JobView {
    JobView { lane: kind.lane().to_owned(), kind: kind.kind, title: kind.title, concurrency: kind.concurrency }
}

/// What a manifest asks for beside what is granted.
pub(crate) fn capabilities(manifest: &Manifest, grants: &[Grant], denials: &BTreeMap<String, u64>) -> Vec<Capability> {
    let effective = Effective::new(&manifest.capabilities, grants);
    let one = |request: &CapabilityRequest| {
        let row = interfaces::interface(&request.interface);
        let grant = grants.iter().find(|grant| grant.interface == request.interface);
        Capability {
            interface: request.interface.clone(),
            title: row.map_or_else(|| request.interface.clone(), |row| row.title.to_owned()),
            risk: row.map_or(Risk::High, |row| row.risk),
            reason: request.reason.clone(),
            optional: request.optional,
            granted: grant.is_some(),
            requested: request.allow.clone(),
            allowed: effective.allowances(&request.interface).to_vec(),
            granted_by: grant.map(|grant| grant.granted_by.clone()),
            granted_at: grant.map(|grant| grant.granted_at.to_rfc3339()),
            denials: denials.get(&request.interface).copied().unwrap_or_default(),
        }
    };
    manifest.capabilities.iter().map(one).collect()
}

/// Schema and values, with every value null that the schema marks `writeOnly`, or that it does not know.
pub(crate) fn config_view(schema: Option<Value>, values: Map<String, Value>) -> ConfigView {
    let property = |key: &str| schema.as_ref()?.get("properties")?.get(key);
    let shown = values
        .into_iter()
        .map(|(key, value)| {
            let open = property(&key).is_some_and(|property| !has_secret(property));
            (key, if open { value } else { Value::Null })
        })
        .collect();
    ConfigView { schema, values: shown }
}

/// Whether a schema marks anything in it as a secret, at any depth.
fn has_secret(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => fields.get("writeOnly") == Some(&Value::Bool(true)) || fields.values().any(has_secret),
        Value::Array(items) => items.iter().any(has_secret),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_never_shown() {
        let schema = json!({"type": "object", "properties": {
            "rate": {"type": "integer"},
            "token": {"type": "string", "writeOnly": true},
            "server": {"type": "object", "properties": {"password": {"type": "string", "writeOnly": true}}},
        }});
        let values = json!({"rate": 3, "token": "t0p", "server": {"password": "s3cret"}, "left_over": "old"});
        let view = config_view(Some(schema), values.as_object().cloned().unwrap());
        assert_eq!(Value::Object(view.values), json!({"rate": 3, "token": null, "server": null, "left_over": null}));
    }
}
