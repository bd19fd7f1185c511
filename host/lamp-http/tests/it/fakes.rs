//! Plugins without an engine: the path says what a call comes to, every call is kept.

use async_trait::async_trait;
use lamp_core::caller::Caller;
use lamp_core::entry::{
    AdminError, Asset, EntryError, HttpBody, HttpRequest, HttpResponse, InstallOptions, InstallReport, PluginAdmin,
    PluginState, PluginStatus, Plugins, RunningPlugin,
};
use lamp_core::grant::Allowance;
use lamp_core::id::{PluginId, RequestId};
use lamp_core::manifest::Manifest;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub const MANIFEST: &str = r#"
schema = 1
id = "probe"
version = "1.2.3"
name = "Probe <&\"> it"
publisher = "Someone"
license = "Apache-2.0"
description = "Answers as its path says."

[[capabilities]]
interface = "lamphouse:http"
reason = "Serves things"
allow = [{ name = "/things", rights = ["serve"] }]

[[capabilities]]
interface = "lamphouse:jobs"
reason = "Scans"

[[capabilities]]
interface = "lamphouse:inline-pages"
optional = true
reason = "Looks like one piece"

[[capabilities]]
interface = "lamphouse:files"
reason = "Reads things"
allow = [{ name = "library", rights = ["read"] }]

[[permissions]]
id = "things:read"
title = "See things"
roles = ["operator", "engineer", "viewer"]

[[permissions]]
id = "things:write"
title = "Change things"
roles = ["operator"]

[[routes]]
method = "GET"
path = "/things"
permission = "things:read"
summary = "All things"
query = [{ name = "depth", type = "integer", description = "How deep" }]

[[routes]]
method = "POST"
path = "/things"
permission = "things:write"
summary = "Make a thing"

[[routes]]
method = "GET"
path = "/things/{id}"
permission = "things:read"
summary = "One thing"
[routes.response]
type = "object"

[[routes]]
method = "GET"
path = "/users/{id}/things"
permission = "things:read"
summary = "Things of a user"

[[routes]]
method = "GET"
path = "/plugins/{id}/logs"
permission = "things:read"
summary = "What the host answers itself"

[[routes]]
method = "GET"
path = "/answers/{kind}"
permission = "things:read"
summary = "What a call can come to"

[[jobs]]
kind = "scan"
title = "Scan things"

[config]
type = "object"
properties.depth = { type = "integer" }
properties.token = { type = "string", writeOnly = true }

[ui]
api = 1
entry = "ui/index.js"
styles = ["ui/style.css"]

[[ui.pages]]
id = "things"
path = "/things"
alias = true
export = "ThingsPage"
title = "Things"
icon = "library"
group = "content"
order = 2
requires = ["things:read"]
keys = "g t"

[[ui.pages]]
id = "secrets"
path = "/secrets"
export = "SecretsPage"
title = "Secrets"
icon = "library"
group = "admin"
order = 1
requires = ["things:write"]

[[ui.slots]]
slot = "dashboard.card"
export = "ThingsCard"
title = "Things"
requires = ["things:read"]
"#;

/// SHA-256 of a package that is not there.
pub const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

pub fn probe() -> PluginId {
    PluginId::parse("probe").unwrap()
}

pub fn manifest() -> Manifest {
    Manifest::from_toml(MANIFEST).unwrap()
}

/// What the server asked of the plugin.
#[derive(Debug, Clone)]
pub struct Seen {
    pub request: HttpRequest,
    pub caller: Caller,
    pub request_id: String,
}

#[derive(Default)]
pub struct FakePlugins {
    pub running: Mutex<Vec<RunningPlugin>>,
    pub states: Mutex<BTreeMap<String, PluginStatus>>,
    pub readable: Mutex<Vec<String>>,
    pub seen: Mutex<Vec<Seen>>,
    /// Lets a waiting call go on.
    pub gate: tokio::sync::Notify,
}

impl FakePlugins {
    pub fn start_probe(&self) {
        let running = RunningPlugin {
            manifest: Arc::new(manifest()),
            package_hash: HASH.to_owned(),
            aliases: vec!["/things".into(), "/users/{id}/things".into(), "/plugins/{id}/logs".into()],
        };
        *self.running.lock().unwrap() = vec![running];
        self.set_state(PluginState::Healthy, "");
    }

