//! Jobs, events and checkpoints of a batch reach the host's tables exactly once, or not at all.

use crate::plugin_database::{LIMITS, count, id, integer, statement, text, things};
use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_core::id::JobId;
use lamp_core::job::NewJob;
use lamp_store::jobs::{JobFilter, Lease};
use lamp_store::plugin_db::{BatchRequest, PluginDatabase};
use lamp_store::testing::{Backend, TestDatabase};
use lamp_store::{Store, on_each_database, query};
use std::path::Path;

fn job(kind: &str, key: Option<&str>) -> NewJob {
    NewJob {
        plugin: id("hello"),
        kind: kind.to_owned(),
        payload: "{\"n\":1}".to_owned(),
        lane: "work".to_owned(),
        priority: 5,
        run_at: UnixMs(0),
        unique_key: key.map(str::to_owned),
        max_attempts: 3,
    }
}

fn event(payload: &str) -> NewEvent {
    NewEvent {
        topic: "hello.found".to_owned(),
        source: Some(id("hello")),
        target: None,
        payload: payload.to_owned(),
        retain_key: Some("newest".to_owned()),
    }
}

fn request(number: i64) -> BatchRequest {
    BatchRequest {
        statements: vec![statement(
            "insert into thing (id, name) values ($1, $2)",
            vec![integer(number), text(&number.to_string())],
        )],
        enqueue: vec![job("scan", None), job("read", Some("k"))],
        publish: vec![event(&number.to_string())],
        checkpoint: None,
    }
}

async fn job_ids(store: &Store) -> Vec<JobId> {
    store.list_jobs(&JobFilter::default(), 100).await.unwrap().into_iter().map(|job| job.id).collect()
}

/// Payloads of the plugin's own events.
async fn events(store: &Store) -> Vec<String> {
    let all = store.events_after(0, 1_000).await.unwrap();
    all.into_iter().filter(|event| event.topic == "hello.found").map(|event| event.payload).collect()
}

/// A job of the plugin under a lease, as a worker would hold it.
async fn leased(store: &Store) -> Lease {
    let id = store.enqueue_job(&job("long", None)).await.unwrap().id;
    let mut tx = store.begin_write().await.unwrap();
    let lease = query("update job set state = 'leased', fence = 7, lease_owner = 'w', lease_until = 999 where id = $1");
    tx.execute(lease.bind(&id)).await.unwrap();
    tx.commit().await.unwrap();
    Lease { job: id, fence: 7 }
}

async fn checkpoint(store: &Store, job: &JobId) -> Option<Vec<u8>> {
    let row = store.fetch_optional(query("select checkpoint from job where id = $1").bind(job)).await.unwrap().unwrap();
    row.get("checkpoint").unwrap()
}

on_each_database! {
    async fn everything_of_a_batch_arrives_with_it(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let plugin = things(&store, "hello").await;
        let result = plugin.batch(request(1)).await.unwrap();
        assert_eq!(result.affected, [1]);
        assert!(result.jobs.iter().all(|job| job.created));
        let ids: Vec<JobId> = result.jobs.iter().map(|job| job.id.clone()).collect();
        let mut stored = job_ids(&store).await;
        stored.sort();
        let mut expected = ids.clone();
        expected.sort();
        assert_eq!(stored, expected);
        assert_eq!(events(&store).await, ["1"]);
        assert_eq!(store.retained_events("hello.found").await.unwrap()[0].event.payload, "1");

        let again = plugin.batch(request(2)).await.unwrap();
        assert!(again.jobs[0].created);
        assert_eq!((&again.jobs[1].id, again.jobs[1].created), (&ids[1], false), "an unfinished job holds the key");
        assert_eq!(job_ids(&store).await.len(), 3);
        assert_eq!(events(&store).await, ["1", "2"]);
    }

    async fn nothing_of_a_failed_batch_arrives(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let plugin = things(&store, "hello").await;
        plugin.batch(request(1)).await.unwrap();
        let (jobs, before) = (job_ids(&store).await, events(&store).await);
        assert!(plugin.batch(request(1)).await.unwrap_err().to_string().contains("constraint"));
        let bad_job = NewJob { priority: 0, ..job("scan", None) };
        let bad = BatchRequest { enqueue: vec![bad_job], ..request(5) };
        assert!(plugin.batch(bad).await.is_err());
        assert_eq!(job_ids(&store).await, jobs);
        assert_eq!(events(&store).await, before);
        assert_eq!(count(&plugin).await, 1);
    }

    async fn a_checkpoint_is_saved_with_its_data_and_fenced(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let plugin = things(&store, "hello").await;
        let lease = leased(&store).await;
        let with = |number, lease: &Lease, bytes: &[u8]| BatchRequest {
            checkpoint: Some((lease.clone(), bytes.to_vec())), enqueue: Vec::new(), publish: Vec::new(), ..request(number)
        };
        plugin.batch(with(1, &lease, b"one")).await.unwrap();
        assert_eq!(checkpoint(&store, &lease.job).await.as_deref(), Some(b"one".as_slice()));
        let stale = Lease { fence: 6, ..lease.clone() };
        let error = plugin.batch(with(2, &stale, b"two")).await.unwrap_err();
        assert!(error.is_conflict("job_lease"), "{error}");
        assert_eq!(checkpoint(&store, &lease.job).await.as_deref(), Some(b"one".as_slice()));
        assert_eq!(count(&plugin).await, 1, "the data of a run that lost its lease is not written");
        assert!(plugin.batch(with(3, &lease, &vec![0; 300_000])).await.is_err(), "over 256 KiB");
        assert_eq!(count(&plugin).await, 1);
    }

    async fn concurrent_batches_lose_and_repeat_nothing(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let plugin = things(&store, "hello").await;
        let work: Vec<_> = (0..30).map(|number| {
            let plugin = plugin.clone();
            tokio::spawn(async move {
                let request = BatchRequest { enqueue: vec![job("scan", None)], ..request(number) };
                plugin.batch(request).await.unwrap().jobs[0].id.clone()
            })
        }).collect();
        let mut ids = Vec::new();
        for task in work {
            ids.push(task.await.unwrap());
        }
        ids.sort();
        let mut stored = job_ids(&store).await;
        stored.sort();
        assert_eq!(stored, ids);
        let mut payloads: Vec<i64> = events(&store).await.iter().map(|payload| payload.parse().unwrap()).collect();
        payloads.sort_unstable();
        assert_eq!(payloads, (0..30).collect::<Vec<i64>>());
    }
}

