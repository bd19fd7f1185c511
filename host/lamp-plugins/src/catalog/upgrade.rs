//! Upgrades that ask for more than the installed version: they wait, the installed version keeps running, an admin
//! decides with the difference before the eyes.

use super::{Catalog, host, read_manifest, refused};
use lamp_core::entry::AdminError;
use lamp_core::event::NewEvent;
use lamp_core::grant::RightsChange;
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use lamp_store::audit::Origin;
use lamp_store::notices::{NewNotice, Severity};
use lamp_store::plugins::{PluginInstall, WaitingUpgrade};
use lamp_store::{Store, StoreError};
use serde_json::json;

/// A version that waits for an admin, with what it asks for beyond the installed one.
#[derive(Debug)]
pub struct PendingUpgrade {
    /// The version as it lies in the store.
    pub waiting: WaitingUpgrade,
    /// Its rights beside those of the installed version, by the grants of now.
    pub change: RightsChange,
}

/// The upgrade of an installed plugin that waits, none when none does.
pub async fn pending_upgrade(store: &Store, plugin: &PluginId) -> Result<Option<PendingUpgrade>, AdminError> {
    let Some(waiting) = store.waiting_upgrade(plugin).await.map_err(host)? else { return Ok(None) };
    let change = change_to(store, &read_manifest(&waiting.manifest)?).await?;
    Ok(Some(PendingUpgrade { waiting, change }))
}

/// What a version would change of the rights of the plugin, as it is installed and granted now.
async fn change_to(store: &Store, manifest: &Manifest) -> Result<RightsChange, AdminError> {
    let installed = store.find_plugin(&manifest.id).await.map_err(host)?;
    let installed = installed.map(|row| read_manifest(&row.manifest)).transpose()?;
    let old = installed.as_ref().map(|manifest| manifest.capabilities.as_slice()).unwrap_or_default();
    let grants = store.grants(&manifest.id).await.map_err(host)?;
    Ok(RightsChange::between(old, &grants, &manifest.capabilities))
}

impl Catalog {
    /// The change of rights, when another version of the plugin is installed and this one needs consent.
    pub(super) async fn wider_than_installed(
        &self,
        manifest: &Manifest,
        package_hash: &str,
    ) -> Result<Option<RightsChange>, AdminError> {
        match self.store.find_plugin(&manifest.id).await.map_err(host)? {
            Some(row) if row.package_hash != package_hash => {
                let change = change_to(&self.store, manifest).await?;
                Ok(change.needs_consent().then_some(change))
            }
            _ => Ok(None),
        }
    }

    /// Lays a version beside the installed one and tells people.
    pub(super) async fn hold(
        &self,
        origin: &Origin,
        manifest: &Manifest,
        install: PluginInstall,
        change: &RightsChange,
    ) -> Result<(), AdminError> {
        let more: Vec<&str> = change.added().map(|part| part.interface.as_str()).collect();
        let notice = NewNotice {
            key: String::new(),
            severity: Severity::Warning,
            title: format!("{} {} waits for approval", manifest.name, manifest.version),
            message: format!("It asks for more: {}. The installed version keeps running.", more.join(", ")),
            plugin: Some(manifest.id.clone()),
            action: Some(json!({ "kind": "review-upgrade", "plugin": manifest.id })),
        };
        self.store.hold_upgrade(origin, install, notice).await.map_err(host)?;
        self.tell_people(&manifest.id).await
    }

    /// Installs what waits, with what it adds to the rights that are held.
    pub(super) async fn approve_upgrade(
        &self,
        plugin: &PluginId,
        package_hash: &str,
        origin: &Origin,
    ) -> Result<String, AdminError> {
        let pending = pending_upgrade(&self.store, plugin).await?;
        let pending = pending.filter(|pending| pending.waiting.package_hash == package_hash);
        let pending = pending.ok_or_else(|| not_waiting(plugin))?;
        let manifest = read_manifest(&pending.waiting.manifest)?;
        // Another plugin may have claimed a route since.
        self.check_claims(&manifest).await?;
        let added: Vec<_> = pending.change.added().map(|part| (part.interface.clone(), part.allow.clone())).collect();
        let approved = self.store.approve_upgrade(origin, plugin, package_hash, &added).await;
        approved.map_err(|error| waiting_fault(error, plugin))?;
        for part in pending.change.added() {
            let denied = crate::denials::notice_key(plugin, &part.interface);
            self.store.resolve_notice(&denied).await.map_err(host)?;
        }
        self.tell_people(plugin).await?;
        Ok(pending.waiting.version)
    }

    pub(super) async fn reject_upgrade(
        &self,
        plugin: &PluginId,
        package_hash: &str,
        origin: &Origin,
    ) -> Result<(), AdminError> {
        let rejected = self.store.reject_upgrade(origin, plugin, package_hash).await;
        rejected.map_err(|error| waiting_fault(error, plugin))?;
        self.tell_people(plugin).await
    }

    /// Open pages read the plugin and the notices again.
    async fn tell_people(&self, plugin: &PluginId) -> Result<(), AdminError> {
        let event = |topic: &str, payload: serde_json::Value| NewEvent {
            topic: topic.to_owned(),
            source: None,
            target: None,
            payload: payload.to_string(),
            retain_key: None,
        };
        let events = vec![event("plugins.changed", json!({ "id": plugin })), event("notices.changed", json!({}))];
        self.store.publish_events(events).await.map_err(host).map(|_| ())
    }
}

fn waiting_fault(error: StoreError, plugin: &PluginId) -> AdminError {
    if error.is_not_found() { not_waiting(plugin) } else { host(error) }
}

fn not_waiting(plugin: &PluginId) -> AdminError {
    let text = format!("this version of `{plugin}` does not wait for approval; look at the plugin again");
    refused("upgrade_not_waiting", text)
}
