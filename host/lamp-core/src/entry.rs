//! What the host calls in plugins, as traits, so that queue and HTTP server link no engine and are tested with fakes.

use crate::caller::Caller;
use crate::error::CapabilityResult;
use crate::event::{Disposition, Event};
use crate::grant::{Allowance, RightsChange};
use crate::id::{JobId, PluginId, RequestId};
use crate::job::{JobOutcome, JobProgress, JobRun};
use crate::manifest::Manifest;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A request as a plugin sees it: no cookie, no `Authorization`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Upper-case method.
    pub method: String,
    /// Path below the plugin's prefix, `/things/7`, percent-decoded segment by segment.
    pub path: String,
    /// Raw query text without `?`.
    pub query: String,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    /// Body, at most the host's limit.
    pub body: Vec<u8>,
}

/// A plugin's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// 200 to 599.
    pub status: u16,
    /// Lower-case names; names the host owns are dropped.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: HttpBody,
}

/// Body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpBody {
    /// Bytes.
    Bytes(Vec<u8>),
    /// A file of a mount that the plugin may read; the host sends it with ranges and ETag.
    File {
        /// Mount name.
        mount: String,
        /// Path in the mount.
        path: String,
    },
}

/// Why a call into a plugin gave no answer. A plugin's own 4xx and 5xx are answers.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum EntryError {
    /// No such plugin.
    #[error("plugin `{0}` is not installed")]
    NotInstalled(PluginId),
    /// Installed, but not able to answer now.
    #[error("plugin `{plugin}` is {state}: {reason}")]
    NotRunning {
        /// Which.
        plugin: PluginId,
        /// Its state.
        state: PluginState,
        /// Why.
        reason: String,
    },
    /// It has no such entry.
    #[error("plugin `{plugin}` does not export {entry}")]
    NotExported {
        /// Which.
        plugin: PluginId,
        /// Entry interface.
        entry: String,
    },
    /// All instances are at work and the queue is full.
    #[error("plugin `{0}` is busy: all its instances are at work; try again")]
    Busy(PluginId),
    /// Over its processor or wall time.
    #[error("plugin `{plugin}` took longer than {limit_ms} ms and was stopped")]
    Timeout {
        /// Which.
        plugin: PluginId,
        /// The limit.
        limit_ms: u64,
    },
    /// Over its memory.
    #[error("plugin `{plugin}` asked for more than {limit_mib} MiB of memory and was stopped")]
    OutOfMemory {
        /// Which.
        plugin: PluginId,
        /// The limit.
        limit_mib: u32,
    },
    /// It trapped: panic, unreachable, stack overflow.
    #[error("plugin `{plugin}` failed: {message}")]
    Trapped {
        /// Which.
        plugin: PluginId,
        /// First line of the trap.
        message: String,
    },
    /// The host could not do its part.
    #[error("plugin `{plugin}`: {message}")]
    Host {
        /// Which.
        plugin: PluginId,
        /// What failed.
        message: String,
    },
}

/// Where a plugin stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PluginState {
    /// Installed; a required capability is not granted.
    PendingApproval,
    /// Being compiled and initialised.
    Starting,
    /// Answers.
    Healthy,
    /// Answers, and something is amiss (a failing health check, traps).
    Degraded,
    /// Stopped after repeated traps; probed now and then.
    Quarantined,
    /// Switched off by an admin, or after three failed starts in five minutes.
    Disabled,
    /// Needs an interface this host does not have.
    Incompatible,
}

impl PluginState {
    /// Stored and shown text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PendingApproval => "pending-approval",
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Quarantined => "quarantined",
            Self::Disabled => "disabled",
            Self::Incompatible => "incompatible",
        }
    }
}

impl std::fmt::Display for PluginState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// State with its reason, as the plugins page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginStatus {
    /// State.
    pub state: PluginState,
    /// Why, in plain words; empty when healthy.
    pub reason: String,
    /// First line of the last trap.
    pub last_trap: Option<String>,
}

/// A running plugin as the HTTP server needs it for routing and navigation.
#[derive(Debug, Clone)]
pub struct RunningPlugin {
    /// Its manifest.
    pub manifest: Arc<Manifest>,
    /// SHA-256 of the package, hex; part of the UI's URLs.
    pub package_hash: String,
    /// Route prefixes below `/api/v1` that it claims and is granted, `/things`.
    pub aliases: Vec<String>,
}

/// Lets a running job speak to the queue. Every write is fenced: a run that lost its lease gets `Conflict`.
#[async_trait]
pub trait JobControl: Send + Sync {
    /// Keeps `checkpoint` (at most 256 KiB) for the next run.
    async fn save_checkpoint(&self, checkpoint: Vec<u8>) -> CapabilityResult<()>;
    /// Shows progress; writes are coalesced to two a second.
    async fn progress(&self, progress: JobProgress) -> CapabilityResult<()>;
    /// Whether cancelling was asked for.
    fn cancelled(&self) -> bool;
    /// The job and the fencing token of this run, for writes that must count only while the lease is held.
    fn lease(&self) -> (JobId, i64);
}