fn outbox(database: &TestDatabase) -> rusqlite::Connection {
    let path = database.config().data_dir.join("plugins/hello/data.sqlite");
    assert!(Path::new(&path).exists());
    rusqlite::Connection::open(path).unwrap()
}

fn waiting(connection: &rusqlite::Connection) -> Vec<(String, String)> {
    let mut rows = connection.prepare("select id, content from lamp_outbox order by sequence").unwrap();
    rows.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap()
}

/// A crash between the plugin's commit and the hand-over: the outbox has the row, the host nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_left_in_the_outbox_is_handed_over_once() {
    let database = TestDatabase::new(Backend::Sqlite).await;
    let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
    let plugin = things(&store, "hello").await;
    plugin.batch(request(1)).await.unwrap();
    let left = waiting(&outbox(&database));
    assert_eq!(left.len(), 1, "removed with the next batch");
    drop(plugin);
    // The host's database as it was before the hand-over.
    let mut tx = store.begin_write().await.unwrap();
    for sql in ["delete from outbox_applied", "delete from job", "delete from event", "delete from retained"] {
        assert!(tx.execute(query(sql)).await.unwrap() > 0, "{sql}");
    }
    tx.commit().await.unwrap();

    let plugin = things(&store, "hello").await;
    assert_eq!(events(&store).await, ["1"]);
    let jobs = job_ids(&store).await;
    assert_eq!(jobs.len(), 2);
    assert!(waiting(&outbox(&database)).is_empty());
    drop(plugin);
    things(&store, "hello").await;
    assert_eq!((events(&store).await.len(), job_ids(&store).await), (1, jobs));
}

/// A crash between the host's commit and the removal from the outbox: both have it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_handed_over_is_not_handed_over_again() {
    let database = TestDatabase::new(Backend::Sqlite).await;
    let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
    let plugin = things(&store, "hello").await;
    plugin.batch(request(1)).await.unwrap();
    assert_eq!(waiting(&outbox(&database)).len(), 1);
    let jobs = job_ids(&store).await;
    // Long after, so that the host would have forgotten an applied row that is no longer waiting.
    clock.advance_ms(100_000_000);
    drop(plugin);
    store.close().await;
    let (store, _) = database.open_with_clock(UnixMs(200_000_000)).await;
    let plugin = things(&store, "hello").await;
    assert_eq!((events(&store).await, job_ids(&store).await), (vec!["1".to_owned()], jobs));
    assert!(waiting(&outbox(&database)).is_empty());
    plugin.batch(request(2)).await.unwrap();
    assert_eq!(events(&store).await, ["1", "2"]);
    let row = store.fetch_optional(query("select count(*) as n from outbox_applied")).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("n").unwrap(), 1, "the old mark is gone, the new one is there");
}

/// One envelope that can never be applied must not hold up those behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_envelope_is_dropped_and_the_next_arrives() {
    let database = TestDatabase::new(Backend::Sqlite).await;
    let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
    drop(things(&store, "hello").await);
    let connection = outbox(&database);
    connection.execute("insert into lamp_outbox (id, content) values ('bad', '{\"jobs\":')", ()).unwrap();
    let good = r#"{"jobs":[],"events":[{"topic":"hello.found","source":"hello","target":null,"payload":"9","retain_key":null}],"checkpoint":null}"#;
    connection.execute("insert into lamp_outbox (id, content) values ('good', $1)", [good]).unwrap();
    let plugin = PluginDatabase::open(&store, &id("other"), LIMITS, Vec::new()).await.unwrap();
    assert!(events(&store).await.is_empty(), "another plugin's outbox");
    drop(plugin);
    things(&store, "hello").await;
    assert_eq!(events(&store).await, ["9"]);
    assert!(waiting(&connection).is_empty());
}
