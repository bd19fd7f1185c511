//! `lamphouse plugin`.

use crate::cli::{Plugin, PluginConfig};
use crate::open;
use anyhow::{Context, bail};
use lamp_core::entry::{InstallOptions, PluginAdmin};
use lamp_core::grant::{Allowance, RightsChange};
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use lamp_plugins::{Catalog, PendingUpgrade, pending_upgrade};
use lamp_store::Store;
use lamp_store::plugin_logs::PluginLogFilter;
use serde_json::{Map, Value, json};
use std::path::Path;

pub async fn run(data: &Path, command: Plugin) -> anyhow::Result<()> {
    let store = open::store(data).await?;
    let catalog = Catalog::new(store.clone());
    let actor = open::origin().actor;
    match command {
        Plugin::Install { file, grant_all } => install(&catalog, &file, grant_all, actor).await,
        Plugin::List { json } => list(&store, json).await,
        Plugin::Approve { id, version } => {
            let (plugin, pending) = pending(&store, &id).await?;
            if pending.waiting.version != version {
                bail!("{id} {} waits, not {version}; look at it with `lamphouse plugin list`", pending.waiting.version);
            }
            let version = catalog.approve(&plugin, &pending.waiting.package_hash, &actor).await?;
            println!("{id} {version} is installed; granted with it:");
            show_change(&RightsChange { gone: Vec::new(), ..pending.change });
            Ok(())
        }
        Plugin::Reject { id } => {
            let (plugin, pending) = pending(&store, &id).await?;
            catalog.reject(&plugin, &pending.waiting.package_hash, &actor).await?;
            println!("{id} {} is dropped; the installed version stays", pending.waiting.version);
            Ok(())
        }
        Plugin::Grant { id, interface, allow } => grant(&store, &catalog, &id, interface, &allow, &actor).await,
        Plugin::Revoke { id, interface } => {
            catalog.revoke(&PluginId::parse(&id)?, &interface, &actor).await?;
            println!("{id} no longer holds {interface}");
            Ok(())
        }
        Plugin::Disable { id } => {
            catalog.set_enabled(&PluginId::parse(&id)?, false, &actor).await?;
            println!("{id} is off");
            Ok(())
        }
        Plugin::Enable { id } => {
            catalog.set_enabled(&PluginId::parse(&id)?, true, &actor).await?;
            println!("{id} is on");
            Ok(())
        }
        Plugin::Uninstall { id, purge } => {
            catalog.uninstall(&PluginId::parse(&id)?, purge, &actor).await?;
            println!("removed {id}; its data is {}", if purge { "erased" } else { "kept" });
            Ok(())
        }
        Plugin::Logs { id, limit } => logs(&store, &id, limit).await,
        Plugin::Config(PluginConfig::Show { id }) => show_config(&store, &id).await,
        Plugin::Config(PluginConfig::Set { id, values }) => {
            catalog.configure(&PluginId::parse(&id)?, read_values(&values)?, &actor).await?;
            println!("{id} is configured");
            Ok(())
        }
    }
}

async fn install(catalog: &Catalog, file: &Path, grant_all: bool, actor: String) -> anyhow::Result<()> {
    let package = std::fs::read(file).with_context(|| format!("read {}", file.display()))?;
    let report = catalog.install(package, InstallOptions { grant_all, actor }).await?;
    if let Some(change) = &report.waits_for {
        println!(
            "{} {} waits for approval, the installed version keeps running; it asks for:",
            report.id, report.version
        );
        show_change(change);
        println!(
            "decide with `lamphouse plugin approve {0} {1}` or `lamphouse plugin reject {0}`",
            report.id, report.version
        );
        return Ok(());
    }
    match (&report.replaces, report.unchanged) {
        (_, true) => println!("{} {} is installed already", report.id, report.version),
        (Some(old), _) => println!("replaced {} {old} by {}", report.id, report.version),
        (None, _) => println!("installed {} {}", report.id, report.version),
    }
    if !report.awaiting_grant.is_empty() {
        println!("it waits for: {}", report.awaiting_grant.join(", "));
        println!("grant them with `lamphouse plugin grant {}`", report.id);
    }
    Ok(())
}

/// The version of a plugin that waits.
async fn pending(store: &Store, id: &str) -> anyhow::Result<(PluginId, PendingUpgrade)> {
    let plugin = PluginId::parse(id)?;
    let pending = pending_upgrade(store, &plugin).await?;
    let pending = pending.with_context(|| format!("no version of `{id}` waits for approval"))?;
    Ok((plugin, pending))
}

/// One line for each right: `+` what is added, `-` what is no longer asked for.
fn show_change(change: &RightsChange) {
    for (sign, part) in change.added().map(|part| ('+', part)).chain(change.gone.iter().map(|part| ('-', part))) {
        let optional = if part.optional && sign == '+' { " (optional)" } else { "" };
        let scope: String = part.allow.iter().map(|one| format!(" {}", written(one))).collect();
        println!("  {sign} {}{scope}{optional}", part.interface);
    }
}

