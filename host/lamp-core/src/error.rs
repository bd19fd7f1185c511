//! The one error a capability gives to a plugin, equal to `lamphouse:types/types.error`.

/// What a host call may answer instead of a result.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum CapabilityError {
    /// The plugin holds no grant for this call; the text names the grant that is missing.
    #[error("denied: {0}")]
    Denied(String),
    /// The thing named does not exist.
    #[error("not found: {0}")]
    NotFound(String),
    /// An argument is malformed; the text names it.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The state of things does not allow the call (unique key taken, constraint broken).
    #[error("conflict: {0}")]
    Conflict(String),
    /// A limit was reached; the text names the limit and its value.
    #[error("limit: {0}")]
    Limit(String),
    /// Not possible now, perhaps later (mount offline, database busy).
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// Result of a host call.
pub type CapabilityResult<T> = Result<T, CapabilityError>;
