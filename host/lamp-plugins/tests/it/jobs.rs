//! Jobs through a real plugin: every way in which a run can end, and hashing by the host in between.

use crate::guests;
use crate::host::{ADMIN, Ground, Host, probe};
use lamp_core::clock::SystemClock;
use lamp_core::entry::PluginAdmin;
use lamp_core::id::JobId;
use lamp_core::job::{Job, JobState};
use lamp_store::testing::Backend;
use serde_json::{Value, json};
use std::sync::Arc;

/// FIPS 180-4, SHA-256 of the three letters `abc`.
const ABC_SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A host with the probe and a mount in which `a.txt` holds `abc`.
async fn start(ground: &Ground) -> Host {
    let host = Host::start(ground, "one").await;
    std::fs::write(ground.folder("bench").join("a.txt"), "abc").unwrap();
    host.mount("bench-one", &ground.folder("bench"), &["read", "write", "watch"]).await;
    host.install(guests::probe().package()).await;
    host.until("the mount is there", async || {
        host.call(&probe(), "files.stat", json!({ "mount": "bench-one", "path": "a.txt" })).await.get("ok").is_some()
    })
    .await;
    host
}

async fn run(host: &Host, payload: Value) -> Job {
    let id = host.enqueue(&probe(), "script", payload).await;
    host.ended(&id).await
}

fn result(job: &Job) -> Value {
    serde_json::from_str(job.result.as_deref().unwrap_or_else(|| panic!("{job:?}"))).unwrap()
}

