//! `lamphouse:files/operations`: hash, copy and the trash, started here and carried out by the operations runner.

use super::INTERFACE;
use crate::bindings::lamphouse::files::operations as guest;
use crate::convert::host_fault;
use crate::services::Services;
use async_trait::async_trait;
use lamp_core::error::{CapabilityError, CapabilityResult};
use lamp_core::operation::Operation;
use lamp_engine::Context;
use lamp_files::copy::{self, CopyRequest};
use lamp_files::hash::{self, Algorithm, HashFile, HashPart, HashRequest};
use lamp_files::trash::{self, PurgeRequest, RestoreRequest, TrashRequest};
use lamp_files::{Control, FilesError, Mounts, check_path};
use lamp_jobs::operations::{OperationControl, OperationExecutor, OperationFailure};
use lamp_store::audit::{NewAudit, Origin, Outcome};
use lamp_store::operations::{MAX_JSON_BYTES, NewOperation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Kind of hash operations.
pub const HASH_KIND: &str = "files.hash";
/// Kind of copy operations.
pub const COPY_KIND: &str = "files.copy";
/// Kind of operations that put a folder in the trash.
pub const TRASH_KIND: &str = "files.trash";
/// Kind of operations that take a folder out of the trash.
pub const RESTORE_KIND: &str = "files.restore";
/// Kind of operations that delete a folder of the trash.
pub const PURGE_KIND: &str = "files.purge";

impl guest::Host for Context {
    async fn hash(&mut self, subjects: Vec<guest::Subject>, algorithm: guest::Algorithm) -> CapabilityResult<String> {
        self.require(INTERFACE)?;
        for subject in &subjects {
            self.require_right(INTERFACE, &subject.mount, "read")?;
            for part in &subject.parts {
                check_path(&part.path)?;
            }
        }
        let request = HashRequest {
            algorithm: match algorithm {
                guest::Algorithm::Sha1 => Algorithm::Sha1,
                guest::Algorithm::Sha256 => Algorithm::Sha256,
                guest::Algorithm::Blake3 => Algorithm::Blake3,
            },
            files: subjects.into_iter().map(hash_file).collect(),
        };
        self.start(HASH_KIND, &request).await
    }

    async fn copy(&mut self, source: guest::Place, target: guest::Place, overwrite: bool) -> CapabilityResult<String> {
        self.require_right(INTERFACE, &source.mount, "read")?;
        self.require_right(INTERFACE, &target.mount, "write")?;
        check_path(&source.path)?;
        check_path(&target.path)?;
        let request = CopyRequest {
            from_mount: source.mount,
            from_path: source.path,
            to_mount: target.mount,
            to_path: target.path,
            overwrite,
        };
        self.start(COPY_KIND, &request).await
    }

    async fn trash(&mut self, source: guest::Place, mark: String) -> CapabilityResult<String> {
        self.require_right(INTERFACE, &source.mount, "delete")?;
        check_path(&source.path)?;
        trash::check_mark(&mark)?;
        self.tell_audit(TRASH_KIND, &source).await?;
        self.start(TRASH_KIND, &TrashRequest { mount: source.mount, path: source.path, mark }).await
    }

    async fn restore(&mut self, trashed: guest::Place, name: String) -> CapabilityResult<String> {
        self.require_right(INTERFACE, &trashed.mount, "delete")?;
        check_path(&trashed.path)?;
        check_path(&name)?;
        self.tell_audit(RESTORE_KIND, &trashed).await?;
        let request = RestoreRequest { mount: trashed.mount, trash_path: trashed.path, name };
        self.start(RESTORE_KIND, &request).await
    }

    async fn purge(&mut self, trashed: guest::Place) -> CapabilityResult<String> {
        self.require_right(INTERFACE, &trashed.mount, "delete")?;
        check_path(&trashed.path)?;
        self.tell_audit(PURGE_KIND, &trashed).await?;
        self.start(PURGE_KIND, &PurgeRequest { mount: trashed.mount, trash_path: trashed.path }).await
    }
}

fn hash_file(subject: guest::Subject) -> HashFile {
    let part = |part: guest::Part| HashPart { path: part.path, offset: part.offset.unwrap_or(0), length: part.length };
    HashFile { id: subject.id, mount: subject.mount, parts: subject.parts.into_iter().map(part).collect() }
}

trait Start {
    async fn tell_audit(&self, action: &'static str, place: &guest::Place) -> CapabilityResult<()>;
    async fn start(&self, kind: &str, request: &(impl Serialize + Sync)) -> CapabilityResult<String>;
}

impl Start for Context {
    /// What deletes, or undoes that, is in the audit log before it begins.
    async fn tell_audit(&self, action: &'static str, place: &guest::Place) -> CapabilityResult<()> {
        let entry = NewAudit {
            action,
            subject: format!("{}/{}", place.mount, place.path),
            detail: json!({ "plugin": self.identity.id }),
            outcome: Outcome::Allowed,
        };
        let origin = Origin::new(format!("plugin:{}", self.identity.id));
        self.services::<Services>()?.store.record_audit(&origin, entry).await.map_err(host_fault)
    }

    async fn start(&self, kind: &str, request: &(impl Serialize + Sync)) -> CapabilityResult<String> {
        let arguments = serde_json::to_string(request)
            .map_err(|error| CapabilityError::Invalid(format!("the request cannot be written down: {error}")))?;
        if arguments.len() > MAX_JSON_BYTES {
            return Err(CapabilityError::Limit(format!(
                "an operation's arguments are at most {MAX_JSON_BYTES} bytes; split it"
            )));
        }
        let new = NewOperation { plugin: self.identity.id.clone(), kind: kind.to_owned(), arguments };
        let services = self.services::<Services>()?;
        let id = services.store.create_operation(&new).await.map_err(host_fault)?;
        Ok(id.0)
    }
}

/// Carries out hash operations.
pub struct HashExecutor {
    /// The registry of mounts.
    pub mounts: Arc<Mounts>,
}

/// Carries out copy operations.
pub struct CopyExecutor {
    /// The registry of mounts.
    pub mounts: Arc<Mounts>,
}

/// Carries out operations on the trash: all three kinds.
pub struct TrashExecutor {
    /// The registry of mounts.
    pub mounts: Arc<Mounts>,
}

#[async_trait]
impl OperationExecutor for HashExecutor {
    async fn run(&self, operation: &Operation, control: OperationControl) -> Result<String, OperationFailure> {
        let request: HashRequest = arguments(operation)?;
        let resume = checkpoint(operation);
        let mounts = Arc::clone(&self.mounts);
        blocking(control, move |control| hash::run(&mounts, &request, resume, &control)).await
    }
}

#[async_trait]
impl OperationExecutor for CopyExecutor {
    async fn run(&self, operation: &Operation, control: OperationControl) -> Result<String, OperationFailure> {
        let request: CopyRequest = arguments(operation)?;
        let resume = checkpoint(operation);
        let mounts = Arc::clone(&self.mounts);
        blocking(control, move |control| copy::run(&mounts, &request, resume, &control)).await
    }
}

#[async_trait]
impl OperationExecutor for TrashExecutor {
    async fn run(&self, operation: &Operation, control: OperationControl) -> Result<String, OperationFailure> {
        let mounts = Arc::clone(&self.mounts);
        match operation.kind.as_str() {
            TRASH_KIND => {
                let request: TrashRequest = arguments(operation)?;
                blocking(control, move |control| trash::put(&mounts, &request, &control)).await
            }
            RESTORE_KIND => {
                let request: RestoreRequest = arguments(operation)?;
                blocking(control, move |_: Control<'_, ()>| trash::restore(&mounts, &request)).await
            }
            PURGE_KIND => {
                let request: PurgeRequest = arguments(operation)?;
                blocking(control, move |control| trash::purge(&mounts, &request, &control)).await
            }
            other => Err(OperationFailure::Failed(format!("`{other}` is no operation on the trash"))),
        }
    }
}

fn arguments<T: DeserializeOwned>(operation: &Operation) -> Result<T, OperationFailure> {
    serde_json::from_str(&operation.arguments)
        .map_err(|error| OperationFailure::Failed(format!("its arguments cannot be read: {error}")))
}

/// Resume data; what cannot be read is as good as none.
fn checkpoint<T: DeserializeOwned>(operation: &Operation) -> Option<T> {
    operation.checkpoint.as_deref().and_then(|text| serde_json::from_str(text).ok())
}

/// Runs blocking work; a wish to stop reaches it through its token.
async fn blocking<C: Serialize + 'static, T: Serialize + Send + 'static>(
    control: OperationControl,
    work: impl for<'a> FnOnce(Control<'a, C>) -> Result<T, FilesError> + Send + 'static,
) -> Result<String, OperationFailure> {
    let cancel = CancellationToken::new();
    // Also when this future is dropped: the thread must not work on without a lease.
    let _stops_with_us = cancel.clone().drop_guard();
    let (token, reports) = (cancel.clone(), control.clone());
    let run = move || {
        let progress = |progress| reports.progress(progress);
        let keep = |state: &C| {
            if let Ok(text) = serde_json::to_string(state) {
                reports.checkpoint(text);
            }
        };
        work(Control { progress: &progress, checkpoint: &keep, cancel: &token })
    };
    let mut thread = tokio::task::spawn_blocking(run);
    let done = tokio::select! {
        done = &mut thread => done,
        () = control.stopped() => {
            cancel.cancel();
            thread.await
        }
    };
    match done.map_err(|error| OperationFailure::Failed(format!("its thread ended: {error}")))? {
        Ok(result) => serde_json::to_string(&result)
            .map_err(|error| OperationFailure::Failed(format!("its result cannot be written down: {error}"))),
        Err(FilesError::Cancelled) => Err(OperationFailure::Stopped),
        Err(error) => Err(OperationFailure::Failed(error.to_string())),
    }
}
