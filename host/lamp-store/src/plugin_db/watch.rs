//! Bounds the time of SQLite statements: work runs on a blocking thread, the waiting side interrupts it when a statement
//! takes too long, and also when the caller goes away.

use crate::error::{StoreError, StoreResult};
use parking_lot::Mutex;
use rusqlite::InterruptHandle;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Pause between interrupts of a statement that does not stop at once.
const AGAIN: Duration = Duration::from_millis(5);

/// One piece of work on one connection.
pub(super) struct Watch {
    base: Instant,
    limit_ms: u64,
    /// When the present statement began, milliseconds after `base`.
    began_ms: AtomicU64,
    cancelled: AtomicBool,
    interrupt: InterruptHandle,
    /// Held while interrupting, so that no interrupt meets the connection's next user.
    done: Mutex<bool>,
}

impl Watch {
    pub(super) fn new(interrupt: InterruptHandle, limit_ms: u64) -> Arc<Self> {
        Arc::new(Self {
            base: Instant::now(),
            limit_ms,
            began_ms: AtomicU64::new(0),
            cancelled: AtomicBool::new(false),
            interrupt,
            done: Mutex::new(false),
        })
    }

    /// Called by the work before each statement. Errors: `Busy` when the caller is gone.
    pub(super) fn begin_statement(&self) -> StoreResult<()> {
        self.began_ms.store(self.elapsed_ms(), Ordering::SeqCst);
        if self.cancelled.load(Ordering::SeqCst) { Err(StoreError::Busy) } else { Ok(()) }
    }

    /// Called by the work with an error of an interrupted statement.
    pub(super) fn why_interrupted(&self) -> StoreError {
        if self.cancelled.load(Ordering::SeqCst) {
            StoreError::Busy
        } else {
            StoreError::Limit(format!("the statement took longer than {} ms", self.limit_ms))
        }
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.base.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn left(&self) -> Duration {
        let end = self.began_ms.load(Ordering::SeqCst).saturating_add(self.limit_ms);
        Duration::from_millis(end.saturating_sub(self.elapsed_ms()))
    }

    /// Interrupts unless the work is done; whether it is.
    fn interrupt(&self) -> bool {
        let done = self.done.lock();
        if !*done {
            self.interrupt.interrupt();
        }
        *done
    }
}

/// Marks the work as done when it ends, also by a panic.
struct Done(Arc<Watch>);

impl Drop for Done {
    fn drop(&mut self) {
        *self.0.done.lock() = true;
    }
}

/// Stops work whose caller went away.
struct CallerGone(Option<Arc<Watch>>);

impl Drop for CallerGone {
    fn drop(&mut self) {
        let Some(watch) = self.0.take() else { return };
        watch.cancelled.store(true, Ordering::SeqCst);
        // An interrupt between two steps of SQLite is lost, so it is repeated until the work has noticed.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                while !watch.interrupt() {
                    tokio::time::sleep(AGAIN).await;
                }
            });
        }
    }
}

/// Runs `work` on a blocking thread. The connection goes in and is dropped or given back inside it.
pub(super) async fn run<T: Send + 'static>(
    watch: Arc<Watch>,
    work: impl FnOnce(&Watch) -> StoreResult<T> + Send + 'static,
) -> StoreResult<T> {
    let mut caller = CallerGone(Some(Arc::clone(&watch)));
    let inside = Arc::clone(&watch);
    let mut task = tokio::task::spawn_blocking(move || {
        let done = Done(inside);
        work(&done.0)
    });
    let mut pause = watch.left();
    let result = loop {
        tokio::select! {
            result = &mut task => break result,
            () = tokio::time::sleep(pause) => {}
        }
        pause = watch.left();
        if pause.is_zero() {
            watch.interrupt();
            pause = AGAIN;
        }
    };
    caller.0 = None;
    result.map_err(|error| StoreError::Database(format!("plugin database work: {error}")))?
}
