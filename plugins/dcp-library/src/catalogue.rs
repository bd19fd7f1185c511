//! The plugin's database: the only place with SQL, the same text for SQLite and PostgreSQL.

use lamphouse_plugin::Error;
use lamphouse_plugin::events::NewEvent;
use lamphouse_plugin::jobs::NewJob;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, Transaction, Value, statement};
use std::collections::BTreeMap;

/// Rows of one insert: all databases take as many parameters.
const ROWS_PER_INSERT: usize = 200;

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
    pub error_count: i64,
    pub search: String,
    pub summary: String,
    pub detail: String,
    pub held: Vec<String>,
    pub external: Vec<String>,
}

/// Carries out statements, jobs and events together, or none of them.
pub fn write(statements: Vec<Statement>, jobs: Vec<NewJob>, events: Vec<NewEvent>) -> Result<(), Error> {
    if statements.is_empty() && jobs.is_empty() && events.is_empty() {
        return Ok(());
    }
    sql::batch(&Transaction { statements, jobs, events, checkpoint: None }).map(|_| ())
}

/// Names of all libraries ever seen.
pub fn known_libraries() -> Result<Vec<String>, Error> {
    let rows = sql::query("select name from library order by name", Vec::new())?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

/// What is known of a library now.
pub fn note_library(name: &str, online: bool, granted: bool, reason: &str) -> Statement {
    statement(
        "insert into library (name, online, granted, reason) values ($1, $2, $3, $4)
         on conflict (name) do update set online = excluded.online, granted = excluded.granted, reason = excluded.reason",
        params![name, online, granted, reason],
    )
}

/// A library was looked through.
pub fn note_scanned(name: &str, at: i64) -> Statement {
    statement("update library set scanned_at = $2 where name = $1", params![name, at])
}

/// States of packages after libraries came or went: what lies only where nobody can look is unreachable.
pub fn refresh_states() -> Statement {
    statement(
        "update package set state = case when exists (
             select 1 from place join library on library.name = place.mount
             where place.package = package.id and library.online = 1 and library.granted = 1
         ) then base_state else 'unreachable' end
         where state <> case when exists (
             select 1 from place join library on library.name = place.mount
             where place.package = package.id and library.online = 1 and library.granted = 1
         ) then base_state else 'unreachable' end",
        Vec::new(),
    )
}

/// Folders of a mount with the time each was changed when it was looked at.
pub fn folders(mount: &str) -> Result<BTreeMap<String, i64>, Error> {
    let rows =
        paged("select path, modified from folder where mount = $1 and path > $2 order by path limit 50000", mount)?;
    Ok(rows.into_iter().map(|row| (row.text(0).to_owned(), row.integer(1))).collect())
}

/// All rows of a query that continues after its first column.
fn paged(text: &'static str, mount: &str) -> Result<Vec<sql::Row>, Error> {
    let mut all: Vec<sql::Row> = Vec::new();
    let mut page = sql::query(text.replace("path > $2", "path >= $2"), params![mount, ""])?;
    while !page.is_empty() {
        let last = page.last().map(|row| row.text(0).to_owned()).unwrap_or_default();
        all.append(&mut page);
        if all.len() % 50_000 != 0 {
            break;
        }
        page = sql::query(text, params![mount, last])?;
    }
    Ok(all)
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

/// Packages known at a mount.
pub fn places(mount: &str) -> Result<Vec<Place>, Error> {
    let rows = paged(
        "select path, package, signature, recheck_at from place where mount = $1 and path > $2 order by path limit 50000",
        mount,
    )?;
    let place = |row: &sql::Row| Place {
        path: row.text(0).to_owned(),
        package: row.text(1).to_owned(),
        signature: row.text(2).to_owned(),
        recheck_at: row.optional_integer(3),
    };
    Ok(rows.iter().map(place).collect())
}

/// What is stored of packages: content mark, and mount and path of the place shown.
pub fn contents(ids: &[String]) -> Result<BTreeMap<String, (String, String, String)>, Error> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(ROWS_PER_INSERT) {
        let sql = format!(
            "select package.id, package.content, coalesce(place.mount, ''), coalesce(place.path, '') from package
             left join place on place.package = package.id and place.is_primary = 1 where package.id in ({})",
            placeholders(1, chunk.len())
        );
        for row in sql::query(sql, chunk.iter().map(Value::from).collect())? {
            let value = (row.text(1).to_owned(), row.text(2).to_owned(), row.text(3).to_owned());
            found.insert(row.text(0).to_owned(), value);
        }
    }
    Ok(found)
}

