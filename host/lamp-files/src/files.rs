//! The asynchronous front: every call on a mount runs on a blocking thread, a bounded number per mount and for a
//! bounded time, so that storage which hangs takes neither the runtime nor the other mounts with it.

use crate::{FilesError, FilesResult, Mounts};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Bounds of [`Files`].
#[derive(Debug, Clone, Copy)]
pub struct FilesLimits {
    /// Longest wait of a caller for a free thread and for the answer together, in milliseconds.
    pub call_ms: u64,
}

impl Default for FilesLimits {
    fn default() -> Self {
        Self { call_ms: 30_000 }
    }
}

/// Asynchronous access to the mounts; cheap to clone.
#[derive(Clone)]
pub struct Files {
    mounts: Arc<Mounts>,
    limits: FilesLimits,
}

impl Files {
    /// A front over `mounts`.
    pub fn new(mounts: Arc<Mounts>, limits: FilesLimits) -> Self {
        Self { mounts, limits }
    }

    /// The registry, for calls that do not touch the disk and for blocking callers.
    pub fn mounts(&self) -> &Arc<Mounts> {
        &self.mounts
    }

    /// Runs a short verb on a blocking thread: `files.run("library", |mounts| mounts.stat("library", "a/b"))`.
    /// At most 16 calls per mount are under way; a call that hangs keeps its place until the system lets go.
    /// Errors: those of the verb; `UnknownMount`; `Busy` when there is no answer in time.
    pub async fn run<T, F>(&self, mount: &str, verb: F) -> FilesResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&Mounts) -> FilesResult<T> + Send + 'static,
    {
        let gate = self.mounts.mount(mount)?.gate.clone();
        let mounts = self.mounts.clone();
        let work = async move {
            let permit = gate.acquire_owned().await.map_err(|_| FilesError::Cancelled)?;
            let task = tokio::task::spawn_blocking(move || {
                let result = verb(&mounts);
                drop(permit);
                result
            });
            task.await.unwrap_or_else(|error| {
                let source = std::io::Error::other(error);
                Err(FilesError::Io { mount: mount.to_owned(), path: String::new(), source })
            })
        };
        let busy = || FilesError::Busy { mount: mount.to_owned(), waited_ms: self.limits.call_ms };
        timeout(Duration::from_millis(self.limits.call_ms), work).await.unwrap_or_else(|_| Err(busy()))
    }
}
