//! What an executor may do with its operation: report, and hear that it is to stop. Callable from blocking threads.

use crate::active::Told;
use lamp_core::operation::OperationProgress;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The control of one run of an operation. Cloning shares it.
#[derive(Debug, Clone)]
pub struct OperationControl {
    told: watch::Receiver<Told>,
    gone: CancellationToken,
    report: Arc<Mutex<Report>>,
}

/// What the executor reported last.
#[derive(Debug, Clone, Default)]
pub(super) struct Report {
    pub(super) progress: OperationProgress,
    pub(super) checkpoint: Option<String>,
    pub(super) changed: bool,
}

impl OperationControl {
    pub(super) fn new(told: watch::Receiver<Told>, gone: CancellationToken, progress: OperationProgress) -> Self {
        let report = Report { progress, ..Report::default() };
        Self { told, gone, report: Arc::new(Mutex::new(report)) }
    }

    /// Shows progress. Cheap: it is written at most twice a second.
    pub fn progress(&self, progress: OperationProgress) {
        let mut report = self.report.lock();
        report.progress = progress;
        report.changed = true;
    }

    /// Keeps resume data, JSON text of the kind, with the next write (within half a second) or the end of the run.
    pub fn checkpoint(&self, checkpoint: String) {
        let mut report = self.report.lock();
        report.checkpoint = Some(checkpoint);
        report.changed = true;
    }

    /// Whether to end soon, with [`super::OperationFailure::Stopped`]: cancelled, the host stops, or the lease is lost.
    pub fn stopping(&self) -> bool {
        self.gone.is_cancelled() || *self.told.borrow() != Told::Nothing
    }

    /// Waits until [`Self::stopping`].
    pub async fn stopped(&self) {
        let mut told = self.told.clone();
        tokio::select! {
            _ = told.wait_for(|told| *told != Told::Nothing) => {}
            () = self.gone.cancelled() => {}
        }
    }

    /// What is to be written, if anything; it counts as written.
    pub(super) fn take(&self) -> Option<Report> {
        let mut report = self.report.lock();
        if !report.changed {
            return None;
        }
        let taken = report.clone();
        report.changed = false;
        report.checkpoint = None;
        Some(taken)
    }

    /// Puts back what could not be written, unless something newer came.
    pub(super) fn put_back(&self, unwritten: Report) {
        let mut report = self.report.lock();
        report.checkpoint = report.checkpoint.take().or(unwritten.checkpoint);
        report.changed = true;
    }

    pub(super) fn last_progress(&self) -> OperationProgress {
        self.report.lock().progress.clone()
    }
}
