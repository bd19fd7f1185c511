//! Passwords: what is accepted, and argon2id (RFC 9106) with a bound on how much memory sign-ins can take at once.

mod weak;

use crate::error::{AuthError, AuthResult};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Hashes computed at the same time; the others wait.
const AT_ONCE: usize = 2;
/// Longest wait for a turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);
/// Fewest characters.
const MIN_CHARACTERS: usize = 12;
/// Most bytes, so that hashing stays cheap to bound.
const MAX_BYTES: usize = 1_024;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// 64 MiB, 3 passes, 4 lanes: the second recommendation of RFC 9106.
    fn default() -> Self {
        Self { memory_kib: 64 * 1_024, passes: 3, lanes: 4 }
    }
}

/// What verifying found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, and stored at another cost than new ones are.
    RightButRehash,
}

/// Hashes and verifies, two at a time, off the async threads.
pub(crate) struct Passwords {
    cost: PasswordCost,
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        Self { cost, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// PHC text of a password's hash with a fresh salt.
    pub(crate) async fn hash(&self, password: &str) -> AuthResult<String> {
        let (password, cost) = (password.to_owned(), self.cost);
        self.in_turn(move || hash(&password, cost)).await
    }

    /// Compares with a stored hash. Without one (no such account) it does the same work and says `Wrong`.
    pub(crate) async fn verify(&self, password: &str, stored: Option<&str>) -> AuthResult<Verdict> {
        let (password, stored, cost) = (password.to_owned(), stored.map(str::to_owned), self.cost);
        self.in_turn(move || match stored {
            Some(stored) => verify(&password, &stored, cost),
            None => hash(&password, cost).map(|_| Verdict::Wrong),
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> AuthResult<T> + Send + 'static) -> AuthResult<T> {
        let turn = tokio::time::timeout(TURN_TIMEOUT, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(AuthError::TooManyAttempts { retry_after_secs: TURN_TIMEOUT.as_secs() });
        };
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(turn);
            outcome
        });
        done.await.map_err(|error| AuthError::Hash(error.to_string()))?
    }
}

fn hasher(cost: PasswordCost) -> AuthResult<Argon2<'static>> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None);
    let params = params.map_err(|error| AuthError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str, cost: PasswordCost) -> AuthResult<String> {
    let salt = rand::random::<[u8; 16]>();
    let hash = hasher(cost)?.hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| AuthError::Hash(error.to_string()))
}

fn verify(password: &str, stored: &str, cost: PasswordCost) -> AuthResult<Verdict> {
    let parsed = PasswordHash::new(stored).map_err(|error| AuthError::Hash(error.to_string()))?;
    if hasher(cost)?.verify_password(password.as_bytes(), &parsed).is_err() {
        return Ok(Verdict::Wrong);
    }
    let current = Params::try_from(&parsed).is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (cost.memory_kib, cost.passes, cost.lanes)
    });
    Ok(if current { Verdict::Right } else { Verdict::RightButRehash })
}

/// Refuses short, huge and well-known passwords. No rule on kinds of characters: length is what counts.
pub(crate) fn check(password: &str, user_name: &str) -> AuthResult<()> {
    let refuse = |message: &str| Err(AuthError::field("password", message));
    if password.chars().count() < MIN_CHARACTERS {
        return refuse("use at least 12 characters; a few words in a row are easy to remember");
    }
    if password.len() > MAX_BYTES {
        return refuse("use at most 1024 bytes");
    }
    if weak::is_weak(password, user_name) {
        return refuse("this is one of the first passwords that attackers try; use a few unrelated words");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
