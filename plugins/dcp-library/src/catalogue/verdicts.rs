//! What hashing found out.

use super::rows::{ROWS_PER_INSERT, insert_rows, placeholders};
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, Value, statement};
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
    /// When it was last found right as it is now; 0 for never.
    pub right_at: i64,
}

impl Verdict {
    /// Whether the file was hashed, and is the same still.
    pub fn is_about(&self, modified: i64, size_bytes: i64, hash: &str) -> bool {
        let hashed = matches!(self.state.as_str(), "ok" | "corrupt");
        hashed && self.modified == modified && self.size_bytes == size_bytes && self.hash == hash
    }

    /// Whether the file was right before and is wrong now, though nobody changed it.
    pub fn has_rotted(&self) -> bool {
        self.state == "corrupt" && self.right_at > 0
    }
}

/// All verdicts of a package, by the ids of the assets.
pub fn verdicts(package: &str) -> Result<BTreeMap<String, Verdict>, Error> {
    Ok(verdicts_of(&[package.to_owned()])?.remove(package).unwrap_or_default())
}

/// All verdicts of packages, by the ids of package and asset.
pub fn verdicts_of(packages: &[String]) -> Result<BTreeMap<String, BTreeMap<String, Verdict>>, Error> {
    let mut found: BTreeMap<String, BTreeMap<String, Verdict>> = BTreeMap::new();
    for chunk in packages.chunks(ROWS_PER_INSERT) {
        let text = format!(
            "select asset, verdict.state, hash, verdict.size_bytes, modified, message, verified_at, right_at, package.id
             from verdict join package on package.number = verdict.package where package.id in ({})",
            placeholders(1, chunk.len())
        );
        for row in sql::query(text, chunk.iter().map(Value::from).collect())? {
            found.entry(row.text(8).to_owned()).or_default().insert(row.text(0).to_owned(), verdict(&row));
        }
    }
    Ok(found)
}

fn verdict(row: &sql::Row) -> Verdict {
    Verdict {
        asset: row.text(0).to_owned(),
        state: row.text(1).to_owned(),
        hash: row.text(2).to_owned(),
        size_bytes: row.integer(3),
        modified: row.integer(4),
        message: row.text(5).to_owned(),
        verified_at: row.integer(6),
        right_at: row.integer(7),
    }
}

/// Packages that were verified last before that moment, longest ago first, with their sizes. Those that cannot be read now
/// or are not all there are left for later.
pub fn verified_before(moment: i64, limit: usize) -> Result<Vec<(String, i64)>, Error> {
    let text = format!(
        "select id, size_bytes from package where last_verified < $1 and state in ('complete', 'corrupt')
         order by last_verified, number limit {limit}"
    );
    let rows = sql::query(text, params![moment])?;
    Ok(rows.iter().map(|row| (row.text(0).to_owned(), row.integer(1))).collect())
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
                one.verified_at,
                one.right_at
            ]
        })
        .collect();
    let mut statements = vec![statement(
        "delete from verdict
         where package = (select number from package where id = $1)",
        params![package],
    )];
    let columns = ["package", "asset", "state", "hash", "size_bytes", "modified", "message", "verified_at", "right_at"];
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
