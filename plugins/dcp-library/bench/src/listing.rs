//! How long a page of the list, a forgiving search and the data of the detail panel take while others ask too.

use crate::Setting;
use crate::asking::tell_p99;
use crate::house::House;
use anyhow::{Context, Result, bail};

/// Filters and orders, with what they look like in the table.
const FILTERS: [(&str, &str); 6] = [
    ("no filter", ""),
    ("sort=content_title", "&sort=content_title"),
    ("q=harbour", "&q=harbour"),
    ("content_kind, sort=total_size_bytes", "&content_kind=feature,trailer&sort=total_size_bytes&order=desc"),
    ("state, format, sort=issue_date", "&state=complete&format=smpte&sort=issue_date"),
    ("package_name, min_size", "&package_name=_DE-&min_size=1&sort=package_name&order=desc"),
];
/// Slips of the hand: letters swapped, left out, doubled and mistaken, in one word and in two.
const SLIPS: [&str; 5] = ["harbuor", "orchrd", "sillver", "windoe", "vlevet+brigde"];
/// Packages whose details are asked for, spread over the whole library.
const DETAILS: usize = 800;

/// Prints the rows.
pub fn measure(house: &House, setting: &Setting) -> Result<()> {
    let Setting { packages, reels, .. } = setting;
    for (name, query) in FILTERS {
        let path = format!("/api/v1/dcps?limit=100{query}");
        let rows = house.connect()?.json("GET", &path)?.as_array().map_or(0, Vec::len);
        if rows == 0 {
            bail!("{path} lists nothing");
        }
        tell_p99(house, &format!("page of {rows} packages, {name}"), &[path], "<= 15 ms")?;
    }
    let slips = SLIPS.map(|words| format!("/api/v1/dcps?limit=100&q={words}"));
    slips.iter().try_for_each(|path| must_be_forgiven(house, path))?;
    tell_p99(house, &format!("search with a slip of the hand among {packages} packages"), &slips, "<= 100 ms")?;
    let assets = reels * 2 + 1;
    tell_p99(house, &format!("details of one of {packages} packages of {assets} assets"), &details(house)?, "<= 30 ms")
}

/// A search that finds what was typed would not be one with a slip.
fn must_be_forgiven(house: &House, path: &str) -> Result<()> {
    let found = house.connect()?.json("GET", path)?;
    match found[0]["distance"].as_f64() {
        Some(1e-9..) => Ok(()),
        _ => bail!("{path} finds nothing that is close"),
    }
}

fn details(house: &House) -> Result<Vec<String>> {
    let rows = house.connect()?.json("GET", "/api/v1/dcps")?;
    let rows = rows.as_array().context("the packages are no list")?;
    let each = rows.iter().step_by((rows.len() / DETAILS).max(1));
    let ids = each.map(|row| row["id"].as_str().with_context(|| format!("a package without an id: {row}")));
    ids.map(|id| Ok(format!("/api/v1/dcps/{}", id?))).collect()
}
