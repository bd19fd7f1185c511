//! A host as the binary puts it together, without HTTP; and the ground it stands on, which survives it.

use lamp_caps::{
    COPY_KIND, CopyExecutor, HASH_KIND, HashExecutor, PURGE_KIND, RESTORE_KIND, Swarms, TRASH_KIND, TrashExecutor,
};
use lamp_core::caller::Caller;
use lamp_core::clock::{Clock, SystemClock};
use lamp_core::entry::{
    AdminError, EntryError, HttpBody, HttpRequest, InstallOptions, InstallReport, PluginAdmin, PluginState, Plugins,
};
use lamp_core::id::{JobId, PluginId, RequestId};
use lamp_core::job::Job;
use lamp_engine::{CodeCache, Engine};
use lamp_files::{Files, FilesLimits, Mounts};
use lamp_jobs::Owner;
use lamp_jobs::delivery::{Delivery, DeliveryConfig};
use lamp_jobs::operations::{OperationKind, Operations, OperationsConfig};
use lamp_jobs::runner::{Runner, RunnerConfig};
use lamp_jobs::schedule::Scheduler;
use lamp_plugins::{Catalog, Parts, Queue, Supervisor};
use lamp_sites::{Sites, SitesSettings};
use lamp_store::audit::Origin;
use lamp_store::testing::{Backend, TestDatabase};
use lamp_store::{Store, StoreConfig};
use lamp_tracker::{Tracker, TrackerSettings};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Who changes things in these tests.
pub const ADMIN: &str = "user:ada";
/// A wait in vain ends after this.
pub const BOUND: Duration = Duration::from_secs(60);

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());

/// What stays when a host goes: database, plugins' data, folders to mount.
pub struct Ground {
    config: StoreConfig,
    _database: Option<TestDatabase>,
    clock: Arc<dyn Clock>,
    mounts: TempDir,
}

impl Ground {
    /// New ground on SQLite with the machine's clock.
    pub async fn new() -> Self {
        Self::with(Backend::Sqlite, Arc::new(SystemClock)).await
    }

    /// New ground.
    pub async fn with(backend: Backend, clock: Arc<dyn Clock>) -> Self {
        let database = TestDatabase::new(backend).await;
        Self { config: database.config().clone(), _database: Some(database), clock, mounts: TempDir::new().unwrap() }
    }

    /// The ground of another process, as its [`Ground::message`] tells.
    pub fn at(message: &Value) -> Self {
        let config = StoreConfig {
            data_dir: message["data_dir"].as_str().unwrap().into(),
            database_url: message["database_url"].as_str().map(str::to_owned),
        };
        Self { config, _database: None, clock: Arc::new(SystemClock), mounts: TempDir::new().unwrap() }
    }

    /// Where this ground is, for another process, with a folder to mount.
    pub fn message(&self, folder: &Path) -> Value {
        json!({ "data_dir": self.config.data_dir, "database_url": self.config.database_url, "folder": folder })
    }

    /// The store alone.
    pub async fn open(&self) -> Store {
        Store::open(self.config.clone(), Arc::clone(&self.clock)).await.unwrap()
    }

    /// A folder that can be mounted.
    pub fn folder(&self, name: &str) -> PathBuf {
        let path = self.mounts.path().canonicalize().unwrap().join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    }
}

/// A site without storage of its own.
fn sites_settings() -> SitesSettings {
    SitesSettings { version: "1.2.3".to_owned(), space: Arc::new(|| Box::pin(async { None })) }
}

/// A running host.
pub struct Host {
    pub store: Store,
    pub supervisor: Supervisor,
    pub catalog: Catalog,
    pub sites: Arc<Sites>,
    pub operations: Operations,
}

impl Host {
    /// Starts on `ground`; `life` differs between starts.
    pub async fn start(ground: &Ground, life: &str) -> Self {
        let store = ground.open().await;
        let mounts = Arc::new(Mounts::new(ground.config.data_dir.clone()));
        // One folder for all tests, so that each guest is compiled once.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin-tests-code");
        let sites = Sites::open(store.clone(), sites_settings()).await.unwrap();
        let supervisor = Supervisor::new(Parts {
            store: store.clone(),
            engine: ENGINE.clone(),
            cache: CodeCache::open(&cache).unwrap(),
            files: Files::new(Arc::clone(&mounts), FilesLimits::default()),
            swarms: Some(Swarms {
                tracker: Tracker::new(TrackerSettings::default(), tokio::runtime::Handle::current()),
                sites: Arc::clone(&sites),
                url: "http://tracker.test".to_owned(),
            }),
            clock: Arc::clone(&ground.clock),
            safe_mode: false,
        });
        let owner = Owner::new("host", life);
        let kind = |kind: &str, executor| OperationKind { kind: kind.to_owned(), concurrency: 2, executor };
        let kinds = vec![
            kind(HASH_KIND, Arc::new(HashExecutor { mounts: Arc::clone(&mounts) })),
            kind(COPY_KIND, Arc::new(CopyExecutor { mounts: Arc::clone(&mounts) })),
            kind(TRASH_KIND, Arc::new(TrashExecutor { mounts: Arc::clone(&mounts) })),
            kind(RESTORE_KIND, Arc::new(TrashExecutor { mounts: Arc::clone(&mounts) })),
            kind(PURGE_KIND, Arc::new(TrashExecutor { mounts })),
        ];
        let operations = Operations::start(store.clone(), kinds, OperationsConfig::new(owner.clone()));
        let queue = Queue {
            runner: Runner::start(store.clone(), Arc::new(supervisor.clone()), RunnerConfig::new(owner.clone())),
            scheduler: Scheduler::start(store.clone()),
            delivery: Delivery::start(store.clone(), Arc::new(supervisor.clone()), DeliveryConfig::new(owner)),
        };
        supervisor.start(queue).await;
        Self { catalog: Catalog::new(store.clone()), sites, store, supervisor, operations }
    }

