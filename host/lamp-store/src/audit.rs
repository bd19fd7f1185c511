//! The audit log: a chain of rows, each with the hash of the one before. A change and its row share a transaction.

use crate::database::{Query, Row, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::RequestId;
use sha2::{Digest, Sha256};

/// Who asked for a change, and in which request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// As `Caller::actor` gives it: `user:ada`, `key:nightly-export`, `system`.
    pub actor: String,
    /// The request, when there is one.
    pub request_id: Option<RequestId>,
}

impl Origin {
    /// An actor outside any request.
    pub fn new(actor: impl Into<String>) -> Self {
        Self { actor: actor.into(), request_id: None }
    }

    /// An actor in a request.
    pub fn in_request(actor: impl Into<String>, request_id: &RequestId) -> Self {
        Self { actor: actor.into(), request_id: Some(request_id.clone()) }
    }

    /// The host itself.
    pub fn system() -> Self {
        Self::new("system")
    }
}

/// Whether the action was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Allowed,
    /// Refused.
    Denied,
}

impl Outcome {
    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
        }
    }
}

/// A row to append.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAudit {
    /// Dotted verb, `user.create`.
    pub action: &'static str,
    /// What it was done to: a name or id.
    pub subject: String,
    /// More facts; never a secret.
    pub detail: serde_json::Value,
    /// Done or refused.
    pub outcome: Outcome,
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// Position, from 1 without gaps.
    pub sequence: i64,
    /// When.
    pub at: UnixMs,
    /// Who.
    pub actor: String,
    /// Dotted verb.
    pub action: String,
    /// To what.
    pub subject: String,
    /// JSON text.
    pub detail: String,
    /// In which request.
    pub request_id: Option<RequestId>,
    /// Done or refused.
    pub outcome: Outcome,
    /// Hash of the row before, hex; empty for the first.
    pub previous_hash: String,
    /// SHA-256 of this row, hex.
    pub hash: String,
}

/// Which rows to list.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only this actor.
    pub actor: Option<String>,
    /// Only this action.
    pub action: Option<String>,
    /// Only this subject.
    pub subject: Option<String>,
    /// Only this outcome.
    pub outcome: Option<Outcome>,
    /// Not before.
    pub from: Option<UnixMs>,
    /// Before.
    pub until: Option<UnixMs>,
    /// Only rows with a lower sequence: the last one of the page before.
    pub before: Option<i64>,
}

/// Result of checking the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainState {
    /// Every row is as it was written; number of rows.
    Intact(i64),
    /// The first row that is changed, missing or out of order.
    Broken {
        /// Its sequence.
        sequence: i64,
        /// What is wrong.
        reason: &'static str,
    },
}

