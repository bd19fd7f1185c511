//! Installing: what is refused and in which words, and upgrades under load.

use crate::guests;
use crate::host::{ADMIN, Ground, Host, hello, id, probe};
use lamp_core::clock::SystemClock;
use lamp_core::entry::{AdminError, PluginAdmin, PluginState, Plugins};
use lamp_core::grant::Allowance;
use lamp_core::manifest::{Method, Route};
use lamp_plugins::pending_upgrade;
use lamp_store::testing::Backend;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Puts `new` in every place of `old`, which has the same length.
fn replaced(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut changed = bytes.to_vec();
    let mut places = 0;
    for at in 0..=changed.len() - old.len() {
        if changed[at..].starts_with(old.as_bytes()) {
            changed[at..at + old.len()].copy_from_slice(new.as_bytes());
            places += 1;
        }
    }
    assert!(places > 0, "`{old}` is in the bytes");
    changed
}

async fn refused(host: &Host, package: Vec<u8>) -> (&'static str, String) {
    match host.try_install(package, true).await {
        Err(AdminError::Refused { code, message, .. }) => (code, message),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_plugin_is_refused_with_what_to_change() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    let probe = guests::probe();
    let without_sql = probe.package_with(|manifest| {
        manifest.capabilities.retain(|request| request.interface != "lamphouse:sql");
    });
    let table: Vec<(Vec<u8>, &str)> = vec![
        (b"certainly no plugin".to_vec(), "not WebAssembly"),
        (Vec::new(), "not WebAssembly"),
        (probe.core_module.clone(), "core WebAssembly module"),
        (probe.component.clone(), "no `lamphouse:manifest` section"),
        (
            replaced(&probe.package(), "lamphouse:clock/clock", "lamphouse:clonk/clonk"),
            "imports lamphouse:clonk/clonk@0.1.0",
        ),
        (replaced(&probe.package(), "lamphouse:clock/clock@0.1.0", "lamphouse:clock/clock@0.9.0"), "0.9.0"),
        (without_sql, "[[capabilities]] interface = \"lamphouse:sql\""),
        (replaced(&probe.package(), "\"schema\":1", "\"schema\":9"), "schema = 1"),
        (replaced(&probe.package(), "\"publisher\":", "\"publishers\""), "manifest"),
        (probe.package()[..5_000].to_vec(), ""),
    ];
    for (package, said) in table {
        let (code, message) = refused(&host, package).await;
        assert_eq!(code, "package_invalid", "{message}");
        assert!(message.contains(said), "`{message}` does not say `{said}`");
    }
    assert_eq!(host.store.list_plugins().await.unwrap(), [], "nothing is half installed");
}

/// The smallest plugin under another id, with one route of its own as alias.
fn claiming(name: &str, path: &str) -> Vec<u8> {
    guests::hello().package_with(|manifest| {
        manifest.id = id(name);
        manifest.routes.push(Route {
            method: Method::Get,
            path: path.to_owned(),
            permission: "session:use".to_owned(),
            summary: "Something".to_owned(),
            query: Vec::new(),
            response: None,
        });
        let rights = BTreeSet::from(["serve".to_owned()]);
        manifest.capabilities[0].allow = vec![Allowance { name: path.to_owned(), rights }];
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn route_prefixes_are_claimed_once() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    let (_, message) = refused(&host, replaced(&claiming("greedy", "/pong"), "/pong", "/ping")).await;
    assert!(message.contains("`/ping` belongs to the host"), "{message}");
    host.install(claiming("first", "/things")).await;
    for path in ["/things", "/things/special"] {
        let (code, message) = refused(&host, claiming("second", path)).await;
        assert_eq!(code, "alias_taken");
        assert!(message.contains("`first`"), "{message}");
    }
    host.install(claiming("second", "/things-of-mine")).await;
    host.install(claiming("first", "/things")).await;
    let running = host.supervisor.running();
    let aliases: Vec<&[String]> = running.iter().map(|running| running.aliases.as_slice()).collect();
    assert_eq!(aliases, [["/things"], ["/things-of-mine"]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_package_twice_changes_nothing() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    let first = host.install(guests::hello().package()).await;
    assert_eq!((first.unchanged, &first.replaces), (false, &None));
    let again = host.try_install(guests::hello().package(), false).await.unwrap();
    assert!(again.unchanged && again.replaces.is_none() && again.awaiting_grant.is_empty(), "{again:?}");
    assert_eq!(again.package_hash, first.package_hash);
    assert!(host.greets().await);
}

fn newer(change: impl FnOnce(&mut lamp_core::manifest::Manifest)) -> Vec<u8> {
    guests::probe().package_with(|manifest| {
        manifest.version.minor += 1;
        change(manifest);
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_that_asks_for_more_waits_for_consent() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    host.install(guests::probe().package_with(guests::ask_no_deletion)).await;
    let asks_more = newer(|manifest| {
        let files = manifest.capabilities.iter_mut().find(|request| request.interface == "lamphouse:files").unwrap();
        files.optional = false;
    });
    let report = host.try_install(asks_more.clone(), false).await.unwrap();
    let change = report.waits_for.unwrap();
    assert_eq!((report.version.as_str(), report.replaces, change.new.len()), ("0.2.0", None, 0));
    assert_eq!((change.wider.len(), change.wider[0].interface.as_str()), (1, "lamphouse:files"));
    assert_eq!(change.wider[0].allow[0].rights, BTreeSet::from(["delete".to_owned()]));
    assert!(host.ping(&probe()).await);
    assert_eq!(host.store.find_plugin(&probe()).await.unwrap().unwrap().version, "0.1.0");
    let notices = host.store.list_notices(false, 10).await.unwrap();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].notice.action, Some(serde_json::json!({ "kind": "review-upgrade", "plugin": "probe" })));

    // Who narrowed a right keeps it narrow: only what is added is granted.
    let narrow = vec![Allowance { name: "bench-one".to_owned(), rights: BTreeSet::from(["read".to_owned()]) }];
    host.catalog.grant(&probe(), "lamphouse:files", Some(narrow.clone()), ADMIN).await.unwrap();
    let other = host.catalog.approve(&probe(), "another", ADMIN).await.unwrap_err();
    assert!(matches!(other, AdminError::Refused { code: "upgrade_not_waiting", .. }), "{other}");
    assert_eq!(host.catalog.approve(&probe(), &report.package_hash, ADMIN).await.unwrap(), "0.2.0");
    host.until("the second version runs", async || {
        host.supervisor.running().iter().any(|running| running.package_hash == report.package_hash)
    })
    .await;
    let grants = host.store.grants(&probe()).await.unwrap();
    let files = grants.iter().find(|grant| grant.interface == "lamphouse:files").unwrap();
    assert_eq!(files.allow, [narrow, change.wider[0].allow.clone()].concat());
    assert_eq!(host.store.list_notices(false, 10).await.unwrap(), []);

    // What an upgrade asks for optionally is not granted by installing it.
    let optional = guests::probe().package_with(|manifest| {
        manifest.version.minor += 2;
        let events = manifest.capabilities.iter_mut().find(|request| request.interface == "lamphouse:events").unwrap();
        events.allow.push(Allowance { name: "gossip.*".to_owned(), rights: BTreeSet::from(["publish".to_owned()]) });
    });
    host.try_install(optional, false).await.unwrap();
    host.until("the third version runs", async || {
        host.supervisor.running().iter().any(|running| running.manifest.version.minor == 3)
    })
    .await;
    let answer =
        host.call(&probe(), "events.publish", serde_json::json!({ "topic": "gossip.x", "payload": "{}" })).await;
    assert_eq!(answer["error"]["code"], "denied");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_upgrade_leaves_the_installed_version_on_each_database() {
    for backend in Backend::all() {
        let ground = Ground::with(backend, Arc::new(SystemClock)).await;
        let host = Host::start(&ground, "one").await;
        host.install(guests::hello().package()).await;
        let report = host.try_install(claiming("hello-rust", "/more"), false).await.unwrap();
        let change = report.waits_for.unwrap();
        let pending = pending_upgrade(&host.store, &hello()).await.unwrap().unwrap();
        assert_eq!((pending.waiting.package_hash.as_str(), &pending.change), (report.package_hash.as_str(), &change));
        host.catalog.reject(&hello(), &report.package_hash, ADMIN).await.unwrap();
        assert!(pending_upgrade(&host.store, &hello()).await.unwrap().is_none());
        assert!(host.greets().await);
        let again = host.catalog.approve(&hello(), &report.package_hash, ADMIN).await.unwrap_err();
        assert!(matches!(again, AdminError::Refused { code: "upgrade_not_waiting", .. }), "{again}");
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_under_load_loses_no_request() {
    let ground = Ground::new().await;
    let host = Arc::new(Host::start(&ground, "one").await);
    host.install(guests::hello().package()).await;
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let hammers: Vec<_> = (0..3)
        .map(|_| {
            let (host, stop, answered) = (Arc::clone(&host), Arc::clone(&stop), Arc::clone(&answered));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let answer = host.request(&hello(), "/hello", Value::Null).await;
                    assert_eq!(answer, Ok((200, b"hello".to_vec())));
                    answered.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for patch in 1..=10 {
        let before = answered.load(Ordering::Relaxed);
        host.install(guests::hello().package_with(|manifest| manifest.version.patch = patch)).await;
        host.until("requests are answered", async || answered.load(Ordering::Relaxed) > before + 20).await;
    }
    stop.store(true, Ordering::Relaxed);
    for hammer in hammers {
        hammer.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disabling_and_removing_end_a_plugin() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    host.install(guests::hello().package()).await;
    host.catalog.set_enabled(&hello(), false, ADMIN).await.unwrap();
    host.until_state(&hello(), PluginState::Disabled).await;
    assert!(!host.greets().await);
    host.catalog.set_enabled(&hello(), true, ADMIN).await.unwrap();
    host.until("it greets again", async || host.greets().await).await;
    host.catalog.uninstall(&hello(), false, ADMIN).await.unwrap();
    host.until("it is gone", async || host.supervisor.status(&hello()).is_none()).await;
    assert!(!host.greets().await);
    let again = host.catalog.uninstall(&hello(), false, ADMIN).await;
    assert_eq!(again, Err(AdminError::NotInstalled("hello-rust".to_owned())));
}
