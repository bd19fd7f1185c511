//! The table of routes, the router and the API document are one; every route is called as nobody, with bad tokens and in
//! each role, and answers as its row says.

use crate::client::call;
use crate::harness::{Host, ROLES};
use lamp_core::clock::UnixMs;
use lamp_core::manifest::interfaces::HOST_ROUTES;
use lamp_core::permission::host_permissions;
use lamp_http::{Access, Route, document, routes};
use serde_json::json;
use std::collections::BTreeSet;

/// The reviewed list: these and no others answer without a sign-in.
const PUBLIC: [&str; 6] = [
    "GET /api/v1/health",
    "GET /api/v1/servers/link",
    "GET /api/v1/setup",
    "POST /api/v1/auth/login",
    "POST /api/v1/servers/register",
    "POST /api/v1/setup",
];

fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

/// A path with something in place of every parameter.
fn filled(route: &Route) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "none-such".to_owned() } else { segment.to_owned() };
    route.path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn holds(role: &str, permission: &str) -> bool {
    let declared = host_permissions().into_iter().find(|one| one.id == permission).expect(permission);
    role == "admin" || declared.roles.iter().any(|holder| holder == role)
}

#[test]
fn the_table_is_unique_and_its_permissions_are_declared() {
    let names: Vec<String> = routes().iter().map(name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let public: BTreeSet<String> =
        routes().iter().filter(|route| !matches!(route.access, Access::Permission(_))).map(name).collect();
    assert_eq!(public, PUBLIC.map(str::to_owned).into());
    let declared: BTreeSet<String> = host_permissions().into_iter().map(|one| one.id).collect();
    for route in routes() {
        if let Access::Permission(permission) = route.access {
            assert!(declared.contains(permission), "{} needs {permission}", route.path);
        }
    }
}

#[test]
fn no_plugin_can_claim_a_collection_of_the_host() {
    for route in routes() {
        if let Some(first) = route.path.strip_prefix("/api/v1/").and_then(|path| path.split('/').next()) {
            assert!(HOST_ROUTES.contains(&first), "{first} is not in HOST_ROUTES of lamp-core");
        }
    }
}

#[test]
fn the_document_has_exactly_the_routes_of_the_table() {
    let document = document(&[]);
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.insert(format!("{} {path}", method.to_uppercase()));
            assert!(operation["summary"].is_string() && operation["responses"].is_object(), "{method} {path}");
        }
    }
    assert_eq!(described, routes().iter().map(name).collect());
    let ids: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "operation ids are unique");
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    fn references(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (key, value) in fields {
                    match value.as_str().filter(|_| key == "$ref") {
                        Some(target) => found.push(target.trim_start_matches('#').to_owned()),
                        None => references(value, found),
                    }
                }
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document(&[]);
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for target in found {
        assert!(document.pointer(&target).is_some(), "{target}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_lists_the_routes_of_running_plugins() {
    let host = Host::with_probe().await;
    let key = host.key("viewer").await;
    let document = host.send(call("GET", "/api/v1/openapi.json").bearer(&key)).await.expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    for path in ["/api/v1/p/probe/things/{id}", "/api/v1/things/{id}", "/api/v1/p/probe/answers/{kind}"] {
        assert_eq!(document["paths"][path]["get"]["x-permission"], "things:read", "{path}");
    }
    assert!(document["paths"].get("/api/v1/answers/{kind}").is_none(), "no alias was claimed for it");
    assert_eq!(document["paths"]["/api/v1/things"]["get"]["parameters"][0]["name"], "depth");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_refuses_who_has_no_valid_token() {
    let host = Host::start().await;
    let revoked = host.key("admin").await;
    let id = host.auth.list_keys().await.unwrap()[0].id.clone();
    host.auth.revoke_key(&crate::harness::origin(), &id).await.unwrap();
    let expired = expired_key(&host).await;
    host.user("gone", "admin").await;
    host.user("kept", "admin").await;
    let disabled = host.login("gone").await.expect(200).session();
    let users = host.auth.list_users().await.unwrap();
    let gone = users.iter().find(|user| user.name == "gone").unwrap();
    let edit = lamp_auth::UserEdit { disabled: Some(true), ..lamp_auth::UserEdit::default() };
    host.auth.change_user(&crate::harness::origin(), &gone.id, edit, None).await.unwrap();
    let garbage = ["", "ls_garbage", "lk_12345678_garbage", "eyJhbGciOiJub25lIn0.e30.", &"x".repeat(5_000)];
    for route in routes() {
        let target = filled(&route);
        let plain = || call(route.method.as_str(), &target);
        let expected = |status: u16| match route.access {
            Access::Public | Access::Unmetered => assert_ne!(status, 401, "{}", name(&route)),
            Access::Permission(_) => assert_eq!(status, 401, "{}", name(&route)),
        };
        // Without a body, sign-in and setup are 415; a token does not matter there.
        expected(host.send(plain()).await.status);
        for token in [revoked.as_str(), expired.as_str(), disabled.as_str()].into_iter().chain(garbage) {
            expected(host.send(plain().bearer(token)).await.status);
        }
        expected(host.send(plain().cookie("ls_garbage").header("sec-fetch-site", "same-origin")).await.status);
        expected(host.send(plain().cookie(&disabled).header("sec-fetch-site", "same-origin")).await.status);
    }
    host.stop().await;
}

/// A key whose end has passed. The rules make none, so the row is changed.
async fn expired_key(host: &Host) -> String {
    let key = host.key("admin").await;
    let row = host.auth.list_keys().await.unwrap().into_iter().find(|row| row.revoked_at.is_none()).unwrap();
    let mut tx = host.store.begin_write().await.unwrap();
    let update = lamp_store::query("update api_key set expires_at = $1 where id = $2").bind(UnixMs(1)).bind(&row.id);
    assert_eq!(tx.execute(update).await.unwrap(), 1);
    tx.commit().await.unwrap();
    key
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_lets_in_exactly_the_roles_of_its_permission() {
    let host = Host::start().await;
    let mut keys = Vec::new();
    for role in ROLES {
        keys.push((role, host.key(role).await));
    }
    for route in routes() {
        let Access::Permission(permission) = route.access else { continue };
        for (role, key) in &keys {
            if route.path == "/api/v1/events" && holds(role, permission) {
                continue; // A stream that does not end; the tests of events read it.
            }
            let answer = host.send(call(route.method.as_str(), &filled(&route)).bearer(key)).await;
            let refused = answer.status == 403;
            assert_eq!(refused, !holds(role, permission), "{role} {} {}", name(&route), answer.status);
            assert!(![401, 405, 500].contains(&answer.status), "{role} {} {}", name(&route), answer.status);
            if refused {
                assert_eq!(answer.code(), "forbidden");
            }
        }
    }
    let denied =
        host.audit().await.into_iter().filter(|row| *row == ("request.refuse".into(), "denied".into())).count();
    assert!(denied >= 10, "refusals are written down: {denied}");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_addresses_and_methods_are_problems_with_the_security_headers() {
    let host = Host::start().await;
    let key = host.key("admin").await;
    for (method, target, status, code) in [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/v2/users", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("DELETE", "/api/v1/health", 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/users", 405, "method_not_allowed"),
        ("GET", "/api/v1/users/", 404, "not_found"),
        ("GET", "/api/v1/plugins/none-such", 404, "plugin_not_installed"),
        ("GET", "/api/v1/plugins/%2e%2e", 404, "not_found"),
        ("GET", "/api/v1/jobs?limit=0", 400, "invalid_query"),
        ("GET", "/api/v1/jobs?limit=501", 400, "invalid_query"),
        ("GET", "/api/v1/jobs?nonsense=1", 400, "invalid_query"),
        ("GET", "/api/v1/jobs?cursor=%21", 400, "invalid_query"),
        ("GET", "/api/v1/jobs?state=lost", 400, "invalid_query"),
        ("GET", "/api/v1/jobs/none", 404, "not_found"),
        ("POST", "/api/v1/jobs/none/cancel", 404, "not_found"),
        ("GET", "/api/v1/audit?cursor=YQ", 400, "invalid_query"),
        ("DELETE", "/api/v1/mounts/none", 404, "not_found"),
        ("DELETE", "/api/v1/notices/none", 404, "not_found"),
        ("POST", "/", 405, "method_not_allowed"),
    ] {
        let answer = host.send(call(method, target).bearer(&key).header("x-request-id", "test-4711")).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {target}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
        assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{target}");
        assert_eq!(answer.header("x-request-id"), Some("test-4711"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.json();
        assert_eq!(body["request_id"], "test-4711");
        assert_eq!((body["status"].as_u64(), &body["type"]), (Some(u64::from(status)), &json!("about:blank")));
        if status == 405 {
            assert!(answer.header("allow").is_some(), "{target}");
        }
    }
    host.stop().await;
}
