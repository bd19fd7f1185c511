//! One way to speak to both databases: a statement with `$1` placeholders, rows read by column name, and write
//! transactions. Only bigint, text and bytea/blob columns exist, so that one text serves SQLite and PostgreSQL.
//!
//! ```ignore
//! let mut tx = store.begin_write().await?;
//! let changed = tx.execute(query("update job set state = $1 where id = $2 and fence = $3").bind("leased").bind(&id).bind(7)).await?;
//! let rows = tx.fetch_all(query(tx.pick("select …", "select … for update skip locked"))).await?;
//! let id: String = rows[0].get("id")?;          // also i64, bool, Vec<u8>, Option<_>
//! tx.commit().await?;                           // dropping it rolls back
//!
//! let row = store.fetch_optional(query("select * from job where id = $1").bind(&id)).await?;   // no transaction
//! ```

use crate::error::{StoreError, StoreResult};
use lamp_core::clock::{Clock, UnixMs};
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::watch;

pub use row::{FromColumn, Row};

mod row;

/// A statement with its arguments. Made by [`query`].
#[derive(Debug, Clone)]
pub struct Query {
    text: Cow<'static, str>,
    arguments: Vec<Argument>,
}

/// One argument. A null keeps its type, because PostgreSQL needs it.
#[derive(Debug, Clone)]
pub enum Argument {
    /// bigint; booleans as 0 and 1, times as Unix milliseconds.
    Integer(Option<i64>),
    /// text
    Text(Option<String>),
    /// bytea, blob
    Blob(Option<Vec<u8>>),
}

/// A statement with placeholders `$1`, `$2`, … It must be a constant or put together from constants.
pub fn query(text: impl Into<Cow<'static, str>>) -> Query {
    Query { text: text.into(), arguments: Vec::new() }
}

impl Query {
    /// The next argument: integers, booleans, `UnixMs`, text, bytes, the ids, and options of them.
    #[must_use]
    pub fn bind(mut self, argument: impl Into<Argument>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Number of arguments so far; the next placeholder is one higher.
    pub fn bound(&self) -> usize {
        self.arguments.len()
    }

    /// Adds a constant piece of statement text.
    pub fn push(&mut self, piece: &str) {
        self.text.to_mut().push_str(piece);
    }

    /// Adds an argument and its placeholder, for statements put together step by step.
    pub fn push_bind(&mut self, argument: impl Into<Argument>) {
        self.arguments.push(argument.into());
        let placeholder = format!("${}", self.arguments.len());
        self.push(&placeholder);
    }

    /// Adds `($n, $n+1, …)` for an `in` list; an empty list matches nothing.
    pub fn push_list<A: Into<Argument>>(&mut self, arguments: impl IntoIterator<Item = A>) {
        self.push("(");
        let mut first = true;
        for argument in arguments {
            if !first {
                self.push(", ");
            }
            first = false;
            self.push_bind(argument);
        }
        self.push(if first { "null)" } else { ")" });
    }
}

macro_rules! into_argument {
    ($($from:ty => $variant:ident, $value:ident, $convert:expr;)*) => {$(
        impl From<$from> for Argument {
            fn from($value: $from) -> Self { Self::$variant(Some($convert)) }
        }
        impl From<Option<$from>> for Argument {
            fn from(value: Option<$from>) -> Self { Self::$variant(value.map(|$value| $convert)) }
        }
    )*};
}

into_argument! {
    i64 => Integer, value, value;
    i32 => Integer, value, i64::from(value);
    u32 => Integer, value, i64::from(value);
    u8 => Integer, value, i64::from(value);
    bool => Integer, value, i64::from(value);
    UnixMs => Integer, value, value.0;
    u64 => Integer, value, i64::try_from(value).unwrap_or(i64::MAX);
    usize => Integer, value, i64::try_from(value).unwrap_or(i64::MAX);
    &str => Text, value, value.to_owned();
    &String => Text, value, value.clone();
    String => Text, value, value;
    &[u8] => Blob, value, value.to_vec();
    Vec<u8> => Blob, value, value;
    &Vec<u8> => Blob, value, value.clone();
}

macro_rules! id_argument {
    ($($id:ident)*) => {$(
        into_argument! {
            &lamp_core::id::$id => Text, value, value.as_str().to_owned();
            lamp_core::id::$id => Text, value, value.as_str().to_owned();
        }
    )*};
}

id_argument! { JobId OperationId UserId SessionId ApiKeyId NoticeId RequestId PluginId ServerId RegistrationKeyId }

/// Builds the driver's query and runs `$call` on it.
macro_rules! run {
    ($query:expr, $call:ident, $executor:expr) => {{
        let Query { text, arguments } = $query;
        let mut statement = sqlx::query(AssertSqlSafe(text));
        for argument in arguments {
            statement = match argument {
                Argument::Integer(value) => statement.bind(value),
                Argument::Text(value) => statement.bind(value),
                Argument::Blob(value) => statement.bind(value),
            };
        }
        statement.$call($executor).await
    }};
}

/// What waiters can be woken for. Other processes on PostgreSQL are woken too; on SQLite they find out by polling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The revision counter grew.
    Configuration,
    /// Events were appended.
    Events,
    /// Jobs may be due, or were asked to stop.
    Jobs,
    /// Operations were queued, ended or asked to stop.
    Operations,
    /// Messages to another site wait.
    Messages,
}

