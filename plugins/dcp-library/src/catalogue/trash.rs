//! What lies in the trash of the mounts, and what depends on a package that is to go there.

use super::rows::placeholders;
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Row, Statement, Value, statement};

/// Rows that are listed.
const MOST_LISTED: usize = 1_000;
/// Packages named in one reason.
const MOST_NAMED: usize = 20;

/// Where a copy stands on its way. What has begun to be purged never comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrashState {
    Deleting,
    Trashed,
    Restoring,
    Purging,
}

impl TrashState {
    /// Stored text, and that of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deleting => "deleting",
            Self::Trashed => "trashed",
            Self::Restoring => "restoring",
            Self::Purging => "purging",
        }
    }

    fn parse(text: &str) -> Self {
        let all = [Self::Deleting, Self::Trashed, Self::Restoring];
        all.into_iter().find(|state| state.as_str() == text).unwrap_or(Self::Purging)
    }
}

/// One copy of a package in the trash, or on its way.
#[derive(Debug, Clone)]
pub struct TrashRow {
    /// Also its mark in the trash.
    pub id: String,
    /// Package id.
    pub package: String,
    /// Name of the package.
    pub name: String,
    pub mount: String,
    pub path: String,
    pub trash_path: String,
    pub state: TrashState,
    pub size_bytes: i64,
    /// `user:ada`.
    pub asked_by: String,
    pub asked_at: i64,
    pub purge_at: i64,
    /// JSON object.
    pub facts: String,
    pub problem: String,
}

const COLUMNS: &str =
    "id, package, name, mount, path, trash_path, state, size_bytes, asked_by, asked_at, purge_at, facts, problem";

fn trash_row(row: &Row) -> TrashRow {
    TrashRow {
        id: row.text(0).to_owned(),
        package: row.text(1).to_owned(),
        name: row.text(2).to_owned(),
        mount: row.text(3).to_owned(),
        path: row.text(4).to_owned(),
        trash_path: row.text(5).to_owned(),
        state: TrashState::parse(row.text(6)),
        size_bytes: row.integer(7),
        asked_by: row.text(8).to_owned(),
        asked_at: row.integer(9),
        purge_at: row.integer(10),
        facts: row.text(11).to_owned(),
        problem: row.text(12).to_owned(),
    }
}

/// One of them.
pub fn find_trash(id: &str) -> Result<Option<TrashRow>, Error> {
    let row = sql::query_one(format!("select {COLUMNS} from trash where id = $1"), params![id])?;
    Ok(row.as_ref().map(trash_row))
}

/// All of them, the newest first.
pub fn list_trash() -> Result<Vec<TrashRow>, Error> {
    let text = format!("select {COLUMNS} from trash order by asked_at desc, id limit {MOST_LISTED}");
    Ok(sql::query(text, Vec::new())?.iter().map(trash_row).collect())
}

/// Those that something is to be done with: on their way, or to be purged by now.
pub fn due_trash(now: i64) -> Result<Vec<TrashRow>, Error> {
    let text = format!(
        "select {COLUMNS} from trash where state <> 'trashed' or purge_at <= $1 order by asked_at limit {MOST_LISTED}"
    );
    Ok(sql::query(text, params![now])?.iter().map(trash_row).collect())
}

/// Whether a place is on its way into the trash already.
pub fn is_being_deleted(mount: &str, path: &str) -> Result<bool, Error> {
    let text = "select 1 from trash where mount = $1 and path = $2 and state = 'deleting'";
    Ok(sql::query_one(text, params![mount, path])?.is_some())
}

/// Writes down that a copy is to go.
pub fn put_trash(row: &TrashRow) -> Statement {
    let text = format!("insert into trash ({COLUMNS}) values ({}) on conflict (id) do nothing", placeholders(1, 13));
    statement(
        text,
        params![
            &row.id,
            &row.package,
            &row.name,
            &row.mount,
            &row.path,
            &row.trash_path,
            row.state.as_str(),
            row.size_bytes,
            &row.asked_by,
            row.asked_at,
            row.purge_at,
            &row.facts,
            &row.problem
        ],
    )
}

