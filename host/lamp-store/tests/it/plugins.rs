//! Installing, granting, configuring, failing and removing plugins.

use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_core::grant::Allowance;
use lamp_core::id::PluginId;
use lamp_core::job::{JobState, NewJob};
use lamp_store::audit::{AuditFilter, Origin};
use lamp_store::notices::{NewNotice, Severity};
use lamp_store::plugins::{Installed, PluginInstall, StartOutcome};
use lamp_store::{Store, on_each_database, query};
use serde_json::{Map, Value, json};

fn id(text: &str) -> PluginId {
    PluginId::parse(text).unwrap()
}

fn allow(name: &str, right: &str) -> Vec<Allowance> {
    vec![Allowance { name: name.to_owned(), rights: [right.to_owned()].into() }]
}

fn package(plugin: &str, version: &str) -> PluginInstall {
    PluginInstall {
        id: id(plugin),
        version: version.to_owned(),
        manifest: format!("{{\"version\":\"{version}\"}}"),
        package_hash: format!("hash-{plugin}-{version}"),
        package: version.as_bytes().to_vec(),
        grants: Vec::new(),
    }
}

fn notice() -> NewNotice {
    NewNotice {
        key: "the store names it".to_owned(),
        severity: Severity::Info,
        title: "an upgrade waits".to_owned(),
        message: "it asks for more".to_owned(),
        plugin: Some(id("hello")),
        action: None,
    }
}

fn values(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    store.fetch_optional(query(sql)).await.unwrap().unwrap().get("n").unwrap()
}

