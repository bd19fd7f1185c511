//! Numbers of one plugin; what counts on each call needs no lock.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds of the duration buckets, in microseconds; the last bucket has none.
const BUCKETS_US: [u64; 16] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000,
    60_000_000,
];

#[derive(Default)]
pub struct Stats {
    calls: AtomicU64,
    errors: AtomicU64,
    traps: AtomicU64,
    /// By interface.
    denials: Mutex<BTreeMap<String, u64>>,
    host_calls: AtomicU64,
    cpu_us: AtomicU64,
    memory_high_water_bytes: AtomicU64,
    durations: [AtomicU64; BUCKETS_US.len() + 1],
}

/// The numbers at one instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatsSnapshot {
    /// Calls of any entry.
    pub calls: u64,
    /// Calls that gave no answer.
    pub errors: u64,
    /// Of these, traps.
    pub traps: u64,
    /// Host calls that were denied, by interface.
    pub denials: BTreeMap<String, u64>,
    /// Host calls that asked for a grant.
    pub host_calls: u64,
    /// Processor time in microseconds.
    pub cpu_us: u64,
    /// Most memory one instance has held.
    pub memory_high_water_bytes: u64,
    /// 50 % of calls took no longer, in microseconds; 0 without calls.
    pub p50_us: u64,
    /// 99 % of calls took no longer, in microseconds.
    pub p99_us: u64,
}

impl Stats {
    pub fn count_host_call(&self) {
        self.host_calls.fetch_add(1, Relaxed);
    }

    pub fn count_denial(&self, interface: &str) {
        *self.denials.lock().entry(interface.to_owned()).or_default() += 1;
    }

    pub fn count_call(&self, cpu: Duration, wall: Duration, memory_bytes: u64) {
        self.calls.fetch_add(1, Relaxed);
        self.cpu_us.fetch_add(micros(cpu), Relaxed);
        self.memory_high_water_bytes.fetch_max(memory_bytes, Relaxed);
        let wall_us = micros(wall);
        let bucket = BUCKETS_US.iter().position(|bound| wall_us <= *bound).unwrap_or(BUCKETS_US.len());
        if let Some(counter) = self.durations.get(bucket) {
            counter.fetch_add(1, Relaxed);
        }
    }

    pub fn count_error(&self, trapped: bool) {
        self.errors.fetch_add(1, Relaxed);
        self.traps.fetch_add(u64::from(trapped), Relaxed);
    }

    pub fn snapshot(&self) -> StatsSnapshot {
        StatsSnapshot {
            calls: self.calls.load(Relaxed),
            errors: self.errors.load(Relaxed),
            traps: self.traps.load(Relaxed),
            denials: self.denials.lock().clone(),
            host_calls: self.host_calls.load(Relaxed),
            cpu_us: self.cpu_us.load(Relaxed),
            memory_high_water_bytes: self.memory_high_water_bytes.load(Relaxed),
            p50_us: self.quantile_us(50),
            p99_us: self.quantile_us(99),
        }
    }

    fn quantile_us(&self, percent: u64) -> u64 {
        let counts: Vec<u64> = self.durations.iter().map(|counter| counter.load(Relaxed)).collect();
        let total: u64 = counts.iter().sum();
        let mut seen = 0;
        for (index, count) in counts.iter().enumerate() {
            seen += count;
            if total > 0 && seen * 100 >= total * percent {
                return BUCKETS_US.get(index).or(BUCKETS_US.last()).copied().unwrap_or_default();
            }
        }
        0
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_bucket_bounds() {
        let stats = Stats::default();
        for _ in 0..98 {
            stats.count_call(Duration::ZERO, Duration::from_micros(80), 1);
        }
        stats.count_call(Duration::ZERO, Duration::from_millis(40), 7);
        stats.count_call(Duration::ZERO, Duration::from_millis(40), 3);
        let seen = stats.snapshot();
        assert_eq!((seen.calls, seen.p50_us, seen.p99_us), (100, 100, 50_000));
        assert_eq!(seen.memory_high_water_bytes, 7);
    }
}
