//! Starts: a plugin that does not start is tried again, switched off after the third time, and starts when it is mended.

use crate::guests;
use crate::host::{ADMIN, Ground, Host, probe};
use lamp_core::clock::{Clock, ManualClock, UnixMs};
use lamp_core::entry::{PluginAdmin, PluginState, Plugins};
use lamp_core::event::Event;
use lamp_store::testing::Backend;
use serde_json::{Map, Value, json};
use std::sync::Arc;

fn fail_init(wish: Value) -> Map<String, Value> {
    Map::from_iter([("fail_init".to_owned(), wish)])
}

/// Waits for so many failed starts. Each is announced when the time of the next one is set.
async fn until_failed(host: &Host, failures: usize) {
    host.until("a failed start is announced", async || {
        let events = host.store.events_after(0, 1_000).await.unwrap();
        let failed = |event: &&Event| event.topic == "plugins.changed" && event.payload.contains("fail_init is set");
        events.iter().filter(failed).count() >= failures
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_failed_starts_disable_a_plugin_until_it_is_mended() {
    let clock = Arc::new(ManualClock::at(UnixMs(1_767_225_600_000)));
    let ground = Ground::with(Backend::Sqlite, Arc::clone(&clock) as Arc<dyn Clock>).await;
    let host = Host::start(&ground, "one").await;
    host.install(guests::hello().package()).await;
    host.install(guests::probe().package()).await;
    host.catalog.configure(&probe(), fail_init(json!(true)), ADMIN).await.unwrap();
    host.catalog.set_enabled(&probe(), false, ADMIN).await.unwrap();
    host.until_state(&probe(), PluginState::Disabled).await;
    assert_eq!(host.supervisor.status(&probe()).unwrap().reason, format!("switched off by {ADMIN}"));

    host.catalog.set_enabled(&probe(), true, ADMIN).await.unwrap();
    host.until_state(&probe(), PluginState::Starting).await;
    let status = host.supervisor.status(&probe()).unwrap();
    assert!(status.reason.contains("fail_init is set"), "{}", status.reason);
    for failures in [1, 2] {
        until_failed(&host, failures).await;
        clock.advance_ms(5_000);
    }
    host.until_state(&probe(), PluginState::Disabled).await;
    let reason = host.supervisor.status(&probe()).unwrap().reason;
    assert!(reason.contains("three failed starts") && reason.contains("fail_init is set"), "{reason}");
    assert!(host.greets().await, "the neighbour is unaffected");
    assert!(!host.ping(&probe()).await);

    host.catalog.configure(&probe(), fail_init(Value::Null), ADMIN).await.unwrap();
    host.catalog.set_enabled(&probe(), true, ADMIN).await.unwrap();
    host.until("it answers", async || host.ping(&probe()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_starts_far_apart_do_not_add_up() {
    let clock = Arc::new(ManualClock::at(UnixMs(1_767_225_600_000)));
    let ground = Ground::with(Backend::Sqlite, Arc::clone(&clock) as Arc<dyn Clock>).await;
    let host = Host::start(&ground, "one").await;
    host.install(guests::probe().package()).await;
    host.catalog.set_enabled(&probe(), false, ADMIN).await.unwrap();
    host.until_state(&probe(), PluginState::Disabled).await;
    host.catalog.configure(&probe(), fail_init(json!(true)), ADMIN).await.unwrap();
    host.catalog.set_enabled(&probe(), true, ADMIN).await.unwrap();
    for failures in 1..=4 {
        until_failed(&host, failures).await;
        clock.advance_ms(200_000);
    }
    assert_eq!(host.supervisor.status(&probe()).unwrap().state, PluginState::Starting);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_installed_runs_after_a_restart() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    host.install(guests::hello().package()).await;
    host.install(guests::probe().package()).await;
    host.catalog.set_enabled(&probe(), false, ADMIN).await.unwrap();
    host.until_state(&probe(), PluginState::Disabled).await;
    host.shutdown().await;
    let host = Host::start(&ground, "two").await;
    assert!(host.greets().await, "plugins run as soon as the host has started");
    assert_eq!(host.supervisor.status(&probe()).unwrap().state, PluginState::Disabled);
}
