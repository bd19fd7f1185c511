//! `lamphouse:jobs/handler`: one attempt of a job.

use crate::bindings::jobs::exports::lamphouse::jobs::handler;
use crate::bindings::jobs::lamphouse::ops::ops;
use crate::context::CallInfo;
use crate::plugin::LoadedPlugin;
use crate::pool::{Budget, Lane};
use lamp_core::entry::{EntryError, JobControl};
use lamp_core::id::OperationId;
use lamp_core::job::{JobOutcome, JobRun};
use lamp_core::operation::{Operation, OperationState};
use std::sync::Arc;

impl LoadedPlugin {
    /// Runs one attempt. What the guest answers is an outcome; what happens to it (trap, timeout) is an error.
    pub async fn run_job(&self, run: JobRun, control: Arc<dyn JobControl>) -> Result<JobOutcome, EntryError> {
        if self.pool.entries.jobs.is_none() {
            return Err(self.not_exported("lamphouse:jobs/handler"));
        }
        let limits = &self.pool.identity.manifest.limits;
        let budget = Budget { cpu_ms: limits.job_cpu_ms, wall_ms: limits.job_wall_ms };
        let info = CallInfo { caller: None, correlation: run.id.0.clone(), job: Some(control) };
        let run = to_guest(run);
        let answer = self
            .pool
            .call(Lane::Background, budget, info, move |instance| {
                Box::pin(async move {
                    let entry =
                        instance.jobs.as_ref().ok_or_else(|| wasmtime::Error::msg("the instance has no jobs entry"))?;
                    entry.lamphouse_jobs_handler().call_run(&mut instance.store, &run).await
                })
            })
            .await?;
        Ok(from_guest(answer))
    }
}

fn to_guest(run: JobRun) -> handler::JobRun {
    handler::JobRun {
        idempotency_key: run.id.0.clone(),
        id: run.id.0,
        kind: run.kind,
        payload: run.payload,
        attempt: run.attempt,
        deadline: run.deadline.0,
        checkpoint: run.checkpoint,
        resumed_by: run.resumed_by.map(operation),
    }
}

fn operation(operation: Operation) -> ops::Operation {
    ops::Operation {
        id: operation.id.0,
        kind: operation.kind,
        state: match operation.state {
            OperationState::Queued => ops::State::Queued,
            OperationState::Running => ops::State::Running,
            OperationState::Succeeded => ops::State::Succeeded,
            OperationState::Failed => ops::State::Failed,
            OperationState::Cancelled => ops::State::Cancelled,
        },
        done_bytes: operation.progress.done_bytes,
        total_bytes: operation.progress.total_bytes,
        current: operation.progress.current,
        result: operation.result,
        error: operation.error,
        created_at: operation.created_at.0,
    }
}

fn from_guest(answer: Result<handler::Outcome, handler::Failure>) -> JobOutcome {
    match answer {
        Ok(handler::Outcome::Done(result)) => JobOutcome::Done(result),
        Ok(handler::Outcome::Again(again)) => {
            JobOutcome::AgainAfterMs { delay_ms: again.after_ms, checkpoint: again.checkpoint }
        }
        Ok(handler::Outcome::ResumeOn(resume)) => {
            JobOutcome::ResumeOn { operation: OperationId(resume.operation), checkpoint: resume.checkpoint }
        }
        Ok(handler::Outcome::Cancelled) => JobOutcome::Cancelled,
        Err(handler::Failure::Retry((message, after_ms))) => JobOutcome::Retry { message, after_ms },
        Err(handler::Failure::Fatal(message)) => JobOutcome::Fatal(message),
    }
}
