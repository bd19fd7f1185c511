//! Durable jobs: asking for them, and running them.

use crate::Error;
pub use crate::bindings::entry_jobs::exports::lamphouse::jobs::handler::{
    Again, Failure, Guest as Handler, JobRun, Outcome, ResumeOn,
};
pub use crate::bindings::lamphouse::jobs::jobs::{Job, NewJob, State, cancel, enqueue, get, recent};
pub use crate::bindings::lamphouse::jobs::run;

/// Exports a type that implements [`Handler`].
#[macro_export]
macro_rules! export_jobs {
    ($handler:ident) => {
        $crate::bindings::entry_jobs::export_jobs_handler!($handler with_types_in $crate::bindings::entry_jobs);
    };
}

/// A job of `kind` with the usual priority, due now.
pub fn new_job(kind: &str, payload: String) -> NewJob {
    NewJob { kind: kind.to_owned(), payload, priority: None, run_at: None, unique_key: None }
}

impl From<Error> for Failure {
    /// What may pass by itself is worth another attempt; a wrong argument or a missing grant is not.
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(text) => Self::Fatal(format!("denied: {text}")),
            Error::Invalid(text) => Self::Fatal(format!("invalid: {text}")),
            Error::NotFound(text) => Self::Fatal(format!("not found: {text}")),
            other => Self::Retry((crate::host::describe(&other), None)),
        }
    }
}
