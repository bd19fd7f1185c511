//! SIGKILL in the middle of work: the next start goes on where it stood; nothing is lost and nothing is done twice.

use crate::alone;
use crate::guests;
use crate::host::{BOUND, Ground, Host, probe, within};
use lamp_core::clock::SystemClock;
use lamp_core::job::JobState;
use lamp_core::operation::OperationState;
use lamp_store::jobs::JobFilter;
use lamp_store::operations::OperationFilter;
use lamp_store::testing::Backend;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

const STEPS: u64 = 400;
const KILL_AFTER: u64 = 20;

/// The process that is killed: it installs, enqueues and works.
async fn victim(message: &str) {
    let told: serde_json::Value = serde_json::from_str(message).unwrap();
    let ground = Ground::at(&told);
    let host = Host::start(&ground, "victim").await;
    host.mount("bench-one", Path::new(told["folder"].as_str().unwrap()), &["read"]).await;
    host.install(guests::probe().package_with(|manifest| manifest.limits.job_cpu_ms = 60_000)).await;
    host.until("the mount is there", async || {
        host.call(&probe(), "files.stat", json!({ "mount": "bench-one", "path": "a.txt" })).await.get("ok").is_some()
    })
    .await;
    host.enqueue(&probe(), "script", json!({ "do": "hash", "mount": "bench-one", "path": "a.txt" })).await;
    host.enqueue(&probe(), "script", json!({ "do": "steps", "times": STEPS })).await;
    std::future::pending::<()>().await;
}

async fn survives(backend: Backend, test: &str) {
    if let Some(message) = alone::told() {
        return victim(&message).await;
    }
    if !Backend::all().contains(&backend) {
        return;
    }
    let ground = Ground::with(backend, Arc::new(SystemClock)).await;
    let folder = ground.folder("bench");
    // A sparse file; hashing it takes long enough to be under way when the process is killed.
    std::fs::File::create(folder.join("a.txt")).unwrap().set_len(512 << 20).unwrap();
    let mut victim = alone::start(test, &ground.message(&folder).to_string());
    let store = ground.open().await;
    let steps = async || {
        let jobs = store.list_jobs(&JobFilter::default(), 10).await.unwrap();
        let step = jobs.into_iter().find(|job| job.payload.contains("steps"))?;
        let job = store.find_job(&step.id).await.unwrap()?;
        let done: u64 = String::from_utf8(job.checkpoint?).unwrap().parse().unwrap();
        Some((job.id, done))
    };
    within(BOUND * 3, "the work is under way", async || steps().await.is_some_and(|(_, done)| done >= KILL_AFTER))
        .await;
    assert!(victim.runs(), "it did not end by itself");
    victim.kill();
    let (stepping, done) = steps().await.unwrap();
    assert!(done < STEPS, "killed in the middle");

    let host = Host::start(&ground, "heir").await;
    let ended = host.ended(&stepping).await;
    assert_eq!(ended.state, JobState::Succeeded, "{:?}", ended.error);
    let result: serde_json::Value = serde_json::from_str(&ended.result.unwrap()).unwrap();
    assert!(result["begin"].as_u64().is_some_and(|begin| begin > done), "{result}: it went on from {done}");
    let rows = json!({ "sql": "select count(*), min(n), max(n) from step" });
    assert_eq!(host.ok(&probe(), "sql.query", rows).await, json!([[STEPS, 1, STEPS]]));
    let outcomes: Vec<_> =
        host.store.job_attempts(&stepping).await.unwrap().into_iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, [Some("lost".to_owned()), Some("done".to_owned())]);

    for job in host.store.list_jobs(&JobFilter::default(), 10).await.unwrap() {
        assert_eq!(host.ended(&job.id).await.state, JobState::Succeeded, "{job:?}");
    }
    // A run that was killed between asking for the hash and saying that it waits for it asks again.
    let operations = host.store.list_operations(&OperationFilter::default(), 10).await.unwrap();
    assert!((1..=2).contains(&operations.len()), "{operations:?}");
    assert!(operations.iter().all(|operation| operation.state == OperationState::Succeeded), "{operations:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_exactly_after_a_kill() {
    survives(Backend::Sqlite, "kill::work_goes_on_exactly_after_a_kill").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_exactly_after_a_kill_on_postgres() {
    survives(Backend::Postgres, "kill::work_goes_on_exactly_after_a_kill_on_postgres").await;
}
