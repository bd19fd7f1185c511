//! A plugin's SQLite file: one connection that writes, up to four that read.

use super::migrate::{content_hash, host_names, pending};
use super::outbox::Envelope;
use super::sqlite_guard::{Microphone, Speaker, guard};
use super::sqlite_parameters::numbered;
use super::watch::{self, Watch};
use super::{Bounds, CONCURRENCY, DatabaseLimits, Migration, Rows, SqlValue, Statement};
use crate::error::{StoreError, StoreResult, sqlite_constraint};
use crate::store::{Store, make_private_dir, make_private_file};
use lamp_core::id::PluginId;
use parking_lot::Mutex;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, Semaphore};

/// Of new databases: documents of a few KiB lie on one page, and the log has half as many of them.
const PAGE_BYTES: u32 = 8192;
/// Migrations may build indexes over what is there.
const MIGRATION_MS: u64 = 300_000;
const CACHED_STATEMENTS: usize = 128;
/// The log is put into the file when it has this many pages. Many writes meet the same pages, which then move once.
const CHECKPOINT_PAGES: u32 = 4_096;
/// Pages a connection keeps in memory, in KiB: a list of ten thousand rows is not read from the file for each request.
const CACHE_KIB: i64 = 16 * 1024;

/// The host's own tables in a plugin's file.
const HOST_TABLES: &str = "
    create table if not exists lamp_migration (
        name text not null primary key, hash text not null, applied_at integer not null) strict;
    create table if not exists lamp_outbox (
        sequence integer primary key autoincrement, id text not null unique, content text not null) strict;";

/// One open file.
pub(super) struct SqliteDatabase {
    path: PathBuf,
    limits: DatabaseLimits,
    writer: Arc<tokio::sync::Mutex<Handle>>,
    readers: Arc<Mutex<Vec<Handle>>>,
    reader_slots: Semaphore,
    /// Held from a batch with jobs or events to the end of its hand-over.
    pub(super) outbox_turn: tokio::sync::Mutex<()>,
    /// Outbox rows that the host's tables have; removed with the next batch.
    handed_over: Mutex<Vec<String>>,
}

impl std::fmt::Debug for SqliteDatabase {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SqliteDatabase").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A guarded connection.
struct Handle {
    connection: Connection,
    microphone: Microphone,
}

impl Handle {
    /// Runs `work` with statements judged as `speaker`'s; the host speaks again afterwards, whatever happens.
    fn speak_as<T>(&mut self, speaker: Speaker, work: impl FnOnce(&Connection) -> T) -> T {
        struct Back<'a>(&'a Microphone);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.give_to(Speaker::Host);
            }
        }
        self.microphone.give_to(speaker);
        let _back = Back(&self.microphone);
        work(&self.connection)
    }

    fn watch(&self, limit_ms: u64) -> Arc<Watch> {
        Watch::new(self.connection.get_interrupt_handle(), limit_ms)
    }
}

fn folder(store: &Store, plugin: &PluginId) -> PathBuf {
    store.shared.data_dir.join("plugins").join(plugin.as_str())
}

impl SqliteDatabase {
    pub(super) async fn open(
        store: &Store,
        plugin: &PluginId,
        limits: DatabaseLimits,
        migrations: Vec<Migration>,
    ) -> StoreResult<Self> {
        let folder = folder(store, plugin);
        let path = folder.join("data.sqlite");
        make_private_dir(&store.shared.data_dir.join("plugins"))?;
        make_private_dir(&folder)?;
        let applied_at = store.now().0;
        let opened = path.clone();
        let mut handle = blocking(move || open_writer(&opened, limits)).await?;
        let watch = handle.watch(MIGRATION_MS);
        let handle = watch::run(watch, move |watch| {
            migrate(&mut handle, watch, migrations, applied_at)?;
            Ok(handle)
        })
        .await?;
        Ok(Self {
            path,
            limits,
            writer: Arc::new(tokio::sync::Mutex::new(handle)),
            readers: Arc::default(),
            reader_slots: Semaphore::new(CONCURRENCY),
            outbox_turn: tokio::sync::Mutex::default(),
            handed_over: Mutex::default(),
        })
    }

    pub(super) async fn query(&self, sql: &str, parameters: &[SqlValue], bounds: Bounds) -> StoreResult<Rows> {
        let (sql, parameters) = (sql.to_owned(), parameters.to_vec());
        self.read(Speaker::Plugin, move |connection, watch| {
            watch.begin_statement()?;
            let fault = |error| fault(error, watch);
            let mut statement = connection.prepare_cached(&numbered(&sql)?).map_err(fault)?;
            if !statement.readonly() {
                return Err(StoreError::Refused("a query only reads; use execute or batch".to_owned()));
            }
            bind(&mut statement, &parameters).map_err(fault)?;
            read_rows(&mut statement, bounds, watch)
        })
        .await
    }

