//! The event log, how far each plugin has read it, and the retained newest event per topic, publisher and key.

use crate::database::{Row, Signal, Turn, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::event::{Event, NewEvent};
use lamp_core::id::PluginId;
use lamp_core::pattern;

/// What a delivery of a batch to one plugin came to: kept in one transaction.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// New cursor: every event up to it was delivered, is to be retried or does not concern the plugin.
    pub position: Option<i64>,
    /// Events to deliver again: sequence and earliest time.
    pub retry: Vec<(i64, UnixMs)>,
    /// Retried events that are settled now.
    pub settled: Vec<i64>,
}

/// An event that is due again.
#[derive(Debug, Clone, PartialEq)]
pub struct DueRetry {
    /// The event.
    pub event: Event,
    /// Deliveries so far that asked for another.
    pub attempts: u32,
}

/// A retained event with its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Retained {
    /// The publisher's key.
    pub key: String,
    /// The event; its sequence may already be pruned from the log.
    pub event: Event,
}

fn read(row: &Row) -> StoreResult<Event> {
    Ok(Event {
        sequence: row.get("sequence")?,
        topic: row.get("topic")?,
        source: row.get("source")?,
        target: row.get("target")?,
        payload: row.get("payload")?,
        at: row.get("at")?,
    })
}

/// Appends events inside the caller's transaction and updates what is retained; returns them as stored.
/// On PostgreSQL publishers pass one at a time until their commit, so that no reader skips a lower sequence; so it comes
/// last, after everything in the transaction that may wait for a row.
pub async fn append_events(tx: &mut Tx, at: UnixMs, events: Vec<NewEvent>) -> StoreResult<Vec<Event>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    tx.one_at_a_time(Turn::Events).await?;
    let mut stored = Vec::with_capacity(events.len());
    for new in events {
        let insert = query(
            "insert into event (topic, source, target, payload, at) values ($1, $2, $3, $4, $5) returning sequence",
        );
        let insert = insert.bind(&new.topic).bind(new.source.as_ref()).bind(new.target.as_ref());
        let row = tx.fetch_one(insert.bind(&new.payload).bind(at)).await?;
        let event = Event {
            sequence: row.get("sequence")?,
            topic: new.topic,
            source: new.source,
            target: new.target,
            payload: new.payload,
            at,
        };
        if let Some(key) = new.retain_key {
            retain(tx, &key, &event).await?;
        }
        stored.push(event);
    }
    tx.wake_after_commit(Signal::Events);
    Ok(stored)
}

async fn retain(tx: &mut Tx, key: &str, event: &Event) -> StoreResult<()> {
    let source = event.source.as_ref().map_or("", PluginId::as_str);
    if event.payload.is_empty() {
        let delete = query("delete from retained where topic = $1 and source = $2 and key = $3");
        tx.execute(delete.bind(&event.topic).bind(source).bind(key)).await?;
        return Ok(());
    }
    let upsert = query(
        "insert into retained (topic, source, key, target, payload, sequence, at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (topic, source, key) do update
         set target = excluded.target, payload = excluded.payload, sequence = excluded.sequence, at = excluded.at",
    );
    let upsert = upsert.bind(&event.topic).bind(source).bind(key).bind(event.target.as_ref());
    tx.execute(upsert.bind(&event.payload).bind(event.sequence).bind(event.at)).await?;
    Ok(())
}

impl Store {
    /// Appends events in a transaction of its own.
    pub async fn publish_events(&self, events: Vec<NewEvent>) -> StoreResult<Vec<Event>> {
        let mut tx = self.begin_write().await?;
        let stored = append_events(&mut tx, self.now(), events).await?;
        tx.commit().await?;
        Ok(stored)
    }

    /// Events after a position in order, at most `limit`.
    pub async fn events_after(&self, position: i64, limit: u32) -> StoreResult<Vec<Event>> {
        let select = query("select * from event where sequence > $1 order by sequence limit $2");
        self.fetch_all(select.bind(position).bind(limit)).await?.iter().map(read).collect()
    }

    /// Sequence of the newest event, 0 when there was none; where a new listener begins.
    pub async fn newest_event(&self) -> StoreResult<i64> {
        let row = self.fetch_optional(query("select max(sequence) as newest from event")).await?;
        Ok(row.map(|row| row.get::<Option<i64>>("newest")).transpose()?.flatten().unwrap_or(0))
    }

