//! Changes of plugins: install, grants, configuration, removal. Each is one transaction in the store; running hosts
//! see it by the revision. Server and command line use the same code.

mod upgrade;

pub use upgrade::{PendingUpgrade, pending_upgrade};

use async_trait::async_trait;
use lamp_core::entry::{AdminError, InstallOptions, InstallReport, PluginAdmin};
use lamp_core::grant::{Allowance, RightsChange, exceeding};
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use lamp_core::manifest::alias::{check_owner, overlap};
use lamp_package::Package;
use lamp_package::config::ConfigError;
use lamp_store::audit::Origin;
use lamp_store::plugin_db::PluginDatabase;
use lamp_store::plugins::{InstalledPlugin, PluginInstall};
use lamp_store::{Store, StoreError};
use serde_json::{Map, Value};

const HTTP: &str = "lamphouse:http";
/// The plugin catalogue over a store.
pub struct Catalog {
    store: Store,
}

impl Catalog {
    /// A catalogue that writes to `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    async fn installed(&self, plugin: &PluginId) -> Result<(InstalledPlugin, Manifest), AdminError> {
        let row = self.store.find_plugin(plugin).await.map_err(host)?;
        let row = row.ok_or_else(|| AdminError::NotInstalled(plugin.to_string()))?;
        let manifest = read_manifest(&row.manifest)?;
        Ok((row, manifest))
    }

    /// Route prefixes and top-level pages are claimed once.
    async fn check_claims(&self, manifest: &Manifest) -> Result<(), AdminError> {
        for prefix in aliases(manifest) {
            check_owner(&prefix).map_err(|message| refused("alias_taken", message))?;
        }
        for other in self.store.list_plugins().await.map_err(host)? {
            if other.id == manifest.id {
                continue;
            }
            let Ok(theirs) = Manifest::from_json(other.manifest.as_bytes()) else { continue };
            for (mine, taken) in
                aliases(manifest).iter().flat_map(|a| aliases(&theirs).into_iter().map(move |b| (a.clone(), b)))
            {
                if overlap(&mine, &taken) {
                    let text = format!(
                        "route prefix `{mine}` is claimed by plugin `{}`; uninstall it or claim another",
                        other.id
                    );
                    return Err(refused("alias_taken", text));
                }
            }
            if let Some(path) = page_aliases(manifest).into_iter().find(|path| page_aliases(&theirs).contains(path)) {
                let text = format!("page `{path}` is claimed by plugin `{}`; uninstall it or claim another", other.id);
                return Err(refused("page_taken", text));
            }
        }
        Ok(())
    }

    /// Required capabilities that are not granted as far as the manifest asks.
    async fn awaited(&self, manifest: &Manifest) -> Result<Vec<String>, AdminError> {
        let grants = self.store.grants(&manifest.id).await.map_err(host)?;
        let needs = RightsChange::between(&[], &grants, &manifest.capabilities);
        Ok(needs.added().filter(|part| !part.optional).map(|part| part.interface.clone()).collect())
    }
}

#[async_trait]
impl PluginAdmin for Catalog {
    async fn install(&self, package: Vec<u8>, options: InstallOptions) -> Result<InstallReport, AdminError> {
        let (package, read) = tokio::task::spawn_blocking(move || {
            let read =
                lamp_package::read(&package).and_then(|read| lamp_package::check_requirements(&read).map(|_| read));
            (package, read)
        })
        .await
        .map_err(|error| AdminError::Host(error.to_string()))?;
        let Package { manifest, hash_hex, .. } = read.map_err(|error| refused("package_invalid", chain(&error)))?;
        self.check_claims(&manifest).await?;
        let manifest_json = serde_json::to_string(&manifest).map_err(|error| AdminError::Host(error.to_string()))?;
        let mut install = PluginInstall {
            id: manifest.id.clone(),
            version: manifest.version.to_string(),
            manifest: manifest_json,
            package_hash: hash_hex.clone(),
            package,
            grants: Vec::new(),
        };
        let mut report = InstallReport {
            id: manifest.id.to_string(),
            version: manifest.version.to_string(),
            replaces: None,
            package_hash: hash_hex,
            awaiting_grant: Vec::new(),
            unchanged: false,
            waits_for: None,
        };
        let origin = Origin::new(options.actor);
        if options.grant_all {
            let all = manifest.capabilities.iter().map(|request| (request.interface.clone(), request.allow.clone()));
            install.grants = all.collect();
        } else {
            if let Some(change) = self.wider_than_installed(&manifest, &report.package_hash).await? {
                self.hold(&origin, &manifest, install, &change).await?;
                return Ok(InstallReport { waits_for: Some(change), ..report });
            }
            report.awaiting_grant = self.awaited(&manifest).await?;
        }
        let installed = self.store.install_plugin(&origin, install).await.map_err(host)?;
        Ok(InstallReport { replaces: installed.replaces, unchanged: installed.unchanged, ..report })
    }

    async fn approve(&self, plugin: &PluginId, package_hash: &str, actor: &str) -> Result<String, AdminError> {
        self.approve_upgrade(plugin, package_hash, &Origin::new(actor)).await
    }