    /// Runs `work` on a reading connection.
    async fn read<T: Send + 'static>(
        &self,
        speaker: Speaker,
        work: impl FnOnce(&Connection, &Watch) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let _slot = self.reader_slots.acquire().await.map_err(|_| StoreError::Busy)?;
        let idle = self.readers.lock().pop();
        let mut handle = match idle {
            Some(handle) => handle,
            None => {
                let path = self.path.clone();
                blocking(move || open_reader(&path)).await?
            }
        };
        let readers = Arc::clone(&self.readers);
        watch::run(handle.watch(self.limits.statement_ms), move |watch| {
            let result = handle.speak_as(speaker, |connection| work(connection, watch));
            readers.lock().push(handle);
            result
        })
        .await
    }

    /// Runs `work` on the writing connection, in a transaction.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Handle, &Watch) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let mut handle: OwnedMutexGuard<Handle> = Arc::clone(&self.writer).lock_owned().await;
        watch::run(handle.watch(self.limits.statement_ms), move |watch| in_transaction(&mut handle, watch, work)).await
    }

    /// Carries out statements and puts the envelope into the outbox: one transaction.
    pub(super) async fn batch(&self, statements: Vec<Statement>, envelope: Option<Envelope>) -> StoreResult<Vec<u64>> {
        let handed_over = if envelope.is_some() { self.handed_over.lock().clone() } else { Vec::new() };
        let forget = handed_over.clone();
        let storage_mib = self.limits.storage_mib;
        let affected = self
            .write(move |handle, watch| {
                let affected =
                    handle.speak_as(Speaker::Plugin, |connection| execute_all(connection, watch, &statements));
                let affected = affected.map_err(|error| name_storage(error, storage_mib))?;
                watch.begin_statement()?;
                let fault = |error| fault(error, watch);
                forget_outbox(&handle.connection, &forget).map_err(fault)?;
                if let Some(envelope) = envelope {
                    let insert = "insert into lamp_outbox (id, content) values ($1, $2)";
                    handle.connection.execute(insert, (envelope.id(), envelope.content())).map_err(fault)?;
                }
                Ok(affected)
            })
            .await?;
        self.handed_over.lock().retain(|id| !handed_over.contains(id));
        Ok(affected)
    }

    /// What waits in the outbox, oldest first: id and content.
    pub(super) async fn outbox(&self) -> StoreResult<Vec<(String, String)>> {
        let handed_over = self.handed_over.lock().clone();
        let rows = self.read(Speaker::Host, |connection, watch| {
            let fault = |error| fault(error, watch);
            let mut statement =
                connection.prepare("select id, content from lamp_outbox order by sequence").map_err(fault)?;
            let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).map_err(fault)?;
            rows.collect::<Result<Vec<(String, String)>, _>>().map_err(fault)
        });
        Ok(rows.await?.into_iter().filter(|(id, _)| !handed_over.contains(id)).collect())
    }

    /// Notes that the host's tables have an outbox row; it is removed with the next batch.
    pub(super) fn note_handed_over(&self, id: String) {
        self.handed_over.lock().push(id);
    }

    /// Removes the noted outbox rows now.
    pub(super) async fn forget_handed_over(&self) -> StoreResult<()> {
        let ids = std::mem::take(&mut *self.handed_over.lock());
        if ids.is_empty() {
            return Ok(());
        }
        self.write(move |handle, watch| forget_outbox(&handle.connection, &ids).map_err(|error| fault(error, watch)))
            .await
    }

    pub(super) async fn size_bytes(&self) -> StoreResult<u64> {
        self.read(Speaker::Host, |connection, watch| {
            let pages = pragma(connection, "page_count").map_err(|error| fault(error, watch))?;
            let page_bytes = pragma(connection, "page_size").map_err(|error| fault(error, watch))?;
            Ok(pages.saturating_mul(page_bytes))
        })
        .await
    }
}

