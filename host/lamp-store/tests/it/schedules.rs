//! Schedules and leases as rows.

use crate::world::{START, World, plugin, worlds};
use lamp_store::jobs::JobFilter;
use lamp_store::schedules::Schedule;

fn schedule() -> Schedule {
    Schedule {
        plugin: plugin(),
        name: "hourly".to_owned(),
        kind: "greet".to_owned(),
        payload: "{}".to_owned(),
        lane: "main".to_owned(),
        max_attempts: 2,
        cron: None,
        every_secs: Some(3_600),
        next_at: START,
        last_at: None,
        last_job: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_fire_one_does() {
    for World { store, .. } in worlds().await {
        let declared = schedule();
        store.sync_schedules(&declared.plugin, std::slice::from_ref(&declared)).await.unwrap();
        let due = store.due_schedules(START).await.unwrap().remove(0);
        assert!(store.due_schedules(START.plus_ms(-1)).await.unwrap().is_empty());
        let next = START.plus_ms(3_600_000);
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (store, due) = (store.clone(), due.clone());
                tokio::spawn(async move { store.fire_schedule(&due, next).await.unwrap() })
            })
            .collect();
        let mut fired = Vec::new();
        for task in tasks {
            fired.extend(task.await.unwrap());
        }
        assert_eq!(fired.len(), 1);
        let row = store.list_schedules().await.unwrap().remove(0);
        assert_eq!((row.next_at, row.last_at, row.last_job.as_ref()), (next, Some(START), fired.first()));
        let jobs = store.list_jobs(&JobFilter::default(), 10).await.unwrap();
        assert_eq!((jobs.len(), jobs[0].unique_key.as_deref()), (1, Some("schedule:hourly")));
        // Due again while the job is unfinished: the schedule moves on, the job stays the only one.
        let later = store.fire_schedule(&row, next.plus_ms(3_600_000)).await.unwrap();
        assert_eq!(later.as_ref(), fired.first());
        assert_eq!(store.list_jobs(&JobFilter::default(), 10).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_lease_passes_on_when_it_ends_and_to_the_next_life_at_once() {
    for World { store, clock, .. } in worlds().await {
        let hold = |owner: &'static str| {
            let store = store.clone();
            async move {
                let prefix = format!("{}/", owner.split('/').next().unwrap());
                store.hold_lease("x", owner, &prefix, 1_000).await.unwrap()
            }
        };
        assert!(hold("a/one").await);
        assert!(hold("a/one").await, "its holder keeps it");
        assert!(!hold("b/one").await);
        assert!(hold("a/two").await, "the next life of the same host");
        clock.advance_ms(1_001);
        assert!(hold("b/one").await);
        assert!(!hold("a/two").await);
        store.release_leases("b/one").await.unwrap();
        assert!(hold("a/two").await);
    }
}
