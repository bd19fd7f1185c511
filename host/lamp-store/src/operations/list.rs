//! Reading operations, and removing those that ended long ago.

use super::read;
use crate::database::query;
use crate::error::StoreResult;
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::{OperationId, PluginId};
use lamp_core::operation::{Operation, OperationState};

/// Which operations to list. Everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct OperationFilter {
    /// Owner.
    pub plugin: Option<PluginId>,
    /// One of these states; empty means any.
    pub states: Vec<OperationState>,
    /// Only operations older than this one: the last of the page before.
    pub before: Option<OperationId>,
}

impl Store {
    /// The operation.
    pub async fn find_operation(&self, id: &OperationId) -> StoreResult<Option<Operation>> {
        let row = self.fetch_optional(query("select * from operation where id = $1").bind(id)).await?;
        row.as_ref().map(read).transpose()
    }

    /// Operations, newest first (ids grow with time), at most `limit`.
    pub async fn list_operations(&self, filter: &OperationFilter, limit: u32) -> StoreResult<Vec<Operation>> {
        let mut statement = query("select * from operation where 1 = 1");
        if let Some(plugin) = &filter.plugin {
            statement.push(" and plugin = ");
            statement.push_bind(plugin);
        }
        if !filter.states.is_empty() {
            statement.push(" and state in ");
            statement.push_list(filter.states.iter().map(|state| state.as_str()));
        }
        if let Some(before) = &filter.before {
            statement.push(" and id < ");
            statement.push_bind(before);
        }
        statement.push(" order by id desc limit ");
        statement.push_bind(limit);
        self.fetch_all(statement).await?.iter().map(read).collect()
    }

    /// Removes up to `limit` operations that ended before `before`. Returns how many.
    pub async fn prune_operations(&self, before: UnixMs, limit: u32) -> StoreResult<u64> {
        let mut tx = self.begin_write().await?;
        let text = "delete from operation where id in
            (select id from operation where finished_at < $1 order by finished_at limit $2)";
        let removed = tx.execute(query(text).bind(before).bind(limit)).await?;
        tx.commit().await?;
        Ok(removed)
    }
}