/// Removes a plugin's file with its side files, and its folder when nothing else is in it.
pub(super) async fn erase(store: &Store, plugin: &PluginId) -> StoreResult<()> {
    let folder = folder(store, plugin);
    blocking(move || {
        for name in ["data.sqlite", "data.sqlite-wal", "data.sqlite-shm"] {
            let path = folder.join(name);
            match std::fs::remove_file(&path) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::Io { path, source });
                }
                _ => {}
            }
        }
        match std::fs::remove_dir(&folder) {
            Err(source)
                if !matches!(source.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::DirectoryNotEmpty) =>
            {
                Err(StoreError::Io { path: folder, source })
            }
            _ => Ok(()),
        }
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> StoreResult<T> + Send + 'static) -> StoreResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Database(error.to_string()))?
}

fn open_writer(path: &Path, limits: DatabaseLimits) -> StoreResult<Handle> {
    make_private_file(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let handle = open(path, flags)?;
    let fault = |error| open_fault(&error);
    let pragmas = format!("pragma page_size = {PAGE_BYTES}; pragma journal_mode = wal; pragma synchronous = full;");
    handle.connection.execute_batch(&pragmas).map_err(fault)?;
    let page_bytes = pragma(&handle.connection, "page_size").map_err(fault)?.max(512);
    let pages = u64::from(limits.storage_mib) * 1024 * 1024 / page_bytes;
    let pragmas = format!(
        "pragma mmap_size = 0; pragma journal_size_limit = 67108864; pragma wal_autocheckpoint = {CHECKPOINT_PAGES};
         pragma max_page_count = {pages}; {HOST_TABLES}"
    );
    handle.connection.execute_batch(&pragmas).map_err(fault)?;
    Ok(handle)
}

/// A pragma that is a count.
fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    let value: i64 = connection.pragma_query_value(None, name, |row| row.get(0))?;
    Ok(u64::try_from(value).unwrap_or(0))
}

fn open_reader(path: &Path) -> StoreResult<Handle> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    open(path, flags)
}

fn open(path: &Path, flags: OpenFlags) -> StoreResult<Handle> {
    let fault = |error| open_fault(&error);
    // The folder may be reached by links; only the file itself may not be one.
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(path).canonicalize().map_err(io)?;
    let path = folder.join(path.file_name().unwrap_or_default());
    let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(fault)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(fault)?;
    let microphone = Microphone::default();
    guard(&connection, &microphone).map_err(fault)?;
    Ok(Handle { connection, microphone })
}

fn in_transaction<T>(
    handle: &mut Handle,
    watch: &Watch,
    work: impl FnOnce(&mut Handle, &Watch) -> StoreResult<T>,
) -> StoreResult<T> {
    watch.begin_statement()?;
    handle.connection.execute_batch("begin immediate").map_err(|error| fault(error, watch))?;
    let result = work(handle, watch).and_then(|value| {
        handle.connection.execute_batch("commit").map_err(|error| fault(error, watch))?;
        Ok(value)
    });
    // Some errors (full, interrupted) have rolled back already.
    if result.is_err() && !handle.connection.is_autocommit() {
        handle.connection.execute_batch("rollback").map_err(|error| fault(error, watch))?;
    }
    result
}

fn migrate(handle: &mut Handle, watch: &Watch, migrations: Vec<Migration>, applied_at: i64) -> StoreResult<()> {
    let applied = {
        let fault = |error| fault(error, watch);
        let mut statement =
            handle.connection.prepare("select name, hash from lamp_migration order by name").map_err(fault)?;
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).map_err(fault)?;
        rows.collect::<Result<Vec<(String, String)>, _>>().map_err(fault)?
    };
    for migration in pending(migrations, &applied)? {
        let name = migration.name.clone();
        let told = |error: StoreError| match error {
            StoreError::Invalid(text) | StoreError::Refused(text) => {
                StoreError::Refused(format!("migration `{name}`: {text}"))
            }
            other => other,
        };
        in_transaction(handle, watch, |handle, watch| {
            let fault = |error| fault(error, watch);
            handle
                .speak_as(Speaker::Migration, |connection| connection.execute_batch(&migration.sql))
                .map_err(fault)?;
            refuse_host_names(&handle.connection, watch)?;
            let insert = "insert into lamp_migration (name, hash, applied_at) values ($1, $2, $3)";
            let row = (&migration.name, content_hash(&migration.sql), applied_at);
            handle.connection.execute(insert, row).map_err(fault)?;
            Ok(())
        })
        .map_err(told)?;
    }
    Ok(())
}

