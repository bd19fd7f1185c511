//! What other sites' pages can do: nothing.

use crate::client::{Call, call, get};
use crate::harness::Host;
use lamp_http::routes;

fn unsafe_targets() -> Vec<(String, String)> {
    let rows = routes();
    let changes = rows.iter().filter(|route| route.method != "GET");
    changes
        .map(|route| {
            (route.method.to_string(), route.path.replace("{id}", "x").replace("{interface}", "lamphouse:sql"))
        })
        .collect()
}

/// Circumstances in which a browser would send the cookie for another site's page, or hides where it comes from.
fn hostile(call: &Call) -> Vec<(&'static str, Call)> {
    let with = |name: &str, value: &str| call.clone().header(name, value);
    vec![
        ("cross-site", with("sec-fetch-site", "cross-site")),
        ("sibling", with("sec-fetch-site", "same-site")),
        ("opaque origin", with("origin", "null")),
        ("opaque origin, forged site", with("origin", "null").header("sec-fetch-site", "same-origin")),
        ("another origin", with("origin", "http://evil.example")),
        ("origin with our host inside", with("origin", "http://127.0.0.1.evil.example")),
        ("no headers", call.clone()),
        ("method override", with("x-http-method-override", "GET")),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_change_by_cookie_from_elsewhere() {
    let host = Host::with_probe().await;
    host.user("ada", "admin").await;
    let session = host.login("ada").await.expect(200).session();
    let mut targets = unsafe_targets();
    targets.push(("POST".to_owned(), "/api/v1/things".to_owned()));
    let public = ["/api/v1/auth/login", "/api/v1/setup", "/api/v1/servers/register"];
    for (method, target) in targets.into_iter().filter(|(_, target)| !public.contains(&target.as_str())) {
        for (what, call) in hostile(&call(&method, &target).cookie(&session)) {
            let answer = host.send(call).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "cross_site"), "{what}: {method} {target}");
        }
    }
    assert_eq!(host.plugins.calls(), 0, "no plugin code ran");
    assert!(host.admin.asked.lock().unwrap().is_empty());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_fast_waits_and_others_do_not() {
    let host = Host::start_with(|settings| settings.requests_per_second = 1).await;
    host.plugins.start_probe();
    host.user("ada", "admin").await;
    let session = host.login("ada").await.expect(200).session();
    let key = host.key("admin").await;
    let mut answers = Vec::new();
    for target in ["/api/v1/ping", "/api/v1/things"].into_iter().cycle().take(30) {
        answers.push(host.send(get(target).cookie(&session)).await);
    }
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!((1..30).contains(&refused.len()), "{} of 30 refused", refused.len());
    assert_eq!(
        (refused[0].code().as_str(), refused[0].header("content-type")),
        ("too_many_requests", Some("application/problem+json"))
    );
    let wait: u64 = refused[0].header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    host.send(get("/api/v1/ping").bearer(&key)).await.expect(200);

    let strangers = async |target: &'static str| {
        let mut statuses = Vec::new();
        for _ in 0..30 {
            statuses.push(host.send(get(target)).await.status);
        }
        statuses
    };
    let statuses = strangers("/api/v1/plugins").await;
    assert_eq!((statuses[0], *statuses.last().unwrap()), (401, 429));
    assert!(
        strangers("/api/v1/health").await.iter().all(|status| *status == 200),
        "who watches over it is not counted"
    );
    assert!(strangers("/").await.iter().all(|status| *status == 200), "nor is the shell");
    host.send(get("/api/v1/ping").bearer(&key)).await.expect(200);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_pages_and_programs_pass() {
    let host = Host::with_probe().await;
    host.user("ada", "admin").await;
    let session = host.login("ada").await.expect(200).session();
    let key = host.key("admin").await;
    let own = format!("http://{}", host.address);
    for call in [
        call("POST", "/api/v1/things").cookie(&session).header("sec-fetch-site", "same-origin"),
        call("POST", "/api/v1/things").cookie(&session).header("sec-fetch-site", "none"),
        call("POST", "/api/v1/things").cookie(&session).header("origin", &own),
        call("POST", "/api/v1/things").bearer(&key),
        get("/api/v1/things").cookie(&session),
    ] {
        host.send(call).await.expect(200);
    }
    for call in [
        get("/api/v1/things").bearer(&key).header("origin", "null"),
        get("/api/v1/health").header("sec-fetch-site", "cross-site"),
    ] {
        assert_eq!(host.send(call).await.expect(403).code(), "cross_site");
    }
    // A wrong token is not made good by a cookie.
    host.send(get("/api/v1/things").bearer("ls_wrong").cookie(&session)).await.expect(401);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_allows_another_origin() {
    let host = Host::with_probe().await;
    let key = host.key("admin").await;
    for origin in ["http://evil.example", "http://127.0.0.1.evil.example", "https://lamphouse", "file://"] {
        for target in ["/api/v1/users", "/api/v1/things", "/api/v1/health", "/"] {
            let answer = host.send(get(target).bearer(&key).header("origin", origin)).await;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{target}");
            assert_eq!(answer.header("access-control-allow-credentials"), None);
        }
    }
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_host_names_are_misdirected_when_names_are_configured() {
    let open = Host::start().await;
    open.send(get("/api/v1/health").header("host", "anything.example")).await.expect(200);
    open.stop().await;
    let host = Host::start_with(|settings| {
        settings.allowed_hosts = ["lamphouse.example".to_owned(), "::1".to_owned()].into();
    })
    .await;
    for (name, status) in [
        ("lamphouse.example", 200),
        ("LAMPHOUSE.example:8080", 200),
        ("[::1]:10858", 200),
        ("evil.example", 421),
        ("lamphouse.example.evil.example", 421),
        ("evil.example:lamphouse.example", 421),
        ("127.0.0.1", 421),
        ("", 421),
    ] {
        assert_eq!(host.send(get("/api/v1/health").header("host", name)).await.status, status, "{name}");
    }
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_trusted_proxy_says_that_a_browser_speaks_tls() {
    for (trusted, secure) in [(false, false), (true, true)] {
        let host = Host::start_with(|settings| {
            if trusted {
                settings.trusted_proxies = ["127.0.0.1".parse().unwrap()].into();
            }
        })
        .await;
        host.user("ada", "viewer").await;
        let body = serde_json::json!({ "username": "ada", "password": crate::harness::PASSWORD });
        let login = call("POST", "/api/v1/auth/login").json(body).header("x-forwarded-proto", "https");
        let answer = host.send(login.header("x-forwarded-for", "198.51.100.7, 203.0.113.9")).await.expect(200);
        assert_eq!(answer.header("set-cookie").unwrap().contains("Secure"), secure);
        let user = host.auth.list_users().await.unwrap().remove(0);
        let session = host.store.list_sessions(&user.id).await.unwrap().remove(0);
        assert_eq!(session.ip.as_deref(), Some(if trusted { "203.0.113.9" } else { "127.0.0.1" }));
        host.stop().await;
    }
}
