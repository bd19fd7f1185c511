//! What hashing says about each asset, and what that comes to for the package.

use crate::catalogue::Verdict;
use crate::dcp::findings::Code;
use crate::dcp::package::{Asset, AssetState, Package};
use crate::row;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the host found.
#[derive(Deserialize)]
pub struct Hashed {
    pub files: Vec<HashedFile>,
}

/// What the host found of one asset.
#[derive(Deserialize)]
pub struct HashedFile {
    id: String,
    digest_hex: Option<String>,
    modified_ms: Option<i64>,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    message: String,
}

/// A verdict on every asset; `before` are those of the last time.
pub fn verdicts(
    package: &Package,
    hashed: &[HashedFile],
    before: &BTreeMap<String, Verdict>,
    now: i64,
) -> Vec<Verdict> {
    package.assets.iter().map(|asset| verdict(asset, hashed, before, now)).collect()
}

fn verdict(asset: &Asset, hashed: &[HashedFile], before: &BTreeMap<String, Verdict>, now: i64) -> Verdict {
    let id = asset.id.to_string();
    let found = hashed.iter().find(|file| file.id == id);
    let (state, message) = match (asset.state, found) {
        (AssetState::Missing, _) => ("missing", String::new()),
        (AssetState::SizeMismatch, _) => ("size-mismatch", String::new()),
        (AssetState::OtherVolume, _) => ("other-volume", String::new()),
        (AssetState::NoHash, _) => ("no-hash", String::new()),
        (_, None) => ("unverified", String::new()),
        (_, Some(file)) => compare(asset, file),
    };
    let unchanged = found.is_none_or(|file| file.modified_ms.is_none_or(|at| Some(at) == asset.modified_ms));
    let earlier = before.get(&id).filter(|verdict| unchanged && is_about(verdict, asset));
    Verdict {
        right_at: if state == "ok" { now } else { earlier.map_or(0, |verdict| verdict.right_at) },
        asset: id,
        state: state.to_owned(),
        hash: asset.pkl_hash.clone().unwrap_or_default(),
        size_bytes: i64::try_from(asset.size_bytes).unwrap_or(i64::MAX),
        modified: asset.modified_ms.unwrap_or_default(),
        message,
        verified_at: now,
    }
}

/// The digest against the packing list, as bytes.
fn compare(asset: &Asset, file: &HashedFile) -> (&'static str, String) {
    let expected = asset.pkl_hash.as_deref().and_then(decode);
    match (&file.digest_hex, expected) {
        (Some(digest), Some(expected)) if *digest == hex(&expected) => ("ok", String::new()),
        (Some(_), Some(_)) => ("corrupt", "its bytes are not those the packing list vouches for".to_owned()),
        (Some(_), None) => ("no-hash", "the packing list's hash cannot be read".to_owned()),
        (None, _) => ("unverified", file.error.as_ref().map(|fault| fault.message.clone()).unwrap_or_default()),
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(plain).ok().filter(|bytes| bytes.len() == 20)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a verdict is about the file as it is now.
fn is_about(verdict: &Verdict, asset: &Asset) -> bool {
    let size_bytes = i64::try_from(asset.size_bytes).unwrap_or(i64::MAX);
    let hash = asset.pkl_hash.as_deref().unwrap_or_default();
    verdict.is_about(asset.modified_ms.unwrap_or_default(), size_bytes, hash)
}

/// `ok` when everything is, `failed` when anything is wrong, else `partial`.
pub fn sum<'a>(states: impl Iterator<Item = &'a str> + Clone) -> &'static str {
    let any = |wanted: &[&str]| states.clone().any(|state| wanted.contains(&state));
    if any(&["corrupt", "size-mismatch"]) {
        "failed"
    } else if any(&["missing", "unverified", "other-volume", "no-hash"]) || states.clone().next().is_none() {
        "partial"
    } else {
        "ok"
    }
}

/// What still holds of an earlier verification of a package that was read again.
pub struct Standing {
    pub verified: &'static str,
    /// Unix milliseconds.
    pub last_verified: i64,
    /// The finding of each wrong file.
    pub damage: Vec<Code>,
}

/// The finding of each wrong file.
pub fn damage<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Vec<Code> {
    let wrong = verdicts.filter(|one| one.state == "corrupt");
    wrong.map(|one| if one.has_rotted() { Code::AssetRotten } else { Code::AssetDamaged }).collect()
}

