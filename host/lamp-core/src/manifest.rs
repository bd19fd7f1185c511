//! The plugin manifest, `plugin.toml`: what a plugin is, asks for and offers. Unknown keys are errors.

use crate::grant::CapabilityRequest;
use crate::id::PluginId;
use crate::permission::PermissionDeclaration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub mod alias;
pub mod interfaces;
pub mod validate;

/// The manifest schema this host reads.
pub const SCHEMA: u32 = 1;

/// One plugin's manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Manifest schema, 1.
    pub schema: u32,
    /// Unique id, kebab-case.
    pub id: PluginId,
    /// Semantic version.
    #[schemars(with = "String")]
    pub version: semver::Version,
    /// Name shown to people.
    pub name: String,
    /// Who publishes it.
    pub publisher: String,
    /// SPDX licence expression.
    pub license: String,
    /// One sentence on what it does.
    pub description: String,
    /// What it needs of the host, with the reason for each.
    #[serde(default)]
    pub capabilities: Vec<CapabilityRequest>,
    /// Limits it declares; the host's maxima apply as well.
    #[serde(default)]
    pub limits: Limits,
    /// How instances are kept.
    #[serde(default)]
    pub instance: InstancePolicy,
    /// HTTP routes it serves under `/api/v1/p/<id>`; needs capability `lamphouse:http`.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// Kinds of jobs it runs; needs capability `lamphouse:jobs`.
    #[serde(default)]
    pub jobs: Vec<JobKind>,
    /// Jobs the host enqueues by the clock.
    #[serde(default)]
    pub schedules: Vec<Schedule>,
    /// JSON Schema (2020-12) of its configuration, an object schema; `writeOnly: true` marks a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<serde_json::Value>,
    /// Permissions it adds.
    #[serde(default)]
    pub permissions: Vec<PermissionDeclaration>,
    /// Its part of the web interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui: Option<Ui>,
}

/// Limits of a plugin. A call over a limit ends with a typed error and its store is dropped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// All linear memories of one instance together, in MiB.
    pub memory_mib: u32,
    /// Processor time of one call, in milliseconds.
    pub cpu_ms: u64,
    /// Wall time of one call, also while parked in a host call, in milliseconds.
    pub wall_ms: u64,
    /// Processor time of one job run, in milliseconds.
    pub job_cpu_ms: u64,
    /// Wall time of one job run, in milliseconds.
    pub job_wall_ms: u64,
    /// Instances at work at the same time.
    pub concurrency: u32,
    /// Its database, in MiB.
    pub storage_mib: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_mib: 64,
            cpu_ms: 2_000,
            wall_ms: 10_000,
            job_cpu_ms: 60_000,
            job_wall_ms: 300_000,
            concurrency: 4,
            storage_mib: 256,
        }
    }
}

/// How instances are kept between calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InstancePolicy {
    /// Calls an instance answers before it is replaced; 1 means a fresh one for every call.
    pub max_uses: u32,
    /// Seconds without a call after which it is dropped.
    pub idle_secs: u32,
}

impl Default for InstancePolicy {
    fn default() -> Self {
        Self { max_uses: 1_000, idle_secs: 60 }
    }
}

/// An HTTP method a plugin can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names are the methods of RFC 9110")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method as it stands in a request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One HTTP route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path below the plugin's prefix, `/things/{id}`; a segment in braces matches one segment.
    pub path: String,
    /// Permission the caller needs; checked before plugin code runs.
    pub permission: String,
    /// One line for the API document.
    pub summary: String,
    /// Query parameters for the API document.
    #[serde(default)]
    pub query: Vec<QueryParameter>,
    /// JSON Schema of a good answer's body, for the API document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<serde_json::Value>,
}

/// One query parameter of a route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryParameter {
    /// Its name.
    pub name: String,
    /// `string`, `integer`, `number` or `boolean`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it does.
    pub description: String,
}

