//! Key delivery messages and the files they lie in. Of a message only what may be known of it is kept.

use super::history::tell_new_kdms;
use super::rows::{ROWS_PER_INSERT, in_chunks, insert_rows, placeholders};
use crate::dcp::kdm::Kdm;
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Row, Statement, Value, statement};
use std::collections::BTreeMap;

/// Messages read in one query at first; fewer when theirs are very long.
const PAGE: usize = 1_000;

/// Size in bytes and time of last change of the files that were looked into, by folder and name.
pub type KdmFiles = BTreeMap<String, BTreeMap<String, (i64, i64)>>;

/// A file that was looked into.
pub struct KdmFile {
    pub path: String,
    pub size_bytes: i64,
    pub modified: i64,
    /// The message in it, if it holds one.
    pub kdm: Option<Kdm>,
}

/// A message as it is kept.
pub struct StoredKdm {
    pub id: String,
    pub kdm: Kdm,
    pub uploaded_at: Option<i64>,
    pub seen_at: i64,
}

/// Folder and name of a path.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The files of a mount that were looked into. One whose message is gone counts as never looked into.
pub fn kdm_files(mount: &str) -> Result<KdmFiles, Error> {
    let mut files = KdmFiles::new();
    let text = "select path, size_bytes, modified from kdm_file where mount = $1 and path > $2
         and (kdm is null or exists (select 1 from kdm where kdm.id = kdm_file.kdm)) order by path limit 50000";
    for row in super::rows::paged(text, mount)? {
        let (folder, name) = split(row.text(0));
        files.entry(folder.to_owned()).or_default().insert(name.to_owned(), (row.integer(1), row.integer(2)));
    }
    Ok(files)
}

/// Files were looked into: their messages are known from now on, and those that lie nowhere any more are forgotten.
pub fn put_kdm_files(mount: &str, files: &[KdmFile], lost: &[String], now: i64) -> Vec<Statement> {
    if files.is_empty() && lost.is_empty() {
        return Vec::new();
    }
    let mut statements = in_chunks("delete from kdm_file where mount = $1 and path in", mount, lost);
    let kdms: Vec<&Kdm> = files.iter().filter_map(|file| file.kdm.as_ref()).collect();
    statements.extend(put_kdms(&kdms, None, now, "on conflict (id) do nothing"));
    // A file in a package within a package is found by both.
    let unique: BTreeMap<&str, &KdmFile> = files.iter().map(|file| (file.path.as_str(), file)).collect();
    let row =
        |file: &&KdmFile| params![mount, &file.path, file.size_bytes, file.modified, file.kdm.as_ref().map(Kdm::id)];
    statements.extend(insert_rows(
        "kdm_file",
        &["mount", "path", "size_bytes", "modified", "kdm"],
        unique.values().map(row).collect(),
        "on conflict (mount, path) do update set size_bytes = excluded.size_bytes, modified = excluded.modified,
         kdm = excluded.kdm",
    ));
    let nowhere = "uploaded_at is null and not exists (select 1 from kdm_file where kdm_file.kdm = kdm.id)";
    statements.extend(drop_kdms(nowhere, &[]));
    statements
}

/// A message was uploaded.
pub fn put_uploaded_kdm(kdm: &Kdm, now: i64) -> Vec<Statement> {
    let kept = "on conflict (id) do update set uploaded_at = coalesce(kdm.uploaded_at, excluded.uploaded_at)";
    put_kdms(&[kdm], Some(now), now, kept)
}

fn put_kdms(kdms: &[&Kdm], uploaded_at: Option<i64>, now: i64, conflict: &str) -> Vec<Statement> {
    let row = |kdm: &&Kdm| {
        params![
            kdm.id(),
            kdm.composition_id.key().to_vec(),
            words(kdm),
            kdm.not_valid_before_ms,
            kdm.not_valid_after_ms,
            0_i64,
            uploaded_at,
            now,
            serde_json::to_string(kdm).unwrap_or_default()
        ]
    };
    let columns = ["id", "composition", "words", "begins", "ends", "next_edge", "uploaded_at", "seen_at", "facts"];
    // The same message may lie in several files of one batch.
    let unique: BTreeMap<String, &Kdm> = kdms.iter().map(|kdm| (kdm.id(), *kdm)).collect();
    let mut statements = insert_rows("kdm", &columns, unique.values().map(row).collect(), conflict);
    statements.extend(tell_new_kdms(&unique.keys().map(String::as_str).collect::<Vec<_>>(), now));
    statements
}

/// What a device is searched by.
fn words(kdm: &Kdm) -> String {
    let recipient = &kdm.recipient;
    let texts = [&recipient.subject, &recipient.certificate_serial, &kdm.devices.description, &kdm.annotation];
    texts.into_iter().flatten().map(|text| text.to_lowercase()).collect::<Vec<_>>().join(" ")
}

