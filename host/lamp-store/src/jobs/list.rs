//! Reading jobs, and removing those that ended long ago.

use super::{LISTED_COLUMNS, listed, whole};
use crate::database::query;
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::{JobId, PluginId};
use lamp_core::job::{Job, JobState};

/// Which jobs to list. Everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Owner.
    pub plugin: Option<PluginId>,
    /// Kind.
    pub kind: Option<String>,
    /// One of these states; empty means any.
    pub states: Vec<JobState>,
    /// Full name of a lane.
    pub lane: Option<String>,
    /// Occurs in id, kind, payload, progress, error or result, in any case of letters.
    pub text: Option<String>,
    /// Only jobs enqueued before this one: the last of the page before.
    pub before: Option<JobId>,
}

/// Number of jobs of one lane in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCount {
    /// Owner.
    pub plugin: PluginId,
    /// Full name of the lane.
    pub lane: String,
    /// State.
    pub state: JobState,
    /// How many.
    pub count: u64,
}

/// One run of a job, as the list of attempts shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobAttempt {
    /// Number of the run.
    pub fence: i64,
    /// Which host ran it.
    pub owner: String,
    /// Begin.
    pub started_at: UnixMs,
    /// End.
    pub ended_at: Option<UnixMs>,
    /// `done`, `again`, `resume-on`, `retry`, `fatal`, `cancelled`, `released`, `lost`.
    pub outcome: Option<String>,
    /// Why it failed.
    pub message: Option<String>,
}

impl Store {
    /// The job with its checkpoint.
    pub async fn find_job(&self, id: &JobId) -> StoreResult<Option<Job>> {
        let row = self.fetch_optional(query("select * from job where id = $1").bind(id)).await?;
        row.as_ref().map(whole).transpose()
    }

    /// Jobs, newest first, without checkpoints, at most `limit`.
    pub async fn list_jobs(&self, filter: &JobFilter, limit: u32) -> StoreResult<Vec<Job>> {
        let mut statement = query(format!("select {LISTED_COLUMNS} from job where 1 = 1"));
        if let Some(plugin) = &filter.plugin {
            statement.push(" and plugin = ");
            statement.push_bind(plugin);
        }
        for (column, value) in [(" and kind = ", &filter.kind), (" and lane = ", &filter.lane)] {
            if let Some(value) = value {
                statement.push(column);
                statement.push_bind(value);
            }
        }
        if !filter.states.is_empty() {
            statement.push(" and state in ");
            statement.push_list(filter.states.iter().map(|state| state.as_str()));
        }
        if let Some(text) = filter.text.as_deref().filter(|text| !text.is_empty()) {
            statement.push(SEARCHED);
            statement.push(if self.database().is_postgres() { " ilike " } else { " like " });
            statement.push_bind(like_pattern(text));
            statement.push(" escape '\\'");
        }
        if let Some(before) = &filter.before {
            statement.push(" and seq < (select seq from job where id = ");
            statement.push_bind(before);
            statement.push(")");
        }
        statement.push(" order by seq desc limit ");
        statement.push_bind(limit);
        self.fetch_all(statement).await?.iter().map(listed).collect()
    }

    /// Numbers of jobs by lane and state; lanes and states without jobs are left out.
    pub async fn job_counts(&self) -> StoreResult<Vec<JobCount>> {
        let text =
            "select plugin, lane, state, count(*) as count from job group by plugin, lane, state order by lane, state";
        let rows = self.fetch_all(query(text)).await?;
        rows.iter()
            .map(|row| {
                let state: String = row.get("state")?;
                Ok(JobCount {
                    plugin: row.get("plugin")?,
                    lane: row.get("lane")?,
                    state: JobState::parse(&state).ok_or_else(|| StoreError::damaged("job.state", &state))?,
                    count: row.get("count")?,
                })
            })
            .collect()
    }

    /// The runs of a job, oldest first.
    pub async fn job_attempts(&self, id: &JobId) -> StoreResult<Vec<JobAttempt>> {
        let rows = self.fetch_all(query("select * from job_attempt where job_id = $1 order by fence").bind(id)).await?;
        rows.iter()
            .map(|row| {
                Ok(JobAttempt {
                    fence: row.get("fence")?,
                    owner: row.get("owner")?,
                    started_at: row.get("started_at")?,
                    ended_at: row.get("ended_at")?,
                    outcome: row.get("outcome")?,
                    message: row.get("message")?,
                })
            })
            .collect()
    }

    /// Removes up to `limit` jobs that ended before `before`, with their attempts and logs. Returns how many.
    pub async fn prune_jobs(&self, before: UnixMs, limit: u32) -> StoreResult<u64> {
        let mut tx = self.begin_write().await?;
        let text =
            "delete from job where seq in (select seq from job where finished_at < $1 order by finished_at limit $2)";
        let removed = tx.execute(query(text).bind(before).bind(limit)).await?;
        tx.commit().await?;
        Ok(removed)
    }

    /// Removes all jobs of a plugin whose data is purged; a run at work is fenced out.
    pub async fn purge_jobs(&self, plugin: &PluginId) -> StoreResult<u64> {
        let mut tx = self.begin_write().await?;
        let removed = tx.execute(query("delete from job where plugin = $1").bind(plugin)).await?;
        tx.execute(query("delete from schedule where plugin = $1").bind(plugin)).await?;
        tx.execute(query("delete from lane where substr(name, 1, length($1) + 1) = $1 || '/'").bind(plugin)).await?;
        tx.commit().await?;
        Ok(removed)
    }
}

const SEARCHED: &str = " and id || ' ' || kind || ' ' || payload || ' ' || progress || ' ' || coalesce(error, '') \
    || ' ' || coalesce(result, '')";

fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
