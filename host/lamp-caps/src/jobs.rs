//! `lamphouse:jobs`: asking for jobs, and the job being run.

use crate::bindings::lamphouse::jobs::{jobs, run};
use crate::convert::host_fault;
use crate::services::Services;
use lamp_core::clock::UnixMs;
use lamp_core::entry::JobControl;
use lamp_core::error::{CapabilityError, CapabilityResult};
use lamp_core::id::JobId;
use lamp_core::job::{Job, JobProgress, JobState, NewJob};
use lamp_engine::Context;
use lamp_store::jobs::{JobFilter, LogLevel, MAX_PAYLOAD_BYTES};
use std::sync::Arc;

const INTERFACE: &str = "lamphouse:jobs";

impl jobs::Host for Context {
    async fn enqueue(&mut self, job: jobs::NewJob) -> CapabilityResult<String> {
        let job = checked(self, job)?;
        let services = self.services::<Services>()?;
        let enqueued = services.store.enqueue_job(&job).await.map_err(host_fault)?;
        Ok(enqueued.id.0)
    }

    async fn cancel(&mut self, id: String) -> CapabilityResult<()> {
        self.require(INTERFACE)?;
        let own = self.own_job(id).await?;
        let services = self.services::<Services>()?;
        services.store.cancel_job(&own.id, None).await.map(|_| ()).map_err(host_fault)
    }

    async fn get(&mut self, id: String) -> CapabilityResult<jobs::Job> {
        self.require(INTERFACE)?;
        self.own_job(id).await.map(to_guest)
    }

    async fn recent(&mut self, kind: Option<String>, limit: u32) -> CapabilityResult<Vec<jobs::Job>> {
        self.require(INTERFACE)?;
        let services = self.services::<Services>()?;
        let unfinished = vec![JobState::Available, JobState::Leased, JobState::Blocked];
        let finished = vec![JobState::Succeeded, JobState::Failed, JobState::Cancelled];
        let limit = limit.clamp(1, 1_000);
        let mut found = Vec::new();
        for states in [unfinished, finished] {
            let rest = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(limit));
            if rest == 0 {
                break;
            }
            let filter = JobFilter {
                plugin: Some(self.identity.id.clone()),
                kind: kind.clone(),
                states,
                ..JobFilter::default()
            };
            found.extend(services.store.list_jobs(&filter, rest).await.map_err(host_fault)?);
        }
        Ok(found.into_iter().map(to_guest).collect())
    }
}

impl run::Host for Context {
    async fn save_checkpoint(&mut self, checkpoint: Vec<u8>) -> CapabilityResult<()> {
        self.running_job()?.save_checkpoint(checkpoint).await
    }

    async fn progress(&mut self, percent: Option<f32>, message: String) -> CapabilityResult<()> {
        let percent = percent.filter(|value| value.is_finite()).map(|value| value.clamp(0.0, 100.0));
        let message: String = message.chars().filter(|c| !c.is_control()).take(200).collect();
        self.running_job()?.progress(JobProgress { percent, message: Some(message) }).await
    }

    async fn cancelled(&mut self) -> wasmtime::Result<bool> {
        Ok(self.call.job.as_ref().is_some_and(|job| job.cancelled()))
    }

    async fn log(&mut self, message: String) -> wasmtime::Result<()> {
        if self.call.job.is_some() {
            let services = self.services::<Services>()?;
            let job = JobId(self.call.correlation.clone());
            if let Err(error) = services.store.log_job(&job, LogLevel::Info, &message).await {
                tracing::warn!(%job, error = ?error, "a line of a job's log is lost");
            }
        }
        Ok(())
    }
}

/// The job as the host keeps it, after the grant, the kind and the payload were checked.
pub fn checked(context: &Context, job: jobs::NewJob) -> CapabilityResult<NewJob> {
    context.require_right(INTERFACE, &job.kind, "enqueue")?;
    let declared = context.identity.manifest.job_kind(&job.kind).ok_or_else(|| {
        CapabilityError::Invalid(format!("the manifest declares no job kind `{}`", job.kind.escape_debug()))
    })?;
    if job.payload.len() > MAX_PAYLOAD_BYTES {
        return Err(CapabilityError::Limit(format!("a job's payload is at most {MAX_PAYLOAD_BYTES} bytes")));
    }
    if serde_json::from_str::<serde::de::IgnoredAny>(&job.payload).is_err() {
        return Err(CapabilityError::Invalid("a job's payload must be JSON text".to_owned()));
    }
    let now = context.services::<Services>()?.clock.now();
    Ok(NewJob {
        plugin: context.identity.id.clone(),
        lane: declared.lane().to_owned(),
        kind: job.kind,
        payload: job.payload,
        priority: job.priority.unwrap_or(5).clamp(1, 9),
        run_at: job.run_at.map_or(now, UnixMs),
        unique_key: job.unique_key,
        max_attempts: declared.max_attempts,
    })
}

trait OwnJobs {
    async fn own_job(&self, id: String) -> CapabilityResult<Job>;
    fn running_job(&self) -> CapabilityResult<Arc<dyn JobControl>>;
}

impl OwnJobs for Context {
    /// Another plugin's job is as unknown as one that never was.
    async fn own_job(&self, id: String) -> CapabilityResult<Job> {
        let services = self.services::<Services>()?;
        let found = services.store.find_job(&JobId(id.clone())).await.map_err(host_fault)?;
        found
            .filter(|job| job.plugin == self.identity.id)
            .ok_or_else(|| CapabilityError::NotFound(format!("no job `{id}` of this plugin")))
    }

    fn running_job(&self) -> CapabilityResult<Arc<dyn JobControl>> {
        self.require(INTERFACE)?;
        self.call.job.clone().ok_or_else(|| CapabilityError::Invalid("no job is being run in this call".to_owned()))
    }
}

fn to_guest(job: Job) -> jobs::Job {
    jobs::Job {
        id: job.id.0,
        kind: job.kind,
        payload: job.payload,
        state: match job.state {
            JobState::Available => jobs::State::Available,
            JobState::Leased => jobs::State::Leased,
            JobState::Blocked => jobs::State::Blocked,
            JobState::Succeeded => jobs::State::Succeeded,
            JobState::Failed => jobs::State::Failed,
            JobState::Cancelled => jobs::State::Cancelled,
        },
        attempt: job.attempt,
        percent: job.progress.percent,
        message: job.progress.message,
        error: job.error,
        created_at: job.created_at.0,
        finished_at: job.finished_at.map(|at| at.0),
    }
}
