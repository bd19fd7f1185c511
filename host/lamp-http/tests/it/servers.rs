//! Servers of the network over HTTP: registration, letting in, heartbeats, and everything that is refused.

use crate::client::{Answer, Call, call, get};
use crate::harness::{Host, origin, sites_settings, until};
use lamp_core::clock::SystemClock;
use lamp_core::site::SiteRole;
use lamp_sites::{Join, KeyLimits, NetworkDial, Sites, create_key};
use lamp_store::testing::{Backend, TestDatabase};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const MAC: &str = "02:00:5e:10:00:01";

async fn registration_key(host: &Host, max_servers: u32) -> String {
    create_key(&host.store, &origin(), KeyLimits { max_servers, days: 1 }).await.unwrap().1
}

fn registration(key: &str, mac: &str) -> Call {
    call("POST", "/api/v1/servers/register").json(json!({
        "name": "Rex", "location": "Berlin", "api_url": "http://rex:10858", "mac_address": mac,
        "registration_key": key, "storage_capacity_tb": 22.5,
    }))
}

async fn registered(host: &Host, mac: &str) -> (String, String) {
    let key = registration_key(host, 1).await;
    let answer = host.send(registration(&key, mac)).await.expect(200).json();
    (answer["id"].as_str().unwrap().to_owned(), answer["secret"].as_str().unwrap().to_owned())
}

async fn listed(host: &Host, key: &str) -> Vec<Value> {
    host.send(get("/api/v1/servers").bearer(key)).await.expect(200).json().as_array().unwrap().clone()
}

lamp_store::on_each_database! {
    async fn a_server_registers_waits_and_is_let_in(database) {
        let host = Host::start_on(database, |_| {}).await;
        let (admin, viewer) = (host.key("admin").await, host.key("viewer").await);
        let key = registration_key(&host, 1).await;
        let first = host.send(registration(&key, MAC)).await.expect(200).json();
        let id = first["id"].as_str().unwrap();
        assert!(uuid_like(id) && first["message"].as_str().unwrap().contains("authorise"), "{first}");
        let again = host.send(registration(&key, "02-00-5E-10-00-01")).await.expect(200).json();
        assert_eq!((again["id"].as_str().unwrap(), again.get("secret")), (id, None), "the same id, and no second secret");
        let servers = listed(&host, &viewer).await;
        assert_eq!(servers.len(), 1);
        for (field, value) in [
            ("id", json!(id)), ("name", json!("Rex")), ("location", json!("Berlin")), ("api_url", json!("http://rex:10858")),
            ("mac_address", json!(MAC)), ("is_authorized", json!(false)), ("storage_capacity_tb", json!(22.5)),
            ("is_online", json!(true)), ("is_linked", json!(false)), ("public_key", Value::Null), ("plugins", Value::Null),
        ] {
            assert_eq!(servers[0][field], value, "{field}");
        }
        for field in ["created_at", "updated_at", "last_seen"] {
            assert!(servers[0][field].as_str().unwrap().ends_with('Z'), "{field}");
        }
        assert_eq!(host.store.list_notices(false, 9).await.unwrap().len(), 1, "the admins are told");
        let let_in = host.send(call("POST", &format!("/api/v1/servers/{id}/authorize")).bearer(&admin)).await.expect(200);
        assert_eq!(let_in.json()["is_authorized"], true);
        assert_eq!(listed(&host, &viewer).await[0]["is_authorized"], true);
        assert_eq!(host.store.list_notices(false, 9).await.unwrap().len(), 0);
        let out = host.send(call("POST", &format!("/api/v1/servers/{id}/deauthorize")).bearer(&admin)).await.expect(200);
        assert_eq!(out.json()["is_authorized"], false);
        let patch = json!({ "location": "Bonn", "storage_capacity_tb": 3 });
        let changed = host.send(call("PATCH", &format!("/api/v1/servers/{id}")).bearer(&admin).json(patch)).await.expect(200);
        assert_eq!((&changed.json()["location"], &changed.json()["storage_capacity_tb"]), (&json!("Bonn"), &json!(3.0)));
        host.send(call("DELETE", &format!("/api/v1/servers/{id}")).bearer(&admin)).await.expect(204);
        assert_eq!(listed(&host, &viewer).await, [] as [Value; 0]);
        let audit: Vec<String> = host.audit().await.into_iter().map(|row| row.0).filter(|action| action.starts_with("server.")).collect();
        assert_eq!(audit, ["server.remove", "server.change", "server.deauthorize", "server.authorize", "server.register", "server.register"]);
        host.stop().await;
    }
}

