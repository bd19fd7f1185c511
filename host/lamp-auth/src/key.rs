//! API keys: shown once, stored hashed, revocable.

use crate::error::{AuthError, AuthResult};
use crate::{Auth, account, token};
use lamp_core::clock::UnixMs;
use lamp_core::id::ApiKeyId;
use lamp_core::permission::Role;
use lamp_store::api_keys::{ApiKey, NewApiKey};
use lamp_store::audit::Origin;

/// Longest label, in characters.
const MAX_LABEL: usize = 100;

/// A key to make.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Label shown in lists and audit rows.
    pub name: String,
    /// Role it acts in.
    pub role: Role,
    /// When it ends; never unless given.
    pub expires_at: Option<UnixMs>,
}

impl Auth {
    /// Makes a key; the second part is the key itself, which nobody can read again. Errors: `Field`.
    pub async fn create_key(&self, origin: &Origin, new: NewKey) -> AuthResult<(ApiKey, String)> {
        let label = new.name.trim();
        if label.is_empty() || label.chars().count() > MAX_LABEL || label.chars().any(char::is_control) {
            return Err(AuthError::field("name", "use 1 to 100 characters"));
        }
        account::check_role(&new.role)?;
        if new.expires_at.is_some_and(|end| end <= self.store.now()) {
            return Err(AuthError::field("expires_at", "give a time in the future"));
        }
        let (key, prefix) = token::api_key();
        let row = NewApiKey {
            name: label.to_owned(),
            role: new.role,
            key_hash: token::stored(&key),
            prefix,
            expires_at: new.expires_at,
        };
        Ok((self.store.create_api_key(origin, row).await?, key))
    }

    /// All keys, newest first, revoked ones too.
    pub async fn list_keys(&self) -> AuthResult<Vec<ApiKey>> {
        Ok(self.store.list_api_keys().await?)
    }

    /// Revokes a key at once. Errors: `NotFound`.
    pub async fn revoke_key(&self, origin: &Origin, id: &ApiKeyId) -> AuthResult<()> {
        let revoked = self.store.revoke_api_key(origin, id).await;
        self.cache.clear();
        Ok(revoked?)
    }
}
