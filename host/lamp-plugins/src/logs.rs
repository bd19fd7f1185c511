//! Plugins' log lines on their way to the store, written in batches.

use lamp_caps::LogLine;
use lamp_core::id::{JobId, RequestId};
use lamp_store::Store;
use lamp_store::plugin_logs::NewPluginLog;
use std::time::Duration;
use tokio::sync::mpsc;

const KEEP_ROWS: u32 = 5_000;
const BATCH: usize = 500;
const GATHER: Duration = Duration::from_millis(250);

/// Writes lines until the channel closes; what has been received by then is written.
pub async fn keep(mut lines: mpsc::Receiver<LogLine>, store: Store) {
    while let Some(first) = lines.recv().await {
        let mut batch = vec![first];
        let more = async {
            while batch.len() < BATCH {
                match lines.recv().await {
                    Some(line) => batch.push(line),
                    None => break,
                }
            }
        };
        let _gathered_long_enough = tokio::time::timeout(GATHER, more).await;
        let rows = batch.into_iter().map(row).collect();
        if let Err(error) = store.append_plugin_logs(rows, KEEP_ROWS).await {
            tracing::warn!(error = ?error, "plugins' log lines are lost");
        }
    }
}

fn row(line: LogLine) -> NewPluginLog {
    let correlation = Some(line.correlation).filter(|text| !text.is_empty());
    let (job_id, request_id) =
        if line.in_job { (correlation.map(JobId), None) } else { (None, correlation.map(RequestId)) };
    NewPluginLog {
        plugin: line.plugin,
        at: line.at,
        level: line.level.to_owned(),
        message: line.message,
        fields: line.fields,
        request_id,
        job_id,
    }
}
