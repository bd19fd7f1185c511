//! Mounts: named folders that plugins may be granted.

use crate::audit::{Origin, record_change};
use crate::database::{Row, query};
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use serde_json::json;
use std::collections::BTreeSet;

/// A mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Its name, unique.
    pub name: String,
    /// Absolute path of the folder.
    pub path: String,
    /// What may be granted on it: `read`, `write`, `delete`, `watch`.
    pub rights: BTreeSet<String>,
    /// When it was added.
    pub created_at: UnixMs,
}

/// The unique constraint on names, as in `StoreError::Conflict`.
pub const NAME_TAKEN: &str = "mount_name";

fn read(row: &Row) -> StoreResult<Mount> {
    let rights: String = row.get("rights")?;
    Ok(Mount {
        name: row.get("name")?,
        path: row.get("path")?,
        rights: serde_json::from_str(&rights).map_err(|error| StoreError::damaged("mount.rights", error))?,
        created_at: row.get("created_at")?,
    })
}

impl Store {
    /// Adds a mount. `Conflict(mount_name)` when the name is taken.
    pub async fn add_mount(
        &self,
        origin: &Origin,
        name: &str,
        path: &str,
        rights: &BTreeSet<String>,
    ) -> StoreResult<Mount> {
        let mount =
            Mount { name: name.to_owned(), path: path.to_owned(), rights: rights.clone(), created_at: self.now() };
        let mut tx = self.begin_write().await?;
        let insert = query("insert into mount (name, path, rights, created_at) values ($1, $2, $3, $4)");
        tx.execute(insert.bind(name).bind(path).bind(json!(rights).to_string()).bind(mount.created_at)).await?;
        record_change(&mut tx, self.now(), origin, "mount.add", name, json!({ "path": path, "rights": rights }))
            .await?;
        tx.commit().await?;
        Ok(mount)
    }

    /// Removes a mount; the folder stays as it is. `NotFound`.
    pub async fn remove_mount(&self, origin: &Origin, name: &str) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let row = tx.fetch_optional(query("delete from mount where name = $1 returning path").bind(name)).await?;
        let path: String = row.ok_or_else(|| StoreError::not_found("mount", name))?.get("path")?;
        record_change(&mut tx, self.now(), origin, "mount.remove", name, json!({ "path": path })).await?;
        tx.commit().await
    }

    /// All mounts by name.
    pub async fn list_mounts(&self) -> StoreResult<Vec<Mount>> {
        self.fetch_all(query("select * from mount order by name")).await?.iter().map(read).collect()
    }

    /// The mount of that name.
    pub async fn find_mount(&self, name: &str) -> StoreResult<Option<Mount>> {
        let row = self.fetch_optional(query("select * from mount where name = $1").bind(name)).await?;
        row.as_ref().map(read).transpose()
    }
}
