//! A plugin's PostgreSQL schema. Everything runs in a transaction that takes on the plugin's role, sees only its schema
//! and has a time limit; jobs and events of a batch go into the host's tables in that same transaction.

use super::migrate::{content_hash, host_names, pending};
use super::outbox::lease_lost;
use super::postgres_value::{Reader, arguments};
use super::statement::{Kind, check};
use super::{BatchRequest, BatchResult, Bounds, CONCURRENCY, DatabaseLimits, Migration, Rows, SqlValue, Statement};
use crate::database::{Database, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::events::append_events;
use crate::jobs::{self, Enqueued, Fenced};
use crate::store::Store;
use futures_util::TryStreamExt;
use lamp_core::id::{JobId, PluginId};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Executor, PgConnection, SqlSafeStr, Statement as _, Transaction};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

const MIGRATION_MS: u64 = 300_000;
/// How long a measured size is good for.
const SIZE_FRESH: Duration = Duration::from_secs(1);

/// One plugin's schema.
pub(super) struct PostgresDatabase {
    store: Store,
    names: Names,
    limits: DatabaseLimits,
    slots: Semaphore,
    /// Before each statement text: connections are shared and their statement caches go by text, so it names the plugin
    /// and the shape of its tables.
    mark: String,
    size: Mutex<Option<(Instant, u64)>>,
}

impl std::fmt::Debug for PostgresDatabase {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PostgresDatabase").field("schema", &self.names.schema).finish_non_exhaustive()
    }
}

/// Identifiers of a plugin; made of `a-z`, `0-9` and `_`, so they need no quoting.
struct Names {
    schema: String,
    role: String,
}

impl Names {
    /// Roles belong to the whole cluster, so their names carry the instance.
    async fn of(store: &Store, plugin: &PluginId) -> StoreResult<Self> {
        let instance = instance(store).await?;
        let short = identifier(plugin);
        Ok(Self { schema: format!("plugin_{short}"), role: format!("lamp_{instance}_{short}") })
    }
}

/// At most 46 characters, different for different plugins: long ids end in a piece of their hash.
fn identifier(plugin: &PluginId) -> String {
    let text = plugin.as_str().replace('-', "_");
    if text.len() <= 46 {
        return text;
    }
    let hash = hex::encode(Sha256::digest(plugin.as_str().as_bytes()));
    format!("{}_{}", &text[..33], &hash[..12])
}

/// Eight characters that tell this database's roles from those of another in the same cluster.
async fn instance(store: &Store) -> StoreResult<String> {
    let read = || query("select value from setting where key = 'instance'");
    let row = match store.fetch_optional(read()).await? {
        Some(row) => row,
        None => {
            let fresh = hex::encode(Sha256::digest(JobId::generate().as_str().as_bytes()));
            let mut tx = store.begin_write().await?;
            let insert = query("insert into setting (key, value) values ('instance', $1) on conflict (key) do nothing");
            tx.execute(insert.bind(format!("\"{}\"", &fresh[..8]))).await?;
            let row = tx.fetch_one(read()).await?;
            tx.commit().await?;
            row
        }
    };
    let value: String = row.get("value")?;
    let instance = value.trim_matches('"');
    if instance.len() == 8 && instance.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(instance.to_owned())
    } else {
        Err(StoreError::damaged("setting.instance", value))
    }
}

impl PostgresDatabase {
    pub(super) async fn open(
        store: &Store,
        plugin: &PluginId,
        limits: DatabaseLimits,
        migrations: Vec<Migration>,
    ) -> StoreResult<Self> {
        let names = Names::of(store, plugin).await?;
        provision(store, &names).await?;
        let applied_names = migrate(store, &names, migrations).await?;
        let shape = content_hash(&applied_names);
        Ok(Self {
            store: store.clone(),
            mark: format!("/*{plugin} {}*/ ", &shape[..12]),
            names,
            limits,
            slots: Semaphore::new(CONCURRENCY),
            size: Mutex::default(),
        })
    }

    pub(super) async fn query(&self, sql: &str, parameters: &[SqlValue], bounds: Bounds) -> StoreResult<Rows> {
        let _slot = self.slots.acquire().await.map_err(|_| StoreError::Busy)?;
        let text = self.text(sql)?;
        let mut tx = self.begin("begin read only").await?;
        let work = async {
            let connection: &mut PgConnection = &mut tx;
            let statement = connection.prepare(text).await?;
            let arguments = arguments(parameter_types(&statement), parameters)?;
            let mut reader = Reader::new(statement.columns(), bounds)?;
            let mut rows = statement.query_with(arguments).fetch(&mut *connection);
            while let Some(row) = rows.try_next().await? {
                reader.push(&row)?;
            }
            Ok(reader.finish())
        };
        // When a result is cut off, the server goes on until its time limit; the connection is used again after that.
        let rows = self.timed(work).await?;
        tx.rollback().await?;
        Ok(rows)
    }

