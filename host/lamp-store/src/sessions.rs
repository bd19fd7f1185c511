//! Sign-in sessions. Only the hash of a token is stored; whether a session is still good is decided by the caller's clock.

use crate::audit::{NewAudit, Origin, Outcome, append_audit, record_change};
use crate::database::{Row, query};
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::{SessionId, UserId};
use serde_json::json;

/// How the token travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// In a cookie of a browser.
    Cookie,
    /// In the `Authorization` header.
    Bearer,
}

impl SessionKind {
    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Bearer => "bearer",
        }
    }
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id; not the token.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// SHA-256 of the token, hex.
    pub token_hash: String,
    /// How the token travels.
    pub kind: SessionKind,
    /// Sign-in.
    pub created_at: UnixMs,
    /// Last request, to the minute or so.
    pub last_seen_at: UnixMs,
    /// Absolute end.
    pub expires_at: UnixMs,
    /// Browser.
    pub user_agent: Option<String>,
    /// Address.
    pub ip: Option<String>,
}

/// A session to begin.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Whose.
    pub user: UserId,
    /// SHA-256 of the token, hex.
    pub token_hash: String,
    /// How the token travels.
    pub kind: SessionKind,
    /// Absolute end.
    pub expires_at: UnixMs,
    /// Browser.
    pub user_agent: Option<String>,
    /// Address.
    pub ip: Option<String>,
}

fn read(row: &Row) -> StoreResult<Session> {
    let kind: String = row.get("kind")?;
    Ok(Session {
        id: row.get("id")?,
        user: row.get("account")?,
        token_hash: row.get("token_hash")?,
        kind: if kind == "bearer" { SessionKind::Bearer } else { SessionKind::Cookie },
        created_at: row.get("created_at")?,
        last_seen_at: row.get("last_seen_at")?,
        expires_at: row.get("expires_at")?,
        user_agent: row.get("user_agent")?,
        ip: row.get("ip")?,
    })
}

impl Store {
    /// Begins a session of an enabled account, notes the sign-in and writes its audit row.
    /// `NotFound` when the account is gone or disabled meanwhile.
    pub async fn create_session(&self, origin: &Origin, new: NewSession) -> StoreResult<Session> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let seen = query("update account set last_sign_in_at = $1 where id = $2 and disabled = 0");
        if tx.execute(seen.bind(now).bind(&new.user)).await? != 1 {
            return Err(StoreError::not_found("user", &new.user));
        }
        let session = Session {
            id: SessionId::generate(),
            user: new.user,
            token_hash: new.token_hash,
            kind: new.kind,
            created_at: now,
            last_seen_at: now,
            expires_at: new.expires_at,
            user_agent: new.user_agent,
            ip: new.ip,
        };
        let insert = query(
            "insert into session (id, account, token_hash, kind, created_at, last_seen_at, expires_at, user_agent, ip)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        );
        let insert = insert.bind(&session.id).bind(&session.user).bind(&session.token_hash).bind(session.kind.as_str());
        let insert = insert.bind(now).bind(now).bind(session.expires_at).bind(session.user_agent.clone());
        tx.execute(insert.bind(session.ip.clone())).await?;
        let entry = NewAudit {
            action: "session.create",
            subject: session.user.to_string(),
            detail: json!({ "session": session.id, "kind": session.kind.as_str(), "ip": session.ip }),
            outcome: Outcome::Allowed,
        };
        append_audit(&mut tx, now, origin, entry).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// The session with that token hash, expired or not.
    pub async fn find_session(&self, token_hash: &str) -> StoreResult<Option<Session>> {
        let select = query("select * from session where token_hash = $1").bind(token_hash);
        self.fetch_optional(select).await?.as_ref().map(read).transpose()
    }

    /// Sessions of an account, newest first.
    pub async fn list_sessions(&self, user: &UserId) -> StoreResult<Vec<Session>> {
        let select = query("select * from session where account = $1 order by created_at desc, id desc").bind(user);
        self.fetch_all(select).await?.iter().map(read).collect()
    }

    /// Notes when sessions were last seen. Callers collect and flush now and then, not on every request.
    pub async fn touch_sessions(&self, seen: &[(SessionId, UnixMs)]) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        for (id, at) in seen {
            let update = query("update session set last_seen_at = $1 where id = $2 and last_seen_at < $1");
            tx.execute(update.bind(*at).bind(id)).await?;
        }
        tx.commit().await
    }

    /// Ends one session of an account. `NotFound` when it has no such session.
    pub async fn delete_session(&self, origin: &Origin, user: &UserId, id: &SessionId) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let ended = tx.execute(query("delete from session where id = $1 and account = $2").bind(id).bind(user)).await?;
        if ended != 1 {
            return Err(StoreError::not_found("session", id));
        }
        let detail = json!({ "session": id });
        record_change(&mut tx, self.now(), origin, "session.end", user.as_str(), detail).await?;
        tx.commit().await
    }

    /// Ends all sessions of an account but `keep`; returns how many.
    pub async fn delete_sessions(&self, origin: &Origin, user: &UserId, keep: Option<&SessionId>) -> StoreResult<u64> {
        let mut tx = self.begin_write().await?;
        let keep = keep.map_or("", |id| id.as_str());
        let ended =
            tx.execute(query("delete from session where account = $1 and id <> $2").bind(user).bind(keep)).await?;
        record_change(&mut tx, self.now(), origin, "session.end-all", user.as_str(), json!({ "ended": ended })).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Drops sessions that ended before now, or were last seen before `idle_since`; returns how many.
    pub async fn prune_sessions(&self, idle_since: UnixMs) -> StoreResult<u64> {
        let mut tx = self.begin_write().await?;
        let delete = query("delete from session where expires_at <= $1 or last_seen_at < $2");
        let ended = tx.execute(delete.bind(self.now()).bind(idle_since)).await?;
        tx.commit().await?;
        Ok(ended)
    }
}
