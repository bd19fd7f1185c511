//! The whole library in a few rows: what was found, and where the space goes.

use super::rows::insert_rows;
use crate::dcp::findings::Code;
use crate::row;
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Row, Statement, statement};
use std::collections::BTreeMap;

/// How often each code was found in one package.
pub type FindingCounts = BTreeMap<String, i64>;

/// Counts findings by their codes.
pub fn count_findings(codes: impl Iterator<Item = Code>) -> FindingCounts {
    let mut counts = FindingCounts::new();
    codes.for_each(|code| *counts.entry(row::word(&code).unwrap_or_default()).or_default() += 1);
    counts
}

/// Writes what was found in packages, by their ids.
pub fn put_findings<'a>(found: impl Iterator<Item = (&'a str, &'a FindingCounts)>) -> Vec<Statement> {
    let rows = found.flat_map(|(id, counts)| counts.iter().map(move |(code, count)| params![id, code, *count]));
    let conflict = "on conflict (package, code) do update set count = excluded.count";
    insert_rows("finding", &["package", "code", "count"], rows.collect(), conflict)
}

/// Writes what verification found in a package, instead of what it found before.
pub fn put_damage(package: &str, codes: &[Code]) -> Vec<Statement> {
    let mut statements = vec![statement(
        "delete from finding where package = (select number from package where id = $1)
         and code in ('asset_damaged', 'asset_rotten')",
        params![package],
    )];
    statements.extend(put_findings(std::iter::once((package, &count_findings(codes.iter().copied())))));
    statements
}

/// One code over the whole library.
pub struct FindingTotal {
    pub code: String,
    pub packages: i64,
    pub count: i64,
}

/// Every code that was found, with how often.
pub fn finding_totals() -> Result<Vec<FindingTotal>, Error> {
    let rows = sql::query("select code, count(*), cast(sum(count) as bigint) from finding group by code", Vec::new())?;
    let total =
        |row: &Row| FindingTotal { code: row.text(0).to_owned(), packages: row.integer(1), count: row.integer(2) };
    Ok(rows.iter().map(total).collect())
}

/// Packages in which a code was found.
pub fn packages_with(code: &str) -> Result<Vec<String>, Error> {
    let text = "select package.id from finding join package on package.number = finding.package where code = $1
         order by package.name limit 50000";
    Ok(sql::query(text, params![code])?.iter().map(|row| row.text(0).to_owned()).collect())
}

/// Packages and bytes under one heading.
pub struct Share {
    /// Empty for packages that do not say.
    pub key: String,
    pub packages: i64,
    pub size_bytes: i64,
}

fn shares(key: &str, from: &str) -> Result<Vec<Share>, Error> {
    let text = format!(
        "select {key}, count(*), cast(coalesce(sum(size_bytes), 0) as bigint) from {from} group by 1
         order by 3 desc, 1"
    );
    let share = |row: &Row| Share { key: row.text(0).to_owned(), packages: row.integer(1), size_bytes: row.integer(2) };
    Ok(sql::query(text, Vec::new())?.iter().map(share).collect())
}

/// Space by kind.
pub fn space_by_kind() -> Result<Vec<Share>, Error> {
    shares("kind", "package")
}

/// Space by issuer.
pub fn space_by_issuer() -> Result<Vec<Share>, Error> {
    shares("issuer", "package")
}

/// Space by mount: every copy takes its own.
pub fn space_by_mount() -> Result<Vec<Share>, Error> {
    shares("mount", "place join package on package.number = place.package")
}

/// Space by how long packages are known: heading and the least age in milliseconds, the youngest first.
pub fn space_by_age(now: i64, ages: &[(&str, i64)]) -> Result<Vec<Share>, Error> {
    let case: String = ages
        .iter()
        .rev()
        .map(|(heading, age_ms)| format!("when discovered_at <= {} then '{heading}' ", now.saturating_sub(*age_ms)))
        .collect();
    let youngest = ages.first().map_or("", |(heading, _)| *heading);
    shares(&format!("case {case}else '{youngest}' end"), "package")
}

/// What copies of packages take beyond the first of each.
pub fn space_of_copies() -> Result<Share, Error> {
    let row = sql::query_one(
        "select count(*), cast(coalesce(sum(size_bytes * (copies - 1)), 0) as bigint) from (
             select package, count(*) as copies from place group by package having count(*) > 1
         ) several join package on package.number = several.package",
        Vec::new(),
    )?;
    let (packages, size_bytes) = row.map_or((0, 0), |row| (row.integer(0), row.integer(1)));
    Ok(Share { key: "copies".to_owned(), packages, size_bytes })
}
