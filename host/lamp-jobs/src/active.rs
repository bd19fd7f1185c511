//! One run of a job or an operation as its keeper sees it: its lease, how long it holds, and what it has been told.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// What a run has been told, from nothing to the strongest; it never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    /// Go on.
    Nothing,
    /// The host stops: end soon, uses no attempt.
    HostStops,
    /// Somebody asked to cancel: end soon.
    Cancel,
    /// The lease is gone: stop at once and write nothing.
    FencedOut,
}

/// A run at work.
#[derive(Debug)]
pub(crate) struct Active<L> {
    pub(crate) lease: L,
    told: watch::Sender<Told>,
    held_until: watch::Sender<Instant>,
}

/// The run's own end of it.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    pub(crate) told: watch::Receiver<Told>,
    pub(crate) held_until: watch::Receiver<Instant>,
}

impl<L> Active<L> {
    /// A run whose lease was asked for at `asked`.
    pub(crate) fn new(lease: L, asked: Instant, lease_time: Duration) -> (Self, Signals) {
        let (told, told_receiver) = watch::channel(Told::Nothing);
        let (held_until, held_receiver) = watch::channel(own_end(asked, lease_time));
        let active = Self { lease, told, held_until };
        (active, Signals { told: told_receiver, held_until: held_receiver })
    }

    /// Tells the run something, unless it has been told more already.
    pub(crate) fn tell(&self, news: Told) {
        self.told.send_if_modified(|told| {
            let stronger = news > *told;
            if stronger {
                *told = news;
            }
            stronger
        });
    }

    /// The lease was extended by a beat that began at `asked`.
    pub(crate) fn extend(&self, asked: Instant, lease_time: Duration) {
        self.held_until.send_replace(own_end(asked, lease_time));
    }
}

/// When a run stops by itself for want of beats: before its lease ends for others, by this process's own steady clock.
fn own_end(asked: Instant, lease_time: Duration) -> Instant {
    asked + lease_time * 5 / 6
}
