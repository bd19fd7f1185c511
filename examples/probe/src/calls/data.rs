//! `sql` and `events`.

use crate::arguments::Arguments;
use lamphouse_plugin::Error;
use lamphouse_plugin::bindings::lamphouse::sql::sql as host;
use lamphouse_plugin::events::{NewEvent, publish, retained};
use lamphouse_plugin::sql::{Database, Statement, Transaction, Value as SqlValue, batch, dialect};
use serde_json::{Value, json};

/// Functions of `sql`.
pub fn sql(function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    Some(match function {
        "dialect" => Ok(json!(match dialect() {
            Database::Sqlite => "sqlite",
            Database::Postgresql => "postgresql",
        })),
        "query" => host::query(&statement(arguments)).map(|found| {
            let row = |row: Vec<SqlValue>| row.into_iter().map(from_sql).collect::<Vec<Value>>();
            found.rows.into_iter().map(row).collect()
        }),
        "execute" => host::execute(&statement(arguments)).map(|touched| json!(touched)),
        "batch" => batch(&transaction(arguments)).map(|touched| json!(touched)),
        _ => return None,
    })
}

/// Functions of `events`.
pub fn events(function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    Some(match function {
        "publish" => publish(&event(arguments)).map(|()| Value::Null),
        "retained" => retained(&arguments.text("topic"), &arguments.text("key")).map(|payload| json!(payload)),
        _ => return None,
    })
}

fn event(arguments: &Arguments) -> NewEvent {
    NewEvent {
        topic: arguments.text("topic"),
        payload: arguments.text("payload"),
        retain_key: arguments.optional_text("retain_key"),
    }
}

fn transaction(arguments: &Arguments) -> Transaction {
    Transaction {
        statements: arguments.list("statements").iter().map(statement).collect(),
        jobs: arguments.list("jobs").iter().map(super::queue::new_job).collect(),
        events: arguments.list("events").iter().map(event).collect(),
        checkpoint: arguments.optional_text("checkpoint").map(String::into_bytes),
    }
}

fn statement(arguments: &Arguments) -> Statement {
    Statement {
        sql: arguments.text("sql"),
        parameters: arguments.values("parameters").into_iter().map(to_sql).collect(),
    }
}

fn to_sql(value: Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Bool(flag) => SqlValue::Integer(i64::from(flag)),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => SqlValue::Integer(integer),
            None => SqlValue::Real(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => SqlValue::Text(text),
        other => SqlValue::Blob(other.to_string().into_bytes()),
    }
}

fn from_sql(value: SqlValue) -> Value {
    match value {
        SqlValue::Null => Value::Null,
        SqlValue::Integer(integer) => json!(integer),
        SqlValue::Real(real) => json!(real),
        SqlValue::Text(text) => json!(text),
        SqlValue::Blob(bytes) => json!(bytes),
    }
}
