//! Grants: every function of the host without, with and again without its grant. The table is compared with the WIT
//! files, so that a function without a row is a failure.

use crate::host::{ADMIN, Ground, Host, hello, probe};
use crate::{guests, wit};
use lamp_core::clock::{Clock, ManualClock, UnixMs};
use lamp_core::entry::{AdminError, PluginAdmin, PluginState, Plugins};
use lamp_core::grant::Allowance;
use lamp_store::audit::{AuditFilter, AuditRow, Outcome};
use lamp_store::jobs::JobFilter;
use lamp_store::operations::OperationFilter;
use lamp_store::testing::Backend;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// What a function answers without its grant.
enum Without {
    /// The typed error.
    Denied,
    /// This; it has no error to answer with, or needs no grant.
    Answers(fn(&Value) -> bool),
}

/// One function of the host.
struct Row {
    function: &'static str,
    arguments: Value,
    without: Without,
    granted: fn(&Value) -> bool,
    in_job: bool,
}

/// Ids of things that exist.
#[derive(Default)]
struct Made {
    job: String,
    operation: String,
    subject: String,
}

fn row(function: &'static str, arguments: Value, granted: fn(&Value) -> bool) -> Row {
    Row { function, arguments, without: Without::Denied, granted, in_job: false }
}

fn always(function: &'static str, arguments: Value, answers: fn(&Value) -> bool) -> Row {
    Row { function, arguments, without: Without::Answers(answers), granted: answers, in_job: false }
}

fn in_job(function: &'static str, arguments: Value, without: Without, granted: fn(&Value) -> bool) -> Row {
    Row { function, arguments, without, granted, in_job: true }
}

fn linked_for_everyone() -> Vec<Row> {
    vec![
        always("log/log.write", json!({ "message": "a line" }), Value::is_null),
        always("config/config.get", json!({ "key": "rate" }), |value| *value == 3),
        always("config/config.all", json!({}), |value| value.as_object().is_some_and(|all| all.len() == 3)),
        always("metrics/metrics.count", json!({ "name": "calls" }), Value::is_null),
        always("metrics/metrics.gauge", json!({ "name": "level" }), Value::is_null),
        always("identity/identity.caller", json!({}), |value| *value == json!(["system", "admin"])),
        always("identity/identity.may", json!({ "permission": "plugins:manage" }), |value| *value == true),
        always("identity/identity.correlation-id", json!({}), |value| value.as_str().is_some_and(|id| id.len() == 36)),
        always("identity/identity.plugin-id", json!({}), |value| *value == "probe"),
        always("clock/clock.now", json!({}), |value| value.as_i64().is_some_and(|now| now >= START.0)),
        always("clock/clock.monotonic-ms", json!({}), Value::is_u64),
    ]
}

fn queue_and_data(made: &Made) -> Vec<Row> {
    let upsert = json!({
        "sql": "insert into note (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value",
        "parameters": ["k", "v"],
    });
    let job = json!({ "kind": "script", "payload": { "do": "done" } });
    let batch = json!({
        "statements": [upsert], "jobs": [job], "events": [{ "topic": "note.batched", "payload": "{}" }],
    });
    vec![
        always("sql/sql.dialect", json!({}), |value| *value == "sqlite"),
        row("sql/sql.query", json!({ "sql": "select $1 + 1", "parameters": [6] }), |value| *value == json!([[7]])),
        row("sql/sql.execute", upsert, |value| *value == 1),
        row("sql/sql.batch", batch, |value| *value == json!([1])),
        row("jobs/jobs.enqueue", job, Value::is_string),
        row("jobs/jobs.cancel", json!({ "id": made.job }), Value::is_null),
        row("jobs/jobs.get", json!({ "id": made.job }), |value| value["kind"] == "script"),
        row("jobs/jobs.recent", json!({}), |value| value.as_array().is_some_and(|found| !found.is_empty())),
        in_job("jobs/run.save-checkpoint", json!({ "checkpoint": "here" }), Without::Denied, Value::is_null),
        in_job("jobs/run.progress", json!({ "message": "half" }), Without::Denied, Value::is_null),
        in_job("jobs/run.cancelled", json!({}), Without::Answers(|value| *value == false), |value| *value == false),
        in_job("jobs/run.log", json!({ "message": "a line" }), Without::Answers(Value::is_null), Value::is_null),
        row("events/events.publish", json!({ "topic": "note.said", "payload": "{}" }), Value::is_null),
        row("events/events.retained", json!({ "topic": "note.kept", "key": "k" }), Value::is_null),
        row("ops/ops.get", json!({ "id": made.operation }), |value| value["kind"] == "files.hash"),
        row("ops/ops.cancel", json!({ "id": made.operation }), Value::is_null),
        row("ops/ops.running", json!({}), Value::is_array),
    ]
}

