//! Back-off for servers that try registration keys: the same as for sign-ins.

use crate::Auth;
use crate::error::{AuthError, AuthResult};
use crate::throttle::Attempt;
use std::net::IpAddr;

/// The name under which tries are counted; no account can have it, since names have no blanks at the ends.
const COUNTED_AS: &str = " registration";

/// A try that was let through. It counts as failed unless [`Auth::registration_succeeded`] is told of it.
#[derive(Debug)]
pub struct RegistrationAttempt(Attempt);

impl Auth {
    /// Lets a server try a registration key. Errors: `TooManyAttempts`.
    pub fn begin_registration(&self, address: IpAddr) -> AuthResult<RegistrationAttempt> {
        let attempt = self.throttle.begin(COUNTED_AS, Some(address), self.store.now());
        attempt.map(RegistrationAttempt).map_err(|wait_ms| AuthError::TooManyAttempts {
            retry_after_secs: u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000),
        })
    }

    /// The key was good.
    pub fn registration_succeeded(&self, attempt: RegistrationAttempt) {
        self.throttle.succeeded(attempt.0);
    }
}
