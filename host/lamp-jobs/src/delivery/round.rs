//! The loop of one subscriber: first what is due again, then the log after the cursor.

use super::verdict::{self, Delivered, Verdict};
use super::{DeliveryConfig, Subscriber};
use lamp_core::entry::{EntryError, EventSink};
use lamp_core::event::{Disposition, Event};
use lamp_store::plugin_logs::NewPluginLog;
use lamp_store::{Signal, Store, StoreResult};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Events looked at in one read of the log.
const READ: u32 = 256;
/// Rows kept of a plugin's log.
const LOG_ROWS: u32 = 10_000;
/// Calls in a row that made the plugin fail after which a batch that cannot be split goes aside as a whole.
const MOST_FAILURES: u32 = 5;
/// How long one host keeps a plugin's delivery without a sign of life, ms.
const LEASE_MS: i64 = 30_000;

/// What all loops share.
#[derive(Clone)]
pub(super) struct Post {
    store: Store,
    sink: Arc<dyn EventSink>,
    config: DeliveryConfig,
}

/// One subscriber's loop.
struct Round {
    post: Post,
    subscriber: Subscriber,
    cursor: i64,
    lease_until: Option<Instant>,
    /// Calls without an answer in a row.
    failures: u32,
    /// Up to this event they go one by one, since a batch with one of them made the plugin fail.
    singly_until: i64,
}

/// What one look at the work came to.
enum Step {
    /// Something was done; look again at once.
    Worked,
    /// Nothing to do.
    Idle,
    /// The plugin gave no answer, or another host delivers.
    Pause(Duration),
}

/// What a call came to.
enum Call {
    Settled(Verdict),
    Unanswered(EntryError),
}

impl Post {
    pub(super) fn new(store: Store, sink: Arc<dyn EventSink>, config: DeliveryConfig) -> Self {
        Self { store, sink, config }
    }

    pub(super) async fn release(&self) -> StoreResult<()> {
        self.store.release_leases(&self.config.owner.text()).await
    }
}

