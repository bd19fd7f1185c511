//! Delivery of events to fake plugins.

use crate::support::{World, both, owner, plugin, until};
use async_trait::async_trait;
use lamp_core::entry::{EntryError, EventSink};
use lamp_core::event::{Disposition, Event, NewEvent};
use lamp_core::id::PluginId;
use lamp_jobs::delivery::{Delivery, DeliveryConfig, Subscriber};
use lamp_store::plugin_logs::PluginLogFilter;
use parking_lot::Mutex;
use std::sync::Arc;

type Answer = dyn Fn(&Event, usize) -> Result<Disposition, EntryError> + Send + Sync;

/// Writes down what it gets. The answer may depend on how often the event came before.
struct Sink {
    got: Mutex<Vec<String>>,
    calls: Mutex<Vec<usize>>,
    answer: Box<Answer>,
}

impl Sink {
    fn new(answer: impl Fn(&Event, usize) -> Result<Disposition, EntryError> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { got: Mutex::default(), calls: Mutex::default(), answer: Box::new(answer) })
    }

    fn got(&self) -> Vec<String> {
        self.got.lock().clone()
    }
}

#[async_trait]
impl EventSink for Sink {
    async fn deliver(&self, _: &PluginId, batch: &[Event]) -> Result<Vec<Disposition>, EntryError> {
        self.calls.lock().push(batch.len());
        let mut got = self.got.lock();
        let mut answers = Vec::new();
        for event in batch {
            let before = got.iter().filter(|payload| **payload == event.payload).count();
            got.push(event.payload.clone());
            answers.push((self.answer)(event, before)?);
        }
        Ok(answers)
    }
}

fn config(life: &str) -> DeliveryConfig {
    DeliveryConfig { poll_ms: 20, first_pause_ms: 1, longest_pause_ms: 5, batch: 4, ..DeliveryConfig::new(owner(life)) }
}

fn subscriber() -> Subscriber {
    Subscriber { plugin: plugin(), patterns: vec!["news.*".to_owned(), "ops.finished".to_owned()] }
}

fn event(topic: &str, payload: impl ToString) -> NewEvent {
    NewEvent { topic: topic.to_owned(), source: None, target: None, payload: payload.to_string(), retain_key: None }
}

async fn publish(world: &World, event: NewEvent) {
    world.store.publish_events(vec![event]).await.unwrap();
}

/// Waits until the plugin is known, so that what is published from now on reaches it.
async fn started(world: &World) {
    until("the cursor is set", || async { world.store.event_cursor(&plugin()).await.unwrap().is_some() }).await;
}

both!(delivers_in_order_what_the_plugin_hears, |world| {
    publish(&world, event("news.old", "before it came")).await;
    let sink = Sink::new(|_, _| Ok(Disposition::Ack));
    let delivery = Delivery::start(world.store.clone(), sink.clone(), config("one"));
    delivery.set_subscribers(vec![subscriber()]);
    started(&world).await;
    publish(&world, NewEvent { source: Some(plugin()), ..event("news.own", "own") }).await;
    publish(&world, NewEvent { target: PluginId::parse("other").ok(), ..event("news.other", "other") }).await;
    publish(&world, event("weather.rain", "not heard")).await;
    let expected: Vec<String> = (0..30).map(|n| n.to_string()).collect();
    for payload in &expected {
        publish(&world, NewEvent { target: Some(plugin()), ..event("news.mine", payload) }).await;
    }
    until("all have come", || async { sink.got().len() == 30 }).await;
    assert_eq!(sink.got(), expected);
    assert!(sink.calls.lock().iter().all(|size| *size <= 4));
    delivery.shutdown().await;
});

both!(goes_on_where_it_stood_after_a_restart, |world| {
    let sink = Sink::new(|_, _| Ok(Disposition::Ack));
    let delivery = Delivery::start(world.store.clone(), sink.clone(), config("one"));
    delivery.set_subscribers(vec![subscriber()]);
    started(&world).await;
    publish(&world, event("news.a", "first")).await;
    let newest = world.store.newest_event().await.unwrap();
    until("the cursor has moved", || async { world.store.event_cursor(&plugin()).await.unwrap() == Some(newest) })
        .await;
    drop(delivery);
    publish(&world, event("news.a", "while away")).await;
    let delivery = Delivery::start(world.store.clone(), sink.clone(), config("two"));
    delivery.set_subscribers(vec![subscriber()]);
    until("the second has come", || async { sink.got().len() == 2 }).await;
    assert_eq!(sink.got(), ["first", "while away"]);
    delivery.shutdown().await;
});

