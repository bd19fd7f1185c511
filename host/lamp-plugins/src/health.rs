//! When a plugin's failures become trouble: a pure state machine over failures and time.

use lamp_core::clock::UnixMs;

/// Failures within this window count together.
const WINDOW_MS: i64 = 60_000;
/// As many failures in the window stop the plugin's calls.
const QUARANTINE_AT: usize = 5;
const FIRST_PROBE_MS: i64 = 10_000;
const LONGEST_PROBE_MS: i64 = 300_000;

/// Failures of one plugin.
#[derive(Debug, Default)]
pub struct Breaker {
    failures: Vec<UnixMs>,
    quarantined_until: Option<UnixMs>,
    probes: u32,
}

/// Whether calls may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Calls pass.
    Open,
    /// Nothing passes before this instant.
    ClosedUntil(UnixMs),
    /// The time is over: the next call decides.
    Probe,
}

impl Breaker {
    /// A call failed by trap, time or memory. Whether the plugin is quarantined by it.
    pub fn failed(&mut self, now: UnixMs) -> bool {
        self.failures.retain(|at| at.plus_ms(WINDOW_MS) > now);
        self.failures.push(now);
        let probing = self.quarantined_until.is_some();
        if !probing && self.failures.len() < QUARANTINE_AT {
            return false;
        }
        let wait = FIRST_PROBE_MS.saturating_mul(1 << self.probes.min(5)).min(LONGEST_PROBE_MS);
        self.probes = self.probes.saturating_add(1);
        self.quarantined_until = Some(now.plus_ms(wait));
        true
    }

    /// A call was answered. Whether that ended a quarantine.
    pub fn answered(&mut self) -> bool {
        self.probes = 0;
        let ended = self.quarantined_until.take().is_some();
        if ended {
            self.failures.clear();
        }
        ended
    }

    /// Whether calls may pass now.
    pub fn gate(&self, now: UnixMs) -> Gate {
        match self.quarantined_until {
            None => Gate::Open,
            Some(until) if now < until => Gate::ClosedUntil(until),
            Some(_) => Gate::Probe,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_in_a_minute_quarantine_and_probes_wait_longer_each_time() {
        let mut breaker = Breaker::default();
        for second in 0..4 {
            assert!(!breaker.failed(UnixMs(second * 1_000)));
        }
        assert!(breaker.failed(UnixMs(4_000)));
        assert_eq!(breaker.gate(UnixMs(5_000)), Gate::ClosedUntil(UnixMs(14_000)));
        assert_eq!(breaker.gate(UnixMs(14_000)), Gate::Probe);
        assert!(breaker.failed(UnixMs(14_000)), "a failed probe closes again");
        assert_eq!(breaker.gate(UnixMs(15_000)), Gate::ClosedUntil(UnixMs(34_000)));
        assert!(breaker.answered());
        assert_eq!(breaker.gate(UnixMs(34_000)), Gate::Open);
        assert!(!breaker.failed(UnixMs(34_000)), "the slate is clean");
    }

    #[test]
    fn rare_failures_never_quarantine() {
        let mut breaker = Breaker::default();
        assert!((0..100).all(|minute| !breaker.failed(UnixMs(minute * 20_000))));
    }
}
