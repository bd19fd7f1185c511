//! What can go wrong when the queue is set up. Trouble of single jobs is an outcome, not an error.

use lamp_store::StoreError;

/// Why a call of this crate failed.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// The database refused.
    #[error("keep the queue's set-up")]
    Store(#[from] StoreError),
    /// A schedule cannot be read.
    #[error("schedule `{name}` of plugin `{plugin}`: {message}")]
    Schedule {
        /// Its plugin.
        plugin: String,
        /// Its name.
        name: String,
        /// What is wrong and what to write.
        message: String,
    },
}
