//! From rows to running plugins: what is installed, enabled and granted runs, everything else does not.

use super::{Slot, Supervisor, TRY_AGAIN_MS, retire};
use crate::generation::{Generation, StartError, with_defaults};
use crate::mounts;
use lamp_core::entry::{PluginState, RunningPlugin};
use lamp_core::event::NewEvent;
use lamp_core::grant::{Effective, Grant};
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use lamp_engine::Change;
use lamp_jobs::JobsError;
use lamp_jobs::delivery::Subscriber;
use lamp_jobs::runner::RunnableKind;
use lamp_store::audit::Origin;
use lamp_store::plugins::{InstalledPlugin, StartOutcome};
use lamp_store::{StoreError, StoreResult};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const EVENTS: &str = "lamphouse:events";
const HTTP: &str = "lamphouse:http";
const JOBS: &str = "lamphouse:jobs";
const FAILED_STARTS: u64 = 3;
const FAILED_STARTS_WINDOW_MS: i64 = 300_000;

/// What the store says of one plugin.
struct Wanted {
    row: InstalledPlugin,
    grants: Vec<Grant>,
    config: Map<String, Value>,
}

impl Supervisor {
    /// Brings everything to what the store says now, and whether that went well. One at a time.
    pub(super) async fn reconcile(&self) -> bool {
        let _one_at_a_time = self.inner.reconciling.lock().await;
        if self.inner.stop.is_cancelled() {
            return true;
        }
        let brought = self.try_reconcile().await;
        if let Err(error) = &brought {
            tracing::error!(?error, "plugins are left as they are; the next look tries again");
        }
        brought.is_ok()
    }

