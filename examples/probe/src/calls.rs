//! Every function of the host, by interface and name as in the WIT files.

mod data;
pub mod files;
pub mod queue;
mod swarms;

use crate::arguments::Arguments;
use lamphouse_plugin::bindings::lamphouse::config::config;
use lamphouse_plugin::{Error, host, log};
use serde_json::{Value, json};

/// Calls `interface.function`; none when the probe has no such call.
pub fn call(interface: &str, function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    match interface {
        "sql" => data::sql(function, arguments),
        "events" => data::events(function, arguments),
        "jobs" => queue::jobs(function, arguments),
        "run" => queue::run(function, arguments),
        "ops" => queue::ops(function, arguments),
        "files" => files::files(function, arguments),
        "operations" => files::operations(function, arguments),
        "statistics" => swarms::statistics(function, arguments),
        "admission" => swarms::admission(function, arguments),
        _ => always(interface, function, arguments).map(Ok),
    }
}

/// Interfaces that every plugin has.
fn always(interface: &str, function: &str, arguments: &Arguments) -> Option<Value> {
    Some(match (interface, function) {
        ("log", "write") => {
            log::info(&arguments.text("message"), &[("from", "probe")]);
            Value::Null
        }
        ("config", "get") => config::get(&arguments.text("key")).map_or(Value::Null, read),
        ("config", "all") => config::all().into_iter().map(|(key, value)| (key, read(value))).collect(),
        ("metrics", "count") => {
            host::count(&arguments.text("name"), arguments.number("by", 1));
            Value::Null
        }
        ("metrics", "gauge") => {
            host::gauge(&arguments.text("name"), 0.5);
            Value::Null
        }
        ("identity", "caller") => host::caller().map_or(Value::Null, |caller| json!([caller.actor, caller.role])),
        ("identity", "may") => json!(host::may(&arguments.text("permission"))),
        ("identity", "correlation-id") => json!(host::correlation_id()),
        ("identity", "plugin-id") => json!(host::plugin_id()),
        ("clock", "now") => json!(host::now()),
        ("clock", "monotonic-ms") => json!(host::monotonic_ms()),
        _ => return None,
    })
}

fn read(text: String) -> Value {
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}