/// Writes packages with what they hold and need.
pub fn put_packages(rows: &[PackageRow]) -> Vec<Statement> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut statements = Vec::new();
    for table in ["held", "external"] {
        statements.extend(in_list(&format!("delete from {table} where package in"), &ids));
    }
    let values = rows
        .iter()
        .map(|row| {
            params![
                &row.id,
                &row.assetmap_uuid,
                &row.content,
                &row.name,
                &row.title,
                &row.kind,
                &row.issuer,
                &row.issue_date,
                row.size_bytes,
                row.discovered_at,
                &row.format,
                &row.state,
                &row.state,
                &row.encryption,
                "none",
                0_i64,
                row.error_count,
                &row.search,
                &row.summary,
                &row.detail
            ]
        })
        .collect();
    statements.extend(insert_rows(
        "package",
        &[
            "id", "assetmap_uuid", "content", "name", "title", "kind", "issuer", "issue_date", "size_bytes",
            "discovered_at", "format", "base_state", "state", "encryption", "verified", "last_verified", "error_count",
            "search", "summary", "detail",
        ],
        values,
        "on conflict (id) do update set assetmap_uuid = excluded.assetmap_uuid, content = excluded.content,
         name = excluded.name, title = excluded.title, kind = excluded.kind, issuer = excluded.issuer,
         issue_date = excluded.issue_date, size_bytes = excluded.size_bytes, format = excluded.format,
         base_state = excluded.base_state, state = excluded.state, encryption = excluded.encryption,
         error_count = excluded.error_count, search = excluded.search, summary = excluded.summary, detail = excluded.detail,
         verified = excluded.verified, last_verified = excluded.last_verified",
    ));
    for (table, pick) in [("held", held as fn(&PackageRow) -> &[String]), ("external", external)] {
        let pairs = rows.iter().flat_map(|row| pick(row).iter().map(|asset| params![asset, &row.id])).collect();
        statements.extend(insert_rows(table, &["asset", "package"], pairs, "on conflict do nothing"));
    }
    statements
}

fn held(row: &PackageRow) -> &[String] {
    &row.held
}

fn external(row: &PackageRow) -> &[String] {
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
    let mut statements = vec![statement(
        "delete from place where mount = $1 and path = $2 and package = $3",
        params![mount, path, package],
    )];
    for table in ["held", "external", "verdict"] {
        statements.push(statement(
            format!(
                "delete from {table} where package = $1 and not exists (select 1 from place where place.package = $1)"
            ),
            params![package],
        ));
    }
    statements.push(statement(
        "delete from package where id = $1 and not exists (select 1 from place where place.package = $1)",
        params![package],
    ));
    statements.push(statement(
        "update place set is_primary = 1, signature = '' where package = $1
         and not exists (select 1 from place other where other.package = $1 and other.is_primary = 1)
         and mount || '/' || path = (select min(mount || '/' || path) from place other where other.package = $1)",
        params![package],
    ));
    statements
}

/// Inserts many rows, a bounded number a statement.
fn insert_rows(table: &str, columns: &[&str], rows: Vec<Vec<Value>>, conflict: &str) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<Vec<Value>> = rows.by_ref().take(ROWS_PER_INSERT).collect();
        let tuples: Vec<String> = (0..chunk.len())
            .map(|index| format!("({})", placeholders(index * columns.len() + 1, columns.len())))
            .collect();
        let text = format!("insert into {table} ({}) values {} {conflict}", columns.join(", "), tuples.join(", "));
        statements.push(statement(text, chunk.into_iter().flatten().collect()));
    }
    statements
}

fn in_list(text: &str, ids: &[String]) -> Vec<Statement> {
    ids.chunks(ROWS_PER_INSERT)
        .map(|chunk| {
            statement(format!("{text} ({})", placeholders(1, chunk.len())), chunk.iter().map(Value::from).collect())
        })
        .collect()
}

fn in_chunks(text: &str, first: &str, ids: &[String]) -> Vec<Statement> {
    ids.chunks(ROWS_PER_INSERT)
        .map(|chunk| {
            let parameters = std::iter::once(Value::from(first)).chain(chunk.iter().map(Value::from)).collect();
            statement(format!("{text} ({})", placeholders(2, chunk.len())), parameters)
        })
        .collect()
}

/// `$first, $first+1, …`, `count` of them.
fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 5);
    for index in first..first + count {
        if index > first {
            text.push(',');
        }
        text.push('$');
        text.push_str(&index.to_string());
    }
    text
}

/// A package for the routes: what changes is beside what was read.
pub struct Stored {
    pub id: String,
    pub state: String,
    pub verified: String,
    pub last_verified: i64,
    pub discovered_at: i64,
    pub summary: String,
    pub detail: String,
}

