//! What happened to packages. A row is written in the batch that makes the change it tells of; the oldest of a package
//! give way to the newest.

use super::rows::{ROWS_PER_INSERT, insert_rows, placeholders};
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, Value, statement};
use std::collections::{BTreeMap, BTreeSet};

/// Rows kept of one package, or of one mount.
const MOST_ROWS: usize = 100;
/// How long it is remembered what happened to a package that is nowhere any more.
const KEPT_AFTER_REMOVAL_MS: i64 = 400 * 86_400_000;

/// One thing that happened.
pub struct Happening {
    /// Package id.
    pub package: String,
    /// One word for it.
    pub kind: &'static str,
    /// What more is known of it: an object.
    pub facts: serde_json::Value,
}

/// One thing that happened, as it is kept.
pub struct Told {
    pub at: i64,
    pub kind: String,
    /// JSON object.
    pub facts: String,
}

/// The end of a package that is nowhere any more.
pub struct Removal {
    pub number: i64,
    pub at: i64,
    /// Deleted here, not found to be gone.
    pub deleted: bool,
    /// JSON object with `mount`, `path` and `discovered_at`.
    pub facts: String,
}

/// Writes down what happened at `at`.
pub fn tell(happenings: &[Happening], at: i64) -> Vec<Statement> {
    let row = |one: &Happening| params![&one.package, at, one.kind, one.facts.to_string()];
    let rows = happenings.iter().map(row).collect();
    let mut statements = insert_rows("history", &["subject", "at", "kind", "facts"], rows, "");
    let packages: BTreeSet<&str> = happenings.iter().map(|one| one.package.as_str()).collect();
    statements.extend(keep_newest(&packages.into_iter().collect::<Vec<_>>()));
    statements
}

/// Forgets the oldest rows of those of which there are too many.
fn keep_newest(subjects: &[&str]) -> Vec<Statement> {
    let delete = |chunk: &[&str]| {
        let subjects = chunk.iter().map(|subject| Value::from(*subject)).collect();
        keep_newest_of(&placeholders(1, chunk.len()), subjects)
    };
    subjects.chunks(ROWS_PER_INSERT).map(delete).collect()
}

/// The same for a list or query of subjects.
fn keep_newest_of(subjects: &str, parameters: Vec<Value>) -> Statement {
    let text = format!(
        "delete from history where subject in ({subjects}) and number <= coalesce((select number from history newer
             where newer.subject = history.subject order by number desc limit 1 offset {MOST_ROWS}), 0)"
    );
    statement(text, parameters)
}

/// A place loses its package; for before the place is dropped, so that whoever comes second tells nothing. What is being
/// deleted is told of by who deletes it.
pub fn tell_lost_place(mount: &str, path: &str, package: &str, at: i64) -> Vec<Statement> {
    let place = serde_json::json!({ "mount": mount, "path": path }).to_string();
    let text = "insert into history (subject, at, kind, facts)
         select id, $2, case when exists (select 1 from place other where other.package = package.number
                 and (other.mount <> $4 or other.path <> $5)) then 'copy-removed' else 'removed' end,
             '{\"discovered_at\":' || discovered_at || ',' || $3
         from package where id = $1
         and exists (select 1 from place where place.package = package.number and mount = $4 and path = $5)
         and not exists (select 1 from trash where trash.package = $1
             and mount = $4 and path = $5 and state = 'deleting')";
    let rest = place.trim_start_matches('{');
    std::iter::once(statement(text, params![package, at, rest, mount, path])).chain(keep_newest(&[package])).collect()
}

/// The newest removals of packages.
pub fn removals(packages: &[String]) -> Result<BTreeMap<String, Removal>, Error> {
    let mut found = BTreeMap::new();
    for chunk in packages.chunks(ROWS_PER_INSERT) {
        let text = format!(
            "select subject, number, at, facts, kind from history where kind in ('removed', 'deleted')
             and subject in ({}) order by number",
            placeholders(1, chunk.len())
        );
        for row in sql::query(text, chunk.iter().map(Value::from).collect())? {
            let removal = Removal {
                number: row.integer(1),
                at: row.integer(2),
                deleted: row.text(4) == "deleted",
                facts: row.text(3).to_owned(),
            };
            found.insert(row.text(0).to_owned(), removal);
        }
    }
    Ok(found)
}

/// What was taken for a removal was a move.
pub fn drop_removal(removal: &Removal) -> Statement {
    statement("delete from history where number = $1", params![removal.number])
}

/// Tells of a library that can be read no more, or again; nothing when it is as it was.
pub fn tell_library_change(name: &str, readable: bool, reason: &str, at: i64) -> Vec<Statement> {
    let subject = format!("mount:{name}");
    let facts = serde_json::json!({ "mount": name, "reason": Some(reason).filter(|text| !text.is_empty()) });
    let text = "insert into history (subject, at, kind, facts)
         select $1, $2, $3, $4 from library where name = $5 and online * granted <> $6";
    let kind = if readable { "reachable" } else { "unreachable" };
    let insert = statement(text, params![&subject, at, kind, facts.to_string(), name, readable]);
    std::iter::once(insert).chain(keep_newest(&[&subject])).collect()
}

/// Tells of messages that were first seen at `at` with the packages they are for.
pub fn tell_new_kdms(ids: &[&str], at: i64) -> Vec<Statement> {
    let of_chunk = |chunk: &[&str]| {
        let from = format!(
            "from kdm join locked on locked.composition = kdm.composition
             join package on package.number = locked.package where kdm.seen_at = $1 and kdm.id in ({})",
            placeholders(2, chunk.len())
        );
        let facts = "'{\"message_id\":\"' || kdm.id || '\",\"ends_ms\":' || kdm.ends || '}'";
        let insert = format!(
            "insert into history (subject, at, kind, facts) select package.id, $1, 'keys-added', {facts} {from}"
        );
        let parameters: Vec<Value> =
            std::iter::once(Value::from(at)).chain(chunk.iter().map(|id| Value::from(*id))).collect();
        [statement(insert, parameters.clone()), keep_newest_of(&format!("select package.id {from}"), parameters)]
    };
    ids.chunks(ROWS_PER_INSERT).flat_map(of_chunk).collect()
}

/// What happened to a package and, since `since`, to the mounts it lies on; the newest first.
pub fn history(package: &str, since: i64) -> Result<Vec<Told>, Error> {
    let text = format!(
        "select at, kind, facts from history where subject = $1 or (at >= $2 and subject in (
             select 'mount:' || mount from place where package = (select number from package where id = $1)))
         order by at desc, number desc limit {MOST_ROWS}"
    );
    let told =
        |row: &sql::Row| Told { at: row.integer(0), kind: row.text(1).to_owned(), facts: row.text(2).to_owned() };
    Ok(sql::query(text, params![package, since])?.iter().map(told).collect())
}

/// Forgets what happened long ago to packages that are nowhere any more.
pub fn forget_old_history(now: i64) -> Statement {
    statement(
        "delete from history where at < $1 and subject not like 'mount:%'
         and not exists (select 1 from package where package.id = history.subject)",
        params![now - KEPT_AFTER_REMOVAL_MS],
    )
}