on_each_database! {
    async fn install_upgrade_and_the_same_again(database) {
        let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::new("user:ada");
        let first = store.install_plugin(&origin, package("hello", "1.0.0")).await.unwrap();
        assert_eq!(first, Installed { replaces: None, unchanged: false });
        store.set_plugin_enabled(&origin, &id("hello"), false, Some("by hand")).await.unwrap();
        let off = store.find_plugin(&id("hello")).await.unwrap().unwrap();
        assert_eq!((off.enabled, off.disabled_reason.as_deref()), (false, Some("by hand")));

        clock.advance_ms(500);
        let mut upgrade = package("hello", "1.1.0");
        upgrade.grants = vec![("lamphouse:files".to_owned(), allow("library", "read"))];
        let second = store.install_plugin(&origin, upgrade.clone()).await.unwrap();
        assert_eq!(second, Installed { replaces: Some("1.0.0".to_owned()), unchanged: false });
        let plugin = store.find_plugin(&id("hello")).await.unwrap().unwrap();
        assert_eq!((plugin.version.as_str(), plugin.enabled, plugin.disabled_reason.clone()), ("1.1.0", true, None));
        assert_eq!((plugin.installed_at, plugin.updated_at), (UnixMs(1_000), UnixMs(1_500)));
        assert_eq!(store.package("hash-hello-1.1.0").await.unwrap(), Some(b"1.1.0".to_vec()));
        assert_eq!(store.package("hash-hello-1.0.0").await.unwrap(), None, "nobody uses it any more");
        let grants = store.grants(&id("hello")).await.unwrap();
        assert_eq!(grants.len(), 1);
        assert_eq!((grants[0].granted_by.as_str(), grants[0].granted_at), ("user:ada", UnixMs(1_500)));

        let again = store.install_plugin(&origin, upgrade).await.unwrap();
        assert_eq!(again, Installed { replaces: None, unchanged: true });
        let installs = AuditFilter { action: Some("plugin.install".to_owned()), ..AuditFilter::default() };
        assert_eq!(store.list_audit(&installs, 10).await.unwrap().len(), 2);
        store.install_plugin(&origin, package("another", "0.1.0")).await.unwrap();
        let ids: Vec<String> = store.list_plugins().await.unwrap().into_iter().map(|plugin| plugin.id.to_string()).collect();
        assert_eq!(ids, ["another", "hello"]);
    }

    async fn an_upgrade_waits_until_somebody_decides(database) {
        let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
        let (origin, hello) = (Origin::new("user:ada"), id("hello"));
        let early = store.hold_upgrade(&origin, package("hello", "2.0.0"), notice()).await.unwrap_err();
        assert!(early.is_not_found(), "nothing is installed that it could wait beside: {early}");
        store.install_plugin(&origin, package("hello", "1.0.0")).await.unwrap();
        assert_eq!(store.waiting_upgrade(&hello).await.unwrap(), None);
        store.grant(&origin, &hello, "lamphouse:files", &allow("incoming", "read")).await.unwrap();

        clock.advance_ms(500);
        store.hold_upgrade(&origin, package("hello", "2.0.0"), notice()).await.unwrap();
        let revision = store.revision().await.unwrap();
        store.hold_upgrade(&origin, package("hello", "2.0.0"), notice()).await.unwrap();
        assert_eq!(store.revision().await.unwrap(), revision, "the same again changes nothing");
        let waiting = store.waiting_upgrade(&hello).await.unwrap().unwrap();
        assert_eq!((waiting.version.as_str(), waiting.asked_by.as_str(), waiting.asked_at), ("2.0.0", "user:ada", UnixMs(1_500)));
        assert_eq!(store.find_plugin(&hello).await.unwrap().unwrap().version, "1.0.0");
        assert_eq!(store.list_notices(false, 10).await.unwrap().len(), 1);

        store.hold_upgrade(&origin, package("hello", "3.0.0"), notice()).await.unwrap();
        assert_eq!(store.package("hash-hello-2.0.0").await.unwrap(), None, "a newer one takes its place");
        assert_eq!(store.list_notices(false, 10).await.unwrap().len(), 1);
        let stale = store.approve_upgrade(&origin, &hello, "hash-hello-2.0.0", &[]).await.unwrap_err();
        assert!(stale.is_not_found(), "what was not looked at is not approved: {stale}");
        assert!(store.reject_upgrade(&origin, &hello, "hash-hello-2.0.0").await.unwrap_err().is_not_found());
        let grants = [("lamphouse:files".to_owned(), allow("library", "read"))];
        let replaced = store.approve_upgrade(&Origin::new("user:bo"), &hello, "hash-hello-3.0.0", &grants).await.unwrap();
        assert_eq!(replaced, "1.0.0");
        assert_eq!(store.find_plugin(&hello).await.unwrap().unwrap().package_hash, "hash-hello-3.0.0");
        assert_eq!(store.package("hash-hello-1.0.0").await.unwrap(), None);
        let granted = store.grants(&hello).await.unwrap().remove(0);
        assert_eq!(granted.granted_by, "user:bo");
        let both = [allow("incoming", "read"), allow("library", "read")].concat();
        assert_eq!(granted.allow, both, "added to what is granted by then");
        assert_eq!(store.waiting_upgrade(&hello).await.unwrap(), None);
        assert_eq!(store.list_notices(false, 10).await.unwrap(), []);
        let actions: Vec<String> =
            store.list_audit(&AuditFilter::default(), 5).await.unwrap().into_iter().map(|row| row.action).collect();
        assert_eq!(
            actions,
            ["plugin.upgrade_approve", "plugin.grant", "plugin.install", "plugin.upgrade_wait", "plugin.upgrade_wait"]
        );
    }

    async fn a_waiting_upgrade_goes_when_it_is_rejected_overtaken_or_removed(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let (origin, hello) = (Origin::new("user:ada"), id("hello"));
        store.install_plugin(&origin, package("hello", "1.0.0")).await.unwrap();
        for case in ["reject", "overtake", "remove"] {
            store.hold_upgrade(&origin, package("hello", "2.0.0"), notice()).await.unwrap();
            match case {
                "reject" => store.reject_upgrade(&origin, &hello, "hash-hello-2.0.0").await.unwrap(),
                "overtake" => store.install_plugin(&origin, package("hello", "1.0.1")).await.map(|_| ()).unwrap(),
                _ => store.uninstall_plugin(&origin, &hello, false).await.unwrap(),
            }
            assert_eq!(store.waiting_upgrade(&hello).await.unwrap(), None, "{case}");
            assert_eq!(store.package("hash-hello-2.0.0").await.unwrap(), None, "{case}");
            assert_eq!(store.list_notices(false, 10).await.unwrap(), [], "{case}");
        }
    }

    async fn grants_are_given_replaced_and_taken_back(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::new("user:ada");
        assert!(store.grant(&origin, &id("hello"), "lamphouse:sql", &[]).await.unwrap_err().is_not_found());
        store.install_plugin(&origin, package("hello", "1.0.0")).await.unwrap();
        let before = store.revision().await.unwrap();
        store.grant(&origin, &id("hello"), "lamphouse:files", &allow("library", "read")).await.unwrap();
        store.grant(&origin, &id("hello"), "lamphouse:files", &allow("library-*", "write")).await.unwrap();
        store.grant(&origin, &id("hello"), "lamphouse:sql", &[]).await.unwrap();
        let grants = store.grants(&id("hello")).await.unwrap();
        let told: Vec<(&str, Vec<Allowance>)> =
            grants.iter().map(|grant| (grant.interface.as_str(), grant.allow.clone())).collect();
        assert_eq!(told, [("lamphouse:files", allow("library-*", "write")), ("lamphouse:sql", Vec::new())]);
        assert_eq!(store.list_grants().await.unwrap(), grants);
        store.revoke(&origin, &id("hello"), "lamphouse:sql").await.unwrap();
        assert!(store.revoke(&origin, &id("hello"), "lamphouse:sql").await.unwrap_err().is_not_found());
        assert_eq!(store.grants(&id("hello")).await.unwrap().len(), 1);
        assert_eq!(store.revision().await.unwrap(), before + 4);
    }

    async fn configuration_is_merged_and_its_values_stay_out_of_the_audit_log(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::new("user:ada");
        store.install_plugin(&origin, package("hello", "1.0.0")).await.unwrap();
        let first = values(json!({ "url": "http://x", "password": "hunter22" }));
        store.set_plugin_config(&origin, &id("hello"), &first).await.unwrap();
        store.set_plugin_config(&origin, &id("hello"), &values(json!({ "url": null, "depth": 3 }))).await.unwrap();
        let config = store.plugin_config(&id("hello")).await.unwrap();
        assert_eq!(config, values(json!({ "depth": 3, "password": "hunter22" })));
        let rows = store.list_audit(&AuditFilter::default(), 10).await.unwrap();
        assert!(rows[1].detail.contains("password") && rows.iter().all(|row| !row.detail.contains("hunter22")));
        assert!(store.set_plugin_config(&origin, &id("nope"), &first).await.unwrap_err().is_not_found());
    }

    async fn failed_starts_in_a_row_are_counted(database) {
        let (store, clock) = database.open_with_clock(UnixMs(100_000)).await;
        let plugin = id("hello");
        let failed = StartOutcome::Failed("trap".to_owned());
        assert!(store.record_plugin_start(&plugin, &failed).await.unwrap_err().is_conflict("foreign_key"));
        store.install_plugin(&Origin::system(), package("hello", "1.0.0")).await.unwrap();
        store.record_plugin_start(&plugin, &failed).await.unwrap();
        clock.advance_ms(1_000);
        store.record_plugin_start(&plugin, &failed).await.unwrap();
        assert_eq!(store.failed_starts(&plugin, UnixMs(100_000)).await.unwrap(), 2);
        assert_eq!(store.failed_starts(&plugin, UnixMs(100_001)).await.unwrap(), 1, "older ones do not count");
        store.record_plugin_start(&plugin, &StartOutcome::Started).await.unwrap();
        assert_eq!(store.failed_starts(&plugin, UnixMs(0)).await.unwrap(), 0, "a good start begins anew");
        store.record_plugin_start(&plugin, &failed).await.unwrap();
        assert_eq!(store.failed_starts(&plugin, UnixMs(0)).await.unwrap(), 1);
        store.set_plugin_enabled(&Origin::system(), &plugin, false, Some("three failed starts")).await.unwrap();
        assert_eq!(store.failed_starts(&plugin, UnixMs(0)).await.unwrap(), 1);
        store.set_plugin_enabled(&Origin::system(), &plugin, true, None).await.unwrap();
        assert_eq!(store.failed_starts(&plugin, UnixMs(0)).await.unwrap(), 0, "switching on forgives");
        assert!(store.set_plugin_enabled(&Origin::system(), &id("nope"), true, None).await.unwrap_err().is_not_found());
    }

    async fn uninstall_keeps_the_data_and_purge_takes_all(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::new("user:ada");
        let plugin = id("hello");
        store.install_plugin(&origin, package("hello", "1.0.0")).await.unwrap();
        store.grant(&origin, &plugin, "lamphouse:sql", &[]).await.unwrap();
        store.set_plugin_config(&origin, &plugin, &values(json!({ "password": "x" }))).await.unwrap();
        let job = NewJob {
            plugin: plugin.clone(), kind: "scan".to_owned(), payload: "{}".to_owned(), lane: "scan".to_owned(), priority: 5,
            run_at: UnixMs(0), unique_key: None, max_attempts: 3,
        };
        let job = store.enqueue_job(&job).await.unwrap().id;
        let event = NewEvent {
            topic: "hello.state".to_owned(), source: Some(plugin.clone()), target: None, payload: "1".to_owned(),
            retain_key: Some("k".to_owned()),
        };
        store.publish_events(vec![event]).await.unwrap();

        store.uninstall_plugin(&origin, &plugin, false).await.unwrap();
        assert_eq!(store.find_plugin(&plugin).await.unwrap(), None);
        assert!(store.list_plugins().await.unwrap().is_empty());
        assert_eq!(store.list_retained_data().await.unwrap(), std::slice::from_ref(&plugin));
        assert!(store.grants(&plugin).await.unwrap().is_empty(), "a later install begins without rights");
        assert!(store.plugin_config(&plugin).await.unwrap().is_empty(), "secrets are gone");
        assert!(store.retained_events("*").await.unwrap().iter().all(|one| one.event.source.is_none()));
        assert_eq!(store.package("hash-hello-1.0.0").await.unwrap(), None);
        assert_eq!(store.find_job(&job).await.unwrap().unwrap().state, JobState::Cancelled);
        assert!(store.uninstall_plugin(&origin, &plugin, false).await.unwrap_err().is_not_found());

        store.install_plugin(&origin, package("hello", "2.0.0")).await.unwrap();
        assert!(store.list_retained_data().await.unwrap().is_empty());
        store.uninstall_plugin(&origin, &plugin, false).await.unwrap();
        store.uninstall_plugin(&origin, &plugin, true).await.unwrap();
        assert!(store.list_retained_data().await.unwrap().is_empty());
        assert_eq!(store.find_job(&job).await.unwrap(), None);
        for table in ["select count(*) as n from plugin", "select count(*) as n from lane", "select count(*) as n from job"] {
            assert_eq!(count(&store, table).await, 0, "{table}");
        }
        assert!(store.uninstall_plugin(&origin, &plugin, true).await.unwrap_err().is_not_found());
    }
}
