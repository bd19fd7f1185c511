//! Taking due jobs under a lease, never more of a lane than it allows.

use super::{changed, whole};
use crate::database::{Query, Row, Tx, query};
use crate::error::StoreResult;
use crate::events::append_events;
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::PluginId;
use lamp_core::job::Job;
use std::collections::{BTreeMap, BTreeSet};

/// What one claim asks for.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// Who takes the lease.
    pub owner: &'a str,
    /// How long it holds without a beat, ms.
    pub lease_ms: i64,
    /// What the claimer can run; nothing else is taken.
    pub kinds: &'a [ClaimKind],
    /// At most so many jobs.
    pub limit: u32,
}

/// One kind of job that can be run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimKind {
    /// Its plugin.
    pub plugin: PluginId,
    /// The kind.
    pub kind: String,
    /// Its lane, full name.
    pub lane: String,
}

impl Store {
    /// Takes due jobs, best priority first and oldest first, in one transaction that also holds the lanes' limits.
    /// Shape: 0..=`limit` jobs, leased, with their checkpoints, in the order of the queue.
    pub async fn claim_jobs(&self, wanted: &Claim<'_>) -> StoreResult<Vec<Job>> {
        let now = self.now();
        if wanted.kinds.is_empty() || wanted.limit == 0 || self.fetch_optional(any_due(wanted, now.0)).await?.is_none()
        {
            return Ok(Vec::new());
        }
        let mut tx = self.begin_write().await?;
        let mut candidates = Vec::new();
        for (lane, free) in free_slots(&mut tx, wanted).await? {
            let mut statement = due_in_lane(wanted, &lane, now.0);
            statement.push(" order by priority desc, seq limit ");
            statement.push_bind(free.min(i64::from(wanted.limit)));
            statement.push(tx.pick("", " for update skip locked"));
            for row in tx.fetch_all(statement).await? {
                candidates.push((-row.get::<i64>("priority")?, row.get::<i64>("seq")?));
            }
        }
        candidates.sort_unstable();
        candidates.truncate(usize::try_from(wanted.limit).unwrap_or(usize::MAX));
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let jobs = lease(&mut tx, wanted, now.0, candidates.into_iter().map(|(_, seq)| seq)).await?;
        tx.commit().await?;
        Ok(jobs)
    }
}

/// Lanes with room, and how much. Locks the lanes, so that claims of one lane follow each other.
async fn free_slots(tx: &mut Tx, wanted: &Claim<'_>) -> StoreResult<BTreeMap<String, i64>> {
    let names: BTreeSet<&str> = wanted.kinds.iter().map(|kind| kind.lane.as_str()).collect();
    let mut open = query("select name, max_leased from lane where paused = 0 and name in ");
    open.push_list(names.iter().copied());
    open.push(" order by name");
    open.push(tx.pick("", " for no key update"));
    let mut free = BTreeMap::new();
    for row in tx.fetch_all(open).await? {
        free.insert(row.get::<String>("name")?, row.get::<i64>("max_leased")?);
    }
    let mut taken = query("select lane, count(*) as taken from job where state = 'leased' and lane in ");
    taken.push_list(free.keys());
    taken.push(" group by lane");
    for row in tx.fetch_all(taken).await? {
        let (lane, taken): (String, i64) = (row.get("lane")?, row.get("taken")?);
        free.entry(lane).and_modify(|slots| *slots -= taken);
    }
    free.retain(|_, slots| *slots > 0);
    Ok(free)
}

/// Whether anything may be due: asked without the write lock, since most polls find nothing.
fn any_due(wanted: &Claim<'_>, now: i64) -> Query {
    let lanes: BTreeSet<&str> = wanted.kinds.iter().map(|kind| kind.lane.as_str()).collect();
    let mut statement =
        query("select 1 as due from job where state = 'available' and run_at <= $1 and lane in ").bind(now);
    statement.push_list(lanes);
    statement.push(" limit 1");
    statement
}

fn due_in_lane(wanted: &Claim<'_>, lane: &str, now: i64) -> Query {
    let text = "select seq, priority from job where lane = $1 and state = 'available' and run_at <= $2 and kind in ";
    let mut statement = query(text).bind(lane).bind(now);
    statement.push_list(wanted.kinds.iter().filter(|kind| kind.lane == lane).map(|kind| &kind.kind));
    statement
}

async fn lease(tx: &mut Tx, wanted: &Claim<'_>, now: i64, seqs: impl Iterator<Item = i64>) -> StoreResult<Vec<Job>> {
    let mut update = query(
        "update job set state = 'leased', attempt = attempt + 1, fence = fence + 1, lease_owner = $1, lease_until = $2,
         started_at = coalesce(started_at, $3) where state = 'available' and seq in ",
    );
    update = update.bind(wanted.owner).bind(now.saturating_add(wanted.lease_ms)).bind(now);
    update.push_list(seqs);
    update.push(" returning *");
    let mut rows = tx.fetch_all(update).await?;
    sort_by_queue(&mut rows)?;
    let jobs = rows.iter().map(whole).collect::<StoreResult<Vec<_>>>()?;
    for job in &jobs {
        let attempt = query("insert into job_attempt (job_id, fence, owner, started_at) values ($1, $2, $3, $4)");
        tx.execute(attempt.bind(&job.id).bind(job.fence).bind(wanted.owner).bind(now)).await?;
    }
    append_events(tx, UnixMs(now), jobs.iter().map(changed).collect()).await?;
    Ok(jobs)
}

fn sort_by_queue(rows: &mut Vec<Row>) -> StoreResult<()> {
    let mut keyed = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        keyed.push(((-row.get::<i64>("priority")?, row.get::<i64>("seq")?), row));
    }
    keyed.sort_by_key(|(key, _)| *key);
    rows.extend(keyed.into_iter().map(|(_, row)| row));
    Ok(())
}
