//! Upgrades that wait: a version that asks for more than the installed one lies beside it until an admin decides.

use super::{
    Allowance, Origin, PluginId, PluginInstall, Row, Store, StoreError, StoreResult, Tx, UnixMs, Version, json, lock,
    put_in_place, query, read_grant, record_change, set_grant,
};
use crate::notices::{NewNotice, raise, resolve};
use crate::packages::{drop_unused_packages, keep_package};

/// A version that waits for an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingUpgrade {
    /// SHA-256 of its package, hex.
    pub package_hash: String,
    /// Semantic version.
    pub version: String,
    /// The manifest as JSON text; `Manifest::from_json` reads it.
    pub manifest: String,
    /// Who wanted to install it, as in the audit log.
    pub asked_by: String,
    /// When.
    pub asked_at: UnixMs,
}

fn read(row: &Row) -> StoreResult<WaitingUpgrade> {
    Ok(WaitingUpgrade {
        package_hash: row.get("package_hash")?,
        version: row.get("version")?,
        manifest: row.get("manifest")?,
        asked_by: row.get("asked_by")?,
        asked_at: row.get("asked_at")?,
    })
}

/// The notice of a plugin's waiting upgrade.
fn notice_key(plugin: &PluginId) -> String {
    format!("upgrade:{plugin}")
}

/// Drops what waits, with its package and its notice.
pub(super) async fn forget(tx: &mut Tx, at: UnixMs, plugin: &PluginId) -> StoreResult<()> {
    tx.execute(query("delete from plugin_upgrade where plugin = $1").bind(plugin)).await?;
    drop_unused_packages(tx).await?;
    resolve(tx, at, &notice_key(plugin)).await.map(|_| ())
}

/// The upgrade that waits, when it is the one with that package. `NotFound`.
async fn require_waiting(tx: &mut Tx, plugin: &PluginId, package_hash: &str) -> StoreResult<WaitingUpgrade> {
    let select = query("select * from plugin_upgrade where plugin = $1 and package_hash = $2");
    let row = tx.fetch_optional(select.bind(plugin).bind(package_hash)).await?;
    read(&row.ok_or_else(|| StoreError::not_found("waiting upgrade", format!("{plugin} {package_hash}")))?)
}

/// What is granted of an interface now.
async fn held(tx: &mut Tx, plugin: &PluginId, interface: &str) -> StoreResult<Vec<Allowance>> {
    let select = query("select * from plugin_grant where plugin = $1 and interface = $2");
    let row = tx.fetch_optional(select.bind(plugin).bind(interface)).await?;
    Ok(row.as_ref().map(read_grant).transpose()?.map(|grant| grant.allow).unwrap_or_default())
}

impl Store {
    /// Lays a version beside the installed one, in place of one that waited before, and raises `notice` under the key of
    /// this plugin's upgrade. Its grants are not looked at. The same package again changes nothing. `NotFound`.
    pub async fn hold_upgrade(&self, origin: &Origin, new: PluginInstall, notice: NewNotice) -> StoreResult<()> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let installed = lock(&mut tx, &new.id).await?.ok_or_else(|| StoreError::not_found("plugin", &new.id))?;
        let same = query("select 1 as one from plugin_upgrade where plugin = $1 and package_hash = $2");
        if tx.fetch_optional(same.bind(&new.id).bind(&new.package_hash)).await?.is_some() {
            return Ok(());
        }
        keep_package(&mut tx, &new.package_hash, new.package).await?;
        let upsert = query(
            "insert into plugin_upgrade (plugin, package_hash, version, manifest, asked_by, asked_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (plugin) do update set package_hash = excluded.package_hash, version = excluded.version,
                 manifest = excluded.manifest, asked_by = excluded.asked_by, asked_at = excluded.asked_at",
        );
        let upsert = upsert.bind(&new.id).bind(&new.package_hash).bind(&new.version).bind(&new.manifest);
        tx.execute(upsert.bind(&origin.actor).bind(now)).await?;
        drop_unused_packages(&mut tx).await?;
        raise(&mut tx, now, NewNotice { key: notice_key(&new.id), ..notice }).await?;
        let detail = json!({ "version": new.version, "package_hash": new.package_hash, "installed": installed.1 });
        record_change(&mut tx, now, origin, "plugin.upgrade_wait", new.id.as_str(), detail).await?;
        tx.commit().await
    }

    /// The upgrade of a plugin that waits.
    pub async fn waiting_upgrade(&self, plugin: &PluginId) -> StoreResult<Option<WaitingUpgrade>> {
        let select = query("select * from plugin_upgrade where plugin = $1").bind(plugin);
        self.fetch_optional(select).await?.as_ref().map(read).transpose()
    }

    /// Puts the waiting version with that package in the place of the installed one and adds to what is granted by then:
    /// one transaction.
    /// Returns the version it replaces. `NotFound` when another version waits, or none.
    pub async fn approve_upgrade(
        &self,
        origin: &Origin,
        plugin: &PluginId,
        package_hash: &str,
        added: &[(String, Vec<Allowance>)],
    ) -> StoreResult<String> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let before = lock(&mut tx, plugin).await?.ok_or_else(|| StoreError::not_found("plugin", plugin))?;
        let waiting = require_waiting(&mut tx, plugin, package_hash).await?;
        let version = Version { plugin, package_hash, version: &waiting.version, manifest: &waiting.manifest };
        put_in_place(&mut tx, now, origin, &version, Some(&before)).await?;
        for (interface, allow) in added {
            let held = held(&mut tx, plugin, interface).await?;
            set_grant(&mut tx, now, origin, plugin, interface, &[held.as_slice(), allow].concat()).await?;
        }
        let detail = json!({ "version": waiting.version, "package_hash": package_hash, "asked_by": waiting.asked_by });
        record_change(&mut tx, now, origin, "plugin.upgrade_approve", plugin.as_str(), detail).await?;
        tx.commit().await?;
        Ok(before.1)
    }

    /// Drops the waiting version with that package; the installed one stays. `NotFound` when another waits, or none.
    pub async fn reject_upgrade(&self, origin: &Origin, plugin: &PluginId, package_hash: &str) -> StoreResult<()> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        lock(&mut tx, plugin).await?;
        let waiting = require_waiting(&mut tx, plugin, package_hash).await?;
        forget(&mut tx, now, plugin).await?;
        let detail = json!({ "version": waiting.version, "package_hash": package_hash, "asked_by": waiting.asked_by });
        record_change(&mut tx, now, origin, "plugin.upgrade_reject", plugin.as_str(), detail).await?;
        tx.commit().await
    }
}
