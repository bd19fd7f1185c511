//! `lamphouse doctor`: one line per check, and a failure when one of them says so.

use crate::open;
use lamp_core::manifest::Manifest;
use lamp_files::{DiskSpace, MountConfig, MountStatus, Mounts, parse_rights};
use lamp_store::Store;
use lamp_store::audit::ChainState;
use std::fs::File;
use std::path::Path;

/// Databases grow by this much before anybody looks again.
const LEAST_ROOM_MIB: u64 = 256;

pub async fn run(data: &Path) -> anyhow::Result<()> {
    let store = open::store(data).await?;
    let mut report = Report::default();
    report.good(&format!("database opens ({})", if store.database().is_postgres() { "PostgreSQL" } else { "SQLite" }));
    room(data, &mut report)?;
    match store.count_users().await? {
        0 => report.good("no account yet: start the server and open the setup link it prints"),
        count => report.good(&format!("{count} accounts")),
    }
    match store.verify_chain().await? {
        ChainState::Intact { .. } => report.good("the audit log is whole"),
        broken => report.bad(&format!("the audit log was changed from outside: {broken:?}")),
    }
    mounts(&store, data, &mut report).await?;
    plugins(&store, &mut report).await?;
    if report.bad > 0 {
        anyhow::bail!("{} of {} checks failed", report.bad, report.good + report.bad);
    }
    println!("everything is in order");
    Ok(())
}

#[derive(Default)]
struct Report {
    good: usize,
    bad: usize,
}

impl Report {
    fn good(&mut self, text: &str) {
        self.good += 1;
        println!("ok    {text}");
    }

    fn bad(&mut self, text: &str) {
        self.bad += 1;
        println!("FAIL  {text}");
    }
}

/// Without room nothing can be written down, and what is under way fails.
fn room(data: &Path, report: &mut Report) -> anyhow::Result<()> {
    let free_mib = DiskSpace::behind(File::open(data)?)?.available_bytes / (1 << 20);
    let text = format!("{free_mib} MiB are free at {}", data.display());
    if free_mib >= LEAST_ROOM_MIB {
        report.good(&text);
    } else {
        report.bad(&format!("{text}; make room for at least {LEAST_ROOM_MIB} MiB"));
    }
    Ok(())
}

async fn mounts(store: &Store, data: &Path, report: &mut Report) -> anyhow::Result<()> {
    let mounts = Mounts::new(open::folder(data)?);
    for mount in store.list_mounts().await? {
        let rights: Vec<&str> = mount.rights.iter().map(String::as_str).collect();
        let config = MountConfig {
            name: mount.name.clone(),
            root: mount.path.clone().into(),
            rights: parse_rights(&rights.join(","))?,
            hard_links: Default::default(),
            identity: None,
        };
        mounts.replace(vec![config])?;
        match mounts.status(&mount.name)? {
            MountStatus::Online => report.good(&format!("mount {} is at {}", mount.name, mount.path)),
            MountStatus::Offline(reason) => report.bad(&format!("mount {} is offline: {reason}", mount.name)),
        }
    }
    Ok(())
}

async fn plugins(store: &Store, report: &mut Report) -> anyhow::Result<()> {
    for plugin in store.list_plugins().await? {
        let name = format!("plugin {} {}", plugin.id, plugin.version);
        if !plugin.enabled {
            report.bad(&format!("{name} is off: {}", plugin.disabled_reason.unwrap_or_default()));
            continue;
        }
        let manifest = match Manifest::from_json(plugin.manifest.as_bytes()) {
            Ok(manifest) => manifest,
            Err(error) => {
                report.bad(&format!("{name}: {error}"));
                continue;
            }
        };
        let grants = store.grants(&plugin.id).await?;
        let missing: Vec<&str> = manifest
            .capabilities
            .iter()
            .filter(|request| !request.optional && !grants.iter().any(|grant| grant.interface == request.interface))
            .map(|request| request.interface.as_str())
            .collect();
        if missing.is_empty() {
            report.good(&name);
        } else {
            report.bad(&format!("{name} waits for grants: {}", missing.join(", ")));
        }
    }
    Ok(())
}