async fn list(store: &Store, as_json: bool) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for plugin in store.list_plugins().await? {
        let grants = store.grants(&plugin.id).await?;
        let pending = pending_upgrade(store, &plugin.id).await?;
        rows.push(json!({
            "id": plugin.id,
            "version": plugin.version,
            "enabled": plugin.enabled,
            "disabled_reason": plugin.disabled_reason,
            "package_hash": plugin.package_hash,
            "installed_at": plugin.installed_at.to_rfc3339(),
            "grants": grants.iter().map(|grant| json!({ "interface": grant.interface, "allow": grant.allow })).collect::<Vec<_>>(),
            "pending_upgrade": pending.as_ref().map(|pending| json!({
                "version": pending.waiting.version,
                "package_hash": pending.waiting.package_hash,
                "asked_by": pending.waiting.asked_by,
                "asked_at": pending.waiting.asked_at.to_rfc3339(),
                "changes": pending.change,
            })),
        }));
        if !as_json {
            let state = if plugin.enabled { "on" } else { "off" };
            let held: Vec<&str> = grants.iter().map(|grant| grant.interface.as_str()).collect();
            println!("{}\t{}\t{state}\t{}", plugin.id, plugin.version, held.join(" "));
            if let Some(pending) = pending {
                println!("  {} waits for approval; it asks for:", pending.waiting.version);
                show_change(&pending.change);
            }
        }
    }
    if as_json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    Ok(())
}

async fn grant(
    store: &Store,
    catalog: &Catalog,
    id: &str,
    interface: Option<String>,
    allow: &[String],
    actor: &str,
) -> anyhow::Result<()> {
    let plugin = PluginId::parse(id)?;
    let allow =
        if allow.is_empty() { None } else { Some(allow.iter().map(|text| allowance(text)).collect::<Result<_, _>>()?) };
    let interfaces = match interface {
        Some(interface) => vec![interface],
        None => {
            let row = store.find_plugin(&plugin).await?.with_context(|| format!("plugin `{id}` is not installed"))?;
            let manifest = Manifest::from_json(row.manifest.as_bytes())?;
            manifest.capabilities.into_iter().map(|request| request.interface).collect()
        }
    };
    for interface in interfaces {
        catalog.grant(&plugin, &interface, allow.clone(), actor).await?;
        println!("{id} holds {interface}");
    }
    Ok(())
}

/// An allowance as [`allowance`] reads it.
fn written(allowance: &Allowance) -> String {
    let rights: Vec<&str> = allowance.rights.iter().map(String::as_str).collect();
    format!("{}={}", allowance.name, rights.join(","))
}

/// `library=read,watch`.
fn allowance(text: &str) -> anyhow::Result<Allowance> {
    let (name, rights) = text.split_once('=').with_context(|| format!("`{text}`: write NAME=RIGHT,RIGHT"))?;
    Ok(Allowance { name: name.to_owned(), rights: rights.split(',').map(|right| right.trim().to_owned()).collect() })
}

/// `KEY=VALUE`, the value JSON or else text; nothing behind the sign removes the key.
fn read_values(values: &[String]) -> anyhow::Result<Map<String, Value>> {
    let mut changes = Map::new();
    for text in values {
        let (key, value) = text.split_once('=').with_context(|| format!("`{text}`: write KEY=VALUE"))?;
        let value = if value.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()))
        };
        changes.insert(key.to_owned(), value);
    }
    Ok(changes)
}

async fn show_config(store: &Store, id: &str) -> anyhow::Result<()> {
    let plugin = PluginId::parse(id)?;
    let row = store.find_plugin(&plugin).await?.with_context(|| format!("plugin `{id}` is not installed"))?;
    let manifest = Manifest::from_json(row.manifest.as_bytes())?;
    let secret = |key: &str| {
        let property =
            manifest.config.as_ref().and_then(|schema| schema.get("properties")).and_then(|all| all.get(key));
        property.and_then(|property| property.get("writeOnly")) == Some(&Value::Bool(true))
    };
    for (key, value) in store.plugin_config(&plugin).await? {
        if secret(&key) {
            println!("{key}=(secret)");
        } else {
            println!("{key}={value}");
        }
    }
    Ok(())
}

async fn logs(store: &Store, id: &str, limit: u32) -> anyhow::Result<()> {
    let filter = PluginLogFilter { plugin: Some(PluginId::parse(id)?), ..PluginLogFilter::default() };
    let mut lines = store.list_plugin_logs(&filter, limit.clamp(1, 5_000)).await?;
    lines.reverse();
    for line in lines {
        let fields = if line.line.fields == "{}" { "" } else { &line.line.fields };
        println!("{} {:5} {} {fields}", line.line.at.to_rfc3339(), line.line.level, line.line.message);
    }
    Ok(())
}
