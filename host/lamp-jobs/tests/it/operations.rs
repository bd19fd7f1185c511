//! Host operations with fake executors.

use crate::support::{World, both, owner, plugin, until};
use async_trait::async_trait;
use lamp_core::id::OperationId;
use lamp_core::operation::{Operation, OperationProgress, OperationState};
use lamp_jobs::operations::{
    OperationControl, OperationExecutor, OperationFailure, OperationKind, Operations, OperationsConfig,
};
use lamp_store::operations::{NewOperation, Stopping};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Counts to three, with a checkpoint after each step; waits at `stop_at` until it is told to stop.
struct Counter {
    stop_at: Option<u64>,
    steps: Arc<AtomicU32>,
    peak: Arc<AtomicU32>,
    running: Arc<AtomicU32>,
}

#[async_trait]
impl OperationExecutor for Counter {
    async fn run(&self, operation: &Operation, control: OperationControl) -> Result<String, OperationFailure> {
        self.peak.fetch_max(self.running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let answer = self.count(operation, &control).await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        answer
    }
}

impl Counter {
    async fn count(&self, operation: &Operation, control: &OperationControl) -> Result<String, OperationFailure> {
        if operation.arguments == "\"fail\"" {
            return Err(OperationFailure::Failed("disk full".to_owned()));
        }
        let mut done: u64 = operation.checkpoint.as_deref().map_or(0, |text| text.parse().unwrap());
        while done < 3 {
            if self.stop_at == Some(done) {
                control.stopped().await;
            }
            if control.stopping() {
                return Err(OperationFailure::Stopped);
            }
            done += 1;
            self.steps.fetch_add(1, Ordering::SeqCst);
            control.progress(OperationProgress { done_bytes: done, total_bytes: 3, current: None });
            control.checkpoint(done.to_string());
        }
        Ok(done.to_string())
    }
}

fn start(world: &World, life: &str, stop_at: Option<u64>, steps: &Arc<AtomicU32>) -> (Operations, Arc<AtomicU32>) {
    let peak = Arc::new(AtomicU32::new(0));
    let executor = Counter { stop_at, steps: Arc::clone(steps), peak: Arc::clone(&peak), running: Arc::default() };
    let kind = OperationKind { kind: "test.count".to_owned(), concurrency: 2, executor: Arc::new(executor) };
    let config = OperationsConfig { poll_ms: 20, beat_ms: 100, grace_ms: 200, ..OperationsConfig::new(owner(life)) };
    (Operations::start(world.store.clone(), vec![kind], config), peak)
}

async fn create(world: &World, arguments: &str) -> OperationId {
    let new = NewOperation { plugin: plugin(), kind: "test.count".to_owned(), arguments: arguments.to_owned() };
    world.store.create_operation(&new).await.unwrap()
}

async fn get(world: &World, id: &OperationId) -> Operation {
    world.store.find_operation(id).await.unwrap().unwrap()
}

async fn reaches(world: &World, id: &OperationId, state: OperationState) {
    until(&format!("operation is {}", state.as_str()), || async { get(world, id).await.state == state }).await;
}

both!(runs_to_its_end_and_tells_its_plugin, |world| {
    let steps = Arc::default();
    let (operations, peak) = start(&world, "one", None, &steps);
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(create(&world, "{}").await);
    }
    for id in &ids {
        reaches(&world, id, OperationState::Succeeded).await;
        let row = get(&world, id).await;
        assert_eq!((row.result.as_deref(), row.progress.done_bytes, row.progress.total_bytes), (Some("3"), 3, 3));
    }
    assert!(peak.load(Ordering::SeqCst) <= 2);
    let events = world.store.events_after(0, 100).await.unwrap();
    assert_eq!(events.iter().filter(|event| event.topic == "ops.finished").count(), 6);
    assert!(events.iter().all(|event| event.target == Some(plugin()) && event.source.is_none()));
    operations.shutdown().await;
});

both!(a_failure_is_kept_with_its_reason, |world| {
    let (operations, _) = start(&world, "one", None, &Arc::default());
    let id = create(&world, "\"fail\"").await;
    reaches(&world, &id, OperationState::Failed).await;
    assert_eq!(get(&world, &id).await.error.as_deref(), Some("disk full"));
    operations.shutdown().await;
});

both!(cancel_stops_a_running_one_and_ends_a_queued_one_at_once, |world| {
    let queued = create(&world, "{}").await;
    assert_eq!(world.store.cancel_operation(&plugin(), &queued).await.unwrap(), Stopping::Cancelled);
    let (operations, _) = start(&world, "one", Some(1), &Arc::default());
    let id = create(&world, "{}").await;
    reaches(&world, &id, OperationState::Running).await;
    assert_eq!(world.store.cancel_operation(&plugin(), &id).await.unwrap(), Stopping::Asked);
    reaches(&world, &id, OperationState::Cancelled).await;
    let other = lamp_core::id::PluginId::parse("other").unwrap();
    assert!(world.store.cancel_operation(&other, &id).await.unwrap_err().is_not_found());
    operations.shutdown().await;
});

both!(a_shutdown_hands_the_operation_to_the_next_life_with_its_checkpoint, |world| {
    let steps = Arc::new(AtomicU32::new(0));
    let (first, _) = start(&world, "one", Some(2), &steps);
    let id = create(&world, "{}").await;
    until("two steps are done", || async { steps.load(Ordering::SeqCst) == 2 }).await;
    first.shutdown().await;
    let row = get(&world, &id).await;
    assert_eq!((row.state, row.checkpoint.as_deref()), (OperationState::Queued, Some("2")));
    let (second, _) = start(&world, "two", None, &steps);
    reaches(&world, &id, OperationState::Succeeded).await;
    assert_eq!(steps.load(Ordering::SeqCst), 3, "no step is done twice");
    second.shutdown().await;
});

both!(a_killed_host_carries_on_at_its_next_start, |world| {
    let steps = Arc::new(AtomicU32::new(0));
    let (first, _) = start(&world, "one", Some(2), &steps);
    let id = create(&world, "{}").await;
    until("the checkpoint is written", || async { get(&world, &id).await.checkpoint.is_some() }).await;
    drop(first);
    let (second, _) = start(&world, "two", None, &steps);
    reaches(&world, &id, OperationState::Succeeded).await;
    assert_eq!(steps.load(Ordering::SeqCst), 3);
    second.shutdown().await;
});
