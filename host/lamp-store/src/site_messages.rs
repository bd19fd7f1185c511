//! Durable messages between a hub and its sites: numbered in each direction, kept until the other side has stored their
//! effect, applied once. Both sides name the channel by the site's server id.

use crate::database::{Row, Signal, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::events::append_events;
use crate::store::Store;
use lamp_core::event::NewEvent;
use lamp_core::id::{RequestId, ServerId};
use serde_json::json;

/// Messages that may wait for one site; more are refused, so that a site that never comes back fills no disk.
pub const MAX_WAITING: u64 = 100_000;
/// Largest body, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Message kind by which a site tells its hub what it runs.
pub const REPORT_KIND: &str = "report";

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteMessage {
    /// Its number in its stream, from 1 without gaps.
    pub sequence: u64,
    /// What it is: a word that both sides know.
    pub kind: String,
    /// JSON text.
    pub body: String,
}

/// The state of both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Names the numbering of what is sent. A new one begins again at 1.
    pub stream: String,
    /// Last number given out.
    pub sent: u64,
    /// Last number whose effect the other side has stored.
    pub acknowledged: u64,
    /// The other side's stream.
    pub peer_stream: Option<String>,
    /// Last number of it whose effect is stored here.
    pub received: u64,
}

/// What a received message does, in the transaction that counts it.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// On a hub: what the site runs.
    Report {
        /// Version of its program.
        version: String,
        /// JSON list.
        plugins: String,
    },
    /// On a site: its name and location at the hub.
    Settings {
        /// Name.
        name: String,
        /// Location.
        location: String,
    },
    /// Everything else: an event in the log, where plugins hear of it.
    Event(NewEvent),
}

fn read_channel(row: &Row) -> StoreResult<Channel> {
    Ok(Channel {
        stream: row.get("stream")?,
        sent: row.get("sent")?,
        acknowledged: row.get("acknowledged")?,
        peer_stream: row.get("peer_stream")?,
        received: row.get("received")?,
    })
}

/// The channel, made if it is missing, locked until the end of the transaction.
async fn lock_channel(tx: &mut Tx, server: &ServerId) -> StoreResult<Channel> {
    let insert = query("insert into site_channel (server, stream) values ($1, $2) on conflict (server) do nothing");
    tx.execute(insert.bind(server).bind(RequestId::generate())).await?;
    let select = tx.pick(
        "select * from site_channel where server = $1",
        "select * from site_channel where server = $1 for update",
    );
    read_channel(&tx.fetch_one(query(select).bind(server)).await?)
}

/// Adds a message inside the caller's transaction; its number. `Limit` when too many wait or the body is too large.
pub async fn queue_message(tx: &mut Tx, server: &ServerId, kind: &str, body: &str) -> StoreResult<u64> {
    if body.len() > MAX_BODY_BYTES {
        return Err(StoreError::Limit(format!("a message to a site has at most {MAX_BODY_BYTES} bytes")));
    }
    let channel = lock_channel(tx, server).await?;
    if channel.sent.saturating_sub(channel.acknowledged) >= MAX_WAITING {
        return Err(StoreError::Limit(format!("at most {MAX_WAITING} messages wait for one site")));
    }
    let sequence = channel.sent.saturating_add(1);
    let insert =
        query("insert into site_message (server, sequence, kind, body, created_at) values ($1, $2, $3, $4, $5)");
    tx.execute(insert.bind(server).bind(sequence).bind(kind).bind(body).bind(tx.now())).await?;
    tx.execute(query("update site_channel set sent = $1 where server = $2").bind(sequence).bind(server)).await?;
    tx.wake_after_commit(Signal::Messages);
    Ok(sequence)
}

/// Forgets a channel with everything that waits in it.
pub(crate) async fn drop_channel(tx: &mut Tx, server: &ServerId) -> StoreResult<()> {
    tx.execute(query("delete from site_message where server = $1").bind(server)).await?;
    tx.execute(query("delete from site_channel where server = $1").bind(server)).await.map(drop)
}

async fn apply(tx: &mut Tx, server: &ServerId, effect: Effect, events: &mut Vec<NewEvent>) -> StoreResult<()> {
    match effect {
        Effect::Report { version, plugins } => {
            let update = query("update server set version = $1, plugins = $2, updated_at = $3 where id = $4");
            tx.execute(update.bind(version).bind(plugins).bind(tx.now()).bind(server)).await?;
            events.push(NewEvent {
                topic: "servers.changed".to_owned(),
                source: None,
                target: None,
                payload: json!({ "id": server, "change": "reported" }).to_string(),
                retain_key: None,
            });
        }
        Effect::Settings { name, location } => {
            let update = query("update hub_membership set name = $1, location = $2 where server_id = $3");
            tx.execute(update.bind(name).bind(location).bind(server)).await?;
            tx.bump_revision().await?;
        }
        Effect::Event(event) => events.push(event),
    }
    Ok(())
}

impl Store {
    /// Sends a message to a site, or from a site to its hub; its number. `Limit` as of [`queue_message`].
    pub async fn send_site_message(&self, server: &ServerId, kind: &str, body: &str) -> StoreResult<u64> {
        let mut tx = self.begin_write().await?;
        let sequence = queue_message(&mut tx, server, kind, body).await?;
        tx.commit().await?;
        Ok(sequence)
    }