/// Runs the body of a job. Implemented by the plugin supervisor; faked in tests of the queue.
#[async_trait]
pub trait JobBody: Send + Sync + 'static {
    /// Runs one attempt. Never fails: trouble is an outcome.
    async fn run(&self, run: JobRun, control: Arc<dyn JobControl>) -> JobOutcome;
}

/// Delivers events. The answer has one disposition per event, in order.
#[async_trait]
pub trait EventSink: Send + Sync + 'static {
    /// Delivers a batch to one plugin.
    async fn deliver(&self, plugin: &PluginId, batch: &[Event]) -> Result<Vec<Disposition>, EntryError>;
}

/// Plugins as the HTTP server sees them.
#[async_trait]
pub trait Plugins: Send + Sync + 'static {
    /// Those that answer now.
    fn running(&self) -> Vec<RunningPlugin>;
    /// State of an installed plugin; none when it is not installed.
    fn status(&self, plugin: &PluginId) -> Option<PluginStatus>;
    /// Calls the record handler.
    async fn handle_http(
        &self,
        plugin: &PluginId,
        request: HttpRequest,
        caller: &Caller,
        request_id: &RequestId,
    ) -> Result<HttpResponse, EntryError>;
    /// Whether the plugin may read `mount` now; asked before the host serves a file for it.
    fn may_read_mount(&self, plugin: &PluginId, mount: &str) -> bool;
    /// An asset of the plugin's package (`ui/index.js`), none when it has no such asset.
    fn asset(&self, plugin: &PluginId, path: &str) -> Option<Asset>;
}

/// One asset of a package.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Content.
    pub bytes: Arc<[u8]>,
    /// Media type by its ending.
    pub media_type: &'static str,
}

/// What changes plugins: install, grants, configuration. One implementation serves HTTP API and command line.
#[async_trait]
pub trait PluginAdmin: Send + Sync + 'static {
    /// Checks and stores a package. It replaces an older version when it needs no more than that one; otherwise it waits
    /// beside the older version, which keeps running, until [`PluginAdmin::approve`] or [`PluginAdmin::reject`].
    async fn install(&self, package: Vec<u8>, options: InstallOptions) -> Result<InstallReport, AdminError>;
    /// Installs the version that waits with all it adds, when it is the one with `package_hash`; returns its version.
    async fn approve(&self, plugin: &PluginId, package_hash: &str, actor: &str) -> Result<String, AdminError>;
    /// Drops the version that waits, when it is the one with `package_hash`; the installed one stays.
    async fn reject(&self, plugin: &PluginId, package_hash: &str, actor: &str) -> Result<(), AdminError>;
    /// Grants `allow` of `interface` (all that the manifest asks for when `allow` is none).
    async fn grant(
        &self,
        plugin: &PluginId,
        interface: &str,
        allow: Option<Vec<Allowance>>,
        actor: &str,
    ) -> Result<(), AdminError>;
    /// Takes a grant back; takes effect on the next call.
    async fn revoke(&self, plugin: &PluginId, interface: &str, actor: &str) -> Result<(), AdminError>;
    /// Switches a plugin on or off.
    async fn set_enabled(&self, plugin: &PluginId, enabled: bool, actor: &str) -> Result<(), AdminError>;
    /// Sets the configuration; checked against the manifest's schema. `null` removes a key.
    async fn configure(
        &self,
        plugin: &PluginId,
        changes: serde_json::Map<String, serde_json::Value>,
        actor: &str,
    ) -> Result<(), AdminError>;
    /// Removes the plugin; its data is kept unless `purge`.
    async fn uninstall(&self, plugin: &PluginId, purge: bool, actor: &str) -> Result<(), AdminError>;
}

/// How to install.
#[derive(Debug, Clone)]
pub struct InstallOptions {
    /// Grant everything the manifest asks for.
    pub grant_all: bool,
    /// Who installs, as in the audit log.
    pub actor: String,
}

/// What an install did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct InstallReport {
    /// Plugin.
    pub id: String,
    /// Version of the package.
    pub version: String,
    /// Version it replaces.
    pub replaces: Option<String>,
    /// SHA-256 of the package, hex.
    pub package_hash: String,
    /// Interfaces it asks for and does not hold yet.
    pub awaiting_grant: Vec<String>,
    /// The same package was installed already; nothing changed.
    pub unchanged: bool,
    /// What it asks for beyond the installed version, which keeps running: the package waits for approval. None when it
    /// is installed.
    pub waits_for: Option<RightsChange>,
}

/// Why a change of a plugin is refused. Nothing is half done.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum AdminError {
    /// No such plugin.
    #[error("plugin `{0}` is not installed")]
    NotInstalled(String),
    /// The package, grant or configuration is wrong; the text says what to change.
    #[error("{message}")]
    Refused {
        /// Machine code, `package_invalid`.
        code: &'static str,
        /// What to change.
        message: String,
        /// The field, when one is to blame.
        field: Option<String>,
    },
    /// The host could not carry it out.
    #[error("{0}")]
    Host(String),
}
