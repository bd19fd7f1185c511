//! The plugin's own database. Parameters are `$1`, `$2`, … on SQLite and PostgreSQL alike.

use crate::Error;
use crate::bindings::lamphouse::sql::sql as host;
pub use crate::bindings::lamphouse::sql::sql::{Database, Rows, Statement, Transaction, Value, batch, dialect};

/// Parameters of a statement: `params![id, name, 7_i64, None::<String>]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::sql::Value::from($value)),*]
    };
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row, read by column position.
pub struct Row(Vec<Value>);

impl Row {
    /// Text; empty for NULL and other types.
    pub fn text(&self, column: usize) -> &str {
        match self.0.get(column) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// Text, or none for NULL.
    pub fn optional_text(&self, column: usize) -> Option<&str> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Bytes; empty for NULL and other types.
    pub fn bytes(&self, column: usize) -> &[u8] {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => bytes,
            _ => &[],
        }
    }

    /// An integer; 0 for NULL and other types.
    pub fn integer(&self, column: usize) -> i64 {
        self.optional_integer(column).unwrap_or_default()
    }

    /// An integer, or none for NULL.
    pub fn optional_integer(&self, column: usize) -> Option<i64> {
        match self.0.get(column) {
            Some(Value::Integer(value)) => Some(*value),
            _ => None,
        }
    }

    /// Whether an integer column is not 0.
    pub fn flag(&self, column: usize) -> bool {
        self.integer(column) != 0
    }
}

/// A statement with its parameters.
pub fn statement(sql: impl Into<String>, parameters: Vec<Value>) -> Statement {
    Statement { sql: sql.into(), parameters }
}

/// Reads rows.
pub fn query(sql: impl Into<String>, parameters: Vec<Value>) -> Result<Vec<Row>, Error> {
    Ok(host::query(&statement(sql, parameters))?.rows.into_iter().map(Row).collect())
}

/// Reads the first row, if there is one.
pub fn query_one(sql: impl Into<String>, parameters: Vec<Value>) -> Result<Option<Row>, Error> {
    Ok(query(sql, parameters)?.into_iter().next())
}

/// Writes; the number of rows touched.
pub fn execute(sql: impl Into<String>, parameters: Vec<Value>) -> Result<u64, Error> {
    host::execute(&statement(sql, parameters))
}

/// Carries out all statements, or none.
pub fn transaction(statements: Vec<Statement>) -> Result<Vec<u64>, Error> {
    batch(&Transaction { statements, jobs: Vec::new(), events: Vec::new(), checkpoint: None })
}
