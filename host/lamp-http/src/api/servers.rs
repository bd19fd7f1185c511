//! Servers of the network: the contract that sites' agents and other frontends speak.

use crate::app::AppState;
use crate::extract::{JsonBody, Segments, Who};
use crate::problem::{ApiError, ApiResult};
use crate::request::Context;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use lamp_core::caller::Identity;
use lamp_core::id::ServerId;
use lamp_sites::{Registered, Request, ServerView, SitesError};
use lamp_store::audit::{NewAudit, Origin, Outcome};
use lamp_store::servers::{ServerChange, SignOfLife};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Bytes of a terabyte, as the storage industry counts them.
const TERABYTE: f64 = 1e12;
/// Largest storage that is believed, in terabytes.
const MAX_TERABYTES: f64 = 1e6;

/// A registered server.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Server {
    id: String,
    name: String,
    location: String,
    api_url: String,
    mac_address: String,
    /// An admin has let it in.
    is_authorized: bool,
    /// Its last heartbeat.
    last_seen: Option<String>,
    storage_capacity_tb: Option<f64>,
    created_at: String,
    updated_at: String,
    /// Heard of within the last five minutes.
    is_online: bool,
    /// It has a link to this hub at the moment.
    is_linked: bool,
    /// Ed25519 public key, hex; none for an agent that only speaks the REST contract.
    public_key: Option<String>,
    free_bytes: Option<u64>,
    /// Its clock minus the hub's, in milliseconds.
    clock_skew_ms: Option<i64>,
    /// Version of its program.
    version: Option<String>,
    /// Its plugins with their versions, as it reported them.
    plugins: Option<serde_json::Value>,
}

impl From<ServerView> for Server {
    fn from(view: ServerView) -> Self {
        let server = view.server;
        Self {
            id: server.id.to_string(),
            name: server.name,
            location: server.location,
            api_url: server.api_url,
            mac_address: server.mac_address,
            is_authorized: server.is_authorized,
            last_seen: super::time(server.last_seen),
            storage_capacity_tb: server.capacity_bytes.map(|bytes| bytes as f64 / TERABYTE),
            created_at: server.created_at.to_rfc3339(),
            updated_at: server.updated_at.to_rfc3339(),
            is_online: view.is_online,
            is_linked: view.is_linked,
            public_key: server.public_key,
            free_bytes: server.free_bytes,
            clock_skew_ms: server.clock_skew_ms,
            version: server.version,
            plugins: server.plugins.as_deref().map(super::json_value),
        }
    }
}

/// A server that registers.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    name: String,
    #[serde(default)]
    location: String,
    #[serde(default)]
    api_url: String,
    mac_address: String,
    registration_key: String,
    storage_capacity_tb: Option<f64>,
}

/// What a registration came to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RegistrationAnswer {
    id: String,
    message: String,
    /// Bearer token of a new server, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// What to change of a server.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerPatch {
    name: Option<String>,
    location: Option<String>,
    storage_capacity_tb: Option<f64>,
}

/// Answer to a heartbeat.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Heard {
    message: &'static str,
}

fn bytes(terabytes: f64) -> ApiResult<u64> {
    if (0.0..=MAX_TERABYTES).contains(&terabytes) {
        Ok((terabytes * TERABYTE).round() as u64)
    } else {
        Err(ApiError::field("storage_capacity_tb", "give a number of terabytes from 0 to 1000000"))
    }
}

pub(crate) async fn list(State(app): State<AppState>) -> ApiResult<Json<Vec<Server>>> {
    Ok(Json(app.sites.list().await?.into_iter().map(Server::from).collect()))
}

pub(crate) async fn register(
    State(app): State<AppState>,
    context: Context,
    JsonBody(new): JsonBody<Registration>,
) -> ApiResult<Json<RegistrationAnswer>> {
    let origin = Origin::in_request("registration", &context.request_id);
    let request = Request {
        name: new.name,
        location: new.location,
        api_url: new.api_url,
        mac_address: new.mac_address,
        capacity_bytes: new.storage_capacity_tb.map(bytes).transpose()?,
    };
    let attempt = app.auth.begin_registration(context.address)?;
    match app.sites.register(&origin, &new.registration_key, &request).await {
        Err(error @ (SitesError::WrongKey | SitesError::UsedKey)) => {
            let detail = serde_json::json!({ "name": request.name, "mac_address": request.mac_address });
            let entry = NewAudit {
                action: "server.register",
                subject: context.address.to_string(),
                detail,
                outcome: Outcome::Denied,
            };
            app.store.record_audit(&origin, entry).await?;
            Err(error.into())
        }
        Err(error) => Err(error.into()),
        Ok(registered) => {
            app.auth.registration_succeeded(attempt);
            Ok(Json(answer(registered)))
        }
    }
}

fn answer(registered: Registered) -> RegistrationAnswer {
    let message = match (registered.is_new, registered.is_authorized) {
        (true, _) => "registered; an admin must authorise this server before it takes part",
        (false, true) => "registered already, and authorised; nothing was changed",
        (false, false) => "registered already; an admin must authorise this server before it takes part",
    };
    RegistrationAnswer { id: registered.id.to_string(), message: message.to_owned(), secret: registered.secret }
}

pub(crate) async fn change(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
    JsonBody(patch): JsonBody<ServerPatch>,
) -> ApiResult<Json<Server>> {
    let change = ServerChange {
        name: patch.name,
        location: patch.location,
        capacity_bytes: patch.storage_capacity_tb.map(bytes).transpose()?,
    };
    Ok(Json(app.sites.change(&who.origin(), &ServerId::from(id), &change).await?.into()))
}

pub(crate) async fn authorize(state: State<AppState>, who: Who, id: Segments<String>) -> ApiResult<Json<Server>> {
    decide(state, who, id, true).await
}

pub(crate) async fn deauthorize(state: State<AppState>, who: Who, id: Segments<String>) -> ApiResult<Json<Server>> {
    decide(state, who, id, false).await
}

async fn decide(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
    authorized: bool,
) -> ApiResult<Json<Server>> {
    let id = ServerId::from(id);
    app.sites.authorize(&who.origin(), &id, authorized).await?;
    // What the server's own secret may do follows at once.
    app.auth.forget();
    Ok(Json(app.sites.find(&id).await?.into()))
}

pub(crate) async fn heartbeat(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
) -> ApiResult<Json<Heard>> {
    let id = ServerId::from(id);
    if let Identity::Site { id: own, .. } = &who.who.caller.identity
        && *own != id
    {
        // The same answer as for a server that is not there: no site learns of others.
        return Err(SitesError::UnknownServer(id.to_string()).into());
    }
    app.sites.heartbeat(&id, SignOfLife::default()).await?;
    Ok(Json(Heard { message: "heard" }))
}

pub(crate) async fn remove(
    State(app): State<AppState>,
    who: Who,
    Segments(id): Segments<String>,
) -> ApiResult<StatusCode> {
    app.sites.remove(&who.origin(), &ServerId::from(id)).await?;
    app.auth.forget();
    Ok(StatusCode::NO_CONTENT)
}
