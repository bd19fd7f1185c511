//! The runner with real stores and a fake body.

use crate::support::{Body, World, both, job, kind, owner, until};
use lamp_core::id::JobId;
use lamp_core::job::{JobOutcome, JobProgress, JobState};
use lamp_core::operation::OperationProgress;
use lamp_core::operation::OperationState;
use lamp_jobs::runner::{Runner, RunnerConfig};
use lamp_store::jobs::{Cancelling, JobFilter};
use lamp_store::operations::{ClaimOperations, NewOperation, OperationEnd, OperationLease, Room};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Short times, so that leases end within a test.
fn quick(life: &str) -> RunnerConfig {
    RunnerConfig { lease_ms: 600, beat_ms: 100, poll_ms: 20, grace_ms: 100, ..RunnerConfig::new(owner(life)) }
}

async fn state(world: &World, id: &JobId) -> JobState {
    world.store.find_job(id).await.unwrap().unwrap().state
}

async fn reaches(world: &World, id: &JobId, wanted: JobState) {
    until(&format!("job {id} is {}", wanted.as_str()), || async { state(world, id).await == wanted }).await;
}

async fn attempts(world: &World, id: &JobId) -> Vec<String> {
    let runs = world.store.job_attempts(id).await.unwrap();
    runs.into_iter().map(|run| run.outcome.unwrap_or_default()).collect()
}

both!(runs_a_job_and_keeps_its_result, |world| {
    let body = Body::new(|run, _| async move { JobOutcome::Done(Some(format!("{{\"payload\":{}}}", run.payload))) });
    let runner = Runner::start(world.store.clone(), body, quick("one"));
    runner.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let mut updates = runner.updates();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Succeeded).await;
    let row = world.store.find_job(&id).await.unwrap().unwrap();
    assert_eq!(row.result.as_deref(), Some("{\"payload\":{\"n\":1}}"));
    assert_eq!((row.attempt, row.lease_owner), (1, None));
    assert_eq!(updates.recv().await.unwrap().state, JobState::Leased);
    assert_eq!(updates.recv().await.unwrap().state, JobState::Succeeded);
    let topics: Vec<String> =
        world.store.events_after(0, 100).await.unwrap().into_iter().map(|event| event.topic).collect();
    assert_eq!(topics, ["jobs.changed"; 3]);
    runner.shutdown().await;
});

both!(retries_with_backoff_and_gives_up, |world| {
    let body = Body::new(|_, _| async { JobOutcome::Retry { message: "no luck".to_owned(), after_ms: None } });
    let runner = Runner::start(world.store.clone(), body, quick("one"));
    runner.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let id = world.store.enqueue_job(&lamp_core::job::NewJob { max_attempts: 2, ..job("greet") }).await.unwrap().id;
    until("the first attempt has failed", || async { attempts(&world, &id).await == ["retry"] }).await;
    assert_eq!(state(&world, &id).await, JobState::Available);
    world.clock.advance_ms(2_000);
    reaches(&world, &id, JobState::Failed).await;
    assert_eq!(attempts(&world, &id).await, ["retry", "retry"]);
    let lines = world.store.job_log_lines(&id, 0, 10).await.unwrap();
    assert!(lines.len() == 2 && lines[1].message.contains("no luck"), "{lines:?}");
    runner.shutdown().await;
});

both!(a_panicking_body_costs_an_attempt_and_no_neighbour, |world| {
    let body = Body::new(|run, _| async move {
        assert!(run.kind != "greet", "as intended by the test");
        JobOutcome::Done(None)
    });
    let runner = Runner::start(world.store.clone(), body, quick("one"));
    runner.set_runnable(vec![kind("greet", 1), kind("other", 1)]).await.unwrap();
    let bad = world.store.enqueue_job(&lamp_core::job::NewJob { max_attempts: 1, ..job("greet") }).await.unwrap().id;
    let good = world.store.enqueue_job(&job("other")).await.unwrap().id;
    reaches(&world, &bad, JobState::Failed).await;
    reaches(&world, &good, JobState::Succeeded).await;
    runner.shutdown().await;
});

