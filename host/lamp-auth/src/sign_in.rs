//! The setup token, sign-in and sign-out.

use crate::authenticate::Authenticated;
use crate::error::{AuthError, AuthResult};
use crate::password::Verdict;
use crate::{Auth, BEARER_MAX_MS, COOKIE_MAX_MS, account, token};
use lamp_core::caller::Identity;
use lamp_core::clock::UnixMs;
use lamp_core::id::RequestId;
use lamp_store::audit::{NewAudit, Origin, Outcome};
use lamp_store::sessions::{NewSession, SessionKind};
use lamp_store::users::{NewUser, User};
use serde_json::json;
use std::net::IpAddr;

/// Longest browser name kept.
const MAX_USER_AGENT: usize = 256;

/// Where a sign-in comes from.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Address of the person's machine.
    pub address: Option<IpAddr>,
    /// `User-Agent`.
    pub user_agent: Option<String>,
    /// The request.
    pub request_id: Option<RequestId>,
}

impl Client {
    fn origin(&self, actor: impl Into<String>) -> Origin {
        Origin { actor: actor.into(), request_id: self.request_id.clone() }
    }

    fn wait(&self, wait_ms: i64) -> AuthError {
        AuthError::TooManyAttempts { retry_after_secs: u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000).max(1) }
    }
}

/// A session that began. One token serves both: in the cookie for up to 7 days (24 hours without a request), as a
/// bearer until `bearer_expires_at`.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The token; shown only here.
    pub token: String,
    /// Until when it is good as a bearer.
    pub bearer_expires_at: UnixMs,
    /// Until when it is good in the cookie, at the most.
    pub cookie_expires_at: UnixMs,
    /// Who.
    pub user: User,
}

impl Auth {
    /// Whether the first account is still to be made.
    pub async fn setup_needed(&self) -> AuthResult<bool> {
        Ok(self.store.count_users().await? == 0)
    }

    /// A fresh setup token in place of any older one; none once there is an account. Called at start.
    pub async fn issue_setup_token(&self) -> AuthResult<Option<String>> {
        if !self.setup_needed().await? {
            return Ok(None);
        }
        let secret = token::secret();
        match self.store.set_setup_token(&token::stored(&secret)).await.map_err(AuthError::from) {
            Ok(()) => Ok(Some(secret)),
            Err(AuthError::SetupDone) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the first account, an admin, and signs it in. Errors: `SetupToken`, `SetupDone`, `Field`, `TooManyAttempts`.
    pub async fn complete_setup(&self, given: &str, name: &str, password: &str, client: &Client) -> AuthResult<SignIn> {
        // The name cannot be an account's: accounts have no space.
        let attempt = self.throttle.begin("setup token", client.address, self.store.now());
        let attempt = attempt.map_err(|wait| client.wait(wait))?;
        if !self.setup_needed().await? {
            return Err(AuthError::SetupDone);
        }
        let hash = token::stored(given);
        if self.store.setup_token().await?.is_none_or(|(stored, _)| stored != hash) {
            return Err(AuthError::SetupToken);
        }
        account::check_name(name)?;
        crate::password::check(password, name)?;
        let password_hash = self.passwords.hash(password).await?;
        let new = NewUser { name: name.to_owned(), password_hash, role: "admin".to_owned() };
        let made = self.store.complete_setup(&client.origin(format!("user:{name}")), &hash, new).await;
        let user = made.map_err(AuthError::from).map_err(|error| match error {
            AuthError::NotFound { .. } => AuthError::SetupToken,
            other => other,
        })?;
        self.throttle.succeeded(attempt);
        self.begin_session(user, client).await
    }

    /// Signs in. Errors: `InvalidCredentials`, `TooManyAttempts`; an unknown name costs the same work as a known one.
    pub async fn sign_in(&self, name: &str, password: &str, client: &Client) -> AuthResult<SignIn> {
        let attempt = self.throttle.begin(name, client.address, self.store.now());
        let attempt = attempt.map_err(|wait| client.wait(wait))?;
        let user = self.store.find_user_by_name(name).await?;
        let verdict = self.passwords.verify(password, user.as_ref().map(|user| user.password_hash.as_str())).await?;
        let user = match user {
            Some(user) if verdict != Verdict::Wrong && !user.disabled => user,
            _ => return self.refuse(name, client).await,
        };
        if verdict == Verdict::RightButRehash {
            let fresh = self.passwords.hash(password).await?;
            self.store.rehash_password(&user.id, &user.password_hash, &fresh).await?;
        }
        self.throttle.succeeded(attempt);
        match self.begin_session(user, client).await {
            Err(AuthError::NotFound { .. }) => self.refuse(name, client).await,
            other => other,
        }
    }

    /// Ends the session. Without one (API key) there is nothing to end.
    pub async fn sign_out(&self, who: &Authenticated, origin: &Origin) -> AuthResult<()> {
        if let (Some(session), Identity::User { id, .. }) = (&who.session, &who.caller.identity) {
            let ended = self.store.delete_session(origin, id, session).await.map_err(AuthError::from);
            self.cache.clear();
            match ended {
                Err(AuthError::NotFound { .. }) => {}
                other => other?,
            }
        }
        Ok(())
    }

    async fn begin_session(&self, user: User, client: &Client) -> AuthResult<SignIn> {
        let secret = token::session();
        let user_agent = client.user_agent.as_ref().map(|text| text.chars().take(MAX_USER_AGENT).collect());
        let new = NewSession {
            user: user.id.clone(),
            token_hash: token::stored(&secret),
            kind: SessionKind::Cookie,
            expires_at: self.store.now().plus_ms(COOKIE_MAX_MS),
            user_agent,
            ip: client.address.map(|address| address.to_string()),
        };
        let session = self.store.create_session(&client.origin(format!("user:{}", user.name)), new).await?;
        Ok(SignIn {
            token: secret,
            bearer_expires_at: session.created_at.plus_ms(BEARER_MAX_MS),
            cookie_expires_at: session.expires_at,
            user,
        })
    }

    /// Writes the failure down and says no more than `InvalidCredentials`.
    async fn refuse<T>(&self, name: &str, client: &Client) -> AuthResult<T> {
        let entry = NewAudit {
            action: "session.create",
            subject: account::shown_name(name),
            detail: json!({ "ip": client.address.map(|address| address.to_string()) }),
            outcome: Outcome::Denied,
        };
        self.store.record_audit(&client.origin("anonymous"), entry).await?;
        Err(AuthError::InvalidCredentials)
    }
}
