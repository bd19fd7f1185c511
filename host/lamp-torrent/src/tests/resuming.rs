//! Progress, stopping, and going on after a restart.

use super::support::{World, request};
use crate::create::{self, CreateCheckpoint, CreateRequest};
use crate::{TorrentError, TorrentResult};
use lamp_files::{Control, FilesError};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const FILES: [(&str, usize); 3] = [("a", 9 << 20), ("b", 0), ("c", (15 << 20) + 77)];
const TOTAL: u64 = (24 << 20) + 77;

/// The checkpoint of a run that was stopped before its end.
fn interrupted(world: &World, request: &CreateRequest) -> CreateCheckpoint {
    let cancel = CancellationToken::new();
    let last = Mutex::new(None);
    // Cancelled beforehand: every thread finishes what it has begun with the first answer to its progress.
    cancel.cancel();
    let keep = |checkpoint: &CreateCheckpoint| *last.lock() = Some(checkpoint.clone());
    let control = Control { progress: &|_| {}, checkpoint: &keep, cancel: &cancel };
    let error = create::run(&world.mounts, request, None, &control).unwrap_err();
    assert!(matches!(error, TorrentError::Files(FilesError::Cancelled)), "{error}");
    last.into_inner().unwrap()
}

/// A checkpoint as it is read from a table.
fn stored(checkpoint: &CreateCheckpoint) -> CreateCheckpoint {
    serde_json::from_str(&serde_json::to_string(checkpoint).unwrap()).unwrap()
}

/// A checkpoint with something else in it.
fn edited(checkpoint: &CreateCheckpoint, edit: impl FnOnce(&mut Value)) -> CreateCheckpoint {
    let mut value = serde_json::to_value(checkpoint).unwrap();
    edit(&mut value);
    serde_json::from_value(value).unwrap()
}

/// Goes on, after the bytes of the files were overwritten and their times put back. Shape: whether the digests are those
/// of the bytes before, that is, whether nothing that was done is read again.
fn goes_on_without_reading(
    world: &World,
    request: &CreateRequest,
    checkpoint: CreateCheckpoint,
) -> TorrentResult<bool> {
    let before = world.create_with(request).unwrap();
    for (name, size) in FILES {
        let path = world.inside("P").join(name);
        let modified = path.metadata().unwrap().modified().unwrap();
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, &vec![0; size], 0).unwrap();
        file.set_modified(modified).unwrap();
    }
    let after = world.resume(request, Some(checkpoint))?;
    Ok(after.metainfo == before.metainfo)
}

/// A checkpoint with all that a whole run finds out.
fn complete(world: &World, request: &CreateRequest) -> CreateCheckpoint {
    let last = Mutex::new(None);
    let cancel = CancellationToken::new();
    let keep = |checkpoint: &CreateCheckpoint| *last.lock() = Some(checkpoint.clone());
    let control = Control { progress: &|_| {}, checkpoint: &keep, cancel: &cancel };
    create::run(&world.mounts, request, None, &control).unwrap();
    last.into_inner().unwrap()
}

#[test]
fn what_is_done_is_not_read_again() {
    for file_digests in [false, true] {
        let world = World::with(&FILES);
        let request = CreateRequest { file_digests, ..request() };
        let checkpoint = stored(&complete(&world, &request));
        assert!(goes_on_without_reading(&world, &request, checkpoint).unwrap(), "file digests: {file_digests}");
    }
}

#[test]
fn an_interrupted_run_goes_on_to_the_same_torrent() {
    for file_digests in [false, true] {
        let world = World::with(&FILES);
        let request = CreateRequest { file_digests, ..request() };
        let whole = world.create_with(&request).unwrap();
        let checkpoint = stored(&interrupted(&world, &request));
        assert_eq!(world.resume(&request, Some(checkpoint)).unwrap(), whole, "file digests: {file_digests}");
    }
}

/// Every second run of pieces is known: the gaps are filled and nothing else.
#[test]
fn gaps_between_finished_pieces_are_filled() {
    let world = World::with(&FILES);
    let whole = world.create().unwrap();
    let checkpoint = edited(&complete(&world, &request()), |checkpoint| {
        let all = checkpoint["runs"][0]["digests_hex"].as_str().unwrap().as_bytes();
        let parts = all.chunks(40 * 37).map(|part| std::str::from_utf8(part).unwrap()).enumerate().step_by(2);
        let runs: Vec<Value> =
            parts.map(|(number, part)| json!({ "first": number * 37, "digests_hex": part })).collect();
        assert!(runs.len() > 10);
        checkpoint["runs"] = json!(runs);
    });
    assert_eq!(world.resume(&request(), Some(checkpoint)).unwrap(), whole);
}

#[test]
fn another_folder_or_request_refuses_the_checkpoint() {
    let world = World::with(&FILES);
    let checkpoint = complete(&world, &request());
    let refused = |world: &World, request: &CreateRequest, checkpoint: CreateCheckpoint| {
        matches!(world.resume(request, Some(checkpoint)), Err(TorrentError::OtherCheckpoint))
    };
    let larger = CreateRequest { piece_size: Some(32 << 10), ..request() };
    assert!(refused(&world, &larger, checkpoint.clone()), "other piece size");
    let both = CreateRequest { file_digests: true, ..request() };
    assert!(refused(&world, &both, checkpoint.clone()), "other digests");
    let forged = edited(&checkpoint, |checkpoint| checkpoint["runs"][0]["first"] = json!(u64::MAX));
    assert!(refused(&world, &request(), forged), "pieces that are not there");
    let broken = edited(&checkpoint, |checkpoint| checkpoint["runs"][0]["digests_hex"] = json!("0"));
    assert!(refused(&world, &request(), broken), "half a digest");
    world.put("P/d", b"new");
    assert!(refused(&world, &request(), checkpoint), "another file");
}

#[test]
fn progress_names_the_file_and_ends_with_the_total() {
    let world = World::with(&FILES);
    for file_digests in [false, true] {
        let request = CreateRequest { file_digests, ..request() };
        let reports = Mutex::new(Vec::new());
        let cancel = CancellationToken::new();
        let progress = |state| reports.lock().push(state);
        let control = Control { progress: &progress, checkpoint: &|_| {}, cancel: &cancel };
        create::run(&world.mounts, &request, None, &control).unwrap();
        let reports = reports.into_inner();
        let last = reports.last().unwrap();
        assert_eq!((last.done_bytes, last.total_bytes), (TOTAL, TOTAL));
        let named = reports.iter().filter_map(|report| report.current.as_deref());
        assert!(named.into_iter().all(|name| FILES.iter().any(|(file, _)| *file == name)), "{reports:?}");
    }
}