both!(cancel_is_heard_by_a_running_job, |world| {
    let body = Body::new(|_, control| async move {
        while !control.cancelled() {
            tokio::task::yield_now().await;
        }
        JobOutcome::Cancelled
    });
    let runner = Runner::start(world.store.clone(), body, quick("one"));
    runner.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Leased).await;
    assert_eq!(world.store.cancel_job(&id, None).await.unwrap(), Cancelling::Asked);
    reaches(&world, &id, JobState::Cancelled).await;
    assert_eq!(world.store.cancel_job(&id, None).await.unwrap(), Cancelling::EndedBefore(JobState::Cancelled));
    runner.shutdown().await;
});

both!(a_job_that_does_not_listen_is_dropped_after_the_grace, |world| {
    let body = Body::new(|_, _| async { std::future::pending().await });
    let runner = Runner::start(world.store.clone(), body, quick("one"));
    runner.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Leased).await;
    world.store.cancel_job(&id, None).await.unwrap();
    reaches(&world, &id, JobState::Cancelled).await;
    runner.shutdown().await;
});

both!(a_run_over_its_wall_time_is_stopped, |world| {
    let body = Body::new(|_, _| async { std::future::pending().await });
    let runner = Runner::start(world.store.clone(), body, quick("one"));
    let mut slow = kind("greet", 1);
    slow.wall_limit_ms = 50;
    runner.set_runnable(vec![slow]).await.unwrap();
    let id = world.store.enqueue_job(&lamp_core::job::NewJob { max_attempts: 1, ..job("greet") }).await.unwrap().id;
    reaches(&world, &id, JobState::Failed).await;
    let error = world.store.find_job(&id).await.unwrap().unwrap().error.unwrap();
    assert!(error.contains("longer than 50 ms"), "{error}");
    runner.shutdown().await;
});

both!(shutdown_gives_leases_back_without_an_attempt, |world| {
    let body = Body::new(|_, _| async { std::future::pending().await });
    let runner = Runner::start(world.store.clone(), body, quick("one"));
    runner.set_runnable(vec![kind("greet", 2)]).await.unwrap();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Leased).await;
    runner.shutdown().await;
    let row = world.store.find_job(&id).await.unwrap().unwrap();
    assert_eq!((row.state, row.attempt, row.cancel_requested_at), (JobState::Available, 0, None));
    assert_eq!(attempts(&world, &id).await, ["released"]);
});

both!(a_killed_host_loses_nothing_and_its_next_life_goes_on_at_once, |world| {
    let effects = Arc::new(AtomicU32::new(0));
    let hang = Body::new(|_, control| async move {
        control.save_checkpoint(b"half".to_vec()).await.unwrap();
        std::future::pending().await
    });
    // A lease far longer than the test: only the change of life can bring the job back.
    let config = RunnerConfig { lease_ms: 600_000, ..quick("first") };
    let first = Runner::start(world.store.clone(), hang, config.clone());
    first.set_runnable(vec![kind("greet", 4)]).await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(world.store.enqueue_job(&job("greet")).await.unwrap().id);
    }
    for id in &ids {
        until("the checkpoint is saved", || async {
            world.store.find_job(id).await.unwrap().unwrap().checkpoint.is_some()
        })
        .await;
    }
    drop(first);
    let counted = Arc::clone(&effects);
    let body = Body::new(move |run, _| {
        let counted = Arc::clone(&counted);
        async move {
            assert_eq!(run.checkpoint.as_deref(), Some(b"half".as_slice()));
            assert_eq!(run.attempt, 1, "a kill uses no attempt");
            counted.fetch_add(1, Ordering::SeqCst);
            JobOutcome::Done(None)
        }
    });
    let second = Runner::start(world.store.clone(), body, RunnerConfig { owner: owner("second"), ..config });
    second.set_runnable(vec![kind("greet", 4)]).await.unwrap();
    for id in &ids {
        reaches(&world, id, JobState::Succeeded).await;
        assert_eq!(attempts(&world, id).await, ["lost", "done"]);
    }
    assert_eq!(effects.load(Ordering::SeqCst), 4);
    second.shutdown().await;
});

