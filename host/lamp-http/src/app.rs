//! What every request needs: the parts of the host behind their interfaces, made once by the binary.

use crate::directory::DirectoryCache;
use crate::events::Hub;
use crate::guard::DenialLog;
use crate::metrics::{HttpMetrics, PluginMetricsSource};
use crate::rate::RateLimits;
use crate::web::Ui;
use lamp_auth::Auth;
use lamp_core::clock::{Clock, UnixMs};
use lamp_core::entry::{PluginAdmin, Plugins};
use lamp_files::{Files, FilesLimits, Mounts};
use lamp_sites::Sites;
use lamp_store::Store;
use lamp_tracker::Tracker;
use metrics_exporter_prometheus::PrometheusHandle;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// An update for people who watch now; it is not stored and not replayed (progress of jobs).
#[derive(Debug, Clone)]
pub struct LiveEvent {
    /// Dotted topic, `jobs.progress`.
    pub topic: String,
    /// What happened.
    pub data: serde_json::Value,
}

/// How the server listens and whom it believes.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Shown in the page title and by `/api/v1/system`.
    pub site_name: String,
    /// Accepted names in `Host` (without port). Empty accepts every name; otherwise others get 421.
    pub allowed_hosts: BTreeSet<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: BTreeSet<IpAddr>,
    /// Longest time for a request's head, in milliseconds; also how long an idle connection is kept.
    pub header_timeout_ms: u64,
    /// Longest time without any progress while sending, in milliseconds.
    pub write_stall_ms: u64,
    /// Longest time for a request's body of ordinary size, in milliseconds.
    pub body_timeout_ms: u64,
    /// Longest wait for requests under way at the end, in milliseconds.
    pub shutdown_grace_ms: u64,
    /// Connections at the same time; more wait in the system's queue.
    pub max_connections: usize,
    /// Requests a second to the API and to plugins that one session, or one network that is not signed in, may make for
    /// long; 0 for no limit. API keys may make a hundred times as many.
    pub requests_per_second: u32,
    /// Time between heartbeats of live events, in milliseconds.
    pub heartbeat_ms: u64,
    /// Time between checks whether the session behind live events is still good, in milliseconds.
    pub session_check_ms: u64,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            site_name: "Lamphouse".to_owned(),
            allowed_hosts: BTreeSet::new(),
            trusted_proxies: BTreeSet::new(),
            header_timeout_ms: 10_000,
            write_stall_ms: 30_000,
            body_timeout_ms: 30_000,
            shutdown_grace_ms: 15_000,
            max_connections: 12_000,
            requests_per_second: 200,
            heartbeat_ms: 15_000,
            session_check_ms: 4_000,
        }
    }
}

/// What the binary puts together.
pub struct AppParts {
    /// Database.
    pub store: Store,
    /// Accounts.
    pub auth: Arc<Auth>,
    /// Running plugins.
    pub plugins: Arc<dyn Plugins>,
    /// Changes of plugins.
    pub admin: Arc<dyn PluginAdmin>,
    /// This installation and the servers registered here.
    pub sites: Arc<Sites>,
    /// The tracker, where this installation has one.
    pub tracker: Option<Tracker>,
    /// Mounted folders.
    pub mounts: Arc<Mounts>,
    /// The server's own folder, which no mount may contain or lie in.
    pub data_folder: PathBuf,
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// Updates that are sent and not stored.
    pub live: broadcast::Sender<LiveEvent>,
    /// Numbers for `/metrics`.
    pub metrics: PrometheusHandle,
    /// Numbers of one plugin.
    pub plugin_metrics: PluginMetricsSource,
    /// The web interface; `Ui::embedded()` in the binary.
    pub ui: Ui,
    /// When the server started.
    pub started_at: UnixMs,
    /// How to listen.
    pub settings: HttpSettings,
}

/// The parts with what the server derives from them.
pub struct App {
    pub(crate) store: Store,
    pub(crate) auth: Arc<Auth>,
    pub(crate) plugins: Arc<dyn Plugins>,
    pub(crate) admin: Arc<dyn PluginAdmin>,
    pub(crate) sites: Arc<Sites>,
    pub(crate) tracker: Option<Tracker>,
    pub(crate) files: Files,
    /// For the state of mounts, where a page waits: shorter than for the work of plugins.
    pub(crate) quick_files: Files,
    pub(crate) data_folder: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) live: broadcast::Sender<LiveEvent>,
    pub(crate) prometheus: PrometheusHandle,
    pub(crate) plugin_metrics: PluginMetricsSource,
    pub(crate) ui: Ui,
    pub(crate) started_at: UnixMs,
    pub(crate) settings: HttpSettings,
    pub(crate) directory: DirectoryCache,
    pub(crate) hub: Hub,
    pub(crate) metrics: HttpMetrics,
    pub(crate) denials: DenialLog,
    pub(crate) rates: RateLimits,
    pub(crate) shutdown: CancellationToken,
}

/// Shared by all connections.
pub type AppState = Arc<App>;

/// Longest wait for the state of a mount, in milliseconds.
const MOUNT_STATUS_MS: u64 = 3_000;

impl App {
    /// Puts the parts together. `shutdown` ends live streams; give `serve` the same token.
    pub fn new(parts: AppParts, shutdown: CancellationToken) -> AppState {
        Arc::new(Self {
            store: parts.store,
            auth: parts.auth,
            plugins: parts.plugins,
            admin: parts.admin,
            sites: parts.sites,
            tracker: parts.tracker,
            files: Files::new(Arc::clone(&parts.mounts), FilesLimits::default()),
            quick_files: Files::new(parts.mounts, FilesLimits { call_ms: MOUNT_STATUS_MS }),
            data_folder: parts.data_folder,
            clock: parts.clock,
            live: parts.live,
            prometheus: parts.metrics,
            plugin_metrics: parts.plugin_metrics,
            ui: parts.ui,
            started_at: parts.started_at,
            rates: RateLimits::new(parts.settings.requests_per_second),
            settings: parts.settings,
            directory: DirectoryCache::default(),
            hub: Hub::default(),
            metrics: HttpMetrics::register(),
            denials: DenialLog::default(),
            shutdown,
        })
    }
}
