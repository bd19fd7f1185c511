//! Denied calls: one audit row and one notice each, the same denial at most once in ten seconds.

use lamp_core::clock::{Clock, UnixMs};
use lamp_core::id::PluginId;
use lamp_store::Store;
use lamp_store::audit::{NewAudit, Origin, Outcome};
use lamp_store::notices::{NewNotice, Severity};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc;

const QUIET_MS: i64 = 10_000;
const MAX_REMEMBERED: usize = 10_000;

/// One denied call.
#[derive(Debug)]
pub struct Denial {
    /// Who was denied.
    pub plugin: PluginId,
    /// Which interface.
    pub interface: String,
    /// What is missing.
    pub text: String,
}

/// Writes denials down until the channel closes.
pub async fn record(mut denials: mpsc::Receiver<Denial>, store: Store, clock: Arc<dyn Clock>) {
    let mut told: HashMap<(PluginId, String, String), UnixMs> = HashMap::new();
    while let Some(denial) = denials.recv().await {
        let now = clock.now();
        let key = (denial.plugin.clone(), denial.interface.clone(), denial.text.clone());
        if told.get(&key).is_some_and(|at| at.plus_ms(QUIET_MS) > now) {
            continue;
        }
        if told.len() >= MAX_REMEMBERED {
            told.clear();
        }
        told.insert(key, now);
        if let Err(error) = write(&store, denial).await {
            tracing::error!(error = ?error, "a denied call could not be written to the audit log");
        }
    }
}

async fn write(store: &Store, denial: Denial) -> lamp_store::StoreResult<()> {
    let origin = Origin::new(format!("plugin:{}", denial.plugin));
    let entry = NewAudit {
        action: "capability.call",
        subject: denial.interface.clone(),
        detail: json!({ "plugin": denial.plugin, "missing": denial.text }),
        outcome: Outcome::Denied,
    };
    store.record_audit(&origin, entry).await?;
    let notice = NewNotice {
        key: notice_key(&denial.plugin, &denial.interface),
        severity: Severity::Warning,
        title: format!("{} was denied a call", denial.plugin),
        message: denial.text,
        plugin: Some(denial.plugin.clone()),
        action: Some(json!({ "kind": "grant", "plugin": denial.plugin, "interface": denial.interface })),
    };
    store.raise_notice(notice).await.map(|_| ())
}

/// The notice of a plugin's denials of one interface; resolved by granting it.
pub fn notice_key(plugin: &PluginId, interface: &str) -> String {
    format!("denied:{plugin}:{interface}")
}
