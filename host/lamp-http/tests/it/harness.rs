//! A server on a port of its own with everything around it.

use crate::client::{Answer, Call, call};
use crate::fakes::{FakeAdmin, FakePlugins};
use bytes::Bytes;
use lamp_auth::{Auth, NewKey, PasswordCost};
use lamp_core::clock::{Clock, SystemClock};
use lamp_files::{MountConfig, Mounts, Right};
use lamp_http::{App, AppParts, HttpSettings, LiveEvent, PluginMetrics, Ui, install_metrics, serve};
use lamp_sites::{Sites, SitesSettings};
use lamp_store::Store;
use lamp_store::audit::Origin;
use lamp_store::testing::{Backend, TestDatabase};
use lamp_tracker::{Tracker, TrackerSettings};
use serde_json::json;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Good enough for every test; the default cost would make them slow.
pub const PASSWORD: &str = "correct horse battery";
/// Roles that accounts can have.
pub const ROLES: [&str; 5] = ["admin", "operator", "engineer", "colorist", "viewer"];
/// The inline import map of the test's shell.
pub const IMPORT_MAP: &str = r#"{"imports":{"react":"/assets/shared/react-1.js"}}"#;

pub struct Host {
    pub address: SocketAddr,
    pub store: Store,
    pub auth: Arc<Auth>,
    pub sites: Arc<Sites>,
    pub plugins: Arc<FakePlugins>,
    pub admin: Arc<FakeAdmin>,
    pub live: broadcast::Sender<LiveEvent>,
    pub folder: TempDir,
    pub shutdown: CancellationToken,
    pub task: JoinHandle<()>,
    _database: TestDatabase,
}

/// A site of this version without storage of its own.
pub fn sites_settings() -> SitesSettings {
    SitesSettings { version: "1.2.3".to_owned(), space: Arc::new(|| Box::pin(async { None })) }
}

pub fn origin() -> Origin {
    Origin::system()
}

/// The shell as the web build leaves it, in small.
pub fn shell() -> HashMap<String, Bytes> {
    let index = format!(
        "<!doctype html><html><head><script type=\"importmap\">{IMPORT_MAP}</script>\
         <script type=\"module\" src=\"/assets/main-1.js\"></script>\
         <link rel=\"stylesheet\" crossorigin href=\"/assets/main-1.css\"></head></html>"
    );
    let files: [(&str, &[u8]); 7] = [
        ("index.html", index.as_bytes()),
        ("assets/main-1.js", b"plain"),
        ("assets/main-1.js.br", b"brotli"),
        ("assets/main-1.js.gz", b"gzip"),
        ("assets/main-1.css", b"body {}"),
        ("assets/frame-1.js", b"frame"),
        ("favicon.svg", b"<svg/>"),
    ];
    files.into_iter().map(|(path, bytes)| (path.to_owned(), Bytes::copy_from_slice(bytes))).collect()
}

impl Host {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut HttpSettings)) -> Self {
        Self::start_on(TestDatabase::new(Backend::Sqlite).await, change).await
    }

    pub async fn start_on(database: TestDatabase, change: impl FnOnce(&mut HttpSettings)) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = database.open(Arc::clone(&clock)).await;
        let cost = PasswordCost { memory_kib: 256, passes: 1, lanes: 1 };
        let auth = Arc::new(Auth::new(store.clone(), cost));
        let sites = Sites::open(store.clone(), sites_settings()).await.unwrap();
        let tracker = Tracker::new(TrackerSettings::default(), tokio::runtime::Handle::current());
        let (plugins, admin) = (Arc::new(FakePlugins::default()), Arc::new(FakeAdmin::default()));
        let folder = TempDir::new().unwrap();
        let mounts = Arc::new(Mounts::new(folder.path().join("data")));
        mounts.replace(mounts_in(&folder)).unwrap();
        let (live, _) = broadcast::channel(64);
        let mut settings = HttpSettings { session_check_ms: 200, ..HttpSettings::default() };
        change(&mut settings);
        let shutdown = CancellationToken::new();
        let parts = AppParts {
            store: store.clone(),
            auth: Arc::clone(&auth),
            plugins: plugins.clone(),
            admin: admin.clone(),
            sites: Arc::clone(&sites),
            tracker: Some(tracker),
            mounts,
            data_folder: folder.path().join("data"),
            started_at: clock.now(),
            clock,
            live: live.clone(),
            metrics: install_metrics(),
            plugin_metrics: Arc::new(|_| PluginMetrics { calls: 41, ..PluginMetrics::default() }),
            ui: Ui::new(shell()),
            settings,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = App::new(parts, shutdown.clone());
        let token = shutdown.clone();
        let task = tokio::spawn(async move { serve(listener, app, token).await.unwrap() });
        Self { address, store, auth, sites, plugins, admin, live, folder, shutdown, task, _database: database }
    }

    /// A host whose probe plugin runs.
    pub async fn with_probe() -> Self {
        let host = Self::start().await;
        host.plugins.start_probe();
        host
    }

    pub async fn send(&self, call: Call) -> Answer {
        call.send(self.address).await
    }

    /// An API key of that role.
    pub async fn key(&self, role: &str) -> String {
        let new = NewKey { name: format!("{role} key"), role: role.to_owned(), expires_at: None };
        self.auth.create_key(&origin(), new).await.unwrap().1
    }

    /// An account of that role; its id.
    pub async fn user(&self, name: &str, role: &str) -> String {
        self.auth.create_user(&origin(), name, PASSWORD, role).await.unwrap().id.to_string()
    }

    /// Signs in over HTTP.
    pub async fn login(&self, name: &str) -> Answer {
        let body = json!({ "username": name, "password": PASSWORD });
        self.send(call("POST", "/api/v1/auth/login").json(body)).await
    }

    /// Ends the server in an orderly way.
    pub async fn stop(self) {
        self.shutdown.cancel();
        tokio::time::timeout(Duration::from_secs(20), self.task).await.expect("the server ends in time").unwrap();
    }

    /// Actions in the audit log, newest first, with their outcome.
    pub async fn audit(&self) -> Vec<(String, String)> {
        let rows = self.store.list_audit(&lamp_store::audit::AuditFilter::default(), 100).await.unwrap();
        rows.into_iter().map(|row| (row.action, row.outcome.as_str().to_owned())).collect()
    }
}

/// Two folders with a file each; one beside them that no mount holds.
fn mounts_in(folder: &TempDir) -> Vec<MountConfig> {
    std::fs::write(folder.path().join("outside.txt"), "outside").unwrap();
    ["library", "private"]
        .into_iter()
        .map(|name| {
            let root = folder.path().join(name);
            std::fs::create_dir_all(root.join("films")).unwrap();
            std::fs::write(root.join("films/a.txt"), "0123456789").unwrap();
            MountConfig {
                name: name.to_owned(),
                root,
                rights: [Right::Read].into(),
                hard_links: lamp_files::HardLinks::default(),
                identity: None,
            }
        })
        .collect()
}

/// Waits for a state, bounded.
pub async fn until<F: AsyncFnMut() -> bool>(what: &str, mut holds: F) {
    let end = tokio::time::Instant::now() + Duration::from_secs(10);
    while !holds().await {
        assert!(tokio::time::Instant::now() < end, "waited in vain for: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