/// Sections that only one transaction may be in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turn {
    /// Decisions about all accounts together: the first one, the last admin.
    Accounts = 0x6c61_0001,
    /// Appending events, so that sequence numbers become visible in order.
    Events = 0x6c61_0002,
    /// Decisions about all registered servers together: whether one of that MAC or key is there.
    Servers = 0x6c61_0003,
}

impl Signal {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 5] = [Self::Configuration, Self::Events, Self::Jobs, Self::Operations, Self::Messages];
}

/// One counter per signal for those who wait, and a set of what this process has to tell the others.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    counts: [watch::Sender<u64>; Signal::ALL.len()],
    untold: watch::Sender<BTreeSet<u8>>,
}

impl Signals {
    pub(crate) fn new() -> Self {
        Self { counts: std::array::from_fn(|_| watch::channel(0).0), untold: watch::channel(BTreeSet::new()).0 }
    }

    pub(crate) fn subscribe(&self, signal: Signal) -> watch::Receiver<u64> {
        self.counts[signal as usize].subscribe()
    }

    /// Wakes those in this process.
    pub(crate) fn wake(&self, signal: Signal) {
        self.counts[signal as usize].send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Wakes those in this process and remembers to tell the others.
    fn send(&self, signal: Signal) {
        self.wake(signal);
        self.untold.send_if_modified(|untold| untold.insert(signal as u8));
    }

    /// The numbers of the signals since the last call; waits for one.
    pub(crate) async fn untold(&self) -> BTreeSet<u8> {
        let mut changed = self.untold.subscribe();
        // The sender is this very value.
        drop(changed.wait_for(|untold| !untold.is_empty()).await);
        self.untold.send_replace(BTreeSet::new())
    }
}

/// The open database.
#[derive(Debug, Clone)]
pub enum Database {
    /// One connection that writes, some that read.
    Sqlite {
        /// One connection; whoever holds it may write.
        writer: SqlitePool,
        /// Connections that only read.
        readers: SqlitePool,
    },
    /// Pools whose connections do both.
    Postgres {
        /// For the host.
        host: PgPool,
        /// For plugins' statements, so that they cannot take the host's connections away.
        plugins: PgPool,
    },
}

impl Database {
    /// Runs a reading statement and returns all rows.
    pub async fn fetch_all(&self, query: Query) -> StoreResult<Vec<Row>> {
        Ok(match self {
            Self::Sqlite { readers, .. } => wrap(run!(query, fetch_all, readers)?, Row::Sqlite),
            Self::Postgres { host, .. } => wrap(run!(query, fetch_all, host)?, Row::Postgres),
        })
    }