fn files() -> Vec<Row> {
    let file = || json!({ "mount": "bench-one", "path": "a.txt" });
    let root = || json!({ "mount": "bench-one", "path": "" });
    let new = json!({ "mount": "bench-one", "path": "new.txt", "content": "new" });
    let copy = json!({ "mount": "bench-one", "path": "a.txt", "target": "b.txt", "overwrite": true });
    let trash = json!({ "mount": "bench-one", "path": "nothing", "mark": "mark" });
    let trashed = json!({ "mount": "bench-one", "path": ".lamp-trash-mark-nothing", "name": "nothing" });
    vec![
        Row {
            without: Without::Answers(|value| *value == json!([])),
            ..row("files/files.mounts", json!({}), |value| {
                *value == json!([["bench-one", ["delete", "read", "watch", "write"], true]])
            })
        },
        row("files/files.stat", file(), |value| *value == 3),
        row("files/files.stat-many", file(), |value| *value == json!([{ "ok": 3 }])),
        row("files/files.list-folder", root(), |value| {
            value.as_array().is_some_and(|names| names.contains(&json!("a.txt")))
        }),
        row("files/files.walk", root(), |value| value[0][0] == ""),
        row("files/files.walk-many", root(), |value| value[0]["ok"] == 1),
        row("files/files.read-range", file(), |value| *value == "abc"),
        row("files/files.read-many", file(), |value| *value == json!([{ "ok": "abc" }])),
        row("files/files.write-small", new, Value::is_null),
        row("files/files.disk-space", root(), |value| *value == true),
        row("files/operations.hash", file(), Value::is_string),
        row("files/operations.copy", copy, Value::is_string),
        row("files/operations.trash", trash, Value::is_string),
        row("files/operations.restore", trashed.clone(), Value::is_string),
        row("files/operations.purge", trashed, Value::is_string),
    ]
}

fn tracker(made: &Made) -> Vec<Row> {
    let hash = || json!({ "info_hash": "0123456789abcdef0123456789abcdef01234567" });
    let subject = || json!({ "subject": made.subject });
    vec![
        row("tracker/statistics.totals", json!({}), |value| *value == json!({ "swarms": 0, "peers": 0 })),
        row("tracker/statistics.swarms", json!({}), |value| *value == json!([])),
        row("tracker/statistics.peers", hash(), |value| *value == json!([])),
        row("tracker/statistics.refusals", json!({}), |value| *value == json!([])),
        row("tracker/admission.announce-url", subject(), |value| {
            value.as_str().is_some_and(|url| url.starts_with("http://tracker.test/announce?passkey="))
        }),
        row("tracker/admission.forget", hash(), Value::is_null),
        row("tracker/admission.remove-peers", subject(), |value| *value == 0),
    ]
}

fn rows(made: &Made) -> Vec<Row> {
    let asked = queue_and_data(made).into_iter().chain(files()).chain(tracker(made));
    linked_for_everyone().into_iter().chain(asked).collect()
}

const START: UnixMs = UnixMs(1_767_225_600_000);
const GRANTED: [&str; 6] =
    ["lamphouse:sql", "lamphouse:jobs", "lamphouse:events", "lamphouse:ops", "lamphouse:files", "lamphouse:tracker"];

