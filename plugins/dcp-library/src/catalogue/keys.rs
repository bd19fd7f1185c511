//! What the messages come to for packages: which packages that is to be found out for, and when next.

use super::rows::{ROWS_PER_INSERT, placeholders};
use crate::dcp::kdm::{Locked, SOON_MS};
use crate::dcp::uuid::Id;
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, Value, statement};

/// A package whose keys are to be looked at.
pub struct DuePackage {
    pub number: i64,
    pub id: String,
    /// Goes up whenever something about it changes.
    pub due: i64,
    pub locked: Vec<Locked>,
}

/// What the messages come to for a package.
pub struct PackageState {
    pub number: i64,
    pub due: i64,
    pub state: String,
    /// When that changes by itself, 0 for never.
    pub at: i64,
}

/// When keys are to be looked at next: 0 for now, nothing for never.
pub fn next_look() -> Result<Option<i64>, Error> {
    let row = sql::query_one(
        "select case when exists (select 1 from package where keys_due > 0) then 0
         else (select min(next_edge) from kdm where next_edge is not null) end",
        Vec::new(),
    )?;
    Ok(row.and_then(|row| row.optional_integer(0)))
}

/// Packages that no message is for, and none was: nothing is to be found out.
pub fn settle_packages_without_kdm() -> Statement {
    statement(
        "update package set keys_due = 0 where keys_due > 0 and keys = 'missing' and not exists (
             select 1 from locked join kdm on kdm.composition = locked.composition
             where locked.package = package.number)",
        Vec::new(),
    )
}

/// Ids of messages that were not looked at yet, or of which something has begun or ended.
pub fn due_kdms(now: i64) -> Result<Vec<String>, Error> {
    let rows = sql::query(
        "select id from kdm where next_edge is not null and next_edge <= $1 order by next_edge limit 50000",
        params![now],
    )?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

/// The next packages whose keys are to be looked at, by their numbers: those that changed, and those of messages that
/// are due at `now`.
pub fn due_packages(after: i64, now: i64, limit: usize) -> Result<Vec<DuePackage>, Error> {
    let text = format!(
        "select due.number, package.id, package.keys_due, locked.composition, locked.keys from (
             select number from (
                 select number from package where keys_due > 0
                 union select locked.package from kdm join locked on locked.composition = kdm.composition
                 where kdm.next_edge is not null and kdm.next_edge <= $2
             ) either where number > $1 order by number limit {limit}
         ) due join package on package.number = due.number left join locked on locked.package = due.number
         order by due.number, locked.composition"
    );
    let mut found: Vec<DuePackage> = Vec::new();
    for row in sql::query(text, params![after, now])? {
        if found.last().is_none_or(|last| last.number != row.integer(0)) {
            found.push(DuePackage {
                number: row.integer(0),
                id: row.text(1).to_owned(),
                due: row.integer(2),
                locked: Vec::new(),
            });
        }
        if let (Some(package), Some(keys)) = (found.last_mut(), row.optional_text(4)) {
            let unreadable = |error: serde_json::Error| Error::Other(format!("stored key ids cannot be read: {error}"));
            let key_ids = serde_json::from_str(keys).map_err(unreadable)?;
            package.locked.push(Locked { composition_id: Id::from_key(row.bytes(3)), key_ids });
        }
    }
    Ok(found)
}

/// Writes what the messages come to for a package, unless something about it changed meanwhile.
pub fn put_keys(package: &PackageState) -> Statement {
    statement(
        "update package set keys = $3, keys_at = $4, keys_due = 0 where number = $1 and keys_due = $2",
        params![package.number, package.due, &package.state, package.at],
    )
}

/// Messages were looked at: notes when each is to be looked at again.
pub fn put_next_edges(ids: &[String], now: i64) -> Vec<Statement> {
    let update = |chunk: &[String]| {
        let text = format!(
            "update kdm set next_edge = case when begins > {now} then begins
             when ends - {SOON_MS} > {now} then ends - {SOON_MS} when ends >= {now} then ends + 1 else null end
             where id in ({})",
            placeholders(1, chunk.len())
        );
        statement(text, chunk.iter().map(Value::from).collect())
    };
    ids.chunks(ROWS_PER_INSERT).map(update).collect()
}
