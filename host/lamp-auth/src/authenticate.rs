//! From a presented token to a caller. Answers are kept for a second at most, so that a request costs no query; every
//! change made by this process drops them at once, changes of another process show within that second.

use crate::error::{AuthError, AuthResult};
use crate::token::{self, Shape};
use crate::{Auth, BEARER_MAX_MS, COOKIE_MAX_MS, IDLE_MAX_MS};
use lamp_core::caller::{Caller, Identity};
use lamp_core::clock::UnixMs;
use lamp_core::id::{ApiKeyId, SessionId};
use lamp_core::permission::{PENDING_SITE_ROLE, PermissionDeclaration, Role, SITE_ROLE};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How long an answer is kept, in milliseconds.
const KEEP_MS: i64 = 1_000;
/// Answers kept.
const MAX_KEPT: usize = 10_000;
/// "Last used" is written when the stored one is older than this, in milliseconds.
const USE_STEP_MS: i64 = 60_000;

/// A token and where it came from; a cookie and a bearer have different lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented<'a> {
    /// Session token in the cookie.
    Cookie(&'a str),
    /// Session token, API key or a server's secret in `Authorization: Bearer`, or `?token=` of the WebSocket.
    Bearer(&'a str),
}

/// A caller that proved who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// Who, with everything it may do. Permissions are listed for `admin` too.
    pub caller: Caller,
    /// The session; none for an API key or a server.
    pub session: Option<SessionId>,
    /// The sign-in this session began with; none for an API key or a server.
    pub signed_in_at: Option<UnixMs>,
}

type CacheKey = ([u8; 32], bool);

struct Kept {
    answer: Arc<Authenticated>,
    at: UnixMs,
    /// The session or key ends then, even within the second.
    ends_at: UnixMs,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Used {
    Session(SessionId),
    Key(ApiKeyId),
}

#[derive(Default)]
pub(crate) struct Cache {
    kept: RwLock<HashMap<CacheKey, Kept>>,
    /// Grows when answers are dropped, so that one begun before is not kept after.
    epoch: AtomicU64,
    uses: Mutex<HashMap<Used, UnixMs>>,
}

impl Cache {
    fn find(&self, key: &CacheKey, now: UnixMs) -> Option<Arc<Authenticated>> {
        let kept = self.kept.read();
        let found = kept.get(key)?;
        let is_fresh = (0..KEEP_MS).contains(&(now.0 - found.at.0)) && now < found.ends_at;
        is_fresh.then(|| Arc::clone(&found.answer))
    }

    fn keep(&self, key: CacheKey, one: Kept, epoch: u64) {
        let at = one.at;
        let mut kept = self.kept.write();
        if self.epoch.load(Ordering::SeqCst) != epoch {
            return;
        }
        if kept.len() >= MAX_KEPT {
            kept.retain(|_, old| at.0 - old.at.0 < KEEP_MS);
        }
        if kept.len() < MAX_KEPT {
            kept.insert(key, one);
        }
    }

    pub(crate) fn clear(&self) {
        let mut kept = self.kept.write();
        self.epoch.fetch_add(1, Ordering::SeqCst);
        kept.clear();
    }

    fn note_use(&self, used: Used, last: Option<UnixMs>, now: UnixMs) {
        if last.is_none_or(|last| now.0 - last.0 > USE_STEP_MS) {
            self.uses.lock().insert(used, now);
        }
    }
}

impl Auth {
    /// The caller behind a token. Errors: `NotSignedIn` for everything that is no good any more, `Store`.
    pub async fn authenticate(&self, presented: Presented<'_>) -> AuthResult<Arc<Authenticated>> {
        let (text, by_cookie) = match presented {
            Presented::Cookie(text) => (text, true),
            Presented::Bearer(text) => (text, false),
        };
        let shape = token::shape(text).ok_or(AuthError::NotSignedIn)?;
        let digest = token::digest(text);
        let now = self.store.now();
        if let Some(answer) = self.cache.find(&(digest, by_cookie), now) {
            return Ok(answer);
        }
        let epoch = self.cache.epoch.load(Ordering::SeqCst);
        let (answer, ends_at) = match shape {
            Shape::Session => self.load_session(&hex::encode(digest), by_cookie, now).await?,
            Shape::Key | Shape::Site if by_cookie => return Err(AuthError::NotSignedIn),
            Shape::Site => self.load_site(&hex::encode(digest)).await?,
            Shape::Key => self.load_key(&hex::encode(digest), now).await?,
        };
        let answer = Arc::new(answer);
        self.cache.keep((digest, by_cookie), Kept { answer: Arc::clone(&answer), at: now, ends_at }, epoch);
        Ok(answer)
    }

