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
use serde::{Deserialize, Serialize};

const MAX_SHOWN: u32 = 200;

/// A notice.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Notice {
    id: String,
    #[schemars(extend("enum" = ["error", "warning", "info"]))]
    severity: &'static str,
    title: String,
    message: String,
    plugin: Option<String>,
    /// What a button may offer.
    action: Option<NoticeAction>,
    count: u64,
    first_at: String,
    last_at: String,
}

/// What helps against the trouble of a notice.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum NoticeAction {
    /// To grant a plugin a capability.
    Grant {
        /// Whom.
        plugin: String,
        /// Which.
        interface: String,
    },
    /// To look at a version that waits for approval, and decide.
    ReviewUpgrade {
        /// Whose.
        plugin: String,
    },
}

pub(crate) async fn list(State(app): State<AppState>) -> ApiResult<Json<Vec<Notice>>> {
    let notices = app.store.list_notices(false, MAX_SHOWN).await?.into_iter().map(|row| Notice {
        id: row.id.to_string(),
        severity: row.notice.severity.as_str(),
        title: row.notice.title,
        message: row.notice.message,
        plugin: row.notice.plugin.map(|plugin| plugin.to_string()),
        // Notices outlive versions: an action that this one does not know is offered as none.
        action: row.notice.action.and_then(|action| serde_json::from_value(action).ok()),
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
