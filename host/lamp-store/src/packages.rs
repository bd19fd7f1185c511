//! Package files, by their hash. Install and package are one transaction, so they live in the database.

use crate::database::{Tx, query};
use crate::error::StoreResult;
use crate::store::Store;

/// Keeps a package inside the caller's transaction. `hash` is its SHA-256, hex; keeping it twice is one row.
pub(crate) async fn keep_package(tx: &mut Tx, hash: &str, bytes: Vec<u8>) -> StoreResult<()> {
    let insert = query("insert into package (hash, bytes, size) values ($1, $2, $3) on conflict (hash) do nothing");
    let size = bytes.len();
    tx.execute(insert.bind(hash).bind(bytes).bind(size)).await?;
    Ok(())
}

/// Drops packages that no plugin refers to, neither as installed nor as waiting.
pub(crate) async fn drop_unused_packages(tx: &mut Tx) -> StoreResult<()> {
    let delete = "delete from package
                  where not exists (select 1 from plugin where plugin.package_hash = package.hash)
                  and not exists (select 1 from plugin_upgrade where plugin_upgrade.package_hash = package.hash)";
    tx.execute(query(delete)).await?;
    Ok(())
}

impl Store {
    /// The bytes of a package.
    pub async fn package(&self, hash: &str) -> StoreResult<Option<Vec<u8>>> {
        let row = self.fetch_optional(query("select bytes from package where hash = $1").bind(hash)).await?;
        row.map(|row| row.get("bytes")).transpose()
    }
}
