//! Host-run operations: long work a plugin starts and is told the end of.

use crate::clock::UnixMs;
use crate::id::{OperationId, PluginId};
use serde::{Deserialize, Serialize};

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OperationState {
    /// Waiting for a free slot.
    Queued,
    /// Being carried out; after a restart it is carried on.
    Running,
    /// Done, `result` holds the outcome.
    Succeeded,
    /// Ended with `error`.
    Failed,
    /// Ended by request.
    Cancelled,
}

impl OperationState {
    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// From stored text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// Owner.
    pub plugin: PluginId,
    /// `files.hash`, `files.copy`, …
    pub kind: String,
    /// Arguments, JSON text of the kind.
    pub arguments: String,
    /// State.
    pub state: OperationState,
    /// What is done and what is to do, in bytes.
    pub progress: OperationProgress,
    /// Resume data of the executor, JSON text; survives a restart.
    pub checkpoint: Option<String>,
    /// Outcome, JSON text of the kind.
    pub result: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: UnixMs,
    /// When it ended.
    pub finished_at: Option<UnixMs>,
}

/// Progress of an operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationProgress {
    /// Bytes done.
    pub done_bytes: u64,
    /// Bytes in all, 0 while unknown.
    pub total_bytes: u64,
    /// The file being worked on.
    pub current: Option<String>,
}
