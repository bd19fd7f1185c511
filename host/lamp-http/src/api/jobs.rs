//! Durable jobs of all plugins.

use crate::app::AppState;
use crate::extract::{Params, Segments, Who};
use crate::page;
use crate::problem::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http::uri::Uri;
use lamp_core::id::{JobId, OperationId, PluginId};
use lamp_core::job::JobState;
use lamp_core::manifest::Manifest;
use lamp_store::jobs::{Cancelling, JobFilter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

const MAX_LOG_LINES: u32 = 500;

/// A job.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Job {
    id: String,
    plugin: String,
    kind: String,
    /// Of the kind, for people.
    title: String,
    state: JobState,
    priority: u8,
    lane: String,
    attempt: u32,
    max_attempts: u32,
    progress: lamp_core::job::JobProgress,
    error: Option<String>,
    created_at: String,
    run_at: String,
    started_at: Option<String>,
    finished_at: Option<String>,
    /// The operation it waits for, while blocked.
    waits_for: Option<WaitsFor>,
    unique_key: Option<String>,
}

/// An operation that a job waits for.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WaitsFor {
    id: String,
    kind: String,
    done_bytes: u64,
    total_bytes: u64,
    current: Option<String>,
}

/// A job with everything that is kept of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JobDetail {
    #[serde(flatten)]
    job: Job,
    payload: Value,
    result: Option<Value>,
    log: Vec<LogLine>,
}

/// A line of a job's log.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LogLine {
    at: String,
    #[schemars(extend("enum" = ["info", "warn", "error"]))]
    level: &'static str,
    message: String,
}

/// Numbers of jobs by state.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct JobSummary {
    available: u64,
    leased: u64,
    blocked: u64,
    succeeded: u64,
    failed: u64,
    cancelled: u64,
}

/// Which jobs to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobQuery {
    plugin: Option<String>,
    kind: Option<String>,
    state: Option<String>,
    q: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

pub(crate) async fn list(
    State(app): State<AppState>,
    uri: Uri,
    Params(asked): Params<JobQuery>,
) -> ApiResult<Response> {
    let limit = page::limit(asked.limit)?;
    let no_plugin = |_| ApiError::bad_request("invalid_query", "plugin is no plugin id");
    let filter = JobFilter {
        plugin: asked.plugin.as_deref().map(PluginId::parse).transpose().map_err(no_plugin)?,
        kind: asked.kind,
        states: parse_states(asked.state.as_deref())?,
        text: asked.q,
        before: page::position(asked.cursor.as_deref())?.map(JobId::from),
        ..JobFilter::default()
    };
    let rows = app.store.list_jobs(&filter, limit.saturating_add(1)).await?;
    let titles = titles(&app).await?;
    let mut jobs = Vec::with_capacity(rows.len());
    for row in rows {
        jobs.push(view(&app, row, &titles).await?);
    }
    Ok(page::answer(&uri, jobs, limit, |job| job.id.clone()))
}

pub(crate) async fn summary(State(app): State<AppState>) -> ApiResult<Json<JobSummary>> {
    let mut summary = JobSummary::default();
    for row in app.store.job_counts().await? {
        let count = match row.state {
            JobState::Available => &mut summary.available,
            JobState::Leased => &mut summary.leased,
            JobState::Blocked => &mut summary.blocked,
            JobState::Succeeded => &mut summary.succeeded,
            JobState::Failed => &mut summary.failed,
            JobState::Cancelled => &mut summary.cancelled,
        };
        *count = count.saturating_add(row.count);
    }
    Ok(Json(summary))
}

pub(crate) async fn detail(State(app): State<AppState>, Segments(id): Segments<String>) -> ApiResult<Json<JobDetail>> {
    let id = JobId::from(id);
    let row = app.store.find_job(&id).await?.ok_or_else(|| no_job(&id))?;
    let lines = app.store.job_log_lines(&id, 0, MAX_LOG_LINES).await?;
    let (payload, result) = (super::json_value(&row.payload), row.result.as_deref().map(super::json_value));
    Ok(Json(JobDetail {
        job: view(&app, row, &titles(&app).await?).await?,
        payload,
        result,
        log: lines
            .into_iter()
            .map(|line| LogLine { at: line.at.to_rfc3339(), level: line.level.as_str(), message: line.message })
            .collect(),
    }))
}

pub(crate) async fn cancel(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
) -> ApiResult<StatusCode> {
    let id = JobId::from(id);
    if let Cancelling::EndedBefore(state) = app.store.cancel_job(&id, Some(&who.origin())).await? {
        let message = format!("the job has ended already: it is {}", state.as_str());
        return Err(ApiError::new(StatusCode::CONFLICT, "job_ended", message));
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn retry(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
) -> ApiResult<StatusCode> {
    let id = JobId::from(id);
    app.store.retry_job(&id, &who.origin()).await.map_err(|error| match error {
        lamp_store::StoreError::Invalid(message) => ApiError::new(StatusCode::CONFLICT, "job_not_ended", message),
        other => other.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

fn no_job(id: &JobId) -> ApiError {
    ApiError::not_found(format!("no job `{id}`"))
}

fn parse_states(text: Option<&str>) -> ApiResult<Vec<JobState>> {
    let names = text.unwrap_or_default().split(',').filter(|name| !name.is_empty());
    names
        .map(|name| {
            JobState::parse(name).ok_or_else(|| {
                let known = JobState::ALL.map(JobState::as_str).join(", ");
                ApiError::bad_request("invalid_query", format!("state `{name}` is unknown; use {known}"))
            })
        })
        .collect()
}

/// Titles by plugin and kind, of all installed plugins.
async fn titles(app: &AppState) -> ApiResult<HashMap<(String, String), String>> {
    let mut titles = HashMap::new();
    for plugin in app.store.list_plugins().await? {
        let manifest: Option<Manifest> = serde_json::from_str(&plugin.manifest).ok();
        for kind in manifest.into_iter().flat_map(|manifest| manifest.jobs) {
            titles.insert((plugin.id.to_string(), kind.kind), kind.title);
        }
    }
    Ok(titles)
}

async fn view(app: &AppState, row: lamp_core::job::Job, titles: &HashMap<(String, String), String>) -> ApiResult<Job> {
    let waits_for = match &row.waits_for {
        Some(operation) => waits_for(app, operation).await?,
        None => None,
    };
    let plugin = row.plugin.to_string();
    let title = titles.get(&(plugin.clone(), row.kind.clone())).cloned().unwrap_or_else(|| row.kind.clone());
    Ok(Job {
        id: row.id.to_string(),
        plugin,
        kind: row.kind,
        title,
        state: row.state,
        priority: row.priority,
        lane: row.lane,
        attempt: row.attempt,
        max_attempts: row.max_attempts,
        progress: row.progress,
        error: row.error,
        created_at: row.created_at.to_rfc3339(),
        run_at: row.run_at.to_rfc3339(),
        started_at: super::time(row.started_at),
        finished_at: super::time(row.finished_at),
        waits_for,
        unique_key: row.unique_key,
    })
}

async fn waits_for(app: &AppState, id: &OperationId) -> ApiResult<Option<WaitsFor>> {
    let operation = app.store.find_operation(id).await?;
    Ok(operation.map(|operation| WaitsFor {
        id: operation.id.to_string(),
        kind: operation.kind,
        done_bytes: operation.progress.done_bytes,
        total_bytes: operation.progress.total_bytes,
        current: operation.progress.current,
    }))
}
