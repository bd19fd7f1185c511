//! Asking the policy: one question for all who ask the same, in bounded number, off the way of the other announces.

use super::{NO_POLICY, Part, TRY_AGAIN, Tracker};
use crate::policy::verdicts::{Judged, Terms, VerdictKey};
use crate::policy::{Decision, PolicyRequest, Verdict};
use crate::shares::Place;
use crate::statistics::add;
use crate::wire::InfoHash;
use parking_lot::MutexGuard;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

/// Longest reason or message, in bytes.
const MOST_TEXT_BYTES: usize = 300;

/// A question under way. Holds the verdict once there is one; closes without one when there will be none.
pub(crate) type Flight = watch::Receiver<Option<Judged>>;

impl Tracker {
    /// The question under way for this key, or a new one. Errors: why it cannot be asked, as the client is told.
    pub(super) fn ask(
        &self,
        mut part: MutexGuard<'_, Part>,
        key: VerdictKey,
        question: impl FnOnce() -> PolicyRequest,
    ) -> Result<Flight, &'static str> {
        if let Some(flight) = part.flights.get(&key) {
            return Ok(flight.clone());
        }
        let Some(policy) = self.inner.policy.read().clone() else { return Err(NO_POLICY) };
        let place = self.inner.questions.take(key.address).ok_or(TRY_AGAIN)?;
        let (sender, flight) = watch::channel(None);
        let landing =
            Landing { tracker: self.clone(), key, generation: part.generation, sender, decided: false, _place: place };
        part.flights.insert(key, flight.clone());
        // What is spawned may end at once, and its end takes the lock.
        drop(part);
        let question = question();
        let limit = Duration::from_millis(self.inner.settings.policy_limit_ms);
        add(&self.inner.statistics.policy_calls);
        self.inner.runtime.spawn(async move {
            match timeout(limit, policy.judge(&question)).await {
                Ok(Ok(verdict)) => landing.land(verdict),
                Ok(Err(failure)) => tracing::debug!(%failure, "tracker policy"),
                Err(_) => tracing::debug!("the tracker policy took too long"),
            }
        });
        Ok(flight)
    }

    /// Waits for verdicts, for all of them no longer than an announce waits. Shape: those that came.
    pub(crate) async fn wait(&self, flights: Vec<(InfoHash, Flight)>) -> HashMap<InfoHash, Judged> {
        let until = Instant::now() + Duration::from_millis(self.inner.settings.decide_within_ms);
        let mut verdicts = HashMap::with_capacity(flights.len());
        for (info_hash, mut flight) in flights {
            // Neither a wait that is over nor a question without a verdict leaves one.
            if let Ok(Ok(judged)) = timeout_at(until, flight.wait_for(Option::is_some)).await {
                verdicts.extend(judged.clone().map(|judged| (info_hash, judged)));
            }
        }
        verdicts
    }
}

/// Texts of a policy are kept and sent many times.
fn shorten(text: &mut String) {
    text.truncate(text.floor_char_boundary(MOST_TEXT_BYTES));
}

/// Ends a question however it ends: with a verdict, without one, or by a panic of the policy.
struct Landing {
    tracker: Tracker,
    key: VerdictKey,
    generation: u64,
    sender: watch::Sender<Option<Judged>>,
    decided: bool,
    _place: Place,
}

impl Landing {
    fn land(mut self, verdict: Verdict) {
        self.decided = true;
        let inner = &self.tracker.inner;
        let subject = |name: &str| inner.subjects.named(name);
        let judged = match verdict.decision {
            Decision::Admit(admission) => {
                Judged::Admitted { terms: Terms::from(&admission), subject: subject(&admission.subject) }
            }
            Decision::Refuse(mut refusal) => {
                shorten(&mut refusal.reason);
                shorten(&mut refusal.message);
                Judged::Refused { subject: refusal.subject.as_deref().map(subject), refusal: Arc::new(refusal) }
            }
        };
        let mut part = self.tracker.part(self.key.info_hash).lock();
        // Decided by what held before it was forgotten: nobody may go by it.
        if part.generation == self.generation {
            part.verdicts.put(self.key, judged.clone(), verdict.keep_ms, self.tracker.now_ms(), rand::random());
            self.sender.send_replace(Some(judged));
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if !self.decided {
            add(&self.tracker.inner.statistics.policy_failures);
        }
        let mut part = self.tracker.part(self.key.info_hash).lock();
        if part.generation == self.generation {
            part.flights.remove(&self.key);
        }
    }
}
