//! Why something about sites is refused.

use lamp_store::StoreError;
use lamp_store::servers::{KEY_UNKNOWN, KEY_USED_UP};

/// Result of a call of this crate.
pub type SitesResult<T> = Result<T, SitesError>;

/// Every refusal of this crate.
#[derive(Debug, thiserror::Error)]
pub enum SitesError {
    /// A value is not acceptable; the text says what to give instead.
    #[error("{field}: {message}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What to give instead.
        message: String,
    },
    /// The registration key is unknown, revoked or has ended: never said which.
    #[error("the registration key is not valid; ask the hub's admin for a new one (`lamphouse site key create`)")]
    WrongKey,
    /// As many servers as it allows have registered with the key.
    #[error("the registration key was used by another server; ask the hub's admin for a new one")]
    UsedKey,
    /// Registering at a site.
    #[error("this server is itself a site of a hub; register at the hub")]
    NotAHub,
    /// Joining from a hub.
    #[error("this installation is a hub; only a site joins a hub (start it with `--role site` first)")]
    IsAHub,
    /// No such server.
    #[error("no server `{0}`")]
    UnknownServer(String),
    /// The hub cannot be reached.
    #[error("the hub at {url} cannot be reached: {reason}")]
    Unreachable {
        /// Its address.
        url: String,
        /// Why.
        reason: String,
    },
    /// The hub said no.
    #[error("the hub refused: {0}")]
    Refused(String),
    /// The link broke, or something was said on it that cannot be.
    #[error("the link between site and hub ended: {0}")]
    Link(&'static str),
    /// The database failed.
    #[error("read or write what is known of sites")]
    Store(#[source] StoreError),
}

impl SitesError {
    /// A refusal of one field.
    pub(crate) fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Field { field, message: message.into() }
    }
}

impl From<StoreError> for SitesError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { name, .. } => Self::UnknownServer(name),
            other if other.is_conflict(KEY_UNKNOWN) => Self::WrongKey,
            other if other.is_conflict(KEY_USED_UP) => Self::UsedKey,
            other => Self::Store(other),
        }
    }
}