both!(a_stalled_host_is_fenced_out_and_the_job_ends_once, |world| {
    let (hold, release) = (Arc::new(tokio::sync::Notify::new()), Arc::new(AtomicU32::new(0)));
    let (held, seen) = (Arc::clone(&hold), Arc::clone(&release));
    let slow = Body::new(move |_, control| {
        let (held, seen) = (Arc::clone(&held), Arc::clone(&seen));
        async move {
            held.notified().await;
            let refused = control.save_checkpoint(b"late".to_vec()).await.is_err();
            seen.store(if refused { 1 } else { 2 }, Ordering::SeqCst);
            JobOutcome::Done(Some("\"late\"".to_owned()))
        }
    });
    // Real leases are long, so the run does not stop by itself; the store's clock makes the lease end for others.
    let config = RunnerConfig { lease_ms: 60_000, beat_ms: 600_000, ..quick("one") };
    let stalled = Runner::start(world.store.clone(), slow, config);
    stalled.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Leased).await;
    stalled.set_runnable(Vec::new()).await.unwrap();
    world.clock.advance_ms(120_000);
    let quick_body = Body::new(|_, _| async { JobOutcome::Done(Some("\"prompt\"".to_owned())) });
    let other = RunnerConfig { owner: lamp_jobs::Owner::new("other", "one"), ..quick("one") };
    let other = Runner::start(world.store.clone(), quick_body, other);
    other.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    reaches(&world, &id, JobState::Succeeded).await;
    hold.notify_one();
    until("the stalled run has come back", || async { release.load(Ordering::SeqCst) != 0 }).await;
    assert_eq!(release.load(Ordering::SeqCst), 1, "its checkpoint is refused");
    until("the stalled run has ended", || async { stalled.active() == 0 }).await;
    let row = world.store.find_job(&id).await.unwrap().unwrap();
    assert_eq!((row.result.as_deref(), row.fence), (Some("\"prompt\""), 2));
    other.shutdown().await;
    stalled.shutdown().await;
});

both!(a_run_without_beats_stops_by_itself, |world| {
    let body = Body::new(|_, _| async { std::future::pending().await });
    let config = RunnerConfig { lease_ms: 200, beat_ms: 600_000, ..quick("one") };
    let runner = Runner::start(world.store.clone(), body, config);
    runner.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Leased).await;
    until("the run has stopped", || async { runner.active() == 0 }).await;
    let row = world.store.find_job(&id).await.unwrap().unwrap();
    assert_eq!((row.state, row.fence), (JobState::Leased, 1), "it writes nothing: the lease ends by itself");
});

both!(progress_reaches_listeners_at_once_and_the_row_soon, |world| {
    let body = Body::new(|_, control| async move {
        for step in 0..50_u8 {
            let progress = JobProgress { percent: Some(f32::from(step)), message: Some(format!("step {step}")) };
            control.progress(progress).await.unwrap();
        }
        JobOutcome::Done(None)
    });
    let runner = Runner::start(world.store.clone(), body, quick("one"));
    let mut updates = runner.updates();
    runner.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Succeeded).await;
    let row = world.store.find_job(&id).await.unwrap().unwrap();
    assert_eq!(row.progress.message.as_deref(), Some("step 49"), "the last one is kept");
    let mut heard = 0;
    while let Ok(update) = updates.try_recv() {
        heard += u32::from(update.state == JobState::Leased && update.progress.message.is_some());
    }
    assert_eq!(heard, 50);
    runner.shutdown().await;
});

/// Claims the only queued operation, as a host would.
async fn begin_operation(world: &World) -> OperationLease {
    let rooms = [Room { kind: "test.wait".to_owned(), free: 1 }];
    let wanted = ClaimOperations { owner: "ops/one", lease_ms: 60_000, rooms: &rooms };
    let claimed = world.store.claim_operations(&wanted).await.unwrap().pop().unwrap();
    OperationLease { operation: claimed.operation.id, fence: claimed.fence }
}

fn waiting_body(world: &World) -> Arc<Body> {
    let store = world.store.clone();
    Body::new(move |run, _| {
        let store = store.clone();
        async move {
            if let Some(operation) = run.resumed_by {
                assert_eq!(operation.state, OperationState::Succeeded);
                return JobOutcome::Done(operation.result);
            }
            let new = NewOperation { plugin: run.plugin, kind: "test.wait".to_owned(), arguments: "{}".to_owned() };
            let operation = store.create_operation(&new).await.unwrap();
            JobOutcome::ResumeOn { operation, checkpoint: Some(b"asked".to_vec()) }
        }
    })
}

