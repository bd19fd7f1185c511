//! The scheduler with a clock that is moved by hand.

use crate::support::{START, World, both, plugin, until};
use lamp_core::job::{Job, JobState};
use lamp_core::manifest::Manifest;
use lamp_jobs::JobsError;
use lamp_jobs::schedule::Scheduler;
use lamp_store::jobs::JobFilter;

const HOUR_MS: i64 = 3_600_000;

fn manifest(schedules: &str) -> Manifest {
    let json = format!(
        r#"{{"schema":1,"id":"hello","version":"1.0.0","name":"Hello","publisher":"us","license":"MIT",
        "description":"d","jobs":[{{"kind":"greet","title":"Greet","max_attempts":3,"lane":"slow"}}],
        "schedules":{schedules}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

async fn jobs(world: &World) -> Vec<Job> {
    world.store.list_jobs(&JobFilter::default(), 100).await.unwrap()
}

/// Ends all jobs, as if they had run.
async fn end_all(world: &World) {
    for job in jobs(world).await {
        world.store.cancel_job(&job.id, None).await.unwrap();
    }
}

both!(fires_once_for_all_missed_times_and_never_beside_an_unfinished_one, |world| {
    let scheduler = Scheduler::start(world.store.clone());
    let declared = manifest(r#"[{"name":"hourly","kind":"greet","payload":{"a":1},"cron":"0 * * * *"}]"#);
    scheduler.sync(&declared).await.unwrap();
    scheduler.set_running([plugin()]);
    world.clock.advance_ms(HOUR_MS);
    until("the first job is there", || async { jobs(&world).await.len() == 1 }).await;
    let first = jobs(&world).await.remove(0);
    assert_eq!((first.kind.as_str(), first.lane.as_str(), first.max_attempts), ("greet", "hello/slow", 3));
    assert_eq!(first.payload, r#"{"a":1}"#);
    // Five more times pass while it is unfinished: no second job, and the schedule moves on.
    world.clock.advance_ms(5 * HOUR_MS);
    let next = START.plus_ms(7 * HOUR_MS);
    until("the schedule has moved on", || async { world.store.list_schedules().await.unwrap()[0].next_at == next })
        .await;
    assert_eq!(jobs(&world).await.len(), 1);
    end_all(&world).await;
    world.clock.advance_ms(3 * HOUR_MS);
    until("one job for the missed times", || async { jobs(&world).await.len() == 2 }).await;
    assert_eq!(jobs(&world).await.iter().filter(|job| job.state == JobState::Available).count(), 1);
});

both!(a_plugin_that_is_off_fires_nothing_and_catches_up_once, |world| {
    let scheduler = Scheduler::start(world.store.clone());
    let declared = manifest(r#"[{"name":"often","kind":"greet","every_secs":60}]"#);
    scheduler.sync(&declared).await.unwrap();
    world.clock.advance_ms(HOUR_MS);
    scheduler.set_running([]);
    // Another plugin's schedule is the sign that a round has passed.
    let mut other = manifest(r#"[{"name":"sign","kind":"greet","every_secs":60}]"#);
    other.id = lamp_core::id::PluginId::parse("other").unwrap();
    scheduler.sync(&other).await.unwrap();
    scheduler.set_running([other.id.clone()]);
    until("the sign", || async { !jobs(&world).await.is_empty() }).await;
    assert!(jobs(&world).await.iter().all(|job| job.plugin == other.id));
    scheduler.set_running([plugin()]);
    until("it catches up", || async { jobs(&world).await.iter().any(|job| job.plugin == plugin()) }).await;
    let schedules = world.store.list_schedules().await.unwrap();
    assert_eq!(schedules[0].next_at, START.plus_ms(HOUR_MS + 60_000));
    assert_eq!(
        schedules[0].last_job,
        jobs(&world).await.into_iter().find(|job| job.plugin == plugin()).map(|job| job.id)
    );
});

both!(a_manifest_replaces_its_schedules_and_keeps_the_times_of_unchanged_ones, |world| {
    let scheduler = Scheduler::start(world.store.clone());
    let both = r#"[{"name":"daily","kind":"greet","cron":"0 3 * * *"},{"name":"gone","kind":"greet","every_secs":60}]"#;
    scheduler.sync(&manifest(both)).await.unwrap();
    let planned = world.store.list_schedules().await.unwrap()[0].next_at;
    assert_eq!(planned, START.plus_ms(3 * HOUR_MS));
    world.clock.advance_ms(4 * HOUR_MS);
    scheduler.sync(&manifest(r#"[{"name":"daily","kind":"greet","payload":7,"cron":"0 3 * * *"}]"#)).await.unwrap();
    let rows = world.store.list_schedules().await.unwrap();
    assert_eq!((rows.len(), rows[0].next_at, rows[0].payload.as_str()), (1, planned, "7"), "a missed time is not lost");
    scheduler.sync(&manifest(r#"[{"name":"daily","kind":"greet","cron":"0 5 * * *"}]"#)).await.unwrap();
    assert_eq!(world.store.list_schedules().await.unwrap()[0].next_at, START.plus_ms(5 * HOUR_MS));
    let refused = scheduler.sync(&manifest(r#"[{"name":"daily","kind":"nobody","cron":"0 5 * * *"}]"#)).await;
    assert!(matches!(refused, Err(JobsError::Schedule { .. })));
    assert_eq!(world.store.list_schedules().await.unwrap().len(), 1);
});
