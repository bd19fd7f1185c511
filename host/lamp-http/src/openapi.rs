//! The API document (OpenAPI 3.1): the host's table of routes and the manifests of the running plugins.

use crate::route::{Access, Parameter, Payload, Route};
use crate::routes::routes;
use lamp_core::entry::RunningPlugin;
use lamp_core::manifest::alias::is_under;
use lamp_core::manifest::{Manifest, Route as PluginRoute};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// How an error looks, for the document.
#[derive(Serialize, JsonSchema)]
struct Problem {
    /// `about:blank`
    r#type: String,
    /// Name of the status.
    title: String,
    status: u16,
    /// For programs.
    code: String,
    /// For people, with the next step.
    message: String,
    /// More facts, by code.
    detail: Option<Value>,
    /// The field that is to blame.
    field: Option<String>,
    request_id: String,
}

/// A field that a request may leave out always stands in an answer, so that each has its own schemas. Those of requests
/// stand where they are used: one name can then not mean both.
struct Schemas {
    asked: SchemaGenerator,
    answered: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        let asked = settings.clone().with(|settings| settings.inline_subschemas = true).into_generator();
        Self { asked, answered: settings.for_serialize().into_generator() }
    }
}

/// The whole document for the plugins given.
pub fn document(plugins: &[RunningPlugin]) -> Value {
    let mut schemas = Schemas::new();
    let problem = schemas.answered.subschema_for::<Problem>();
    let mut paths = Map::new();
    for route in routes() {
        let operation = host_operation(&route, &mut schemas);
        insert(&mut paths, route.path, route.method.as_str(), operation);
    }
    for plugin in plugins {
        add_plugin(&mut paths, plugin);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lamphouse",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The host's routes and those of the plugins that run now.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas.answered.take_definitions(true),
            "responses": { "Problem": {
                "description": "Refused or failed (RFC 9457)",
                "content": { "application/problem+json": { "schema": problem } },
            } },
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "session token or API key" },
                "cookie": { "type": "apiKey", "in": "cookie", "name": crate::request::SESSION_COOKIE },
            },
        },
        "security": [{ "bearer": [] }, { "cookie": [] }],
    })
}

fn insert(paths: &mut Map<String, Value>, path: &str, method: &str, operation: Value) {
    let item = paths.entry(path).or_insert_with(|| json!({}));
    item[method.to_ascii_lowercase()] = operation;
}

fn host_operation(route: &Route, schemas: &mut Schemas) -> Value {
    let parameters: Vec<Value> = path_parameters(route.path).chain(route.query.iter().map(query_parameter)).collect();
    let mut operation = json!({
        "operationId": operation_id(route.method.as_str(), route.path),
        "summary": route.summary,
        "tags": ["host"],
        "parameters": parameters,
        "responses": {
            route.status.as_str(): response(route.response, &mut schemas.answered),
            "default": { "$ref": "#/components/responses/Problem" },
        },
    });
    if let Some(content) = content(route.request, &mut schemas.asked) {
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    match route.access {
        Access::Public | Access::Unmetered => operation["security"] = json!([]),
        Access::Permission(permission) => operation["x-permission"] = json!(permission),
    }
    operation
}

fn path_parameters(path: &str) -> impl Iterator<Item = Value> {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
}

fn query_parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name, "in": "query", "description": parameter.description,
        "schema": { "type": parameter.kind },
    })
}

/// `getJobsId` of `GET /api/v1/jobs/{id}`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.trim_start_matches("/api/v1").split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_ascii_uppercase() + rest
    };
    method.to_ascii_lowercase() + &words.map(capital).collect::<String>()
}

fn content(payload: Payload, schemas: &mut SchemaGenerator) -> Option<Value> {
    match payload {
        Payload::None => None,
        Payload::Json(schema) => Some(json!({ "application/json": { "schema": schema(schemas) } })),
        Payload::Raw(media_type) => Some(json!({ media_type: {} })),
    }
}

fn response(payload: Payload, schemas: &mut SchemaGenerator) -> Value {
    let mut response = json!({ "description": "Done" });
    if let Some(content) = content(payload, schemas) {
        response["content"] = content;
    }
    response
}

/// A plugin's routes under its own prefix, and under the aliases it claims.
fn add_plugin(paths: &mut Map<String, Value>, plugin: &RunningPlugin) {
    let manifest = &plugin.manifest;
    for route in &manifest.routes {
        let own = format!("/api/v1/p/{}{}", manifest.id, route.path);
        insert(paths, &own, route.method.as_str(), plugin_operation(manifest, route, &own));
        if plugin.aliases.iter().any(|alias| is_under(&route.path, alias)) {
            let alias = format!("/api/v1{}", route.path);
            insert(paths, &alias, route.method.as_str(), plugin_operation(manifest, route, &alias));
        }
    }
}

fn plugin_operation(manifest: &Manifest, route: &PluginRoute, path: &str) -> Value {
    let query = route.query.iter().map(|parameter| {
        json!({
            "name": parameter.name, "in": "query", "description": parameter.description,
            "schema": { "type": parameter.kind },
        })
    });
    let mut answer = json!({ "description": "Done" });
    if let Some(schema) = &route.response {
        answer["content"] = json!({ "application/json": { "schema": schema } });
    }
    json!({
        "operationId": operation_id(route.method.as_str(), path),
        "summary": route.summary,
        "tags": [manifest.id],
        "parameters": path_parameters(path).chain(query).collect::<Vec<Value>>(),
        "responses": { "200": answer, "default": { "$ref": "#/components/responses/Problem" } },
        "x-permission": route.permission,
    })
}