/// What verdicts come to for the package as it is now; nothing when a file is another than was hashed. What is known to be
/// wrong stays wrong whatever the other files are.
pub fn standing(assets: &[Asset], verdicts: &BTreeMap<String, Verdict>) -> Option<Standing> {
    let holding = |asset: &Asset| verdicts.get(&asset.id.to_string()).filter(|verdict| is_about(verdict, asset));
    let last_verified = assets.iter().filter_map(holding).map(|verdict| verdict.verified_at).max()?;
    let state = |asset: &Asset| match holding(asset) {
        Some(verdict) => verdict.state.clone(),
        None => row::word(&asset.state).unwrap_or_default(),
    };
    let states: Vec<String> = assets.iter().map(state).collect();
    let verified = sum(states.iter().map(String::as_str));
    let damage = damage(assets.iter().filter_map(holding));
    let is_whole = !assets.iter().any(|asset| asset.state == AssetState::Unverified && holding(asset).is_none());
    (is_whole || !damage.is_empty()).then_some(Standing { verified, last_verified, damage })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asset(modified_ms: i64) -> Asset {
        serde_json::from_value(json!({
            "id": "00000000-0000-4000-8000-000000000001", "kind": "sound", "type": "", "path": "a.mxf",
            "size_bytes": 5, "pkl_hash": STANDARD.encode([7_u8; 20]), "state": "unverified",
            "modified_ms": modified_ms, "chunks": [],
        }))
        .unwrap()
    }

    fn hashed(byte: u8, modified_ms: i64) -> HashedFile {
        let digest_hex = Some(hex(&[byte; 20]));
        let id = "00000000-0000-4000-8000-000000000001".to_owned();
        HashedFile { id, digest_hex, modified_ms: Some(modified_ms), error: None }
    }

    fn by_asset(verdict: Verdict) -> BTreeMap<String, Verdict> {
        BTreeMap::from([(verdict.asset.clone(), verdict)])
    }

    #[test]
    fn what_was_right_and_is_wrong_without_a_change_has_rotted() {
        let right = verdict(&asset(10), &[hashed(7, 10)], &BTreeMap::new(), 100);
        assert_eq!((right.state.as_str(), right.right_at), ("ok", 100));
        let wrong = verdict(&asset(10), &[hashed(8, 10)], &by_asset(right), 200);
        assert_eq!((wrong.state.as_str(), wrong.right_at), ("corrupt", 100));
        assert!(wrong.has_rotted());
        let still = verdict(&asset(10), &[hashed(8, 10)], &by_asset(wrong), 300);
        assert!(still.has_rotted(), "it stays so");
        let changed = verdict(&asset(11), &[hashed(8, 11)], &by_asset(still), 400);
        assert!(!changed.has_rotted() && changed.state == "corrupt", "somebody wrote to it");
        let meanwhile = by_asset(verdict(&asset(10), &[hashed(7, 10)], &BTreeMap::new(), 100));
        assert!(!verdict(&asset(10), &[hashed(8, 12)], &meanwhile, 200).has_rotted(), "changed since it was read");
        assert!(!verdict(&asset(10), &[hashed(8, 10)], &BTreeMap::new(), 1).has_rotted(), "never right before");
    }

    #[test]
    fn what_was_hashed_counts_while_the_file_is_the_same() {
        let right = by_asset(verdict(&asset(10), &[hashed(7, 10)], &BTreeMap::new(), 100));
        let standing_of = |modified_ms, verdicts: &BTreeMap<_, _>| standing(&[asset(modified_ms)], verdicts);
        let whole = standing_of(10, &right).unwrap();
        assert_eq!((whole.verified, whole.last_verified, whole.damage.len()), ("ok", 100, 0));
        assert!(standing_of(11, &right).is_none(), "another file");
        assert!(standing_of(10, &BTreeMap::new()).is_none(), "never hashed");
        let wrong = by_asset(verdict(&asset(10), &[hashed(8, 10)], &right, 200));
        let damaged = standing_of(10, &wrong).unwrap();
        assert_eq!((damaged.verified, damaged.damage.as_slice()), ("failed", [Code::AssetRotten].as_slice()));
    }

    #[test]
    fn verdicts_add_up() {
        let add = |states: &[&'static str]| sum(states.iter().copied());
        assert_eq!(add(&["ok", "ok"]), "ok");
        assert_eq!(add(&["ok", "no-hash"]), "partial");
        assert_eq!(add(&["ok", "missing", "corrupt"]), "failed");
        assert_eq!(add(&[]), "partial");
    }
}
