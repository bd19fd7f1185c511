//! One generation of a plugin: a version compiled, linked, with its database open and its start behind it.

use crate::denials::Denial;
use arc_swap::ArcSwap;
use lamp_caps::{CAPABILITIES, LogLine, LogSink, Services, Swarms};
use lamp_core::clock::Clock;
use lamp_core::grant::{Effective, Grant};
use lamp_core::manifest::Manifest;
use lamp_engine::{CodeCache, Engine, Identity, LoadedPlugin, PluginSpec};
use lamp_files::Files;
use lamp_package::Package;
use lamp_store::Store;
use lamp_store::plugin_db::{DatabaseLimits, Migration, PluginDatabase};
use lamp_store::plugins::InstalledPlugin;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;

const SQL: &str = "lamphouse:sql";
const STATEMENT_MS: u64 = 10_000;

/// What every generation is made with.
pub struct Workshop {
    pub store: Store,
    pub engine: Engine,
    pub cache: Arc<CodeCache>,
    pub files: Files,
    pub swarms: Option<Swarms>,
    pub clock: Arc<dyn Clock>,
    pub logs: mpsc::Sender<LogLine>,
    pub denials: mpsc::Sender<Denial>,
}

/// A running version of a plugin.
pub struct Generation {
    pub plugin: LoadedPlugin,
    pub manifest: Arc<Manifest>,
    pub package_hash: String,
    pub services: Arc<Services>,
    pub assets: BTreeMap<String, Arc<[u8]>>,
}

/// Why a plugin did not start; the text is shown to people.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It cannot run on this host at all.
    #[error("{0}")]
    Incompatible(String),
    /// It refused or failed; trying again may help.
    #[error("{0}")]
    Failed(String),
}

impl Workshop {
    /// Makes a generation and runs its `init`.
    pub async fn build(
        &self,
        row: &InstalledPlugin,
        grants: &[Grant],
        values: Map<String, Value>,
    ) -> Result<Generation, StartError> {
        let failed = |error: &dyn std::fmt::Display| StartError::Failed(error.to_string());
        let bytes = self.store.package(&row.package_hash).await.map_err(|error| failed(&error))?;
        let bytes = bytes.ok_or_else(|| StartError::Failed("its package is gone; install it again".to_owned()))?;
        let (cache, engine) = (Arc::clone(&self.cache), self.engine.clone());
        let compiled = tokio::task::spawn_blocking(move || {
            let package = lamp_package::read(&bytes).map_err(|error| StartError::Incompatible(error.to_string()))?;
            lamp_package::check_requirements(&package).map_err(|error| StartError::Incompatible(error.to_string()))?;
            let component = bytes.get(package.component.clone()).unwrap_or_default();
            let component =
                cache.component(&engine, component).map_err(|error| StartError::Incompatible(error.to_string()))?;
            Ok((package, component))
        });
        let (package, component) = compiled.await.map_err(|error| failed(&error))??;
        let Package { manifest, assets, .. } = package;
        let manifest = Arc::new(manifest);
        let services = Arc::new(self.services(&manifest, &assets, values).await?);
        let denials = self.denials.clone();
        let id = manifest.id.clone();
        let on_denied = Box::new(move |interface: &str, text: &str| {
            let denial = Denial { plugin: id.clone(), interface: interface.to_owned(), text: text.to_owned() };
            if denials.try_send(denial).is_err() {
                tracing::warn!(plugin = %id, interface, "a denied call is not written down: too many at once");
            }
        });
        let rights = Effective::new(&manifest.capabilities, grants);
        let identity = Arc::new(Identity::new(manifest.id.clone(), Arc::clone(&manifest), rights, on_denied));
        let spec = PluginSpec { identity, services: services.clone() };
        let plugin = LoadedPlugin::load(&self.engine, &component, CAPABILITIES, spec)
            .map_err(|error| StartError::Incompatible(error.to_string()))?;
        match plugin.init().await {
            Ok(Ok(())) => {}
            Ok(Err(refusal)) => return Err(StartError::Failed(format!("it refuses to start: {refusal}"))),
            Err(error) => return Err(failed(&error)),
        }
        let assets = assets.into_iter().map(|(path, bytes)| (path, Arc::from(bytes))).collect();
        Ok(Generation { plugin, manifest, package_hash: row.package_hash.clone(), services, assets })
    }

    async fn services(
        &self,
        manifest: &Manifest,
        assets: &BTreeMap<String, Vec<u8>>,
        values: Map<String, Value>,
    ) -> Result<Services, StartError> {
        let database = if manifest.capability(SQL).is_some() {
            let limits = DatabaseLimits { storage_mib: manifest.limits.storage_mib, statement_ms: STATEMENT_MS };
            let migrations = migrations(assets, self.store.database().is_postgres());
            let opened = PluginDatabase::open(&self.store, &manifest.id, limits, migrations).await;
            Some(opened.map_err(|error| StartError::Failed(format!("its database cannot be opened: {error}")))?)
        } else {
            None
        };
        Ok(Services {
            store: self.store.clone(),
            files: self.files.clone(),
            swarms: self.swarms.clone(),
            database,
            config: ArcSwap::from_pointee(with_defaults(manifest, values)),
            log: LogSink::new(self.logs.clone()),
            clock: Arc::clone(&self.clock),
            started: Instant::now(),
            metric_names: parking_lot::Mutex::new(BTreeSet::new()),
        })
    }
}

/// The package's migrations for the database in use: `migrations/sqlite/*.sql` or `migrations/postgres/*.sql`.
fn migrations(assets: &BTreeMap<String, Vec<u8>>, postgres: bool) -> Vec<Migration> {
    let prefix = if postgres { "migrations/postgres/" } else { "migrations/sqlite/" };
    assets
        .iter()
        .filter_map(|(path, bytes)| {
            let name = path.strip_prefix(prefix).filter(|name| name.ends_with(".sql"))?;
            Some(Migration { name: name.to_owned(), sql: String::from_utf8_lossy(bytes).into_owned() })
        })
        .collect()
}

/// Values an admin set over the defaults of the schema.
pub fn with_defaults(manifest: &Manifest, mut values: Map<String, Value>) -> Map<String, Value> {
    let properties = manifest.config.as_ref().and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    for (key, property) in properties.into_iter().flatten() {
        if let Some(default) = property.get("default")
            && !values.contains_key(key)
        {
            values.insert(key.clone(), default.clone());
        }
    }
    values
}
