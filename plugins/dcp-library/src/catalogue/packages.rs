//! Packages and the places they lie at, as the scan writes them.

use super::history::tell_lost_place;
use super::overview::{FindingCounts, put_findings};
use super::rows::{ROWS_PER_INSERT, insert_rows, paged, placeholders};
use crate::dcp::kdm::Locked;
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, Value, statement};
use std::collections::BTreeMap;

/// One package at one place, as known from before.
pub struct Place {
    pub path: String,
    pub package: String,
    pub signature: String,
    pub recheck_at: Option<i64>,
}

/// What is written of a package.
pub struct PackageRow {
    pub id: String,
    pub assetmap_uuid: String,
    pub content: String,
    pub name: String,
    pub title: String,
    pub kind: String,
    pub issuer: String,
    pub issue_date: String,
    pub size_bytes: i64,
    pub discovered_at: i64,
    pub format: String,
    pub state: String,
    pub encryption: String,
    pub words: String,
    pub ids: String,
    pub summary: String,
    pub detail: String,
    /// Keys of the assets whose files are here.
    pub held: Vec<Vec<u8>>,
    /// Keys of the assets that compositions take from elsewhere.
    pub external: Vec<Vec<u8>>,
    /// Encrypted compositions.
    pub locked: Vec<Locked>,
    pub findings: FindingCounts,
    pub verified: &'static str,
    pub last_verified: i64,
}

/// Packages known at a mount.
pub fn places(mount: &str) -> Result<Vec<Place>, Error> {
    let rows = paged(
        "select path, package.id, signature, recheck_at from place join package on package.number = place.package
         where mount = $1 and path > $2 order by path limit 50000",
        mount,
    )?;
    Ok(rows.iter().map(place).collect())
}

/// Packages known at these folders of a mount.
pub fn places_at(mount: &str, paths: &[String]) -> Result<Vec<Place>, Error> {
    let mut found = Vec::new();
    for chunk in paths.chunks(ROWS_PER_INSERT) {
        let sql = format!(
            "select path, package.id, signature, recheck_at from place join package on package.number = place.package
             where mount = $1 and path in ({})",
            placeholders(2, chunk.len())
        );
        let parameters = std::iter::once(mount.into()).chain(chunk.iter().map(Value::from)).collect();
        found.extend(sql::query(sql, parameters)?.iter().map(place));
    }
    Ok(found)
}

fn place(row: &sql::Row) -> Place {
    Place {
        path: row.text(0).to_owned(),
        package: row.text(1).to_owned(),
        signature: row.text(2).to_owned(),
        recheck_at: row.optional_integer(3),
    }
}

/// When the first of the packages that were arriving is to be looked at again.
pub fn next_recheck() -> Result<Option<i64>, Error> {
    let row = sql::query_one("select min(recheck_at) from place where recheck_at is not null", Vec::new())?;
    Ok(row.and_then(|row| row.optional_integer(0)))
}

/// What is known of a package that is stored.
pub struct Known {
    /// Tells contents apart.
    pub content: String,
    /// Its state when it was read or verified last.
    pub state: String,
    /// The place it is shown from: empty when there is none.
    pub mount: String,
    pub path: String,
}

impl Known {
    /// Whether it is shown from there; `None` when it is shown from nowhere.
    pub fn is_shown_from(&self, mount: &str, path: &str) -> Option<bool> {
        (!self.mount.is_empty()).then(|| self.mount == mount && self.path == path)
    }
}

/// What is stored of packages, by their ids.
pub fn known_packages(ids: &[String]) -> Result<BTreeMap<String, Known>, Error> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(ROWS_PER_INSERT) {
        let sql = format!(
            "select package.id, content, base_state, coalesce(place.mount, ''), coalesce(place.path, '') from package
             join document on document.package = package.number
             left join place on place.package = package.number and place.is_primary = 1 where package.id in ({})",
            placeholders(1, chunk.len())
        );
        for row in sql::query(sql, chunk.iter().map(Value::from).collect())? {
            let known = Known {
                content: row.text(1).to_owned(),
                state: row.text(2).to_owned(),
                mount: row.text(3).to_owned(),
                path: row.text(4).to_owned(),
            };
            found.insert(row.text(0).to_owned(), known);
        }
    }
    Ok(found)
}

