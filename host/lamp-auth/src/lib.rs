//! Who may come in and what they may do: passwords, sign-in, sessions, API keys, the setup token, roles.
//! It knows nothing of HTTP; the server and the command line call the same functions.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod account;
mod authenticate;
mod error;
mod key;
mod password;
mod registration;
mod roles;
mod sign_in;
mod throttle;
mod token;

pub use account::UserEdit;
pub use authenticate::{Authenticated, Presented};
pub use error::{AuthError, AuthResult};
pub use key::NewKey;
pub use password::PasswordCost;
pub use registration::RegistrationAttempt;
pub use roles::is_role;
pub use sign_in::{Client, SignIn};
pub use token::{KEY_PREFIX, SESSION_PREFIX, SITE_PREFIX};

use authenticate::Cache;
use lamp_store::Store;
use password::Passwords;
use roles::Roles;
use throttle::SignInThrottle;

/// A cookie session ends this long after sign-in, in milliseconds: 7 days.
pub const COOKIE_MAX_MS: i64 = 7 * 24 * 3_600_000;
/// A session ends this long after its last request, in milliseconds: 24 hours.
pub const IDLE_MAX_MS: i64 = 24 * 3_600_000;
/// A token presented as a bearer ends this long after sign-in, in milliseconds: 24 hours.
pub const BEARER_MAX_MS: i64 = 24 * 3_600_000;

/// Accounts and everything that proves who is calling. Share it as `Arc<Auth>`.
pub struct Auth {
    store: Store,
    passwords: Passwords,
    throttle: SignInThrottle,
    roles: Roles,
    cache: Cache,
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Auth")
    }
}

impl Auth {
    /// Accounts kept in `store`; new passwords are hashed at `cost`.
    pub fn new(store: Store, cost: PasswordCost) -> Self {
        Self {
            store,
            passwords: Passwords::new(cost),
            throttle: SignInThrottle::default(),
            roles: Roles::default(),
            cache: Cache::default(),
        }
    }

    /// Writes down when sessions and keys were last used and drops ended sessions. Call it every half minute or so.
    pub async fn maintain(&self) -> AuthResult<()> {
        self.flush_uses().await?;
        self.store.prune_sessions(self.store.now().plus_ms(-IDLE_MAX_MS)).await?;
        Ok(())
    }
}
