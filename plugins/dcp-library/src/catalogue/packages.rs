//! Packages and the places they lie at, as the scan writes them.

use super::rows::{ROWS_PER_INSERT, insert_rows, paged, placeholders};
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

/// What is stored of packages: content mark, and mount and path of the place shown.
pub fn contents(ids: &[String]) -> Result<BTreeMap<String, (String, String, String)>, Error> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(ROWS_PER_INSERT) {
        let sql = format!(
            "select package.id, content, coalesce(place.mount, ''), coalesce(place.path, '') from package
             join document on document.package = package.number
             left join place on place.package = package.number and place.is_primary = 1 where package.id in ({})",
            placeholders(1, chunk.len())
        );
        for row in sql::query(sql, chunk.iter().map(Value::from).collect())? {
            let value = (row.text(1).to_owned(), row.text(2).to_owned(), row.text(3).to_owned());
            found.insert(row.text(0).to_owned(), value);
        }
    }
    Ok(found)
}

/// Writes packages with what they hold and need; `is_stored` tells those that are there already.
pub fn put_packages(rows: &[PackageRow], is_stored: impl Fn(&str) -> bool) -> Vec<Statement> {
    let ids: Vec<String> = rows.iter().filter(|row| is_stored(&row.id)).map(|row| row.id.clone()).collect();
    let mut statements = Vec::new();
    for table in ["held", "external"] {
        statements.extend(delete_of(table, &ids));
    }
    statements.extend(insert_rows(
        "package",
        &PACKAGE_COLUMNS,
        rows.iter().map(package_values).collect(),
        &replacing("id", &PACKAGE_COLUMNS),
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
    statements
}

const PACKAGE_COLUMNS: [&str; 16] = [
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
];

fn package_values(row: &PackageRow) -> Vec<Value> {
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
        "none",
        0_i64,
        &row.words,
        &row.ids
    ]
}

const DOCUMENT_COLUMNS: [&str; 5] = ["package", "content", "base_state", "summary", "detail"];

fn document_values(row: &PackageRow) -> Vec<Value> {
    params![&row.id, &row.content, &row.state, &row.summary, &row.detail]
}

/// A row that is there already is replaced, short of the moment it was first seen.
fn replacing(key: &str, columns: &[&str]) -> String {
    let kept = |column: &&&str| **column != key && **column != "discovered_at";
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

/// Forgets one place; the package goes with its last one, and another of its places is shown instead.
pub fn drop_place(mount: &str, path: &str, package: &str) -> Vec<Statement> {
    let number = "(select number from package where id = $1)";
    let nowhere = format!("not exists (select 1 from place where place.package = {number})");
    let mut statements = vec![statement(
        "delete from place where mount = $1 and path = $2 and package = (select number from package where id = $3)",
        params![mount, path, package],
    )];
    let mut of_package = |text: String| statements.push(statement(text, params![package]));
    for table in ["held", "external", "verdict", "document"] {
        of_package(format!("delete from {table} where package = {number} and {nowhere}"));
    }
    of_package(format!("delete from package where id = $1 and {nowhere}"));
    of_package(format!(
        "update place set is_primary = 1, signature = '' where package = {number}
         and not exists (select 1 from place other where other.package = {number} and other.is_primary = 1)
         and mount || '/' || path = (select min(mount || '/' || path) from place other where other.package = {number})"
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
