//! Digests are right, faults stay with their file, finished work is not done twice.

use super::support::{World, quietly};
use crate::hash::{Algorithm, HashCheckpoint, HashFile, HashPart, HashRequest, HashResult, run};
use crate::{Control, FilesError};
use parking_lot::Mutex;
use proptest::prelude::*;
use sha1::Digest;
use tokio_util::sync::CancellationToken;

fn whole(path: &str) -> HashPart {
    HashPart { path: path.to_owned(), offset: 0, length: None }
}

fn file(id: &str, parts: Vec<HashPart>) -> HashFile {
    HashFile { id: id.to_owned(), mount: "m".to_owned(), parts }
}

fn hash(world: &World, algorithm: Algorithm, files: Vec<HashFile>) -> Result<HashResult, FilesError> {
    quietly(|control| run(&world.mounts, &HashRequest { algorithm, files }, None, control))
}

fn digest(world: &World, algorithm: Algorithm, parts: Vec<HashPart>) -> String {
    hash(world, algorithm, vec![file("1", parts)]).unwrap().files[0].digest_hex.clone().unwrap()
}

#[test]
fn equals_the_published_test_vectors() {
    let world = World::new();
    world.put("empty", b"");
    world.put("abc", b"abc");
    for (algorithm, path, expected) in [
        (Algorithm::Sha1, "empty", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (Algorithm::Sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (Algorithm::Sha256, "empty", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Algorithm::Sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (Algorithm::Blake3, "empty", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        (Algorithm::Blake3, "abc", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"),
    ] {
        assert_eq!(digest(&world, algorithm, vec![whole(path)]), expected, "{algorithm:?} of {path}");
    }
}

#[test]
fn files_larger_than_the_buffer_hash_the_same() {
    let world = World::new();
    let bytes: Vec<u8> = (0..5_000_003_u32).map(|number| number.to_le_bytes()[0] ^ number.to_le_bytes()[2]).collect();
    world.put("big", &bytes);
    let expected: String = sha1::Sha1::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest(&world, Algorithm::Sha1, vec![whole("big")]), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn parts_hash_like_their_bytes_in_a_row(
        contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3_000), 1..4),
        cuts in prop::collection::vec((0_usize..4, 0_usize..3_000, prop::option::of(0_usize..3_000)), 1..6),
    ) {
        let world = World::new();
        for (number, content) in contents.iter().enumerate() {
            world.put(&number.to_string(), content);
        }
        let mut parts = Vec::new();
        let mut expected = Vec::new();
        for (number, offset, length) in cuts {
            let number = number % contents.len();
            let content = &contents[number];
            let offset = offset.min(content.len());
            let length = length.map(|length| length.min(content.len() - offset));
            expected.extend_from_slice(&content[offset..offset + length.unwrap_or(content.len() - offset)]);
            let length = length.map(|length| length as u64);
            parts.push(HashPart { path: number.to_string(), offset: offset as u64, length });
        }
        let result = hash(&world, Algorithm::Blake3, vec![file("1", parts)]).unwrap();
        prop_assert_eq!(result.files[0].digest_hex.clone().unwrap(), blake3::hash(&expected).to_hex().to_string());
        prop_assert_eq!(result.files[0].bytes, expected.len() as u64);
    }
}

#[test]
fn a_fault_stays_with_its_file_and_the_order_is_kept() {
    let world = World::new();
    world.put("a", b"abc");
    world.put("b", &[0; 100_000]);
    let short = HashPart { path: "a".to_owned(), offset: 1, length: Some(3) };
    let files = vec![
        file("missing", vec![whole("none")]),
        file("a", vec![whole("a")]),
        file("escape", vec![whole("../outside/secret.txt")]),
        file("short", vec![short]),
        file("b", vec![whole("b")]),
        HashFile { mount: "x".to_owned(), ..file("no-mount", vec![whole("a")]) },
    ];
    let result = hash(&world, Algorithm::Sha1, files).unwrap();
    let seen: Vec<_> = result
        .files
        .iter()
        .map(|file| (file.id.as_str(), file.error.as_ref().map(|fault| fault.code.as_str()), file.digest_hex.is_some()))
        .collect();
    assert_eq!(
        seen,
        [
            ("missing", Some("not_found"), false),
            ("a", None, true),
            ("escape", Some("invalid_path"), false),
            ("short", Some("invalid"), false),
            ("b", None, true),
            ("no-mount", Some("unknown_mount"), false),
        ]
    );
    let twice = vec![file("a", vec![whole("a")]), file("a", vec![whole("b")])];
    assert!(matches!(hash(&world, Algorithm::Sha1, twice), Err(FilesError::Invalid(_))));
    assert!(matches!(hash(&world, Algorithm::Sha1, vec![file("a", vec![])]), Err(FilesError::Invalid(_))));
}

/// Runs with a cancel switch. Shape: outcome and the last checkpoint, through JSON as it is stored.
fn run_with(
    world: &World,
    request: &HashRequest,
    resume: Option<HashCheckpoint>,
    cancel: &CancellationToken,
) -> (Result<HashResult, FilesError>, HashCheckpoint) {
    let last = Mutex::new(String::new());
    let keep = |checkpoint: &HashCheckpoint| *last.lock() = serde_json::to_string(checkpoint).unwrap();
    let result = run(&world.mounts, request, resume, &Control { progress: &|_| {}, checkpoint: &keep, cancel });
    (result, serde_json::from_str(&last.into_inner()).unwrap())
}

#[test]
fn resuming_takes_over_what_is_unchanged_and_nothing_else() {
    let world = World::new();
    for name in ["kept", "touched", "new"] {
        world.put(name, name.as_bytes());
    }
    let request = |names: &[&str]| HashRequest {
        algorithm: Algorithm::Sha256,
        files: names.iter().map(|name| file(name, vec![whole(name)])).collect(),
    };
    let go = CancellationToken::new();
    let (_, mut checkpoint) = run_with(&world, &request(&["kept", "touched"]), None, &go);
    assert_eq!(checkpoint.done.len(), 2);
    for done in &mut checkpoint.done {
        done.file.digest_hex = Some("from the checkpoint".to_owned());
    }
    world.put("touched", b"other content");
    let (result, checkpoint) = run_with(&world, &request(&["kept", "touched", "new"]), Some(checkpoint), &go);
    let result = result.unwrap();
    let fresh = |bytes: &[u8]| sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(result.files[0].digest_hex.as_deref(), Some("from the checkpoint"), "not read again");
    assert_eq!(result.files[1].digest_hex, Some(fresh(b"other content")), "changed, so read again");
    assert_eq!(result.files[2].digest_hex, Some(fresh(b"new")));
    assert_eq!(checkpoint.done.len(), 3);

    let cancelled = CancellationToken::new();
    cancelled.cancel();
    let (result, after) = run_with(&world, &request(&["kept", "touched", "new"]), Some(checkpoint), &cancelled);
    assert!(matches!(result, Err(FilesError::Cancelled)));
    assert_eq!(after.done.len(), 3, "cancelling loses nothing that was finished");
    let (result, after) = run_with(&world, &request(&["new"]), None, &cancelled);
    assert!(matches!(result, Err(FilesError::Cancelled)));
    assert!(after.done.is_empty());
}

#[test]
fn progress_ends_with_all_bytes_done() {
    let world = World::new();
    world.put("a", &[1; 3_000_000]);
    world.put("b", &[2; 10]);
    let seen = Mutex::new(Vec::new());
    let request = HashRequest {
        algorithm: Algorithm::Blake3,
        files: vec![file("a", vec![whole("a")]), file("b", vec![whole("b")])],
    };
    let cancel = CancellationToken::new();
    let keep = |progress| seen.lock().push(progress);
    run(&world.mounts, &request, None, &Control { progress: &keep, checkpoint: &|_| {}, cancel: &cancel }).unwrap();
    let last = seen.into_inner().pop().unwrap();
    assert_eq!((last.done_bytes, last.total_bytes, last.current), (3_000_010, 3_000_010, None));
}
