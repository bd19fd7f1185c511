//! The job that reads the packages of one lane.

use super::kdms::Looked;
use super::keep;
use super::source::RootFiles;
use super::tree::trees;
use super::{Request, SLICE_MS, publish};
use crate::catalogue::{self, Place, Unread};
use crate::keys;
use crate::library;
use lamphouse_plugin::jobs::{self, Again, Failure, Job, JobRun, NewJob, Outcome, State, run as job};
use lamphouse_plugin::{Error, host};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Packages read and written together at first, so that the first are soon there; later ones cost less together.
const FIRST_BATCH: usize = 50;
const LARGEST_BATCH: usize = 400;
/// How long a job waits for the older one of its lane.
const WAIT_MS: u64 = 300;
/// Attempts at a batch that another lane's packages got in the way of.
const ATTEMPTS: usize = 5;

/// Which lane to read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    pub lane: i64,
}

/// One run of the job.
pub fn run(run: &JobRun) -> Result<Outcome, Failure> {
    let Lane { lane } = serde_json::from_str(&run.payload)
        .map_err(|error| Failure::Fatal(format!("its payload cannot be read: {error}")))?;
    if is_at_work(run)? {
        return Ok(Outcome::Again(Again { after_ms: WAIT_MS, checkpoint: run.checkpoint.clone() }));
    }
    let begin = host::monotonic_ms();
    let mut read = run.checkpoint.as_deref().map_or(0, read_before);
    for library in library::libraries()?.into_iter().filter(library::Library::readable) {
        match read_lane(&library.name, lane, begin, &mut read) {
            Ok(Progress::Complete) => {}
            Ok(Progress::Cancelled) => return Ok(Outcome::Cancelled),
            Ok(Progress::MoreToDo) => {
                let checkpoint = Some(read.to_string().into_bytes());
                return Ok(Outcome::Again(Again { after_ms: 0, checkpoint }));
            }
            // The right or the storage went away meanwhile: what waits is read when it is back.
            Err(Error::Denied(_) | Error::Unavailable(_) | Error::NotFound(_)) => {
                super::note_libraries()?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    look_again_later()?;
    keys::keep_watch()?;
    Ok(Outcome::Done(Some(json!({ "read": read }).to_string())))
}

/// Packages that earlier slices of the job read.
fn read_before(checkpoint: &[u8]) -> usize {
    std::str::from_utf8(checkpoint).ok().and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// Whether an older job of the lane still runs: it reads what waits, and this one what it no longer saw.
fn is_at_work(run: &JobRun) -> Result<bool, Error> {
    let of_lane = |job: &Job| job.payload == run.payload && job.id < run.id && job.state == State::Leased;
    Ok(jobs::recent(Some("read"), 4 * catalogue::LANES as u32)?.iter().any(of_lane))
}

enum Progress {
    Complete,
    MoreToDo,
    Cancelled,
}

fn read_lane(mount: &str, lane: i64, begin: u64, read: &mut usize) -> Result<Progress, Error> {
    let mut size = FIRST_BATCH;
    loop {
        if job::cancelled() {
            return Ok(Progress::Cancelled);
        }
        let batch = catalogue::next_unread(mount, lane, size)?;
        if batch.is_empty() {
            return Ok(Progress::Complete);
        }
        match read_batch(mount, &batch) {
            Ok(count) => {
                *read += count;
                size = (size * 2).min(LARGEST_BATCH);
            }
            // Packages with very many parts: fewer of them fit into one transaction.
            Err(Error::Limit(_)) if batch.len() > 1 => size = batch.len() / 2,
            Err(error) => return Err(error),
        }
        publish()?;
        if host::monotonic_ms().saturating_sub(begin) > SLICE_MS {
            return Ok(Progress::MoreToDo);
        }
    }
}

/// Reads what changed of a batch; how many packages that were.
fn read_batch(mount: &str, batch: &[Unread]) -> Result<usize, Error> {
    let mut attempt = 1;
    loop {
        let paths_of = |is_file: bool| -> Vec<String> {
            batch.iter().filter(|one| one.is_file == is_file).map(|one| one.path.clone()).collect()
        };
        let paths = paths_of(false);
        let known = catalogue::places_at(mount, &paths)?;
        let (roots, gone) = look(mount, &paths, &known)?;
        let mut statements = catalogue::drop_unread(mount, batch);
        let lost = |place: &Place| catalogue::drop_place(mount, &place.path, &place.package, host::now());
        statements.extend(gone.into_iter().flat_map(lost));
        let mut looked = Looked::default();
        looked.add_files(mount, &paths_of(true))?;
        match keep::read_and_write(mount, &roots, &known, looked, statements) {
            // The same package was found at two places at the same moment: the second look knows of the first.
            Err(Error::Conflict(_) | Error::Unavailable(_)) if attempt < ATTEMPTS => attempt += 1,
            other => return other.map(|()| roots.len()),
        }
    }
}

/// Reads one package now, whether anything seems to have changed or not.
pub fn look_again(mount: &str, path: &str) -> Result<(), Error> {
    let paths = [path.to_owned()];
    let known = catalogue::places_at(mount, &paths)?;
    let tree = trees(mount, &paths)?.pop().unwrap_or_default();
    if tree.unlisted.iter().any(|folder| folder == path) {
        return Err(Error::Unavailable(format!("the folder {mount}/{path} cannot be listed now")));
    }
    let lost = |place: &Place| catalogue::drop_place(mount, &place.path, &place.package, host::now());
    let (roots, statements) = if tree.roots().contains(&path) {
        (vec![tree.files_of(path)], Vec::new())
    } else {
        (Vec::new(), known.iter().flat_map(lost).collect())
    };
    keep::read_and_write(mount, &roots, &known, Looked::default(), statements)
}

/// The files of roots that changed, and places whose folder is no package any more.
fn look<'a>(mount: &str, paths: &[String], known: &'a [Place]) -> Result<(Vec<RootFiles>, Vec<&'a Place>), Error> {
    let now = host::now();
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    for (path, tree) in paths.iter().zip(trees(mount, paths)?) {
        let here: Vec<&Place> = known.iter().filter(|place| place.path == *path).collect();
        if tree.unlisted.contains(path) {
            lamphouse_plugin::log::warn("a package's folder cannot be listed", &[("path", path)]);
        } else if !tree.roots().contains(&path.as_str()) {
            gone.extend(here);
        } else {
            let files = tree.files_of(path);
            if is_new(&files, &here, now) {
                changed.push(files);
            }
        }
    }
    Ok((changed, gone))
}

/// Whether the files differ from those read before, or a package that was arriving is due.
fn is_new(files: &RootFiles, known: &[&Place], now: i64) -> bool {
    let signature = files.signature();
    let due = |place: &Place| place.recheck_at.is_some_and(|at| at <= now);
    known.is_empty() || known.iter().any(|place| place.signature != signature || due(place))
}

/// Packages that were arriving are looked at again when the first of them is due.
fn look_again_later() -> Result<(), Error> {
    let Some(due) = catalogue::next_recheck()? else { return Ok(()) };
    let now = host::now();
    let request = Request { recheck: true, ..Request::default() };
    let job =
        NewJob { run_at: Some(due.clamp(now + 1_000, now + 600_000)), ..library::scan_job(&request, request.key()) };
    library::ask(job).map(|_| ())
}
