//! Setup, sign-in, sessions, users and keys over HTTP.

use crate::client::{Answer, call, get};
use crate::harness::{Host, PASSWORD, origin};
use lamp_auth::Presented;
use serde_json::{Value, json};

fn setup(token: &str, name: &str) -> crate::client::Call {
    call("POST", "/api/v1/setup").json(json!({ "token": token, "username": name, "password": PASSWORD }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_account_is_made_once_with_the_printed_token() {
    let host = Host::start().await;
    let token = host.auth.issue_setup_token().await.unwrap().unwrap();
    assert_eq!(host.send(get("/api/v1/setup")).await.expect(200).json(), json!({ "needed": true }));
    assert_eq!(host.send(setup("wrong", "ada")).await.expect(403).code(), "setup_token_invalid");
    let weak = json!({ "token": token, "username": "ada", "password": "password1234" });
    let weak = host.send(call("POST", "/api/v1/setup").json(weak)).await.expect(422);
    assert_eq!(weak.json()["field"], "password");
    let made = host.send(setup(&token, "ada")).await.expect(201);
    assert_eq!(made.json()["user"]["is_admin"], true);
    assert_eq!(host.send(setup(&token, "eve")).await.expect(409).code(), "setup_done");
    assert_eq!(host.send(get("/api/v1/setup")).await.expect(200).json(), json!({ "needed": false }));
    assert_eq!(host.auth.issue_setup_token().await.unwrap(), None);
    host.send(get("/api/v1/auth/me").cookie(&made.session())).await.expect(200);
    host.stop().await;
}

lamp_store::on_each_database! {
    async fn of_racing_setups_one_wins(database) {
        let host = Host::start_on(database, |_| {}).await;
        let token = host.auth.issue_setup_token().await.unwrap().unwrap();
        let names: Vec<String> = (0..4).map(|number| format!("ada{number}")).collect();
        let racing = names.iter().map(|name| host.send(setup(&token, name)));
        let answers: Vec<Answer> = futures_util::future::join_all(racing).await;
        let won = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(won, 1, "{answers:?}");
        assert!(answers.iter().all(|answer| [201, 403, 409].contains(&answer.status)), "{answers:?}");
        assert_eq!(host.auth.list_users().await.unwrap().len(), 1);
        host.stop().await;
    }

    async fn an_account_lives_and_ends(database) {
        let host = Host::start_on(database, |_| {}).await;
        let admin = host.key("admin").await;
        let new = json!({ "username": "ada", "password": PASSWORD, "role": "viewer" });
        let made = host.send(call("POST", "/api/v1/users").bearer(&admin).json(new.clone())).await.expect(201).json();
        assert_eq!(host.send(call("POST", "/api/v1/users").bearer(&admin).json(new)).await.expect(409).code(), "name_taken");
        let session = host.login("ADA").await.expect(200).session();
        let me = host.send(get("/api/v1/auth/me").cookie(&session)).await.expect(200).json();
        assert_eq!((me["user"]["username"].as_str(), me["user"]["role"].as_str()), (Some("ada"), Some("viewer")));
        let target = format!("/api/v1/users/{}", made["id"].as_str().unwrap());
        let patch = |body: Value| call("PATCH", &target).bearer(&admin).json(body);
        host.send(patch(json!({ "role": "operator" }))).await.expect(200);
        host.send(get("/api/v1/auth/me").cookie(&session)).await.expect(401);
        let session = host.login("ada").await.expect(200).session();
        host.send(patch(json!({ "password": "another good passphrase" }))).await.expect(200);
        host.send(get("/api/v1/auth/me").cookie(&session)).await.expect(401);
        assert_eq!(host.login("ada").await.expect(401).code(), "invalid_credentials");
        host.send(call("DELETE", &target).bearer(&admin)).await.expect(204);
        host.send(call("DELETE", &target).bearer(&admin)).await.expect(404);
        let audit = host.audit().await;
        for action in ["user.create", "user.change", "user.delete", "session.create"] {
            assert!(audit.contains(&(action.to_owned(), "allowed".to_owned())), "{action}");
        }
        assert!(audit.contains(&("session.create".to_owned(), "denied".to_owned())));
        host.stop().await;
    }

    async fn a_key_lives_until_it_is_revoked(database) {
        let host = Host::start_on(database, |_| {}).await;
        let admin = host.key("admin").await;
        let new = json!({ "name": "nightly", "role": "viewer", "expires_at": "2999-01-01T00:00:00Z" });
        let made = host.send(call("POST", "/api/v1/keys").bearer(&admin).json(new)).await.expect(201).json();
        let key = made["key"].as_str().unwrap();
        let me = host.send(get("/api/v1/auth/me").bearer(key)).await.expect(200).json();
        assert_eq!(me["user"]["username"], "nightly");
        let listed = host.send(get("/api/v1/keys").bearer(&admin)).await.expect(200);
        assert!(!listed.text().contains(key), "a key is shown once");
        assert!(key.starts_with(listed.json()[0]["prefix"].as_str().unwrap()));
        assert_eq!(host.send(get("/api/v1/users").bearer(key)).await.expect(403).code(), "forbidden");
        assert_eq!(host.send(get("/api/v1/auth/me").cookie(key)).await.expect(401).code(), "not_signed_in");
        let target = format!("/api/v1/keys/{}", made["id"].as_str().unwrap());
        host.send(call("DELETE", &target).bearer(&admin)).await.expect(204);
        host.send(get("/api/v1/auth/me").bearer(key)).await.expect(401);
        for (field, value) in [("expires_at", json!("2001-01-01T00:00:00Z")), ("role", json!("god")), ("name", json!(" "))] {
            let mut bad = json!({ "name": "x", "role": "viewer" });
            bad[field] = value;
            let refused = host.send(call("POST", "/api/v1/keys").bearer(&admin).json(bad)).await.expect(422);
            assert_eq!(refused.json()["field"], field);
        }
        host.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_gives_a_guarded_cookie_and_a_bearer() {
    let host = Host::start().await;
    host.user("ada", "viewer").await;
    let answer = host.login("ada").await.expect(200);
    let cookie = answer.header("set-cookie").unwrap();
    for part in ["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=604800"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain HTTP here");
    let body = answer.json();
    assert_eq!(body["token_type"], "bearer");
    let bearer = body["access_token"].as_str().unwrap();
    host.send(get("/api/v1/auth/me").bearer(bearer)).await.expect(200);
    let out = call("POST", "/api/v1/auth/logout").cookie(&answer.session()).header("sec-fetch-site", "same-origin");
    let out = host.send(out).await.expect(204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    host.send(get("/api/v1/auth/me").bearer(bearer)).await.expect(401);
    host.send(get("/api/v1/auth/me").cookie(bearer)).await.expect(401);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_is_slowed_and_tells_nothing() {
    let host = Host::start().await;
    host.user("ada", "viewer").await;
    let guess = |name: &str, password: &str| {
        call("POST", "/api/v1/auth/login").json(json!({ "username": name, "password": password }))
    };
    let known = host.send(guess("ada", "wrong wrong wrong")).await.expect(401);
    let unknown = host.send(guess("nobody", "wrong wrong wrong")).await.expect(401);
    let strip = |answer: &Answer| {
        let mut body = answer.json();
        body["request_id"] = Value::Null;
        body
    };
    assert_eq!(strip(&known), strip(&unknown));
    for _ in 0..4 {
        host.send(guess("ada", "wrong wrong wrong")).await.expect(401);
    }
    let forged = guess("ada", PASSWORD).header("x-forwarded-for", "203.0.113.7");
    let slowed = host.send(forged).await.expect(429);
    assert_eq!(slowed.code(), "too_many_attempts");
    let wait: u64 = slowed.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_removes_themselves_or_the_last_admin() {
    let host = Host::start().await;
    let id = host.user("ada", "admin").await;
    let session = host.login("ada").await.expect(200).session();
    let target = format!("/api/v1/users/{id}");
    let own = |method: &str| call(method, &target).cookie(&session).header("sec-fetch-site", "same-origin");
    assert_eq!(host.send(own("DELETE")).await.expect(409).code(), "own_account");
    assert_eq!(host.send(own("PATCH").json(json!({ "disabled": true }))).await.expect(409).code(), "own_account");
    assert_eq!(host.send(own("PATCH").json(json!({ "role": "viewer" }))).await.expect(409).code(), "last_admin");
    let key = host.key("admin").await;
    assert_eq!(host.send(call("DELETE", &target).bearer(&key)).await.expect(409).code(), "last_admin");
    let other = host.login("ada").await.expect(200).session();
    let change = own("PATCH").json(json!({ "password": "another good passphrase" }));
    host.send(change).await.expect(200);
    host.send(get("/api/v1/auth/me").cookie(&session)).await.expect(200);
    host.send(get("/api/v1/auth/me").cookie(&other)).await.expect(401);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_with_other_fields_or_forms_are_refused() {
    let host = Host::start().await;
    let key = host.key("admin").await;
    let good = json!({ "username": "ada", "password": PASSWORD, "role": "viewer" });
    for extra in ["id", "is_admin", "created_at", "disabled", "password_hash", "last_sign_in_at"] {
        let mut body = good.clone();
        body[extra] = json!(true);
        let answer = host.send(call("POST", "/api/v1/users").bearer(&key).json(body)).await.expect(400);
        assert_eq!(answer.code(), "invalid_body", "{extra}");
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)).into_bytes();
    let twice = br#"{"username":"a","username":"b","password":"x","role":"viewer"}"#.to_vec();
    for (media_type, body, status, code) in [
        ("text/plain", good.to_string().into_bytes(), 415, "unsupported_media_type"),
        ("application/x-www-form-urlencoded", b"username=a".to_vec(), 415, "unsupported_media_type"),
        ("application/json", deep, 400, "invalid_body"),
        ("application/json", twice, 400, "invalid_body"),
        ("application/json", b"{".to_vec(), 400, "invalid_json"),
        ("application/json", b"\xff\xfe".to_vec(), 400, "invalid_json"),
        ("application/json", vec![b' '; (1 << 20) + 1], 413, "body_too_large"),
    ] {
        let answer = host.send(call("POST", "/api/v1/users").bearer(&key).bytes(media_type, body)).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{media_type}");
    }
    assert!(host.auth.list_users().await.unwrap().is_empty());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_another_process_show_within_a_second() {
    let host = Host::start().await;
    let key = host.key("viewer").await;
    host.send(get("/api/v1/auth/me").bearer(&key)).await.expect(200);
    // Another `Auth` on the same database stands for the command line.
    let elsewhere = lamp_auth::Auth::new(host.store.clone(), lamp_auth::PasswordCost::default());
    let id = elsewhere.list_keys().await.unwrap()[0].id.clone();
    elsewhere.revoke_key(&origin(), &id).await.unwrap();
    assert!(elsewhere.authenticate(Presented::Bearer(&key)).await.is_err());
    let began = std::time::Instant::now();
    crate::harness::until("the key is refused", async || {
        host.send(get("/api/v1/auth/me").bearer(&key)).await.status == 401
    })
    .await;
    assert!(began.elapsed() < std::time::Duration::from_millis(1_500), "{:?}", began.elapsed());
    host.stop().await;
}
