//! The log of one job: what the host and the job say while it runs, the newest lines kept.

use crate::database::Tx;
use crate::database::query;
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::JobId;

/// Newest lines kept of one job.
pub const MAX_LINES: i64 = 500;
/// Longer lines are cut.
pub const MAX_LINE_BYTES: usize = 4 * 1024;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Worth knowing.
    Info,
    /// It healed.
    Warn,
    /// It did not.
    Error,
}

impl LogLevel {
    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Info, Self::Warn, Self::Error].into_iter().find(|level| level.as_str() == text)
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Position in the log; grows.
    pub id: i64,
    /// When.
    pub at: UnixMs,
    /// How much it matters.
    pub level: LogLevel,
    /// Text.
    pub message: String,
}

impl Store {
    /// Adds a line to a job's log; the oldest lines over the limit go. Errors: `Conflict` for a job that does not exist.
    pub async fn log_job(&self, job: &JobId, level: LogLevel, message: &str) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        log_in(&mut tx, job, level, message, self.now()).await?;
        tx.commit().await
    }

    /// Lines after position `after` (0 for all), oldest first, at most `limit`.
    pub async fn job_log_lines(&self, job: &JobId, after: i64, limit: u32) -> StoreResult<Vec<LogLine>> {
        let text = "select id, at, level, message from job_log where job_id = $1 and id > $2 order by id limit $3";
        let rows = self.fetch_all(query(text).bind(job).bind(after).bind(limit)).await?;
        rows.iter()
            .map(|row| {
                let level: String = row.get("level")?;
                Ok(LogLine {
                    id: row.get("id")?,
                    at: row.get("at")?,
                    level: LogLevel::parse(&level).ok_or_else(|| StoreError::damaged("job_log.level", &level))?,
                    message: row.get("message")?,
                })
            })
            .collect()
    }
}

pub(super) async fn log_in(tx: &mut Tx, job: &JobId, level: LogLevel, message: &str, now: UnixMs) -> StoreResult<()> {
    let end = (0..=MAX_LINE_BYTES.min(message.len())).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
    let message = message.get(..end).unwrap_or_default();
    let insert = query("insert into job_log (job_id, at, level, message) values ($1, $2, $3, $4)");
    tx.execute(insert.bind(job).bind(now).bind(level.as_str()).bind(message)).await?;
    let trim = query(
        "delete from job_log where job_id = $1 and id <= (
         select id from job_log where job_id = $1 order by id desc limit 1 offset $2)",
    );
    tx.execute(trim.bind(job).bind(MAX_LINES)).await?;
    Ok(())
}
