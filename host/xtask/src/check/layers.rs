//! Who imports whom: the blocks `layers` and `owners` of ARCHITECTURE.md against `cargo metadata`.
//!
//! `layers` has lines `store -> core` (left without names when nothing is imported, `*` for everything); `owners` has lines
//! `wasmtime: engine caps`. Names of host crates are written without `lamp-`. Dependencies of tests do not count.

use super::Faults;
use crate::files;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Names by name.
type Table = BTreeMap<String, BTreeSet<String>>;

/// The only crate of ours that a plugin may import.
const SDK: &str = "lamphouse-plugin";

pub fn check(workspace: &Workspace) -> Faults {
    let path = workspace.path("ARCHITECTURE.md");
    if !path.is_file() {
        return Ok(vec!["ARCHITECTURE.md is not there: write it with the blocks `layers` and `owners`".to_owned()]);
    }
    let text = files::read_text(&path)?;
    let (host, plugins) = imports(workspace)?;
    let (Some(layers), Some(owners)) = (block(&text, "layers", "->"), block(&text, "owners", ":")) else {
        return Ok(vec!["ARCHITECTURE.md has no fenced blocks `layers` and `owners`".to_owned()]);
    };
    let names = |names: &BTreeSet<String>| names.iter().map(|name| full(name, &host)).collect();
    let layers: Table = layers.iter().map(|(left, right)| (full(left, &host), names(right))).collect();
    let owners: Table = owners.iter().map(|(left, right)| (left.clone(), names(right))).collect();
    let mut faults = compare_layers(&layers, &host);
    faults.extend(compare_owners(&owners, &host));
    for (name, imported) in &plugins {
        let ours = imported.iter().filter(|import| host.contains_key(*import));
        faults.extend(ours.map(|import| format!("plugin {name} imports {import} of the host; only {SDK} is allowed")));
    }
    Ok(faults)
}

/// A fenced block as a table. Shape: none when the block is not there.
fn block(text: &str, name: &str, separator: &str) -> Option<Table> {
    let (_, after) = text.split_once(&format!("```{name}\n"))?;
    let (inside, _) = after.split_once("```")?;
    let lines = inside.lines().filter(|line| !line.trim().is_empty());
    Some(
        lines
            .map(|line| {
                let (left, right) = line.split_once(separator).unwrap_or((line, ""));
                let names = right.split([' ', ',']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
                (left.trim().to_owned(), names)
            })
            .collect(),
    )
}

fn compare_layers(layers: &Table, host: &Table) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, imported) in host {
        let Some(allowed) = layers.get(name) else {
            faults.push(format!("crate {name} is not in ARCHITECTURE.md: add `{name} -> ...`"));
            continue;
        };
        if allowed.contains("*") {
            continue;
        }
        let ours: BTreeSet<String> = imported.iter().filter(|import| host.contains_key(*import)).cloned().collect();
        faults.extend(
            ours.difference(allowed)
                .map(|import| format!("{name} imports {import}, which ARCHITECTURE.md does not allow")),
        );
        faults.extend(
            allowed
                .difference(&ours)
                .map(|import| format!("{name} does not import {import}: remove it in ARCHITECTURE.md")),
        );
    }
    let gone = layers.keys().filter(|name| !host.contains_key(*name));
    faults.extend(gone.map(|name| format!("ARCHITECTURE.md names crate {name}, which is not there")));
    faults
}

fn compare_owners(owners: &Table, host: &Table) -> Vec<String> {
    let mut faults = Vec::new();
    for (outside, allowed) in owners {
        let users = host.iter().filter(|(_, imported)| imported.contains(outside)).map(|(name, _)| name.clone());
        let users: BTreeSet<String> = users.collect();
        faults.extend(
            users
                .difference(allowed)
                .map(|user| format!("{user} imports {outside}, which belongs to others in ARCHITECTURE.md")),
        );
        faults.extend(
            allowed
                .difference(&users)
                .map(|user| format!("{user} does not import {outside}: remove it in ARCHITECTURE.md")),
        );
    }
    faults
}

/// Direct imports of the crates below `host`, and of the others, by full name.
fn imports(workspace: &Workspace) -> Result<(Table, Table)> {
    let output = workspace
        .cargo(&["metadata", "--format-version", "1", "--no-deps"])
        .output()
        .context("start cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("read cargo metadata")?;
    let (mut host, mut others) = (Table::new(), Table::new());
    let host_folder = workspace.path("host").to_string_lossy().into_owned();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = text(&package["name"]);
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let imported =
            dependencies.filter(|dependency| dependency["kind"] != "dev").map(|dependency| text(&dependency["name"]));
        let is_host = package["manifest_path"].as_str().is_some_and(|path| path.starts_with(&host_folder));
        if is_host { &mut host } else { &mut others }.insert(name, imported.collect());
    }
    Ok((host, others))
}

/// The name of a crate as ARCHITECTURE.md writes it, with `lamp-` where it belongs to a crate of the host. An outside
/// crate can have the same short name.
fn full(short: &str, host: &Table) -> String {
    let prefixed = format!("lamp-{short}");
    if host.contains_key(&prefixed) { prefixed } else { short.to_owned() }
}

fn text(name: &Value) -> String {
    name.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(lines: &[(&str, &[&str])]) -> Table {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        lines.iter().map(|(name, names)| ((*name).to_owned(), set(names))).collect()
    }

    #[test]
    fn blocks_are_read() {
        let text = "# A\n```layers\ncore ->\nstore -> core\nall -> *\n```\n```owners\nsqlx: store\n```\n";
        assert_eq!(block(text, "layers", "->"), Some(table(&[("core", &[]), ("store", &["core"]), ("all", &["*"])])));
        assert_eq!(block(text, "owners", ":"), Some(table(&[("sqlx", &["store"])])));
        assert_eq!(block(text, "other", ":"), None);
    }

    #[test]
    fn a_short_name_means_the_crate_of_the_host() {
        let host = table(&[("lamp-http", &["http"]), ("xtask", &[])]);
        assert_eq!(full("http", &host), "lamp-http");
        assert_eq!(full("xtask", &host), "xtask");
        assert_eq!(full("axum", &host), "axum");
    }

    #[test]
    fn both_too_much_and_too_little_are_faults() {
        let host = table(&[("core", &["serde"]), ("store", &["core", "sqlx"]), ("http", &["core", "sqlx"])]);
        let right = table(&[("core", &[]), ("store", &["core"]), ("http", &["core"])]);
        assert_eq!(compare_layers(&right, &host), Vec::<String>::new());
        let wrong = table(&[("core", &[]), ("store", &["core", "http"]), ("gone", &[])]);
        assert_eq!(compare_layers(&wrong, &host).len(), 3, "http missing, store -> http drifted, gone");
        assert_eq!(compare_owners(&table(&[("sqlx", &["store"])]), &host).len(), 1);
        assert_eq!(compare_owners(&table(&[("sqlx", &["store", "http"])]), &host), Vec::<String>::new());
    }
}
