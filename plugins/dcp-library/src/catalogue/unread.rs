//! Package folders that wait to be read, and files beside packages. They are shared out to lanes, each read by a job of its own, so that several
//! are read at the same time.

use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, statement};

use super::rows::{in_chunks, insert_rows};
use std::collections::BTreeMap;

/// Package folders read at the same time.
pub const LANES: usize = 4;
/// Folders that follow each other share a lane, so that a batch of one lane lies close together.
const SHARE: usize = 50;

/// One folder that waits, or one file beside packages.
pub struct Unread {
    pub path: String,
    pub is_file: bool,
    /// When it was found to have changed.
    pub since: i64,
}

/// Folders of a mount are to be read. One that waits already is noted anew, so that a job that is at it now does not
/// take the newer change for done. `noted` is how many were noted before these: the lanes take turns.
pub fn add_unread(mount: &str, roots: &[String], is_file: bool, noted: usize, now: i64) -> Vec<Statement> {
    let row = |(index, root): (usize, &String)| {
        let lane = (noted + index) / SHARE % LANES;
        params![mount, root, i64::try_from(lane).unwrap_or_default(), now, is_file]
    };
    insert_rows(
        "unread",
        &["mount", "path", "lane", "since", "is_file"],
        roots.iter().enumerate().map(row).collect(),
        "on conflict (mount, path) do update set is_file = excluded.is_file,
         since = case when excluded.since > unread.since then excluded.since else unread.since + 1 end",
    )
}

/// The next folders of a lane.
pub fn next_unread(mount: &str, lane: i64, limit: usize) -> Result<Vec<Unread>, Error> {
    let rows = sql::query(
        format!("select path, since, is_file from unread where mount = $1 and lane = $2 order by path limit {limit}"),
        params![mount, lane],
    )?;
    let unread = |row: &sql::Row| Unread { path: row.text(0).to_owned(), since: row.integer(1), is_file: row.flag(2) };
    Ok(rows.iter().map(unread).collect())
}

/// Folders were read as they were when they were asked for.
pub fn drop_unread(mount: &str, read: &[Unread]) -> Vec<Statement> {
    let mut by_time: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for one in read {
        by_time.entry(one.since).or_default().push(one.path.clone());
    }
    by_time
        .iter()
        .flat_map(|(since, paths)| {
            in_chunks(&format!("delete from unread where since = {since} and mount = $1 and path in"), mount, paths)
        })
        .collect()
}

/// Notes how many folders wait, for telling how far the reading is.
pub fn note_found(mount: &str) -> Statement {
    statement(
        "update library set found = (select count(*) from unread where mount = $1 and is_file = 0) where name = $1",
        params![mount],
    )
}

/// How far the reading is: folders that waited at first, and those that wait still, where they can be read.
pub fn reading() -> Result<(i64, i64), Error> {
    let row = sql::query_one(
        "select cast(coalesce(sum(found), 0) as bigint),
             cast(coalesce(sum((select count(*) from unread where unread.mount = library.name and is_file = 0)), 0) as bigint)
         from library where online = 1 and granted = 1",
        Vec::new(),
    )?;
    Ok(row.map_or((0, 0), |row| (row.integer(0), row.integer(1))))
}

/// Lanes with folders that wait.
pub fn waiting_lanes() -> Result<Vec<i64>, Error> {
    let rows = sql::query("select distinct lane from unread order by lane", Vec::new())?;
    Ok(rows.iter().map(|row| row.integer(0)).collect())
}
