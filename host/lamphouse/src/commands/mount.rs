//! `lamphouse mount`.

use crate::cli::Mount;
use crate::open;
use anyhow::Context;
use lamp_files::{MountConfig, check_name, check_root, parse_rights};
use lamp_store::Store;
use lamp_store::mounts::NAME_TAKEN;
use std::collections::BTreeSet;
use std::path::Path;

pub async fn run(data: &Path, command: Mount) -> anyhow::Result<()> {
    let store = open::store(data).await?;
    match command {
        Mount::Add { name, path, rights } => add(data, &store, &name, &path, &rights).await,
        Mount::List => {
            for mount in store.list_mounts().await? {
                let rights: Vec<&str> = mount.rights.iter().map(String::as_str).collect();
                println!("{}\t{}\t{}", mount.name, rights.join(","), mount.path);
            }
            Ok(())
        }
        Mount::Remove { name } => {
            store.remove_mount(&open::origin(), &name).await?;
            println!("removed {name}; the folder is untouched");
            Ok(())
        }
    }
}

async fn add(data: &Path, store: &Store, name: &str, path: &Path, rights: &str) -> anyhow::Result<()> {
    check_name(name)?;
    let rights = parse_rights(rights)?;
    let mut others = Vec::new();
    for mount in store.list_mounts().await? {
        others.push(MountConfig {
            name: mount.name,
            root: mount.path.into(),
            rights: BTreeSet::new(),
            hard_links: Default::default(),
            identity: None,
        });
    }
    let absolute = std::path::absolute(path).with_context(|| format!("find {}", path.display()))?;
    let root = check_root(&absolute, &open::folder(data)?, &others)?;
    let root = root.to_str().with_context(|| format!("the path {} is not UTF-8; rename the folder", root.display()))?;
    let rights: BTreeSet<String> = rights.iter().map(|right| right.as_str().to_owned()).collect();
    match store.add_mount(&open::origin(), name, root, &rights).await {
        Err(error) if error.is_conflict(NAME_TAKEN) => {
            anyhow::bail!("there is a mount `{name}` already; remove it first or choose another name")
        }
        other => other?,
    };
    println!("added {name}: {root}");
    Ok(())
}
