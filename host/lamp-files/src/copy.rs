//! Copying a file or a folder, between mounts or in one: file by file under a temporary name, resumable, verified.

mod plan;
mod transfer;

use crate::mount::{Mount, Mounts, Right};
use crate::operation::{Control, Meter, Pace};
use crate::path::{check_inner, check_path, is_within, join, split};
use crate::resolve::{Links, Place};
use crate::write::{check_target_name, make_folders};
use crate::{FilesError, FilesResult};
use plan::Plan;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;
use transfer::{Job, clean_folder, copy_file, set_folder_time};

/// Most paths of left-out entries that a result lists; all are counted.
const MAX_SKIPPED_LISTED: usize = 1_000;

/// What to copy where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyRequest {
    /// Source mount; needs the right read.
    pub from_mount: String,
    /// File or folder.
    pub from_path: String,
    /// Target mount; needs the right write.
    pub to_mount: String,
    /// Path the copy gets; folders above it are made.
    pub to_path: String,
    /// Replace files that exist, and merge into a folder that exists. Otherwise they are `AlreadyExists`.
    #[serde(default)]
    pub overwrite: bool,
}

/// Resume data of a copy. A resumed copy takes a target file as done when it has the size and (to two seconds, as
/// coarse as file systems are) the modification time of its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyCheckpoint {
    /// Mark in the names of this copy's unfinished files; they are removed on resuming.
    pub run: String,
    /// Files copied so far.
    pub files: u64,
}

/// What was copied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyResult {
    /// Files now at the target, those of earlier runs included.
    pub files: u64,
    /// Folders.
    pub folders: u64,
    /// Bytes of those files.
    pub bytes: u64,
    /// Source paths that were left out: pipes, devices, sockets, links to folders or to nowhere. At most 1,000.
    pub skipped: Vec<String>,
    /// Number of all entries left out, those with names that are not UTF-8 included.
    pub skipped_count: u64,
}

/// Copies. Modification times are kept; each file is written beside its final name, compared in length, brought to
/// the disk and renamed; a cancelled or failed copy leaves whole files only. Blocks; for a blocking thread.
/// Errors: the first that occurs, `NoSpace` before the first byte when it will not fit, `Cancelled`.
pub fn run(
    mounts: &Mounts,
    request: &CopyRequest,
    resume: Option<CopyCheckpoint>,
    control: &Control<'_, CopyCheckpoint>,
) -> FilesResult<CopyResult> {
    check(request)?;
    let (from, to) = (mounts.mount(&request.from_mount)?, mounts.mount(&request.to_mount)?);
    from.open(Right::Read)?;
    to.open(Right::Write)?;
    let plan = Plan::make(mounts, &from, &request.from_path)?;
    let resumed = resume.is_some();
    if !resumed {
        check_room(mounts, request, plan.bytes)?;
    }
    let checkpoint =
        resume.unwrap_or_else(|| CopyCheckpoint { run: format!("{:08x}", rand::random::<u32>()), files: 0 });
    (control.checkpoint)(&checkpoint);
    let meter = Meter::new(plan.bytes);
    let mut work = Work { from, to, request, resumed, checkpoint, control, meter, cleaned: HashSet::new() };
    let outcome = work.carry_out(&plan);
    (control.checkpoint)(&work.checkpoint);
    (control.progress)(work.meter.state(None));
    outcome?;
    let mut skipped = plan.skipped;
    let skipped_count = plan.skipped_names + u64::try_from(skipped.len()).unwrap_or(u64::MAX);
    skipped.truncate(MAX_SKIPPED_LISTED);
    let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    Ok(CopyResult {
        files: count(plan.files.len()),
        folders: count(plan.folders.len()),
        bytes: plan.bytes,
        skipped,
        skipped_count,
    })
}

