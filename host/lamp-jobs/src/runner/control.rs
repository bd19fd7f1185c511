//! What a running job may do with the queue: fenced checkpoints, progress in measured doses, the wish to cancel.

use super::{JobUpdate, Shared};
use crate::active::Told;
use async_trait::async_trait;
use lamp_core::entry::JobControl;
use lamp_core::error::{CapabilityError, CapabilityResult};
use lamp_core::id::JobId;
use lamp_core::job::{Job, JobProgress, JobState};
use lamp_store::StoreError;
use lamp_store::jobs::{Fenced, Lease};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Time between two writes of one job's progress.
pub(super) const PROGRESS_PAUSE: Duration = Duration::from_millis(500);

/// The control of one run.
pub(super) struct Control {
    shared: Arc<Shared>,
    lease: Lease,
    update: JobUpdate,
    told: watch::Receiver<Told>,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    waiting: Option<JobProgress>,
    written_at: Option<Instant>,
}

impl Control {
    pub(super) fn new(shared: Arc<Shared>, job: &Job, told: watch::Receiver<Told>) -> Self {
        let update = JobUpdate {
            id: job.id.clone(),
            plugin: job.plugin.clone(),
            kind: job.kind.clone(),
            state: JobState::Leased,
            progress: job.progress.clone(),
        };
        let lease = Lease { job: job.id.clone(), fence: job.fence };
        Self { shared, lease, update, told, progress: Mutex::default() }
    }

    /// Writes progress that waits for its turn. `rest` also takes what came within the pause, at the end of a run.
    pub(super) async fn flush(&self, rest: bool) -> CapabilityResult<()> {
        let Some(progress) = self.take_due(rest) else { return Ok(()) };
        match self.shared.store.save_job_progress(&self.lease, &progress).await {
            Ok(Fenced::Written) => Ok(()),
            Ok(Fenced::FencedOut) => Err(self.fenced_out()),
            Err(error) => {
                // Progress is for people to see; the next one stands in for it.
                tracing::debug!(%error, job = %self.lease.job, "write progress");
                Ok(())
            }
        }
    }

    fn take_due(&self, rest: bool) -> Option<JobProgress> {
        let mut state = self.progress.lock();
        let now = Instant::now();
        if !rest && state.written_at.is_some_and(|at| now < at + PROGRESS_PAUSE) {
            return None;
        }
        let taken = state.waiting.take()?;
        state.written_at = Some(now);
        Some(taken)
    }

    fn fenced_out(&self) -> CapabilityError {
        if let Some(active) = self.shared.active.lock().get(&self.lease.job)
            && active.lease == self.lease
        {
            active.tell(Told::FencedOut);
        }
        CapabilityError::Conflict(format!("job {} is no longer held by this run", self.lease.job))
    }

    fn check_held(&self) -> CapabilityResult<()> {
        if *self.told.borrow() == Told::FencedOut { Err(self.fenced_out()) } else { Ok(()) }
    }
}

#[async_trait]
impl JobControl for Control {
    async fn save_checkpoint(&self, checkpoint: Vec<u8>) -> CapabilityResult<()> {
        self.check_held()?;
        match self.shared.store.save_job_checkpoint(&self.lease, &checkpoint).await {
            Ok(Fenced::Written) => Ok(()),
            Ok(Fenced::FencedOut) => Err(self.fenced_out()),
            Err(StoreError::Limit(text)) => Err(CapabilityError::Limit(text)),
            Err(error) => Err(CapabilityError::Unavailable(format!("keep the checkpoint: {error}"))),
        }
    }

    async fn progress(&self, progress: JobProgress) -> CapabilityResult<()> {
        self.check_held()?;
        self.shared.announce(JobUpdate { progress: progress.clone(), ..self.update.clone() });
        self.progress.lock().waiting = Some(progress);
        self.flush(false).await
    }

    fn lease(&self) -> (JobId, i64) {
        (self.lease.job.clone(), self.lease.fence)
    }

    fn cancelled(&self) -> bool {
        *self.told.borrow() != Told::Nothing
    }
}
