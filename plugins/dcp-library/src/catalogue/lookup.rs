//! What the routes and jobs ask for.

use crate::dcp::uuid::Id;
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql;

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
         join document on document.package = package.number where id = $1 or assetmap_uuid = $1
         order by case when id = $1 then 0 else 1 end, discovered_at desc limit 1",
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
         join library on library.name = place.mount where place.package = (select number from package where id = $1)
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
    related(package, "external", "held")
}

/// Packages that lack tracks this one holds.
pub fn versions(package: &str) -> Result<Vec<Related>, Error> {
    related(package, "held", "external")
}

/// Packages with assets in the table `theirs` that this one has in the table `own`.
fn related(package: &str, own: &str, theirs: &str) -> Result<Vec<Related>, Error> {
    let text = format!(
        "select p.id, p.name, p.title, p.state, theirs.asset from {own} own
         join {theirs} theirs on theirs.asset = own.asset join package p on p.number = theirs.package
         where own.package = (select number from package where id = $1) and p.id <> $1
         order by p.id, theirs.asset limit 5000"
    );
    let mut found: Vec<Related> = Vec::new();
    for row in sql::query(text, params![package])? {
        match found.last_mut() {
            Some(last) if last.id == row.text(0) => last.assets.push(Id::from_key(row.bytes(4)).to_string()),
            _ => found.push(Related {
                id: row.text(0).to_owned(),
                name: row.text(1).to_owned(),
                title: row.text(2).to_owned(),
                state: row.text(3).to_owned(),
                assets: vec![Id::from_key(row.bytes(4)).to_string()],
            }),
        }
    }
    Ok(found)
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
