//! What becomes of delivered events: pure, from the plugin's answers or its silence.

use lamp_core::clock::UnixMs;
use lamp_core::entry::EntryError;
use lamp_core::event::Disposition;
use lamp_store::events::Delivery;

/// Longest wish for a later delivery: a day.
const LONGEST_RETRY_MS: u64 = 24 * 3_600 * 1_000;

/// A delivered event with the deliveries before it that asked for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Delivered {
    pub(super) sequence: i64,
    pub(super) attempts: u32,
}

/// What is to be kept of a batch, and what goes to the plugin's log.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) delivery: Delivery,
    /// Sequence and reason.
    pub(super) rejected: Vec<(i64, String)>,
}

/// Applies the answers, one per event; a missing one asks for another delivery after a second.
pub(super) fn of_answers(batch: &[Delivered], answers: &[Disposition], now: UnixMs, max_attempts: u32) -> Verdict {
    let mut verdict = Verdict::default();
    for (position, delivered) in batch.iter().enumerate() {
        let answer = answers.get(position).cloned().unwrap_or(Disposition::RetryAfterMs(1_000));
        match answer {
            Disposition::Ack => verdict.delivery.settled.push(delivered.sequence),
            Disposition::Reject(reason) => verdict.reject(delivered, reason),
            Disposition::RetryAfterMs(_) if delivered.attempts.saturating_add(1) >= max_attempts => {
                verdict.reject(delivered, format!("not handled in {max_attempts} deliveries"));
            }
            Disposition::RetryAfterMs(delay_ms) => {
                let delay = i64::try_from(delay_ms.min(LONGEST_RETRY_MS)).unwrap_or(i64::MAX);
                verdict.delivery.retry.push((delivered.sequence, now.plus_ms(delay)));
            }
        }
    }
    verdict
}

impl Verdict {
    fn reject(&mut self, delivered: &Delivered, reason: String) {
        self.delivery.settled.push(delivered.sequence);
        self.rejected.push((delivered.sequence, reason));
    }
}

/// Whether the events may be to blame for the lack of an answer, so that they must not hold up the others for ever.
/// A plugin that is away, busy or without the entry is no fault of theirs.
pub(super) fn events_may_be_to_blame(error: &EntryError) -> bool {
    matches!(error, EntryError::Timeout { .. } | EntryError::OutOfMemory { .. } | EntryError::Trapped { .. })
}
