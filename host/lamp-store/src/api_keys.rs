//! API keys. The key is shown once by its maker; here only its hash and its first characters are kept.

use crate::audit::{Origin, record_change};
use crate::database::{Row, query};
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::ApiKeyId;
use lamp_core::permission::Role;
use serde_json::json;

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Label.
    pub name: String,
    /// Role it acts in.
    pub role: Role,
    /// SHA-256 of the key, hex.
    pub key_hash: String,
    /// First characters, for telling keys apart.
    pub prefix: String,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it ends.
    pub expires_at: Option<UnixMs>,
    /// Last request, to the minute or so.
    pub last_used_at: Option<UnixMs>,
    /// When it was revoked.
    pub revoked_at: Option<UnixMs>,
}

/// A key to keep.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// Label.
    pub name: String,
    /// Role it acts in.
    pub role: Role,
    /// SHA-256 of the key, hex.
    pub key_hash: String,
    /// First characters.
    pub prefix: String,
    /// When it ends.
    pub expires_at: Option<UnixMs>,
}

fn read(row: &Row) -> StoreResult<ApiKey> {
    Ok(ApiKey {
        id: row.get("id")?,
        name: row.get("name")?,
        role: row.get("role")?,
        key_hash: row.get("key_hash")?,
        prefix: row.get("prefix")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        last_used_at: row.get("last_used_at")?,
        revoked_at: row.get("revoked_at")?,
    })
}

impl Store {
    /// Keeps a new key.
    pub async fn create_api_key(&self, origin: &Origin, new: NewApiKey) -> StoreResult<ApiKey> {
        let key = ApiKey {
            id: ApiKeyId::generate(),
            name: new.name,
            role: new.role,
            key_hash: new.key_hash,
            prefix: new.prefix,
            created_at: self.now(),
            expires_at: new.expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        let mut tx = self.begin_write().await?;
        let insert = query(
            "insert into api_key (id, name, role, key_hash, prefix, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        );
        let insert = insert.bind(&key.id).bind(&key.name).bind(&key.role).bind(&key.key_hash).bind(&key.prefix);
        tx.execute(insert.bind(key.created_at).bind(key.expires_at)).await?;
        let detail = json!({ "id": key.id, "role": key.role, "prefix": key.prefix });
        record_change(&mut tx, self.now(), origin, "key.create", &key.name, detail).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// The key with that hash, revoked or expired ones too.
    pub async fn find_api_key(&self, key_hash: &str) -> StoreResult<Option<ApiKey>> {
        let select = query("select * from api_key where key_hash = $1").bind(key_hash);
        self.fetch_optional(select).await?.as_ref().map(read).transpose()
    }

    /// All keys, newest first.
    pub async fn list_api_keys(&self) -> StoreResult<Vec<ApiKey>> {
        self.fetch_all(query("select * from api_key order by id desc")).await?.iter().map(read).collect()
    }

    /// Notes when keys were last used. Callers collect and flush now and then.
    pub async fn touch_api_keys(&self, used: &[(ApiKeyId, UnixMs)]) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        for (id, at) in used {
            let update = query("update api_key set last_used_at = $1 where id = $2 and coalesce(last_used_at, 0) < $1");
            tx.execute(update.bind(*at).bind(id)).await?;
        }
        tx.commit().await
    }

    /// Revokes a key for good; a revoked one stays revoked. `NotFound`.
    pub async fn revoke_api_key(&self, origin: &Origin, id: &ApiKeyId) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let update = query("update api_key set revoked_at = coalesce(revoked_at, $1) where id = $2 returning name");
        let row = tx.fetch_optional(update.bind(self.now()).bind(id)).await?;
        let name: String = row.ok_or_else(|| StoreError::not_found("API key", id))?.get("name")?;
        record_change(&mut tx, self.now(), origin, "key.revoke", &name, json!({ "id": id })).await?;
        tx.commit().await
    }
}