/// It lies in the trash now.
pub fn note_trashed(id: &str, trash_path: &str, size_bytes: i64, purge_at: i64) -> Statement {
    statement(
        "update trash set state = 'trashed', trash_path = $2, size_bytes = $3, purge_at = $4, problem = '' where id = $1",
        params![id, trash_path, size_bytes, purge_at],
    )
}

/// What lies in the trash is to come back or to be purged; nothing happens to what is on its way already.
pub fn send_on(id: &str, to: TrashState, asked_by: &str) -> Statement {
    statement(
        "update trash set state = $2, asked_by = $3, problem = '' where id = $1 and state = 'trashed'",
        params![id, to.as_str(), asked_by],
    )
}

/// A step failed: where it stands, and why.
pub fn note_problem(id: &str, state: TrashState, problem: &str) -> Statement {
    statement("update trash set state = $2, problem = $3 where id = $1", params![id, state.as_str(), problem])
}

/// It is in the trash no more.
pub fn drop_trash(id: &str) -> Statement {
    statement("delete from trash where id = $1", params![id])
}

/// A package by id and name.
pub struct Named {
    pub id: String,
    pub name: String,
}

fn named(rows: &[Row]) -> Vec<Named> {
    rows.iter().map(|row| Named { id: row.text(0).to_owned(), name: row.text(1).to_owned() }).collect()
}

/// Whether the package of a row `named` lies anywhere that is not being deleted.
fn stays(named: &str) -> String {
    format!("exists (select 1 from place where place.package = {named}.number and {STAYING})")
}

const STAYING: &str = "not exists (select 1 from trash where trash.mount = place.mount and trash.path = place.path
    and trash.state = 'deleting')";

/// Places of a package that are not being deleted, as mount and path.
pub fn staying_places(package: &str) -> Result<Vec<(String, String)>, Error> {
    let text = format!(
        "select mount, path from place where package = (select number from package where id = $1) and {STAYING}
         order by mount, path"
    );
    let rows = sql::query(text, params![package])?;
    Ok(rows.iter().map(|row| (row.text(0).to_owned(), row.text(1).to_owned())).collect())
}

/// Packages that take tracks from this one and find them nowhere else once these are `going`, itself among them.
pub fn left_without(package: &str, going: &[String]) -> Result<Vec<Named>, Error> {
    let list = placeholders(2, going.len());
    let text = format!(
        "select distinct version.id, version.name from held own join external needed on needed.asset = own.asset
         join package version on version.number = needed.package
         where own.package = (select number from package where id = $1) and version.id not in ({list}) and {}
         and not exists (select 1 from held other join package holder on holder.number = other.package
             where other.asset = own.asset and holder.id not in ({list}) and {})
         order by version.name, version.id limit {MOST_NAMED}",
        stays("version"),
        stays("holder")
    );
    let parameters = std::iter::once(Value::from(package)).chain(going.iter().map(Value::from)).collect();
    Ok(named(&sql::query(text, parameters)?))
}

/// Other packages in a folder, and in the folders below it.
pub fn others_inside(mount: &str, path: &str, package: &str) -> Result<Vec<Named>, Error> {
    let text = format!(
        "select distinct package.id, package.name from place join package on package.number = place.package
         where mount = $1 and (path = $2 or substr(path, 1, length($3)) = $3) and not (path = $2 and package.id = $4)
         order by package.name, package.id limit {MOST_NAMED}"
    );
    Ok(named(&sql::query(text, params![mount, path, format!("{path}/"), package])?))
}

/// Notes who takes part in a swarm; nobody any more is no swarm.
pub fn put_swarm(info_hash: &str, package: &str, servers: i64) -> Statement {
    if servers == 0 {
        return statement("delete from swarm where info_hash = $1", params![info_hash]);
    }
    statement(
        "insert into swarm (info_hash, package, servers) values ($1, $2, $3) on conflict (info_hash) do update
         set package = excluded.package, servers = excluded.servers",
        params![info_hash, package, servers],
    )
}

/// Servers in the largest swarm of a package.
pub fn swarm_servers(package: &str) -> Result<i64, Error> {
    let row = sql::query_one("select max(servers) from swarm where package = $1", params![package])?;
    Ok(row.map_or(0, |row| row.integer(0)))
}
