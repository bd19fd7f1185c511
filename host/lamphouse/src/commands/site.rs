//! `lamphouse site`: on a hub, keys and the sites that registered with them; on a site, joining a hub.

use crate::cli::{Site, SiteKey};
use crate::open;
use lamp_core::id::{RegistrationKeyId, ServerId};
use lamp_sites::{Identity, Join, KeyLimits, NetworkDial, ServerView, Sites, create_key, join, mac_address};
use lamp_store::Store;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

pub async fn run(data: &Path, command: Site) -> anyhow::Result<()> {
    let store = open::store(data).await?;
    match command {
        Site::Key(command) => key(&store, command).await,
        Site::List { json } => list(open_sites(&store).await?, json).await,
        Site::Authorize { id } => authorize(open_sites(&store).await?, id, true).await,
        Site::Deauthorize { id } => authorize(open_sites(&store).await?, id, false).await,
        Site::Join { hub_url, key, name, location } => {
            let mac_address = mac_address(&Identity::load(&store).await?);
            let asked = Join { hub_url, key, name, location, mac_address };
            let joined = join(&store, &open::origin(), &NetworkDial, &asked).await?;
            if asked.hub_url.trim().starts_with("http://") {
                eprintln!("the link is signed but not secret; use https:// where others can listen");
            }
            let state = if joined.is_authorized { "it is authorised" } else { "an admin of the hub must authorise it" };
            println!("joined {} as {} ({}); {state}", joined.hub_url, joined.name, joined.server_id);
            Ok(())
        }
    }
}

/// The sites of a data folder, for one command.
async fn open_sites(store: &Store) -> anyhow::Result<Arc<Sites>> {
    Ok(Sites::open(store.clone(), crate::serve::sites_settings(None)).await?)
}

async fn key(store: &Store, command: SiteKey) -> anyhow::Result<()> {
    match command {
        SiteKey::Create { sites, days } => {
            let (_, key) = create_key(store, &open::origin(), KeyLimits { max_servers: sites, days }).await?;
            println!("{key}");
        }
        SiteKey::List => {
            let now = store.now();
            for key in store.list_registration_keys().await? {
                let state = match key.revoked_at {
                    Some(_) => "revoked",
                    None if !key.is_valid(now) => "ended",
                    None if key.used >= key.max_servers => "used",
                    None => "open",
                };
                let end = key.expires_at.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
                println!("{}\t{}\t{} of {}\tends {end}\t{state}", key.id, key.prefix, key.used, key.max_servers);
            }
        }
        SiteKey::Revoke { id } => {
            store.revoke_registration_key(&open::origin(), &RegistrationKeyId(id.clone())).await?;
            println!("revoked {id}; sites that registered with it stay");
        }
    }
    Ok(())
}

async fn list(sites: Arc<Sites>, as_json: bool) -> anyhow::Result<()> {
    let views = sites.list().await?;
    if as_json {
        let rows: Vec<_> = views.iter().map(row).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    for view in views {
        let authorized = if view.server.is_authorized { "authorised" } else { "waits for `site authorize`" };
        let online = if view.is_online { "online" } else { "offline" };
        println!("{}\t{}\t{}\t{online}\t{authorized}", view.server.id, view.server.name, view.server.location);
    }
    Ok(())
}

fn row(view: &ServerView) -> serde_json::Value {
    let server = &view.server;
    json!({
        "id": server.id,
        "name": server.name,
        "location": server.location,
        "api_url": server.api_url,
        "mac_address": server.mac_address,
        "public_key": server.public_key,
        "is_authorized": server.is_authorized,
        "is_online": view.is_online,
        "last_seen": server.last_seen.map(|at| at.to_rfc3339()),
        "capacity_bytes": server.capacity_bytes,
        "free_bytes": server.free_bytes,
        "clock_skew_ms": server.clock_skew_ms,
        "version": server.version,
        "plugins": server.plugins.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok()),
        "created_at": server.created_at.to_rfc3339(),
        "updated_at": server.updated_at.to_rfc3339(),
    })
}

async fn authorize(sites: Arc<Sites>, id: String, authorized: bool) -> anyhow::Result<()> {
    let id = ServerId(id);
    sites.authorize(&open::origin(), &id, authorized).await?;
    println!("{} {id}", if authorized { "authorised" } else { "cut off" });
    Ok(())
}
