//! Spawning: every task has a name, a span and an owner; dropping the handle ends it.

use std::future::Future;
use std::time::Duration;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// Spawns a named task that ends with its handle.
pub(crate) fn spawn<F>(name: &'static str, task: F) -> AbortOnDropHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    AbortOnDropHandle::new(tokio::spawn(task.instrument(tracing::info_span!("lamp.jobs", task = name))))
}

/// How long a dropped task may take to let go.
const LET_GO: Duration = Duration::from_secs(1);

/// Drops a task and waits, bounded, until it is gone, so that what follows does not meet it.
pub(crate) async fn let_go<T>(task: AbortOnDropHandle<T>) {
    task.abort();
    if tokio::time::timeout(LET_GO, task).await.is_err() {
        tracing::warn!("a dropped run still holds its thread");
    }
}
