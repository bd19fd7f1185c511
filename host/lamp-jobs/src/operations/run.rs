//! One run of an operation: calls the executor, writes what it reports, watches lease and wishes, writes the end.

use super::control::{OperationControl, Report};
use super::{OperationFailure, OperationUpdate, Shared};
use crate::active::{Signals, Told};
use crate::{retry, tasks};
use lamp_core::operation::{Operation, OperationState};
use lamp_store::StoreResult;
use lamp_store::jobs::Fenced;
use lamp_store::operations::{OperationEnd, OperationLease};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// Time between two writes of what the executor reports.
const REPORT_PAUSE: Duration = Duration::from_millis(500);
/// Longest time spent on writing an end after the host was told to stop.
pub(super) const END_BOUND: Duration = Duration::from_secs(5);

type Answer = Result<String, OperationFailure>;

/// What is to be written at the end of a run.
enum End {
    Ended(OperationEnd),
    /// Back to the queue: the host stops.
    Released,
    /// Nothing: another run has it.
    FencedOut,
}

/// Runs a claimed operation to the end of this lease.
pub(super) async fn run(shared: Arc<Shared>, operation: Operation, lease: OperationLease, signals: Signals) {
    let gone = CancellationToken::new();
    // However this ends, threads that still work for it hear of it.
    let _guard = gone.clone().drop_guard();
    let control = OperationControl::new(signals.told.clone(), gone, operation.progress.clone());
    let end = match shared.kinds.get(&operation.kind) {
        None => End::Released,
        Some(kind) => {
            let (executor, argument, for_executor) = (Arc::clone(&kind.executor), operation.clone(), control.clone());
            let task = tasks::spawn("operation", async move { executor.run(&argument, for_executor).await });
            Watch { shared: &shared, operation: &operation, lease: &lease, control: &control }.over(task, signals).await
        }
    };
    write_end(&shared, &operation, &lease, &control, end).await;
    let mut active = shared.active.lock();
    if active.get(&lease.operation).is_some_and(|run| run.lease == lease) {
        active.remove(&lease.operation);
    }
}

struct Watch<'a> {
    shared: &'a Shared,
    operation: &'a Operation,
    lease: &'a OperationLease,
    control: &'a OperationControl,
}

impl Watch<'_> {
    async fn over(&self, mut task: AbortOnDropHandle<Answer>, mut signals: Signals) -> End {
        let grace = Duration::from_millis(self.shared.config.grace_ms);
        let mut drop_at: Option<Instant> = None;
        let mut next_report = Instant::now() + REPORT_PAUSE;
        loop {
            let told = *signals.told.borrow_and_update();
            if told != Told::Nothing && drop_at.is_none() {
                drop_at = Some(Instant::now() + grace);
            }
            let held_until = *signals.held_until.borrow_and_update();
            if told == Told::FencedOut || Instant::now() >= held_until {
                tasks::let_go(task).await;
                return End::FencedOut;
            }
            if drop_at.is_some_and(|at| Instant::now() >= at) {
                tasks::let_go(task).await;
                return if told == Told::HostStops { End::Released } else { End::Ended(OperationEnd::Cancelled) };
            }
            if Instant::now() >= next_report {
                next_report = Instant::now() + REPORT_PAUSE;
                if let Ok(Fenced::FencedOut) = self.write_report().await {
                    tasks::let_go(task).await;
                    return End::FencedOut;
                }
            }
            let wake = held_until.min(next_report);
            tokio::select! {
                // Read again: the executor may have heard of it first.
                answer = &mut task => return ended(answer, *signals.told.borrow()),
                _ = signals.told.changed() => {}
                _ = signals.held_until.changed() => {}
                () = tokio::time::sleep_until(drop_at.map_or(wake, |at| at.min(wake))) => {}
            }
        }
    }

    async fn write_report(&self) -> StoreResult<Fenced> {
        let Some(report) = self.control.take() else { return Ok(Fenced::Written) };
        let Report { progress, checkpoint, .. } = &report;
        self.shared.announce(update(self.operation, OperationState::Running, progress.clone()));
        let written = self.shared.store.save_operation(self.lease, progress, checkpoint.as_deref()).await;
        if let Err(error) = &written {
            tracing::debug!(%error, operation = %self.lease.operation, "write the progress of an operation");
            self.control.put_back(report);
        }
        written
    }
}

fn ended(answer: Result<Answer, tokio::task::JoinError>, told: Told) -> End {
    let end = match answer {
        Ok(Ok(result)) => OperationEnd::Succeeded(result),
        Ok(Err(OperationFailure::Failed(message))) => OperationEnd::Failed(message.replace('\0', "\u{fffd}")),
        Ok(Err(OperationFailure::Stopped)) => match told {
            Told::HostStops => return End::Released,
            Told::Cancel => OperationEnd::Cancelled,
            Told::FencedOut => return End::FencedOut,
            Told::Nothing => OperationEnd::Failed("it stopped without being asked to".to_owned()),
        },
        Err(error) if error.is_panic() => OperationEnd::Failed("the host's code panicked; see its log".to_owned()),
        Err(_) => return End::Released,
    };
    End::Ended(end)
}

async fn write_end(
    shared: &Shared,
    operation: &Operation,
    lease: &OperationLease,
    control: &OperationControl,
    end: End,
) {
    let progress = control.last_progress();
    let written = match &end {
        End::FencedOut => return,
        End::Released => {
            if let Some(report) = control.take() {
                let save = shared.store.save_operation(lease, &report.progress, report.checkpoint.as_deref()).await;
                if let Err(error) = save {
                    tracing::warn!(%error, operation = %lease.operation, "write the last checkpoint of an operation");
                }
            }
            retry::until(END_BOUND, || shared.store.release_operation(lease)).await
        }
        End::Ended(end) => retry::until(shared.lease(), || shared.store.finish_operation(lease, &progress, end)).await,
    };
    match (written, end) {
        (Ok(Fenced::Written), End::Ended(end)) => {
            let state = match end {
                OperationEnd::Succeeded(_) => OperationState::Succeeded,
                OperationEnd::Failed(_) => OperationState::Failed,
                OperationEnd::Cancelled => OperationState::Cancelled,
            };
            shared.announce(update(operation, state, progress));
        }
        (Ok(_), _) => {}
        (Err(error), _) => {
            tracing::error!(%error, operation = %lease.operation, "write the end of an operation; it will run again");
        }
    }
}

fn update(
    operation: &Operation,
    state: OperationState,
    progress: lamp_core::operation::OperationProgress,
) -> OperationUpdate {
    let (id, plugin, kind) = (operation.id.clone(), operation.plugin.clone(), operation.kind.clone());
    OperationUpdate { id, plugin, kind, state, progress }
}
