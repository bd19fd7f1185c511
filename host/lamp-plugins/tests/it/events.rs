//! Events: from one plugin to another, in order, again when asked for; retained ones; changes of files.

use crate::guests;
use crate::host::{Ground, Host, id, probe};
use lamp_core::clock::SystemClock;
use lamp_core::id::PluginId;
use lamp_store::plugin_logs::PluginLogFilter;
use lamp_store::testing::Backend;
use serde_json::{Value, json};
use std::sync::Arc;

/// The probe once more under another id, as the one who listens.
fn listener() -> PluginId {
    id("listener")
}

fn listener_package() -> Vec<u8> {
    guests::probe().package_with(|manifest| {
        manifest.id = listener();
        for request in &mut manifest.capabilities {
            if request.interface == "lamphouse:http" {
                request.allow.clear();
            }
        }
    })
}

async fn start(ground: &Ground) -> Host {
    let host = Host::start(ground, "one").await;
    host.install(guests::probe().package()).await;
    host.install(listener_package()).await;
    // A plugin hears what is published after it has taken its place in the log.
    for plugin in [probe(), listener()] {
        host.until("it has its place", async || host.store.event_cursor(&plugin).await.unwrap().is_some()).await;
    }
    host
}

async fn publish(host: &Host, topic: &str, payload: Value) {
    host.ok(&probe(), "events.publish", json!({ "topic": topic, "payload": payload.to_string() })).await;
}

/// What a plugin has heard: source, topic and payload, in order.
async fn heard(host: &Host, plugin: &PluginId, topic: &str) -> Vec<(String, Value)> {
    let query =
        json!({ "sql": "select source, payload from heard where topic = $1 order by id", "parameters": [topic] });
    let rows = host.ok(plugin, "sql.query", query).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |row: &Value| (text(&row[0]), serde_json::from_str(&text(&row[1])).unwrap());
    rows.as_array().unwrap().iter().map(row).collect()
}

async fn in_order(backend: Backend) {
    let ground = Ground::with(backend, Arc::new(SystemClock)).await;
    let host = start(&ground).await;
    for n in 0..50 {
        publish(&host, "note.count", json!({ "n": n })).await;
    }
    host.until("all are heard", async || heard(&host, &listener(), "note.count").await.len() >= 50).await;
    let expected: Vec<_> = (0..50).map(|n| ("probe".to_owned(), json!({ "n": n }))).collect();
    assert_eq!(heard(&host, &listener(), "note.count").await, expected);
    assert_eq!(heard(&host, &probe(), "note.count").await, [], "nobody hears itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_plugin_hears_everything_in_order() {
    in_order(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_plugin_hears_everything_in_order_on_postgres() {
    if Backend::all().contains(&Backend::Postgres) {
        in_order(Backend::Postgres).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_decide_whether_an_event_comes_again() {
    let ground = Ground::new().await;
    let host = start(&ground).await;
    publish(&host, "note.wish", json!({ "answer": "retry-once" })).await;
    publish(&host, "note.wish", json!({ "answer": "reject" })).await;
    publish(&host, "note.wish", json!({ "answer": "panic-once" })).await;
    publish(&host, "note.end", json!({})).await;
    let count = async |answer: &str| {
        let all = heard(&host, &listener(), "note.wish").await;
        all.iter().filter(|(_, payload)| payload["answer"] == answer).count()
    };
    host.until("the one behind is heard", async || !heard(&host, &listener(), "note.end").await.is_empty()).await;
    host.until("the retried one has come twice", async || count("retry-once").await >= 2).await;
    host.until("the one that panicked has come twice", async || count("panic-once").await >= 2).await;
    let filter = PluginLogFilter { plugin: Some(listener()), ..PluginLogFilter::default() };
    host.until("the reason is in the plugin's log", async || {
        let lines = host.store.list_plugin_logs(&filter, 100).await.unwrap();
        lines
            .iter()
            .any(|line| line.line.message.contains("told to reject") || line.line.fields.contains("told to reject"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_retained_is_given_to_those_who_come_later() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    host.install(guests::probe().package()).await;
    let keep = async |payload: &str| {
        let event = json!({ "topic": "note.kept", "payload": payload, "retain_key": "k" });
        host.ok(&probe(), "events.publish", event).await
    };
    let kept = async || host.ok(&probe(), "events.retained", json!({ "topic": "note.kept", "key": "k" })).await;
    keep("{\"n\":1}").await;
    keep("{\"n\":2}").await;
    assert_eq!(kept().await, "{\"n\":2}");
    host.install(listener_package()).await;
    host.until("the newest is heard", async || !heard(&host, &listener(), "note.kept").await.is_empty()).await;
    assert_eq!(heard(&host, &listener(), "note.kept").await, [("probe".to_owned(), json!({ "n": 2 }))]);
    keep("").await;
    assert_eq!(kept().await, Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_events_are_refused() {
    let ground = Ground::new().await;
    let host = start(&ground).await;
    let large = format!("\"{}\"", "x".repeat(64 << 10));
    for (topic, payload, code) in [
        ("note.x", "no json", "invalid"),
        ("note.X", "{}", "invalid"),
        ("note.x", "", "invalid"),
        ("note.x", large.as_str(), "limit"),
        ("jobs.changed", "{}", "denied"),
        ("files.changed", "{}", "denied"),
    ] {
        let answer = host.call(&probe(), "events.publish", json!({ "topic": topic, "payload": payload })).await;
        assert_eq!(answer["error"]["code"], code, "{topic} {}", &payload[..payload.len().min(20)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_may_watch_hear_of_changed_files() {
    let ground = Ground::new().await;
    let host = start(&ground).await;
    let folder = ground.folder("bench");
    std::fs::create_dir(folder.join("sub")).unwrap();
    host.mount("bench-one", &folder, &["read", "watch"]).await;
    let first_look = async || heard(&host, &probe(), "files.changed").await;
    host.until("watching has begun", async || !first_look().await.is_empty()).await;
    let before = first_look().await.len();
    std::fs::write(folder.join("sub/new.txt"), "new").unwrap();
    host.until("the change is heard", async || {
        first_look().await[before..]
            .iter()
            .any(|(_, payload)| payload["folders"].as_array().is_some_and(|all| all.contains(&json!("sub"))))
    })
    .await;
    let all = first_look().await;
    assert!(all.iter().all(|(source, payload)| source.is_empty() && payload["mount"] == "bench-one"), "{all:?}");
}
