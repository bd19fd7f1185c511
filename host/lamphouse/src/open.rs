//! Opening the data folder.

use anyhow::Context;
use lamp_core::clock::SystemClock;
use lamp_store::audit::Origin;
use lamp_store::{Store, StoreConfig};
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

/// Who a change on the command line is written down for.
pub fn origin() -> Origin {
    let user = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    Origin::new(user.map_or_else(|| "cli".to_owned(), |user| format!("cli:{user}")))
}
