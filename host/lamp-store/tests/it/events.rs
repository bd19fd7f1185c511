//! The event log, cursors, retries and retained events.

use lamp_core::clock::UnixMs;
use lamp_core::event::{Event, NewEvent};
use lamp_core::id::PluginId;
use lamp_store::events::{Delivery, append_events};
use lamp_store::testing::{Backend, TestDatabase};
use lamp_store::{Signal, on_each_database};
use std::time::Duration;

fn plugin(text: &str) -> PluginId {
    PluginId::parse(text).unwrap()
}

fn event(topic: &str, payload: &str) -> NewEvent {
    NewEvent {
        topic: topic.to_owned(),
        source: Some(plugin("hello")),
        target: None,
        payload: payload.to_owned(),
        retain_key: None,
    }
}

fn sequences(events: &[Event]) -> Vec<i64> {
    events.iter().map(|event| event.sequence).collect()
}

on_each_database! {
    async fn events_come_back_in_order(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let mut woken = store.watch(Signal::Events);
        assert_eq!(store.newest_event().await.unwrap(), 0);
        assert_eq!(store.oldest_event().await.unwrap(), None);
        let target = NewEvent { target: Some(plugin("other")), source: None, ..event("files.changed", "{}") };
        let stored = store.publish_events(vec![event("a.b", "1"), target, event("a.c", "3")]).await.unwrap();
        assert!(woken.has_changed().unwrap());
        woken.mark_unchanged();
        assert_eq!(store.events_after(0, 10).await.unwrap(), stored);
        assert_eq!(store.events_after(stored[0].sequence, 1).await.unwrap(), stored[1..2]);
        assert_eq!(stored[1].target, Some(plugin("other")));
        assert_eq!((stored[0].at, stored[0].source.clone()), (UnixMs(1_000), Some(plugin("hello"))));
        assert_eq!(store.newest_event().await.unwrap(), stored[2].sequence);
        assert_eq!(store.oldest_event().await.unwrap(), Some(stored[0].sequence));
        assert!(store.publish_events(Vec::new()).await.unwrap().is_empty());
        assert!(!woken.has_changed().unwrap(), "nothing was published");
    }

    async fn a_reader_never_skips_a_number_that_appears_later(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let other = database.open_with_clock(UnixMs(1_000)).await.0;
        let writers: Vec<_> = (0..40).map(|index| {
            let store = if index % 2 == 0 { store.clone() } else { other.clone() };
            tokio::spawn(async move { store.publish_events(vec![event("a", "1"), event("a", "2")]).await.unwrap() })
        }).collect();
        let mut seen = Vec::new();
        while seen.len() < 80 {
            let position = seen.last().copied().unwrap_or(0);
            seen.extend(sequences(&store.events_after(position, 100).await.unwrap()));
            tokio::task::yield_now().await;
        }
        let mut written = Vec::new();
        for writer in writers {
            written.extend(sequences(&writer.await.unwrap()));
        }
        written.sort_unstable();
        assert_eq!(seen, written);
    }

    async fn cursors_and_retries_survive(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let other = database.open_with_clock(UnixMs(1_000)).await.0;
        let reader = plugin("reader");
        let events = store.publish_events((0..4).map(|_| event("a", "1")).collect()).await.unwrap();
        let numbers = sequences(&events);
        assert_eq!(store.event_cursor(&reader).await.unwrap(), None);
        let delivery = Delivery {
            position: Some(numbers[2]),
            retry: vec![(numbers[0], UnixMs(5_000)), (numbers[1], UnixMs(3_000)), (i64::MAX, UnixMs(1))],
            settled: Vec::new(),
        };
        store.record_delivery(&reader, &delivery).await.unwrap();
        assert_eq!(other.event_cursor(&reader).await.unwrap(), Some(numbers[2]));
        assert_eq!(other.next_event_retry(&reader).await.unwrap(), Some(UnixMs(3_000)), "an unknown event is left out");
        assert!(other.due_event_retries(&reader, UnixMs(2_999), 10).await.unwrap().is_empty());
        let due = other.due_event_retries(&reader, UnixMs(5_000), 10).await.unwrap();
        assert_eq!(due.iter().map(|one| (one.event.clone(), one.attempts)).collect::<Vec<_>>(), [(events[0].clone(), 1), (events[1].clone(), 1)]);
        assert!(other.due_event_retries(&plugin("another"), UnixMs(9_000), 10).await.unwrap().is_empty());

        let delivery = Delivery { position: Some(numbers[0]), retry: vec![(numbers[0], UnixMs(7_000))], settled: vec![numbers[1]] };
        store.record_delivery(&reader, &delivery).await.unwrap();
        assert_eq!(store.event_cursor(&reader).await.unwrap(), Some(numbers[2]), "a cursor never goes back");
        let due = store.due_event_retries(&reader, UnixMs(9_000), 10).await.unwrap();
        assert_eq!(due.iter().map(|one| (one.event.sequence, one.attempts)).collect::<Vec<_>>(), [(numbers[0], 2)]);
        store.prune_events(UnixMs(2_000), 100).await.unwrap();
        assert_eq!(store.next_event_retry(&reader).await.unwrap(), None, "a pruned event is not retried");
    }

    async fn the_newest_of_each_key_is_retained(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let keyed = |topic: &str, key: &str, payload: &str| NewEvent { retain_key: Some(key.to_owned()), ..event(topic, payload) };
        let stored = store.publish_events(vec![
            keyed("hello.state", "a", "1"), keyed("hello.state", "b", "2"), keyed("hello.state", "a", "3"), keyed("hello.other", "a", "4"),
            NewEvent { source: None, ..keyed("hello.state", "a", "5") }, event("hello.state", "6"),
        ]).await.unwrap();
        let payloads = async |pattern: &str| {
            let found = store.retained_events(pattern).await.unwrap();
            found.into_iter().map(|one| (one.key, one.event.payload)).collect::<Vec<_>>()
        };
        let pair = |key: &str, payload: &str| (key.to_owned(), payload.to_owned());
        assert_eq!(payloads("hello.state").await, [pair("b", "2"), pair("a", "3"), pair("a", "5")]);
        assert_eq!(payloads("hello.*").await.len(), 4);
        let retained = store.retained_events("hello.state").await.unwrap();
        assert_eq!(retained[1].event, stored[2]);
        assert_eq!(retained[2].event.source, None);
        store.publish_events(vec![keyed("hello.state", "b", "")]).await.unwrap();
        assert_eq!(payloads("hello.state").await, [pair("a", "3"), pair("a", "5")]);
        store.prune_events(UnixMs(9_000), 100).await.unwrap();
        assert_eq!(payloads("hello.state").await.len(), 2, "pruning the log leaves them");
    }

    async fn the_log_is_pruned_by_age_and_count_and_numbers_are_not_reused(database) {
        let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
        let old = sequences(&store.publish_events(vec![event("a", "1"), event("a", "2")]).await.unwrap());
        clock.advance_ms(1_000);
        let new = sequences(&store.publish_events((0..5).map(|_| event("a", "3")).collect()).await.unwrap());
        assert_eq!(store.prune_events(UnixMs(2_000), 100).await.unwrap(), 2);
        assert_eq!(store.oldest_event().await.unwrap(), Some(new[0]));
        assert!(new[0] > old[1]);
        assert_eq!(store.prune_events(UnixMs(0), 3).await.unwrap(), 2);
        assert_eq!(sequences(&store.events_after(0, 10).await.unwrap()), new[2..]);
        store.prune_events(UnixMs(9_000), 100).await.unwrap();
        assert_eq!(store.newest_event().await.unwrap(), new[4], "the newest one stays, so that a position keeps its meaning");
        let next = store.publish_events(vec![event("a", "4")]).await.unwrap();
        assert!(next[0].sequence > new[4]);
    }

    async fn events_of_a_dropped_transaction_never_were(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let mut tx = store.begin_write().await.unwrap();
        append_events(&mut tx, UnixMs(1), vec![event("a", "1")]).await.unwrap();
        drop(tx);
        assert!(store.events_after(0, 10).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_on_one_postgresql_wake_each_other() {
    if !Backend::all().contains(&Backend::Postgres) {
        return;
    }
    let database = TestDatabase::new(Backend::Postgres).await;
    let (one, _) = database.open_with_clock(UnixMs(1_000)).await;
    let (other, _) = database.open_with_clock(UnixMs(1_000)).await;
    let (mut events, jobs) = (other.watch(Signal::Events), other.watch(Signal::Jobs));
    // Listening begins a moment after opening.
    let heard = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            let said = NewEvent {
                topic: "host.said".to_owned(),
                source: None,
                target: None,
                payload: "1".to_owned(),
                retain_key: None,
            };
            one.publish_events(vec![said]).await.unwrap();
            if let Ok(woken) = tokio::time::timeout(Duration::from_millis(200), events.changed()).await {
                return woken;
            }
        }
    });
    heard.await.expect("the other host is woken").unwrap();
    assert!(!jobs.has_changed().unwrap(), "only for what has changed");
    one.close().await;
    other.close().await;
}