#[test]
fn every_function_has_a_row() {
    let in_table: BTreeSet<String> = rows(&Made::default()).into_iter().map(|row| row.function.to_owned()).collect();
    let offered: BTreeSet<String> = wit::functions().into_iter().collect();
    let missing: Vec<&String> = offered.difference(&in_table).collect();
    let gone: Vec<&String> = in_table.difference(&offered).collect();
    assert!(missing.is_empty() && gone.is_empty(), "add rows for {missing:?}, remove those of {gone:?}");
}

/// A host with a probe that may do nothing but answer requests, and a mount with a file in it.
async fn ungranted(ground: &Ground) -> Host {
    ungranted_with(ground, guests::probe().package()).await
}

/// As `ungranted`, with this package of the probe.
async fn ungranted_with(ground: &Ground, package: Vec<u8>) -> Host {
    let host = Host::start(ground, "one").await;
    std::fs::write(ground.folder("bench").join("a.txt"), "abc").unwrap();
    host.mount("bench-one", &ground.folder("bench"), &["read", "write", "watch", "delete"]).await;
    host.try_install(package, false).await.unwrap();
    host.until_state(&probe(), PluginState::PendingApproval).await;
    host.catalog.grant(&probe(), "lamphouse:http", None, ADMIN).await.unwrap();
    host.until_state(&probe(), PluginState::Healthy).await;
    host
}

fn short(function: &str) -> &str {
    function.split_once('/').unwrap().1
}

/// Asks all functions without their grants. Shape: the texts of the denials.
async fn all_denied(host: &Host) -> BTreeSet<String> {
    let nothing = Made { job: "none".to_owned(), operation: "none".to_owned(), subject: "server:none".to_owned() };
    let mut texts = BTreeSet::new();
    for row in rows(&nothing) {
        let answer = host.call(&probe(), short(row.function), row.arguments).await;
        match row.without {
            Without::Denied => {
                assert_eq!(answer["error"]["code"], "denied", "{}: {answer}", row.function);
                texts.insert(answer["error"]["message"].as_str().unwrap().to_owned());
            }
            Without::Answers(expected) => assert!(expected(&answer["ok"]), "{}: {answer}", row.function),
        }
    }
    texts
}

async fn denials(host: &Host) -> Vec<AuditRow> {
    let filter = AuditFilter {
        action: Some("capability.call".to_owned()),
        outcome: Some(Outcome::Denied),
        ..AuditFilter::default()
    };
    host.store.list_audit(&filter, 1_000).await.unwrap()
}

fn missing(rows: &[AuditRow]) -> Vec<String> {
    let text = |row: &AuditRow| {
        let detail: Value = serde_json::from_str(&row.detail).unwrap();
        detail["missing"].as_str().unwrap().to_owned()
    };
    let mut texts: Vec<String> = rows.iter().map(text).collect();
    texts.sort();
    texts
}

