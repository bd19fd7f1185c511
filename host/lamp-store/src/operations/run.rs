//! Running operations: claims, beats, progress, checkpoints and ends, each fenced; and the reaping of lost leases.

use super::{MAX_JSON_BYTES, after_end, fenced, read};
use crate::database::{Query, Signal, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::events::append_events;
use crate::jobs::{Fenced, ReapScope};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_core::id::OperationId;
use lamp_core::operation::{Operation, OperationProgress, OperationState};
use std::collections::{BTreeMap, BTreeSet};

/// Leases lost in a row, without a checkpoint between them, after which an operation is taken to kill its host.
const MAX_LOSSES: i64 = 10;

/// What every write of a running operation carries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationLease {
    /// The operation.
    pub operation: OperationId,
    /// Token of this lease.
    pub fence: i64,
}

/// An operation just claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct LeasedOperation {
    /// It, with its checkpoint.
    pub operation: Operation,
    /// Token of this lease.
    pub fence: i64,
    /// Somebody asked it to stop.
    pub cancelling: bool,
}

/// Free slots of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The kind.
    pub kind: String,
    /// How many more the claimer can run.
    pub free: u32,
}

/// What one claim asks for.
#[derive(Debug, Clone)]
pub struct ClaimOperations<'a> {
    /// Who takes the lease.
    pub owner: &'a str,
    /// How long it holds without a beat, ms.
    pub lease_ms: i64,
    /// Room by kind; nothing else is taken.
    pub rooms: &'a [Room],
}

/// What a beat learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationBeat {
    /// The lease holds until the new time.
    Held {
        /// Somebody asked it to stop.
        cancelling: bool,
    },
    /// The lease is gone.
    FencedOut,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationEnd {
    /// Done; JSON text of the result.
    Succeeded(String),
    /// Why not.
    Failed(String),
    /// By request.
    Cancelled,
}

/// Operations that were taken from lost leases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OperationReap {
    /// Queued again.
    pub queued: u32,
    /// Ended: cancelled by request, or failed after too many losses.
    pub ended: u32,
}

