//! What is shown of a metainfo file, and the same torrent with another tracker.

use super::support::{World, request};
use crate::create::CreateRequest;
use crate::{Description, Metainfo, Outside};
use serde_json::json;

#[test]
fn a_description_says_what_the_file_says() {
    let world = World::with(&[("a/b", 20_000), ("c", 0)]);
    let request = CreateRequest {
        announce: Some("http://hub.example:10859/key/announce".to_owned()),
        creation_date_s: Some(1_700_000_000),
        ..request()
    };
    let created = world.create_with(&request).unwrap();
    let shown = serde_json::to_value(Description::of(&created.metainfo)).unwrap();
    assert_eq!(shown["info_hash"], created.metainfo.info_hash.to_string());
    assert_eq!(shown["info_hash"].as_str().unwrap().len(), 40);
    assert_eq!(shown["announce"], "http://hub.example:10859/key/announce");
    assert_eq!((&shown["piece_size"], &shown["total_pieces"]), (&json!(16_384), &json!(2)));
    assert_eq!((&shown["file_count"], &shown["total_size_bytes"]), (&json!(2), &json!(20_000)));
    assert_eq!((&shown["private"], &shown["creation_date"]), (&json!(true), &json!(1_700_000_000)));
    assert_eq!(shown["files"], json!([{"path": "a/b", "size_bytes": 20_000}, {"path": "c", "size_bytes": 0}]));
    assert!(shown["created_by"].as_str().unwrap().starts_with("Lamphouse/"));
    assert_eq!(shown["case_collision"], json!(null));
}

#[test]
fn the_same_torrent_with_another_tracker() {
    let created = World::with(&[("a", 20_000)]).create().unwrap();
    let announce = "https://hub.example/site-7/announce".to_owned();
    let outside = Outside { announce: Some(announce.clone()), ..Outside::default() };
    let other = Metainfo::read(&created.metainfo.with_outside(&outside).unwrap()).unwrap();
    assert_eq!(other.info, created.metainfo.info);
    assert_eq!((other.announce, other.created_by), (Some(announce), None));
    let wrong = Outside { announce: Some("nowhere".to_owned()), ..Outside::default() };
    assert!(created.metainfo.with_outside(&wrong).is_err());
}

#[test]
fn paths_that_differ_by_capitals_only_are_told() {
    let created = World::with(&[("Reel/ä", 5), ("reel/Ä", 5), ("other", 5)]).create().unwrap();
    assert_eq!(created.metainfo.case_collision(), Some(("Reel/ä", "reel/Ä")));
}
