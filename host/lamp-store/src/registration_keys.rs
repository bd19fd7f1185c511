//! Registration keys: what lets a server register. The key is shown once by its maker; here only its hash is kept.

use crate::audit::{Origin, record_change};
use crate::database::{Row, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::RegistrationKeyId;
use serde_json::json;

/// A registration key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationKey {
    /// Its id.
    pub id: RegistrationKeyId,
    /// SHA-256 of the key, hex.
    pub key_hash: String,
    /// First characters, for telling keys apart.
    pub prefix: String,
    /// So many servers may register with it.
    pub max_servers: u32,
    /// So many have.
    pub used: u32,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it ends.
    pub expires_at: Option<UnixMs>,
    /// When it was revoked.
    pub revoked_at: Option<UnixMs>,
}

/// A key to keep.
#[derive(Debug, Clone)]
pub struct NewRegistrationKey {
    /// SHA-256 of the key, hex.
    pub key_hash: String,
    /// First characters.
    pub prefix: String,
    /// So many servers may register with it; at least 1.
    pub max_servers: u32,
    /// When it ends.
    pub expires_at: Option<UnixMs>,
}

impl RegistrationKey {
    /// Whether it opens anything at `now`; a key that is used up still lets its own servers come back.
    pub fn is_valid(&self, now: UnixMs) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

fn read(row: &Row) -> StoreResult<RegistrationKey> {
    Ok(RegistrationKey {
        id: row.get("id")?,
        key_hash: row.get("key_hash")?,
        prefix: row.get("prefix")?,
        max_servers: row.get("max_servers")?,
        used: row.get("used")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        revoked_at: row.get("revoked_at")?,
    })
}

/// The key of that hash, locked until the end of the transaction.
pub(crate) async fn lock_key(tx: &mut Tx, key_hash: &str) -> StoreResult<Option<RegistrationKey>> {
    let select = tx.pick(
        "select * from registration_key where key_hash = $1",
        "select * from registration_key where key_hash = $1 for update",
    );
    tx.fetch_optional(query(select).bind(key_hash)).await?.as_ref().map(read).transpose()
}

impl Store {
    /// Keeps a new key.
    pub async fn create_registration_key(
        &self,
        origin: &Origin,
        new: NewRegistrationKey,
    ) -> StoreResult<RegistrationKey> {
        let key = RegistrationKey {
            id: RegistrationKeyId::generate(),
            key_hash: new.key_hash,
            prefix: new.prefix,
            max_servers: new.max_servers,
            used: 0,
            created_at: self.now(),
            expires_at: new.expires_at,
            revoked_at: None,
        };
        let mut tx = self.begin_write().await?;
        let insert = query(
            "insert into registration_key (id, key_hash, prefix, max_servers, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6)",
        );
        let insert = insert.bind(&key.id).bind(&key.key_hash).bind(&key.prefix).bind(key.max_servers);
        tx.execute(insert.bind(key.created_at).bind(key.expires_at)).await?;
        let detail = json!({ "id": key.id, "max_servers": key.max_servers });
        record_change(&mut tx, self.now(), origin, "registration_key.create", &key.prefix, detail).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// The key whose first characters these are.
    pub async fn find_registration_key(&self, prefix: &str) -> StoreResult<Option<RegistrationKey>> {
        let select = query("select * from registration_key where prefix = $1").bind(prefix);
        self.fetch_optional(select).await?.as_ref().map(read).transpose()
    }

    /// All keys, newest first.
    pub async fn list_registration_keys(&self) -> StoreResult<Vec<RegistrationKey>> {
        self.fetch_all(query("select * from registration_key order by id desc")).await?.iter().map(read).collect()
    }

    /// Revokes a key for good; servers that registered with it stay. `NotFound`.
    pub async fn revoke_registration_key(&self, origin: &Origin, id: &RegistrationKeyId) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let update =
            query("update registration_key set revoked_at = coalesce(revoked_at, $1) where id = $2 returning prefix");
        let row = tx.fetch_optional(update.bind(self.now()).bind(id)).await?;
        let prefix: String = row.ok_or_else(|| StoreError::not_found("registration key", id))?.get("prefix")?;
        record_change(&mut tx, self.now(), origin, "registration_key.revoke", &prefix, json!({ "id": id })).await?;
        tx.commit().await
    }
}