both!(the_end_of_an_operation_resumes_the_job, |world| {
    let runner = Runner::start(world.store.clone(), waiting_body(&world), quick("one"));
    runner.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Blocked).await;
    let lease = begin_operation(&world).await;
    let end = OperationEnd::Succeeded("{\"sum\":1}".to_owned());
    let _written = world.store.finish_operation(&lease, &OperationProgress::default(), &end).await.unwrap();
    reaches(&world, &id, JobState::Succeeded).await;
    let row = world.store.find_job(&id).await.unwrap().unwrap();
    assert_eq!((row.result.as_deref(), row.attempt, row.resumed_by), (Some("{\"sum\":1}"), 1, None));
    assert_eq!(attempts(&world, &id).await, ["resume-on", "done"]);
    runner.shutdown().await;
});

both!(an_operation_that_ends_before_the_job_answers_resumes_it_too, |world| {
    let store = world.store.clone();
    let body = Body::new(move |run, _| {
        let store = store.clone();
        async move {
            if let Some(operation) = run.resumed_by {
                return JobOutcome::Done(operation.result);
            }
            let new = NewOperation { plugin: run.plugin, kind: "test.wait".to_owned(), arguments: "{}".to_owned() };
            let operation = store.create_operation(&new).await.unwrap();
            let rooms = [Room { kind: "test.wait".to_owned(), free: 1 }];
            let wanted = ClaimOperations { owner: "ops/one", lease_ms: 60_000, rooms: &rooms };
            let claimed = store.claim_operations(&wanted).await.unwrap().pop().unwrap();
            let lease = OperationLease { operation: operation.clone(), fence: claimed.fence };
            let end = OperationEnd::Succeeded("7".to_owned());
            let _written = store.finish_operation(&lease, &OperationProgress::default(), &end).await.unwrap();
            JobOutcome::ResumeOn { operation, checkpoint: None }
        }
    });
    let runner = Runner::start(world.store.clone(), body, quick("one"));
    runner.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Succeeded).await;
    assert_eq!(world.store.find_job(&id).await.unwrap().unwrap().result.as_deref(), Some("7"));
    runner.shutdown().await;
});

both!(cancelling_a_waiting_job_stops_its_operation, |world| {
    let runner = Runner::start(world.store.clone(), waiting_body(&world), quick("one"));
    runner.set_runnable(vec![kind("greet", 1)]).await.unwrap();
    let id = world.store.enqueue_job(&job("greet")).await.unwrap().id;
    reaches(&world, &id, JobState::Blocked).await;
    let operation = world.store.find_job(&id).await.unwrap().unwrap().waits_for.unwrap();
    assert_eq!(world.store.cancel_job(&id, None).await.unwrap(), Cancelling::Cancelled);
    assert_eq!(world.store.find_operation(&operation).await.unwrap().unwrap().state, OperationState::Cancelled);
    assert_eq!(state(&world, &id).await, JobState::Cancelled);
    runner.shutdown().await;
});

both!(lanes_hold_exactly_while_everything_is_busy, |world| {
    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (running, peak) = (Arc::clone(&now), Arc::clone(&most));
    let body = Body::new(move |_, _| {
        let (running, peak) = (Arc::clone(&running), Arc::clone(&peak));
        async move {
            peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            running.fetch_sub(1, Ordering::SeqCst);
            JobOutcome::Done(None)
        }
    });
    let runners: Vec<Runner> = ["a", "b", "c"]
        .into_iter()
        .map(|host| {
            let config = RunnerConfig { owner: lamp_jobs::Owner::new(host, "one"), ..quick("one") };
            let config = RunnerConfig { lease_ms: 60_000, ..config };
            Runner::start(world.store.clone(), Arc::clone(&body) as Arc<_>, config)
        })
        .collect();
    for runner in &runners {
        runner.set_runnable(vec![kind("greet", 3)]).await.unwrap();
    }
    for _ in 0..60 {
        world.store.enqueue_job(&job("greet")).await.unwrap();
    }
    let done = JobFilter { states: vec![JobState::Succeeded], ..JobFilter::default() };
    until("all are done", || async { world.store.list_jobs(&done, 1_000).await.unwrap().len() == 60 }).await;
    assert!(most.load(Ordering::SeqCst) <= 3, "{most:?} at the same time");
    for runner in runners {
        tokio::time::timeout(Duration::from_secs(5), runner.shutdown()).await.unwrap();
    }
});
