//! The table of the host's routes. Whoever adds a route adds a row here and nothing else.

use crate::api::{
    audit, jobs, keys, mounts, navigation, notices, plugin_changes, plugin_view, plugins, servers, session, site_link,
    system, tracker, users,
};
use crate::events::{sse, ws};
use crate::route::{Access, Route, route};
use http::{Method, StatusCode};
use lamp_core::entry::InstallReport;

const CREATED: StatusCode = StatusCode::CREATED;
const OK: StatusCode = StatusCode::OK;

/// Every route of the host, in the order of the API document.
pub fn routes() -> Vec<Route> {
    [
        session_routes(),
        account_routes(),
        plugin_routes(),
        plugin_change_routes(),
        work_routes(),
        server_routes(),
        system_routes(),
    ]
    .concat()
}

fn get(path: &'static str, access: Access, summary: &'static str) -> crate::route::Draft {
    route(Method::GET, path, access, summary)
}

fn post(path: &'static str, access: Access, summary: &'static str) -> crate::route::Draft {
    route(Method::POST, path, access, summary)
}

fn delete(path: &'static str, access: Access, summary: &'static str) -> crate::route::Draft {
    route(Method::DELETE, path, access, summary)
}

fn session_routes() -> Vec<Route> {
    let signed_in = Access::Permission("session:use");
    vec![
        get("/api/v1/health", Access::Unmetered, "Whether the server is up")
            .answers::<system::Health>(OK)
            .to(system::health),
        get("/api/v1/setup", Access::Public, "Whether the first account is still to be made")
            .answers::<session::SetupState>(OK)
            .to(session::setup_state),
        post("/api/v1/setup", Access::Public, "Make the first account with the token that the server printed")
            .takes::<session::SetupRequest>()
            .answers::<session::SignedIn>(CREATED)
            .to(session::setup),
        post("/api/v1/auth/login", Access::Public, "Sign in")
            .takes::<session::LoginRequest>()
            .answers::<session::SignedIn>(OK)
            .to(session::login),
        post("/api/v1/auth/logout", signed_in, "End this session").to(session::logout),
        get("/api/v1/auth/me", signed_in, "Who is calling, and with which permissions")
            .answers::<session::Whoami>(OK)
            .to(session::me),
    ]
}

fn account_routes() -> Vec<Route> {
    let manage = Access::Permission("users:manage");
    vec![
        get("/api/v1/users", manage, "All users").answers::<Vec<users::User>>(OK).to(users::list),
        post("/api/v1/users", manage, "Make a user")
            .takes::<users::NewUser>()
            .answers::<users::User>(CREATED)
            .to(users::create),
        route(Method::PATCH, "/api/v1/users/{id}", manage, "Change a user's role or password, or switch the user off")
            .takes::<users::UserPatch>()
            .answers::<users::User>(OK)
            .to(users::change),
        delete("/api/v1/users/{id}", manage, "Remove a user; neither oneself nor the last admin").to(users::delete),
        get("/api/v1/keys", manage, "All API keys, without their secrets")
            .answers::<Vec<keys::ApiKey>>(OK)
            .to(keys::list),
        post("/api/v1/keys", manage, "Make an API key; it is shown this once")
            .takes::<keys::NewApiKey>()
            .answers::<keys::CreatedKey>(CREATED)
            .to(keys::create),
        delete("/api/v1/keys/{id}", manage, "Revoke an API key").to(keys::revoke),
    ]
}

fn plugin_routes() -> Vec<Route> {
    let read = Access::Permission("plugins:read");
    let manage = Access::Permission("plugins:manage");
    vec![
        get("/api/v1/plugins", read, "All installed plugins").answers::<Vec<plugin_view::Plugin>>(OK).to(plugins::list),
        get("/api/v1/plugins/{id}", read, "One plugin").answers::<plugin_view::Plugin>(OK).to(plugins::detail),
        get("/api/v1/plugins/{id}/logs", read, "A plugin's log, newest lines first")
            .query("level", "string", "this level and those above: trace, debug, info, warn, error")
            .paged()
            .answers::<Vec<plugins::PluginLogLine>>(OK)
            .to(plugins::logs),
        get("/api/v1/plugins/{id}/config", manage, "A plugin's configuration, secrets left out")
            .answers::<plugin_view::ConfigView>(OK)
            .to(plugins::config),
        get("/api/v1/navigation", Access::Permission("session:use"), "Pages and slots that plugins add to the shell")
            .answers::<navigation::Navigation>(OK)
            .to(navigation::navigation),
    ]
}