    pub(super) async fn batch(&self, request: BatchRequest) -> StoreResult<BatchResult> {
        let _slot = self.slots.acquire().await.map_err(|_| StoreError::Busy)?;
        self.check_storage().await?;
        let mut tx = self.begin("begin").await?;
        let mut affected = Vec::with_capacity(request.statements.len());
        for statement in &request.statements {
            let touched = self.execute(&mut tx, statement);
            affected.push(self.timed(touched).await?);
        }
        let mut tx = self.store.adopt(tx);
        let jobs = finish(&mut tx, &request).await?;
        tx.commit().await?;
        Ok(BatchResult { affected, jobs })
    }

    async fn execute(&self, connection: &mut PgConnection, statement: &Statement) -> StoreResult<u64> {
        let prepared = connection.prepare(self.text(&statement.sql)?).await?;
        let arguments = arguments(parameter_types(&prepared), &statement.parameters)?;
        let done = prepared.query_with(arguments).execute(connection).await?;
        Ok(if prepared.columns().is_empty() || !reads(&statement.sql) { done.rows_affected() } else { 0 })
    }

    fn text(&self, sql: &str) -> StoreResult<sqlx::SqlStr> {
        let statement = check(sql, Kind::Rows)?;
        Ok(AssertSqlSafe(format!("{}{}", self.mark, statement.concat())).into_sql_str())
    }

    async fn begin(&self, begin: &str) -> StoreResult<Transaction<'static, sqlx::Postgres>> {
        begin_as(&self.store, &self.names, begin, self.limits.statement_ms).await
    }

    /// The server ends a statement at its limit; if it does not answer at all, the connection is given up a second later.
    async fn timed<T>(&self, work: impl Future<Output = StoreResult<T>>) -> StoreResult<T> {
        let limit_ms = self.limits.statement_ms;
        let took_longer = || StoreError::Limit(format!("the statement took longer than {limit_ms} ms"));
        match tokio::time::timeout(Duration::from_millis(limit_ms.saturating_add(1_000)), work).await {
            Ok(Err(StoreError::Timeout)) | Err(_) => Err(took_longer()),
            Ok(result) => result,
        }
    }

    async fn check_storage(&self) -> StoreResult<()> {
        let known = self.size.lock().filter(|(at, _)| at.elapsed() < SIZE_FRESH);
        let size = match known {
            Some((_, size)) => size,
            None => {
                let size = self.size_bytes().await?;
                *self.size.lock() = Some((Instant::now(), size));
                size
            }
        };
        if size > u64::from(self.limits.storage_mib) * 1024 * 1024 {
            return Err(StoreError::Limit(format!("the database has {} MiB", self.limits.storage_mib)));
        }
        Ok(())
    }

    pub(super) async fn size_bytes(&self) -> StoreResult<u64> {
        let size = query(
            "select cast(coalesce(sum(pg_total_relation_size(c.oid)), 0) as bigint) as bytes
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = $1 and c.relkind in ('r', 'm', 'S')",
        );
        let row = self.store.fetch_optional(size.bind(&self.names.schema)).await?;
        row.map_or(Ok(0), |row| row.get("bytes"))
    }
}

fn reads(sql: &str) -> bool {
    let start = sql.trim_start().get(..6).unwrap_or_default();
    start.eq_ignore_ascii_case("select") || start.eq_ignore_ascii_case("values")
}

fn parameter_types(statement: &sqlx::postgres::PgStatement) -> &[sqlx::postgres::PgTypeInfo] {
    match statement.parameters() {
        Some(sqlx::Either::Left(types)) => types,
        _ => &[],
    }
}

/// Begins a transaction in the plugin's role; commit or rollback ends all of it.
async fn begin_as(
    store: &Store,
    names: &Names,
    begin: &str,
    statement_ms: u64,
) -> StoreResult<Transaction<'static, sqlx::Postgres>> {
    let Database::Postgres { plugins, .. } = store.database() else {
        return Err(StoreError::Database("the host does not use PostgreSQL".to_owned()));
    };
    let Names { schema, role } = names;
    let text = format!(
        "{begin}; set local role {role}; set local search_path to {schema}; set local statement_timeout to {statement_ms};
         set local lock_timeout to {statement_ms}; set local standard_conforming_strings to on"
    );
    Ok(plugins.begin_with(AssertSqlSafe(text)).await?)
}

