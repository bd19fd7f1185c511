//! Uninstalling: what goes at once, what stays when the data is kept, what a purge takes as well.

use super::{Origin, PluginId, Signal, Store, StoreError, StoreResult, Tx, UnixMs, json, lock, query, record_change};
use crate::packages::drop_unused_packages;

/// Whatever runs or could run is stopped; a job at work is asked to end.
const STOP: [&str; 5] = [
    "delete from schedule where plugin = $1",
    "update job set cancel_requested_at = coalesce(cancel_requested_at, $2) where plugin = $1 and state = 'leased'",
    "update job set state = 'cancelled', finished_at = $2, waits_for = null, error = 'the plugin was removed'
     where plugin = $1 and state in ('available', 'blocked')",
    "update operation set cancel_requested_at = coalesce(cancel_requested_at, $2) where plugin = $1 and state = 'running'",
    "update operation set state = 'cancelled', finished_at = $2, error = 'the plugin was removed'
     where plugin = $1 and state = 'queued'",
];

/// A version that waits, rights, configuration (it may hold secrets) and what it announced.
const FORGET: [&str; 7] = [
    "delete from plugin_upgrade where plugin = $1",
    "delete from plugin_grant where plugin = $1",
    "delete from plugin_config where plugin = $1",
    "delete from plugin_start where plugin = $1",
    "delete from retained where source = $1",
    "delete from event_retry where plugin = $1",
    "update notice set dismissed_at = $2 where plugin = $1 and dismissed_at is null",
];

/// Traces that stay with the data.
const PURGE: [&str; 7] = [
    "delete from plugin where id = $1",
    "delete from plugin_log where plugin = $1",
    "delete from event_cursor where plugin = $1",
    "delete from job where plugin = $1",
    "delete from lane where name like $1 || '/%'",
    "delete from operation where plugin = $1",
    "delete from outbox_applied where plugin = $1",
];

impl Store {
    /// Removes a plugin. Its database stays unless `purge`; the caller then also erases the plugin's database.
    /// A plugin of which only the data is left can be purged. `NotFound`.
    pub async fn uninstall_plugin(&self, origin: &Origin, plugin: &PluginId, purge: bool) -> StoreResult<()> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let installed = lock(&mut tx, plugin).await?;
        let retained = query("select 1 as one from plugin where id = $1 and data_retained = 1").bind(plugin);
        if installed.is_none() && !(purge && tx.fetch_optional(retained).await?.is_some()) {
            return Err(StoreError::not_found("plugin", plugin));
        }
        run(&mut tx, &STOP, plugin, now).await?;
        run(&mut tx, &FORGET, plugin, now).await?;
        if purge {
            run(&mut tx, &PURGE, plugin, now).await?;
        } else {
            let keep = "update plugin set package_hash = null, enabled = 0, disabled_reason = null, data_retained = 1,
                        updated_at = $2 where id = $1";
            run(&mut tx, &[keep], plugin, now).await?;
        }
        drop_unused_packages(&mut tx).await?;
        let detail = json!({ "purge": purge, "version": installed.map(|(_, version)| version) });
        record_change(&mut tx, now, origin, "plugin.uninstall", plugin.as_str(), detail).await?;
        tx.wake_after_commit(Signal::Jobs);
        tx.wake_after_commit(Signal::Operations);
        tx.commit().await
    }
}

async fn run(tx: &mut Tx, statements: &[&'static str], plugin: &PluginId, now: UnixMs) -> StoreResult<()> {
    for statement in statements {
        let mut statement_query = query(*statement).bind(plugin);
        if statement.contains("$2") {
            statement_query = statement_query.bind(now);
        }
        tx.execute(statement_query).await?;
    }
    Ok(())
}
