//! `GET /dcps/{uuid}/history`: what happened to a package, the newest first; of one that is nowhere any more, too.

use super::no_package;
use crate::catalogue::{self, Told};
use crate::time::to_rfc3339;
use lamphouse_plugin::Error;
use lamphouse_plugin::http::Response;
use serde_json::{Map, Value, json};

pub fn history(uuid: &str) -> Result<Response, Error> {
    let stored = catalogue::find_package(uuid)?;
    let uuid = uuid.to_lowercase();
    let (id, since) = stored.as_ref().map_or((uuid.as_str(), i64::MAX), |one| (&one.id, one.discovered_at));
    let mut shown: Vec<Value> = catalogue::history(id, since)?.iter().map(entry).collect();
    match stored {
        Some(package) => shown.push(json!({ "at": to_rfc3339(package.discovered_at), "kind": "discovered" })),
        None if shown.is_empty() => return Err(no_package(&uuid)),
        None => {}
    }
    Ok(Response::json(200, &shown))
}

/// What is kept with its times as the API writes them.
fn entry(told: &Told) -> Value {
    let facts: Map<String, Value> = serde_json::from_str(&told.facts).unwrap_or_default();
    let time = |(name, value): (String, Value)| match (name.as_str(), value.as_i64()) {
        ("ends_ms", Some(at)) => ("ends".to_owned(), to_rfc3339(at).into()),
        ("discovered_at" | "purge_at", Some(at)) => (name, to_rfc3339(at).into()),
        _ => (name, value),
    };
    let mut entry: Map<String, Value> = facts.into_iter().map(time).collect();
    entry.insert("at".to_owned(), to_rfc3339(told.at).into());
    entry.insert("kind".to_owned(), told.kind.clone().into());
    Value::Object(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_its_facts_beside_time_and_kind() {
        let told = Told {
            at: 1_795_251_346_123,
            kind: "keys-added".to_owned(),
            facts: "{\"message_id\":\"m\",\"ends_ms\":0}".to_owned(),
        };
        assert_eq!(
            entry(&told),
            json!({
                "at": "2026-11-21T08:55:46.123Z", "kind": "keys-added", "message_id": "m",
                "ends": "1970-01-01T00:00:00.000Z",
            })
        );
    }
}
