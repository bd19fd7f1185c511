//! What can go wrong with the database, in the words of its callers.

use std::path::PathBuf;

/// Result of a store call.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why a store call failed. Nothing of the call's transaction is kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The thing named does not exist.
    #[error("no {what} `{name}`")]
    NotFound {
        /// Kind of thing, `user`.
        what: &'static str,
        /// Its name or id.
        name: String,
    },
    /// A constraint forbids the change. The name is `<table>_<columns>` for unique constraints (`account_name`),
    /// the constraint's own name for checks, `foreign_key` for references.
    #[error("conflict: constraint `{constraint}`")]
    Conflict {
        /// Name of the constraint, the same on both databases.
        constraint: String,
    },
    /// An argument cannot be stored; the text names it.
    #[error("invalid: {0}")]
    Invalid(String),
    /// Another writer held the database too long, or a deadlock was broken; try again.
    #[error("the database is busy; try again")]
    Busy,
    /// PostgreSQL ended a statement at its time limit.
    #[error("a statement took too long")]
    Timeout,
    /// A limit was reached; the text names the limit and its value.
    #[error("limit: {0}")]
    Limit(String),
    /// A plugin's statement or migration does what it may not; the text says what.
    #[error("refused: {0}")]
    Refused(String),
    /// A newer version of the program has changed this database.
    #[error("the database has migration {found}, this version knows up to {known}; start the newer version")]
    Newer {
        /// Newest migration in the database.
        found: i64,
        /// Newest migration this binary carries.
        known: i64,
    },
    /// A stored value is not what the program wrote.
    #[error("stored {what} is damaged: {detail}")]
    Damaged {
        /// Table and column, `job.state`.
        what: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The file system refused.
    #[error("access {path}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The linked SQLite is older than the first one without the known data-loss bug.
    #[error("SQLite {found} is linked, at least 3.51.3 is needed")]
    OldSqlite {
        /// Its version.
        found: String,
    },
    /// The database refused or went away.
    #[error("database: {0}")]
    Database(String),
}

impl StoreError {
    /// Whether a unique constraint of that name was broken.
    pub fn is_conflict(&self, name: &str) -> bool {
        matches!(self, Self::Conflict { constraint } if constraint == name)
    }

    /// Whether the thing asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// `NotFound` for a kind of thing and its name.
    pub fn not_found(what: &'static str, name: impl ToString) -> Self {
        Self::NotFound { what, name: name.to_string() }
    }

    /// `Damaged` for a column and what is wrong with its value.
    pub fn damaged(what: &'static str, detail: impl ToString) -> Self {
        Self::Damaged { what, detail: detail.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Database(database) => from_database(database.as_ref()),
            other => Self::Database(other.to_string()),
        }
    }
}

fn from_database(error: &dyn sqlx::error::DatabaseError) -> StoreError {
    use sqlx::error::ErrorKind;
    let code = error.code().unwrap_or_default();
    // PostgreSQL's codes have five characters: deadlock, lock timeout, serialization. SQLite's BUSY and LOCKED may be extended.
    let busy = if code.len() == 5 {
        matches!(code.as_ref(), "40P01" | "55P03" | "40001")
    } else {
        code.parse::<i64>().is_ok_and(|code| matches!(code & 0xff, 5 | 6))
    };
    match error.kind() {
        _ if busy => StoreError::Busy,
        _ if code == "57014" => StoreError::Timeout,
        ErrorKind::ForeignKeyViolation => StoreError::Conflict { constraint: "foreign_key".to_owned() },
        ErrorKind::UniqueViolation | ErrorKind::CheckViolation => {
            StoreError::Conflict { constraint: constraint_name(error) }
        }
        ErrorKind::NotNullViolation => StoreError::Conflict { constraint: not_null_name(error) },
        _ if code.len() == 5 => from_postgres_code(&code, error.message()),
        _ => StoreError::Database(error.message().to_owned()),
    }
}

/// Classes of PostgreSQL's codes: 42 syntax, names and rights, 22 values, 25006 a write in a read-only transaction.
fn from_postgres_code(code: &str, message: &str) -> StoreError {
    let message = message.to_owned();
    match code {
        "42501" | "25006" => StoreError::Refused(message),
        _ if code.starts_with("42") || code.starts_with("22") => StoreError::Invalid(message),
        _ if code.starts_with("54") => StoreError::Limit(message),
        _ => StoreError::Database(message),
    }
}

fn not_null_name(error: &dyn sqlx::error::DatabaseError) -> String {
    match error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        Some(error) => format!("{}_{}", error.table().unwrap_or_default(), error.column().unwrap_or_default()),
        None => sqlite_constraint(error.message()),
    }
}

/// PostgreSQL names the constraint; SQLite lists `table.column` of unique ones and names checks.
fn constraint_name(error: &dyn sqlx::error::DatabaseError) -> String {
    if let Some(name) = error.constraint() {
        return name.to_owned();
    }
    sqlite_constraint(error.message())
}

/// From SQLite's message, `UNIQUE constraint failed: thing.a, thing.b` gives `thing_a_b`.
pub(crate) fn sqlite_constraint(message: &str) -> String {
    let listed = message.rsplit(": ").next().unwrap_or_default();
    let mut name = String::new();
    for column in listed.split(", ") {
        match column.split_once('.') {
            Some((table, column)) => {
                if name.is_empty() {
                    name.push_str(table);
                }
                name.push('_');
                name.push_str(column);
            }
            None => name.push_str(column),
        }
    }
    name
}