    async fn try_reconcile(&self) -> StoreResult<()> {
        let mounts_changed = mounts::sync(self.store(), self.inner.workshop.files.mounts()).await?;
        let wanted = self.wanted().await?;
        let old = self.inner.slots.load_full();
        self.publish_slots(&old, &wanted.iter().filter_map(|wanted| arrival(&old, &wanted.row)).collect());
        let mut new: BTreeMap<PluginId, Arc<Slot>> = BTreeMap::new();
        let mut changed = Vec::new();
        for wanted in wanted {
            let before = old.get(&wanted.row.id);
            let (slot, differs) = self.bring(before, wanted).await?;
            if differs {
                changed.push(slot.row.id.clone());
            }
            new.insert(slot.row.id.clone(), slot);
            self.publish_slots(&old, &new);
        }
        for (id, slot) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
            changed.push(id.clone());
            self.inner.slots.store(Arc::new(new.clone()));
            if let Some(generation) = &slot.generation {
                retire(generation).await;
            }
        }
        self.inner.slots.store(Arc::new(new));
        self.refresh_running().await?;
        if let Err(error) = self.inner.watcher.sync() {
            tracing::warn!(%error, "mounts cannot be watched; scheduled rescans find changes");
        }
        if mounts_changed {
            self.tell_all(Change::Mounts).await;
            self.announce("mounts.changed", json!({})).await;
        }
        for id in &changed {
            self.announce_state(id).await;
        }
        if !changed.is_empty() {
            self.announce("navigation.changed", json!({})).await;
        }
        Ok(())
    }

    /// While plugins start one after the other, those that are ready answer.
    fn publish_slots(&self, old: &BTreeMap<PluginId, Arc<Slot>>, new: &BTreeMap<PluginId, Arc<Slot>>) {
        let mut both = old.clone();
        both.extend(new.iter().map(|(id, slot)| (id.clone(), Arc::clone(slot))));
        self.inner.slots.store(Arc::new(both));
    }

    async fn wanted(&self) -> StoreResult<Vec<Wanted>> {
        let mut grants: BTreeMap<PluginId, Vec<Grant>> = BTreeMap::new();
        for grant in self.store().list_grants().await? {
            grants.entry(grant.plugin.clone()).or_default().push(grant);
        }
        let mut wanted = Vec::new();
        for row in self.store().list_plugins().await? {
            let config = self.store().plugin_config(&row.id).await?;
            let grants = grants.remove(&row.id).unwrap_or_default();
            wanted.push(Wanted { row, grants, config });
        }
        Ok(wanted)
    }

    /// The slot as it should be, and whether that differs from before.
    async fn bring(&self, before: Option<&Arc<Slot>>, wanted: Wanted) -> StoreResult<(Arc<Slot>, bool)> {
        let manifest = match Manifest::from_json(wanted.row.manifest.as_bytes()) {
            Ok(manifest) => Arc::new(manifest),
            Err(error) => {
                return idle(before, &wanted.row, PluginState::Incompatible, error.to_string()).await;
            }
        };
        let idle = |state, reason: String| idle(before, &wanted.row, state, reason);
        if self.inner.safe_mode {
            return idle(PluginState::Disabled, "the host runs in safe mode".to_owned()).await;
        }
        if !wanted.row.enabled {
            let reason = wanted.row.disabled_reason.clone().unwrap_or_else(|| "switched off".to_owned());
            return idle(PluginState::Disabled, reason).await;
        }
        let missing = missing_grants(&manifest, &wanted.grants);
        if !missing.is_empty() {
            let reason = format!("needs a grant for {}", missing.join(", "));
            return idle(PluginState::PendingApproval, reason).await;
        }
        if let Some(slot) = before
            && let Some(generation) = slot.generation.clone()
            && slot.row.package_hash == wanted.row.package_hash
        {
            let differs = self.adjust(slot, &generation, &wanted).await;
            return Ok((Arc::clone(slot), differs));
        }
        if let Some(slot) = before
            && slot.generation.is_none()
            && slot.row == wanted.row
            && slot.retry_at.is_some_and(|at| at > self.now())
        {
            return Ok((Arc::clone(slot), false));
        }
        self.start_plugin(before, wanted, manifest).await.map(|slot| (slot, true))
    }

    /// New rights and configuration of a running plugin, in place.
    async fn adjust(&self, slot: &Slot, generation: &Generation, wanted: &Wanted) -> bool {
        let rights = Effective::new(&generation.manifest.capabilities, &wanted.grants);
        let identity = generation.plugin.identity();
        let new_rights = **identity.rights.load() != rights;
        if new_rights {
            identity.rights.store(Arc::new(rights));
            self.tell(slot, generation, Change::Grants).await;
            self.check_health(slot, generation).await;
        }
        let config = with_defaults(&generation.manifest, wanted.config.clone());
        if **generation.services.config.load() != config {
            generation.services.config.store(Arc::new(config));
            self.tell(slot, generation, Change::Configuration).await;
            self.check_health(slot, generation).await;
        }
        new_rights
    }

    async fn start_plugin(
        &self,
        before: Option<&Arc<Slot>>,
        wanted: Wanted,
        manifest: Arc<Manifest>,
    ) -> StoreResult<Arc<Slot>> {
        let id = wanted.row.id.clone();
        let built = self.inner.workshop.build(&wanted.row, &wanted.grants, wanted.config).await;
        let slot =
            |row, generation, state, reason, retry_at| Arc::new(Slot::new(row, generation, state, reason, retry_at));
        match built {
            Ok(generation) => {
                tracing::info!(plugin = %id, version = %manifest.version, "started");
                self.record_start(&id, StartOutcome::Started).await;
                if let Some(old) = before.and_then(|slot| slot.generation.clone()) {
                    tokio::spawn(async move { retire(&old).await });
                }
                Ok(slot(wanted.row, Some(Arc::new(generation)), PluginState::Healthy, String::new(), None))
            }
            Err(StartError::Incompatible(reason)) => {
                tracing::error!(plugin = %id, reason, "the plugin cannot run on this host");
                retire_old(before).await;
                Ok(slot(wanted.row, None, PluginState::Incompatible, reason, None))
            }
            Err(StartError::Failed(reason)) => {
                tracing::error!(plugin = %id, reason, "the plugin did not start");
                retire_old(before).await;
                self.record_start(&id, StartOutcome::Failed(reason.clone())).await;
                let since = self.now().plus_ms(-FAILED_STARTS_WINDOW_MS);
                if self.store().failed_starts(&id, since).await? >= FAILED_STARTS {
                    let text = format!("three failed starts in five minutes; the last one: {reason}");
                    self.store().set_plugin_enabled(&Origin::system(), &id, false, Some(&text)).await?;
                    return Ok(slot(wanted.row, None, PluginState::Disabled, text, None));
                }
                let retry_at = Some(self.now().plus_ms(TRY_AGAIN_MS.into()));
                Ok(slot(wanted.row, None, PluginState::Starting, format!("did not start: {reason}"), retry_at))
            }
        }
    }

    /// A start counts even when the store cannot take a note of it, as on a full disk.
    async fn record_start(&self, id: &PluginId, outcome: StartOutcome) {
        if let Err(error) = self.store().record_plugin_start(id, &outcome).await {
            tracing::warn!(plugin = %id, ?error, "the start of the plugin is not written down");
        }
    }

    /// Tells router, queue, schedules, delivery and watcher what runs now.
    async fn refresh_running(&self) -> StoreResult<()> {
        let slots = self.inner.slots.load_full();
        let running: Vec<&Arc<Generation>> = slots.values().filter_map(|slot| slot.generation.as_ref()).collect();
        self.inner.running.store(Arc::new(running.iter().map(|generation| running_plugin(generation)).collect()));
        let Some(queue) = self.inner.queue.get() else { return Ok(()) };
        let kinds = running.iter().flat_map(|generation| runnable(generation)).collect();
        queue.runner.set_runnable(kinds).await.map_err(queue_fault)?;
        queue.delivery.set_subscribers(running.iter().filter_map(|generation| subscriber(generation)).collect());
        for generation in &running {
            queue.scheduler.sync(&generation.manifest).await.map_err(queue_fault)?;
        }
        queue.scheduler.set_running(running.iter().map(|generation| generation.manifest.id.clone()));
        Ok(())
    }

    async fn announce_state(&self, id: &PluginId) {
        let status = self.slot(id).map(|slot| slot.status.lock().clone());
        let payload = match status {
            Some(status) => json!({ "id": id, "state": status.state, "reason": status.reason }),
            None => json!({ "id": id, "state": "removed", "reason": "" }),
        };
        self.announce("plugins.changed", payload).await;
    }

    pub(super) async fn announce(&self, topic: &str, payload: Value) {
        let event = NewEvent {
            topic: topic.to_owned(),
            source: None,
            target: None,
            payload: payload.to_string(),
            retain_key: None,
        };
        if let Err(error) = self.store().publish_events(vec![event]).await {
            tracing::warn!(error = ?error, topic, "an event of the host is lost");
        }
    }

    /// Asks a plugin how it feels and shows the answer.
    pub(super) async fn check_health(&self, slot: &Slot, generation: &Generation) {
        if slot.status.lock().state == PluginState::Quarantined {
            return;
        }
        let changed = match generation.plugin.health().await {
            Ok(health) if health.ok => slot.set_state(PluginState::Healthy, ""),
            Ok(health) => slot.set_state(PluginState::Degraded, &health.message),
            Err(error) => slot.set_state(PluginState::Degraded, &error.to_string()),
        };
        if changed {
            self.announce_state(&slot.row.id).await;
        }
    }
}