both!(retries_what_asks_for_it_and_rejects_after_the_limit, |world| {
    let sink = Sink::new(|event, before| {
        Ok(match event.payload.as_str() {
            "twice" if before == 0 => Disposition::RetryAfterMs(60_000),
            "never" => Disposition::RetryAfterMs(0),
            "bad" => Disposition::Reject("no use".to_owned()),
            _ => Disposition::Ack,
        })
    });
    let limited = DeliveryConfig { max_attempts: 3, ..config("one") };
    let delivery = Delivery::start(world.store.clone(), sink.clone(), limited);
    delivery.set_subscribers(vec![subscriber()]);
    started(&world).await;
    for payload in ["twice", "never", "bad", "fine"] {
        publish(&world, event("news.a", payload)).await;
    }
    until("`never` is given up", || async { sink.got().iter().filter(|payload| *payload == "never").count() == 3 })
        .await;
    let logs = || async { world.store.list_plugin_logs(&PluginLogFilter::default(), 10).await.unwrap() };
    until("both are logged", || async { logs().await.len() == 2 }).await;
    until("the others are not held up", || async { sink.got().contains(&"fine".to_owned()) }).await;
    assert_eq!(sink.got().iter().filter(|payload| *payload == "twice").count(), 1, "its time has not come");
    world.clock.advance_ms(60_000);
    until("`twice` has come again", || async {
        sink.got().iter().filter(|payload| *payload == "twice").count() == 2
            && world.store.next_event_retry(&plugin()).await.unwrap().is_none()
    })
    .await;
    let messages: Vec<String> = logs().await.into_iter().map(|row| row.line.message).collect();
    assert!(
        messages.iter().any(|text| text.contains("no use"))
            && messages.iter().any(|text| text.contains("3 deliveries"))
    );
    delivery.shutdown().await;
});

both!(waits_for_a_plugin_that_is_away_and_keeps_the_order, |world| {
    let away = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let gone = Arc::clone(&away);
    let sink = Sink::new(move |_, _| {
        if gone.load(std::sync::atomic::Ordering::SeqCst) {
            Err(EntryError::Busy(plugin()))
        } else {
            Ok(Disposition::Ack)
        }
    });
    let delivery = Delivery::start(world.store.clone(), sink.clone(), config("one"));
    delivery.set_subscribers(vec![subscriber()]);
    started(&world).await;
    for n in 0..3 {
        publish(&world, event("news.a", n)).await;
    }
    until("it has been tried", || async { sink.calls.lock().len() > 5 }).await;
    sink.got.lock().clear();
    away.store(false, std::sync::atomic::Ordering::SeqCst);
    until("the last has come", || async { sink.got().ends_with(&["2".to_owned()]) }).await;
    let mut settled = sink.got();
    settled.dedup();
    assert!(settled.ends_with(&["0".to_owned(), "1".to_owned(), "2".to_owned()]), "{settled:?}");
    delivery.shutdown().await;
});

both!(an_event_that_kills_the_plugin_does_not_hold_up_the_others, |world| {
    let sink = Sink::new(|event, _| match event.payload.as_str() {
        "poison" => Err(EntryError::Trapped { plugin: plugin(), message: "unreachable".to_owned() }),
        _ => Ok(Disposition::Ack),
    });
    let limited = DeliveryConfig { max_attempts: 3, ..config("one") };
    let delivery = Delivery::start(world.store.clone(), sink.clone(), limited);
    delivery.set_subscribers(vec![subscriber()]);
    started(&world).await;
    let batch = ["a", "poison", "b", "c", "d"].map(|payload| event("news.a", payload));
    world.store.publish_events(batch.into()).await.unwrap();
    until("the others have come", || async { sink.got().contains(&"d".to_owned()) }).await;
    let logs = || async { world.store.list_plugin_logs(&PluginLogFilter::default(), 10).await.unwrap() };
    until("it is given up", || async {
        world.clock.advance_ms(1_000);
        logs().await.len() == 1
    })
    .await;
    assert!(logs().await[0].line.message.contains("unreachable"));
    delivery.shutdown().await;
});

both!(a_new_plugin_hears_what_is_retained_first, |world| {
    let retained = NewEvent { retain_key: Some("k".to_owned()), ..event("news.state", "kept") };
    publish(&world, event("news.a", "long ago")).await;
    publish(&world, retained).await;
    let sink = Sink::new(|_, _| Ok(Disposition::Ack));
    let delivery = Delivery::start(world.store.clone(), sink.clone(), config("one"));
    delivery.set_subscribers(vec![subscriber()]);
    started(&world).await;
    publish(&world, event("news.a", "new")).await;
    until("both have come", || async { sink.got().len() == 2 }).await;
    assert_eq!(sink.got(), ["kept", "new"]);
    delivery.shutdown().await;
});

both!(one_host_at_a_time_delivers, |world| {
    let sinks = [Sink::new(|_, _| Ok(Disposition::Ack)), Sink::new(|_, _| Ok(Disposition::Ack))];
    let configs = ["a", "b"].map(|host| DeliveryConfig { owner: lamp_jobs::Owner::new(host, "one"), ..config("one") });
    let mut hosts = Vec::new();
    for (sink, config) in sinks.iter().zip(configs) {
        let delivery = Delivery::start(world.store.clone(), sink.clone(), config);
        delivery.set_subscribers(vec![subscriber()]);
        started(&world).await;
        hosts.push(delivery);
    }
    let total = || sinks.iter().map(|sink| sink.got().len()).sum::<usize>();
    for n in 0..20 {
        publish(&world, event("news.a", n)).await;
    }
    until("all have come", || async { total() >= 20 }).await;
    let newest = world.store.newest_event().await.unwrap();
    until("the cursor is there", || async { world.store.event_cursor(&plugin()).await.unwrap() == Some(newest) }).await;
    assert_eq!(total(), 20, "none came twice");
    assert!(sinks.iter().any(|sink| sink.got().is_empty()), "one host did it all");
    for host in hosts {
        host.shutdown().await;
    }
});