    /// Takes over the permissions that running plugins declare, in the order of precedence.
    pub fn declare_permissions(&self, plugins: &[PermissionDeclaration]) {
        if self.roles.declare(plugins) {
            self.cache.clear();
        }
    }

    /// Forgets kept answers: some account, session or key has changed, or may have.
    pub fn forget(&self) {
        self.cache.clear();
    }

    /// The caller behind a session and when that session ends, unless it is used again.
    async fn load_session(&self, hash: &str, by_cookie: bool, now: UnixMs) -> AuthResult<(Authenticated, UnixMs)> {
        let session = self.store.find_session(hash).await?.ok_or(AuthError::NotSignedIn)?;
        let longest = if by_cookie { COOKIE_MAX_MS } else { BEARER_MAX_MS };
        let idle_end = session.last_seen_at.plus_ms(IDLE_MAX_MS);
        let ends_at = session.expires_at.min(session.created_at.plus_ms(longest)).min(idle_end);
        if ends_at <= now {
            return Err(AuthError::NotSignedIn);
        }
        let user = self.store.find_user(&session.user).await?.filter(|user| !user.disabled);
        let user = user.ok_or(AuthError::NotSignedIn)?;
        self.cache.note_use(Used::Session(session.id.clone()), Some(session.last_seen_at), now);
        let answer = Authenticated {
            caller: self.caller(Identity::User { id: user.id, name: user.name }, user.role),
            session: Some(session.id),
            signed_in_at: Some(session.created_at),
        };
        Ok((answer, ends_at))
    }

    async fn load_key(&self, hash: &str, now: UnixMs) -> AuthResult<(Authenticated, UnixMs)> {
        let key = self.store.find_api_key(hash).await?.ok_or(AuthError::NotSignedIn)?;
        let ends_at = key.expires_at.unwrap_or(UnixMs(i64::MAX));
        if key.revoked_at.is_some() || ends_at <= now {
            return Err(AuthError::NotSignedIn);
        }
        self.cache.note_use(Used::Key(key.id.clone()), key.last_used_at, now);
        let caller = self.caller(Identity::ApiKey { id: key.id, name: key.name }, key.role);
        Ok((Authenticated { caller, session: None, signed_in_at: None }, ends_at))
    }

    /// A registered server; one that is not authorised is known too, and may do next to nothing.
    async fn load_site(&self, hash: &str) -> AuthResult<(Authenticated, UnixMs)> {
        let server = self.store.find_server_by_secret(hash).await?.ok_or(AuthError::NotSignedIn)?;
        let role = if server.is_authorized { SITE_ROLE } else { PENDING_SITE_ROLE };
        let caller = self.caller(Identity::Site { id: server.id, name: server.name }, role.to_owned());
        Ok((Authenticated { caller, session: None, signed_in_at: None }, UnixMs(i64::MAX)))
    }

    fn caller(&self, identity: Identity, role: Role) -> Caller {
        Caller { identity, permissions: self.roles.permissions(&role), role }
    }

    /// Writes down the collected "last used" times.
    pub(crate) async fn flush_uses(&self) -> AuthResult<()> {
        let uses = std::mem::take(&mut *self.cache.uses.lock());
        let (mut sessions, mut keys) = (Vec::new(), Vec::new());
        for (used, at) in uses {
            match used {
                Used::Session(id) => sessions.push((id, at)),
                Used::Key(id) => keys.push((id, at)),
            }
        }
        if !sessions.is_empty() {
            self.store.touch_sessions(&sessions).await?;
        }
        if !keys.is_empty() {
            self.store.touch_api_keys(&keys).await?;
        }
        Ok(())
    }
}