async fn outcomes(host: &Host, id: &JobId) -> Vec<String> {
    let attempts = host.store.job_attempts(id).await.unwrap();
    attempts.into_iter().filter_map(|attempt| attempt.outcome).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_outcome_does_what_it_says() {
    let ground = Ground::new().await;
    let host = start(&ground).await;

    let done = run(&host, json!({ "do": "done" })).await;
    assert_eq!((done.state, result(&done)), (JobState::Succeeded, json!({ "attempt": 1 })));

    let retried = run(&host, json!({ "do": "retry", "times": 2 })).await;
    assert_eq!((retried.state, result(&retried)), (JobState::Succeeded, json!({ "attempt": 3 })));
    assert_eq!(outcomes(&host, &retried.id).await, ["retry", "retry", "done"]);

    let exhausted = run(&host, json!({ "do": "retry", "times": 99 })).await;
    assert_eq!((exhausted.state, exhausted.attempt), (JobState::Failed, 5));
    assert_eq!(exhausted.error.as_deref(), Some("not yet"));

    let fatal = run(&host, json!({ "do": "fatal" })).await;
    assert_eq!((fatal.state, fatal.error.as_deref()), (JobState::Failed, Some("told to fail")));
    assert_eq!(outcomes(&host, &fatal.id).await, ["fatal"]);

    let again = run(&host, json!({ "do": "again", "times": 3 })).await;
    assert_eq!(again.state, JobState::Succeeded);
    assert_eq!(result(&again), json!({ "rounds": 3, "attempt": 1 }), "coming back uses no attempt");
    assert_eq!(outcomes(&host, &again.id).await, ["again", "again", "again", "done"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_shows_progress_keeps_a_log_and_is_seen_by_its_plugin() {
    let ground = Ground::new().await;
    let host = start(&ground).await;
    let call =
        |function: &str, arguments: Value| json!({ "interface": "run", "function": function, "arguments": arguments });
    let progress = host.enqueue(&probe(), "call", call("progress", json!({ "message": "half\nway" }))).await;
    let ended = host.ended(&progress).await;
    assert_eq!(result(&ended), json!({ "ok": null }));
    assert_eq!(ended.progress.message.as_deref(), Some("halfway"), "one line");
    let seen = host.ok(&probe(), "jobs.get", json!({ "id": progress.as_str() })).await;
    assert_eq!((&seen["state"], &seen["percent"]), (&json!("Succeeded"), &json!(50.0)));

    let logging = host.enqueue(&probe(), "call", call("log", json!({ "message": "a line of the job" }))).await;
    host.ended(&logging).await;
    let lines = host.store.job_log_lines(&logging, 0, 100).await.unwrap();
    assert!(lines.iter().any(|line| line.message == "a line of the job"), "{lines:?}");

    let newest = host.ok(&probe(), "jobs.recent", json!({ "kind": "call", "limit": 1 })).await;
    assert_eq!(newest[0]["id"], logging.as_str());
    let outside = host.call(&probe(), "run.progress", json!({ "message": "no job" })).await;
    assert_eq!(outside["error"]["code"], "invalid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unique_key_holds_until_its_job_has_ended() {
    let ground = Ground::new().await;
    let host = start(&ground).await;
    let unique = |wish: &str| json!({ "kind": "script", "payload": { "do": wish, "times": 3 }, "unique_key": "one" });
    host.store.set_lane_paused("probe/script", true).await.unwrap();
    let first = host.ok(&probe(), "jobs.enqueue", unique("again")).await;
    assert_eq!(host.ok(&probe(), "jobs.enqueue", unique("done")).await, first);
    host.store.set_lane_paused("probe/script", false).await.unwrap();
    host.ended(&JobId(first.as_str().unwrap().to_owned())).await;
    assert_ne!(host.ok(&probe(), "jobs.enqueue", unique("done")).await, first);
}

/// The probe with time for long runs.
fn patient() -> Vec<u8> {
    guests::probe().package_with(|manifest| {
        manifest.version.patch += 1;
        manifest.limits.job_cpu_ms = 60_000;
        manifest.limits.job_wall_ms = 60_000;
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_job_is_cancelled() {
    let ground = Ground::new().await;
    let host = start(&ground).await;
    host.install(patient()).await;
    let id = host.enqueue(&probe(), "script", json!({ "do": "until-cancelled" })).await;
    host.until("it runs", async || host.job(&id).await.progress.message.is_some()).await;
    host.ok(&probe(), "jobs.cancel", json!({ "id": id.as_str() })).await;
    let ended = host.ended(&id).await;
    assert_eq!(ended.state, JobState::Cancelled);
    assert_eq!(outcomes(&host, &id).await, ["cancelled"]);
}

async fn hashing(backend: Backend) {
    let ground = Ground::with(backend, Arc::new(SystemClock)).await;
    let host = start(&ground).await;
    let hash = |path: &str| json!({ "do": "hash", "mount": "bench-one", "path": path });
    let hashed = run(&host, hash("a.txt")).await;
    assert_eq!(hashed.state, JobState::Succeeded);
    assert_eq!(outcomes(&host, &hashed.id).await, ["resume-on", "done"]);
    let told = result(&hashed);
    assert_eq!((&told["state"], &told["attempt"]), (&json!("Succeeded"), &json!(1)));
    assert_eq!(told["checkpoint"], "hashing", "what was kept before waiting is there after it");
    let digests: Value = serde_json::from_str(told["result"].as_str().unwrap()).unwrap();
    assert_eq!(digests["files"][0]["digest_hex"], ABC_SHA256);
    assert_eq!((&digests["files"][0]["id"], &digests["files"][0]["bytes"]), (&json!("one"), &json!(3)));

    let missing = run(&host, hash("nothing.txt")).await;
    let told = result(&missing);
    let digests: Value = serde_json::from_str(told["result"].as_str().unwrap()).unwrap();
    assert_eq!(digests["files"][0]["error"]["code"], "not_found", "{digests}");

    let escaping = run(&host, hash("../outside.txt")).await;
    assert_eq!(escaping.state, JobState::Failed);
    assert!(escaping.error.as_deref().is_some_and(|error| error.starts_with("invalid:")), "{:?}", escaping.error);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_waits_for_a_hash_and_gets_its_digest() {
    hashing(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_waits_for_a_hash_and_gets_its_digest_on_postgres() {
    if Backend::all().contains(&Backend::Postgres) {
        hashing(Backend::Postgres).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_carried_out_and_can_be_followed() {
    let ground = Ground::new().await;
    let host = start(&ground).await;
    let copy = json!({ "mount": "bench-one", "path": "a.txt", "target": "sub/b.txt" });
    let id = host.ok(&probe(), "operations.copy", copy.clone()).await;
    let operation = async || host.ok(&probe(), "ops.get", json!({ "id": id })).await;
    host.until("the copy has ended", async || operation().await["state"] == "Succeeded").await;
    assert_eq!(std::fs::read(ground.folder("bench").join("sub/b.txt")).unwrap(), b"abc");
    let id = host.ok(&probe(), "operations.copy", copy).await;
    let operation = async || host.ok(&probe(), "ops.get", json!({ "id": id })).await;
    host.until("the second copy has ended", async || operation().await["state"] == "Failed").await;
    assert!(operation().await["error"].as_str().is_some_and(|error| error.contains("exists already")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_grant_no_job_runs_and_with_it_the_waiting_ones_do() {
    let ground = Ground::new().await;
    let host = start(&ground).await;
    host.store.set_lane_paused("probe/script", true).await.unwrap();
    let waiting = host.enqueue(&probe(), "script", json!({ "do": "done" })).await;
    let before = host.store.newest_event().await.unwrap();
    host.catalog.revoke(&probe(), "lamphouse:jobs", ADMIN).await.unwrap();
    // The plugin's new state is announced when queue and delivery know of it.
    host.until("the grant is gone", async || {
        let later = host.store.events_after(before, 1_000).await.unwrap();
        later.iter().any(|event| event.topic == "plugins.changed")
    })
    .await;
    host.store.set_lane_paused("probe/script", false).await.unwrap();
    for _ in 0..100 {
        assert!(host.ping(&probe()).await);
    }
    assert_eq!(host.job(&waiting).await.state, JobState::Available);
    host.catalog.grant(&probe(), "lamphouse:jobs", None, ADMIN).await.unwrap();
    assert_eq!(host.ended(&waiting).await.state, JobState::Succeeded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_orderly_stop_gives_running_jobs_back() {
    let ground = Ground::new().await;
    let host = start(&ground).await;
    host.install(patient()).await;
    let id = host.enqueue(&probe(), "script", json!({ "do": "until-cancelled" })).await;
    host.until("it runs", async || host.job(&id).await.progress.message.is_some()).await;
    host.shutdown().await;
    let store = ground.open().await;
    let job = store.find_job(&id).await.unwrap().unwrap();
    assert_eq!((job.state, job.attempt), (JobState::Available, 0), "it used no attempt");
    let attempts = store.job_attempts(&id).await.unwrap();
    assert_eq!(attempts[0].outcome.as_deref(), Some("released"));
}
