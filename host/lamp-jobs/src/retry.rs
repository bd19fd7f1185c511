//! Trying a write again while the database is busy or away, with a bound.

use lamp_store::{StoreError, StoreResult};
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Calls `write` until it succeeds, fails for good, or `bound` has passed. Only trouble that may pass is worth another try.
pub(crate) async fn until<T, F, Fut>(bound: Duration, mut write: F) -> StoreResult<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = StoreResult<T>>,
{
    let end = Instant::now() + bound;
    let mut pause = FIRST_PAUSE;
    loop {
        match write().await {
            Err(error) if may_pass(&error) && Instant::now() + pause < end => {
                tracing::debug!(%error, "write of the queue put off");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            answer => return answer,
        }
    }
}

/// Whether another try may succeed: a busy database, or one that is away.
pub(crate) fn may_pass(error: &StoreError) -> bool {
    matches!(error, StoreError::Busy | StoreError::Database(_) | StoreError::Io { .. })
}
