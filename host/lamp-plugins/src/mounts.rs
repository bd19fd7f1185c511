//! Mounts of the store in the file layer, and changes of files on their way to the plugins that may watch.

use crate::supervisor::Supervisor;
use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_engine::Change;
use lamp_files::{HardLinks, MountChange, MountConfig, MountStatus, Mounts, RootIdentity, parse_rights};
use lamp_store::audit::Origin;
use lamp_store::{Store, StoreResult};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Topic of file changes; only plugins with the right `watch` on the mount receive them.
pub const TOPIC_FILES_CHANGED: &str = "files.changed";
const FILES: &str = "lamphouse:files";
/// More folders than this in one report become "anything may have changed".
const MAX_FOLDERS: usize = 1_000;

/// Where the folder behind each mount is remembered, so that an empty mount point is not taken for an emptied library
/// after a restart.
const IDENTITIES: &str = "mounts.identities";

/// The folder a mount stood for when it was last online; `created_at` tells a mount from a later one of the same name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Remembered {
    created_at: UnixMs,
    identity: RootIdentity,
}

async fn remembered(store: &Store) -> StoreResult<BTreeMap<String, Remembered>> {
    let value = store.setting(IDENTITIES).await?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
}

/// Writes down which folders the mounts stand for, when that changed.
async fn remember(store: &Store, mounts: &Mounts) -> StoreResult<()> {
    let before = remembered(store).await?;
    let mut now = BTreeMap::new();
    for mount in store.list_mounts().await? {
        let seen = mounts.identity(&mount.name).map(|identity| Remembered { created_at: mount.created_at, identity });
        let kept = before.get(&mount.name).filter(|old| old.created_at == mount.created_at).cloned();
        if let Some(known) = kept.or(seen) {
            now.insert(mount.name, known);
        }
    }
    if now != before {
        store.set_setting(&Origin::system(), IDENTITIES, &json!(now)).await?;
    }
    Ok(())
}

/// Brings the file layer to what the store says. Whether anything changed.
pub async fn sync(store: &Store, mounts: &Mounts) -> StoreResult<bool> {
    let remembered = remembered(store).await?;
    let mut configs = Vec::new();
    for mount in store.list_mounts().await? {
        let rights: Vec<&str> = mount.rights.iter().map(String::as_str).collect();
        let known = remembered.get(&mount.name).filter(|known| known.created_at == mount.created_at);
        match parse_rights(&rights.join(",")) {
            Ok(rights) => configs.push(MountConfig {
                identity: known.map(|known| known.identity.clone()),
                name: mount.name,
                root: mount.path.into(),
                rights,
                hard_links: HardLinks::default(),
            }),
            Err(error) => tracing::error!(mount = mount.name, %error, "a mount is left out"),
        }
    }
    let plain = |configs: Vec<MountConfig>| -> Vec<_> {
        configs.into_iter().map(|config| (config.name, config.root, config.rights)).collect()
    };
    let changed = plain(mounts.configs()) != plain(configs.clone());
    if let Err(error) = mounts.replace(configs) {
        tracing::error!(%error, "the mounts are left as they were");
        return Ok(false);
    }
    Ok(changed)
}

/// Hands changes to plugins until the watcher is gone.
pub async fn relay(mut changes: mpsc::Receiver<MountChange>, supervisor: Supervisor, stop: CancellationToken) {
    let mut online: BTreeMap<String, bool> = BTreeMap::new();
    loop {
        let change = tokio::select! {
            change = changes.recv() => change,
            () = stop.cancelled() => None,
        };
        let Some(change) = change else { return };
        let now_online = change.status == MountStatus::Online;
        let turned = online.insert(change.mount.clone(), now_online).is_some_and(|before| before != now_online);
        if turned {
            supervisor.tell_all(Change::Mounts).await;
        }
        if now_online {
            if let Err(error) = remember(supervisor.store(), supervisor.mounts()).await {
                tracing::warn!(error = ?error, "which folders the mounts stand for could not be written down");
            }
            publish(&supervisor, change).await;
        }
    }
}

async fn publish(supervisor: &Supervisor, change: MountChange) {
    let overflow = change.overflow || change.folders.len() > MAX_FOLDERS;
    let folders = if overflow { Vec::new() } else { change.folders };
    let payload = json!({ "mount": change.mount, "folders": folders, "overflow": overflow }).to_string();
    let events: Vec<NewEvent> = supervisor
        .holders(FILES, &change.mount, "watch")
        .into_iter()
        .map(|plugin| NewEvent {
            topic: TOPIC_FILES_CHANGED.to_owned(),
            source: None,
            target: Some(plugin),
            payload: payload.clone(),
            retain_key: None,
        })
        .collect();
    if !events.is_empty()
        && let Err(error) = supervisor.store().publish_events(events).await
    {
        tracing::error!(error = ?error, "a change of files could not be told; the next rescan finds it");
    }
}
