//! Two hundred reloads: memory stays where it was, and no request is lost.

use crate::alone;
use crate::guests;
use crate::host::{Ground, Host};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const RELOADS: u64 = 200;
/// Memory is compared with what it was when caches and pools had filled.
const SETTLED: u64 = 50;
const MAX_GROWTH_KIB: u64 = 24 << 10;

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// In a process of its own, since other tests use memory too.
#[test]
fn two_hundred_reloads_leave_memory_flat_and_lose_no_request() {
    if alone::told().is_none() {
        let status = alone::start("reload::two_hundred_reloads_leave_memory_flat_and_lose_no_request", "").wait();
        assert!(status.success(), "{status}: run it alone to see why");
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(reload());
}

async fn reload() {
    let ground = Ground::new().await;
    let host = Arc::new(Host::start(&ground, "one").await);
    let packages = [0, 1].map(|patch| guests::hello().package_with(|manifest| manifest.version.patch = patch));
    host.install(packages[0].clone()).await;
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let hammer = {
        let (host, stop, answered) = (Arc::clone(&host), Arc::clone(&stop), Arc::clone(&answered));
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                assert!(host.greets().await);
                answered.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        })
    };
    let mut settled_kib = 0;
    for round in 1..=RELOADS {
        let package = if round % 2 == 0 { &packages[0] } else { &packages[1] };
        host.install(package.clone()).await;
        if round == SETTLED {
            settled_kib = resident_kib();
        }
    }
    stop.store(true, Ordering::Relaxed);
    hammer.await.unwrap();
    let grown_kib = resident_kib().saturating_sub(settled_kib);
    assert!(grown_kib <= MAX_GROWTH_KIB, "{grown_kib} KiB more after {} reloads", RELOADS - SETTLED);
    assert!(answered.load(Ordering::Relaxed) > RELOADS);
}