async fn retire_old(before: Option<&Arc<Slot>>) {
    if let Some(generation) = before.and_then(|slot| slot.generation.as_ref()) {
        retire(generation).await;
    }
}

/// What stands for a plugin that was not there before, until it has started.
fn arrival(old: &BTreeMap<PluginId, Arc<Slot>>, row: &InstalledPlugin) -> Option<(PluginId, Arc<Slot>)> {
    let slot = || Slot::new(row.clone(), None, PluginState::Starting, String::new(), None);
    (!old.contains_key(&row.id)).then(|| (row.id.clone(), Arc::new(slot())))
}

/// Required capabilities without a grant.
fn missing_grants(manifest: &Manifest, grants: &[Grant]) -> Vec<String> {
    let held = |interface: &str| grants.iter().any(|grant| grant.interface == interface);
    manifest
        .capabilities
        .iter()
        .filter(|request| !request.optional && !held(&request.interface))
        .map(|request| request.interface.clone())
        .collect()
}

fn running_plugin(generation: &Arc<Generation>) -> RunningPlugin {
    let rights = generation.plugin.identity().rights.load();
    let aliases = rights.allowances(HTTP).iter().map(|allowance| allowance.name.clone()).collect();
    RunningPlugin { manifest: Arc::clone(&generation.manifest), package_hash: generation.package_hash.clone(), aliases }
}

/// Its kinds of jobs; none while it holds no grant to run jobs.
fn runnable(generation: &Arc<Generation>) -> Vec<RunnableKind> {
    let manifest = &generation.manifest;
    if !generation.plugin.identity().rights.load().has(JOBS) {
        return Vec::new();
    }
    manifest
        .jobs
        .iter()
        .map(|kind| RunnableKind {
            plugin: manifest.id.clone(),
            kind: kind.kind.clone(),
            lane: kind.lane().to_owned(),
            concurrency: kind.concurrency,
            backoff_ms: kind.backoff_ms.clone(),
            wall_limit_ms: manifest.limits.job_wall_ms,
        })
        .collect()
}

fn subscriber(generation: &Arc<Generation>) -> Option<Subscriber> {
    let rights = generation.plugin.identity().rights.load();
    let patterns: Vec<String> = rights
        .allowances(EVENTS)
        .iter()
        .filter(|allowance| allowance.rights.contains("subscribe"))
        .map(|allowance| allowance.name.clone())
        .collect();
    let hears = generation.plugin.exports().events && !patterns.is_empty();
    hears.then(|| Subscriber { plugin: generation.manifest.id.clone(), patterns })
}

/// A slot of which nothing runs, and whether that differs from before.
async fn idle(
    before: Option<&Arc<Slot>>,
    row: &InstalledPlugin,
    state: PluginState,
    reason: String,
) -> StoreResult<(Arc<Slot>, bool)> {
    if let Some(slot) = before
        && slot.generation.is_none()
        && slot.row == *row
    {
        let differs = slot.set_state(state, &reason);
        return Ok((Arc::clone(slot), differs));
    }
    retire_old(before).await;
    Ok((Arc::new(Slot::new(row.clone(), None, state, reason, None)), true))
}

fn queue_fault(error: JobsError) -> StoreError {
    StoreError::Database(error.to_string())
}