    /// Installs with all grants and waits until it runs.
    pub async fn install(&self, package: Vec<u8>) -> InstallReport {
        let report = self.try_install(package, true).await.unwrap();
        let id = id(&report.id);
        self.until_state(&id, PluginState::Healthy).await;
        self.until("the new version runs", async || {
            self.supervisor.running().iter().any(|running| running.package_hash == report.package_hash)
        })
        .await;
        report
    }

    /// Installs.
    pub async fn try_install(&self, package: Vec<u8>, grant_all: bool) -> Result<InstallReport, AdminError> {
        self.catalog.install(package, InstallOptions { grant_all, actor: ADMIN.to_owned() }).await
    }

    /// Adds a mount of `folder`.
    pub async fn mount(&self, name: &str, folder: &Path, rights: &[&str]) {
        let rights = rights.iter().map(|right| (*right).to_owned()).collect();
        self.store.add_mount(&Origin::new(ADMIN), name, folder.to_str().unwrap(), &rights).await.unwrap();
    }

    /// Sends a request to a plugin.
    pub async fn request(&self, plugin: &PluginId, path: &str, body: Value) -> Result<(u16, Vec<u8>), EntryError> {
        let request = HttpRequest {
            method: "POST".to_owned(),
            path: path.to_owned(),
            query: String::new(),
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        };
        let response = self.supervisor.handle_http(plugin, request, &Caller::system(), &RequestId::generate()).await?;
        match response.body {
            HttpBody::Bytes(bytes) => Ok((response.status, bytes)),
            HttpBody::File { mount, path } => panic!("{plugin} answers with file {path} of {mount}"),
        }
    }

    /// Makes a probe call a host function. Shape: `{"ok": value}` or `{"error": {"code", "message"}}`.
    pub async fn call(&self, plugin: &PluginId, function: &str, arguments: Value) -> Value {
        let path = format!("/probe/call/{}", function.replace('.', "/"));
        let (status, body) = self.request(plugin, &path, arguments).await.unwrap();
        assert_eq!(status, 200, "{function}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// The value of a call that must succeed.
    pub async fn ok(&self, plugin: &PluginId, function: &str, arguments: Value) -> Value {
        let answer = self.call(plugin, function, arguments).await;
        answer.get("ok").unwrap_or_else(|| panic!("{function}: {answer}")).clone()
    }

    /// Makes a probe misbehave.
    pub async fn misbehave(
        &self,
        plugin: &PluginId,
        how: &str,
        arguments: Value,
    ) -> Result<(u16, Vec<u8>), EntryError> {
        self.request(plugin, &format!("/probe/misbehave/{how}"), arguments).await
    }

    /// Whether a probe answers at all.
    pub async fn ping(&self, plugin: &PluginId) -> bool {
        self.request(plugin, "/probe/ping", Value::Null).await == Ok((200, b"pong".to_vec()))
    }

    /// Whether the smallest plugin greets.
    pub async fn greets(&self) -> bool {
        self.request(&hello(), "/hello", Value::Null).await == Ok((200, b"hello".to_vec()))
    }

    /// Enqueues a job through the plugin itself.
    pub async fn enqueue(&self, plugin: &PluginId, kind: &str, payload: Value) -> JobId {
        let made = self.ok(plugin, "jobs.enqueue", json!({ "kind": kind, "payload": payload })).await;
        JobId(made.as_str().unwrap().to_owned())
    }

    /// A job as it stands.
    pub async fn job(&self, id: &JobId) -> Job {
        self.store.find_job(id).await.unwrap().unwrap()
    }

    /// Waits for the end of a job.
    pub async fn ended(&self, id: &JobId) -> Job {
        self.until("the job has ended", async || self.job(id).await.state.is_final()).await;
        self.job(id).await
    }

    /// Waits until a plugin is in a state.
    pub async fn until_state(&self, plugin: &PluginId, state: PluginState) {
        let end = Instant::now() + BOUND;
        loop {
            let status = self.supervisor.status(plugin);
            if status.as_ref().is_some_and(|status| status.state == state) {
                return;
            }
            assert!(Instant::now() < end, "`{plugin}` is not {state}: {status:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until something holds.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        within(BOUND, what, holds).await;
    }

    /// Ends in order, as SIGTERM does.
    pub async fn shutdown(self) {
        self.operations.shutdown().await;
        self.supervisor.stop().await;
        self.store.close().await;
    }
}

/// Waits until something holds, for `bound` at the most.
pub async fn within(bound: Duration, what: &str, holds: impl AsyncFn() -> bool) {
    let end = Instant::now() + bound;
    while !holds().await {
        assert!(Instant::now() < end, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A plugin id.
pub fn id(text: &str) -> PluginId {
    PluginId::parse(text).unwrap()
}

/// The probe under its own id.
pub fn probe() -> PluginId {
    id("probe")
}

/// The smallest plugin.
pub fn hello() -> PluginId {
    id("hello-rust")
}