/// Forgets a message that lies in no file.
pub fn drop_uploaded_kdm(id: &str) -> Vec<Statement> {
    drop_kdms("id = $1 and not exists (select 1 from kdm_file where kdm_file.kdm = kdm.id)", &[id])
}

/// Forgets messages; what that means for their packages is to be found out.
fn drop_kdms(which: &str, parameters: &[&str]) -> Vec<Statement> {
    let parameters: Vec<Value> = parameters.iter().map(|text| Value::from(*text)).collect();
    let due = "update package set keys_due = keys_due + 1 where number in
         (select package from locked where composition in (select composition from kdm where";
    vec![
        statement(format!("{due} {which}))"), parameters.clone()),
        statement(format!("delete from kdm where {which}"), parameters),
    ]
}

/// One message.
pub fn find_kdm(id: &str) -> Result<Option<StoredKdm>, Error> {
    sql::query_one("select id, facts, uploaded_at, seen_at from kdm where id = $1", params![id])?
        .map(|row| stored(&row))
        .transpose()
}

/// Every message of these compositions.
pub fn kdms_of(compositions: &[Vec<u8>]) -> Result<Vec<StoredKdm>, Error> {
    let mut found: Vec<StoredKdm> = Vec::new();
    for chunk in compositions.chunks(ROWS_PER_INSERT) {
        let mut last = String::new();
        loop {
            let (page, size) = pages(PAGE, |size| {
                let text = format!(
                    "select id, facts, uploaded_at, seen_at from kdm where id > $1 and composition in ({})
                     order by id limit {size}",
                    placeholders(2, chunk.len())
                );
                let first = std::iter::once(Value::from(&last));
                sql::query(text, first.chain(chunk.iter().map(|key| Value::from(key.clone()))).collect())
            })?;
            let complete = page.len() < size;
            page.iter().try_for_each(|row| stored(row).map(|kdm| found.push(kdm)))?;
            match found.last() {
                Some(kdm) if !complete => last.clone_from(&kdm.id),
                _ => break,
            }
        }
    }
    Ok(found)
}

/// Messages by a condition, those that end last first; with how many were asked for in the end.
pub fn list_kdms(condition: &str, parameters: &[Value], limit: usize) -> Result<(Vec<StoredKdm>, usize), Error> {
    let (rows, size) = pages(limit, |size| {
        let text = format!(
            "select id, facts, uploaded_at, seen_at from kdm {condition} order by ends desc, id desc limit {size}"
        );
        sql::query(text, parameters.to_vec())
    })?;
    Ok((rows.iter().map(stored).collect::<Result<_, _>>()?, size))
}

/// Asks for fewer rows while there are too many bytes in them; how many it were in the end.
fn pages(most: usize, ask: impl Fn(usize) -> Result<Vec<Row>, Error>) -> Result<(Vec<Row>, usize), Error> {
    let mut size = most;
    loop {
        match ask(size) {
            Err(Error::Limit(_)) if size > 2 => size /= 2,
            other => return other.map(|rows| (rows, size)),
        }
    }
}

fn stored(row: &Row) -> Result<StoredKdm, Error> {
    let unreadable = |error: serde_json::Error| Error::Other(format!("a stored key message cannot be read: {error}"));
    Ok(StoredKdm {
        id: row.text(0).to_owned(),
        kdm: serde_json::from_str(row.text(1)).map_err(unreadable)?,
        uploaded_at: row.optional_integer(2),
        seen_at: row.integer(3),
    })
}

/// Where messages lie, by their ids: mount and path.
pub fn kdm_places(ids: &[String]) -> Result<BTreeMap<String, Vec<(String, String)>>, Error> {
    let text = "select kdm, mount, path from kdm_file where kdm in";
    pairs(text, "order by kdm, mount, path", ids, |row| (row.text(1).to_owned(), row.text(2).to_owned()))
}

/// Packages that messages are for, by the messages' ids: id and name.
pub fn kdm_packages(ids: &[String]) -> Result<BTreeMap<String, Vec<(String, String)>>, Error> {
    let text = "select kdm.id, package.id, package.name from kdm join locked on locked.composition = kdm.composition
         join package on package.number = locked.package where kdm.id in";
    pairs(text, "order by kdm.id, package.name", ids, |row| (row.text(1).to_owned(), row.text(2).to_owned()))
}

fn pairs<T>(
    text: &str,
    order: &str,
    ids: &[String],
    value: impl Fn(&Row) -> T,
) -> Result<BTreeMap<String, Vec<T>>, Error> {
    let mut found: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for chunk in ids.chunks(ROWS_PER_INSERT) {
        let text = format!("{text} ({}) {order}", placeholders(1, chunk.len()));
        for row in sql::query(text, chunk.iter().map(Value::from).collect())? {
            found.entry(row.text(0).to_owned()).or_default().push(value(&row));
        }
    }
    Ok(found)
}
