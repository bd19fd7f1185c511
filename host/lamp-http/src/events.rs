//! Live events: one reader of the event log for all listeners, a stream per listener, as server-sent events or WebSocket.

pub(crate) mod frame;
mod listener;
pub(crate) mod sse;
pub(crate) mod ws;

use crate::app::{App, AppState};
use frame::Frame;
use lamp_store::database::Signal;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Frames a listener may lag behind before it is cut.
const MAX_LAG: usize = 1_024;
/// Events read at a time.
const PAGE: u32 = 500;
/// How often the log is read when nobody of this process says that there is something new.
const POLL_EVERY: Duration = Duration::from_millis(250);
/// Wait after the database failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Where listeners get frames from.
pub(crate) struct Hub {
    frames: broadcast::Sender<Arc<Frame>>,
    /// Sequence of the newest event that was sent.
    newest: AtomicI64,
}

impl Default for Hub {
    fn default() -> Self {
        Self { frames: broadcast::channel(MAX_LAG).0, newest: AtomicI64::new(0) }
    }
}

/// Reads the log and the live updates and sends them to all listeners, until `shutdown`.
pub(crate) async fn run(app: AppState, shutdown: CancellationToken) {
    let mut stored = app.store.watch(Signal::Events);
    let mut live = app.live.subscribe();
    let mut position = loop {
        match app.store.newest_event().await {
            Ok(newest) => break newest,
            Err(error) => tracing::warn!(%error, "read the event log"),
        }
        tokio::time::sleep(RETRY_AFTER).await;
    };
    app.hub.newest.store(position, Ordering::SeqCst);
    let mut poll = tokio::time::interval(POLL_EVERY);
    poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            update = live.recv() => {
                match update {
                    Ok(update) => app.hub.send(Frame::live(app.clock.now(), update)),
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return,
                }
                continue;
            }
            _ = poll.tick() => {}
            changed = stored.changed() => if changed.is_err() { return },
        }
        match send_new(&app, position).await {
            Ok(reached) => position = reached,
            Err(error) => {
                tracing::warn!(%error, "read the event log");
                tokio::time::sleep(RETRY_AFTER).await;
            }
        }
    }
}

/// Sends what the log has after `position`; returns the new position.
async fn send_new(app: &App, mut position: i64) -> lamp_store::StoreResult<i64> {
    loop {
        let events = app.store.events_after(position, PAGE).await?;
        let Some(last) = events.last() else { return Ok(position) };
        position = last.sequence;
        for event in events.into_iter().filter(frame::is_for_people) {
            app.hub.send(Frame::stored(&event));
        }
        app.hub.newest.store(position, Ordering::SeqCst);
    }
}

impl Hub {
    fn send(&self, frame: Frame) {
        // Nobody listening is no error.
        drop(self.frames.send(Arc::new(frame)));
    }
}
