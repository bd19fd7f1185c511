//! Jobs as rows: unique keys, lanes, fences, lists, logs.

use crate::world::{START, World, plugin, worlds};
use lamp_core::clock::Clock;
use lamp_core::id::{JobId, PluginId};
use lamp_core::job::{Job, JobState, NewJob};
use lamp_store::audit::{AuditFilter, Origin};
use lamp_store::jobs::{
    Cancelling, Claim, ClaimKind, Fenced, Finish, JobFilter, Lane, Lease, LogLevel, ReapScope, Transition, enqueue_in,
};
use lamp_store::{Store, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;

fn new(kind: &str) -> NewJob {
    NewJob {
        plugin: plugin(),
        kind: kind.to_owned(),
        payload: "{}".to_owned(),
        lane: "main".to_owned(),
        priority: 5,
        run_at: START,
        unique_key: None,
        max_attempts: 3,
    }
}

fn kinds(names: &[&str]) -> Vec<ClaimKind> {
    names
        .iter()
        .map(|kind| ClaimKind { plugin: plugin(), kind: (*kind).to_owned(), lane: "hello/main".to_owned() })
        .collect()
}

async fn lane(store: &Store, max_leased: u32) {
    store.set_lanes(&[Lane { plugin: plugin(), lane: "main".to_owned(), max_leased }]).await.unwrap();
}

async fn claim(store: &Store, names: &[&str], limit: u32) -> Vec<Job> {
    let claim = Claim { owner: "host/one", lease_ms: 30_000, kinds: &kinds(names), limit };
    store.claim_jobs(&claim).await.unwrap()
}

fn lease(job: &Job) -> Lease {
    Lease { job: job.id.clone(), fence: job.fence }
}

/// Ends a run with a final state.
async fn end(store: &Store, lease: &Lease, state: JobState) -> Option<Job> {
    let decide = move |row: &Job, _| Transition { attempt: row.attempt, ..Transition::to(state, START) };
    let finish = Finish { lease: lease.clone(), operation: None, decide: Box::new(decide) };
    store.finish_jobs(&[finish]).await.unwrap().remove(0)
}

#[tokio::test]
async fn a_unique_key_stands_for_one_unfinished_job() {
    for World { store, .. } in worlds().await {
        let keyed = NewJob { unique_key: Some("k".to_owned()), ..new("greet") };
        let first = store.enqueue_job(&keyed).await.unwrap();
        let second = store.enqueue_job(&keyed).await.unwrap();
        assert_eq!((second.id.clone(), first.created, second.created), (first.id.clone(), true, false));
        let other_kind = store.enqueue_job(&NewJob { kind: "other".to_owned(), ..keyed.clone() }).await.unwrap();
        assert!(other_kind.created);
        store.cancel_job(&first.id, None).await.unwrap();
        let third = store.enqueue_job(&keyed).await.unwrap();
        assert!(third.created, "an ended job frees its key");
        let refused = store.retry_job(&first.id, &Origin::system()).await.unwrap_err();
        assert!(refused.is_conflict("job_plugin_kind_unique_key"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once_make_one_job_of_a_key() {
    for World { store, .. } in worlds().await {
        let keyed = NewJob { unique_key: Some("k".to_owned()), ..new("greet") };
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (store, keyed) = (store.clone(), keyed.clone());
                tokio::spawn(async move { store.enqueue_job(&keyed).await.unwrap() })
            })
            .collect();
        let mut ids = BTreeSet::new();
        let mut created = 0;
        for task in tasks {
            let enqueued = task.await.unwrap();
            created += u32::from(enqueued.created);
            ids.insert(enqueued.id);
        }
        assert_eq!((ids.len(), created), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_claimers_never_exceed_the_lane() {
    for World { store, clock, database } in worlds().await {
        lane(&store, 7).await;
        for _ in 0..40 {
            store.enqueue_job(&new("greet")).await.unwrap();
        }
        // Two processes on one database.
        let other = database.open(Arc::clone(&clock) as Arc<dyn Clock>).await;
        for expected in [7, 0] {
            let tasks: Vec<_> = (0..50)
                .map(|n| {
                    let store = if n % 2 == 0 { store.clone() } else { other.clone() };
                    tokio::spawn(async move { claim(&store, &["greet"], 3).await })
                })
                .collect();
            let mut claimed = Vec::new();
            for task in tasks {
                claimed.extend(task.await.unwrap().into_iter().map(|job| job.id));
            }
            let distinct: BTreeSet<&JobId> = claimed.iter().collect();
            assert_eq!((claimed.len(), distinct.len()), (expected, expected));
        }
        let lanes = store.list_lanes().await.unwrap();
        assert_eq!((lanes[0].leased, lanes[0].available, lanes[0].max_leased), (7, 33, 7));
    }
}

#[tokio::test]
async fn claims_by_priority_then_age_and_only_what_is_due_and_known() {
    for World { store, clock, .. } in worlds().await {
        lane(&store, 10).await;
        let mut ids = Vec::new();
        for (kind, priority, delay_ms) in
            [("greet", 5, 0), ("greet", 9, 0), ("greet", 5, 0), ("other", 9, 0), ("greet", 9, 60_000)]
        {
            let job = NewJob { priority, run_at: START.plus_ms(delay_ms), ..new(kind) };
            ids.push(store.enqueue_job(&job).await.unwrap().id);
        }
        let order: Vec<JobId> = claim(&store, &["greet"], 10).await.into_iter().map(|job| job.id).collect();
        assert_eq!(order, [ids[1].clone(), ids[0].clone(), ids[2].clone()]);
        assert!(claim(&store, &[], 10).await.is_empty());
        clock.advance_ms(60_000);
        store.set_lane_paused("hello/main", true).await.unwrap();
        assert!(claim(&store, &["greet", "other"], 10).await.is_empty(), "a paused lane begins nothing");
        lane(&store, 10).await;
        assert!(store.list_lanes().await.unwrap()[0].paused, "declaring a lane does not unpause it");
        store.set_lane_paused("hello/main", false).await.unwrap();
        let rest: Vec<JobId> = claim(&store, &["greet", "other"], 10).await.into_iter().map(|job| job.id).collect();
        assert_eq!(rest, [ids[3].clone(), ids[4].clone()]);
        assert!(store.set_lane_paused("hello/none", true).await.unwrap_err().is_not_found());
    }
}

#[tokio::test]
async fn every_write_of_a_lost_run_is_refused() {
    for World { store, clock, .. } in worlds().await {
        lane(&store, 1).await;
        let id = store.enqueue_job(&new("greet")).await.unwrap().id;
        let old = lease(&claim(&store, &["greet"], 1).await[0]);
        clock.advance_ms(60_000);
        let back = |job: &Job, losses: u32| {
            assert_eq!(losses, 0);
            Transition { attempt: job.attempt - 1, losses: 1, ..Transition::to(JobState::Available, START) }
        };
        assert_eq!(store.reap_jobs(ReapScope::Expired, 10, &back).await.unwrap().len(), 1);
        let current = lease(&claim(&store, &["greet"], 1).await[0]);
        assert_eq!(current.fence, old.fence + 1);
        assert_eq!(store.save_job_checkpoint(&old, b"late").await.unwrap(), Fenced::FencedOut);
        assert_eq!(
            store.save_job_progress(&old, &lamp_core::job::JobProgress::default()).await.unwrap(),
            Fenced::FencedOut
        );
        assert_eq!(end(&store, &old, JobState::Failed).await, None);
        let until = store.now().plus_ms(30_000);
        let beats = store.beat_jobs(&[old, current.clone()], until).await.unwrap();
        assert_eq!(beats, [lamp_store::jobs::Beat::FencedOut, lamp_store::jobs::Beat::Held { cancelling: false }]);
        let row = store.find_job(&id).await.unwrap().unwrap();
        assert_eq!((row.state, row.checkpoint, row.lease_until), (JobState::Leased, None, Some(until)));
        assert!(end(&store, &current, JobState::Succeeded).await.is_some());
        assert_eq!(end(&store, &current, JobState::Failed).await, None, "one end per run");
    }
}

#[tokio::test]
async fn an_earlier_life_is_reaped_before_its_lease_ends() {
    for World { store, .. } in worlds().await {
        lane(&store, 2).await;
        store.enqueue_job(&new("greet")).await.unwrap();
        claim(&store, &["greet"], 1).await;
        let back = |job: &Job, _| Transition { attempt: job.attempt - 1, ..Transition::to(JobState::Available, START) };
        for (prefix, owner, expected) in
            [("other/", "other/two", 0), ("host/", "host/one", 0), ("host/", "host/two", 1)]
        {
            let scope = ReapScope::EarlierLives { prefix, owner };
            assert_eq!(store.reap_jobs(scope, 10, &back).await.unwrap().len(), expected, "{owner}");
        }
    }
}

#[tokio::test]
async fn cancel_and_retry_answer_by_state() {
    for World { store, .. } in worlds().await {
        lane(&store, 1).await;
        let id = store.enqueue_job(&new("greet")).await.unwrap().id;
        let run = lease(&claim(&store, &["greet"], 1).await[0]);
        let ada = Origin::new("user:ada");
        assert_eq!(store.cancel_job(&id, Some(&ada)).await.unwrap(), Cancelling::Asked);
        assert_eq!(store.job_cancel_wishes("host/one").await.unwrap(), std::slice::from_ref(&id));
        assert!(store.job_cancel_wishes("host/two").await.unwrap().is_empty());
        assert!(matches!(store.retry_job(&id, &ada).await, Err(StoreError::Invalid(_))));
        end(&store, &run, JobState::Failed).await.unwrap();
        assert_eq!(store.cancel_job(&id, Some(&ada)).await.unwrap(), Cancelling::EndedBefore(JobState::Failed));
        let again = store.retry_job(&id, &ada).await.unwrap();
        assert_eq!((again.state, again.attempt, again.cancel_requested_at), (JobState::Available, 0, None));
        assert_eq!(store.cancel_job(&id, None).await.unwrap(), Cancelling::Cancelled);
        assert!(store.cancel_job(&JobId::generate(), Some(&ada)).await.unwrap_err().is_not_found());
        assert!(store.retry_job(&JobId::generate(), &ada).await.unwrap_err().is_not_found());
        let audit = store.list_audit(&AuditFilter::default(), 10).await.unwrap();
        let told: Vec<_> =
            audit.iter().map(|row| (row.actor.as_str(), row.action.as_str(), row.subject.as_str())).collect();
        let of_ada = |action| ("user:ada", action, id.as_str());
        assert_eq!(
            told,
            [of_ada("job.retry"), of_ada("job.cancel")],
            "what changed nothing, and what a plugin did, is not told"
        );
        let events = store.events_after(0, 100).await.unwrap();
        assert!(events.iter().all(|event| event.topic == "jobs.changed" && event.target == Some(plugin())));
        assert_eq!(events.len(), 6, "enqueue, claim, cancel wish, end, retry, cancel");
    }
}

#[tokio::test]
async fn a_batch_applied_twice_enqueues_once() {
    for World { store, .. } in worlds().await {
        let batch = [(JobId::generate(), new("greet")), (JobId::generate(), new("other"))];
        for created in [true, false] {
            let mut tx = store.begin_write().await.unwrap();
            let answers = enqueue_in(&mut tx, &batch, START).await.unwrap();
            tx.commit().await.unwrap();
            assert!(answers.iter().all(|answer| answer.created == created));
            assert_eq!(answers[1].id, batch[1].0);
        }
        let mut tx = store.begin_write().await.unwrap();
        enqueue_in(&mut tx, &[(JobId::generate(), new("greet"))], START).await.unwrap();
        drop(tx);
        assert_eq!(store.list_jobs(&JobFilter::default(), 10).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn refuses_what_cannot_be_kept() {
    for World { store, .. } in worlds().await {
        let long = format!("\"{}\"", "x".repeat(64 * 1024));
        for (job, limit) in [
            (NewJob { payload: long, ..new("greet") }, true),
            (NewJob { payload: "{".to_owned(), ..new("greet") }, false),
            (NewJob { priority: 0, ..new("greet") }, false),
            (NewJob { max_attempts: 0, ..new("greet") }, false),
            (NewJob { unique_key: Some("\0".to_owned()), ..new("greet") }, false),
            (NewJob { unique_key: Some("k".repeat(513)), ..new("greet") }, true),
        ] {
            let error = store.enqueue_job(&job).await.unwrap_err();
            assert_eq!(matches!(error, StoreError::Limit(_)), limit, "{error}");
            assert!(limit || matches!(error, StoreError::Invalid(_)), "{error}");
        }
        let run = Lease { job: JobId::generate(), fence: 1 };
        let large = vec![0; 256 * 1024 + 1];
        assert!(matches!(store.save_job_checkpoint(&run, &large).await, Err(StoreError::Limit(_))));
    }
}

#[tokio::test]
async fn lists_by_filter_page_by_page() {
    for World { store, .. } in worlds().await {
        lane(&store, 9).await;
        let mut ids = Vec::new();
        for n in 0..5 {
            let payload = format!("{{\"note\":\"50%_{n}\"}}");
            ids.push(
                store
                    .enqueue_job(&NewJob { payload, ..new(if n % 2 == 0 { "greet" } else { "other" }) })
                    .await
                    .unwrap()
                    .id,
            );
        }
        claim(&store, &["greet"], 1).await;
        let list = |filter: JobFilter, limit| {
            let store = store.clone();
            async move { store.list_jobs(&filter, limit).await.unwrap().into_iter().map(|job| job.id).collect::<Vec<_>>() }
        };
        let first = list(JobFilter::default(), 2).await;
        assert_eq!(first, [ids[4].clone(), ids[3].clone()]);
        let next = JobFilter { before: first.last().cloned(), ..JobFilter::default() };
        assert_eq!(list(next, 9).await, [ids[2].clone(), ids[1].clone(), ids[0].clone()]);
        let kind = JobFilter { kind: Some("other".to_owned()), ..JobFilter::default() };
        assert_eq!(list(kind, 9).await, [ids[3].clone(), ids[1].clone()]);
        let states = JobFilter { states: vec![JobState::Leased, JobState::Failed], ..JobFilter::default() };
        assert_eq!(list(states, 9).await, [ids[0].clone()]);
        for (text, found) in [("NOTE", 5), ("50%_3", 1), ("5_%", 0), ("nothing", 0), ("", 5)] {
            let filter = JobFilter { text: Some(text.to_owned()), ..JobFilter::default() };
            assert_eq!(list(filter, 9).await.len(), found, "{text}");
        }
        let stranger = JobFilter { plugin: PluginId::parse("stranger").ok(), ..JobFilter::default() };
        assert!(list(stranger, 9).await.is_empty());
        let counts: Vec<(JobState, u64)> =
            store.job_counts().await.unwrap().into_iter().map(|count| (count.state, count.count)).collect();
        assert_eq!(counts, [(JobState::Available, 4), (JobState::Leased, 1)]);
    }
}

#[tokio::test]
async fn the_log_keeps_the_newest_lines() {
    for World { store, .. } in worlds().await {
        let id = store.enqueue_job(&new("greet")).await.unwrap().id;
        for n in 0..505 {
            store.log_job(&id, LogLevel::Info, &format!("line {n}")).await.unwrap();
        }
        store.log_job(&id, LogLevel::Error, &"ä".repeat(4_000)).await.unwrap();
        let lines = store.job_log_lines(&id, 0, 1_000).await.unwrap();
        assert_eq!((lines.len(), lines[0].message.as_str()), (500, "line 6"));
        let last = &lines[499];
        assert_eq!((last.level, last.message.len()), (LogLevel::Error, 4_096));
        assert_eq!(store.job_log_lines(&id, lines[498].id, 10).await.unwrap(), std::slice::from_ref(last));
        assert!(store.log_job(&JobId::generate(), LogLevel::Info, "x").await.unwrap_err().is_conflict("foreign_key"));
    }
}

#[tokio::test]
async fn prunes_ended_jobs_and_nothing_else() {
    for World { store, clock, .. } in worlds().await {
        lane(&store, 9).await;
        let old = store.enqueue_job(&new("greet")).await.unwrap().id;
        store.log_job(&old, LogLevel::Info, "x").await.unwrap();
        end(&store, &lease(&claim(&store, &["greet"], 1).await[0]), JobState::Succeeded).await.unwrap();
        let waiting = store.enqueue_job(&new("greet")).await.unwrap().id;
        clock.advance_ms(1_000);
        assert_eq!(store.prune_jobs(START, 10).await.unwrap(), 0, "it ended at that time, not before");
        assert_eq!(store.prune_jobs(START.plus_ms(1), 10).await.unwrap(), 1);
        assert!(store.find_job(&old).await.unwrap().is_none() && store.job_attempts(&old).await.unwrap().is_empty());
        assert!(store.find_job(&waiting).await.unwrap().is_some());
        assert_eq!(store.purge_jobs(&plugin()).await.unwrap(), 1);
        assert!(store.list_lanes().await.unwrap().is_empty());
    }
}
