//! The trash: `GET /dcps/trash`, `POST /dcps/trash/{id}/restore`, `DELETE /dcps/trash/{id}`.

use super::body;
use crate::catalogue::{self, TrashRow, TrashState};
use crate::time::to_rfc3339;
use crate::trash;
use lamphouse_plugin::Error;
use lamphouse_plugin::http::{Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Confirmed {
    name: String,
}

/// What lies there and what is on its way, the newest first.
pub fn list() -> Result<Response, Error> {
    let shown: Vec<Value> = catalogue::list_trash()?.iter().map(entry).collect();
    Ok(Response::json(200, &shown))
}

fn entry(row: &TrashRow) -> Value {
    let facts: Value = serde_json::from_str(&row.facts).unwrap_or_default();
    json!({
        "id": row.id, "package_id": row.package, "package_name": row.name, "content_title": facts["content_title"],
        "mount": row.mount, "path": row.path, "state": row.state.as_str(), "size_bytes": row.size_bytes,
        "by": row.asked_by, "deleted_at": to_rfc3339(row.asked_at),
        "purge_at": (row.purge_at > 0).then(|| to_rfc3339(row.purge_at)),
        "problem": Some(&row.problem).filter(|text| !text.is_empty()),
    })
}

/// Puts a copy back where it was.
pub fn restore(id: &str) -> Result<Response, Error> {
    trash::send_on(id, TrashState::Restoring)?;
    Ok(Response::json(202, &json!({ "trash_id": id })))
}

/// Deletes a copy for good, before its time.
pub fn purge(id: &str, request: &Request) -> Result<Response, Error> {
    let Confirmed { name } = body(request, "{\"name\": \"name of the package\"}")?;
    if catalogue::find_trash(id)?.is_some_and(|row| row.name != name) {
        return Err(Error::Invalid("name: it is not the name of the package; type it as it is shown".to_owned()));
    }
    trash::send_on(id, TrashState::Purging)?;
    Ok(Response::json(202, &json!({ "trash_id": id })))
}
