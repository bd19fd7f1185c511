//! Opening the database: files and their modes, pragmas, migrations, the revision counter.

use crate::database::{Database, Query, Row, Signal, Signals, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::wakes;
use lamp_core::clock::{Clock, UnixMs};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Postgres, SqliteConnection, Transaction};
use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// First SQLite without the WAL bug that can lose committed data (sqlite.org/wal.html, "WAL-reset bug").
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const SQLITE_READERS: u32 = 4;
/// PostgreSQL connections: few enough for two hosts on a server with its default of 100.
const HOST_CONNECTIONS: u32 = 16;
const PLUGIN_CONNECTIONS: u32 = 16;

/// Where the data lives.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Folder of the host database (SQLite) and of the plugins' databases; made if missing, mode 0700.
    pub data_dir: PathBuf,
    /// `postgres://…`; none means SQLite in `data_dir`.
    pub database_url: Option<String>,
}

/// The store. Cloning it is cheap and shares everything.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) data_dir: PathBuf,
    signals: Signals,
    /// On PostgreSQL: tells other hosts and hears them.
    wakes: Mutex<JoinSet<()>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database, makes it if missing and brings it up to date. Several processes may do so at once.
    pub async fn open(config: StoreConfig, clock: Arc<dyn Clock>) -> StoreResult<Self> {
        make_private_dir(&config.data_dir)?;
        let database = match &config.database_url {
            None => open_sqlite(&config.data_dir).await?,
            Some(url) => open_postgres(url).await?,
        };
        let signals = Signals::new();
        let wakes = match &database {
            Database::Sqlite { .. } => JoinSet::new(),
            Database::Postgres { host, .. } => wakes::start(host, &signals),
        };
        let wakes = Mutex::new(wakes);
        Ok(Self { shared: Arc::new(Shared { database, clock, data_dir: config.data_dir, signals, wakes }) })
    }

    /// Begins a write transaction. Others wait for it, so it must not wait for anything but the database.
    pub async fn begin_write(&self) -> StoreResult<Tx> {
        self.shared.database.begin_write(self.shared.signals.clone(), Arc::clone(&self.shared.clock)).await
    }

    /// Makes a plugin's PostgreSQL transaction one of the host.
    pub(crate) fn adopt(&self, tx: Transaction<'static, Postgres>) -> Tx {
        Tx::adopt(tx, self.shared.signals.clone(), Arc::clone(&self.shared.clock))
    }

    /// Runs a reading statement outside a transaction and returns all rows.
    pub async fn fetch_all(&self, query: Query) -> StoreResult<Vec<Row>> {
        self.shared.database.fetch_all(query).await
    }

    /// Runs a reading statement outside a transaction and returns its first row.
    pub async fn fetch_optional(&self, query: Query) -> StoreResult<Option<Row>> {
        self.shared.database.fetch_optional(query).await
    }

    /// The open database, for choosing a statement by its kind.
    pub fn database(&self) -> &Database {
        &self.shared.database
    }

    /// The present instant, by the clock the store was opened with.
    pub fn now(&self) -> UnixMs {
        self.shared.clock.now()
    }

    /// The configuration revision; it grows with each change of plugins, grants, mounts, accounts, … by any process.
    pub async fn revision(&self) -> StoreResult<i64> {
        let row = self.fetch_optional(query("select revision from host_revision")).await?;
        row.ok_or_else(|| StoreError::damaged("host_revision", "no row"))?.get("revision")
    }

    /// Wakes after each configuration change committed by this process, and on PostgreSQL by any. All changes show in
    /// [`Self::revision`].
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.watch(Signal::Configuration)
    }

    /// Wakes after each commit of this process that marked `signal`, and on PostgreSQL soon after one of another.
    pub fn watch(&self, signal: Signal) -> watch::Receiver<u64> {
        self.shared.signals.subscribe(signal)
    }

    /// Closes all connections after the statements at work.
    pub async fn close(&self) {
        self.shared.wakes.lock().await.shutdown().await;
        match &self.shared.database {
            Database::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Database::Postgres { host, plugins } => {
                plugins.close().await;
                host.close().await;
            }
        }
    }
}