/// Renaming gives no name to ask about, and the body of a trigger or view is asked about only when it is used: so the
/// result is looked at.
fn refuse_host_names(connection: &Connection, watch: &Watch) -> StoreResult<()> {
    let count = "select count(*) from sqlite_schema where tbl_name not in ('lamp_migration', 'lamp_outbox') and (
                 name like 'lamp\\_%' escape '\\' or sql like '%lamp\\_migration%' escape '\\' or sql like '%lamp\\_outbox%' escape '\\')";
    let foreign: i64 = connection.query_row(count, (), |row| row.get(0)).map_err(|error| fault(error, watch))?;
    if foreign == 0 { Ok(()) } else { Err(host_names()) }
}

fn forget_outbox(connection: &Connection, ids: &[String]) -> rusqlite::Result<()> {
    let mut delete = connection.prepare("delete from lamp_outbox where id = $1")?;
    ids.iter().try_for_each(|id| delete.execute([id]).map(|_| ()))
}

fn execute_all(connection: &Connection, watch: &Watch, statements: &[Statement]) -> StoreResult<Vec<u64>> {
    statements.iter().map(|statement| execute(connection, watch, statement)).collect()
}

fn execute(connection: &Connection, watch: &Watch, statement: &Statement) -> StoreResult<u64> {
    watch.begin_statement()?;
    let fault = |error| fault(error, watch);
    let mut prepared = connection.prepare_cached(&numbered(&statement.sql)?).map_err(fault)?;
    bind(&mut prepared, &statement.parameters).map_err(fault)?;
    let reads = prepared.readonly();
    let mut rows = prepared.raw_query();
    while rows.next().map_err(fault)?.is_some() {}
    Ok(if reads { 0 } else { connection.changes() })
}

impl ToSql for SqlValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

/// Errors: more or fewer parameters than the highest number in the text.
fn bind(statement: &mut rusqlite::Statement<'_>, parameters: &[SqlValue]) -> rusqlite::Result<()> {
    let count = statement.parameter_count();
    if count != parameters.len() {
        return Err(rusqlite::Error::InvalidParameterCount(parameters.len(), count));
    }
    parameters.iter().zip(1..).try_for_each(|(value, number)| statement.raw_bind_parameter(number, value))
}

fn read_rows(statement: &mut rusqlite::Statement<'_>, bounds: Bounds, watch: &Watch) -> StoreResult<Rows> {
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let width = columns.len();
    let mut found = Rows { columns, rows: Vec::new() };
    let mut bytes = 0;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|error| fault(error, watch))? {
        let mut values = Vec::with_capacity(width);
        for index in 0..width {
            let value = read_value(row.get_ref(index).map_err(|error| fault(error, watch))?)?;
            bytes += value.bytes();
            values.push(value);
        }
        found.rows.push(values);
        bounds.check(found.rows.len(), bytes)?;
    }
    Ok(found)
}

fn read_value(value: ValueRef<'_>) -> StoreResult<SqlValue> {
    Ok(match value {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(value) => SqlValue::Integer(value),
        ValueRef::Real(value) => SqlValue::Real(value),
        ValueRef::Blob(value) => SqlValue::Blob(value.to_vec()),
        ValueRef::Text(value) => match std::str::from_utf8(value) {
            Ok(text) => SqlValue::Text(text.to_owned()),
            Err(_) => return Err(StoreError::Invalid("a text in the result is not UTF-8; read it as blob".to_owned())),
        },
    })
}

fn open_fault(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::damaged("plugin database", error),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        _ => StoreError::Database(format!("open plugin database: {error}")),
    }
}

fn name_storage(error: StoreError, storage_mib: u32) -> StoreError {
    match error {
        StoreError::Limit(text) if text == FULL => StoreError::Limit(format!("the database has {storage_mib} MiB")),
        other => other,
    }
}

const FULL: &str = "storage";

fn fault(error: rusqlite::Error, watch: &Watch) -> StoreError {
    let text = match &error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
        other => other.to_string(),
    };
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => watch.why_interrupted(),
        Some(ErrorCode::AuthorizationForStatementDenied) => StoreError::Refused(text),
        Some(ErrorCode::ConstraintViolation) if text.starts_with("FOREIGN KEY") => {
            StoreError::Conflict { constraint: "foreign_key".to_owned() }
        }
        Some(ErrorCode::ConstraintViolation) => StoreError::Conflict { constraint: sqlite_constraint(&text) },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::DiskFull) => StoreError::Limit(FULL.to_owned()),
        Some(ErrorCode::TooBig) => StoreError::Limit("a value or statement is too long".to_owned()),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::damaged("plugin database", text),
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory) => StoreError::Database(text),
        _ => match error {
            rusqlite::Error::MultipleStatement => StoreError::Refused("one statement at a time".to_owned()),
            _ => StoreError::Invalid(text),
        },
    }
}
