//! `GET /dcps/findings` and `GET /dcps/storage`: the whole library at a glance.

use crate::catalogue::{self, FindingTotal, Share};
use crate::dcp::findings::Code;
use lamphouse_plugin::http::{Request, Response};
use lamphouse_plugin::{Error, files, host};
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;
/// Headings of ages with the least age of each, the youngest first.
const AGES: [(&str, i64); 5] = [
    ("under-30-days", 0),
    ("30-to-90-days", 30 * DAY_MS),
    ("90-to-180-days", 90 * DAY_MS),
    ("180-to-365-days", 180 * DAY_MS),
    ("over-a-year", 365 * DAY_MS),
];
/// Issuers shown one by one.
const MOST_ISSUERS: usize = 20;

/// Every code that was found, the gravest and most frequent first; with the ids of its packages when one is asked for.
pub fn findings(request: &Request) -> Result<Response, Error> {
    let pairs = request.query_pairs();
    let wanted =
        pairs.iter().find(|(name, value)| name == "code" && !value.is_empty()).map(|(_, value)| value.as_str());
    let mut totals: Vec<(Code, FindingTotal)> = catalogue::finding_totals()?
        .into_iter()
        .filter(|total| wanted.is_none_or(|code| total.code == code))
        .filter_map(|total| Some((serde_json::from_value::<Code>(total.code.as_str().into()).ok()?, total)))
        .collect();
    totals.sort_by_key(|(code, total)| (std::cmp::Reverse((code.severity(), total.packages)), total.code.clone()));
    let entry = |(code, total): &(Code, FindingTotal)| {
        let mut entry = json!({
            "code": total.code, "severity": code.severity(), "meaning": code.meaning(),
            "packages": total.packages, "count": total.count,
        });
        if wanted.is_some() {
            entry["package_ids"] = catalogue::packages_with(&total.code)?.into();
        }
        Ok(entry)
    };
    let entries = totals.iter().map(entry).collect::<Result<Vec<Value>, Error>>()?;
    Ok(Response::json(200, &entries))
}

/// Where the space goes.
pub fn storage() -> Result<Response, Error> {
    let kinds = catalogue::space_by_kind()?;
    let mut ages = catalogue::space_by_age(host::now(), &AGES)?;
    ages.sort_by_key(|share| AGES.iter().position(|(heading, _)| *heading == share.key));
    let mounts: Vec<Value> = catalogue::space_by_mount()?.iter().map(mount).collect();
    let copies = catalogue::space_of_copies()?;
    Ok(Response::json(
        200,
        &json!({
            "packages": kinds.iter().map(|share| share.packages).sum::<i64>(),
            "size_bytes": kinds.iter().fold(0_i64, |sum, share| sum.saturating_add(share.size_bytes)),
            "copies": { "packages": copies.packages, "size_bytes": copies.size_bytes },
            "by_kind": kinds.iter().map(share).collect::<Vec<_>>(),
            "by_issuer": with_rest(catalogue::space_by_issuer()?),
            "by_age": ages.iter().map(share).collect::<Vec<_>>(),
            "by_mount": mounts,
        }),
    ))
}

fn share(share: &Share) -> Value {
    let key = Some(&share.key).filter(|key| !key.is_empty());
    json!({ "key": key, "packages": share.packages, "size_bytes": share.size_bytes })
}

/// A mount with the space of its disk, which is unknown while it cannot be read.
fn mount(share: &Share) -> Value {
    let space = files::disk_space(&share.key).ok();
    json!({
        "key": share.key, "packages": share.packages, "size_bytes": share.size_bytes,
        "total_bytes": space.map(|space| space.total_bytes), "free_bytes": space.map(|space| space.free_bytes),
    })
}

/// The largest ones, and the others as one.
fn with_rest(mut shares: Vec<Share>) -> Value {
    let rest = shares.split_off(shares.len().min(MOST_ISSUERS));
    let mut shown: Vec<Value> = shares.iter().map(share).collect();
    if !rest.is_empty() {
        shown.push(json!({
            "key": "others",
            "is_rest": true,
            "packages": rest.iter().map(|share| share.packages).sum::<i64>(),
            "size_bytes": rest.iter().fold(0_i64, |sum, share| sum.saturating_add(share.size_bytes)),
        }));
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_shown_and_the_others_are_one() {
        let shares = |count: usize| {
            (0..count).map(|number| Share { key: number.to_string(), packages: 2, size_bytes: 10 }).collect::<Vec<_>>()
        };
        assert_eq!(with_rest(shares(20)).as_array().unwrap().len(), 20);
        let shown = with_rest(shares(23));
        assert_eq!(shown.as_array().unwrap().len(), 21);
        assert_eq!(shown[20], json!({ "key": "others", "is_rest": true, "packages": 6, "size_bytes": 30 }));
    }
}
