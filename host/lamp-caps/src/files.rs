//! `lamphouse:files`: short verbs on mounts here, long ones as operations in `files/operations.rs`.

mod operations;

pub use operations::{
    COPY_KIND, CopyExecutor, HASH_KIND, HashExecutor, PURGE_KIND, RESTORE_KIND, TRASH_KIND, TrashExecutor,
};

use crate::bindings::lamphouse::files::files;
use crate::bindings::lamphouse::types::types;
use crate::services::Services;
use lamp_core::error::{CapabilityError, CapabilityResult};
use lamp_core::pattern;
use lamp_engine::Context;
use lamp_files::{FileKind, FileStat, FilesError, FilesResult, MountStatus, Mounts, ReadRequest, WalkOptions};
use std::collections::BTreeSet;

pub(crate) const INTERFACE: &str = "lamphouse:files";
const MAX_STATS: usize = 100_000;

impl files::Host for Context {
    async fn mounts(&mut self) -> wasmtime::Result<Vec<files::Mount>> {
        let services = self.services::<Services>()?;
        let rights = self.identity.rights.load();
        let mut found = Vec::new();
        for config in services.files.mounts().configs() {
            let granted: BTreeSet<String> = rights
                .allowances(INTERFACE)
                .iter()
                .filter(|allowance| pattern::matches(&allowance.name, &config.name))
                .flat_map(|allowance| allowance.rights.iter().cloned())
                .filter(|right| config.rights.iter().any(|have| have.as_str() == right))
                .collect();
            if granted.is_empty() {
                continue;
            }
            let name = config.name.clone();
            let status = services.files.run(&config.name, move |mounts| mounts.status(&name)).await;
            let (online, reason) = match status {
                Ok(MountStatus::Online) => (true, String::new()),
                Ok(MountStatus::Offline(reason)) => (false, reason),
                Err(error) => (false, error.to_string()),
            };
            found.push(files::Mount { name: config.name, rights: granted.into_iter().collect(), online, reason });
        }
        Ok(found)
    }

    async fn stat(&mut self, mount: String, path: String) -> CapabilityResult<files::FileStat> {
        self.on_mount(mount, "read", move |mounts, mount| mounts.stat(mount, &path)).await.map(stat)
    }

    async fn stat_many(
        &mut self,
        mount: String,
        paths: Vec<String>,
    ) -> CapabilityResult<Vec<Result<files::FileStat, types::Error>>> {
        if paths.len() > MAX_STATS {
            return Err(CapabilityError::Limit(format!("at most {MAX_STATS} paths in one call")));
        }
        let found = self
            .on_mount(mount, "read", move |mounts, mount| {
                mounts.status(mount)?;
                Ok(paths.iter().map(|path| mounts.stat(mount, path)).collect::<Vec<_>>())
            })
            .await?;
        Ok(found.into_iter().map(|one| one.map(stat).map_err(guest_error)).collect())
    }

    async fn list_folder(
        &mut self,
        mount: String,
        path: String,
        cursor: Option<String>,
        limit: u32,
    ) -> CapabilityResult<files::Listing> {
        let page = self
            .on_mount(mount, "read", move |mounts, mount| mounts.list(mount, &path, cursor.as_deref(), limit))
            .await?;
        Ok(files::Listing {
            entries: page.entries.into_iter().map(entry).collect(),
            next: page.next,
            skipped: u32::try_from(page.skipped_names).unwrap_or(u32::MAX),
        })
    }

    async fn walk(
        &mut self,
        mount: String,
        path: String,
        options: files::WalkOptions,
    ) -> CapabilityResult<files::WalkPage> {
        let options = walk_options(options);
        self.on_mount(mount, "read", move |mounts, mount| mounts.walk(mount, &path, &options)).await.map(walk_page)
    }

