//! The audit log.

use crate::app::AppState;
use crate::extract::Params;
use crate::page;
use crate::problem::ApiResult;
use axum::extract::State;
use axum::response::Response;
use http::uri::Uri;
use lamp_store::audit::{AuditFilter, AuditRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rows looked at for one page when a text is searched for.
const SEARCH_STEP: u32 = 500;
const MAX_SEARCH_STEPS: u32 = 40;

/// One act or refusal.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AuditEntry {
    sequence: i64,
    at: String,
    actor: String,
    action: String,
    subject: String,
    #[schemars(extend("enum" = ["allowed", "denied"]))]
    outcome: &'static str,
    detail: serde_json::Value,
    request_id: Option<String>,
}

/// Which rows to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditQuery {
    actor: Option<String>,
    action: Option<String>,
    q: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            sequence: row.sequence,
            at: row.at.to_rfc3339(),
            actor: row.actor,
            action: row.action,
            subject: row.subject,
            outcome: row.outcome.as_str(),
            detail: super::json_value(&row.detail),
            request_id: row.request_id.map(|id| id.to_string()),
        }
    }
}

pub(crate) async fn list(
    State(app): State<AppState>,
    uri: Uri,
    Params(asked): Params<AuditQuery>,
) -> ApiResult<Response> {
    let limit = page::limit(asked.limit)?;
    let before = page::number(asked.cursor.as_deref())?;
    let filter = AuditFilter { actor: asked.actor, action: asked.action, before, ..AuditFilter::default() };
    let rows = match asked.q.filter(|text| !text.is_empty()) {
        None => app.store.list_audit(&filter, limit.saturating_add(1)).await?,
        Some(text) => search(&app, filter, &text.to_lowercase(), limit.saturating_add(1)).await?,
    };
    let rows: Vec<AuditEntry> = rows.into_iter().map(AuditEntry::from).collect();
    Ok(page::answer(&uri, rows, limit, |row| row.sequence.to_string()))
}

/// Rows in which the text occurs. Looks through the newest 20,000 rows below the cursor.
async fn search(app: &AppState, mut filter: AuditFilter, text: &str, wanted: u32) -> ApiResult<Vec<AuditRow>> {
    let occurs = |row: &AuditRow| {
        [&row.actor, &row.action, &row.subject, &row.detail].iter().any(|field| field.to_lowercase().contains(text))
    };
    let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for _ in 0..MAX_SEARCH_STEPS {
        let rows = app.store.list_audit(&filter, SEARCH_STEP).await?;
        let Some(last) = rows.last() else { break };
        filter.before = Some(last.sequence);
        found.extend(rows.into_iter().filter(occurs));
        if found.len() >= wanted {
            break;
        }
    }
    found.truncate(wanted);
    Ok(found)
}