/// Appends a row inside the caller's transaction.
pub async fn append_audit(tx: &mut Tx, at: UnixMs, origin: &Origin, entry: NewAudit) -> StoreResult<()> {
    let head = tx.pick("select sequence, hash from audit_head", "select sequence, hash from audit_head for update");
    let head = tx.fetch_one(query(head)).await?;
    let mut row = AuditRow {
        sequence: head.get::<i64>("sequence")? + 1,
        at,
        actor: origin.actor.clone(),
        action: entry.action.to_owned(),
        subject: entry.subject,
        detail: entry.detail.to_string(),
        request_id: origin.request_id.clone(),
        outcome: entry.outcome,
        previous_hash: head.get("hash")?,
        hash: String::new(),
    };
    row.hash = hash(&row);
    let insert = query(
        "insert into audit (sequence, at, actor, action, subject, detail, request_id, outcome, previous_hash, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    );
    let insert = insert.bind(row.sequence).bind(row.at).bind(row.actor).bind(row.action).bind(row.subject);
    let insert = insert.bind(row.detail).bind(row.request_id).bind(row.outcome.as_str());
    tx.execute(insert.bind(row.previous_hash).bind(&row.hash)).await?;
    tx.execute(query("update audit_head set sequence = $1, hash = $2").bind(row.sequence).bind(row.hash)).await?;
    Ok(())
}

/// Appends the row of a change that was carried out, and counts the change for those who follow the configuration.
pub(crate) async fn record_change(
    tx: &mut Tx,
    at: UnixMs,
    origin: &Origin,
    action: &'static str,
    subject: &str,
    detail: serde_json::Value,
) -> StoreResult<()> {
    let entry = NewAudit { action, subject: subject.to_owned(), detail, outcome: Outcome::Allowed };
    append_audit(tx, at, origin, entry).await?;
    tx.bump_revision().await
}

/// Every field with its length in front, so that no two rows have the same bytes.
fn hash(row: &AuditRow) -> String {
    let mut digest = Sha256::new();
    let sequence = row.sequence.to_string();
    let at = row.at.0.to_string();
    let request_id = row.request_id.as_ref().map_or("", RequestId::as_str);
    let fields = [&row.previous_hash, &sequence, &at, &row.actor, &row.action, &row.subject, &row.detail];
    for field in fields.into_iter().map(String::as_str).chain([request_id, row.outcome.as_str()]) {
        digest.update((field.len() as u64).to_be_bytes());
        digest.update(field.as_bytes());
    }
    hex::encode(digest.finalize())
}

fn read(row: &Row) -> StoreResult<AuditRow> {
    let outcome: String = row.get("outcome")?;
    Ok(AuditRow {
        sequence: row.get("sequence")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        action: row.get("action")?,
        subject: row.get("subject")?,
        detail: row.get("detail")?,
        request_id: row.get("request_id")?,
        outcome: if outcome == "allowed" { Outcome::Allowed } else { Outcome::Denied },
        previous_hash: row.get("previous_hash")?,
        hash: row.get("hash")?,
    })
}

impl Store {
    /// Appends a row on its own, for a refusal or an act that changes no table.
    pub async fn record_audit(&self, origin: &Origin, entry: NewAudit) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        append_audit(&mut tx, self.now(), origin, entry).await?;
        tx.commit().await
    }

    /// Rows newest first, at most `limit`.
    pub async fn list_audit(&self, filter: &AuditFilter, limit: u32) -> StoreResult<Vec<AuditRow>> {
        let mut list = query("select * from audit where 1 = 1");
        let text = |list: &mut Query, piece: &str, value: &Option<String>| {
            if let Some(value) = value {
                list.push(piece);
                list.push_bind(value);
            }
        };
        text(&mut list, " and actor = ", &filter.actor);
        text(&mut list, " and action = ", &filter.action);
        text(&mut list, " and subject = ", &filter.subject);
        text(&mut list, " and outcome = ", &filter.outcome.map(|outcome| outcome.as_str().to_owned()));
        let numbers = [
            (" and at >= ", filter.from.map(|at| at.0)),
            (" and at < ", filter.until.map(|at| at.0)),
            (" and sequence < ", filter.before),
        ];
        for (piece, value) in numbers.into_iter().filter_map(|(piece, value)| Some((piece, value?))) {
            list.push(piece);
            list.push_bind(value);
        }
        list.push(" order by sequence desc limit ");
        list.push_bind(limit);
        self.fetch_all(list).await?.iter().map(read).collect()
    }

    /// Checks every row against the one before and the last against the stored head.
    pub async fn verify_chain(&self) -> StoreResult<ChainState> {
        // The head first: rows appended meanwhile lie behind it and are left for the next check.
        let head = self.fetch_optional(query("select sequence, hash from audit_head")).await?;
        let head = head.ok_or_else(|| StoreError::damaged("audit_head", "no row"))?;
        let (last, last_hash): (i64, String) = (head.get("sequence")?, head.get("hash")?);
        let mut previous = (0, String::new());
        while previous.0 < last {
            let page = query("select * from audit where sequence > $1 and sequence <= $2 order by sequence limit 1000");
            let page = self.fetch_all(page.bind(previous.0).bind(last)).await?;
            if page.is_empty() {
                return Ok(ChainState::Broken { sequence: previous.0 + 1, reason: "the row is missing" });
            }
            for row in &page {
                let row = read(row)?;
                if let Some(reason) = fault(&previous, &row) {
                    return Ok(ChainState::Broken { sequence: previous.0 + 1, reason });
                }
                previous = (row.sequence, row.hash);
            }
        }
        if previous.1 != last_hash {
            return Ok(ChainState::Broken { sequence: last, reason: "the last row is not the stored head" });
        }
        self.check_no_row_after(last).await
    }

    /// The head must not be behind the rows: an old head copied back would hide what came after.
    async fn check_no_row_after(&self, last: i64) -> StoreResult<ChainState> {
        let ahead = "select h.sequence as head, (select max(sequence) from audit) as newest from audit_head h";
        let row = self.fetch_optional(query(ahead)).await?;
        let row = row.ok_or_else(|| StoreError::damaged("audit_head", "no row"))?;
        let (head, newest): (i64, Option<i64>) = (row.get("head")?, row.get("newest")?);
        if newest.unwrap_or(0) > head {
            return Ok(ChainState::Broken { sequence: head + 1, reason: "the row is not covered by the stored head" });
        }
        Ok(ChainState::Intact(last))
    }
}

fn fault(previous: &(i64, String), row: &AuditRow) -> Option<&'static str> {
    if row.sequence != previous.0 + 1 {
        Some("the row is missing")
    } else if row.previous_hash != previous.1 {
        Some("the row does not follow the one before")
    } else if hash(row) != row.hash {
        Some("the row was changed")
    } else {
        None
    }
}
