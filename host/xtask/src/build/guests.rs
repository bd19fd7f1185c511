//! Plugins: core modules by cargo, made components and packed with manifest and assets.

use crate::files;
use crate::workspace::{Workspace, run};
use anyhow::{Context, Result};
use lamp_core::manifest::Manifest;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const TARGET: &str = "wasm32-unknown-unknown";

/// One plugin before packing.
struct Guest {
    manifest: Manifest,
    core_module: Vec<u8>,
    assets: BTreeMap<String, Vec<u8>>,
}

/// Builds these plugins and leaves their packages in `target/plugins` of the checkout.
pub fn build(workspace: &Workspace, folders: &[PathBuf]) -> Result<()> {
    if folders.is_empty() {
        return Ok(());
    }
    let crates = folders.iter().map(|folder| crate_name(folder)).collect::<Result<Vec<_>>>()?;
    compile(workspace, &crates)?;
    for (folder, name) in folders.iter().zip(&crates) {
        let guest = Guest {
            manifest: Manifest::from_toml(&files::read_text(&folder.join("plugin.toml"))?)
                .with_context(|| format!("{}", folder.display()))?,
            core_module: files::read(&module_path(workspace, name))?,
            assets: collect_assets(folder)?,
        };
        pack(workspace, &guest).with_context(|| format!("pack {}", folder.display()))?;
    }
    Ok(())
}

/// One cargo call for all, so that what they share is compiled once.
fn compile(workspace: &Workspace, crates: &[String]) -> Result<()> {
    let mut command = workspace.cargo(&["build", "--target", TARGET, "--profile", "guest"]);
    for name in crates {
        command.args(["-p", name]);
    }
    // `./x` sets this where the toolchain has no standard library for the target (Debian's packages).
    if std::env::var_os("LAMPHOUSE_BUILD_STD").is_some() {
        command.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1");
    }
    run(&mut command)
}

fn crate_name(folder: &Path) -> Result<String> {
    let path = folder.join("Cargo.toml");
    let parsed: toml::Table =
        toml::from_str(&files::read_text(&path)?).with_context(|| format!("{}", path.display()))?;
    let name = parsed.get("package").and_then(|package| package.get("name")).and_then(|name| name.as_str());
    name.map(str::to_owned).with_context(|| format!("{}: no package name", path.display()))
}

fn module_path(workspace: &Workspace, crate_name: &str) -> PathBuf {
    workspace.target.join(TARGET).join("guest").join(format!("{}.wasm", crate_name.replace('-', "_")))
}

/// `ui/dist` as `ui`, `migrations`, the README and the icon.
fn collect_assets(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut assets = BTreeMap::new();
    for (from, to) in [("ui/dist", "ui"), ("migrations", "migrations")] {
        let from = folder.join(from);
        for path in files::built(&from)? {
            let relative = path.strip_prefix(&from).context("a file lies outside its folder")?;
            assets.insert(format!("{to}/{}", relative.to_string_lossy()), files::read(&path)?);
        }
    }
    for name in ["README.md", "icon.svg", "icon.png"] {
        let path = folder.join(name);
        if path.is_file() {
            assets.insert(name.to_owned(), files::read(&path)?);
        }
    }
    Ok(assets)
}

/// Writes the package, unless it was made of the same parts before.
fn pack(workspace: &Workspace, guest: &Guest) -> Result<()> {
    let id = guest.manifest.id.as_str();
    let package_path = workspace.plugin_package(id);
    let (stamp, parts) = (workspace.stamps().join(format!("{id}.stamp")), hash_parts(guest)?);
    if package_path.is_file() && files::is_stamped(&stamp, &parts) {
        return Ok(());
    }
    let component = lamp_package::componentize(&guest.core_module)?;
    let bytes = lamp_package::write(&component, &guest.manifest, &guest.assets)?;
    for warning in lamp_package::check_requirements(&lamp_package::read(&bytes)?)? {
        eprintln!("{id}: {}", warning.message);
    }
    files::write(&package_path, &bytes)?;
    files::write(&stamp, parts.as_bytes())?;
    eprintln!("packed {id} {}, {} KiB", guest.manifest.version, bytes.len() >> 10);
    Ok(())
}

fn hash_parts(guest: &Guest) -> Result<String> {
    // The tool that packs is a part too: another xtask may write another form.
    let tool = std::env::current_exe().and_then(std::fs::read).context("read this program")?;
    let mut parts = vec![lamp_package::hash_hex(&tool), lamp_package::hash_hex(&guest.core_module)];
    parts.push(serde_json::to_string(&guest.manifest).context("write the manifest")?);
    for (path, content) in &guest.assets {
        parts.push(format!("{path} {}", lamp_package::hash_hex(content)));
    }
    Ok(lamp_package::hash_hex(parts.join("\n").as_bytes()))
}