    async fn reject(&self, plugin: &PluginId, package_hash: &str, actor: &str) -> Result<(), AdminError> {
        self.reject_upgrade(plugin, package_hash, &Origin::new(actor)).await
    }

    async fn grant(
        &self,
        plugin: &PluginId,
        interface: &str,
        allow: Option<Vec<Allowance>>,
        actor: &str,
    ) -> Result<(), AdminError> {
        let (_, manifest) = self.installed(plugin).await?;
        let request = manifest.capability(interface).ok_or_else(|| {
            let asked: Vec<&str> = manifest.capabilities.iter().map(|request| request.interface.as_str()).collect();
            refused(
                "not_requested",
                format!("`{plugin}` does not ask for `{interface}`; it asks for {}", asked.join(", ")),
            )
        })?;
        let allow = allow.unwrap_or_else(|| request.allow.clone());
        let beyond = exceeding(&request.allow, &allow);
        if let Some(first) = beyond.first() {
            let rights: Vec<&str> = first.rights.iter().map(String::as_str).collect();
            let text = format!(
                "`{plugin}` does not ask for {} on `{}`; grant no more than it asks for",
                rights.join(", "),
                first.name
            );
            return Err(AdminError::Refused { code: "grant_too_wide", message: text, field: Some("allow".to_owned()) });
        }
        self.store.grant(&Origin::new(actor), plugin, interface, &allow).await.map_err(host)?;
        let notice = crate::denials::notice_key(plugin, interface);
        self.store.resolve_notice(&notice).await.map_err(host)?;
        Ok(())
    }

    async fn revoke(&self, plugin: &PluginId, interface: &str, actor: &str) -> Result<(), AdminError> {
        self.installed(plugin).await?;
        match self.store.revoke(&Origin::new(actor), plugin, interface).await {
            Err(error) if error.is_not_found() => {
                Err(refused("not_granted", format!("`{plugin}` holds no grant for `{interface}`")))
            }
            other => other.map_err(host),
        }
    }

    async fn set_enabled(&self, plugin: &PluginId, enabled: bool, actor: &str) -> Result<(), AdminError> {
        self.installed(plugin).await?;
        let reason = (!enabled).then(|| format!("switched off by {actor}"));
        self.store.set_plugin_enabled(&Origin::new(actor), plugin, enabled, reason.as_deref()).await.map_err(host)
    }

    async fn configure(&self, plugin: &PluginId, changes: Map<String, Value>, actor: &str) -> Result<(), AdminError> {
        let (_, manifest) = self.installed(plugin).await?;
        let Some(schema) = &manifest.config else {
            return Err(refused("no_configuration", format!("`{plugin}` has no configuration")));
        };
        let mut values = self.store.plugin_config(plugin).await.map_err(host)?;
        for (key, value) in &changes {
            if value.is_null() {
                values.remove(key);
            } else {
                values.insert(key.clone(), value.clone());
            }
        }
        lamp_package::config::check(schema, &Value::Object(values)).map_err(|error| AdminError::Refused {
            code: "configuration_invalid",
            message: chain(&error),
            field: faulty_field(&error),
        })?;
        self.store.set_plugin_config(&Origin::new(actor), plugin, &changes).await.map_err(host)
    }

    async fn uninstall(&self, plugin: &PluginId, purge: bool, actor: &str) -> Result<(), AdminError> {
        // What an earlier removal kept can be purged as well.
        let kept = self.store.list_retained_data().await.map_err(host)?.contains(plugin);
        if !(purge && kept) {
            self.installed(plugin).await?;
        }
        self.store.uninstall_plugin(&Origin::new(actor), plugin, purge).await.map_err(host)?;
        if purge {
            self.store.purge_jobs(plugin).await.map_err(host)?;
            PluginDatabase::erase(&self.store, plugin).await.map_err(host)?;
        }
        Ok(())
    }
}

fn read_manifest(json: &str) -> Result<Manifest, AdminError> {
    Manifest::from_json(json.as_bytes()).map_err(|error| AdminError::Host(error.to_string()))
}

/// Route prefixes a manifest claims below `/api/v1`.
fn aliases(manifest: &Manifest) -> Vec<String> {
    let claimed = manifest.capability(HTTP).map(|request| request.allow.as_slice()).unwrap_or_default();
    claimed.iter().map(|allowance| allowance.name.clone()).collect()
}

fn page_aliases(manifest: &Manifest) -> Vec<String> {
    let pages = manifest.ui.as_ref().map(|ui| ui.pages.as_slice()).unwrap_or_default();
    pages.iter().filter(|page| page.alias).map(|page| page.path.clone()).collect()
}

/// The first key to blame; none when the fault is the object as a whole.
fn faulty_field(error: &ConfigError) -> Option<String> {
    let ConfigError::Values(faults) = error else { return None };
    let key = faults.first()?.path.split('/').nth(1)?;
    Some(key.to_owned())
}

fn refused(code: &'static str, message: String) -> AdminError {
    AdminError::Refused { code, message, field: None }
}

fn host(error: StoreError) -> AdminError {
    AdminError::Host(chain(&error))
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
