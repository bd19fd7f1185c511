//! What hashing found out.

use super::rows::insert_rows;
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, statement};
use std::collections::BTreeMap;

/// What hashing found out about one asset.
pub struct Verdict {
    pub asset: String,
    pub state: String,
    pub hash: String,
    pub size_bytes: i64,
    pub modified: i64,
    pub message: String,
    pub verified_at: i64,
}

/// All verdicts of a package.
pub fn verdicts(package: &str) -> Result<BTreeMap<String, Verdict>, Error> {
    let rows = sql::query(
        "select asset, state, hash, size_bytes, modified, message, verified_at from verdict
         where package = (select number from package where id = $1)",
        params![package],
    )?;
    let verdict = |row: &sql::Row| Verdict {
        asset: row.text(0).to_owned(),
        state: row.text(1).to_owned(),
        hash: row.text(2).to_owned(),
        size_bytes: row.integer(3),
        modified: row.integer(4),
        message: row.text(5).to_owned(),
        verified_at: row.integer(6),
    };
    Ok(rows.iter().map(|row| (row.text(0).to_owned(), verdict(row))).collect())
}

/// Replaces the verdicts of a package, with the sum of them and what it makes of the package's state.
pub fn put_verdicts(package: &str, verdicts: &[Verdict], verified: &str, state: &str, at: i64) -> Vec<Statement> {
    let rows = verdicts
        .iter()
        .map(|one| {
            params![
                package,
                &one.asset,
                &one.state,
                &one.hash,
                one.size_bytes,
                one.modified,
                &one.message,
                one.verified_at
            ]
        })
        .collect();
    let mut statements = vec![statement(
        "delete from verdict
         where package = (select number from package where id = $1)",
        params![package],
    )];
    let columns = ["package", "asset", "state", "hash", "size_bytes", "modified", "message", "verified_at"];
    statements.extend(insert_rows("verdict", &columns, rows, "on conflict do nothing"));
    statements.push(statement(
        "update package set verified = $2, last_verified = $3, state = $4 where id = $1",
        params![package, verified, at, state],
    ));
    statements.push(statement(
        "update document set base_state = $2 where package = (select number from package where id = $1)",
        params![package, state],
    ));
    statements
}
