//! Who this installation is among others, and on a site the hub it has joined.

use crate::audit::{Origin, record_change};
use crate::database::{Row, query};
use crate::error::{StoreError, StoreResult};
use crate::site_messages::drop_channel;
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::ServerId;
use lamp_core::site::SiteRole;
use serde_json::json;

/// This installation.
#[derive(Clone, PartialEq, Eq)]
pub struct SiteIdentity {
    /// UUIDv7.
    pub site_id: String,
    /// Ed25519 seed, 32 bytes (RFC 8032).
    pub private_key: Vec<u8>,
    /// Its part in the network.
    pub role: SiteRole,
    /// When it was made.
    pub created_at: UnixMs,
}

impl std::fmt::Debug for SiteIdentity {
    /// The key stays out of logs.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SiteIdentity").field("site_id", &self.site_id).field("role", &self.role).finish()
    }
}

/// The hub that this site has joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// `http://hub.example:10858`
    pub hub_url: String,
    /// The hub's own site id.
    pub hub_id: String,
    /// The hub's Ed25519 public key, hex.
    pub hub_key: String,
    /// This site's id at the hub.
    pub server_id: ServerId,
    /// This site's name at the hub.
    pub name: String,
    /// Where it stands.
    pub location: String,
    /// Whether an admin of the hub has let it in, as of the last contact.
    pub is_authorized: bool,
    /// When it joined.
    pub joined_at: UnixMs,
    /// Last contact.
    pub last_contact_at: Option<UnixMs>,
    /// The hub's clock minus ours.
    pub clock_skew_ms: Option<i64>,
    /// What the hub was last told of versions and plugins: JSON.
    pub reported: Option<String>,
}

fn read_identity(row: &Row) -> StoreResult<SiteIdentity> {
    let role: String = row.get("role")?;
    Ok(SiteIdentity {
        site_id: row.get("site_id")?,
        private_key: row.get("private_key")?,
        role: SiteRole::parse(&role).ok_or_else(|| StoreError::damaged("site_identity.role", role))?,
        created_at: row.get("created_at")?,
    })
}

fn read_membership(row: &Row) -> StoreResult<Membership> {
    Ok(Membership {
        hub_url: row.get("hub_url")?,
        hub_id: row.get("hub_id")?,
        hub_key: row.get("hub_key")?,
        server_id: row.get("server_id")?,
        name: row.get("name")?,
        location: row.get("location")?,
        is_authorized: row.get("is_authorized")?,
        joined_at: row.get("joined_at")?,
        last_contact_at: row.get("last_contact_at")?,
        clock_skew_ms: row.get("clock_skew_ms")?,
        reported: row.get("reported")?,
    })
}

impl Store {
    /// This installation's identity. The first call makes it of `fresh_seed`; of two at once, both get the same.
    pub async fn site_identity(&self, fresh_seed: [u8; 32]) -> StoreResult<SiteIdentity> {
        let select = || query("select * from site_identity");
        if let Some(row) = self.fetch_optional(select()).await? {
            return read_identity(&row);
        }
        let mut tx = self.begin_write().await?;
        let site_id = ServerId::generate();
        let insert = query(
            "insert into site_identity (id, site_id, private_key, role, created_at)
             values (1, $1, $2, 'standalone', $3) on conflict (id) do nothing",
        );
        let insert = insert.bind(&site_id).bind(fresh_seed.as_slice()).bind(self.now());
        if tx.execute(insert).await? == 1 {
            let origin = Origin::system();
            record_change(&mut tx, self.now(), &origin, "site.identity", site_id.as_str(), json!({})).await?;
        }
        let identity = read_identity(&tx.fetch_one(select()).await?)?;
        tx.commit().await?;
        Ok(identity)
    }

    /// Gives this installation a role; whether it had another. There must be an identity.
    pub async fn set_site_role(&self, origin: &Origin, role: SiteRole) -> StoreResult<bool> {
        let mut tx = self.begin_write().await?;
        let update = query("update site_identity set role = $1 where role <> $1");
        let changed = tx.execute(update.bind(role.as_str())).await? == 1;
        if changed {
            record_change(&mut tx, self.now(), origin, "site.role", role.as_str(), json!({})).await?;
            tx.commit().await?;
        }
        Ok(changed)
    }

    /// The hub this site has joined.
    pub async fn membership(&self) -> StoreResult<Option<Membership>> {
        let row = self.fetch_optional(query("select * from hub_membership")).await?;
        row.as_ref().map(read_membership).transpose()
    }

    /// Joins a hub in place of another one, whose waiting messages are dropped. The same hub again keeps them.
    pub async fn join_hub(&self, origin: &Origin, joined: &Membership) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let before = tx.fetch_optional(query("select * from hub_membership")).await?;
        let before = before.as_ref().map(read_membership).transpose()?;
        if let Some(before) = before.filter(|before| before.server_id != joined.server_id) {
            drop_channel(&mut tx, &before.server_id).await?;
        }
        tx.execute(query("delete from hub_membership")).await?;
        let insert = query(
            "insert into hub_membership (id, hub_url, hub_id, hub_key, server_id, name, location, is_authorized, joined_at)
             values (1, $1, $2, $3, $4, $5, $6, $7, $8)",
        );
        let insert = insert.bind(&joined.hub_url).bind(&joined.hub_id).bind(&joined.hub_key).bind(&joined.server_id);
        let insert = insert.bind(&joined.name).bind(&joined.location).bind(joined.is_authorized);
        tx.execute(insert.bind(joined.joined_at)).await?;
        let detail = json!({ "hub_id": joined.hub_id, "hub_key": joined.hub_key, "server_id": joined.server_id });
        record_change(&mut tx, self.now(), origin, "site.join", &joined.hub_url, detail).await?;
        tx.commit().await
    }

    /// Notes a contact with the hub, and what it said of this site.
    pub async fn note_hub_contact(&self, is_authorized: bool, clock_skew_ms: i64) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let update = query(
            "update hub_membership set last_contact_at = $1, clock_skew_ms = $2, is_authorized = $3 where id = 1",
        );
        tx.execute(update.bind(self.now()).bind(clock_skew_ms).bind(is_authorized)).await?;
        tx.commit().await
    }
}
