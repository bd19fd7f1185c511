//! Notices: what people should know now. One open notice per key; the same trouble again raises its count.

use crate::audit::{NewAudit, Origin, Outcome, append_audit};
use crate::database::{Row, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::{NoticeId, PluginId};
use serde_json::{Value, json};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something is amiss.
    Warning,
    /// Something does not work.
    Error,
}

impl Severity {
    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    fn parse(text: &str) -> StoreResult<Self> {
        [Self::Info, Self::Warning, Self::Error]
            .into_iter()
            .find(|severity| severity.as_str() == text)
            .ok_or_else(|| StoreError::damaged("notice.severity", text))
    }
}

/// A notice to raise.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNotice {
    /// What makes it the same notice: `denied:hello:lamphouse:files:library`.
    pub key: String,
    /// How bad.
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// What happened and what to do.
    pub message: String,
    /// The plugin it is about.
    pub plugin: Option<PluginId>,
    /// What a button may offer, a JSON value that the shell knows.
    pub action: Option<Value>,
}

/// A notice.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// What was raised, as of the last time.
    pub notice: NewNotice,
    /// Times raised.
    pub count: u64,
    /// First time.
    pub first_at: UnixMs,
    /// Last time.
    pub last_at: UnixMs,
    /// When it was dismissed or the trouble ended.
    pub dismissed_at: Option<UnixMs>,
}

fn read(row: &Row) -> StoreResult<Notice> {
    let (severity, action): (String, Option<String>) = (row.get("severity")?, row.get("action")?);
    let action = action.map(|action| serde_json::from_str(&action)).transpose();
    Ok(Notice {
        id: row.get("id")?,
        notice: NewNotice {
            key: row.get("key")?,
            severity: Severity::parse(&severity)?,
            title: row.get("title")?,
            message: row.get("message")?,
            plugin: row.get("plugin")?,
            action: action.map_err(|error| StoreError::damaged("notice.action", error))?,
        },
        count: row.get("count")?,
        first_at: row.get("first_at")?,
        last_at: row.get("last_at")?,
        dismissed_at: row.get("dismissed_at")?,
    })
}

/// Raises a notice inside the caller's transaction.
pub(crate) async fn raise(tx: &mut Tx, at: UnixMs, new: NewNotice) -> StoreResult<Notice> {
    let upsert = query(
        "insert into notice (id, key, severity, title, message, plugin, action, count, first_at, last_at)
         values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)
         on conflict (key) where dismissed_at is null do update
         set severity = excluded.severity, title = excluded.title, message = excluded.message,
             plugin = excluded.plugin, action = excluded.action, count = notice.count + 1, last_at = excluded.last_at
         returning *",
    );
    let upsert = upsert.bind(NoticeId::generate()).bind(new.key).bind(new.severity.as_str()).bind(new.title);
    let upsert = upsert.bind(new.message).bind(new.plugin).bind(new.action.map(|action| action.to_string()));
    read(&tx.fetch_one(upsert.bind(at)).await?)
}

/// Closes the open notice of a key inside the caller's transaction; whether there was one.
pub(crate) async fn resolve(tx: &mut Tx, at: UnixMs, key: &str) -> StoreResult<bool> {
    let update = query("update notice set dismissed_at = $1 where key = $2 and dismissed_at is null");
    Ok(tx.execute(update.bind(at).bind(key)).await? > 0)
}

impl Store {
    /// Raises a notice, or the count of the open one with the same key.
    pub async fn raise_notice(&self, new: NewNotice) -> StoreResult<Notice> {
        let mut tx = self.begin_write().await?;
        let notice = raise(&mut tx, self.now(), new).await?;
        tx.commit().await?;
        Ok(notice)
    }

    /// Notices, latest first, at most `limit`; dismissed ones too when asked for.
    pub async fn list_notices(&self, with_dismissed: bool, limit: u32) -> StoreResult<Vec<Notice>> {
        let open = if with_dismissed { "" } else { "where dismissed_at is null" };
        let list = query(format!("select * from notice {open} order by last_at desc, id desc limit $1")).bind(limit);
        self.fetch_all(list).await?.iter().map(read).collect()
    }

    /// A person puts a notice away. `NotFound` when it is not open.
    pub async fn dismiss_notice(&self, origin: &Origin, id: &NoticeId) -> StoreResult<()> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let update = query("update notice set dismissed_at = $1 where id = $2 and dismissed_at is null returning key");
        let row = tx.fetch_optional(update.bind(now).bind(id)).await?;
        let key: String = row.ok_or_else(|| StoreError::not_found("open notice", id))?.get("key")?;
        let entry =
            NewAudit { action: "notice.dismiss", subject: key, detail: json!({ "id": id }), outcome: Outcome::Allowed };
        append_audit(&mut tx, now, origin, entry).await?;
        tx.commit().await
    }

    /// Closes the open notice of a key because its trouble ended; whether there was one.
    pub async fn resolve_notice(&self, key: &str) -> StoreResult<bool> {
        let mut tx = self.begin_write().await?;
        let closed = resolve(&mut tx, self.now(), key).await?;
        tx.commit().await?;
        Ok(closed)
    }

    /// Drops dismissed notices last raised before `before`; returns how many.
    pub async fn prune_notices(&self, before: UnixMs) -> StoreResult<u64> {
        let mut tx = self.begin_write().await?;
        let delete = query("delete from notice where dismissed_at is not null and last_at < $1").bind(before);
        let dropped = tx.execute(delete).await?;
        tx.commit().await?;
        Ok(dropped)
    }
}
