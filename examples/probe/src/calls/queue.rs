//! `jobs`, `run` and `ops`.

use crate::arguments::Arguments;
use lamphouse_plugin::Error;
use lamphouse_plugin::jobs::{self, Job, NewJob, run as running};
use lamphouse_plugin::ops::{self, Operation};
use serde_json::{Value, json};

/// Functions of `jobs`.
pub fn jobs(function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    Some(match function {
        "enqueue" => jobs::enqueue(&new_job(arguments)).map(|id| json!(id)),
        "cancel" => jobs::cancel(&arguments.text("id")).map(|()| Value::Null),
        "get" => jobs::get(&arguments.text("id")).map(shown),
        "recent" => jobs::recent(arguments.optional_text("kind").as_deref(), arguments.small("limit", 10))
            .map(|found| found.into_iter().map(shown).collect()),
        _ => return None,
    })
}

/// Functions of `run`.
pub fn run(function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    Some(match function {
        "save-checkpoint" => running::save_checkpoint(arguments.text("checkpoint").as_bytes()).map(|()| Value::Null),
        "progress" => running::progress(Some(50.0), &arguments.text("message")).map(|()| Value::Null),
        "cancelled" => Ok(json!(running::cancelled())),
        "log" => {
            running::log(&arguments.text("message"));
            Ok(Value::Null)
        }
        _ => return None,
    })
}

/// Functions of `ops`.
pub fn ops(function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    Some(match function {
        "get" => ops::get(&arguments.text("id")).map(|operation| operation_shown(&operation)),
        "cancel" => ops::cancel(&arguments.text("id")).map(|()| Value::Null),
        "running" => {
            ops::running(arguments.small("limit", 10)).map(|found| found.iter().map(operation_shown).collect())
        }
        _ => return None,
    })
}

/// The job that arguments describe.
pub fn new_job(arguments: &Arguments) -> NewJob {
    NewJob {
        kind: arguments.text("kind"),
        payload: arguments.value("payload").to_string(),
        priority: None,
        run_at: None,
        unique_key: arguments.optional_text("unique_key"),
    }
}

fn shown(job: Job) -> Value {
    json!({
        "id": job.id, "kind": job.kind, "state": plain(&job.state), "attempt": job.attempt,
        "percent": job.percent, "message": job.message, "error": job.error,
    })
}

fn operation_shown(operation: &Operation) -> Value {
    json!({
        "id": operation.id, "kind": operation.kind, "state": plain(&operation.state),
        "result": operation.result, "error": operation.error,
    })
}

/// A state's bare name, `Succeeded`.
pub fn plain(state: &impl std::fmt::Debug) -> String {
    let text = format!("{state:?}");
    text.rsplit("::").next().unwrap_or(&text).to_owned()
}
