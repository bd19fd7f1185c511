//! Durable jobs: what is asked for, what a run is told and what it answers.

use crate::clock::UnixMs;
use crate::id::{JobId, OperationId, PluginId};
use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Due at `run_at`.
    Available,
    /// Being run under a lease.
    Leased,
    /// Waiting for an operation to end.
    Blocked,
    /// Done.
    Succeeded,
    /// Given up; kept as a dead letter.
    Failed,
    /// Ended by request.
    Cancelled,
}

impl JobState {
    /// All states, in the order people read them.
    pub const ALL: [Self; 6] =
        [Self::Available, Self::Leased, Self::Blocked, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Leased => "leased",
            Self::Blocked => "blocked",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// From stored text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing more will happen unless someone retries it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// A job to enqueue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Owner.
    pub plugin: PluginId,
    /// One of the kinds of the owner's manifest.
    pub kind: String,
    /// JSON text, at most 64 KiB.
    pub payload: String,
    /// Lane; jobs of one lane share its concurrency. Stored as `<plugin>/<lane>`.
    pub lane: String,
    /// 1 (last) to 9 (first), 5 by default.
    pub priority: u8,
    /// Not before.
    pub run_at: UnixMs,
    /// At most one unfinished job of this kind and key exists.
    pub unique_key: Option<String>,
    /// Attempts before it is a dead letter.
    pub max_attempts: u32,
}

/// One job as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Owner.
    pub plugin: PluginId,
    /// Kind.
    pub kind: String,
    /// JSON text.
    pub payload: String,
    /// Lane, `<plugin>/<lane>`.
    pub lane: String,
    /// 1 to 9.
    pub priority: u8,
    /// State.
    pub state: JobState,
    /// Not before.
    pub run_at: UnixMs,
    /// Runs begun that count against `max_attempts`.
    pub attempt: u32,
    /// Limit of attempts.
    pub max_attempts: u32,
    /// Fencing token: grows with each lease; every later write of a run carries it.
    pub fence: i64,
    /// Who holds the lease.
    pub lease_owner: Option<String>,
    /// Until when.
    pub lease_until: Option<UnixMs>,
    /// When a person or the plugin asked to cancel.
    pub cancel_requested_at: Option<UnixMs>,
    /// Opaque resume data of the plugin, at most 256 KiB.
    pub checkpoint: Option<Vec<u8>>,
    /// Latest progress.
    pub progress: JobProgress,
    /// The operation it waits for, while blocked.
    pub waits_for: Option<OperationId>,
    /// The operation whose end resumed it, until the run that is told has ended.
    pub resumed_by: Option<OperationId>,
    /// At most one unfinished job of this kind and key exists.
    pub unique_key: Option<String>,
    /// Text of the last failure.
    pub error: Option<String>,
    /// JSON text of the result.
    pub result: Option<String>,
    /// When it was enqueued.
    pub created_at: UnixMs,
    /// First lease.
    pub started_at: Option<UnixMs>,
    /// End.
    pub finished_at: Option<UnixMs>,
}

/// Progress of a job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct JobProgress {
    /// 0 to 100, none while unknown.
    pub percent: Option<f32>,
    /// One line in plain words.
    pub message: Option<String>,
}

/// What a run is told.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRun {
    /// The job.
    pub id: JobId,
    /// Owner.
    pub plugin: PluginId,
    /// Kind.
    pub kind: String,
    /// JSON text.
    pub payload: String,
    /// 1 for the first run.
    pub attempt: u32,
    /// Fencing token of this lease.
    pub fence: i64,
    /// When the host will end the run.
    pub deadline: UnixMs,
    /// What the plugin saved last.
    pub checkpoint: Option<Vec<u8>>,
    /// The ended operation it waited for, if it was resumed by one.
    pub resumed_by: Option<crate::operation::Operation>,
}

/// What a run answers. Retriable and fatal are two cases, never a guess from text.
#[derive(Debug, Clone, PartialEq)]
pub enum JobOutcome {
    /// Finished; JSON text.
    Done(Option<String>),
    /// Run again after so many milliseconds; uses no attempt.
    AgainAfterMs {
        /// Delay.
        delay_ms: u64,
        /// Replaces the saved checkpoint when given.
        checkpoint: Option<Vec<u8>>,
    },
    /// Run again when the operation has ended; uses no attempt.
    ResumeOn {
        /// The operation.
        operation: OperationId,
        /// Replaces the saved checkpoint when given.
        checkpoint: Option<Vec<u8>>,
    },
    /// Failed, worth another attempt.
    Retry {
        /// Why.
        message: String,
        /// Not before so many milliseconds; the kind's backoff otherwise.
        after_ms: Option<u64>,
    },
    /// Failed for good.
    Fatal(String),
    /// Ended because cancelling was asked for.
    Cancelled,
    /// The host ended the run for a reason of its own (shutdown, plugin going away): uses no attempt.
    Released,
}