fn check(request: &CopyRequest) -> FilesResult<()> {
    check_path(&request.from_path)?;
    check_inner(&request.to_path)?;
    check_target_name(&request.to_path)?;
    let same = request.from_mount == request.to_mount;
    if same && (is_within(&request.to_path, &request.from_path) || is_within(&request.from_path, &request.to_path)) {
        return Err(FilesError::Invalid(format!(
            "`{}` and `{}` lie in each other; copy to a place outside the source",
            request.from_path, request.to_path
        )));
    }
    Ok(())
}

fn check_room(mounts: &Mounts, request: &CopyRequest, bytes: u64) -> FilesResult<()> {
    let space = mounts.disk_space(&request.to_mount)?;
    if bytes > space.available_bytes {
        return Err(FilesError::NoSpace { mount: request.to_mount.clone(), path: request.to_path.clone() });
    }
    Ok(())
}

/// One run of a copy.
struct Work<'a> {
    from: Arc<Mount>,
    to: Arc<Mount>,
    request: &'a CopyRequest,
    resumed: bool,
    checkpoint: CopyCheckpoint,
    control: &'a Control<'a, CopyCheckpoint>,
    meter: Meter,
    /// Target folders where leftovers of an earlier run were looked for.
    cleaned: HashSet<String>,
}

impl Work<'_> {
    fn carry_out(&mut self, plan: &Plan) -> FilesResult<()> {
        self.make_target_folders(plan)?;
        let mut pace = Pace::new();
        self.checkpoint.files = 0;
        for file in &plan.files {
            self.copy_one(&file.below, file.size_bytes)?;
            self.checkpoint.files += 1;
            if pace.due() {
                (self.control.checkpoint)(&self.checkpoint);
            }
        }
        // From the inside out: making an entry changes the time of its folder.
        for folder in plan.folders.iter().rev() {
            let root = self.to.open(Right::Write)?;
            let target = self.target(&folder.below);
            set_folder_time(self.to.place(&root, &target), folder.modified_ms)?;
        }
        Ok(())
    }

    /// Makes the folders first, so that empty ones are copied too.
    fn make_target_folders(&self, plan: &Plan) -> FilesResult<()> {
        let root = self.to.open(Right::Write)?;
        let top = self.to.place(&root, &self.request.to_path);
        let may_exist = self.request.overwrite || self.resumed || plan.folders.is_empty();
        if !may_exist && top.open_folder(Links::Never).is_ok() {
            return Err(top.error(rustix::io::Errno::EXIST));
        }
        for folder in &plan.folders {
            self.stop_if_cancelled()?;
            make_folders(top.at(&self.target(&folder.below)))?;
        }
        Ok(())
    }

    fn copy_one(&mut self, below: &str, size_bytes: u64) -> FilesResult<()> {
        self.stop_if_cancelled()?;
        let (source, target) = (self.source(below), self.target(below));
        let (from_root, to_root) = (self.from.open(Right::Read)?, self.to.open(Right::Write)?);
        let place: Place<'_> = self.to.place(&to_root, &target);
        let folder = split(&target).0;
        let parent = make_folders(place.at(folder))?;
        if self.resumed && self.cleaned.insert(folder.to_owned()) {
            clean_folder(place.at(folder), &parent, &self.checkpoint.run)?;
        }
        let job = Job {
            mount: &self.from,
            source: self.from.place(&from_root, &source),
            target: place,
            parent: &parent,
            run: &self.checkpoint.run,
            overwrite: self.request.overwrite,
            may_be_done: self.resumed,
        };
        let step = |bytes| {
            self.meter.add(bytes, &source, self.control.progress);
            self.stop_if_cancelled()
        };
        copy_file(&job, size_bytes, &step)
    }

    fn source(&self, below: &str) -> String {
        if below.is_empty() { self.request.from_path.clone() } else { join(&self.request.from_path, below) }
    }

    fn target(&self, below: &str) -> String {
        if below.is_empty() { self.request.to_path.clone() } else { join(&self.request.to_path, below) }
    }

    fn stop_if_cancelled(&self) -> FilesResult<()> {
        if self.control.cancel.is_cancelled() { Err(FilesError::Cancelled) } else { Ok(()) }
    }
}
