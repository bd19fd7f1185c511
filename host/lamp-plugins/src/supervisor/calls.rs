//! Calls into plugins, with the breaker in front: a plugin that keeps failing is left alone for a while.

use super::{Slot, Supervisor};
use crate::generation::Generation;
use crate::health::Gate;
use async_trait::async_trait;
use lamp_core::caller::Caller;
use lamp_core::clock::UnixMs;
use lamp_core::entry::{
    Asset, EntryError, EventSink, HttpRequest, HttpResponse, JobBody, JobControl, PluginState, PluginStatus, Plugins,
    RunningPlugin,
};
use lamp_core::event::{Disposition, Event};
use lamp_core::grant::Allowance;
use lamp_core::id::{PluginId, RequestId};
use lamp_core::job::{JobOutcome, JobRun};
use lamp_core::pattern;
use lamp_core::swarm::{SwarmDecider, SwarmJudge, SwarmQuestion, SwarmVerdict};
use std::sync::Arc;

const FILES: &str = "lamphouse:files";
const HTTP: &str = "lamphouse:http";
const TRACKER: &str = "lamphouse:tracker";
const BUSY_AGAIN_MS: u64 = 1_000;

impl Supervisor {
    /// The generation to call now.
    fn callable(&self, plugin: &PluginId) -> Result<(Arc<Slot>, Arc<Generation>), EntryError> {
        let slot = self.slot(plugin).ok_or_else(|| EntryError::NotInstalled(plugin.clone()))?;
        let Some(generation) = slot.generation.clone() else {
            let status = slot.status.lock().clone();
            return Err(EntryError::NotRunning { plugin: plugin.clone(), state: status.state, reason: status.reason });
        };
        match slot.breaker.lock().gate(self.now()) {
            Gate::Open | Gate::Probe => {}
            Gate::ClosedUntil(until) => {
                let reason = format!("it failed repeatedly; the next try is at {}", until.to_rfc3339());
                return Err(EntryError::NotRunning { plugin: plugin.clone(), state: PluginState::Quarantined, reason });
            }
        }
        Ok((slot, generation))
    }

    /// Counts an answer or a failure against the plugin.
    async fn settle<T>(&self, slot: &Arc<Slot>, answer: Result<T, EntryError>) -> Result<T, EntryError> {
        let now = self.now();
        match &answer {
            Ok(_) => {
                let recovered = slot.breaker.lock().answered();
                if recovered && slot.set_state(PluginState::Healthy, "") {
                    self.announce_status(slot).await;
                }
            }
            Err(error) if counts(error) => self.count_failure(slot, error, now).await,
            Err(_) => {}
        }
        answer
    }

    async fn count_failure(&self, slot: &Arc<Slot>, error: &EntryError, now: UnixMs) {
        slot.status.lock().last_trap = Some(error.to_string());
        let quarantined = slot.breaker.lock().failed(now);
        let changed = if quarantined {
            slot.set_state(PluginState::Quarantined, &format!("it failed repeatedly: {error}"))
        } else {
            slot.set_state(PluginState::Degraded, &error.to_string())
        };
        if changed {
            self.announce_status(slot).await;
        }
    }

    async fn announce_status(&self, slot: &Arc<Slot>) {
        let status = slot.status.lock().clone();
        let payload = serde_json::json!({ "id": slot.row.id, "state": status.state, "reason": status.reason });
        self.announce("plugins.changed", payload).await;
    }
}

/// Failures that are the plugin's own.
fn counts(error: &EntryError) -> bool {
    matches!(error, EntryError::Timeout { .. } | EntryError::OutOfMemory { .. } | EntryError::Trapped { .. })
}

#[async_trait]
impl Plugins for Supervisor {
    fn running(&self) -> Vec<RunningPlugin> {
        self.inner.running.load().as_ref().clone()
    }

    fn status(&self, plugin: &PluginId) -> Option<PluginStatus> {
        self.slot(plugin).map(|slot| slot.status.lock().clone())
    }