/// One kind of job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JobKind {
    /// Its name.
    pub kind: String,
    /// Shown on the jobs page.
    pub title: String,
    /// Lane whose concurrency it shares; its own name unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    /// Jobs of the lane that run at the same time.
    #[serde(default = "one")]
    pub concurrency: u32,
    /// Attempts before it is a dead letter.
    #[serde(default = "five")]
    pub max_attempts: u32,
    /// Delays between attempts in milliseconds; the last one repeats, each ±10 %.
    #[serde(default = "default_backoff")]
    pub backoff_ms: Vec<u64>,
}

fn one() -> u32 {
    1
}

fn five() -> u32 {
    5
}

fn default_backoff() -> Vec<u64> {
    vec![1_000, 5_000, 30_000, 120_000, 600_000]
}

/// A job the host enqueues by the clock; never a second one while the first is unfinished.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its name, unique in the plugin.
    pub name: String,
    /// Kind of job.
    pub kind: String,
    /// Payload, any JSON value.
    #[serde(default)]
    pub payload: serde_json::Value,
    /// Cron expression with five fields, in UTC. Either this or `every_secs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// Interval in seconds, at least 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_secs: Option<u64>,
}

/// The plugin's part of the web interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ui {
    /// Major version of the interface to the shell, 1.
    pub api: u32,
    /// Script module among the assets.
    pub entry: String,
    /// Style sheets among the assets.
    #[serde(default)]
    pub styles: Vec<String>,
    /// Pages.
    #[serde(default)]
    pub pages: Vec<UiPage>,
    /// Parts of other pages.
    #[serde(default)]
    pub slots: Vec<UiSlot>,
}

/// One page with its entry in the navigation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UiPage {
    /// Its id, unique in the plugin.
    pub id: String,
    /// Path: `/p/<plugin><path>`; with `alias`, also the top-level path.
    pub path: String,
    /// Claim `path` as a top-level path of the shell; a conflict refuses the install.
    #[serde(default)]
    pub alias: bool,
    /// Name of the export that draws it.
    pub export: String,
    /// Title in the navigation.
    pub title: String,
    /// Lucide icon name, from the shell's list.
    pub icon: String,
    /// Group of the navigation: `overview`, `content`, `network`, `media`, `storage`, `admin`.
    pub group: String,
    /// Order in the group.
    #[serde(default)]
    pub order: i32,
    /// Permissions needed to see it.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Keys that open it, for example `g l`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
}

/// A part of another page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UiSlot {
    /// `dashboard.card` so far.
    pub slot: String,
    /// Name of the export that draws it.
    pub export: String,
    /// Title.
    pub title: String,
    /// Permissions needed to see it.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Order.
    #[serde(default)]
    pub order: i32,
}

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not TOML, an unknown key or a wrong type; the text has line and column.
    #[error("read plugin.toml: {0}")]
    Toml(String),
    /// Not JSON of a manifest (in a package).
    #[error("read the package's manifest: {0}")]
    Json(String),
    /// Well formed, but wrong: what and how to mend it.
    #[error("plugin.toml, `{field}`: {message}")]
    Field {
        /// Path of the field, `routes[2].permission`.
        field: String,
        /// What is wrong and what to write.
        message: String,
    },
}

impl Manifest {
    /// Reads and checks `plugin.toml`.
    pub fn from_toml(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text).map_err(|error| ManifestError::Toml(error.to_string()))?;
        validate::validate(&manifest)?;
        Ok(manifest)
    }

    /// Reads and checks the JSON form that a package carries.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| ManifestError::Json(error.to_string()))?;
        validate::validate(&manifest)?;
        Ok(manifest)
    }

    /// The request for `interface`, if the manifest has one.
    pub fn capability(&self, interface: &str) -> Option<&CapabilityRequest> {
        self.capabilities.iter().find(|request| request.interface == interface)
    }

    /// The declared kind of job.
    pub fn job_kind(&self, kind: &str) -> Option<&JobKind> {
        self.jobs.iter().find(|declared| declared.kind == kind)
    }
}

impl JobKind {
    /// Lane name inside the plugin.
    pub fn lane(&self) -> &str {
        self.lane.as_deref().unwrap_or(&self.kind)
    }
}