/// Back in the host's role: the checkpoint, the jobs, then the events.
async fn finish(tx: &mut Tx, request: &BatchRequest) -> StoreResult<Vec<Enqueued>> {
    if request.enqueue.is_empty() && request.publish.is_empty() && request.checkpoint.is_none() {
        return Ok(Vec::new());
    }
    for statement in ["reset role", "set local search_path to default", "set local statement_timeout to 30000"] {
        tx.execute(query(statement)).await?;
    }
    if let Some((lease, checkpoint)) = &request.checkpoint
        && jobs::save_checkpoint_in(tx, lease, checkpoint).await? == Fenced::FencedOut
    {
        return Err(lease_lost());
    }
    let now = tx.now();
    let jobs: Vec<(JobId, _)> = request.enqueue.iter().map(|job| (JobId::generate(), job.clone())).collect();
    let enqueued = jobs::enqueue_in(tx, &jobs, now).await?;
    append_events(tx, now, request.publish.clone()).await?;
    Ok(enqueued)
}

/// Makes role, schema and the host's table in it.
async fn provision(store: &Store, Names { schema, role }: &Names) -> StoreResult<()> {
    let mut tx = store.begin_write().await?;
    tx.execute(query("select pg_advisory_xact_lock(1818324480)")).await?;
    let exists = query("select 1 as one from pg_roles where rolname = $1").bind(role);
    if tx.fetch_optional(exists).await?.is_none() {
        tx.execute(query(format!("create role {role} nologin noinherit"))).await?;
        tx.execute(query(format!("grant {role} to current_user"))).await?;
    }
    for statement in [
        format!("create schema if not exists {schema}"),
        format!("grant usage, create on schema {schema} to {role}"),
        format!(
            "create table if not exists {schema}.lamp_migration (name text not null primary key, hash text not null,
             applied_at bigint not null)"
        ),
    ] {
        tx.execute(query(statement)).await?;
    }
    tx.commit().await
}

/// Applies what is new; returns the names of all that are applied.
async fn migrate(store: &Store, names: &Names, migrations: Vec<Migration>) -> StoreResult<String> {
    let schema = &names.schema;
    let mut all: Vec<String> = migrations.iter().map(|migration| migration.name.clone()).collect();
    let rows = store
        .fetch_all(query(format!("select name, hash from {schema}.lamp_migration order by name collate \"C\"")))
        .await?;
    let applied: StoreResult<Vec<(String, String)>> =
        rows.iter().map(|row| Ok((row.get("name")?, row.get("hash")?))).collect();
    for migration in pending(migrations, &applied?)? {
        apply(store, names, &migration).await.map_err(|error| match error {
            StoreError::Invalid(text) | StoreError::Refused(text) | StoreError::Database(text) => {
                StoreError::Refused(format!("migration `{}`: {text}", migration.name))
            }
            other => other,
        })?;
    }
    all.sort();
    Ok(all.join("\n"))
}

async fn apply(store: &Store, names: &Names, migration: &Migration) -> StoreResult<()> {
    let statements = check(&migration.sql, Kind::Migration)?;
    let mut tx = begin_as(store, names, "begin", MIGRATION_MS).await?;
    for statement in statements {
        // Not kept in the statement cache: it runs once.
        let connection: &mut PgConnection = &mut tx;
        sqlx::query(AssertSqlSafe(statement.to_owned())).persistent(false).execute(connection).await?;
    }
    let mut tx = store.adopt(tx);
    tx.execute(query("reset role")).await?;
    let foreign = query(
        "select count(*) as n from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1
         and lower(c.relname) like 'lamp!_%' escape '!' and c.relname not in ('lamp_migration', 'lamp_migration_pkey')",
    );
    if tx.fetch_one(foreign.bind(&names.schema)).await?.get::<i64>("n")? > 0 {
        return Err(host_names());
    }
    let note = format!("insert into {}.lamp_migration (name, hash, applied_at) values ($1, $2, $3)", names.schema);
    let now = tx.now();
    tx.execute(query(note).bind(&migration.name).bind(content_hash(&migration.sql)).bind(now)).await?;
    tx.commit().await
}

/// Drops schema and role with everything in them.
pub(super) async fn erase(store: &Store, plugin: &PluginId) -> StoreResult<()> {
    let Names { schema, role } = Names::of(store, plugin).await?;
    let mut tx = store.begin_write().await?;
    tx.execute(query(format!("drop schema if exists {schema} cascade"))).await?;
    let exists = query("select 1 as one from pg_roles where rolname = $1").bind(&role);
    if tx.fetch_optional(exists).await?.is_some() {
        tx.execute(query(format!("drop owned by {role}"))).await?;
        tx.execute(query(format!("drop role {role}"))).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ids_stay_different_within_postgresqls_63_characters() {
        let long = |end: &str| PluginId::parse(&format!("{}{end}", "a-".repeat(30))).unwrap();
        let (a, b) = (identifier(&long("x")), identifier(&long("y")));
        assert_ne!(a, b);
        assert!(format!("lamp_12345678_{a}").len() <= 63, "{a}");
        assert_eq!(identifier(&PluginId::parse("hello-rust").unwrap()), "hello_rust");
    }
}
