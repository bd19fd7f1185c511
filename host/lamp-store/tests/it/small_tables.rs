//! Mounts, settings, notices, packages and plugins' logs.

use lamp_core::clock::UnixMs;
use lamp_core::id::{JobId, NoticeId, PluginId, RequestId};
use lamp_store::audit::{AuditFilter, Origin};
use lamp_store::notices::{NewNotice, Severity};
use lamp_store::plugin_logs::{NewPluginLog, PluginLogFilter};
use lamp_store::{mounts, on_each_database};
use serde_json::json;
use std::collections::BTreeSet;

fn rights(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn notice(key: &str, severity: Severity) -> NewNotice {
    NewNotice {
        key: key.to_owned(),
        severity,
        title: "title".to_owned(),
        message: "message".to_owned(),
        plugin: Some(PluginId::parse("hello").unwrap()),
        action: Some(json!({ "open": "plugins" })),
    }
}

fn line(plugin: &str, level: &str, message: &str, job: Option<&str>) -> NewPluginLog {
    NewPluginLog {
        plugin: PluginId::parse(plugin).unwrap(),
        at: UnixMs(5),
        level: level.to_owned(),
        message: message.to_owned(),
        fields: "{}".to_owned(),
        request_id: Some(RequestId::from("r1")),
        job_id: job.map(JobId::from),
    }
}

on_each_database! {
    async fn mounts_come_and_go_with_audit_rows(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::in_request("user:ada", &RequestId::from("r7"));
        let library = store.add_mount(&origin, "library", "/srv/a", &rights(&["read", "watch"])).await.unwrap();
        let error = store.add_mount(&origin, "library", "/srv/b", &rights(&[])).await.unwrap_err();
        assert!(error.is_conflict(mounts::NAME_TAKEN), "{error}");
        assert_eq!(store.find_mount("library").await.unwrap(), Some(library.clone()));
        let archive = store.add_mount(&origin, "archive", "/srv/c", &rights(&["read"])).await.unwrap();
        assert_eq!(store.list_mounts().await.unwrap(), [archive, library]);
        store.remove_mount(&origin, "library").await.unwrap();
        assert!(store.remove_mount(&origin, "library").await.unwrap_err().is_not_found());
        assert_eq!(store.find_mount("library").await.unwrap(), None);
        let rows = store.list_audit(&AuditFilter::default(), 10).await.unwrap();
        let told: Vec<(&str, &str)> = rows.iter().map(|row| (row.action.as_str(), row.subject.as_str())).collect();
        assert_eq!(told, [("mount.remove", "library"), ("mount.add", "archive"), ("mount.add", "library")]);
        assert!(rows.iter().all(|row| row.actor == "user:ada" && row.request_id == Some(RequestId::from("r7"))));
        assert_eq!(store.revision().await.unwrap(), 3, "refused changes do not count");
    }

    async fn settings_are_set_replaced_and_removed(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::system();
        assert_eq!(store.setting("theme").await.unwrap(), None);
        store.set_setting(&origin, "theme", &json!({ "dark": true })).await.unwrap();
        store.set_setting(&origin, "theme", &json!(["secret-value"])).await.unwrap();
        assert_eq!(store.setting("theme").await.unwrap(), Some(json!(["secret-value"])));
        store.set_setting(&origin, "theme", &json!(null)).await.unwrap();
        assert_eq!(store.setting("theme").await.unwrap(), None);
        let rows = store.list_audit(&AuditFilter::default(), 10).await.unwrap();
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| !row.detail.contains("secret-value")), "values stay out of the audit log");
    }

    async fn the_same_trouble_raises_the_count_of_one_notice(database) {
        let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
        let first = store.raise_notice(notice("k", Severity::Warning)).await.unwrap();
        assert_eq!((first.count, first.first_at, first.last_at), (1, UnixMs(1_000), UnixMs(1_000)));
        clock.advance_ms(50);
        let worse = NewNotice { message: "worse".to_owned(), ..notice("k", Severity::Error) };
        let second = store.raise_notice(worse.clone()).await.unwrap();
        assert_eq!((&second.id, second.count, second.first_at, second.last_at), (&first.id, 2, UnixMs(1_000), UnixMs(1_050)));
        assert_eq!(second.notice, worse);
        clock.advance_ms(50);
        let other = store.raise_notice(NewNotice { plugin: None, action: None, ..notice("other", Severity::Info) }).await.unwrap();
        assert_eq!(store.list_notices(false, 10).await.unwrap(), [other.clone(), second.clone()]);
        assert_eq!(store.list_notices(false, 1).await.unwrap(), std::slice::from_ref(&other));

        store.dismiss_notice(&Origin::new("user:ada"), &second.id).await.unwrap();
        assert!(store.dismiss_notice(&Origin::system(), &second.id).await.unwrap_err().is_not_found(), "put away already");
        assert!(store.dismiss_notice(&Origin::system(), &NoticeId::generate()).await.unwrap_err().is_not_found());
        assert_eq!(store.list_notices(false, 10).await.unwrap(), std::slice::from_ref(&other));
        assert_eq!(store.list_notices(true, 10).await.unwrap().len(), 2);
        assert_eq!(store.list_audit(&AuditFilter::default(), 10).await.unwrap()[0].subject, "k");

        let again = store.raise_notice(notice("k", Severity::Warning)).await.unwrap();
        assert_ne!(again.id, second.id, "a new one after the old was put away");
        assert!(store.resolve_notice("k").await.unwrap());
        assert!(!store.resolve_notice("k").await.unwrap());
        assert_eq!(store.prune_notices(UnixMs(1_051)).await.unwrap(), 1);
        assert_eq!(store.prune_notices(UnixMs(9_999)).await.unwrap(), 1, "open ones stay");
        assert_eq!(store.list_notices(true, 10).await.unwrap(), [other]);
    }

    async fn the_newest_log_lines_of_each_plugin_are_kept(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let many = (0..7).map(|index| line("noisy", if index % 2 == 0 { "info" } else { "warn" }, &index.to_string(), None));
        store.append_plugin_logs(many.collect(), 5).await.unwrap();
        store.append_plugin_logs(vec![line("quiet", "error", "q", Some("j1")), line("noisy", "info", "7", Some("j1"))], 5).await.unwrap();
        let messages = async |filter: PluginLogFilter, limit: u32| {
            let lines = store.list_plugin_logs(&filter, limit).await.unwrap();
            lines.into_iter().map(|line| line.line.message).collect::<Vec<String>>()
        };
        let noisy = || PluginLogFilter { plugin: Some(PluginId::parse("noisy").unwrap()), ..PluginLogFilter::default() };
        assert_eq!(messages(noisy(), 10).await, ["7", "6", "5", "4", "3"]);
        assert_eq!(messages(noisy(), 2).await, ["7", "6"]);
        assert_eq!(messages(PluginLogFilter::default(), 2).await, ["7", "q"]);
        assert_eq!(messages(PluginLogFilter { job_id: Some(JobId::from("j1")), ..PluginLogFilter::default() }, 10).await, ["7", "q"]);
        let bad = PluginLogFilter { levels: vec!["warn".to_owned(), "error".to_owned()], ..PluginLogFilter::default() };
        assert_eq!(messages(bad, 10).await, ["q", "5", "3"]);
        let all = store.list_plugin_logs(&noisy(), 10).await.unwrap();
        let older = PluginLogFilter { before: Some(all[1].id), ..noisy() };
        assert_eq!(messages(older, 2).await, ["5", "4"]);
        assert_eq!(all[0].line, line("noisy", "info", "7", Some("j1")));
    }
}