fn plugin_change_routes() -> Vec<Route> {
    let manage = Access::Permission("plugins:manage");
    let grants = "/api/v1/plugins/{id}/grants/{interface}";
    vec![
        post(
            "/api/v1/plugins",
            manage,
            "Install a package; one that needs more than the installed version waits for approval",
        )
        .query("grant_all", "boolean", "grant everything the manifest asks for")
        .takes_raw("application/wasm")
        .answers::<InstallReport>(CREATED)
        .to(plugin_changes::install),
        post("/api/v1/plugins/inspect", manage, "What a package is and would ask for, without installing it")
            .takes_raw("application/wasm")
            .answers::<plugins::Inspection>(OK)
            .to(plugins::inspect),
        post("/api/v1/plugins/{id}/upgrade/approve", manage, "Install the version that waits, with all it adds")
            .takes::<plugin_changes::UpgradeDecision>()
            .to(plugin_changes::approve),
        post("/api/v1/plugins/{id}/upgrade/reject", manage, "Drop the version that waits; the installed one stays")
            .takes::<plugin_changes::UpgradeDecision>()
            .to(plugin_changes::reject),
        route(Method::PUT, grants, manage, "Grant a capability, as far as `allow` says")
            .takes::<plugin_changes::GrantRequest>()
            .to(plugin_changes::grant),
        delete(grants, manage, "Take a grant back").to(plugin_changes::revoke),
        post("/api/v1/plugins/{id}/enable", manage, "Switch a plugin on").to(plugin_changes::enable),
        post("/api/v1/plugins/{id}/disable", manage, "Switch a plugin off").to(plugin_changes::disable),
        delete("/api/v1/plugins/{id}", manage, "Remove a plugin")
            .query("purge", "boolean", "remove its data too")
            .to(plugin_changes::uninstall),
        route(Method::PATCH, "/api/v1/plugins/{id}/config", manage, "Set configuration values; null removes one")
            .takes::<plugin_changes::ConfigPatch>()
            .answers::<plugin_view::ConfigView>(OK)
            .to(plugin_changes::configure),
    ]
}

fn work_routes() -> Vec<Route> {
    let read = Access::Permission("jobs:read");
    let manage = Access::Permission("jobs:manage");
    vec![
        get("/api/v1/jobs", read, "Jobs, newest first")
            .query("plugin", "string", "only this plugin's")
            .query("kind", "string", "only of this kind")
            .query("state", "string", "only in these states, comma-separated")
            .query("q", "string", "text that occurs in the job")
            .paged()
            .answers::<Vec<jobs::Job>>(OK)
            .to(jobs::list),
        get("/api/v1/jobs/summary", read, "Numbers of jobs by state").answers::<jobs::JobSummary>(OK).to(jobs::summary),
        get("/api/v1/jobs/{id}", read, "One job with payload, result and log")
            .answers::<jobs::JobDetail>(OK)
            .to(jobs::detail),
        post("/api/v1/jobs/{id}/cancel", manage, "Cancel a job").to(jobs::cancel),
        post("/api/v1/jobs/{id}/retry", manage, "Run an ended job again").to(jobs::retry),
        get("/api/v1/notices", Access::Permission("notices:read"), "Open notices, latest first")
            .answers::<Vec<notices::Notice>>(OK)
            .to(notices::list),
        delete("/api/v1/notices/{id}", Access::Permission("notices:manage"), "Put a notice away").to(notices::dismiss),
        get("/api/v1/mounts", Access::Permission("mounts:read"), "All mounts with their state and space")
            .answers::<Vec<mounts::Mount>>(OK)
            .to(mounts::list),
        post("/api/v1/mounts", Access::Permission("mounts:manage"), "Add a mount")
            .takes::<mounts::NewMount>()
            .answers::<mounts::Mount>(CREATED)
            .to(mounts::add),
        delete("/api/v1/mounts/{name}", Access::Permission("mounts:manage"), "Remove a mount; its folder stays")
            .to(mounts::remove),
    ]
}