    async fn walk_many(
        &mut self,
        mount: String,
        paths: Vec<String>,
        options: files::WalkOptions,
    ) -> CapabilityResult<Vec<Result<files::WalkPage, types::Error>>> {
        let options = walk_options(options);
        let pages =
            self.on_mount(mount, "read", move |mounts, mount| mounts.walk_many(mount, &paths, &options)).await?;
        Ok(pages.into_iter().map(|one| one.map(walk_page).map_err(guest_error)).collect())
    }

    async fn read_range(&mut self, mount: String, range: files::Range) -> CapabilityResult<Vec<u8>> {
        self.on_mount(mount, "read", move |mounts, mount| {
            mounts.read_range(mount, &range.path, range.offset, u64::from(range.length))
        })
        .await
    }

    async fn read_many(
        &mut self,
        mount: String,
        ranges: Vec<files::Range>,
    ) -> CapabilityResult<Vec<Result<Vec<u8>, types::Error>>> {
        let reads: Vec<ReadRequest> = ranges
            .into_iter()
            .map(|range| ReadRequest { path: range.path, offset: range.offset, max_len: u64::from(range.length) })
            .collect();
        let answers = self.on_mount(mount, "read", move |mounts, mount| mounts.read_many(mount, &reads)).await?;
        Ok(answers.into_iter().map(|one| one.map(|read| read.bytes).map_err(guest_error)).collect())
    }

    async fn write_small(&mut self, mount: String, path: String, content: Vec<u8>) -> CapabilityResult<()> {
        self.on_mount(mount, "write", move |mounts, mount| mounts.write_small(mount, &path, &content)).await.map(|_| ())
    }

    async fn disk_space(&mut self, mount: String) -> CapabilityResult<files::Space> {
        let space = self.on_mount(mount, "read", Mounts::disk_space).await?;
        Ok(files::Space { total_bytes: space.total_bytes, free_bytes: space.available_bytes })
    }
}

trait OnMount {
    async fn on_mount<T: Send + 'static>(
        &self,
        mount: String,
        right: &'static str,
        verb: impl FnOnce(&Mounts, &str) -> FilesResult<T> + Send + 'static,
    ) -> CapabilityResult<T>;
}

impl OnMount for Context {
    /// Checks the grant, then runs the verb on a blocking thread.
    async fn on_mount<T: Send + 'static>(
        &self,
        mount: String,
        right: &'static str,
        verb: impl FnOnce(&Mounts, &str) -> FilesResult<T> + Send + 'static,
    ) -> CapabilityResult<T> {
        self.require_right(INTERFACE, &mount, right)?;
        let services = self.services::<Services>()?;
        let name = mount.clone();
        Ok(services.files.run(&mount, move |mounts| verb(mounts, &name)).await?)
    }
}

fn walk_options(options: files::WalkOptions) -> WalkOptions {
    WalkOptions {
        cursor: options.cursor,
        max_entries: options.limit,
        max_depth: options.depth.unwrap_or(u32::MAX),
        names: options.names,
    }
}

fn walk_page(page: lamp_files::WalkPage) -> files::WalkPage {
    let folder = |record: lamp_files::FolderRecord| files::Folder {
        path: record.path,
        modified: record.modified_ms,
        entries: record.entries.into_iter().map(entry).collect(),
        fault: record.fault.map(|fault| fault.message),
    };
    files::WalkPage { folders: page.folders.into_iter().map(folder).collect(), next: page.next }
}

fn stat(stat: FileStat) -> files::FileStat {
    files::FileStat {
        kind: match stat.kind {
            FileKind::File => files::Kind::File,
            FileKind::Folder => files::Kind::Folder,
            FileKind::Other => files::Kind::Other,
        },
        size_bytes: stat.size_bytes,
        modified: stat.modified_ms,
        identity: format!("{:x}-{:x}", stat.device, stat.inode),
    }
}

fn entry(entry: lamp_files::Entry) -> files::Entry {
    files::Entry { name: entry.name, stat: stat(entry.stat), link: entry.is_link }
}

fn guest_error(error: FilesError) -> types::Error {
    crate::convert::error(CapabilityError::from(error))
}