/// One package by its id, or the newest one by its asset map's id.
pub fn find_package(uuid: &str) -> Result<Option<Stored>, Error> {
    let uuid = uuid.to_lowercase();
    let row = sql::query_one(
        "select id, state, verified, last_verified, discovered_at, summary, detail from package
         where id = $1 or assetmap_uuid = $1 order by case when id = $1 then 0 else 1 end, discovered_at desc limit 1",
        params![uuid],
    )?;
    Ok(row.map(|row| Stored {
        id: row.text(0).to_owned(),
        state: row.text(1).to_owned(),
        verified: row.text(2).to_owned(),
        last_verified: row.integer(3),
        discovered_at: row.integer(4),
        summary: row.text(5).to_owned(),
        detail: row.text(6).to_owned(),
    }))
}

/// Where a package lies, and whether anyone can look there.
pub struct Location {
    pub mount: String,
    pub path: String,
    pub state: String,
    pub reachable: bool,
    pub is_primary: bool,
}

/// All places of a package, the one it is shown from first.
pub fn locations(package: &str) -> Result<Vec<Location>, Error> {
    let rows = sql::query(
        "select place.mount, place.path, place.state, library.online * library.granted, place.is_primary from place
         join library on library.name = place.mount where place.package = $1
         order by place.is_primary desc, place.mount, place.path",
        params![package],
    )?;
    let location = |row: &sql::Row| Location {
        mount: row.text(0).to_owned(),
        path: row.text(1).to_owned(),
        state: if row.flag(3) { row.text(2).to_owned() } else { "unreachable".to_owned() },
        reachable: row.flag(3),
        is_primary: row.flag(4),
    };
    Ok(rows.iter().map(location).collect())
}

/// A package that shares tracks with another.
pub struct Related {
    pub id: String,
    pub name: String,
    pub title: String,
    pub state: String,
    pub assets: Vec<String>,
}

/// Packages that hold tracks this one lacks.
pub fn originals(package: &str) -> Result<Vec<Related>, Error> {
    related(
        "select p.id, p.name, p.title, p.state, held.asset from external
         join held on held.asset = external.asset join package p on p.id = held.package
         where external.package = $1 and p.id <> $1 order by p.id, held.asset limit 5000",
        package,
    )
}

/// Packages that lack tracks this one holds.
pub fn versions(package: &str) -> Result<Vec<Related>, Error> {
    related(
        "select p.id, p.name, p.title, p.state, external.asset from held
         join external on external.asset = held.asset join package p on p.id = external.package
         where held.package = $1 and p.id <> $1 order by p.id, external.asset limit 5000",
        package,
    )
}

fn related(text: &'static str, package: &str) -> Result<Vec<Related>, Error> {
    let mut found: Vec<Related> = Vec::new();
    for row in sql::query(text, params![package])? {
        match found.last_mut() {
            Some(last) if last.id == row.text(0) => last.assets.push(row.text(4).to_owned()),
            _ => found.push(Related {
                id: row.text(0).to_owned(),
                name: row.text(1).to_owned(),
                title: row.text(2).to_owned(),
                state: row.text(3).to_owned(),
                assets: vec![row.text(4).to_owned()],
            }),
        }
    }
    Ok(found)
}

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
        "select asset, state, hash, size_bytes, modified, message, verified_at from verdict where package = $1",
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
    let mut statements = vec![statement("delete from verdict where package = $1", params![package])];
    let columns = ["package", "asset", "state", "hash", "size_bytes", "modified", "message", "verified_at"];
    statements.extend(insert_rows("verdict", &columns, rows, "on conflict do nothing"));
    statements.push(statement(
        "update package set verified = $2, last_verified = $3, base_state = $4, state = $4 where id = $1",
        params![package, verified, at, state],
    ));
    statements
}

/// One group of the totals.
pub struct Group {
    pub state: String,
    pub kind: String,
    pub format: String,
    pub packages: i64,
    pub size_bytes: i64,
}

/// Packages by state, kind and format.
pub fn groups() -> Result<Vec<Group>, Error> {
    let rows = sql::query(
        "select state, kind, format, count(*), cast(sum(size_bytes) as bigint) from package where format <> 'imf'
         group by state, kind, format",
        Vec::new(),
    )?;
    let group = |row: &sql::Row| Group {
        state: row.text(0).to_owned(),
        kind: row.text(1).to_owned(),
        format: row.text(2).to_owned(),
        packages: row.integer(3),
        size_bytes: row.integer(4),
    };
    Ok(rows.iter().map(group).collect())
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
             (select count(distinct place.package) from place join package on package.id = place.package
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