/// Makes a folder that only its owner can enter, with its parents.
pub(crate) fn make_private_dir(path: &Path) -> StoreResult<()> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(io)
}

/// Opens or makes a file that only its owner can read. SQLite gives its side files the same mode.
pub(crate) fn make_private_file(path: &Path) -> StoreResult<File> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(io)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(io)?;
    Ok(file)
}

async fn open_sqlite(data_dir: &Path) -> StoreResult<Database> {
    let path = data_dir.join("lamphouse.sqlite");
    // Two processes that open a new folder at once migrate one after the other.
    let guard = lock_file(data_dir.join("lamphouse.lock")).await?;
    make_private_file(&path)?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("trusted_schema", "off")
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(BUSY_TIMEOUT)
        .after_release(|connection, _| Box::pin(is_between_transactions(connection)))
        .connect_with(options.clone())
        .await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .max_lifetime(None)
        .acquire_timeout(BUSY_TIMEOUT)
        .connect_lazy_with(options.pragma("query_only", "on"));
    let database = Database::Sqlite { writer: writer.clone(), readers };
    check_sqlite_version(&database).await?;
    SQLITE_MIGRATIONS.run(&writer).await.map_err(|error| migration_error(error, &SQLITE_MIGRATIONS))?;
    drop(guard);
    Ok(database)
}

/// Whether the connection can serve once more. On a full disk SQLite ends a transaction by itself; the driver then fails
/// to end it too, counts it as open for ever, and could begin no other.
async fn is_between_transactions(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // What was asked for when the transaction was dropped is done before the answer.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn lock_file(path: PathBuf) -> StoreResult<File> {
    let blocking = tokio::task::spawn_blocking(move || {
        let file = make_private_file(&path)?;
        file.lock().map_err(|source| StoreError::Io { path, source })?;
        Ok(file)
    });
    blocking.await.map_err(|error| StoreError::Database(error.to_string()))?
}

async fn check_sqlite_version(database: &Database) -> StoreResult<()> {
    let row = database.fetch_optional(query("select sqlite_version() as version")).await?;
    let found: String = row.map(|row| row.get("version")).transpose()?.unwrap_or_default();
    if is_sound_sqlite(&found) { Ok(()) } else { Err(StoreError::OldSqlite { found }) }
}

/// 3.51.3 or newer, and not 3.52.0, which was withdrawn.
fn is_sound_sqlite(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let version = (next(), next(), next());
    version >= OLDEST_SQLITE && version != (3, 52, 0)
}

async fn open_postgres(url: &str) -> StoreResult<Database> {
    let options: PgConnectOptions = url.parse()?;
    let options = options
        .disable_statement_logging()
        .options([("lock_timeout", "30s"), ("idle_in_transaction_session_timeout", "60s")]);
    let pool = |connections| PgPoolOptions::new().max_connections(connections).acquire_timeout(BUSY_TIMEOUT);
    let host = pool(HOST_CONNECTIONS).connect_with(options.clone()).await?;
    POSTGRES_MIGRATIONS.run(&host).await.map_err(|error| migration_error(error, &POSTGRES_MIGRATIONS))?;
    Ok(Database::Postgres { host, plugins: pool(PLUGIN_CONNECTIONS).connect_lazy_with(options) })
}

fn migration_error(error: MigrateError, known: &Migrator) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) => {
            let known = known.iter().map(|migration| migration.version).max().unwrap_or(0);
            StoreError::Newer { found, known }
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => StoreError::Database(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_sqlite_with_the_wal_bug() {
        for (version, sound) in [
            ("3.40.1", false),
            ("3.51.2", false),
            ("3.51.3", true),
            ("3.52.0", false),
            ("3.52.1", true),
            ("4.0", true),
            ("", false),
        ] {
            assert_eq!(is_sound_sqlite(version), sound, "{version}");
        }
    }
}
