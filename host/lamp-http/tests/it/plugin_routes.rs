//! Requests to plugins: routing, rights before code, what comes back.

use crate::client::{call, get};
use crate::fakes::probe;
use crate::harness::{Host, until};
use lamp_core::caller::Identity;
use lamp_core::entry::PluginState;
use lamp_core::grant::Allowance;
use lamp_store::plugins::PluginInstall;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_reaches_its_plugin_by_prefix_and_by_alias() {
    let host = Host::with_probe().await;
    let key = host.key("operator").await;
    for target in ["/api/v1/things/a%20b?depth=2&x=%2F", "/api/v1/p/probe/things/a%20b?depth=2&x=%2F"] {
        let call =
            get(target).bearer(&key).header("accept", "text/csv").header("x-request-id", "request-1").cookie("c");
        let echo = host.send(call.header("x-lamphouse-user", "forged")).await.expect(200).json();
        assert_eq!(echo, json!({ "method": "GET", "path": "/things/a b", "query": "depth=2&x=%2F", "body": "" }));
        let seen = host.plugins.last();
        assert_eq!(seen.request_id, "request-1");
        let names: Vec<&str> = seen.request.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&"accept") && names.contains(&"host"), "{names:?}");
        for hidden in ["authorization", "cookie", "x-lamphouse-user", "connection"] {
            assert!(!names.contains(&hidden), "{hidden}");
        }
        assert!(matches!(&seen.caller.identity, Identity::ApiKey { name, .. } if name == "operator key"));
        assert!(seen.caller.may("things:write"), "the plugin's own permissions are resolved");
    }
    let post = call("POST", "/api/v1/things").bearer(&key).bytes("text/csv", b"a,b".to_vec());
    assert_eq!(host.send(post).await.expect(200).json()["body"], "a,b");
    let head = host.send(call("HEAD", "/api/v1/things").bearer(&key)).await.expect(200);
    assert!(head.body.is_empty());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_adds_to_the_items_of_a_collection_and_takes_nothing_of_the_host() {
    let host = Host::with_probe().await;
    let key = host.key("admin").await;
    for (target, status, calls) in [
        ("/api/v1/users/7/things", 200, 1),
        ("/api/v1/users/7/things?depth=2", 200, 1),
        ("/api/v1/users/7/others", 404, 0),
        ("/api/v1/users//things", 404, 0),
        ("/api/v1/users", 200, 0),
        // The host's own, although the plugin claims it.
        ("/api/v1/plugins/none-such/logs", 404, 0),
    ] {
        let before = host.plugins.calls();
        host.send(get(target).bearer(&key)).await.expect(status);
        assert_eq!(host.plugins.calls() - before, calls, "{target}");
    }
    host.send(get("/api/v1/users/7/things")).await.expect(401);
    host.plugins.stop_probe(PluginState::Disabled, "");
    until("the route is gone", async || host.send(get("/api/v1/users/7/things").bearer(&key)).await.status == 404)
        .await;
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_are_checked_before_plugin_code() {
    let host = Host::with_probe().await;
    for (role, method, target, status) in [
        ("viewer", "GET", "/api/v1/things", 200),
        ("viewer", "POST", "/api/v1/things", 403),
        ("operator", "POST", "/api/v1/things", 200),
        ("admin", "POST", "/api/v1/things", 200),
        ("colorist", "GET", "/api/v1/things", 403),
        ("viewer", "DELETE", "/api/v1/things", 405),
        ("viewer", "GET", "/api/v1/things/1/2", 404),
        ("viewer", "GET", "/api/v1/p/probe/none", 404),
        ("viewer", "GET", "/api/v1/answers/ok", 404),
    ] {
        let before = host.plugins.calls();
        let key = host.key(role).await;
        let answer = host.send(call(method, target).bearer(&key)).await.expect(status);
        assert_eq!(host.plugins.calls() - before, usize::from(status == 200), "{role} {method} {target}");
        if status == 405 {
            assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
        }
    }
    let before = host.plugins.calls();
    host.send(get("/api/v1/things")).await.expect(401);
    host.send(get("/api/v1/p/other/things")).await.expect(401);
    assert_eq!(host.plugins.calls(), before);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_that_is_not_there_says_why() {
    let host = Host::start().await;
    let key = host.key("viewer").await;
    let own = get("/api/v1/p/probe/things").bearer(&key);
    let alias = get("/api/v1/things").bearer(&key);
    assert_eq!(host.send(own.clone()).await.expect(404).code(), "plugin_not_installed");
    assert_eq!(host.send(alias.clone()).await.expect(404).code(), "not_found");
    install(&host).await;
    host.plugins.stop_probe(PluginState::Quarantined, "it trapped three times");
    for call in [own.clone(), alias.clone()] {
        let answer = host.send(call).await.expect(503);
        assert_eq!(answer.code(), "plugin_not_running");
        assert_eq!(answer.json()["detail"], json!({ "state": "quarantined", "reason": "it trapped three times" }));
    }
    host.plugins.start_probe();
    for call in [own.clone(), alias.clone()] {
        host.send(call).await.expect(200);
    }
    host.plugins.stop_probe(PluginState::Disabled, "");
    until("the route is gone", async || host.send(alias.clone()).await.status == 503).await;
    until("the permission is gone", async || {
        let me = host.send(get("/api/v1/auth/me").bearer(&key)).await.json();
        !me["permissions"].as_array().unwrap().contains(&json!("things:read"))
    })
    .await;
    host.stop().await;
}

/// Puts the probe into the database, as an install does.
pub async fn install(host: &Host) {
    let manifest = crate::fakes::manifest();
    let everything = manifest.capabilities.iter().map(|request| (request.interface.clone(), request.allow.clone()));
    let grants: Vec<(String, Vec<Allowance>)> = everything.collect();
    let install = PluginInstall {
        id: probe(),
        version: "1.2.3".to_owned(),
        manifest: serde_json::to_string(&manifest).unwrap(),
        package_hash: crate::fakes::HASH.to_owned(),
        package: vec![0],
        grants,
    };
    host.store.install_plugin(&crate::harness::origin(), install).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_call_comes_to_is_told_without_its_insides() {
    let host = Host::with_probe().await;
    let key = host.key("viewer").await;
    for (kind, status, code) in [
        ("trap", 502, "plugin_failed"),
        ("memory", 502, "plugin_failed"),
        ("host", 502, "plugin_failed"),
        ("timeout", 504, "plugin_timeout"),
        ("busy", 503, "plugin_busy"),
        ("gone", 404, "plugin_not_installed"),
        ("stopping", 503, "plugin_not_running"),
        ("status-99", 502, "plugin_failed"),
        ("status-101", 502, "plugin_failed"),
        ("status-700", 502, "plugin_failed"),
        ("split-value", 502, "plugin_failed"),
        ("split-name", 502, "plugin_failed"),
        ("file-foreign", 502, "plugin_failed"),
    ] {
        let answer = host.send(get(&format!("/api/v1/p/probe/answers/{kind}")).bearer(&key)).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{kind}");
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert_eq!(answer.header("retry-after").is_some(), status == 503, "{kind}");
        assert!(answer.header("content-security-policy").is_some());
    }
    let own = host.send(get("/api/v1/p/probe/answers/own-404").bearer(&key)).await.expect(404);
    assert_eq!(own.text(), "no such thing");
    let own = host.send(get("/api/v1/p/probe/answers/own-500").bearer(&key)).await.expect(500);
    assert!(own.body.is_empty() && own.header("content-type").is_none(), "a plugin's own errors pass through");
    let none = host.send(get("/api/v1/p/probe/answers/no-content").bearer(&key)).await.expect(204);
    assert!(none.body.is_empty());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_of_the_host_stay_the_hosts() {
    let host = Host::with_probe().await;
    let key = host.key("viewer").await;
    let answer = host.send(get("/api/v1/p/probe/answers/reserved").bearer(&key)).await.expect(200);
    assert_eq!(answer.text(), "hello");
    for name in [
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "service-worker-allowed",
        "clear-site-data",
        "x-frame-options",
        "www-authenticate",
        "server",
    ] {
        assert_eq!(answer.header(name), None, "{name}");
    }
    assert_eq!(answer.header("content-length"), Some("5"));
    assert_eq!(answer.header("x-total-count"), Some("7"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'; sandbox"));
    assert_ne!(answer.header("x-request-id"), Some("forged-request"));
    let html = host.send(get("/api/v1/p/probe/answers/html").bearer(&key)).await.expect(200);
    assert!(html.header("content-security-policy").unwrap().contains("sandbox"));
    let own = host.send(get("/api/v1/p/probe/answers/redirect-own").bearer(&key)).await.expect(302);
    assert_eq!(own.header("location"), Some("/api/v1/things/1"));
    let away = host.send(get("/api/v1/p/probe/answers/redirect-away").bearer(&key)).await.expect(302);
    assert_eq!(away.header("location"), None);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_served_with_ranges_and_tags() {
    let host = Host::with_probe().await;
    host.plugins.readable.lock().unwrap().push("library".to_owned());
    let key = host.key("viewer").await;
    let file = get("/api/v1/p/probe/answers/file").bearer(&key);
    let whole = host.send(file.clone()).await.expect(200);
    assert_eq!(whole.text(), "0123456789");
    assert_eq!((whole.header("content-length"), whole.header("accept-ranges")), (Some("10"), Some("bytes")));
    assert_eq!(whole.header("content-type"), Some("text/plain"));
    let tag = whole.header("etag").unwrap().to_owned();
    assert_ne!(tag, "\"forged\"");
    let part = host.send(file.clone().header("range", "bytes=2-4")).await.expect(206);
    assert_eq!((part.text().as_str(), part.header("content-range")), ("234", Some("bytes 2-4/10")));
    let tail = host.send(file.clone().header("range", "bytes=-3").header("if-range", &tag)).await.expect(206);
    assert_eq!(tail.text(), "789");
    host.send(file.clone().header("range", "bytes=2-4").header("if-range", "\"old\"")).await.expect(200);
    let past = host.send(file.clone().header("range", "bytes=10-")).await.expect(416);
    assert_eq!(past.header("content-range"), Some("bytes */10"));
    let same = host.send(file.clone().header("if-none-match", &tag)).await.expect(304);
    assert!(same.body.is_empty() && same.header("etag") == Some(tag.as_str()));
    let head = host.send(call("HEAD", "/api/v1/p/probe/answers/file").bearer(&key)).await.expect(200);
    assert_eq!((head.body.len(), head.header("content-length")), (0, Some("10")));
    host.send(get("/api/v1/p/probe/answers/file-missing").bearer(&key)).await.expect(404);
    let escape = host.send(get("/api/v1/p/probe/answers/file-escape").bearer(&key)).await.expect(422);
    assert!(!escape.text().contains(host.folder.path().to_str().unwrap()));
    host.plugins.readable.lock().unwrap().clear();
    host.send(file).await.expect(502);
    host.stop().await;
}

/// Ways to write a path that leads out of a plugin's own namespace for a careless reader.
pub fn escapes() -> Vec<String> {
    let steps = [
        "..",
        ".",
        "%2e%2e",
        "%2E%2E",
        ".%2e",
        "%2e.",
        "%2e",
        "..%2f",
        "..%2F",
        "%2e%2e%2f",
        "..%5c",
        "..\\",
        "%5c..",
        "..%00",
        "%00",
        "..;",
        "..%3b/..",
        "%c0%ae%c0%ae",
        "%c0%af",
        "%e0%80%ae",
        "%ff",
        "%uff0e%uff0e",
        "..%c0%af",
        "%",
        "%2",
        "%zz",
        "..%09",
        "%0a",
        "%0d%0a",
        "%7f",
    ];
    let doubled = ["%252e%252e", "%25%32%65", "%252f"];
    steps
        .iter()
        .map(|step| format!("{step}/users"))
        .chain(steps.iter().take(17).map(|step| format!("x/{step}/{step}/users")))
        .chain(doubled.iter().map(|step| format!("{step}/{step}/users")))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_spelling_of_a_path_leaves_the_plugins_namespace() {
    let host = Host::with_probe().await;
    let key = host.key("admin").await;
    let escapes = escapes();
    assert!(escapes.len() >= 50, "{}", escapes.len());
    for prefix in ["/api/v1/p/probe/", "/api/v1/things/", "/api/v1/p/"] {
        for escape in &escapes {
            let answer = host.send(get(&format!("{prefix}{escape}")).bearer(&key)).await;
            assert!([400, 404].contains(&answer.status), "{prefix}{escape}: {}", answer.status);
        }
    }
    assert_eq!(host.plugins.calls(), 0);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_over_the_limit_never_reaches_the_plugin() {
    let host = Host::with_probe().await;
    let key = host.key("operator").await;
    let post =
        |size: usize| call("POST", "/api/v1/things").bearer(&key).bytes("application/octet-stream", vec![b'x'; size]);
    host.send(post(1 << 20)).await.expect(200);
    assert_eq!(host.send(post((1 << 20) + 1)).await.expect(413).code(), "body_too_large");
    assert_eq!(host.plugins.calls(), 1);
    host.stop().await;
}
