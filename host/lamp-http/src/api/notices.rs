//! Notices: what people should know now.

use crate::app::AppState;
use crate::extract::{Segments, Who};
use crate::problem::ApiResult;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use lamp_core::event::NewEvent;
use lamp_core::id::NoticeId;
use schemars::JsonSchema;
use serde::Serialize;

const MAX_SHOWN: u32 = 200;

/// A notice.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Notice {
    id: String,
    /// `error`, `warning` or `info`.
    severity: &'static str,
    title: String,
    message: String,
    plugin: Option<String>,
    /// What a button may offer, `{kind: "grant", plugin, interface}`.
    action: Option<serde_json::Value>,
    count: u64,
    first_at: String,
    last_at: String,
}

pub(crate) async fn list(State(app): State<AppState>) -> ApiResult<Json<Vec<Notice>>> {
    let notices = app.store.list_notices(false, MAX_SHOWN).await?.into_iter().map(|row| Notice {
        id: row.id.to_string(),
        severity: row.notice.severity.as_str(),
        title: row.notice.title,
        message: row.notice.message,
        plugin: row.notice.plugin.map(|plugin| plugin.to_string()),
        action: row.notice.action,
        count: row.count,
        first_at: row.first_at.to_rfc3339(),
        last_at: row.last_at.to_rfc3339(),
    });
    Ok(Json(notices.collect()))
}

pub(crate) async fn dismiss(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
) -> ApiResult<StatusCode> {
    app.store.dismiss_notice(&who.origin(), &NoticeId::from(id)).await?;
    publish_changed(&app, "notices.changed").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells everyone who watches that a list of the host has changed.
pub(crate) async fn publish_changed(app: &AppState, topic: &str) -> ApiResult<()> {
    let event =
        NewEvent { topic: topic.to_owned(), source: None, target: None, payload: "{}".to_owned(), retain_key: None };
    app.store.publish_events(vec![event]).await?;
    Ok(())
}
