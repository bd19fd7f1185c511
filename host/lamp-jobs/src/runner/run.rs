//! One run: calls the body, watches lease, cancel and time, and has the end written.

use super::control::{Control, PROGRESS_PAUSE};
use super::finisher::Request;
use super::{JobUpdate, RunnableKind, Shared};
use crate::active::{Signals, Told};
use crate::state::{self, Circumstances};
use crate::{retry, tasks};
use lamp_core::id::OperationId;
use lamp_core::job::{Job, JobOutcome, JobRun};
use lamp_core::operation::Operation;
use lamp_store::jobs::{Decide, Finish, Lease};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

/// Longest time spent on reading the operation that resumed a job.
const READ_BOUND: Duration = Duration::from_secs(5);

/// Runs a claimed job to the end of this lease.
pub(super) async fn run(shared: Arc<Shared>, job: Job, kind: Option<RunnableKind>, signals: Signals) {
    let lease = Lease { job: job.id.clone(), fence: job.fence };
    let outcome = match kind.as_ref() {
        // The plugin went away after the claim.
        None => Some(JobOutcome::Released),
        Some(kind) => call(&shared, &job, kind, signals).await,
    };
    if let Some(outcome) = outcome {
        finish(&shared, &lease, kind, outcome).await;
    }
    let mut active = shared.active.lock();
    if active.get(&lease.job).is_some_and(|run| run.lease == lease) {
        active.remove(&lease.job);
    }
}

/// Calls the body. None when the lease was lost: then nothing may be written.
async fn call(shared: &Arc<Shared>, job: &Job, kind: &RunnableKind, signals: Signals) -> Option<JobOutcome> {
    let resumed_by = match &job.resumed_by {
        None => None,
        Some(id) => match resumed_by(shared, id).await {
            Ok(operation) => operation,
            Err(outcome) => return Some(outcome),
        },
    };
    let wall_ms = kind.wall_limit_ms.max(1);
    let run = JobRun {
        id: job.id.clone(),
        plugin: job.plugin.clone(),
        kind: job.kind.clone(),
        payload: job.payload.clone(),
        attempt: job.attempt,
        fence: job.fence,
        deadline: shared.store.now().plus_ms(i64::try_from(wall_ms).unwrap_or(i64::MAX)),
        checkpoint: job.checkpoint.clone(),
        resumed_by,
    };
    let control = Arc::new(Control::new(Arc::clone(shared), job, signals.told.clone()));
    let body = Arc::clone(&shared.body);
    let for_body = Arc::clone(&control);
    let task = tasks::spawn("run", async move { body.run(run, for_body).await });
    let wall = Duration::from_millis(wall_ms);
    let grace = Duration::from_millis(shared.config.grace_ms);
    let outcome = watch_over(task, &control, signals, Limits { wall, grace }).await?;
    // The last progress is worth a write even within the pause; a lost lease shows again when the end is written.
    let _fenced = control.flush(true).await;
    Some(outcome)
}

async fn resumed_by(shared: &Shared, id: &OperationId) -> Result<Option<Operation>, JobOutcome> {
    retry::until(READ_BOUND, || shared.store.find_operation(id)).await.map_err(|error| {
        tracing::warn!(%error, operation = %id, "read the operation that resumed a job");
        JobOutcome::Released
    })
}

#[derive(Clone, Copy)]
struct Limits {
    wall: Duration,
    grace: Duration,
}

/// Waits for the body's answer within lease, wall time and what the run is told.
async fn watch_over(
    mut task: AbortOnDropHandle<JobOutcome>,
    control: &Control,
    mut signals: Signals,
    limits: Limits,
) -> Option<JobOutcome> {
    // The body stops itself at the wall limit; the grace is for its clean-up.
    let mut drop_at = Instant::now() + limits.wall + limits.grace;
    let mut told = Told::Nothing;
    loop {
        let now_told = *signals.told.borrow_and_update();
        if now_told > told {
            told = now_told;
            drop_at = drop_at.min(Instant::now() + limits.grace);
        }
        let held_until = *signals.held_until.borrow_and_update();
        if told == Told::FencedOut || Instant::now() >= held_until {
            tasks::let_go(task).await;
            return None;
        }
        if Instant::now() >= drop_at {
            tasks::let_go(task).await;
            return Some(dropped(told, limits.wall));
        }
        tokio::select! {
            // Read again: the body may have heard of it first.
            answer = &mut task => return Some(answered(answer, *signals.told.borrow())),
            _ = signals.told.changed() => {}
            _ = signals.held_until.changed() => {}
            () = tokio::time::sleep_until(held_until.min(drop_at)) => {}
            () = tokio::time::sleep(PROGRESS_PAUSE) => { let _fenced = control.flush(false).await; }
        }
    }
}

fn answered(answer: Result<JobOutcome, tokio::task::JoinError>, told: Told) -> JobOutcome {
    match answer {
        // A run that was cut short by the host has neither failed nor been cancelled.
        Ok(JobOutcome::Cancelled | JobOutcome::Retry { .. }) if told == Told::HostStops => JobOutcome::Released,
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => {
            JobOutcome::Retry { message: "the host's part of the run panicked; see its log".to_owned(), after_ms: None }
        }
        Err(_) => JobOutcome::Released,
    }
}

fn dropped(told: Told, wall: Duration) -> JobOutcome {
    match told {
        Told::HostStops => JobOutcome::Released,
        Told::Cancel => JobOutcome::Cancelled,
        Told::Nothing | Told::FencedOut => JobOutcome::Retry {
            message: format!("the run took longer than {} ms and was stopped", wall.as_millis()),
            after_ms: None,
        },
    }
}

async fn finish(shared: &Arc<Shared>, lease: &Lease, kind: Option<RunnableKind>, outcome: JobOutcome) {
    let operation = match &outcome {
        JobOutcome::ResumeOn { operation, .. } => Some(operation.clone()),
        _ => None,
    };
    let (now, jitter) = (shared.store.now(), rand::random::<f64>());
    let decide: Decide = Box::new(move |row, operation| {
        let backoff_ms = kind.as_ref().map_or(&[] as &[u64], |kind| &kind.backoff_ms);
        state::next(row, outcome.clone(), Circumstances { now, backoff_ms, jitter, operation })
    });
    let (answer, written) = oneshot::channel();
    let request = Request { finish: Finish { lease: lease.clone(), operation, decide }, answer };
    if shared.finishes.send(request).await.is_err() {
        return;
    }
    match written.await {
        Ok(Ok(Some(job))) => shared.announce(JobUpdate {
            id: job.id,
            plugin: job.plugin,
            kind: job.kind,
            state: job.state,
            progress: job.progress,
        }),
        Ok(Ok(None)) => tracing::info!(job = %lease.job, "a run came back after its lease was lost"),
        Ok(Err(error)) => tracing::error!(%error, job = %lease.job, "write the end of a run; its job will run again"),
        Err(_) => {}
    }
}