impl Store {
    /// Takes queued operations, oldest first, as many of each kind as there is room for.
    pub async fn claim_operations(&self, wanted: &ClaimOperations<'_>) -> StoreResult<Vec<LeasedOperation>> {
        let kinds = || wanted.rooms.iter().filter(|room| room.free > 0).map(|room| &room.kind);
        let mut any = query("select 1 as due from operation where state = 'queued' and kind in ");
        any.push_list(kinds());
        any.push(" limit 1");
        if kinds().next().is_none() || self.fetch_optional(any).await?.is_none() {
            return Ok(Vec::new());
        }
        let until = self.now().plus_ms(wanted.lease_ms);
        let mut tx = self.begin_write().await?;
        let mut claimed = Vec::new();
        for room in wanted.rooms.iter().filter(|room| room.free > 0) {
            let text = "update operation set state = 'running', fence = fence + 1, owner = $1, lease_until = $2
                where id in (select id from operation where state = 'queued' and kind = $3 order by created_at, id limit $4";
            let mut update = query(text).bind(wanted.owner).bind(until).bind(&room.kind).bind(room.free);
            update.push(tx.pick("", " for update skip locked"));
            update.push(") returning *");
            for row in tx.fetch_all(update).await? {
                let cancelling = row.get::<Option<UnixMs>>("cancel_requested_at")?.is_some();
                claimed.push(LeasedOperation { operation: read(&row)?, fence: row.get("fence")?, cancelling });
            }
        }
        tx.commit().await?;
        claimed.sort_by(|one, other| one.operation.id.cmp(&other.operation.id));
        Ok(claimed)
    }

    /// Extends leases until `lease_until`. Shape: one answer per lease, in order.
    pub async fn beat_operations(
        &self,
        leases: &[OperationLease],
        lease_until: UnixMs,
    ) -> StoreResult<Vec<OperationBeat>> {
        let mut beats = BTreeMap::new();
        let mut tx = self.begin_write().await?;
        for lease in leases.iter().collect::<BTreeSet<_>>() {
            let text = "update operation set lease_until = $1 where id = $2 and fence = $3 and state = 'running'
                returning cancel_requested_at";
            let beat = query(text).bind(lease_until).bind(&lease.operation).bind(lease.fence);
            let answer = match tx.fetch_optional(beat).await? {
                None => OperationBeat::FencedOut,
                Some(row) => {
                    OperationBeat::Held { cancelling: row.get::<Option<UnixMs>>("cancel_requested_at")?.is_some() }
                }
            };
            beats.insert(lease, answer);
        }
        tx.commit().await?;
        Ok(leases.iter().map(|lease| beats.get(lease).copied().unwrap_or(OperationBeat::FencedOut)).collect())
    }

    /// Keeps progress, and a checkpoint when given: JSON text of the kind. Errors: `Limit` over 1 MiB.
    pub async fn save_operation(
        &self,
        lease: &OperationLease,
        progress: &OperationProgress,
        checkpoint: Option<&str>,
    ) -> StoreResult<Fenced> {
        if checkpoint.is_some_and(|text| text.len() > MAX_JSON_BYTES) {
            return Err(StoreError::Limit(format!("checkpoint of an operation over {MAX_JSON_BYTES} bytes")));
        }
        let text = "update operation set done_bytes = $1, total_bytes = $2, current_item = $3";
        let mut update =
            query(text).bind(progress.done_bytes).bind(progress.total_bytes).bind(progress.current.as_ref());
        if let Some(checkpoint) = checkpoint {
            update.push(", losses = 0, checkpoint = ");
            update.push_bind(checkpoint);
        }
        guard(&mut update, lease);
        let mut tx = self.begin_write().await?;
        let written = fenced(&mut tx, update).await?;
        tx.commit().await?;
        Ok(written)
    }

    /// Ends an operation: final state, waiting jobs made due and the event, all in one transaction.
    pub async fn finish_operation(
        &self,
        lease: &OperationLease,
        progress: &OperationProgress,
        end: &OperationEnd,
    ) -> StoreResult<Fenced> {
        let mut tx = self.begin_write().await?;
        let events = end_in(&mut tx, lease, Some(progress), end, self.now()).await?;
        let Some(events) = events else { return Ok(Fenced::FencedOut) };
        append_events(&mut tx, self.now(), events).await?;
        tx.commit().await?;
        Ok(Fenced::Written)
    }

    /// Gives an operation back to the queue, as a host does that stops.
    pub async fn release_operation(&self, lease: &OperationLease) -> StoreResult<Fenced> {
        let mut update = query("update operation set state = 'queued', owner = null, lease_until = null");
        guard(&mut update, lease);
        let mut tx = self.begin_write().await?;
        let written = fenced(&mut tx, update).await?;
        tx.wake_after_commit(Signal::Operations);
        tx.commit().await?;
        Ok(written)
    }

    /// Takes operations from lost leases, at most `limit`: queued again, cancelled when that was asked for, failed
    /// after ten losses in a row.
    pub async fn reap_operations(&self, scope: ReapScope<'_>, limit: u32) -> StoreResult<OperationReap> {
        let now = self.now();
        let mut statement = query("select * from operation where state = 'running' and ");
        match scope {
            ReapScope::Expired => {
                statement.push("lease_until < ");
                statement.push_bind(now);
            }
            ReapScope::EarlierLives { prefix, owner } => {
                statement = statement.bind(prefix).bind(owner);
                statement.push("substr(owner, 1, length($1)) = $1 and owner <> $2");
            }
        }
        statement.push(" order by id limit ");
        statement.push_bind(limit);
        if self.fetch_optional(statement.clone()).await?.is_none() {
            return Ok(OperationReap::default());
        }
        let mut tx = self.begin_write().await?;
        statement.push(tx.pick("", " for update skip locked"));
        let (mut reaped, mut events) = (OperationReap::default(), Vec::new());
        for row in tx.fetch_all(statement).await? {
            let lease = OperationLease { operation: row.get("id")?, fence: row.get("fence")? };
            let losses = row.get::<i64>("losses")? + 1;
            let end = if row.get::<Option<UnixMs>>("cancel_requested_at")?.is_some() {
                OperationEnd::Cancelled
            } else if losses >= MAX_LOSSES {
                OperationEnd::Failed(format!("the host stopped {losses} times in a row while this ran"))
            } else {
                let text = "update operation set state = 'queued', owner = null, lease_until = null, losses = ";
                let mut update = query(text);
                update.push_bind(losses);
                guard(&mut update, &lease);
                tx.execute(update).await?;
                reaped.queued += 1;
                continue;
            };
            events.extend(end_in(&mut tx, &lease, None, &end, now).await?.unwrap_or_default());
            reaped.ended += 1;
        }
        append_events(&mut tx, now, events).await?;
        tx.wake_after_commit(Signal::Operations);
        tx.commit().await?;
        Ok(reaped)
    }

    /// Operations run by `owner` that somebody asked to stop.
    pub async fn operation_cancel_wishes(&self, owner: &str) -> StoreResult<Vec<OperationId>> {
        let text =
            "select id from operation where state = 'running' and owner = $1 and cancel_requested_at is not null";
        self.fetch_all(query(text).bind(owner)).await?.iter().map(|row| row.get("id")).collect()
    }
}

/// Ends an operation; returns events to append, or none when fenced out.
async fn end_in(
    tx: &mut Tx,
    lease: &OperationLease,
    progress: Option<&OperationProgress>,
    end: &OperationEnd,
    now: UnixMs,
) -> StoreResult<Option<Vec<NewEvent>>> {
    let (state, result, error) = match end {
        OperationEnd::Succeeded(result) => (OperationState::Succeeded, Some(result), None),
        OperationEnd::Failed(error) => (OperationState::Failed, None, Some(error)),
        OperationEnd::Cancelled => (OperationState::Cancelled, None, None),
    };
    let text = "update operation set state = $1, result = $2, error = $3, finished_at = $4, owner = null,
        lease_until = null, current_item = null";
    let mut update = query(text).bind(state.as_str()).bind(result).bind(error).bind(now);
    if let Some(progress) = progress {
        update.push(", done_bytes = ");
        update.push_bind(progress.done_bytes);
        update.push(", total_bytes = ");
        update.push_bind(progress.total_bytes);
    }
    guard(&mut update, lease);
    update.push(" returning *");
    match tx.fetch_optional(update).await? {
        None => Ok(None),
        Some(row) => Ok(Some(after_end(tx, &read(&row)?, now).await?)),
    }
}

fn guard(statement: &mut Query, lease: &OperationLease) {
    statement.push(" where state = 'running' and fence = ");
    statement.push_bind(lease.fence);
    statement.push(" and id = ");
    statement.push_bind(&lease.operation);
}
