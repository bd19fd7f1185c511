//! Plugins' own databases: one SQLite file, or one PostgreSQL schema with a role of its own, per plugin.
//!
//! SQLite goes through `rusqlite`, because it offers authorizer, limits and interrupts without unsafe code; every
//! statement is asked about when it is prepared, by what it does and not by how it is written. PostgreSQL has no such
//! hook: there the role has rights on its own schema only, and [`statement`] refuses what a role cannot be kept from
//! (changing its own settings, functions that run text as SQL, side channels). Not bounded on PostgreSQL: the memory
//! of one value that a statement builds (1 GiB, PostgreSQL's own limit) within its time.

use crate::error::{StoreError, StoreResult};
use crate::jobs::{Enqueued, Lease};
use crate::store::Store;
use lamp_core::event::NewEvent;
use lamp_core::id::{JobId, PluginId};
use lamp_core::job::NewJob;
use std::sync::Arc;

mod migrate;
mod outbox;
mod postgres;
mod postgres_value;
mod sqlite;
mod sqlite_guard;
mod sqlite_parameters;
mod statement;
mod watch;

/// Longest statement text.
pub const MAX_SQL_BYTES: usize = 256 * 1024;
/// Most parameters of one statement.
pub const MAX_PARAMETERS: usize = 32_766;
/// Statements at work at the same time for one plugin.
const CONCURRENCY: usize = 4;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum SqlValue {
    /// Null.
    Null,
    /// Integers; booleans are 0 and 1, times Unix milliseconds.
    Integer(i64),
    /// Floating point.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl SqlValue {
    fn bytes(&self) -> usize {
        match self {
            Self::Null => 1,
            Self::Integer(_) | Self::Real(_) => 8,
            Self::Text(text) => text.len(),
            Self::Blob(blob) => blob.len(),
        }
    }
}

/// Result of a query; each row has its values in the order of `columns`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<SqlValue>>,
}

/// One statement; `$1` stands for the first parameter on both databases.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Text.
    pub sql: String,
    /// Parameters.
    pub parameters: Vec<SqlValue>,
}

/// Limits of a plugin's database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseLimits {
    /// Size, in MiB.
    pub storage_mib: u32,
    /// Time of one statement, in milliseconds.
    pub statement_ms: u64,
}

/// One migration of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// File name, which gives the order: `0001_things.sql`.
    pub name: String,
    /// Statements.
    pub sql: String,
}

/// What one transaction does.
#[derive(Debug, Clone, Default)]
pub struct BatchRequest {
    /// Statements, in order.
    pub statements: Vec<Statement>,
    /// Jobs enqueued when, and only when, it commits.
    pub enqueue: Vec<NewJob>,
    /// Events published when, and only when, it commits.
    pub publish: Vec<NewEvent>,
    /// Inside a job: the lease and the checkpoint saved with it.
    pub checkpoint: Option<(Lease, Vec<u8>)>,
}

/// What a batch did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchResult {
    /// Rows touched by each statement.
    pub affected: Vec<u64>,
    /// The jobs that stand for those asked for, in order.
    pub jobs: Vec<Enqueued>,
}

/// The open database of one plugin. Cloning is cheap and shares connections.
#[derive(Debug, Clone)]
pub struct PluginDatabase {
    plugin: PluginId,
    limits: DatabaseLimits,
    engine: Engine,
    store: Store,
}

#[derive(Debug, Clone)]
enum Engine {
    Sqlite(Arc<sqlite::SqliteDatabase>),
    Postgres(Arc<postgres::PostgresDatabase>),
}

impl PluginDatabase {
    /// Opens the database, makes it if missing, applies new migrations in the order of their names and hands over what an
    /// interrupted run left in the outbox. Errors: `Refused` for a migration that is changed, missing or does what it may not.
    pub async fn open(
        store: &Store,
        plugin: &PluginId,
        limits: DatabaseLimits,
        migrations: Vec<Migration>,
    ) -> StoreResult<Self> {
        let migrations = migrate::in_order(migrations)?;
        let engine = if store.database().is_postgres() {
            Engine::Postgres(Arc::new(postgres::PostgresDatabase::open(store, plugin, limits, migrations).await?))
        } else {
            Engine::Sqlite(Arc::new(sqlite::SqliteDatabase::open(store, plugin, limits, migrations).await?))
        };
        if let Engine::Sqlite(database) = &engine {
            let _turn = database.outbox_turn.lock().await;
            outbox::hand_over(store, plugin, database).await?;
            database.forget_handed_over().await?;
        }
        Ok(Self { plugin: plugin.clone(), limits, engine, store: store.clone() })
    }

