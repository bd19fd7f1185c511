//! Setup, sign-in, sign-out, and who one is.

use crate::app::AppState;
use crate::extract::{JsonBody, Who};
use crate::guard;
use crate::problem::ApiResult;
use crate::request::{Context, SESSION_COOKIE};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{HeaderValue, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use lamp_auth::SignIn;
use lamp_core::caller::Identity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the first account is still to be made.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SetupState {
    needed: bool,
}

/// The first account.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupRequest {
    /// From the link that the server printed.
    token: String,
    username: String,
    password: String,
}

/// Name and password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginRequest {
    username: String,
    password: String,
}

/// A session that began. The same token is in the cookie, where scripts cannot read it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SignedIn {
    /// For programs, in `Authorization: Bearer`.
    access_token: String,
    #[schemars(extend("const" = "bearer"))]
    token_type: &'static str,
    /// End of the token as a bearer.
    expires_at: String,
    user: Me,
}

/// An account as its owner sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Me {
    id: String,
    username: String,
    role: String,
    is_admin: bool,
}

/// The caller.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Whoami {
    user: Me,
    permissions: Vec<String>,
    /// Of the session the request came with; none for an API key.
    last_sign_in_at: Option<String>,
}

pub(crate) async fn setup_state(State(app): State<AppState>) -> ApiResult<Json<SetupState>> {
    Ok(Json(SetupState { needed: app.auth.setup_needed().await? }))
}

pub(crate) async fn setup(
    State(app): State<AppState>,
    context: Context,
    JsonBody(asked): JsonBody<SetupRequest>,
) -> ApiResult<Response> {
    let client = context.client();
    let signed_in = app.auth.complete_setup(&asked.token, &asked.username, &asked.password, &client).await?;
    Ok(signed_in_answer(StatusCode::CREATED, signed_in, &context))
}

pub(crate) async fn login(
    State(app): State<AppState>,
    context: Context,
    JsonBody(asked): JsonBody<LoginRequest>,
) -> ApiResult<Response> {
    let signed_in = app.auth.sign_in(&asked.username, &asked.password, &context.client()).await?;
    Ok(signed_in_answer(StatusCode::OK, signed_in, &context))
}

pub(crate) async fn logout(State(app): State<AppState>, who: Who) -> ApiResult<Response> {
    app.auth.sign_out(&who.who, &who.origin()).await?;
    Ok(with_cookie(StatusCode::NO_CONTENT.into_response(), "", 0, &who.context))
}

pub(crate) async fn me(State(app): State<AppState>, headers: HeaderMap) -> ApiResult<Json<Whoami>> {
    let who = guard::caller_as_of_now(&app, &headers).await?;
    let caller = &who.caller;
    let (id, username) = match &caller.identity {
        Identity::User { id, name } => (id.to_string(), name.clone()),
        Identity::ApiKey { id, name } => (id.to_string(), name.clone()),
        Identity::Site { id, name } => (id.to_string(), name.clone()),
        Identity::System => (String::new(), "system".to_owned()),
    };
    Ok(Json(Whoami {
        user: me_of(id, username, caller.role.clone()),
        permissions: caller.permissions.iter().cloned().collect(),
        last_sign_in_at: super::time(who.signed_in_at),
    }))
}

fn me_of(id: String, username: String, role: String) -> Me {
    Me { id, username, is_admin: role == "admin", role }
}

fn signed_in_answer(status: StatusCode, signed_in: SignIn, context: &Context) -> Response {
    let user = signed_in.user;
    let body = SignedIn {
        access_token: signed_in.token.clone(),
        token_type: "bearer",
        expires_at: signed_in.bearer_expires_at.to_rfc3339(),
        user: me_of(user.id.to_string(), user.name, user.role),
    };
    let max_age = lamp_auth::COOKIE_MAX_MS / 1_000;
    with_cookie((status, Json(body)).into_response(), &signed_in.token, max_age, context)
}

fn with_cookie(mut response: Response, token: &str, max_age_secs: i64, context: &Context) -> Response {
    let secure = if context.secure { "; Secure" } else { "" };
    let cookie = format!("{SESSION_COOKIE}={token}; Path=/; Max-Age={max_age_secs}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, value);
    }
    response
}
