//! Installed plugins with their grants, configuration and starts.

use crate::audit::{Origin, record_change};
use crate::database::{Row, Signal, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::packages::keep_package;
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::grant::{Allowance, Grant};
use lamp_core::id::PluginId;
use serde_json::{Map, Value, json};

mod removal;
mod upgrade;

pub use upgrade::WaitingUpgrade;

/// How long starts are remembered.
const STARTS_KEPT_MS: i64 = 24 * 3_600_000;

/// An installed plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledPlugin {
    /// Its id.
    pub id: PluginId,
    /// SHA-256 of its package, hex.
    pub package_hash: String,
    /// Semantic version.
    pub version: String,
    /// The manifest as JSON text; `Manifest::from_json` reads it.
    pub manifest: String,
    /// Switched on.
    pub enabled: bool,
    /// Why it was switched off.
    pub disabled_reason: Option<String>,
    /// First install.
    pub installed_at: UnixMs,
    /// Last install.
    pub updated_at: UnixMs,
}

/// A package to install in place of what is there.
#[derive(Debug, Clone)]
pub struct PluginInstall {
    /// Plugin.
    pub id: PluginId,
    /// Version.
    pub version: String,
    /// Manifest as JSON text.
    pub manifest: String,
    /// SHA-256 of the package, hex.
    pub package_hash: String,
    /// The package.
    pub package: Vec<u8>,
    /// Grants to set with it: interface and scope. Others stay as they are.
    pub grants: Vec<(String, Vec<Allowance>)>,
}

/// What an install did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Version that was there before.
    pub replaces: Option<String>,
    /// The same package was there already; only grants may have changed.
    pub unchanged: bool,
}

/// How a start ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartOutcome {
    /// It answers.
    Started,
    /// It does not; why.
    Failed(String),
}