    /// Whether PostgreSQL is behind.
    pub fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Runs one statement that only reads. `Limit` when it has more rows or bytes, or takes longer, than allowed.
    pub async fn query(
        &self,
        sql: &str,
        parameters: &[SqlValue],
        max_rows: usize,
        max_bytes: usize,
    ) -> StoreResult<Rows> {
        check_size(sql, parameters)?;
        let bounds = Bounds { max_rows, max_bytes };
        match &self.engine {
            Engine::Sqlite(database) => database.query(sql, parameters, bounds).await,
            Engine::Postgres(database) => database.query(sql, parameters, bounds).await,
        }
    }

    /// Runs one statement in a transaction of its own; rows touched.
    pub async fn execute(&self, sql: &str, parameters: &[SqlValue]) -> StoreResult<u64> {
        let statement = Statement { sql: sql.to_owned(), parameters: parameters.to_vec() };
        let result = self.batch(BatchRequest { statements: vec![statement], ..BatchRequest::default() }).await?;
        Ok(result.affected.first().copied().unwrap_or(0))
    }

    /// Carries out everything or nothing. `Conflict(job_lease)` when a checkpoint is given and the lease is gone.
    pub async fn batch(&self, request: BatchRequest) -> StoreResult<BatchResult> {
        for statement in &request.statements {
            check_size(&statement.sql, &statement.parameters)?;
        }
        for job in &request.enqueue {
            crate::jobs::check_new_job(job)?;
        }
        match &self.engine {
            Engine::Sqlite(database) => self.batch_on_sqlite(database, request).await,
            Engine::Postgres(database) => database.batch(request).await,
        }
    }

    async fn batch_on_sqlite(
        &self,
        database: &sqlite::SqliteDatabase,
        request: BatchRequest,
    ) -> StoreResult<BatchResult> {
        let Some(envelope) = outbox::Envelope::seal(&request)? else {
            let affected = database.batch(request.statements, None).await?;
            return Ok(BatchResult { affected, jobs: Vec::new() });
        };
        let _turn = database.outbox_turn.lock().await;
        if let Some((lease, checkpoint)) = &request.checkpoint {
            outbox::require_lease(&self.store, lease, checkpoint).await?;
        }
        let asked = envelope.jobs().to_vec();
        let affected = database.batch(request.statements, Some(envelope)).await?;
        // It is committed: what cannot be handed over now stays in the outbox and goes with the next batch or start.
        let mut answers = match outbox::hand_over(&self.store, &self.plugin, database).await {
            Ok(answers) => answers,
            Err(error) => {
                tracing::warn!(plugin = %self.plugin, %error, "jobs and events of a batch are handed over later");
                Vec::new()
            }
        };
        let answer = |id: JobId| match answers.iter().position(|(asked, _)| *asked == id) {
            Some(at) => answers.swap_remove(at).1,
            None => Enqueued { id, created: true },
        };
        Ok(BatchResult { affected, jobs: asked.into_iter().map(answer).collect() })
    }

    /// Bytes the database takes.
    pub async fn size_bytes(&self) -> StoreResult<u64> {
        match &self.engine {
            Engine::Sqlite(database) => database.size_bytes().await,
            Engine::Postgres(database) => database.size_bytes().await,
        }
    }

    /// Its limits.
    pub fn limits(&self) -> DatabaseLimits {
        self.limits
    }

    /// Removes a plugin's database for good. It must not be open; a missing one is no error.
    pub async fn erase(store: &Store, plugin: &PluginId) -> StoreResult<()> {
        if store.database().is_postgres() {
            postgres::erase(store, plugin).await
        } else {
            sqlite::erase(store, plugin).await
        }
    }
}

/// How much a query may return.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    max_rows: usize,
    max_bytes: usize,
}

impl Bounds {
    fn check(self, rows: usize, bytes: usize) -> StoreResult<()> {
        if rows > self.max_rows {
            return Err(StoreError::Limit(format!("the query has more than {} rows", self.max_rows)));
        }
        if bytes > self.max_bytes {
            return Err(StoreError::Limit(format!("the query has more than {} bytes", self.max_bytes)));
        }
        Ok(())
    }
}

fn check_size(sql: &str, parameters: &[SqlValue]) -> StoreResult<()> {
    if sql.len() > MAX_SQL_BYTES {
        return Err(StoreError::Limit(format!("a statement has at most {MAX_SQL_BYTES} bytes")));
    }
    if parameters.len() > MAX_PARAMETERS {
        return Err(StoreError::Limit(format!("a statement has at most {MAX_PARAMETERS} parameters")));
    }
    if sql.contains('\0') {
        return Err(StoreError::Invalid("a statement holds a NUL character".to_owned()));
    }
    Ok(())
}
