//! Who is calling: decided once per request, passed on with the call.

use crate::id::{ApiKeyId, ServerId, UserId};
use crate::permission::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a caller proved who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Identity {
    /// A person, by a session cookie or a bearer token.
    User {
        /// The account.
        id: UserId,
        /// Sign-in name.
        name: String,
    },
    /// A program, by an API key.
    ApiKey {
        /// The key's id, never its secret.
        id: ApiKeyId,
        /// The key's label.
        name: String,
    },
    /// A server registered here, by the secret it was given.
    Site {
        /// Its id.
        id: ServerId,
        /// Its name.
        name: String,
    },
    /// The host itself (schedules, start-up) or the command line on this machine.
    System,
}

/// One caller with everything it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub identity: Identity,
    /// The role it acts in.
    pub role: Role,
    /// Permissions of that role; `admin` holds all and the set is not asked.
    pub permissions: BTreeSet<String>,
}

impl Caller {
    /// The host acting for itself.
    pub fn system() -> Self {
        Self { identity: Identity::System, role: "admin".to_owned(), permissions: BTreeSet::new() }
    }

    /// Whether the caller holds `permission`.
    pub fn may(&self, permission: &str) -> bool {
        self.role == "admin" || self.permissions.contains(permission)
    }

    /// A short name for logs and audit rows: `user:ada`, `key:nightly-export`, `site:rex`, `system`.
    pub fn actor(&self) -> String {
        match &self.identity {
            Identity::User { name, .. } => format!("user:{name}"),
            Identity::ApiKey { name, .. } => format!("key:{name}"),
            Identity::Site { name, .. } => format!("site:{name}"),
            Identity::System => "system".to_owned(),
        }
    }
}