    /// Runs a reading statement and returns its first row.
    pub async fn fetch_optional(&self, query: Query) -> StoreResult<Option<Row>> {
        Ok(match self {
            Self::Sqlite { readers, .. } => run!(query, fetch_optional, readers)?.map(Row::Sqlite),
            Self::Postgres { host, .. } => run!(query, fetch_optional, host)?.map(Row::Postgres),
        })
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    pub(crate) async fn begin_write(&self, signals: Signals, clock: Arc<dyn Clock>) -> StoreResult<Tx> {
        let inner = match self {
            Self::Sqlite { writer, .. } => Inner::Sqlite(writer.begin_with("begin immediate").await?),
            Self::Postgres { host, .. } => Inner::Postgres(host.begin().await?),
        };
        Ok(Tx { inner, signals, clock, wakes: Vec::new() })
    }
}

fn wrap<R>(rows: Vec<R>, row: fn(R) -> Row) -> Vec<Row> {
    rows.into_iter().map(row).collect()
}

/// A write transaction. On SQLite it holds the write lock from its start (`begin immediate`); on PostgreSQL it is
/// read committed, so rows that decide something are read with `for update`. Dropping it rolls back.
pub struct Tx {
    inner: Inner,
    signals: Signals,
    clock: Arc<dyn Clock>,
    wakes: Vec<Signal>,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// A write transaction of the host made of one that PostgreSQL has already begun.
    pub(crate) fn adopt(tx: Transaction<'static, Postgres>, signals: Signals, clock: Arc<dyn Clock>) -> Self {
        Self { inner: Inner::Postgres(tx), signals, clock, wakes: Vec::new() }
    }

    /// The present instant, by the clock of the store.
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Runs a statement; returns the number of rows it changed.
    pub async fn execute(&mut self, query: Query) -> StoreResult<u64> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => run!(query, execute, &mut **tx)?.rows_affected(),
            Inner::Postgres(tx) => run!(query, execute, &mut **tx)?.rows_affected(),
        })
    }

    /// Runs a statement and returns all rows (`returning` too).
    pub async fn fetch_all(&mut self, query: Query) -> StoreResult<Vec<Row>> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => wrap(run!(query, fetch_all, &mut **tx)?, Row::Sqlite),
            Inner::Postgres(tx) => wrap(run!(query, fetch_all, &mut **tx)?, Row::Postgres),
        })
    }

    /// Runs a statement and returns its first row.
    pub async fn fetch_optional(&mut self, query: Query) -> StoreResult<Option<Row>> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => run!(query, fetch_optional, &mut **tx)?.map(Row::Sqlite),
            Inner::Postgres(tx) => run!(query, fetch_optional, &mut **tx)?.map(Row::Postgres),
        })
    }

    /// Runs a statement that always gives a row (`count(*)`, `returning` of an insert).
    pub async fn fetch_one(&mut self, query: Query) -> StoreResult<Row> {
        self.fetch_optional(query).await?.ok_or_else(|| StoreError::Database("a statement gave no row".to_owned()))
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// The text for the database at hand, where one text cannot serve both (`for update skip locked`).
    pub fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        if self.is_postgres() { postgres } else { sqlite }
    }

    /// Counts a configuration change: other processes see it by the counter, this one is woken after the commit.
    pub async fn bump_revision(&mut self) -> StoreResult<()> {
        self.execute(query("update host_revision set revision = revision + 1")).await?;
        self.wake_after_commit(Signal::Configuration);
        Ok(())
    }

    /// Wakes those in this process who wait for `signal`, once the transaction is committed.
    pub fn wake_after_commit(&mut self, signal: Signal) {
        if !self.wakes.contains(&signal) {
            self.wakes.push(signal);
        }
    }

    /// Lets one transaction at a time pass until its end. `Accounts` or `Servers` is taken first in a transaction, `Events` last, so that
    /// nobody waits in a ring. SQLite's write lock does the same by itself.
    pub(crate) async fn one_at_a_time(&mut self, turn: Turn) -> StoreResult<()> {
        if self.is_postgres() {
            self.execute(query("select pg_advisory_xact_lock($1)").bind(turn as i64)).await?;
        }
        Ok(())
    }

    /// Makes everything durable, then wakes those who wait for changes.
    pub async fn commit(self) -> StoreResult<()> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        for signal in self.wakes {
            self.signals.send(signal);
        }
        Ok(())
    }
}
