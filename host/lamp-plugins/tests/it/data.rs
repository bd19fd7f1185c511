//! A plugin's own data: everything or nothing, kept when the plugin goes, erased when that is asked for. On both databases.

use crate::guests;
use crate::host::{ADMIN, Ground, Host, probe};
use lamp_core::clock::SystemClock;
use lamp_core::entry::{PluginAdmin, Plugins};
use lamp_core::job::JobState;
use lamp_store::jobs::JobFilter;
use lamp_store::testing::Backend;
use serde_json::{Value, json};
use std::sync::Arc;

/// Makes a test for each database out of one body.
macro_rules! on_each {
    ($name:ident, $check:path) => {
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $check(super::ground(super::Backend::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if super::Backend::all().contains(&super::Backend::Postgres) {
                    $check(super::ground(super::Backend::Postgres).await).await;
                }
            }
        }
    };
}

on_each!(a_batch_is_everything_or_nothing, super::batches);
on_each!(data_outlives_the_plugin_unless_it_is_purged, super::outlives);

async fn ground(backend: Backend) -> Ground {
    Ground::with(backend, Arc::new(SystemClock)).await
}

fn note(key: &str) -> Value {
    json!({ "sql": "insert into note (key, value) values ($1, $2)", "parameters": [key, "v"] })
}

fn batch(keys: &[&str]) -> Value {
    json!({
        "statements": keys.iter().map(|key| note(key)).collect::<Vec<_>>(),
        "jobs": [{ "kind": "script", "payload": { "do": "done" } }],
        "events": [{ "topic": "note.batched", "payload": "{\"n\":1}" }],
    })
}

async fn notes(host: &Host) -> Value {
    host.ok(&probe(), "sql.query", json!({ "sql": "select key from note order by key" })).await
}

async fn published(host: &Host) -> usize {
    let events = host.store.events_after(0, 10_000).await.unwrap();
    events.iter().filter(|event| event.topic == "note.batched" && event.source == Some(probe())).count()
}

async fn batches(ground: Ground) {
    let host = Host::start(&ground, "one").await;
    host.install(guests::probe().package()).await;
    let answer = host.call(&probe(), "sql.batch", batch(&["a", "b", "a"])).await;
    assert_eq!(answer["error"]["code"], "conflict", "{answer}");
    assert_eq!(notes(&host).await, json!([]));
    assert_eq!(host.store.list_jobs(&JobFilter::default(), 10).await.unwrap(), []);
    assert_eq!(published(&host).await, 0);

    let mut unknown = batch(&["a"]);
    unknown["jobs"][0]["kind"] = json!("unheard-of");
    let answer = host.call(&probe(), "sql.batch", unknown).await;
    assert!(answer["error"]["code"].is_string(), "{answer}");
    assert_eq!(notes(&host).await, json!([]), "a job that is refused takes the rows with it");

    assert_eq!(host.ok(&probe(), "sql.batch", batch(&["a", "b"])).await, json!([1, 1]));
    assert_eq!(notes(&host).await, json!([["a"], ["b"]]));
    assert_eq!(published(&host).await, 1);
    let jobs = host.store.list_jobs(&JobFilter::default(), 10).await.unwrap();
    assert_eq!(jobs.len(), 1);
    assert_eq!(host.ended(&jobs[0].id).await.state, JobState::Succeeded);
    let bad = host.call(&probe(), "sql.query", json!({ "sql": "select no_such_column from note" })).await;
    assert_eq!(bad["error"]["code"], "invalid", "{bad}");
}

async fn remove(host: &Host, purge: bool) {
    host.catalog.uninstall(&probe(), purge, ADMIN).await.unwrap();
    host.until("it is gone", async || host.supervisor.status(&probe()).is_none()).await;
}

async fn outlives(ground: Ground) {
    let host = Host::start(&ground, "one").await;
    host.install(guests::probe().package()).await;
    host.ok(&probe(), "sql.execute", note("kept")).await;
    remove(&host, false).await;
    assert_eq!(host.store.list_retained_data().await.unwrap(), [probe()]);
    host.install(guests::probe().package()).await;
    assert_eq!(notes(&host).await, json!([["kept"]]));

    remove(&host, true).await;
    assert_eq!(host.store.list_retained_data().await.unwrap(), []);
    host.install(guests::probe().package()).await;
    assert_eq!(notes(&host).await, json!([]), "a purge leaves nothing");
    host.ok(&probe(), "sql.execute", note("new")).await;
    assert_eq!(notes(&host).await, json!([["new"]]));
}