/// Delivers until it is dropped.
pub(super) async fn run(post: Post, subscriber: Subscriber) {
    let mut news = post.store.watch(Signal::Events);
    let poll = Duration::from_millis(post.config.poll_ms.max(1));
    let mut round = Round { post, subscriber, cursor: -1, lease_until: None, failures: 0, singly_until: -1 };
    loop {
        news.mark_unchanged();
        let step = match round.step().await {
            Ok(step) => step,
            Err(error) => {
                tracing::warn!(%error, plugin = %round.subscriber.plugin, "deliver events");
                Step::Pause(poll)
            }
        };
        match step {
            Step::Worked => {}
            Step::Pause(pause) => tokio::time::sleep(pause).await,
            Step::Idle => {
                let wait = round.until_next_retry().await.map_or(poll, |next| next.min(poll));
                tokio::select! {
                    changed = news.changed() => if changed.is_err() { return },
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    }
}

impl Round {
    async fn step(&mut self) -> StoreResult<Step> {
        if self.cursor < 0 {
            match self.post.store.event_cursor(&self.subscriber.plugin).await? {
                Some(position) => self.cursor = position,
                None => return self.begin().await,
            }
        }
        let now = self.post.store.now();
        let limit = u32::try_from(self.batch_size(0)).unwrap_or(u32::MAX);
        let due = self.post.store.due_event_retries(&self.subscriber.plugin, now, limit).await?;
        if !due.is_empty() {
            let batch = due.into_iter().map(|retry| (retry.event, retry.attempts)).collect();
            return self.deliver(batch, None).await;
        }
        if self.cursor >= self.singly_until {
            self.singly_until = -1;
        }
        let events = self.post.store.events_after(self.cursor, READ).await?;
        let Some(last) = events.last().map(|event| event.sequence) else { return Ok(Step::Idle) };
        let size = self.batch_size(self.cursor.saturating_add(1));
        let heard: Vec<Event> = events.into_iter().filter(|event| self.subscriber.hears(event)).collect();
        if heard.is_empty() {
            return self.skip_to(last).await;
        }
        // What follows a batch that is not the last of the read stays for the next step.
        let position = if heard.len() > size { heard.get(size - 1).map_or(last, |event| event.sequence) } else { last };
        let batch = heard.into_iter().take(size).map(|event| (event, 0)).collect();
        self.deliver(batch, Some(position)).await
    }

    /// First time for this plugin: what is retained, then the log from here on.
    async fn begin(&mut self) -> StoreResult<Step> {
        let newest = self.post.store.newest_event().await?;
        let retained = self.post.store.retained_events("*").await?;
        // What is retained after this point comes with the log.
        let batch: Vec<(Event, u32)> = retained
            .into_iter()
            .map(|retained| retained.event)
            .filter(|event| event.sequence <= newest && self.subscriber.hears(event))
            .map(|event| (event, 0))
            .collect();
        if batch.is_empty() {
            return self.skip_to(newest).await;
        }
        for chunk in batch.chunks(self.post.config.batch.max(1)) {
            match self.deliver(chunk.to_vec(), None).await? {
                Step::Worked => {}
                step => return Ok(step),
            }
        }
        self.skip_to(newest).await
    }

    /// Moves the cursor past events that do not concern the plugin.
    async fn skip_to(&mut self, position: i64) -> StoreResult<Step> {
        let delivery = lamp_store::events::Delivery { position: Some(position), ..Default::default() };
        self.post.store.record_delivery(&self.subscriber.plugin, &delivery).await?;
        self.cursor = position;
        Ok(Step::Worked)
    }

    async fn deliver(&mut self, batch: Vec<(Event, u32)>, position: Option<i64>) -> StoreResult<Step> {
        if !self.hold_lease().await? {
            // Another host delivers; where it stands is read again when it is our turn.
            self.cursor = -1;
            return Ok(Step::Pause(Duration::from_millis(self.post.config.poll_ms.max(1))));
        }
        let last = batch.last().map_or(0, |(event, _)| event.sequence);
        match self.call(&batch).await {
            Call::Settled(verdict) => {
                self.failures = 0;
                self.keep(verdict, position).await?;
                Ok(Step::Worked)
            }
            Call::Unanswered(error) => {
                tracing::info!(%error, plugin = %self.subscriber.plugin, events = batch.len(), "events not delivered");
                let pause = self.pause();
                self.failures = self.failures.saturating_add(1);
                if verdict::events_may_be_to_blame(&error) {
                    if batch.len() == 1 || self.failures > MOST_FAILURES {
                        let verdict = self.put_off(&batch, pause, &error);
                        self.keep(verdict, position).await?;
                        return Ok(Step::Worked);
                    }
                    self.singly_until = last;
                }
                Ok(Step::Pause(pause))
            }
        }
    }

    async fn call(&self, batch: &[(Event, u32)]) -> Call {
        let events: Vec<Event> = batch.iter().map(|(event, _)| event.clone()).collect();
        match self.post.sink.deliver(&self.subscriber.plugin, &events).await {
            Err(error) => Call::Unanswered(error),
            Ok(answers) => {
                let (now, limit) = (self.post.store.now(), self.post.config.max_attempts);
                Call::Settled(verdict::of_answers(&delivered(batch), &answers, now, limit))
            }
        }
    }

    /// Events that make the plugin fail go aside for a while, so that the others are not held up.
    fn put_off(&self, batch: &[(Event, u32)], pause: Duration, error: &EntryError) -> Verdict {
        let delay_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let answers = vec![Disposition::RetryAfterMs(delay_ms); batch.len()];
        let (now, limit) = (self.post.store.now(), self.post.config.max_attempts);
        let mut verdict = verdict::of_answers(&delivered(batch), &answers, now, limit);
        for (_, reason) in &mut verdict.rejected {
            *reason = format!("{reason}; the last one: {error}");
        }
        verdict
    }

    async fn keep(&mut self, verdict: Verdict, position: Option<i64>) -> StoreResult<()> {
        let Verdict { mut delivery, rejected } = verdict;
        delivery.position = position;
        if !rejected.is_empty() {
            let lines = rejected
                .into_iter()
                .map(|(sequence, reason)| NewPluginLog {
                    plugin: self.subscriber.plugin.clone(),
                    at: self.post.store.now(),
                    level: "warn".to_owned(),
                    message: format!("event {sequence} rejected: {}", reason.replace('\0', "\u{fffd}")),
                    fields: "{}".to_owned(),
                    request_id: None,
                    job_id: None,
                })
                .collect();
            self.post.store.append_plugin_logs(lines, LOG_ROWS).await?;
        }
        self.post.store.record_delivery(&self.subscriber.plugin, &delivery).await?;
        if let Some(position) = position {
            self.cursor = position;
        }
        Ok(())
    }

    async fn hold_lease(&mut self) -> StoreResult<bool> {
        let now = Instant::now();
        let half = Duration::from_millis(u64::try_from(LEASE_MS / 2).unwrap_or(0));
        if self.lease_until.is_some_and(|until| now + half < until) {
            return Ok(true);
        }
        let name = format!("events:{}", self.subscriber.plugin);
        let owner = &self.post.config.owner;
        let held = self.post.store.hold_lease(&name, &owner.text(), &owner.prefix(), LEASE_MS).await?;
        self.lease_until = held.then(|| now + 2 * half);
        Ok(held)
    }

    fn batch_size(&self, next: i64) -> usize {
        if next <= self.singly_until { 1 } else { self.post.config.batch.max(1) }
    }

    fn pause(&self) -> Duration {
        let config = &self.post.config;
        let doubled = config.first_pause_ms.saturating_mul(1 << self.failures.min(16));
        Duration::from_millis(doubled.clamp(1, config.longest_pause_ms.max(1)))
    }

    async fn until_next_retry(&self) -> Option<Duration> {
        let next = self.post.store.next_event_retry(&self.subscriber.plugin).await.ok().flatten()?;
        let wait = next.0.saturating_sub(self.post.store.now().0).max(1);
        Some(Duration::from_millis(u64::try_from(wait).unwrap_or(1)))
    }
}

fn delivered(batch: &[(Event, u32)]) -> Vec<Delivered> {
    batch.iter().map(|(event, attempts)| Delivered { sequence: event.sequence, attempts: *attempts }).collect()
}
