//! `lamphouse job`.

use crate::cli::Job;
use crate::open;
use lamp_core::id::{JobId, PluginId};
use lamp_store::Store;
use lamp_store::audit::{NewAudit, Outcome};
use lamp_store::jobs::{Cancelling, JobFilter};
use serde_json::json;
use std::path::Path;

pub async fn run(data: &Path, command: Job) -> anyhow::Result<()> {
    let store = open::store(data).await?;
    match command {
        Job::List { json, plugin, limit } => {
            let plugin = plugin.map(|id| PluginId::parse(&id)).transpose()?;
            let filter = JobFilter { plugin, ..JobFilter::default() };
            let jobs = store.list_jobs(&filter, limit.clamp(1, 10_000)).await?;
            if json {
                let rows: Vec<_> = jobs.iter().map(row).collect();
                println!("{}", serde_json::to_string_pretty(&rows)?);
            } else {
                for job in jobs {
                    let note = job.error.or(job.progress.message).unwrap_or_default();
                    println!("{}\t{}\t{}\t{}\t{note}", job.id, job.plugin, job.kind, job.state.as_str());
                }
            }
        }
        Job::Cancel { id } => {
            if let Cancelling::EndedBefore(state) = store.cancel_job(&JobId(id.clone())).await? {
                anyhow::bail!("the job has ended already: it is {}", state.as_str());
            }
            record(&store, "job.cancel", &id).await?;
            println!("asked {id} to end");
        }
        Job::Retry { id } => {
            store.retry_job(&JobId(id.clone())).await?;
            record(&store, "job.retry", &id).await?;
            println!("{id} runs again");
        }
    }
    Ok(())
}

async fn record(store: &Store, action: &'static str, id: &str) -> anyhow::Result<()> {
    let entry = NewAudit { action, subject: id.to_owned(), detail: json!({}), outcome: Outcome::Allowed };
    Ok(store.record_audit(&open::origin(), entry).await?)
}

fn row(job: &lamp_core::job::Job) -> serde_json::Value {
    json!({
        "id": job.id,
        "plugin": job.plugin,
        "kind": job.kind,
        "state": job.state,
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "priority": job.priority,
        "progress": job.progress,
        "error": job.error,
        "result": job.result.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok()),
        "created_at": job.created_at.to_rfc3339(),
        "run_at": job.run_at.to_rfc3339(),
        "started_at": job.started_at.map(|at| at.to_rfc3339()),
        "finished_at": job.finished_at.map(|at| at.to_rfc3339()),
    })
}
