//! Why a sign-in or a change of accounts is refused. No text tells whether an account exists.

use lamp_store::StoreError;

/// Result of an account call.
pub type AuthResult<T> = Result<T, AuthError>;

/// Every refusal of this crate.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Unknown name, wrong password or disabled account: never said which.
    #[error("the user name or the password is wrong")]
    InvalidCredentials,
    /// Token or key is unknown, ended, revoked, or its account is disabled.
    #[error("the session or key is not valid any more; sign in again")]
    NotSignedIn,
    /// Back-off after failures, or too many sign-ins at once.
    #[error("too many attempts; try again in {retry_after_secs} s")]
    TooManyAttempts {
        /// Whole seconds to wait.
        retry_after_secs: u64,
    },
    /// The setup token is wrong or used.
    #[error("the setup token is wrong or was used; open the link that the server printed at its last start")]
    SetupToken,
    /// There is an account already.
    #[error("setup is done already; sign in instead")]
    SetupDone,
    /// A value is not acceptable; the text says what to give instead.
    #[error("{field}: {message}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What to give instead.
        message: String,
    },
    /// Another account has the name.
    #[error("there is a user with the name `{0}` already; choose another name")]
    NameTaken(String),
    /// Nobody removes or disables themselves.
    #[error("nobody can remove or disable their own account; ask another admin")]
    OwnAccount,
    /// The change would leave no enabled admin.
    #[error("this is the last admin; make another user admin first")]
    LastAdmin,
    /// No such user or key.
    #[error("no {what} `{id}`")]
    NotFound {
        /// `user` or `API key`.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// Hashing failed.
    #[error("hash the password: {0}")]
    Hash(String),
    /// The database failed.
    #[error("read or write accounts")]
    Store(#[source] StoreError),
}

impl AuthError {
    /// A refusal of one field.
    pub(crate) fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Field { field, message: message.into() }
    }
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { what, name } => Self::NotFound { what, id: name },
            other if other.is_conflict(lamp_store::users::LAST_ADMIN) => Self::LastAdmin,
            other if other.is_conflict("account_exists") => Self::SetupDone,
            other => Self::Store(other),
        }
    }
}