    pub fn stop_probe(&self, state: PluginState, reason: &str) {
        self.running.lock().unwrap().clear();
        self.set_state(state, reason);
    }

    fn set_state(&self, state: PluginState, reason: &str) {
        let status = PluginStatus { state, reason: reason.to_owned(), last_trap: None };
        self.states.lock().unwrap().insert("probe".to_owned(), status);
    }

    pub fn calls(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub fn last(&self) -> Seen {
        self.seen.lock().unwrap().last().cloned().expect("a call")
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpResponse { status, headers, body: HttpBody::Bytes(body.as_bytes().to_vec()) }
}

const TYPE: (&str, &str) = ("content-type", "text/plain");

/// Everything a plugin might try, by the last part of the path.
fn by_kind(plugin: &PluginId, kind: &str) -> Result<HttpResponse, EntryError> {
    let file = |path: &str, mount: &str| HttpResponse {
        status: 200,
        headers: vec![plain_text(), ("etag".into(), "\"forged\"".into()), ("content-length".into(), "1".into())],
        body: HttpBody::File { mount: mount.to_owned(), path: path.to_owned() },
    };
    let plugin = plugin.clone();
    match kind {
        "trap" => Err(EntryError::Trapped { plugin, message: "unreachable at /secret/path.rs:7".to_owned() }),
        "memory" => Err(EntryError::OutOfMemory { plugin, limit_mib: 64 }),
        "timeout" => Err(EntryError::Timeout { plugin, limit_ms: 10_000 }),
        "busy" => Err(EntryError::Busy(plugin)),
        "host" => Err(EntryError::Host { plugin, message: "select * from secret".to_owned() }),
        "gone" => Err(EntryError::NotInstalled(plugin)),
        "stopping" => {
            Err(EntryError::NotRunning { plugin, state: PluginState::Quarantined, reason: "three traps".to_owned() })
        }
        "own-404" => Ok(answer(404, &[TYPE], "no such thing")),
        "own-500" => Ok(answer(500, &[], "")),
        "status-99" => Ok(answer(99, &[TYPE], "")),
        "status-101" => Ok(answer(101, &[TYPE], "")),
        "status-700" => Ok(answer(700, &[TYPE], "")),
        "no-content" => Ok(answer(204, &[], "a body that must not be sent")),
        "reserved" => Ok(reserved()),
        "redirect-own" => Ok(answer(302, &[("location", "/api/v1/things/1")], "")),
        "redirect-away" => Ok(answer(302, &[("location", "https://evil.example/")], "")),
        "split-value" => Ok(answer(200, &[TYPE, ("x-note", "a\r\nset-cookie: b=c")], "")),
        "split-name" => Ok(answer(200, &[TYPE, ("x-note\r\nset-cookie", "b=c")], "")),
        "html" => Ok(answer(200, &[("content-type", "text/html")], "<script>alert(1)</script>")),
        "file" => Ok(file("films/a.txt", "library")),
        "file-foreign" => Ok(file("films/a.txt", "private")),
        "file-escape" => Ok(file("../outside.txt", "library")),
        "file-missing" => Ok(file("films/none.txt", "library")),
        other => Ok(answer(200, &[TYPE], other)),
    }
}

fn plain_text() -> (String, String) {
    (TYPE.0.to_owned(), TYPE.1.to_owned())
}

/// Headers that are the host's, with one that is not.
fn reserved() -> HttpResponse {
    let headers = [
        TYPE,
        ("set-cookie", "lamphouse_session=stolen"),
        ("content-security-policy", "default-src *"),
        ("strict-transport-security", "max-age=0"),
        ("content-length", "3"),
        ("transfer-encoding", "chunked"),
        ("connection", "keep-alive, upgrade"),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-credentials", "true"),
        ("service-worker-allowed", "/"),
        ("clear-site-data", "\"*\""),
        ("x-content-type-options", "none"),
        ("x-request-id", "forged-request"),
        ("x-frame-options", "ALLOWALL"),
        ("www-authenticate", "Basic"),
        ("server", "evil"),
        ("x-total-count", "7"),
    ];
    answer(200, &headers, "hello")
}

#[async_trait]
impl Plugins for FakePlugins {
    fn running(&self) -> Vec<RunningPlugin> {
        self.running.lock().unwrap().clone()
    }

    fn status(&self, plugin: &PluginId) -> Option<PluginStatus> {
        self.states.lock().unwrap().get(plugin.as_str()).cloned()
    }

    async fn handle_http(
        &self,
        plugin: &PluginId,
        request: HttpRequest,
        caller: &Caller,
        request_id: &RequestId,
    ) -> Result<HttpResponse, EntryError> {
        let path = request.path.clone();
        let (method, query) = (request.method.clone(), request.query.clone());
        let body = String::from_utf8_lossy(&request.body).into_owned();
        self.seen.lock().unwrap().push(Seen { request, caller: caller.clone(), request_id: request_id.to_string() });
        if let Some(kind) = path.strip_prefix("/answers/") {
            if kind == "wait" {
                self.gate.notified().await;
            }
            return by_kind(plugin, kind);
        }
        let echo = json!({ "method": method, "path": path, "query": query, "body": body });
        Ok(answer(200, &[("content-type", "application/json")], &echo.to_string()))
    }

    fn may_read_mount(&self, _: &PluginId, mount: &str) -> bool {
        self.readable.lock().unwrap().iter().any(|name| name == mount)
    }

    fn asset(&self, _: &PluginId, path: &str) -> Option<Asset> {
        match path {
            "ui/index.js" => Some(Asset { bytes: Arc::from(&b"export default 1"[..]), media_type: "text/javascript" }),
            "ui/page.html" => {
                Some(Asset { bytes: Arc::from(&b"<script>alert(1)</script>"[..]), media_type: "text/html" })
            }
            _ => None,
        }
    }
}

/// Keeps what was asked and answers as told.
#[derive(Default)]
pub struct FakeAdmin {
    pub asked: Mutex<Vec<String>>,
    pub refusal: Mutex<Option<AdminError>>,
}

impl FakeAdmin {
    fn note(&self, text: String) -> Result<(), AdminError> {
        self.asked.lock().unwrap().push(text);
        match self.refusal.lock().unwrap().clone() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    pub fn last(&self) -> String {
        self.asked.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

#[async_trait]
impl PluginAdmin for FakeAdmin {
    async fn install(&self, package: Vec<u8>, options: InstallOptions) -> Result<InstallReport, AdminError> {
        self.note(format!("install {} bytes, grant_all={}, by {}", package.len(), options.grant_all, options.actor))?;
        Ok(InstallReport {
            id: "probe".to_owned(),
            version: "1.2.3".to_owned(),
            replaces: None,
            package_hash: HASH.to_owned(),
            awaiting_grant: Vec::new(),
            unchanged: false,
            waits_for: None,
        })
    }

    async fn approve(&self, plugin: &PluginId, package_hash: &str, actor: &str) -> Result<String, AdminError> {
        self.note(format!("approve {package_hash} of {plugin}, by {actor}"))?;
        Ok("1.3.0".to_owned())
    }

    async fn reject(&self, plugin: &PluginId, package_hash: &str, actor: &str) -> Result<(), AdminError> {
        self.note(format!("reject {package_hash} of {plugin}, by {actor}"))
    }

    async fn grant(
        &self,
        plugin: &PluginId,
        interface: &str,
        allow: Option<Vec<Allowance>>,
        actor: &str,
    ) -> Result<(), AdminError> {
        let scope = allow.map_or_else(|| "everything".to_owned(), |allow| json!(allow).to_string());
        self.note(format!("grant {interface} of {plugin}: {scope}, by {actor}"))
    }

    async fn revoke(&self, plugin: &PluginId, interface: &str, actor: &str) -> Result<(), AdminError> {
        self.note(format!("revoke {interface} of {plugin}, by {actor}"))
    }

    async fn set_enabled(&self, plugin: &PluginId, enabled: bool, actor: &str) -> Result<(), AdminError> {
        self.note(format!("enabled={enabled} {plugin}, by {actor}"))
    }

    async fn configure(&self, plugin: &PluginId, changes: Map<String, Value>, actor: &str) -> Result<(), AdminError> {
        self.note(format!("configure {plugin}: {}, by {actor}", Value::Object(changes)))
    }

    async fn uninstall(&self, plugin: &PluginId, purge: bool, actor: &str) -> Result<(), AdminError> {
        self.note(format!("uninstall {plugin}, purge={purge}, by {actor}"))
    }
}