    /// Sequence of the oldest event still kept; a listener that stood before it has missed some.
    pub async fn oldest_event(&self) -> StoreResult<Option<i64>> {
        let row = self.fetch_optional(query("select min(sequence) as oldest from event")).await?;
        Ok(row.map(|row| row.get("oldest")).transpose()?.flatten())
    }

    /// How far a plugin has read; none before its first delivery.
    pub async fn event_cursor(&self, plugin: &PluginId) -> StoreResult<Option<i64>> {
        let select = query("select position from event_cursor where plugin = $1").bind(plugin);
        self.fetch_optional(select).await?.map(|row| row.get("position")).transpose()
    }

    /// Keeps what a delivery came to. The cursor never goes back.
    pub async fn record_delivery(&self, plugin: &PluginId, delivery: &Delivery) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        for sequence in &delivery.settled {
            let delete = query("delete from event_retry where plugin = $1 and sequence = $2");
            tx.execute(delete.bind(plugin).bind(*sequence)).await?;
        }
        for (sequence, not_before) in &delivery.retry {
            // An event pruned meanwhile cannot be delivered again.
            let upsert = query(
                "insert into event_retry (plugin, sequence, not_before, attempts)
                 select $1, sequence, $3, 1 from event where sequence = $2
                 on conflict (plugin, sequence) do update
                 set not_before = excluded.not_before, attempts = event_retry.attempts + 1",
            );
            tx.execute(upsert.bind(plugin).bind(*sequence).bind(*not_before)).await?;
        }
        if let Some(position) = delivery.position {
            let upsert = query(
                "insert into event_cursor (plugin, position) values ($1, $2) on conflict (plugin) do update
                 set position = excluded.position where event_cursor.position < excluded.position",
            );
            tx.execute(upsert.bind(plugin).bind(position)).await?;
        }
        tx.commit().await
    }

    /// Events to deliver again to a plugin by now, in order, at most `limit`.
    pub async fn due_event_retries(&self, plugin: &PluginId, now: UnixMs, limit: u32) -> StoreResult<Vec<DueRetry>> {
        let select = query(
            "select event.*, event_retry.attempts from event_retry join event on event.sequence = event_retry.sequence
             where event_retry.plugin = $1 and event_retry.not_before <= $2 order by event.sequence limit $3",
        );
        let rows = self.fetch_all(select.bind(plugin).bind(now).bind(limit)).await?;
        rows.iter().map(|row| Ok(DueRetry { event: read(row)?, attempts: row.get("attempts")? })).collect()
    }

    /// When the next retry of a plugin is due.
    pub async fn next_event_retry(&self, plugin: &PluginId) -> StoreResult<Option<UnixMs>> {
        let select = query("select min(not_before) as next from event_retry where plugin = $1").bind(plugin);
        Ok(self.fetch_optional(select).await?.map(|row| row.get("next")).transpose()?.flatten())
    }

    /// Retained events whose topic matches the pattern (`*` stands for any run), oldest first.
    pub async fn retained_events(&self, topic_pattern: &str) -> StoreResult<Vec<Retained>> {
        let rows = self.fetch_all(query("select * from retained order by sequence, key")).await?;
        let mut found = Vec::new();
        for row in &rows {
            let topic: String = row.get("topic")?;
            if pattern::matches(topic_pattern, &topic) {
                found.push(read_retained(row, topic)?);
            }
        }
        Ok(found)
    }

    /// Drops events older than `before` and those beyond the newest `keep_rows`, never the newest one; returns how many.
    pub async fn prune_events(&self, before: UnixMs, keep_rows: u32) -> StoreResult<u64> {
        let mut tx = self.begin_write().await?;
        let delete = query(
            "delete from event where sequence < (select max(sequence) from event) and (at < $1
             or sequence <= (select sequence from event order by sequence desc limit 1 offset $2))",
        );
        let dropped = tx.execute(delete.bind(before).bind(keep_rows)).await?;
        tx.commit().await?;
        Ok(dropped)
    }
}

fn read_retained(row: &Row, topic: String) -> StoreResult<Retained> {
    let source: String = row.get("source")?;
    let source = Some(source.as_str()).filter(|text| !text.is_empty()).map(PluginId::parse).transpose();
    let event = Event {
        sequence: row.get("sequence")?,
        topic,
        source: source.map_err(|error| StoreError::damaged("retained.source", error))?,
        target: row.get("target")?,
        payload: row.get("payload")?,
        at: row.get("at")?,
    };
    Ok(Retained { key: row.get("key")?, event })
}
