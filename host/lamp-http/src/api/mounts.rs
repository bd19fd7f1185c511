//! Mounts: folders of this machine that plugins may be granted.

use crate::api::notices::publish_changed;
use crate::app::AppState;
use crate::extract::{JsonBody, Segments, Who};
use crate::problem::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use futures_util::future::join_all;
use http::StatusCode;
use lamp_core::grant::{Effective, Grant};
use lamp_core::manifest::Manifest;
use lamp_files::{FilesError, HardLinks, MountConfig, Right, check_name, check_root};
use lamp_store::mounts::NAME_TAKEN;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A mount with its state now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Mount {
    name: String,
    path: String,
    /// Of `read`, `write`, `delete`, `watch`.
    rights: BTreeSet<String>,
    #[schemars(extend("enum" = ["online", "offline"]))]
    status: &'static str,
    /// Why it is offline.
    reason: Option<String>,
    total_bytes: Option<u64>,
    free_bytes: Option<u64>,
    /// Plugins that hold any right on it.
    used_by: Vec<String>,
}

/// A mount to add.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMount {
    /// `a-z`, `0-9` and hyphens.
    name: String,
    /// Absolute path of a folder on the server.
    path: String,
    /// Of `read`, `write`, `delete`, `watch`.
    rights: BTreeSet<String>,
}

pub(crate) async fn list(State(app): State<AppState>) -> ApiResult<Json<Vec<Mount>>> {
    let rows = app.store.list_mounts().await?;
    let holders = holders(&app).await?;
    Ok(Json(join_all(rows.into_iter().map(|row| look(&app, row, &holders))).await))
}

pub(crate) async fn add(
    State(app): State<AppState>,
    who: Who,
    JsonBody(new): JsonBody<NewMount>,
) -> ApiResult<(StatusCode, Json<Mount>)> {
    check_name(&new.name).map_err(|error| ApiError::field("name", error.to_string()))?;
    check_rights(&new.rights)?;
    let others = app.store.list_mounts().await?.into_iter().filter(|row| row.name != new.name).map(config_of).collect();
    let path = check_folder(&app, PathBuf::from(&new.path), others).await?;
    let added = app.store.add_mount(&who.origin(), &new.name, &path, &new.rights).await;
    let row = added.map_err(|error| {
        if error.is_conflict(NAME_TAKEN) {
            let message = format!("there is a mount `{}` already; choose another name", new.name);
            return ApiError::new(StatusCode::CONFLICT, "name_taken", message);
        }
        error.into()
    })?;
    publish_changed(&app, "mounts.changed").await?;
    let holders = holders(&app).await?;
    Ok((StatusCode::CREATED, Json(look(&app, row, &holders).await)))
}

pub(crate) async fn remove(
    State(app): State<AppState>,
    who: Who,
    Segments(name): Segments<String>,
) -> ApiResult<StatusCode> {
    app.store.remove_mount(&who.origin(), &name).await?;
    publish_changed(&app, "mounts.changed").await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_rights(rights: &BTreeSet<String>) -> ApiResult<()> {
    let known = |right: &String| Right::ALL.into_iter().any(|known| known.as_str() == right);
    if rights.is_empty() || !rights.iter().all(known) {
        return Err(ApiError::field("rights", "use one or more of read, write, delete, watch"));
    }
    Ok(())
}

/// The folder's real path, once the rules for mounts allow it. Looks at the disk off the async threads.
async fn check_folder(app: &AppState, path: PathBuf, others: Vec<MountConfig>) -> ApiResult<String> {
    let data_folder = app.data_folder.clone();
    let checked = tokio::task::spawn_blocking(move || check_root(&path, &data_folder, &others)).await;
    let real = checked.map_err(ApiError::internal)?.map_err(|error| ApiError::field("path", error.to_string()))?;
    let not_text = |_| ApiError::field("path", "the folder's name is not UTF-8; rename it");
    real.into_os_string().into_string().map_err(not_text)
}

fn config_of(row: lamp_store::mounts::Mount) -> MountConfig {
    let right = |name: &String| Right::ALL.into_iter().find(|right| right.as_str() == name);
    MountConfig {
        name: row.name,
        root: PathBuf::from(row.path),
        rights: row.rights.iter().filter_map(right).collect(),
        hard_links: HardLinks::default(),
        identity: None,
    }
}

/// Effective file rights of every plugin, by id.
async fn holders(app: &AppState) -> ApiResult<Vec<(String, Effective)>> {
    let grants = app.store.list_grants().await?;
    let plugins = app.store.list_plugins().await?;
    let effective = plugins.into_iter().filter_map(|plugin| {
        let manifest: Manifest = serde_json::from_str(&plugin.manifest).ok()?;
        let own: Vec<Grant> = grants.iter().filter(|grant| grant.plugin == plugin.id).cloned().collect();
        Some((plugin.id.to_string(), Effective::new(&manifest.capabilities, &own)))
    });
    Ok(effective.collect())
}

async fn look(app: &AppState, row: lamp_store::mounts::Mount, holders: &[(String, Effective)]) -> Mount {
    let name = row.name.clone();
    let info = app.quick_files.run(&row.name, move |mounts| mounts.info(&name)).await;
    let (online, reason, space) = match info {
        Ok(info) => match info.status {
            lamp_files::MountStatus::Online => (true, None, info.space),
            lamp_files::MountStatus::Offline(reason) => (false, Some(reason), None),
        },
        Err(FilesError::UnknownMount(_)) => (false, Some("it is being opened".to_owned()), None),
        Err(error) => (false, Some(error.to_string()), None),
    };
    let holds = |effective: &Effective| {
        Right::ALL.into_iter().any(|right| effective.allows("lamphouse:files", &row.name, right.as_str()))
    };
    let used_by = holders.iter().filter(|(_, effective)| holds(effective)).map(|(id, _)| id.clone()).collect();
    Mount {
        name: row.name,
        path: row.path,
        rights: row.rights,
        status: if online { "online" } else { "offline" },
        reason,
        total_bytes: space.map(|space| space.total_bytes),
        free_bytes: space.map(|space| space.available_bytes),
        used_by,
    }
}
