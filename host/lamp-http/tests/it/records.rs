//! Lists of the host over HTTP: plugins, navigation, jobs, notices, mounts, audit, logs.

use crate::client::{Answer, call, get};
use crate::fakes::{HASH, probe};
use crate::harness::{Host, origin};
use crate::plugin_routes::install;
use lamp_core::clock::UnixMs;
use lamp_core::entry::{AdminError, PluginState};
use lamp_core::job::NewJob;
use lamp_store::jobs::Lane;
use lamp_store::notices::{NewNotice, Severity};
use lamp_store::plugin_logs::NewPluginLog;
use lamp_store::plugins::PluginInstall;
use serde_json::{Value, json};

/// All rows of a list, followed page by page.
async fn pages(host: &Host, target: &str, key: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut next = Some(target.to_owned());
    while let Some(target) = next {
        let page: Answer = host.send(get(&target).bearer(key)).await.expect(200);
        rows.extend(page.json().as_array().unwrap().clone());
        let link = page.header("link").map(|link| link.strip_suffix("; rel=\"next\"").unwrap().to_owned());
        next = link.map(|link| link.trim_matches(['<', '>']).to_owned());
        assert!(rows.len() < 1_000, "pages come to an end");
    }
    rows
}

lamp_store::on_each_database! {
    async fn plugins_show_grants_state_and_configuration_without_secrets(database) {
        let host = Host::start_on(database, |_| {}).await;
        let admin = host.key("admin").await;
        let viewer = host.key("viewer").await;
        install(&host).await;
        let values = json!({ "depth": 3, "token": "t0p-secret" });
        host.store.set_plugin_config(&origin(), &probe(), values.as_object().unwrap()).await.unwrap();
        host.store.revoke(&origin(), &probe(), "lamphouse:files").await.unwrap();
        host.plugins.start_probe();
        let answer = host.send(get("/api/v1/plugins").bearer(&viewer)).await.expect(200);
        assert!(!answer.text().contains("t0p-secret"));
        let plugin = answer.json()[0].clone();
        assert_eq!(plugin, host.send(get("/api/v1/plugins/probe").bearer(&viewer)).await.expect(200).json());
        for (field, value) in [
            ("id", json!("probe")), ("state", json!("healthy")), ("enabled", json!(true)), ("package_hash", json!(HASH)),
            ("config", json!({ "schema": plugin["config"]["schema"], "values": { "depth": 3, "token": null } })),
        ] {
            assert_eq!(plugin[field], value, "{field}");
        }
        assert_eq!(plugin["ui"]["base"], format!("/plugins/probe/{}/", &HASH[..12]));
        assert_eq!((&plugin["ui"]["mode"], &plugin["metrics"]["calls"]), (&json!("inline"), &json!(41)));
        let files = plugin["capabilities"].as_array().unwrap().iter().find(|one| one["interface"] == "lamphouse:files");
        let files = files.unwrap();
        assert_eq!((&files["granted"], &files["risk"], &files["allowed"]), (&json!(false), &json!("high"), &json!([])));
        assert_eq!(files["requested"], json!([{ "name": "library", "rights": ["read"] }]));
        host.plugins.stop_probe(PluginState::Disabled, "by an admin");
        let stopped = host.send(get("/api/v1/plugins/probe").bearer(&admin)).await.expect(200).json();
        assert_eq!((&stopped["state"], &stopped["reason"]), (&json!("disabled"), &json!("by an admin")));
        host.send(get("/api/v1/plugins/probe/config").bearer(&viewer)).await.expect(403);
        let config = host.send(get("/api/v1/plugins/probe/config").bearer(&admin)).await.expect(200).json();
        assert_eq!(config["values"], json!({ "depth": 3, "token": null }));
        host.stop().await;
    }

    async fn jobs_are_listed_by_page_filtered_cancelled_and_retried(database) {
        let host = Host::start_on(database, |_| {}).await;
        let operator = host.key("operator").await;
        install(&host).await;
        host.store.set_lanes(&[Lane { plugin: probe(), lane: "scan".to_owned(), max_leased: 1 }]).await.unwrap();
        for number in 0..7 {
            let job = NewJob {
                plugin: probe(),
                kind: "scan".to_owned(),
                payload: json!({ "number": number }).to_string(),
                lane: "scan".to_owned(),
                priority: 5,
                run_at: UnixMs(0),
                unique_key: None,
                max_attempts: 3,
            };
            host.store.enqueue_job(&job).await.unwrap();
        }
        let jobs = pages(&host, "/api/v1/jobs?limit=3&plugin=probe", &operator).await;
        assert_eq!(jobs.len(), 7);
        assert_eq!((&jobs[0]["title"], &jobs[0]["state"]), (&json!("Scan things"), &json!("available")));
        let target = format!("/api/v1/jobs/{}", jobs[0]["id"].as_str().unwrap());
        let detail = host.send(get(&target).bearer(&operator)).await.expect(200).json();
        assert_eq!((&detail["payload"]["number"], &detail["log"]), (&json!(6), &json!([])));
        let change = |verb: &str| call("POST", &format!("{target}/{verb}")).bearer(&operator);
        assert_eq!(host.send(change("retry")).await.expect(409).code(), "job_not_ended");
        host.send(change("cancel")).await.expect(204);
        assert_eq!(host.send(change("cancel")).await.expect(409).code(), "job_ended");
        assert_eq!(pages(&host, "/api/v1/jobs?state=cancelled,failed", &operator).await.len(), 1);
        let summary = host.send(get("/api/v1/jobs/summary").bearer(&operator)).await.expect(200).json();
        assert_eq!((&summary["available"], &summary["cancelled"]), (&json!(6), &json!(1)));
        host.send(change("retry")).await.expect(204);
        let audit = host.audit().await;
        for action in ["job.cancel", "job.retry"] {
            assert!(audit.contains(&(action.to_owned(), "allowed".to_owned())), "{action}");
        }
        host.stop().await;
    }

    async fn notices_logs_and_audit_rows_are_listed(database) {
        let host = Host::start_on(database, |_| {}).await;
        let admin = host.key("admin").await;
        install(&host).await;
        let notice = NewNotice {
            key: "denied:probe".to_owned(),
            severity: Severity::Warning,
            title: "Probe was denied".to_owned(),
            message: "Grant it, or not.".to_owned(),
            plugin: Some(probe()),
            action: Some(json!({ "kind": "grant", "plugin": "probe", "interface": "lamphouse:files" })),
        };
        host.store.raise_notice(notice).await.unwrap();
        let notices = host.send(get("/api/v1/notices").bearer(&admin)).await.expect(200).json();
        assert_eq!((&notices[0]["severity"], &notices[0]["action"]["kind"]), (&json!("warning"), &json!("grant")));
        let target = format!("/api/v1/notices/{}", notices[0]["id"].as_str().unwrap());
        host.send(call("DELETE", &target).bearer(&admin)).await.expect(204);
        assert_eq!(host.send(get("/api/v1/notices").bearer(&admin)).await.expect(200).json(), json!([]));
        let line = |level: &str| NewPluginLog {
            plugin: probe(),
            at: UnixMs(0),
            level: level.to_owned(),
            message: format!("a line of {level}"),
            fields: "{\"n\":1}".to_owned(),
            request_id: None,
            job_id: None,
        };
        let lines = ["debug", "info", "warn", "error", "info"].map(line).to_vec();
        host.store.append_plugin_logs(lines, 100).await.unwrap();
        assert_eq!(pages(&host, "/api/v1/plugins/probe/logs?limit=2", &admin).await.len(), 5);
        let warnings = pages(&host, "/api/v1/plugins/probe/logs?level=warn", &admin).await;
        assert_eq!(warnings.iter().map(|line| line["level"].as_str().unwrap()).collect::<Vec<_>>(), ["error", "warn"]);
        host.send(get("/api/v1/plugins/probe/logs?level=loud").bearer(&admin)).await.expect(400);
        let whole = pages(&host, "/api/v1/audit?limit=2", &admin).await;
        assert!(whole.len() >= 4);
        let found = pages(&host, "/api/v1/audit?q=DENIED:PROBE", &admin).await;
        assert_eq!(found.iter().map(|row| row["action"].as_str().unwrap()).collect::<Vec<_>>(), ["notice.dismiss"]);
        assert_eq!(pages(&host, "/api/v1/audit?action=plugin.install", &admin).await.len(), 1);
        host.stop().await;
    }

    async fn mounts_are_added_looked_at_and_removed(database) {
        let host = Host::start_on(database, |_| {}).await;
        let admin = host.key("admin").await;
        install(&host).await;
        let library = host.folder.path().join("library");
        let add = |body: Value| call("POST", "/api/v1/mounts").bearer(&admin).json(body);
        let good = json!({ "name": "library", "path": library, "rights": ["read"] });
        let added = host.send(add(good.clone())).await.expect(201).json();
        assert_eq!((&added["status"], &added["used_by"]), (&json!("online"), &json!(["probe"])));
        assert!(added["free_bytes"].as_u64().unwrap() > 0);
        for (body, status) in [
            (good, 409),
            (json!({ "name": "Bad name", "path": library, "rights": ["read"] }), 422),
            (json!({ "name": "other", "path": "relative", "rights": ["read"] }), 422),
            (json!({ "name": "other", "path": host.folder.path().join("none"), "rights": ["read"] }), 422),
            (json!({ "name": "other", "path": library.join("films"), "rights": ["read"] }), 422),
            (json!({ "name": "other", "path": library, "rights": [] }), 422),
            (json!({ "name": "other", "path": library, "rights": ["execute"] }), 422),
        ] {
            host.send(add(body)).await.expect(status);
        }
        let listed = host.send(get("/api/v1/mounts").bearer(&admin)).await.expect(200).json();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        host.send(call("DELETE", "/api/v1/mounts/library").bearer(&admin)).await.expect(204);
        assert!(library.join("films/a.txt").exists(), "the folder stays");
        host.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn navigation_shows_what_the_caller_may_see() {
    let host = Host::with_probe().await;
    let pages = async |role: &str| {
        let key = host.key(role).await;
        host.send(get("/api/v1/navigation").bearer(&key)).await.expect(200).json()
    };
    let names = |navigation: &Value| -> Vec<String> {
        let pages = navigation["pages"].as_array().unwrap().iter();
        pages.map(|page| page["path"].as_str().unwrap().to_owned()).collect()
    };
    let operator = pages("operator").await;
    assert_eq!(names(&operator), ["/p/probe/secrets", "/things"]);
    assert_eq!(operator["pages"][1]["entry"], format!("/plugins/probe/{}/ui/index.js", &HASH[..12]));
    assert_eq!(operator["pages"][1]["styles"], json!([format!("/plugins/probe/{}/ui/style.css", &HASH[..12])]));
    assert_eq!(names(&pages("viewer").await), ["/things"]);
    let colorist = pages("colorist").await;
    assert_eq!((&colorist["pages"], &colorist["slots"]), (&json!([]), &json!([])));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_run_inline_only_while_an_admin_granted_it() {
    let host = Host::with_probe().await;
    let key = host.key("viewer").await;
    let mode = async || {
        let navigation = host.send(get("/api/v1/navigation").bearer(&key)).await.expect(200).json();
        navigation["pages"][0]["mode"].as_str().unwrap().to_owned()
    };
    assert_eq!(mode().await, "frame", "nothing is granted");
    install(&host).await;
    assert_eq!(mode().await, "inline");
    host.store.revoke(&origin(), &probe(), "lamphouse:inline-pages").await.unwrap();
    assert_eq!(mode().await, "frame");
    host.store.grant(&origin(), &probe(), "lamphouse:inline-pages", &[]).await.unwrap();
    assert_eq!(mode().await, "inline");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_shows_the_version_that_waits_and_what_it_changes() {
    let host = Host::start().await;
    let key = host.key("viewer").await;
    install(&host).await;
    let mut manifest = crate::fakes::manifest();
    manifest.version.minor += 1;
    let files = manifest.capabilities.iter_mut().find(|request| request.interface == "lamphouse:files").unwrap();
    files.allow[0].rights.insert("write".to_owned());
    manifest.capabilities.retain(|request| request.interface != "lamphouse:inline-pages");
    let newer = PluginInstall {
        id: probe(),
        version: manifest.version.to_string(),
        manifest: serde_json::to_string(&manifest).unwrap(),
        package_hash: "ab".repeat(32),
        package: vec![1],
        grants: Vec::new(),
    };
    let notice = NewNotice {
        key: String::new(),
        severity: Severity::Warning,
        title: "a version waits".to_owned(),
        message: "it asks for more".to_owned(),
        plugin: Some(probe()),
        action: Some(json!({ "kind": "review-upgrade", "plugin": "probe" })),
    };
    host.store.hold_upgrade(&origin(), newer, notice).await.unwrap();
    let plugin = host.send(get("/api/v1/plugins/probe").bearer(&key)).await.expect(200).json();
    let pending = &plugin["pending_upgrade"];
    assert_eq!((&plugin["version"], &pending["version"]), (&json!("1.2.3"), &json!("1.3.3")));
    assert_eq!((&pending["package_hash"], &pending["asked_by"]), (&json!("ab".repeat(32)), &json!("system")));
    let wider = json!([{
        "interface": "lamphouse:files", "optional": false, "allow": [{ "name": "library", "rights": ["write"] }],
    }]);
    assert_eq!((&pending["changes"]["new"], &pending["changes"]["wider"]), (&json!([]), &wider));
    assert_eq!(pending["changes"]["gone"][0]["interface"], "lamphouse:inline-pages");
    let notices = host.send(get("/api/v1/notices").bearer(&key)).await.expect(200).json();
    assert_eq!(notices[0]["action"], json!({ "kind": "review-upgrade", "plugin": "probe" }));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_plugins_go_to_their_one_place_with_their_actor() {
    let host = Host::start().await;
    let key = host.key("admin").await;
    install(&host).await;
    let grant = "/api/v1/plugins/probe/grants/lamphouse%3Afiles";
    let allow = json!({ "allow": [{ "name": "library", "rights": ["read"] }] });
    for (call, status, asked) in [
        (call("PUT", grant), 204, "grant lamphouse:files of probe: everything, by key:admin key".to_owned()),
        (
            call("PUT", "/api/v1/plugins/probe/grants/lamphouse:files").json(allow.clone()),
            204,
            format!("grant lamphouse:files of probe: {}, by key:admin key", allow["allow"]),
        ),
        (call("DELETE", grant), 204, "revoke lamphouse:files of probe, by key:admin key".to_owned()),
        (
            call("POST", "/api/v1/plugins/probe/upgrade/approve").json(json!({ "package_hash": "abc" })),
            204,
            "approve abc of probe, by key:admin key".to_owned(),
        ),
        (
            call("POST", "/api/v1/plugins/probe/upgrade/reject").json(json!({ "package_hash": "abc" })),
            204,
            "reject abc of probe, by key:admin key".to_owned(),
        ),
        (call("POST", "/api/v1/plugins/probe/enable"), 204, "enabled=true probe, by key:admin key".to_owned()),
        (call("POST", "/api/v1/plugins/probe/disable"), 204, "enabled=false probe, by key:admin key".to_owned()),
        (
            call("PATCH", "/api/v1/plugins/probe/config").json(json!({ "depth": 2, "token": null })),
            200,
            "configure probe: {\"depth\":2,\"token\":null}, by key:admin key".to_owned(),
        ),
        (
            call("DELETE", "/api/v1/plugins/probe?purge=true"),
            204,
            "uninstall probe, purge=true, by key:admin key".to_owned(),
        ),
    ] {
        host.send(call.bearer(&key)).await.expect(status);
        assert_eq!(host.admin.last(), asked);
    }
    let refusal =
        AdminError::Refused { code: "grant_too_wide", message: "ask for less".into(), field: Some("allow".into()) };
    *host.admin.refusal.lock().unwrap() = Some(refusal);
    let refused = host.send(call("PUT", grant).bearer(&key)).await.expect(422);
    assert_eq!((refused.code().as_str(), &refused.json()["field"]), ("grant_too_wide", &json!("allow")));
    *host.admin.refusal.lock().unwrap() = Some(AdminError::NotInstalled("probe".to_owned()));
    assert_eq!(host.send(call("DELETE", grant).bearer(&key)).await.expect(404).code(), "plugin_not_installed");
    *host.admin.refusal.lock().unwrap() = Some(AdminError::Host("select * from secret".to_owned()));
    let broken = host.send(call("DELETE", grant).bearer(&key)).await.expect(500);
    assert!(!broken.text().contains("secret"));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_system_at_a_glance() {
    let host = Host::with_probe().await;
    let key = host.key("viewer").await;
    let system = host.send(get("/api/v1/system").bearer(&key)).await.expect(200).json();
    assert_eq!((&system["database"], &system["plugins_running"]), (&json!("sqlite"), &json!(1)));
    assert_eq!((&system["site_name"], &system["version"]), (&json!("Lamphouse"), &json!(env!("CARGO_PKG_VERSION"))));
    let health = host.send(get("/api/v1/health")).await.expect(200).json();
    assert_eq!(health["status"], "healthy");
    host.stop().await;
}
