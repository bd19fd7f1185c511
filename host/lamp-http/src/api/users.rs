//! Accounts.

use crate::app::AppState;
use crate::extract::{JsonBody, Segments, Who};
use crate::problem::ApiResult;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use lamp_auth::UserEdit;
use lamp_core::caller::Identity;
use lamp_core::id::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An account as admins see it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct User {
    id: String,
    username: String,
    role: String,
    disabled: bool,
    created_at: String,
    last_sign_in_at: Option<String>,
}

/// An account to make.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    username: String,
    /// At least 12 characters.
    password: String,
    role: String,
}

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatch {
    role: Option<String>,
    /// Ends the user's other sessions.
    password: Option<String>,
    /// Switching off ends the user's sessions.
    disabled: Option<bool>,
}

impl From<lamp_store::users::User> for User {
    fn from(user: lamp_store::users::User) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.name,
            role: user.role,
            disabled: user.disabled,
            created_at: user.created_at.to_rfc3339(),
            last_sign_in_at: super::time(user.last_sign_in_at),
        }
    }
}

pub(crate) async fn list(State(app): State<AppState>) -> ApiResult<Json<Vec<User>>> {
    Ok(Json(app.auth.list_users().await?.into_iter().map(User::from).collect()))
}

pub(crate) async fn create(
    State(app): State<AppState>,
    who: Who,
    JsonBody(new): JsonBody<NewUser>,
) -> ApiResult<(StatusCode, Json<User>)> {
    let user = app.auth.create_user(&who.origin(), &new.username, &new.password, &new.role).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}

pub(crate) async fn change(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
    JsonBody(patch): JsonBody<UserPatch>,
) -> ApiResult<Json<User>> {
    let edit = UserEdit { role: patch.role, password: patch.password, disabled: patch.disabled };
    let acting = own_id(&who).map(|own| (own, who.who.session.as_ref()));
    Ok(Json(app.auth.change_user(&who.origin(), &UserId::from(id), edit, acting).await?.into()))
}

pub(crate) async fn delete(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
) -> ApiResult<StatusCode> {
    app.auth.delete_user(&who.origin(), &UserId::from(id), own_id(&who)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn own_id(who: &Who) -> Option<&UserId> {
    match &who.who.caller.identity {
        Identity::User { id, .. } => Some(id),
        Identity::ApiKey { .. } | Identity::Site { .. } | Identity::System => None,
    }
}
