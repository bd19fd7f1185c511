//! API keys.

use crate::app::AppState;
use crate::extract::{JsonBody, Segments, Who};
use crate::problem::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use lamp_auth::NewKey;
use lamp_core::clock::UnixMs;
use lamp_core::id::ApiKeyId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A key without its secret.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ApiKey {
    id: String,
    name: String,
    role: String,
    /// First characters, to tell keys apart.
    prefix: String,
    created_at: String,
    expires_at: Option<String>,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

/// A key to make.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApiKey {
    name: String,
    role: String,
    /// RFC 3339; never unless given.
    expires_at: Option<String>,
}

/// The new key, shown this once.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CreatedKey {
    id: String,
    key: String,
}

pub(crate) async fn list(State(app): State<AppState>) -> ApiResult<Json<Vec<ApiKey>>> {
    let keys = app.auth.list_keys().await?.into_iter().map(|key| ApiKey {
        id: key.id.to_string(),
        name: key.name,
        role: key.role,
        prefix: key.prefix,
        created_at: key.created_at.to_rfc3339(),
        expires_at: super::time(key.expires_at),
        last_used_at: super::time(key.last_used_at),
        revoked_at: super::time(key.revoked_at),
    });
    Ok(Json(keys.collect()))
}

pub(crate) async fn create(
    State(app): State<AppState>,
    who: Who,
    JsonBody(new): JsonBody<NewApiKey>,
) -> ApiResult<(StatusCode, Json<CreatedKey>)> {
    let expires_at = new.expires_at.as_deref().map(parse_time).transpose()?;
    let new = NewKey { name: new.name, role: new.role, expires_at };
    let (row, key) = app.auth.create_key(&who.origin(), new).await?;
    Ok((StatusCode::CREATED, Json(CreatedKey { id: row.id.to_string(), key })))
}

pub(crate) async fn revoke(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
) -> ApiResult<StatusCode> {
    app.auth.revoke_key(&who.origin(), &ApiKeyId::from(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn parse_time(text: &str) -> ApiResult<UnixMs> {
    chrono::DateTime::parse_from_rfc3339(text)
        .map(|at| UnixMs(at.timestamp_millis()))
        .map_err(|_| ApiError::field("expires_at", "give a time as in 2027-01-31T12:00:00Z"))
}
