//! Opening the data folder.

use anyhow::Context;
use lamp_core::clock::SystemClock;
use lamp_store::audit::Origin;
use lamp_store::{Store, StoreConfig};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Environment variable with the address of a PostgreSQL database; without it SQLite in the data folder is used.
pub const DATABASE_URL: &str = "DATABASE_URL";

/// The store of a data folder, which is made if it is missing.
pub async fn store(data: &Path) -> anyhow::Result<Store> {
    let database_url = std::env::var(DATABASE_URL).ok().filter(|url| !url.is_empty());
    let config = StoreConfig { data_dir: folder(data)?, database_url };
    Store::open(config, Arc::new(SystemClock)).await.with_context(|| format!("open the data folder {}", data.display()))
}

/// The data folder as an absolute path without links.
pub fn folder(data: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(data).with_context(|| format!("make the data folder {}", data.display()))?;
    data.canonicalize().with_context(|| format!("open the data folder {}", data.display()))
}

/// The name of the host of a data folder in leases: made once, the same after a restart, and another one for each of the
/// hosts that share a PostgreSQL database. The caller holds the lock of the folder.
pub fn host_id(folder: &Path) -> anyhow::Result<String> {
    let path = folder.join("host-id");
    let known = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| format!("read {}", path.display()))?,
    };
    if !known.trim().is_empty() {
        return Ok(known.trim().to_owned());
    }
    let fresh = lamp_core::id::RequestId::generate().0;
    // Whole or not at all, whenever the machine stops.
    let mut file = tempfile::NamedTempFile::new_in(folder).context("make the host's id")?;
    file.write_all(fresh.as_bytes()).and_then(|()| file.as_file().sync_all()).context("write the host's id")?;
    file.persist(&path).with_context(|| format!("write {}", path.display()))?;
    Ok(fresh)
}

/// Who a change on the command line is written down for.
pub fn origin() -> Origin {
    let user = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    Origin::new(user.map_or_else(|| "cli".to_owned(), |user| format!("cli:{user}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_data_folder_keeps_its_host_id_and_no_two_share_one() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let id = host_id(one.path()).unwrap();
        assert_eq!(id.len(), 36);
        assert_eq!(host_id(one.path()).unwrap(), id);
        assert_ne!(host_id(other.path()).unwrap(), id);
        std::fs::write(other.path().join("host-id"), "\n").unwrap();
        assert_eq!(host_id(other.path()).unwrap().len(), 36, "an empty file is no id");
    }
}
