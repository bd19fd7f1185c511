//! Schedules as rows: what the manifests declare, when each fires next, and firing one exactly once.
//! It knows no cron; `lamp-jobs` computes the times.

use crate::database::{Row, query};
use crate::error::StoreResult;
use crate::jobs::enqueue_in;
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::{JobId, PluginId};
use lamp_core::job::NewJob;

/// Priority of jobs that schedules enqueue.
const PRIORITY: u8 = 5;

/// A schedule of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Owner.
    pub plugin: PluginId,
    /// Its name, unique in the plugin.
    pub name: String,
    /// Kind of job.
    pub kind: String,
    /// JSON text.
    pub payload: String,
    /// Lane of the kind, without the plugin's prefix.
    pub lane: String,
    /// Attempts of the kind.
    pub max_attempts: u32,
    /// Five fields, UTC. Either this or `every_secs`.
    pub cron: Option<String>,
    /// Interval.
    pub every_secs: Option<u64>,
    /// When it fires next.
    pub next_at: UnixMs,
    /// When it fired last.
    pub last_at: Option<UnixMs>,
    /// The job of that firing.
    pub last_job: Option<JobId>,
}

impl Store {
    /// Makes a plugin's schedules the given ones. One whose rhythm has not changed keeps its next time and history;
    /// those not named are removed.
    pub async fn sync_schedules(&self, plugin: &PluginId, schedules: &[Schedule]) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let mut remove = query("delete from schedule where plugin = ");
        remove.push_bind(plugin);
        if !schedules.is_empty() {
            remove.push(" and name not in ");
            remove.push_list(schedules.iter().map(|schedule| &schedule.name));
        }
        tx.execute(remove).await?;
        for schedule in schedules {
            let upsert = query(
                "insert into schedule (plugin, name, kind, payload, lane, max_attempts, cron, every_secs, next_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (plugin, name) do update set
                 next_at = case when coalesce(schedule.cron, '') = coalesce(excluded.cron, '')
                     and coalesce(schedule.every_secs, 0) = coalesce(excluded.every_secs, 0)
                     then schedule.next_at else excluded.next_at end,
                 kind = excluded.kind, payload = excluded.payload, lane = excluded.lane,
                 max_attempts = excluded.max_attempts, cron = excluded.cron, every_secs = excluded.every_secs",
            );
            let upsert = upsert.bind(plugin).bind(&schedule.name).bind(&schedule.kind).bind(&schedule.payload);
            let upsert = upsert.bind(&schedule.lane).bind(schedule.max_attempts).bind(schedule.cron.as_ref());
            tx.execute(upsert.bind(schedule.every_secs).bind(schedule.next_at)).await?;
        }
        tx.commit().await
    }

    /// All schedules, by plugin and name.
    pub async fn list_schedules(&self) -> StoreResult<Vec<Schedule>> {
        self.fetch_all(query("select * from schedule order by plugin, name")).await?.iter().map(read).collect()
    }

    /// Schedules that are to fire by now, the most overdue first.
    pub async fn due_schedules(&self, now: UnixMs) -> StoreResult<Vec<Schedule>> {
        let text = "select * from schedule where next_at <= $1 order by next_at, plugin, name";
        self.fetch_all(query(text).bind(now)).await?.iter().map(read).collect()
    }

    /// Fires a schedule: enqueues its job, unless the one before is unfinished, and sets when it fires next. Of several
    /// hosts that see it due, one does it: none when the row has moved on since it was read.
    pub async fn fire_schedule(&self, due: &Schedule, next_at: UnixMs) -> StoreResult<Option<JobId>> {
        let now = self.now();
        let job = NewJob {
            plugin: due.plugin.clone(),
            kind: due.kind.clone(),
            payload: due.payload.clone(),
            lane: due.lane.clone(),
            priority: PRIORITY,
            run_at: now,
            unique_key: Some(format!("schedule:{}", due.name)),
            max_attempts: due.max_attempts,
        };
        let mut tx = self.begin_write().await?;
        let advance =
            query("update schedule set next_at = $1, last_at = $2 where plugin = $3 and name = $4 and next_at = $5");
        let advance = advance.bind(next_at).bind(now).bind(&due.plugin).bind(&due.name).bind(due.next_at);
        if tx.execute(advance).await? != 1 {
            return Ok(None);
        }
        let id = JobId::generate();
        let enqueued = enqueue_in(&mut tx, &[(id.clone(), job)], now).await?;
        let id = enqueued.into_iter().next().map_or(id, |answer| answer.id);
        let keep = query("update schedule set last_job = $1 where plugin = $2 and name = $3");
        tx.execute(keep.bind(&id).bind(&due.plugin).bind(&due.name)).await?;
        tx.commit().await?;
        Ok(Some(id))
    }
}

fn read(row: &Row) -> StoreResult<Schedule> {
    Ok(Schedule {
        plugin: row.get("plugin")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        payload: row.get("payload")?,
        lane: row.get("lane")?,
        max_attempts: row.get("max_attempts")?,
        cron: row.get("cron")?,
        every_secs: row.get("every_secs")?,
        next_at: row.get("next_at")?,
        last_at: row.get("last_at")?,
        last_job: row.get("last_job")?,
    })
}