    /// Sends the hub a report unless it is what the hub was told last; whether it was sent.
    pub async fn send_report(&self, server: &ServerId, body: &str) -> StoreResult<bool> {
        let mut tx = self.begin_write().await?;
        let update = query(
            "update hub_membership set reported = $1 where server_id = $2 and (reported is null or reported <> $1)",
        );
        if tx.execute(update.bind(body).bind(server)).await? == 0 {
            return Ok(false);
        }
        queue_message(&mut tx, server, REPORT_KIND, body).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The channel as it stands, made if it is missing.
    pub async fn open_own_channel(&self, server: &ServerId) -> StoreResult<Channel> {
        let mut tx = self.begin_write().await?;
        let channel = lock_channel(&mut tx, server).await?;
        tx.commit().await?;
        Ok(channel)
    }

    /// The channel as a new session begins: made if it is missing, and brought in line with what the other side says it
    /// has received and which stream it sends.
    pub async fn open_site_channel(
        &self,
        server: &ServerId,
        peer_received: Option<(&str, u64)>,
        peer_stream: Option<&str>,
    ) -> StoreResult<Channel> {
        let mut tx = self.begin_write().await?;
        let mut channel = lock_channel(&mut tx, server).await?;
        if let Some(stream) = peer_stream.filter(|stream| channel.peer_stream.as_deref() != Some(*stream)) {
            let update = query("update site_channel set peer_stream = $1, received = 0 where server = $2");
            tx.execute(update.bind(stream).bind(server)).await?;
            (channel.peer_stream, channel.received) = (Some(stream.to_owned()), 0);
        }
        let known = peer_received.filter(|(stream, _)| *stream == channel.stream).map(|(_, received)| received);
        let in_step = known
            .map_or(channel.acknowledged == 0, |received| (channel.acknowledged..=channel.sent).contains(&received));
        if !in_step {
            // One of the two sides is an older backup of itself: what still waits goes on under a new name.
            tracing::warn!(%server, acknowledged = channel.acknowledged, sent = channel.sent, ?peer_received,
                "the other side remembers other messages; numbering begins anew");
            channel = renumber(&mut tx, server, channel).await?;
        } else if let Some(received) = known {
            acknowledge(&mut tx, server, received).await?;
            channel.acknowledged = received;
        }
        tx.commit().await?;
        Ok(channel)
    }

    /// Messages that wait, in order, after `after`, at most `limit`.
    pub async fn waiting_messages(&self, server: &ServerId, after: u64, limit: u32) -> StoreResult<Vec<SiteMessage>> {
        let select = query("select * from site_message where server = $1 and sequence > $2 order by sequence limit $3");
        let rows = self.fetch_all(select.bind(server).bind(after).bind(limit)).await?;
        let read = |row: &Row| {
            Ok(SiteMessage { sequence: row.get("sequence")?, kind: row.get("kind")?, body: row.get("body")? })
        };
        rows.iter().map(read).collect()
    }

    /// The other side has stored everything of `stream` up to `sequence`.
    pub async fn acknowledge_messages(&self, server: &ServerId, stream: &str, sequence: u64) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let channel = lock_channel(&mut tx, server).await?;
        if channel.stream == stream && sequence <= channel.sent && sequence > channel.acknowledged {
            acknowledge(&mut tx, server, sequence).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Stores the effects of the messages `first`, `first + 1`, … of the other side's `stream`. Those that were stored
    /// before are left out, so each has its effect once. Returns the last number stored; `Invalid` when numbers are
    /// missing before `first` or the stream is another one.
    pub async fn receive_messages(
        &self,
        server: &ServerId,
        stream: &str,
        first: u64,
        effects: Vec<Effect>,
    ) -> StoreResult<u64> {
        let mut tx = self.begin_write().await?;
        let channel = lock_channel(&mut tx, server).await?;
        let next = channel.received.saturating_add(1);
        if channel.peer_stream.as_deref() != Some(stream) || first > next {
            return Err(StoreError::Invalid(format!("message {first}: number {next} of the known stream is next")));
        }
        let known = usize::try_from(next - first).unwrap_or(usize::MAX);
        let fresh = effects.into_iter().skip(known);
        let (mut received, mut events) = (channel.received, Vec::new());
        for effect in fresh {
            apply(&mut tx, server, effect, &mut events).await?;
            received = received.saturating_add(1);
        }
        if received > channel.received {
            let update = query("update site_channel set received = $1 where server = $2");
            tx.execute(update.bind(received).bind(server)).await?;
            let now = tx.now();
            append_events(&mut tx, now, events).await?;
            tx.commit().await?;
        }
        Ok(received)
    }
}

async fn acknowledge(tx: &mut Tx, server: &ServerId, sequence: u64) -> StoreResult<()> {
    let delete = query("delete from site_message where server = $1 and sequence <= $2");
    tx.execute(delete.bind(server).bind(sequence)).await?;
    let update = query("update site_channel set acknowledged = $1 where server = $2");
    tx.execute(update.bind(sequence).bind(server)).await.map(drop)
}

/// Puts what still waits into a new stream, numbered from 1.
async fn renumber(tx: &mut Tx, server: &ServerId, old: Channel) -> StoreResult<Channel> {
    let select = query("select sequence from site_message where server = $1 order by sequence").bind(server);
    let waiting = tx.fetch_all(select).await?;
    for (row, new) in waiting.iter().zip(1_u64..) {
        // In ascending order no new number meets an old one that is still to change.
        let update = query("update site_message set sequence = $1 where server = $2 and sequence = $3");
        tx.execute(update.bind(new).bind(server).bind(row.get::<u64>("sequence")?)).await?;
    }
    let stream = RequestId::generate().0;
    let sent = u64::try_from(waiting.len()).unwrap_or(u64::MAX);
    let update = query("update site_channel set stream = $1, sent = $2, acknowledged = 0 where server = $3");
    tx.execute(update.bind(&stream).bind(sent).bind(server)).await?;
    Ok(Channel { stream, sent, acknowledged: 0, ..old })
}