fn uuid_like(text: &str) -> bool {
    text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

fn refused(answer: Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text());
    assert!(answer.json()["message"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_and_used_keys_are_refused_and_guessing_is_slowed() {
    let host = Host::start().await;
    let key = registration_key(&host, 1).await;
    host.send(registration(&key, MAC)).await.expect(200);
    refused(host.send(registration(&key, "02:00:5e:10:00:02")).await, 403, "registration_key_used");
    let row = host.store.list_registration_keys().await.unwrap().remove(0);
    host.store.revoke_registration_key(&origin(), &row.id).await.unwrap();
    refused(host.send(registration(&key, MAC)).await, 403, "registration_key_invalid");
    let denied =
        host.audit().await.into_iter().filter(|row| *row == ("server.register".into(), "denied".into())).count();
    assert_eq!(denied, 2);
    let mut slowed = None;
    for turn in 0..10 {
        let answer = host.send(registration(&format!("lr_guess_{turn}"), MAC)).await;
        if answer.status == 429 {
            assert!(answer.header("retry-after").is_some());
            slowed = Some(turn);
            break;
        }
        refused(answer, 403, "registration_key_invalid");
    }
    assert!(slowed.is_some(), "guesses have to wait");
    assert_eq!(host.sites.list().await.unwrap().len(), 1);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cloned_mac_address_takes_nothing_over() {
    let host = Host::start().await;
    let (id, secret) = registered(&host, MAC).await;
    host.sites.authorize(&origin(), &lamp_core::id::ServerId::from(id.as_str()), true).await.unwrap();
    let key = registration_key(&host, 1).await;
    let body = json!({ "name": "Impostor", "location": "elsewhere", "mac_address": MAC, "registration_key": key,
                       "api_url": "http://evil.example", "storage_capacity_tb": 1 });
    let answer = host.send(call("POST", "/api/v1/servers/register").json(body)).await.expect(200).json();
    assert_eq!((answer["id"].as_str(), answer.get("secret")), (Some(id.as_str()), None));
    let admin = host.key("admin").await;
    let server = listed(&host, &admin).await.remove(0);
    assert_eq!(
        (&server["name"], &server["api_url"]),
        (&json!("Rex"), &json!("http://rex:10858")),
        "nothing was changed"
    );
    host.send(call("POST", &format!("/api/v1/servers/{id}/heartbeat")).bearer(&secret)).await.expect(200);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_may_report_for_itself_and_nothing_else() {
    let host = Host::start().await;
    let (one, secret) = registered(&host, MAC).await;
    let (other, _) = registered(&host, "02:00:5e:10:00:02").await;
    let admin = host.key("admin").await;
    let heartbeat = |id: &str| call("POST", &format!("/api/v1/servers/{id}/heartbeat"));
    for authorised in [false, true] {
        if authorised {
            host.send(call("POST", &format!("/api/v1/servers/{one}/authorize")).bearer(&admin)).await.expect(200);
        }
        assert!(host.send(heartbeat(&one).bearer(&secret)).await.expect(200).json()["message"].is_string());
        refused(host.send(heartbeat(&other).bearer(&secret)).await, 404, "not_found");
        refused(host.send(heartbeat("none-such").bearer(&secret)).await, 404, "not_found");
        for route in lamp_http::routes() {
            let lamp_http::Access::Permission(permission) = route.access else { continue };
            let target = route.path.replace("{id}", &one).replace("{interface}", "x").replace("{name}", "x");
            let answer = host.send(call(route.method.as_str(), &target).bearer(&secret)).await;
            let expected = if permission == "servers:report" { 200 } else { 403 };
            assert_eq!(answer.status, expected, "{} {}", route.method, route.path);
        }
    }
    host.send(heartbeat(&other).bearer(&admin)).await.expect(200);
    host.send(heartbeat(&one).cookie(&secret).header("sec-fetch-site", "same-origin")).await.expect(401);
    host.send(call("DELETE", &format!("/api/v1/servers/{one}")).bearer(&admin)).await.expect(204);
    host.send(heartbeat(&one).bearer(&secret)).await.expect(401);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_is_named_and_a_site_takes_no_sites() {
    let host = Host::start().await;
    let key = registration_key(&host, 9).await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "name": "Rex", "mac_address": MAC, "registration_key": key });
        body[field] = value;
        call("POST", "/api/v1/servers/register").json(body)
    };
    for (field, value) in [
        ("mac_address", json!("nothing")),
        ("name", json!("")),
        ("api_url", json!("file:///etc")),
        ("storage_capacity_tb", json!(-1)),
        ("storage_capacity_tb", json!(1e300)),
    ] {
        let answer = host.send(with(field, value)).await.expect(422);
        assert_eq!(answer.json()["field"], field);
    }
    host.send(with("is_authorized", json!(true))).await.expect(400);
    host.send(with("id", json!("mine"))).await.expect(400);
    host.sites.set_role(&origin(), SiteRole::Site).await.unwrap();
    refused(host.send(registration(&key, MAC)).await, 409, "not_a_hub");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_joins_and_keeps_its_link_over_the_network() {
    let host = Host::start().await;
    let database = TestDatabase::new(Backend::Sqlite).await;
    let store = database.open(Arc::new(SystemClock)).await;
    let asked = Join {
        hub_url: format!("http://{}", host.address),
        key: registration_key(&host, 1).await,
        name: "Rex".to_owned(),
        location: "Berlin".to_owned(),
        mac_address: MAC.to_owned(),
    };
    let joined = lamp_sites::join(&store, &origin(), &NetworkDial, &asked).await.unwrap();
    let site = Sites::open(store, sites_settings()).await.unwrap();
    let stop = CancellationToken::new();
    let (followed, linked, token) = (Arc::clone(&site), Arc::clone(&site), stop.clone());
    let follow = tokio::spawn(async move { followed.run(token).await });
    let token = stop.clone();
    let link = tokio::spawn(async move { linked.keep_link(&NetworkDial, &token).await });
    let key = host.key("admin").await;
    until("the link", async || listed(&host, &key).await[0]["is_linked"] == true).await;
    let target = format!("/api/v1/servers/{}/authorize", joined.server_id);
    host.send(call("POST", &target).bearer(&key)).await.expect(200);
    until("the report", async || listed(&host, &key).await[0]["version"] == "1.2.3").await;
    let server = listed(&host, &key).await.remove(0);
    assert_eq!(server["public_key"], site.identity().public_key());
    assert_eq!((&server["plugins"], &server["is_online"]), (&json!([]), &json!(true)));
    assert!(server["clock_skew_ms"].as_i64().unwrap().abs() < 60_000);
    stop.cancel();
    for task in [follow, link] {
        tokio::time::timeout(Duration::from_secs(20), task).await.expect("tasks end in time").unwrap();
    }
    until("the link is gone", async || listed(&host, &key).await[0]["is_linked"] == false).await;
    host.stop().await;
}