/// Writes packages with what they hold and need; `is_stored` tells those that are there already.
pub fn put_packages(rows: &[PackageRow], is_stored: impl Fn(&str) -> bool) -> Vec<Statement> {
    let ids: Vec<String> = rows.iter().filter(|row| is_stored(&row.id)).map(|row| row.id.clone()).collect();
    let mut statements = Vec::new();
    for table in ["held", "external", "locked", "finding"] {
        statements.extend(delete_of(table, &ids));
    }
    statements.extend(insert_rows(
        "package",
        &PACKAGE_COLUMNS,
        rows.iter().map(package_values).collect(),
        &format!("{}, {KEEPING_KEYS}", replacing("id", &PACKAGE_COLUMNS)),
    ));
    statements.extend(insert_rows(
        "document",
        &DOCUMENT_COLUMNS,
        rows.iter().map(document_values).collect(),
        &replacing("package", &DOCUMENT_COLUMNS),
    ));
    for (table, pick) in [("held", held as fn(&PackageRow) -> &[Vec<u8>]), ("external", external)] {
        let pair = |row: &PackageRow, asset: &Vec<u8>| params![asset.clone(), &row.id];
        let pairs = rows.iter().flat_map(|row| pick(row).iter().map(|asset| pair(row, asset))).collect();
        statements.extend(insert_rows(table, &["asset", "package"], pairs, "on conflict do nothing"));
    }
    let locked = rows.iter().flat_map(|row| row.locked.iter().map(|lock| locked_values(row, lock))).collect();
    statements.extend(put_findings(rows.iter().map(|row| (row.id.as_str(), &row.findings))));
    statements.extend(insert_rows("locked", &["composition", "package", "keys"], locked, "on conflict do nothing"));
    statements
}

/// Of a package that is there already the keys stay what they were until they are looked at again.
const KEEPING_KEYS: &str = "keys = case when excluded.keys_due = 0 or package.keys = 'not-needed'
    then excluded.keys else package.keys end,
    keys_at = case when excluded.keys_due = 0 then 0 else package.keys_at end,
    keys_due = excluded.keys_due * (package.keys_due + 1)";

fn locked_values(row: &PackageRow, lock: &Locked) -> Vec<Value> {
    let keys = serde_json::to_string(&lock.key_ids).unwrap_or_default();
    params![lock.composition_id.key().to_vec(), &row.id, keys]
}

const PACKAGE_COLUMNS: [&str; 18] = [
    "id",
    "assetmap_uuid",
    "name",
    "title",
    "kind",
    "issuer",
    "issue_date",
    "size_bytes",
    "discovered_at",
    "format",
    "state",
    "encryption",
    "verified",
    "last_verified",
    "words",
    "ids",
    "keys",
    "keys_due",
];

fn package_values(row: &PackageRow) -> Vec<Value> {
    let needs_keys = !row.locked.is_empty();
    params![
        &row.id,
        &row.assetmap_uuid,
        &row.name,
        &row.title,
        &row.kind,
        &row.issuer,
        &row.issue_date,
        row.size_bytes,
        row.discovered_at,
        &row.format,
        &row.state,
        &row.encryption,
        row.verified,
        row.last_verified,
        &row.words,
        &row.ids,
        if needs_keys { "missing" } else { "not-needed" },
        needs_keys
    ]
}

const DOCUMENT_COLUMNS: [&str; 5] = ["package", "content", "base_state", "summary", "detail"];

fn document_values(row: &PackageRow) -> Vec<Value> {
    params![&row.id, &row.content, &row.state, &row.summary, &row.detail]
}

