//! Databases for tests, also of other crates: an SQLite folder, or a database in a PostgreSQL cluster that the test
//! process starts for itself. The cluster lives in a temporary folder, listens on a Unix socket only and ends with the process.

#![allow(clippy::expect_used, clippy::panic, reason = "tests stop at the first surprise")]

use crate::store::{Store, StoreConfig};
use lamp_core::clock::{Clock, ManualClock, UnixMs};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file in a temporary folder.
    Sqlite,
    /// A new database in the process's cluster.
    Postgres,
}

impl Backend {
    /// The databases to test on. PostgreSQL is left out only when `LAMPHOUSE_SKIP_POSTGRES=1` says so.
    pub fn all() -> Vec<Self> {
        if std::env::var("LAMPHOUSE_SKIP_POSTGRES").is_ok_and(|value| value == "1") {
            vec![Self::Sqlite]
        } else {
            vec![Self::Sqlite, Self::Postgres]
        }
    }
}

/// Makes two tests of each function, one on SQLite and one on PostgreSQL; it is given a new [`TestDatabase`].
///
/// ```ignore
/// lamp_store::on_each_database! {
///     async fn keeps_what_it_is_given(database) {
///         let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
///     }
/// }
/// ```
#[macro_export]
macro_rules! on_each_database {
    ($(async fn $name:ident($database:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn check($database: $crate::testing::TestDatabase) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                check($crate::testing::TestDatabase::new($crate::testing::Backend::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if $crate::testing::Backend::all().contains(&$crate::testing::Backend::Postgres) {
                    check($crate::testing::TestDatabase::new($crate::testing::Backend::Postgres).await).await;
                }
            }
        }
    )*};
}

/// A place for stores: several can be opened on it, one after the other or at once.
#[derive(Debug)]
pub struct TestDatabase {
    config: StoreConfig,
    _folder: TempDir,
}

impl TestDatabase {
    /// A new, empty database.
    pub async fn new(backend: Backend) -> Self {
        let folder = TempDir::new().expect("make a temporary folder");
        let database_url = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(new_postgres_database().await),
        };
        Self { config: StoreConfig { data_dir: folder.path().join("data"), database_url }, _folder: folder }
    }

    /// Opens a store on it.
    pub async fn open(&self, clock: Arc<dyn Clock>) -> Store {
        Store::open(self.config.clone(), clock).await.expect("open the store")
    }

    /// A store on it whose clock the test moves.
    pub async fn open_with_clock(&self, now: UnixMs) -> (Store, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(now));
        (self.open(clock.clone()).await, clock)
    }

    /// How to open it.
    pub fn config(&self) -> &StoreConfig {
        &self.config
    }
}

/// The URL of a new database in the cluster of this process.
pub async fn new_postgres_database() -> String {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let cluster = tokio::task::spawn_blocking(|| CLUSTER.get_or_init(Cluster::start)).await.expect("start PostgreSQL");
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::SeqCst));
    let mut connection = cluster.connect().await;
    let create = format!("create database {name} template template0");
    sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await.expect("create a database");
    cluster.url(&name)
}

/// A running server. Statics are not dropped, so the server is told to end by a watcher that sees this process go.
struct Cluster {
    folder: PathBuf,
    _watcher: Child,
}

impl Cluster {
    fn start() -> Self {
        let programs = programs();
        let folder = TempDir::with_prefix("lamphouse-postgres-").expect("make a temporary folder").keep();
        let root = is_root();
        if root {
            run(Command::new("chown").arg("postgres").arg(&folder), "give the folder to postgres");
        }
        let data = folder.join("data");
        let mut initdb = as_postgres(root, &programs.join("initdb"));
        initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"]);
        run(initdb.arg(&data), "initdb");
        let watcher = start_server(root, &programs, &folder, &data);
        Self { folder, _watcher: watcher }
    }

    /// The port only names the socket file; the folder is this cluster's own.
    fn url(&self, database: &str) -> String {
        let host = self.folder.to_str().expect("the temporary folder's path is UTF-8").replace('/', "%2F");
        format!("postgres://postgres@{host}:5432/{database}")
    }

    async fn connect(&self) -> PgConnection {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            match PgConnection::connect(&self.url("postgres")).await {
                Ok(connection) => return connection,
                Err(error) if Instant::now() > end => {
                    let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                    panic!("PostgreSQL does not answer: {error}\n{log}");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// A shell that runs the server and ends it, and its folder, when its standard input closes: when the test process is gone.
fn start_server(root: bool, programs: &Path, folder: &Path, data: &Path) -> Child {
    let server = programs.join("postgres");
    let script = r#"
        folder="$1"; data="$2"; shift 2
        "$@" -D "$data" -k "$folder" -h '' -p 5432 -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
            -c max_connections=400 -c shared_buffers=64MB >"$folder/log" 2>&1 </dev/null &
        cat >/dev/null
        kill -INT "$(head -n 1 "$data/postmaster.pid")"
        wait
        rm -rf "$folder"
    "#;
    let mut shell = Command::new("setsid");
    shell.args(["sh", "-c", script, "sh"]).arg(folder).arg(data);
    if root {
        shell.args(["runuser", "-u", "postgres", "--"]);
    }
    shell.arg(server).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().expect("start PostgreSQL")
}

/// The newest installed server's programs.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists() && bin.join("postgres").exists())
        .max();
    match found {
        Some((_, bin)) => bin,
        None => {
            panic!("PostgreSQL is missing: install Debian's package `postgresql`, or set LAMPHOUSE_SKIP_POSTGRES=1")
        }
    }
}

fn as_postgres(root: bool, program: &Path) -> Command {
    if root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

fn run(command: &mut Command, what: &str) {
    let output = command.current_dir("/").output().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}