async fn has_had_no_effect(host: &Host, folder: &Path) {
    assert_eq!(host.store.list_jobs(&JobFilter::default(), 10).await.unwrap(), []);
    assert_eq!(host.store.list_operations(&OperationFilter::default(), 10).await.unwrap(), []);
    let events = host.store.events_after(0, 1_000).await.unwrap();
    assert!(events.iter().all(|event| event.source.is_none()), "{events:?}");
    let names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["a.txt"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_without_its_grant_is_denied_and_leaves_one_trace() {
    let clock = Arc::new(ManualClock::at(START));
    let ground = Ground::with(Backend::Sqlite, Arc::clone(&clock) as Arc<dyn Clock>).await;
    let host = ungranted(&ground).await;

    let texts = all_denied(&host).await;
    has_had_no_effect(&host, &ground.folder("bench")).await;
    host.until("each denial is written down", async || denials(&host).await.len() >= texts.len()).await;
    let written = denials(&host).await;
    assert_eq!(missing(&written), texts.iter().cloned().collect::<Vec<_>>(), "each once");
    assert!(written.iter().all(|row| row.actor == "plugin:probe"));
    assert!(written.iter().all(|row| GRANTED.contains(&row.subject.as_str())));

    // The same again within ten seconds is not told again; another one behind it shows that all have been looked at.
    all_denied(&host).await;
    host.call(&probe(), "files.stat", json!({ "mount": "bench-two", "path": "" })).await;
    let count = written.len() + 1;
    host.until("the last denial is written down", async || denials(&host).await.len() >= count).await;
    assert_eq!(denials(&host).await.len(), count);
    clock.advance_ms(10_000);
    host.call(&probe(), "files.stat", json!({ "mount": "bench-two", "path": "" })).await;
    host.until("it is told again", async || denials(&host).await.len() > count).await;

    let notices = host.store.list_notices(false, 100).await.unwrap();
    for interface in GRANTED {
        let action = json!({ "kind": "grant", "plugin": "probe", "interface": interface });
        let found = notices.iter().filter(|notice| notice.notice.action.as_ref() == Some(&action)).count();
        assert_eq!(found, 1, "notices for {interface}");
    }
}

/// Makes what the rows name.
async fn make(host: &Host) -> Made {
    let job = json!({ "kind": "script", "payload": { "do": "done" } });
    let file = json!({ "mount": "bench-one", "path": "a.txt" });
    let text = |value: Value| value.as_str().unwrap().to_owned();
    Made {
        job: text(host.ok(&probe(), "jobs.enqueue", job).await),
        operation: text(host.ok(&probe(), "operations.hash", file).await),
        subject: format!("server:{}", host.sites.identity().site_id),
    }
}

async fn answer(host: &Host, row: &Row) -> Value {
    if !row.in_job {
        return host.call(&probe(), short(row.function), row.arguments.clone()).await;
    }
    let (interface, function) = short(row.function).split_once('.').unwrap();
    let payload = json!({ "interface": interface, "function": function, "arguments": row.arguments });
    let job = host.enqueue(&probe(), "call", payload).await;
    let ended = host.ended(&job).await;
    serde_json::from_str(&ended.result.unwrap_or_else(|| panic!("{}: {:?}", row.function, ended.error))).unwrap()
}

async fn all_answer(host: &Host) {
    let made = make(host).await;
    for row in rows(&made) {
        let answer = answer(host, &row).await;
        assert!(answer.get("ok").is_some_and(row.granted), "{}: {answer}", row.function);
    }
}

/// One function of each interface, to see whether a change has come through.
async fn denied_now(host: &Host, interface: &str) -> bool {
    let (function, arguments) = match interface {
        "lamphouse:sql" => ("sql.query", json!({ "sql": "select 1" })),
        "lamphouse:jobs" => ("jobs.recent", json!({})),
        "lamphouse:events" => ("events.retained", json!({ "topic": "note.kept", "key": "k" })),
        "lamphouse:ops" => ("ops.running", json!({})),
        "lamphouse:tracker" => ("statistics.totals", json!({})),
        _ => ("files.disk-space", json!({ "mount": "bench-one" })),
    };
    host.call(&probe(), function, arguments).await["error"]["code"] == "denied"
}

async fn grant_all(host: &Host) {
    for interface in GRANTED {
        host.catalog.grant(&probe(), interface, None, ADMIN).await.unwrap();
        host.until("the grant has come through", async || !denied_now(host, interface).await).await;
    }
}

async fn revoke_all(host: &Host) {
    for interface in GRANTED {
        host.catalog.revoke(&probe(), interface, ADMIN).await.unwrap();
        host.until("the grant is gone", async || denied_now(host, interface).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn grants_work_until_they_are_taken_back_and_work_again() {
    let ground = Ground::new().await;
    let host = ungranted(&ground).await;
    all_denied(&host).await;
    grant_all(&host).await;
    let notes = host.ok(&probe(), "sql.query", json!({ "sql": "select count(*) from note" })).await;
    assert_eq!(notes, json!([[0]]), "the denied calls wrote nothing");
    all_answer(&host).await;
    revoke_all(&host).await;
    all_denied(&host).await;
    grant_all(&host).await;
    all_answer(&host).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn granting_resolves_the_notice() {
    let ground = Ground::new().await;
    let host = ungranted(&ground).await;
    let open = async || {
        let notices = host.store.list_notices(false, 100).await.unwrap();
        notices.iter().any(|notice| notice.notice.key == "denied:probe:lamphouse:sql")
    };
    assert!(denied_now(&host, "lamphouse:sql").await);
    host.until("the notice is there", &open).await;
    host.catalog.grant(&probe(), "lamphouse:sql", None, ADMIN).await.unwrap();
    assert!(!open().await);
}

fn allowance(name: &str, rights: &[&str]) -> Vec<Allowance> {
    let rights = rights.iter().map(|right| (*right).to_owned()).collect();
    vec![Allowance { name: name.to_owned(), rights }]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_is_as_wide_as_it_says_and_never_wider_than_asked() {
    let ground = Ground::new().await;
    let host = ungranted_with(&ground, guests::probe().package_with(guests::ask_no_deletion)).await;
    let grant = async |allow| host.catalog.grant(&probe(), "lamphouse:files", Some(allow), ADMIN).await;
    for wide in [allowance("bench-*", &["read", "delete"]), allowance("*", &["read"])] {
        match grant(wide).await {
            Err(AdminError::Refused { code: "grant_too_wide", field, .. }) => {
                assert_eq!(field.as_deref(), Some("allow"))
            }
            other => panic!("{other:?}"),
        }
    }
    grant(allowance("bench-one", &["read"])).await.unwrap();
    host.until("reading works", async || !denied_now(&host, "lamphouse:files").await).await;
    assert!(host.supervisor.may_read_mount(&probe(), "bench-one"));
    assert!(!host.supervisor.may_read_mount(&probe(), "bench-two"));
    for (function, arguments) in [
        ("files.write-small", json!({ "mount": "bench-one", "path": "x", "content": "x" })),
        ("operations.copy", json!({ "mount": "bench-one", "path": "a.txt", "target": "x" })),
        ("files.stat", json!({ "mount": "bench-two", "path": "" })),
    ] {
        let answer = host.call(&probe(), function, arguments).await;
        assert_eq!(answer["error"]["code"], "denied", "{function}");
    }
    let refused = host.catalog.grant(&hello(), "lamphouse:sql", None, ADMIN).await;
    assert_eq!(refused, Err(AdminError::NotInstalled("hello-rust".to_owned())));
    match host.catalog.revoke(&probe(), "lamphouse:sql", ADMIN).await {
        Err(AdminError::Refused { code, .. }) => assert_eq!(code, "not_granted"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_required_grant_nothing_runs() {
    let ground = Ground::new().await;
    let host = ungranted(&ground).await;
    host.catalog.revoke(&probe(), "lamphouse:http", ADMIN).await.unwrap();
    host.until_state(&probe(), PluginState::PendingApproval).await;
    assert!(host.supervisor.running().is_empty());
    assert!(!host.ping(&probe()).await);
    let status = host.supervisor.status(&probe()).unwrap();
    assert_eq!(status.reason, "needs a grant for lamphouse:http");
    host.catalog.grant(&probe(), "lamphouse:http", None, ADMIN).await.unwrap();
    host.until("it answers", async || host.ping(&probe()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_that_may_not_serve_is_not_called() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    let package = guests::hello().package_with(|manifest| manifest.capabilities[0].optional = true);
    host.try_install(package, false).await.unwrap();
    host.until_state(&hello(), PluginState::Healthy).await;
    let refused = host.request(&hello(), "/hello", Value::Null).await.unwrap_err();
    assert!(refused.to_string().contains("needs a grant for lamphouse:http"), "{refused}");
    assert_eq!(host.supervisor.stats(&hello()).calls, 0);
    host.catalog.grant(&hello(), "lamphouse:http", None, ADMIN).await.unwrap();
    host.until("it greets", async || host.greets().await).await;
}
