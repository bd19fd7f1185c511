//! Brings events to plugins: each at least once, in order, one batch at a time per plugin, none of a plugin's own.
//! It never knows what an event means.

use crate::owner::Owner;
use crate::tasks;
use lamp_core::entry::EventSink;
use lamp_core::event::Event;
use lamp_core::id::PluginId;
use lamp_core::pattern;
use lamp_store::Store;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use tokio_util::task::AbortOnDropHandle;

mod round;
mod verdict;

/// How events are delivered.
#[derive(Debug, Clone)]
pub struct DeliveryConfig {
    /// Who delivers; of several hosts on one database, one delivers to a plugin at a time.
    pub owner: Owner,
    /// Events of one call.
    pub batch: usize,
    /// Longest wait before the log is looked at again without being woken, ms.
    pub poll_ms: u64,
    /// Deliveries of one event that ask for another before it is rejected.
    pub max_attempts: u32,
    /// First pause after a plugin gave no answer, ms; it doubles.
    pub first_pause_ms: u64,
    /// Longest such pause, ms.
    pub longest_pause_ms: u64,
}

impl DeliveryConfig {
    /// The usual figures: 64 events a call, poll 1 s, 20 attempts, pauses of 250 ms to 30 s.
    pub fn new(owner: Owner) -> Self {
        Self { owner, batch: 64, poll_ms: 1_000, max_attempts: 20, first_pause_ms: 250, longest_pause_ms: 30_000 }
    }
}

/// A plugin that listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// The plugin.
    pub plugin: PluginId,
    /// Topics it hears, `*` stands for any run of characters.
    pub patterns: Vec<String>,
}

impl Subscriber {
    /// Whether the event is for this plugin: a topic it hears, not its own, not for another.
    pub fn hears(&self, event: &Event) -> bool {
        event.source.as_ref() != Some(&self.plugin)
            && event.target.as_ref().is_none_or(|target| *target == self.plugin)
            && self.patterns.iter().any(|pattern| pattern::matches(pattern, &event.topic))
    }
}

/// The running delivery. Dropping it stops at once; what was under way is delivered again.
pub struct Delivery {
    post: round::Post,
    tasks: Mutex<HashMap<PluginId, (Subscriber, AbortOnDropHandle<()>)>>,
}

impl Delivery {
    /// Starts with no subscriber.
    pub fn start(store: Store, sink: Arc<dyn EventSink>, config: DeliveryConfig) -> Self {
        Self { post: round::Post::new(store, sink, config), tasks: Mutex::default() }
    }

    /// Sets who listens from now on. A plugin that is new hears what is retained and then all that follows; one that was
    /// known goes on where it stood. One that is left out keeps its place.
    pub fn set_subscribers(&self, subscribers: Vec<Subscriber>) {
        let mut tasks = self.tasks.lock();
        tasks.retain(|_, (known, task)| !task.is_finished() && subscribers.contains(known));
        for subscriber in subscribers {
            if !tasks.contains_key(&subscriber.plugin) {
                let task = tasks::spawn("delivery", round::run(self.post.clone(), subscriber.clone()));
                tasks.insert(subscriber.plugin.clone(), (subscriber, task));
            }
        }
    }

    /// Ends the deliveries under way and lets another host take over at once.
    pub async fn shutdown(&self) {
        let ended: Vec<_> = self.tasks.lock().drain().map(|(_, (_, task))| task).collect();
        for task in ended {
            tasks::let_go(task).await;
        }
        if let Err(error) = self.post.release().await {
            tracing::warn!(%error, "give back the delivery of events; another host waits for the lease to end");
        }
    }
}