fn read(row: &Row) -> StoreResult<InstalledPlugin> {
    Ok(InstalledPlugin {
        id: row.get("id")?,
        package_hash: row.get("package_hash")?,
        version: row.get("version")?,
        manifest: row.get("manifest")?,
        enabled: row.get("enabled")?,
        disabled_reason: row.get("disabled_reason")?,
        installed_at: row.get("installed_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn read_grant(row: &Row) -> StoreResult<Grant> {
    let allow: String = row.get("allow")?;
    Ok(Grant {
        plugin: row.get("plugin")?,
        interface: row.get("interface")?,
        allow: serde_json::from_str(&allow).map_err(|error| StoreError::damaged("plugin_grant.allow", error))?,
        granted_by: row.get("granted_by")?,
        granted_at: row.get("granted_at")?,
    })
}

/// A version of a plugin whose package is kept.
struct Version<'a> {
    plugin: &'a PluginId,
    package_hash: &'a str,
    version: &'a str,
    manifest: &'a str,
}

/// Makes a version the installed one and switches it on. Whatever waits is forgotten: somebody has decided.
async fn put_in_place(
    tx: &mut Tx,
    at: UnixMs,
    origin: &Origin,
    new: &Version<'_>,
    before: Option<&(String, String)>,
) -> StoreResult<()> {
    let upsert = query(
        "insert into plugin (id, package_hash, version, manifest, enabled, installed_at, updated_at)
         values ($1, $2, $3, $4, 1, $5, $5)
         on conflict (id) do update set package_hash = excluded.package_hash, version = excluded.version,
             manifest = excluded.manifest, enabled = 1, disabled_reason = null, updated_at = excluded.updated_at,
             data_retained = 0",
    );
    let upsert = upsert.bind(new.plugin).bind(new.package_hash).bind(new.version).bind(new.manifest);
    tx.execute(upsert.bind(at)).await?;
    tx.execute(query("delete from plugin_start where plugin = $1").bind(new.plugin)).await?;
    upgrade::forget(tx, at, new.plugin).await?;
    let replaced = before.map(|(hash, version)| json!({ "version": version, "package_hash": hash }));
    let detail = json!({ "version": new.version, "package_hash": new.package_hash, "replaces": replaced });
    record_change(tx, at, origin, "plugin.install", new.plugin.as_str(), detail).await
}

/// The installed plugin's package hash and version, locked; none when it is not installed.
async fn lock(tx: &mut Tx, plugin: &PluginId) -> StoreResult<Option<(String, String)>> {
    let select = tx.pick(
        "select package_hash, version from plugin where id = $1 and data_retained = 0",
        "select package_hash, version from plugin where id = $1 and data_retained = 0 for update",
    );
    let row = tx.fetch_optional(query(select).bind(plugin)).await?;
    row.map(|row| Ok((row.get("package_hash")?, row.get("version")?))).transpose()
}

async fn require(tx: &mut Tx, plugin: &PluginId) -> StoreResult<()> {
    lock(tx, plugin).await?.map(|_| ()).ok_or_else(|| StoreError::not_found("plugin", plugin))
}

async fn set_grant(
    tx: &mut Tx,
    at: UnixMs,
    origin: &Origin,
    plugin: &PluginId,
    interface: &str,
    allow: &[Allowance],
) -> StoreResult<()> {
    let upsert = query(
        "insert into plugin_grant (plugin, interface, allow, granted_by, granted_at) values ($1, $2, $3, $4, $5)
         on conflict (plugin, interface) do update
         set allow = excluded.allow, granted_by = excluded.granted_by, granted_at = excluded.granted_at",
    );
    let upsert = upsert.bind(plugin).bind(interface).bind(json!(allow).to_string());
    tx.execute(upsert.bind(&origin.actor).bind(at)).await?;
    let detail = json!({ "interface": interface, "allow": allow });
    record_change(tx, at, origin, "plugin.grant", plugin.as_str(), detail).await
}

impl Store {
    /// Installs a package, or puts it in place of the installed one, switches the plugin on and sets grants: one transaction.
    /// Installing the same package again changes nothing but grants.
    pub async fn install_plugin(&self, origin: &Origin, install: PluginInstall) -> StoreResult<Installed> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let before = lock(&mut tx, &install.id).await?;
        let unchanged = before.as_ref().is_some_and(|(hash, _)| *hash == install.package_hash);
        if !unchanged {
            keep_package(&mut tx, &install.package_hash, install.package).await?;
            let version = Version {
                plugin: &install.id,
                package_hash: &install.package_hash,
                version: &install.version,
                manifest: &install.manifest,
            };
            put_in_place(&mut tx, now, origin, &version, before.as_ref()).await?;
        }
        for (interface, allow) in &install.grants {
            set_grant(&mut tx, now, origin, &install.id, interface, allow).await?;
        }
        tx.commit().await?;
        Ok(Installed { replaces: before.filter(|_| !unchanged).map(|(_, version)| version), unchanged })
    }

    /// Installed plugins by id; those of which only the data is left are not among them.
    pub async fn list_plugins(&self) -> StoreResult<Vec<InstalledPlugin>> {
        let select = query("select * from plugin where data_retained = 0 order by id");
        self.fetch_all(select).await?.iter().map(read).collect()
    }

    /// The installed plugin of that id.
    pub async fn find_plugin(&self, plugin: &PluginId) -> StoreResult<Option<InstalledPlugin>> {
        let select = query("select * from plugin where id = $1 and data_retained = 0").bind(plugin);
        self.fetch_optional(select).await?.as_ref().map(read).transpose()
    }

    /// Removed plugins whose data is kept.
    pub async fn list_retained_data(&self) -> StoreResult<Vec<PluginId>> {
        let rows = self.fetch_all(query("select id from plugin where data_retained = 1 order by id")).await?;
        rows.iter().map(|row| row.get("id")).collect()
    }

    /// Switches a plugin on (forgets its failed starts) or off with a reason. `NotFound`.
    pub async fn set_plugin_enabled(
        &self,
        origin: &Origin,
        plugin: &PluginId,
        enabled: bool,
        reason: Option<&str>,
    ) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        require(&mut tx, plugin).await?;
        let reason = reason.filter(|_| !enabled);
        let update = query("update plugin set enabled = $1, disabled_reason = $2 where id = $3");
        tx.execute(update.bind(enabled).bind(reason).bind(plugin)).await?;
        if enabled {
            tx.execute(query("delete from plugin_start where plugin = $1").bind(plugin)).await?;
        }
        let action = if enabled { "plugin.enable" } else { "plugin.disable" };
        record_change(&mut tx, self.now(), origin, action, plugin.as_str(), json!({ "reason": reason })).await?;
        tx.commit().await
    }

    /// Grants `allow` of `interface`, in place of an earlier grant of it. `NotFound`.
    pub async fn grant(
        &self,
        origin: &Origin,
        plugin: &PluginId,
        interface: &str,
        allow: &[Allowance],
    ) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        require(&mut tx, plugin).await?;
        set_grant(&mut tx, self.now(), origin, plugin, interface, allow).await?;
        tx.commit().await
    }

    /// Takes a grant back. `NotFound` when there is none.
    pub async fn revoke(&self, origin: &Origin, plugin: &PluginId, interface: &str) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        lock(&mut tx, plugin).await?;
        let delete =
            query("delete from plugin_grant where plugin = $1 and interface = $2").bind(plugin).bind(interface);
        if tx.execute(delete).await? != 1 {
            return Err(StoreError::not_found("grant", format!("{plugin} {interface}")));
        }
        let detail = json!({ "interface": interface });
        record_change(&mut tx, self.now(), origin, "plugin.revoke", plugin.as_str(), detail).await?;
        tx.commit().await
    }

    /// Grants of one plugin, by interface.
    pub async fn grants(&self, plugin: &PluginId) -> StoreResult<Vec<Grant>> {
        let select = query("select * from plugin_grant where plugin = $1 order by interface").bind(plugin);
        self.fetch_all(select).await?.iter().map(read_grant).collect()
    }

    /// Grants of all plugins.
    pub async fn list_grants(&self) -> StoreResult<Vec<Grant>> {
        let select = query("select * from plugin_grant order by plugin, interface");
        self.fetch_all(select).await?.iter().map(read_grant).collect()
    }

    /// Configuration of a plugin: the values that were set.
    pub async fn plugin_config(&self, plugin: &PluginId) -> StoreResult<Map<String, Value>> {
        let select = query("select key, value from plugin_config where plugin = $1 order by key").bind(plugin);
        let read = |row: &Row| {
            let value: String = row.get("value")?;
            let value =
                serde_json::from_str(&value).map_err(|error| StoreError::damaged("plugin_config.value", error))?;
            Ok((row.get("key")?, value))
        };
        self.fetch_all(select).await?.iter().map(read).collect()
    }

    /// Sets configuration values; null removes one. The audit row names the keys, never the values. `NotFound`.
    pub async fn set_plugin_config(
        &self,
        origin: &Origin,
        plugin: &PluginId,
        changes: &Map<String, Value>,
    ) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        require(&mut tx, plugin).await?;
        for (key, value) in changes {
            let change = if value.is_null() {
                query("delete from plugin_config where plugin = $1 and key = $2").bind(plugin).bind(key)
            } else {
                let upsert = query(
                    "insert into plugin_config (plugin, key, value) values ($1, $2, $3)
                     on conflict (plugin, key) do update set value = excluded.value",
                );
                upsert.bind(plugin).bind(key).bind(value.to_string())
            };
            tx.execute(change).await?;
        }
        let keys: Vec<&String> = changes.keys().collect();
        record_change(&mut tx, self.now(), origin, "plugin.configure", plugin.as_str(), json!({ "keys": keys }))
            .await?;
        tx.commit().await
    }

    /// Notes how a start ended, for [`Self::failed_starts`]. `Conflict(foreign_key)` when the plugin is gone.
    pub async fn record_plugin_start(&self, plugin: &PluginId, outcome: &StartOutcome) -> StoreResult<()> {
        let (outcome, message) = match outcome {
            StartOutcome::Started => ("started", None),
            StartOutcome::Failed(message) => ("failed", Some(message)),
        };
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let insert = query("insert into plugin_start (plugin, at, outcome, message) values ($1, $2, $3, $4)");
        tx.execute(insert.bind(plugin).bind(now).bind(outcome).bind(message)).await?;
        let old = query("delete from plugin_start where plugin = $1 and at < $2");
        tx.execute(old.bind(plugin).bind(now.plus_ms(-STARTS_KEPT_MS))).await?;
        tx.commit().await
    }

    /// Failed starts not before `since`, in a row: a good start in between begins the count anew.
    pub async fn failed_starts(&self, plugin: &PluginId, since: UnixMs) -> StoreResult<u64> {
        let count = query(
            "select count(*) as n from plugin_start where plugin = $1 and at >= $2 and outcome = 'failed'
             and id > coalesce((select max(id) from plugin_start where plugin = $1 and outcome = 'started'), 0)",
        );
        let row = self.fetch_optional(count.bind(plugin).bind(since)).await?;
        row.map_or(Ok(0), |row| row.get("n"))
    }
}