fn server_routes() -> Vec<Route> {
    let read = Access::Permission("servers:read");
    let manage = Access::Permission("servers:manage");
    vec![
        get("/api/v1/servers", read, "All registered servers, oldest first")
            .answers::<Vec<servers::Server>>(OK)
            .to(servers::list),
        post(
            "/api/v1/servers/register",
            Access::Public,
            "Register a server with a registration key; it waits to be let in",
        )
        .takes::<servers::Registration>()
        .answers::<servers::RegistrationAnswer>(OK)
        .to(servers::register),
        get(
            "/api/v1/servers/link",
            Access::Public,
            "The link of a site, over a WebSocket; each packet is signed by its key",
        )
        .answers_raw("application/octet-stream")
        .to(site_link::link),
        route(Method::PATCH, "/api/v1/servers/{id}", manage, "Change a server's name, location or capacity")
            .takes::<servers::ServerPatch>()
            .answers::<servers::Server>(OK)
            .to(servers::change),
        post("/api/v1/servers/{id}/authorize", manage, "Let a server in")
            .answers::<servers::Server>(OK)
            .to(servers::authorize),
        post("/api/v1/servers/{id}/deauthorize", manage, "Cut a server off, within a minute everywhere")
            .answers::<servers::Server>(OK)
            .to(servers::deauthorize),
        post("/api/v1/servers/{id}/heartbeat", Access::Permission("servers:report"), "A server's sign of life")
            .answers::<servers::Heard>(OK)
            .to(servers::heartbeat),
        get(
            "/api/v1/tracker/swarms",
            Access::Permission("tracker:read"),
            "Swarms of the tracker, who announces, and who was refused for which reason",
        )
        .query("limit", "integer", "at most so many swarms, 1 to 500")
        .answers::<tracker::Swarms>(OK)
        .to(tracker::swarms),
        delete("/api/v1/servers/{id}", manage, "Remove a server; it must register anew to come back")
            .to(servers::remove),
    ]
}

fn system_routes() -> Vec<Route> {
    let signed_in = Access::Permission("session:use");
    let events = Access::Permission("events:read");
    vec![
        get("/api/v1/audit", Access::Permission("audit:read"), "The audit log, newest rows first")
            .query("actor", "string", "only of this actor")
            .query("action", "string", "only of this action")
            .query("q", "string", "text that occurs in the row")
            .paged()
            .answers::<Vec<audit::AuditEntry>>(OK)
            .to(audit::list),
        get("/api/v1/system", signed_in, "The server at a glance").answers::<system::System>(OK).to(system::system),
        get("/api/v1/ping", signed_in, "The shortest answer, for measuring").answers_raw("text/plain").to(system::ping),
        get("/api/v1/openapi.json", signed_in, "This document")
            .answers::<serde_json::Value>(OK)
            .to(system::openapi_document),
        get("/api/v1/events", events, "Live events as server-sent events; `Last-Event-ID` goes on where one stopped")
            .query("topics", "string", "topics, comma-separated, `*` for any run of characters")
            .answers_raw("text/event-stream")
            .to(sse::events),
        get("/ws", events, "Live events over a WebSocket")
            .query("topics", "string", "topics, comma-separated, `*` for any run of characters")
            .query("token", "string", "token or key, for clients that cannot set headers")
            .answers_raw("application/json")
            .to(ws::upgrade),
        get("/metrics", Access::Permission("metrics:read"), "Numbers for Prometheus")
            .answers_raw("text/plain")
            .to(system::metrics_text),
    ]
}
