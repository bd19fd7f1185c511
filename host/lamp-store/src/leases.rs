//! Named leases: of several hosts on one database, at most one does the thing named, and the next takes over when it dies.

use crate::database::query;
use crate::error::StoreResult;
use crate::store::Store;

impl Store {
    /// Takes or keeps the lease `name` for `lease_ms`. False while another host holds it. An earlier life of the same
    /// host, whose owner begins with `host_prefix`, gives way at once.
    pub async fn hold_lease(&self, name: &str, owner: &str, host_prefix: &str, lease_ms: i64) -> StoreResult<bool> {
        let now = self.now();
        let take = query(
            "insert into lease (name, owner, until) values ($1, $2, $3) on conflict (name) do update
             set owner = excluded.owner, until = excluded.until
             where lease.until < $4 or lease.owner = excluded.owner or substr(lease.owner, 1, length($5)) = $5",
        );
        let take = take.bind(name).bind(owner).bind(now.plus_ms(lease_ms)).bind(now).bind(host_prefix);
        let mut tx = self.begin_write().await?;
        let changed = tx.execute(take).await?;
        tx.commit().await?;
        Ok(changed == 1)
    }

    /// Gives back all leases of `owner`, so that another host need not wait for their end.
    pub async fn release_leases(&self, owner: &str) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        tx.execute(query("delete from lease where owner = $1").bind(owner)).await?;
        tx.commit().await
    }
}