    async fn handle_http(
        &self,
        plugin: &PluginId,
        request: HttpRequest,
        caller: &Caller,
        request_id: &RequestId,
    ) -> Result<HttpResponse, EntryError> {
        let (slot, generation) = self.callable(plugin)?;
        if !generation.plugin.identity().rights.load().has(HTTP) {
            let reason = format!("needs a grant for {HTTP}");
            return Err(EntryError::NotRunning { plugin: plugin.clone(), state: PluginState::PendingApproval, reason });
        }
        let answer = generation.plugin.handle_http(request, caller.clone(), request_id.0.clone()).await;
        self.settle(&slot, answer).await
    }

    fn may_read_mount(&self, plugin: &PluginId, mount: &str) -> bool {
        self.generation(plugin)
            .is_some_and(|generation| generation.plugin.identity().rights.load().allows(FILES, mount, "read"))
    }

    fn asset(&self, plugin: &PluginId, path: &str) -> Option<Asset> {
        let generation = self.generation(plugin)?;
        let bytes = generation.assets.get(path)?;
        let media_type = mime_guess::from_path(path).first_raw().unwrap_or("application/octet-stream");
        Some(Asset { bytes: Arc::clone(bytes), media_type })
    }
}

#[async_trait]
impl JobBody for Supervisor {
    async fn run(&self, run: JobRun, control: Arc<dyn JobControl>) -> JobOutcome {
        let plugin = run.plugin.clone();
        let (slot, generation) = match self.callable(&plugin) {
            Ok(found) => found,
            Err(_) => return JobOutcome::Released,
        };
        let answer = generation.plugin.run_job(run, control).await;
        match self.settle(&slot, answer).await {
            Ok(outcome) => outcome,
            Err(EntryError::Busy(_)) => JobOutcome::AgainAfterMs { delay_ms: BUSY_AGAIN_MS, checkpoint: None },
            Err(error @ EntryError::NotExported { .. }) => JobOutcome::Fatal(error.to_string()),
            Err(error) => JobOutcome::Retry { message: error.to_string(), after_ms: None },
        }
    }
}

#[async_trait]
impl EventSink for Supervisor {
    async fn deliver(&self, plugin: &PluginId, batch: &[Event]) -> Result<Vec<Disposition>, EntryError> {
        let (slot, generation) = self.callable(plugin)?;
        let answer = generation.plugin.deliver(batch).await;
        self.settle(&slot, answer).await
    }
}

#[async_trait]
impl SwarmJudge for Supervisor {
    fn deciders(&self) -> Vec<SwarmDecider> {
        self.inner.slots.load().values().filter_map(|slot| slot.generation.as_deref()).filter_map(decider).collect()
    }

    async fn judge(&self, question: SwarmQuestion) -> Result<Option<SwarmVerdict>, EntryError> {
        let decides = |decider: &SwarmDecider| {
            decider.swarms.iter().any(|allowance| pattern::matches(&allowance.name, &question.info_hash))
        };
        let mut deciders = self.deciders().into_iter().filter(decides);
        let Some(SwarmDecider { plugin, .. }) = deciders.next() else { return Ok(None) };
        if let Some(other) = deciders.next() {
            let message = format!("`{}` may decide about the same swarm: take `decide` from one of them", other.plugin);
            return Err(EntryError::Host { plugin, message });
        }
        let (slot, generation) = self.callable(&plugin)?;
        let answer = generation.plugin.judge(question).await;
        self.settle(&slot, answer).await.map(Some)
    }
}

/// The plugin as one that decides about swarms, if it does.
fn decider(generation: &Generation) -> Option<SwarmDecider> {
    let rights = generation.plugin.identity().rights.load();
    let decides = |allowance: &&Allowance| allowance.rights.contains("decide");
    let swarms: Vec<Allowance> = rights.allowances(TRACKER).iter().filter(decides).cloned().collect();
    let is_one = generation.plugin.exports().tracker && !swarms.is_empty();
    is_one.then(|| SwarmDecider {
        plugin: generation.manifest.id.clone(),
        package_hash: generation.package_hash.clone(),
        swarms,
    })
}
