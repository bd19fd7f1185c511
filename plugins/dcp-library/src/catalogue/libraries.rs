//! Libraries and their folders.

use super::history::tell_library_change;
use super::rows::{in_chunks, insert_rows, paged};
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, statement};
use std::collections::BTreeMap;

/// Names of all libraries ever seen.
pub fn known_libraries() -> Result<Vec<String>, Error> {
    let rows = sql::query("select name from library order by name", Vec::new())?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

/// What is known of a library now.
pub fn note_library(name: &str, online: bool, granted: bool, reason: &str, now: i64) -> Vec<Statement> {
    let mut statements = tell_library_change(name, online && granted, reason, now);
    statements.push(statement(
        "insert into library (name, online, granted, reason) values ($1, $2, $3, $4)
         on conflict (name) do update set online = excluded.online, granted = excluded.granted, reason = excluded.reason",
        params![name, online, granted, reason],
    ));
    statements
}

/// Whether a library was ever looked through to its end.
pub fn was_scanned(name: &str) -> Result<bool, Error> {
    let row = sql::query_one("select scanned_at from library where name = $1", params![name])?;
    Ok(row.is_some_and(|row| row.optional_integer(0).is_some()))
}

/// A library was looked through.
pub fn note_scanned(name: &str, at: i64) -> Statement {
    statement("update library set scanned_at = $2 where name = $1", params![name, at])
}

/// States of packages after libraries came or went: what lies only where nobody can look is unreachable.
pub fn refresh_states() -> Statement {
    let state = "case when exists (
             select 1 from place join library on library.name = place.mount
             where place.package = package.number and library.online = 1 and library.granted = 1
         ) then (select base_state from document where document.package = package.number) else 'unreachable' end";
    statement(format!("update package set state = {state} where state <> {state}"), Vec::new())
}

/// Folders of a mount with the time each was changed when it was looked at.
pub fn folders(mount: &str) -> Result<BTreeMap<String, i64>, Error> {
    let rows =
        paged("select path, modified from folder where mount = $1 and path > $2 order by path limit 50000", mount)?;
    Ok(rows.into_iter().map(|row| (row.text(0).to_owned(), row.integer(1))).collect())
}

/// Marks a folder as changed at `now`, whatever its time says: marks are negative times.
pub fn mark_folder(mount: &str, path: &str, now: i64) -> Statement {
    statement("update folder set modified = $3 where mount = $1 and path = $2", params![mount, path, -now])
}

/// Remembers folders with their times; a mark made since `began` stays, so that the next scan looks again.
pub fn keep_folders(mount: &str, folders: &[(String, i64)], began: i64) -> Vec<Statement> {
    let rows = folders.iter().map(|(path, modified)| params![mount, path, *modified]).collect();
    let conflict = format!(
        "on conflict (mount, path) do update set modified = excluded.modified
         where folder.modified >= 0 or folder.modified > {}",
        -began
    );
    insert_rows("folder", &["mount", "path", "modified"], rows, &conflict)
}

/// Forgets folders that are gone.
pub fn drop_folders(mount: &str, paths: &[String]) -> Vec<Statement> {
    in_chunks("delete from folder where mount = $1 and path in", mount, paths)
}

/// A library with what it holds.
pub struct LibraryRow {
    pub name: String,
    pub online: bool,
    pub granted: bool,
    pub reason: String,
    pub scanned_at: Option<i64>,
    pub packages: i64,
}

/// All libraries ever seen.
pub fn library_rows() -> Result<Vec<LibraryRow>, Error> {
    let rows = sql::query(
        "select name, online, granted, reason, scanned_at,
             (select count(distinct place.package) from place join package on package.number = place.package
              where place.mount = library.name and package.format <> 'imf')
         from library order by name",
        Vec::new(),
    )?;
    let library = |row: &sql::Row| LibraryRow {
        name: row.text(0).to_owned(),
        online: row.flag(1),
        granted: row.flag(2),
        reason: row.text(3).to_owned(),
        scanned_at: row.optional_integer(4),
        packages: row.integer(5),
    };
    Ok(rows.iter().map(library).collect())
}
