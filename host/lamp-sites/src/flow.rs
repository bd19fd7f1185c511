//! The rules of a session's messages, without any input or output: what may be sent next, what an arriving batch is,
//! when to send again, when the other side counts as gone. Time is an argument. The durable numbers live in the store;
//! this forgets everything at the end of a session and is made anew from them.
//!
//! Invariant: `acknowledged <= sent <= reached`, and nothing beyond `received` has had an effect here.

use lamp_core::clock::UnixMs;

/// Messages under way at the same time.
const WINDOW: u64 = 256;
/// Messages read from the store at once.
const BATCH: u64 = 64;
/// Messages are sent again when none of them was acknowledged for this long, in milliseconds.
const RESEND_MS: i64 = 10_000;

/// What a batch that arrives is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It begins with, or before, the message that is next: store what is new.
    Store,
    /// Everything in it is known: say again how far we are.
    Again,
    /// Messages before it are missing, or none are taken now. The sender will send again.
    Ignore,
}

/// Where a session begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub now: UnixMs,
    /// The other side has our messages up to here.
    pub acknowledged: u64,
    /// We have its messages up to here.
    pub received: u64,
    /// Messages may pass.
    pub is_open: bool,
    /// The other side counts as gone when nothing is heard of it for this long, in milliseconds.
    pub silence_ms: i64,
}

/// One side of a session.
#[derive(Debug)]
pub(crate) struct Flow {
    acknowledged: u64,
    sent: u64,
    /// The highest number sent in this session; `sent` goes back when messages are sent again.
    reached: u64,
    progress_at: UnixMs,
    received: u64,
    heard_at: UnixMs,
    silence_ms: i64,
    is_open: bool,
}

impl Flow {
    pub(crate) fn new(start: Start) -> Self {
        Self {
            acknowledged: start.acknowledged,
            sent: start.acknowledged,
            reached: start.acknowledged,
            progress_at: start.now,
            received: start.received,
            heard_at: start.now,
            silence_ms: start.silence_ms,
            is_open: start.is_open,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Messages may pass, or may not any more. What is under way is sent again when they may.
    pub(crate) fn set_open(&mut self, is_open: bool) {
        if self.is_open != is_open {
            self.is_open = is_open;
            self.sent = self.acknowledged;
        }
    }

    /// Which messages to read from the store: after that number, so many.
    pub(crate) fn wants(&self) -> Option<(u64, u64)> {
        let free = WINDOW.saturating_sub(self.sent - self.acknowledged);
        (self.is_open && free > 0).then_some((self.sent, free.min(BATCH)))
    }

    /// So many messages after the last one are being sent.
    pub(crate) fn sending(&mut self, now: UnixMs, count: u64) {
        if self.sent == self.acknowledged {
            self.progress_at = now;
        }
        self.sent = self.sent.saturating_add(count);
        self.reached = self.reached.max(self.sent);
    }

    /// The other side shows that it is there.
    pub(crate) fn heard(&mut self, now: UnixMs) {
        self.heard_at = now;
    }

    /// Messages `first`, … arrive.
    pub(crate) fn arriving(&self, first: u64, count: u64) -> Arrival {
        let next = self.received.saturating_add(1);
        if !self.is_open || first > next || first == 0 || count == 0 {
            Arrival::Ignore
        } else if first.saturating_add(count) <= next {
            Arrival::Again
        } else {
            Arrival::Store
        }
    }

    /// How far their effects are stored.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Their effects are stored up to here.
    pub(crate) fn stored(&mut self, received: u64) {
        self.received = self.received.max(received);
    }

    /// The other side says how far it is; whether that is news. None when it cannot be so far.
    pub(crate) fn acknowledge(&mut self, now: UnixMs, sequence: u64) -> Option<bool> {
        if sequence > self.reached {
            return None;
        }
        let is_news = sequence > self.acknowledged;
        if is_news {
            (self.acknowledged, self.progress_at) = (sequence, now);
            self.sent = self.sent.max(sequence);
        }
        Some(is_news)
    }

    /// Time has passed; whether the other side counts as gone.
    pub(crate) fn tick(&mut self, now: UnixMs) -> bool {
        if self.sent > self.acknowledged && now.0.saturating_sub(self.progress_at.0) >= RESEND_MS {
            self.sent = self.acknowledged;
        }
        now.0.saturating_sub(self.heard_at.0) >= self.silence_ms
    }
}

#[cfg(test)]
mod tests;
