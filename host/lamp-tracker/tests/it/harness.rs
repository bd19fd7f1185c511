//! A tracker on free ports, with a policy that the test writes.

use async_trait::async_trait;
use lamp_tracker::policy::{Admission, Decision, Policy, PolicyFailure, PolicyRequest, Refusal, Verdict};
use lamp_tracker::{InfoHash, Tracker, TrackerServer, TrackerSettings};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

/// What strangers are told, whoever they are.
pub const TOLD: &str = "not admitted to this tracker";
/// A torrent.
pub const HASH: InfoHash = InfoHash([b'h'; 20]);

/// Knows keys by name; counts how often it is asked.
pub struct Keys {
    /// Decision by key; the empty key is for those without one.
    pub known: Mutex<HashMap<String, Decision>>,
    pub keep_ms: Mutex<u64>,
    pub asked: AtomicUsize,
    /// One permit for each question that may be answered.
    pub gate: Semaphore,
    pub fails: Mutex<bool>,
}

#[async_trait]
impl Policy for Keys {
    async fn judge(&self, request: &PolicyRequest) -> Result<Verdict, PolicyFailure> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let name = request.key.map(|key| key.reveal().to_owned()).unwrap_or_default();
        let decision = self.known.lock().get(&name).cloned();
        self.gate.acquire().await.unwrap().forget();
        assert_ne!(name, "panic", "a policy that panics");
        if *self.fails.lock() {
            return Err(PolicyFailure("it was told to".to_owned()));
        }
        let unknown = || refuse(None, "unknown key");
        Ok(Verdict { decision: decision.unwrap_or_else(unknown), keep_ms: *self.keep_ms.lock() })
    }
}

impl Keys {
    pub fn set(&self, key: &str, decision: Decision) {
        self.known.lock().insert(key.to_owned(), decision);
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// From now on no question is answered.
    pub fn close(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// From now on all questions are.
    pub fn open(&self) {
        self.gate.add_permits(1_000_000);
    }
}

pub fn admit(subject: &str) -> Decision {
    Decision::Admit(Admission { subject: subject.to_owned(), ..Admission::default() })
}

pub fn refuse(subject: Option<&str>, reason: &str) -> Decision {
    Decision::Refuse(Refusal {
        subject: subject.map(str::to_owned),
        reason: reason.to_owned(),
        message: TOLD.to_owned(),
        retry_in_minutes: Some(7),
    })
}

/// A tracker that serves.
pub struct House {
    pub tracker: Tracker,
    pub keys: Arc<Keys>,
    pub http: SocketAddr,
    pub udp: SocketAddr,
    server: Option<TrackerServer>,
    runtime: Runtime,
}

impl House {
    /// On the loopback, with the key `a` for site-a, and `b` for site-b.
    pub fn new() -> Self {
        Self::on("127.0.0.1:0", settings())
    }

    pub fn on(listen: &str, settings: TrackerSettings) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let keys = Arc::new(Keys {
            known: Mutex::default(),
            keep_ms: Mutex::new(600_000),
            asked: AtomicUsize::new(0),
            gate: Semaphore::new(1_000_000),
            fails: Mutex::new(false),
        });
        keys.set("a", admit("site-a"));
        keys.set("b", admit("site-b"));
        let tracker = Tracker::new(settings, runtime.handle().clone());
        tracker.set_policy(Some(Arc::clone(&keys) as Arc<dyn Policy>));
        let server = tracker.serve(listen.parse().unwrap()).unwrap();
        Self { http: server.address(), udp: server.address(), server: Some(server), tracker, keys, runtime }
    }

    /// Ends the sockets and waits for it.
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.shutdown());
        }
    }

    /// Which peers of the torrent are listed, by subject.
    pub fn listed(&self) -> Vec<String> {
        let mut subjects: Vec<String> =
            self.tracker.peers(HASH, 100).unwrap_or_default().into_iter().map(|peer| peer.subject).collect();
        subjects.sort();
        subjects
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.keys.open();
        self.stop();
    }
}

/// Patient with a busy machine: where a test is not about time, verdicts have time to come.
pub fn settings() -> TrackerSettings {
    TrackerSettings { decide_within_ms: 5_000, ..TrackerSettings::default() }
}

/// Waits until something holds, a minute at most.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}
