//! What plugins say and what the host says about them, the newest rows of each.

use crate::database::{Row, query};
use crate::error::StoreResult;
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::{JobId, PluginId, RequestId};
use std::collections::BTreeSet;

/// A line to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPluginLog {
    /// Whose.
    pub plugin: PluginId,
    /// When.
    pub at: UnixMs,
    /// `trace`, `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// Text.
    pub message: String,
    /// JSON object text.
    pub fields: String,
    /// The request it belongs to.
    pub request_id: Option<RequestId>,
    /// The job it belongs to.
    pub job_id: Option<JobId>,
}

/// A kept line.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginLog {
    /// Position, growing.
    pub id: i64,
    /// The line.
    pub line: NewPluginLog,
}

/// Which lines to list.
#[derive(Debug, Clone, Default)]
pub struct PluginLogFilter {
    /// Only this plugin's.
    pub plugin: Option<PluginId>,
    /// Only of this job.
    pub job_id: Option<JobId>,
    /// Only these levels; empty means all.
    pub levels: Vec<String>,
    /// Only lines with a lower id: the last one of the page before.
    pub before: Option<i64>,
}

fn read(row: &Row) -> StoreResult<PluginLog> {
    let line = NewPluginLog {
        plugin: row.get("plugin")?,
        at: row.get("at")?,
        level: row.get("level")?,
        message: row.get("message")?,
        fields: row.get("fields")?,
        request_id: row.get("request_id")?,
        job_id: row.get("job_id")?,
    };
    Ok(PluginLog { id: row.get("id")?, line })
}

impl Store {
    /// Keeps lines and drops the oldest of their plugins beyond `keep_rows` each: one transaction.
    pub async fn append_plugin_logs(&self, lines: Vec<NewPluginLog>, keep_rows: u32) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let plugins: BTreeSet<PluginId> = lines.iter().map(|line| line.plugin.clone()).collect();
        for line in lines {
            let insert = query(
                "insert into plugin_log (plugin, at, level, message, fields, request_id, job_id)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            );
            let insert = insert.bind(line.plugin).bind(line.at).bind(line.level).bind(line.message).bind(line.fields);
            tx.execute(insert.bind(line.request_id).bind(line.job_id)).await?;
        }
        for plugin in plugins {
            let prune = query(
                "delete from plugin_log where plugin = $1 and id <=
                 (select id from plugin_log where plugin = $1 order by id desc limit 1 offset $2)",
            );
            tx.execute(prune.bind(plugin).bind(keep_rows)).await?;
        }
        tx.commit().await
    }

    /// Lines newest first, at most `limit`.
    pub async fn list_plugin_logs(&self, filter: &PluginLogFilter, limit: u32) -> StoreResult<Vec<PluginLog>> {
        let mut list = query("select * from plugin_log where 1 = 1");
        if let Some(plugin) = &filter.plugin {
            list.push(" and plugin = ");
            list.push_bind(plugin);
        }
        if let Some(job) = &filter.job_id {
            list.push(" and job_id = ");
            list.push_bind(job);
        }
        if !filter.levels.is_empty() {
            list.push(" and level in ");
            list.push_list(&filter.levels);
        }
        if let Some(before) = filter.before {
            list.push(" and id < ");
            list.push_bind(before);
        }
        list.push(" order by id desc limit ");
        list.push_bind(limit);
        self.fetch_all(list).await?.iter().map(read).collect()
    }
}