/// A row that is there already is replaced, short of the moment it was first seen.
fn replacing(key: &str, columns: &[&str]) -> String {
    let kept = |column: &&&str| **column != key && !["discovered_at", "keys", "keys_due"].contains(column);
    let columns: Vec<String> =
        columns.iter().filter(kept).map(|column| format!("{column} = excluded.{column}")).collect();
    format!("on conflict ({key}) do update set {}", columns.join(", "))
}

fn held(row: &PackageRow) -> &[Vec<u8>] {
    &row.held
}

fn external(row: &PackageRow) -> &[Vec<u8>] {
    &row.external
}

/// Where a package lies.
pub struct NewPlace<'a> {
    pub mount: &'a str,
    pub path: &'a str,
    pub package: &'a str,
    pub signature: &'a str,
    pub state: &'a str,
    pub recheck_at: Option<i64>,
    pub seen_at: i64,
    pub is_primary: bool,
}

/// Writes places.
pub fn put_places(places: &[NewPlace<'_>]) -> Vec<Statement> {
    let rows = places
        .iter()
        .map(|place| {
            params![
                place.mount,
                place.path,
                place.package,
                place.signature,
                place.state,
                place.recheck_at,
                place.seen_at,
                place.is_primary
            ]
        })
        .collect();
    insert_rows(
        "place",
        &["mount", "path", "package", "signature", "state", "recheck_at", "seen_at", "is_primary"],
        rows,
        "on conflict (mount, path, package) do update set signature = excluded.signature, state = excluded.state,
         recheck_at = excluded.recheck_at, seen_at = excluded.seen_at, is_primary = excluded.is_primary",
    )
}

/// What verification found at a place.
pub fn put_place_state(mount: &str, path: &str, package: &str, state: &str) -> Statement {
    statement(
        "update place set state = $4 where mount = $1 and path = $2
         and package = (select number from package where id = $3)",
        params![mount, path, package, state],
    )
}

/// Forgets one place; the package goes with its last one, and another of its places is read and shown instead.
pub fn drop_place(mount: &str, path: &str, package: &str, now: i64) -> Vec<Statement> {
    let number = "(select number from package where id = $1)";
    let nowhere = format!("not exists (select 1 from place where place.package = {number})");
    let mut statements = tell_lost_place(mount, path, package, now);
    statements.push(statement(
        "delete from place where mount = $1 and path = $2 and package = (select number from package where id = $3)",
        params![mount, path, package],
    ));
    let mut of_package = |text: String| statements.push(statement(text, params![package]));
    for table in ["held", "external", "locked", "finding", "document"] {
        of_package(format!("delete from {table} where package = {number} and {nowhere}"));
    }
    // What was found out of the files there says nothing of another copy.
    of_package(format!(
        "delete from verdict where package = {number}
         and not exists (select 1 from place where place.package = {number} and is_primary = 1)"
    ));
    of_package(format!("delete from package where id = $1 and {nowhere}"));
    of_package(format!(
        "update place set is_primary = 1, signature = '' where package = {number}
         and not exists (select 1 from place other where other.package = {number} and other.is_primary = 1)
         and mount || '/' || path = (select min(mount || '/' || path) from place other where other.package = {number})"
    ));
    of_package(format!(
        "insert into unread (mount, path, lane, since, is_file) select mount, path, 0, {now}, 0 from place
         where package = {number} and is_primary = 1 and signature = '' on conflict (mount, path) do nothing"
    ));
    statements
}

fn delete_of(table: &str, ids: &[String]) -> Vec<Statement> {
    let delete = |chunk: &[String]| {
        let list = placeholders(1, chunk.len());
        let text = format!("delete from {table} where package in (select number from package where id in ({list}))");
        statement(text, chunk.iter().map(Value::from).collect())
    };
    ids.chunks(ROWS_PER_INSERT).map(delete).collect()
}
