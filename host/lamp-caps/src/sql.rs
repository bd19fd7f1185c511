//! `lamphouse:sql`: the plugin's own database.

use crate::bindings::lamphouse::sql::sql;
use crate::convert::host_fault;
use crate::services::Services;
use crate::{events, jobs};
use lamp_core::error::{CapabilityError, CapabilityResult};
use lamp_engine::Context;
use lamp_store::StoreError;
use lamp_store::jobs::Lease;
use lamp_store::plugin_db::{BatchRequest, PluginDatabase, SqlValue, Statement};

const INTERFACE: &str = "lamphouse:sql";
const MAX_ROWS: usize = 100_000;
const MAX_BYTES: usize = 16 << 20;
const MAX_STATEMENTS: usize = 10_000;

impl sql::Host for Context {
    fn dialect(&mut self) -> wasmtime::Result<sql::Database> {
        let database = self.services::<Services>()?.database.as_ref();
        Ok(if database.is_some_and(PluginDatabase::is_postgres) {
            sql::Database::Postgresql
        } else {
            sql::Database::Sqlite
        })
    }

    async fn query(&mut self, statement: sql::Statement) -> CapabilityResult<sql::Rows> {
        let database = own_database(self)?;
        let parameters: Vec<SqlValue> = statement.parameters.into_iter().map(from_guest).collect();
        let found = database.query(&statement.sql, &parameters, MAX_ROWS, MAX_BYTES).await.map_err(fault)?;
        Ok(sql::Rows {
            columns: found.columns,
            rows: found.rows.into_iter().map(|row| row.into_iter().map(to_guest).collect()).collect(),
        })
    }

    async fn execute(&mut self, statement: sql::Statement) -> CapabilityResult<u64> {
        let database = own_database(self)?;
        let parameters: Vec<SqlValue> = statement.parameters.into_iter().map(from_guest).collect();
        database.execute(&statement.sql, &parameters).await.map_err(fault)
    }

    async fn batch(&mut self, transaction: sql::Transaction) -> CapabilityResult<Vec<u64>> {
        let database = own_database(self)?;
        if transaction.statements.len() > MAX_STATEMENTS {
            return Err(CapabilityError::Limit(format!("a batch has at most {MAX_STATEMENTS} statements")));
        }
        let enqueue = transaction.jobs.into_iter().map(|job| jobs::checked(self, job)).collect::<Result<_, _>>()?;
        let publish =
            transaction.events.into_iter().map(|event| events::checked(self, event)).collect::<Result<_, _>>()?;
        let checkpoint = transaction.checkpoint.map(|bytes| lease(self).map(|lease| (lease, bytes))).transpose()?;
        let statements = transaction
            .statements
            .into_iter()
            .map(|statement| Statement {
                sql: statement.sql,
                parameters: statement.parameters.into_iter().map(from_guest).collect(),
            })
            .collect();
        let request = BatchRequest { statements, enqueue, publish, checkpoint };
        Ok(database.batch(request).await.map_err(fault)?.affected)
    }
}

fn own_database(context: &Context) -> CapabilityResult<PluginDatabase> {
    context.require(INTERFACE)?;
    let database = context.services::<Services>()?.database.clone();
    database.ok_or_else(|| CapabilityError::Unavailable("the plugin's database is not open".to_owned()))
}

fn lease(context: &Context) -> CapabilityResult<Lease> {
    let job = context.call.job.as_ref();
    let job = job.ok_or_else(|| CapabilityError::Invalid("a checkpoint is saved only inside a job".to_owned()))?;
    let (job, fence) = job.lease();
    Ok(Lease { job, fence })
}

/// What is the plugin's own doing is told in full; the rest is the host's trouble.
fn fault(error: StoreError) -> CapabilityError {
    match error {
        StoreError::Refused(text) | StoreError::Invalid(text) => CapabilityError::Invalid(text),
        StoreError::Timeout => CapabilityError::Limit(error.to_string()),
        StoreError::Limit(text) => CapabilityError::Limit(text),
        StoreError::Conflict { .. } => CapabilityError::Conflict(error.to_string()),
        other => host_fault(other),
    }
}

fn from_guest(value: sql::Value) -> SqlValue {
    match value {
        sql::Value::Null => SqlValue::Null,
        sql::Value::Integer(value) => SqlValue::Integer(value),
        sql::Value::Real(value) => SqlValue::Real(value),
        sql::Value::Text(value) => SqlValue::Text(value),
        sql::Value::Blob(value) => SqlValue::Blob(value),
    }
}

fn to_guest(value: SqlValue) -> sql::Value {
    match value {
        SqlValue::Null => sql::Value::Null,
        SqlValue::Integer(value) => sql::Value::Integer(value),
        SqlValue::Real(value) => sql::Value::Real(value),
        SqlValue::Text(value) => sql::Value::Text(value),
        SqlValue::Blob(value) => sql::Value::Blob(value),
    }
}
