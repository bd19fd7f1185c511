//! The audit chain, and that people's changes leave exactly one row in the same transaction.

use lamp_core::clock::UnixMs;
use lamp_core::id::RequestId;
use lamp_store::audit::{AuditFilter, ChainState, NewAudit, Origin, Outcome, append_audit};
use lamp_store::{Store, on_each_database, query};
use serde_json::json;

fn entry(action: &'static str, subject: &str, outcome: Outcome) -> NewAudit {
    NewAudit { action, subject: subject.to_owned(), detail: json!({ "n": 1 }), outcome }
}

async fn filled(store: &Store) {
    for index in 0..5 {
        let outcome = if index % 2 == 0 { Outcome::Allowed } else { Outcome::Denied };
        let origin = Origin::in_request("user:ada", &RequestId::from(format!("r{index}")));
        store.record_audit(&origin, entry("thing.do", &format!("s{index}"), outcome)).await.unwrap();
    }
    store.record_audit(&Origin::system(), entry("thing.other", "s0", Outcome::Allowed)).await.unwrap();
}

async fn tamper(store: &Store, sql: &'static str) {
    let mut tx = store.begin_write().await.unwrap();
    assert!(tx.execute(query(sql)).await.unwrap() > 0, "{sql}");
    tx.commit().await.unwrap();
}

on_each_database! {
    async fn rows_are_listed_by_filter_and_page(database) {
        let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
        filled(&store).await;
        clock.advance_ms(500);
        store.record_audit(&Origin::system(), entry("thing.late", "s9", Outcome::Allowed)).await.unwrap();
        let list = async |filter: AuditFilter| {
            let rows = store.list_audit(&filter, 100).await.unwrap();
            rows.into_iter().map(|row| row.sequence).collect::<Vec<i64>>()
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(list(AuditFilter::default()).await, [7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(list(AuditFilter { actor: some("system"), ..AuditFilter::default() }).await, [7, 6]);
        assert_eq!(list(AuditFilter { action: some("thing.do"), outcome: Some(Outcome::Denied), ..AuditFilter::default() }).await, [4, 2]);
        assert_eq!(list(AuditFilter { subject: some("s0"), ..AuditFilter::default() }).await, [6, 1]);
        assert_eq!(list(AuditFilter { from: Some(UnixMs(1_500)), ..AuditFilter::default() }).await, [7]);
        assert_eq!(list(AuditFilter { until: Some(UnixMs(1_500)), before: Some(3), ..AuditFilter::default() }).await, [2, 1]);
        let page = store.list_audit(&AuditFilter { before: Some(6), ..AuditFilter::default() }, 2).await.unwrap();
        assert_eq!(page.iter().map(|row| row.sequence).collect::<Vec<_>>(), [5, 4]);
        let row = &page[0];
        assert_eq!((row.actor.as_str(), row.action.as_str(), row.subject.as_str()), ("user:ada", "thing.do", "s4"));
        assert_eq!((row.at, row.detail.as_str(), row.outcome), (UnixMs(1_000), "{\"n\":1}", Outcome::Allowed));
        assert_eq!(row.request_id, Some(RequestId::from("r4")));
        assert_eq!(row.previous_hash, page[1].hash);
    }

    async fn an_untouched_chain_is_intact(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        assert_eq!(store.verify_chain().await.unwrap(), ChainState::Intact(0));
        filled(&store).await;
        assert_eq!(store.verify_chain().await.unwrap(), ChainState::Intact(6));
    }

    async fn an_edited_row_is_found(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        filled(&store).await;
        for sql in [
            "update audit set actor = 'user:eve' where sequence = 3",
            "update audit set actor = 'user:ada', at = at + 1 where sequence = 3",
            "update audit set at = at - 1, detail = '{}' where sequence = 3",
            "update audit set detail = '{\"n\":1}', outcome = 'denied' where sequence = 3",
            "update audit set outcome = 'allowed', request_id = null where sequence = 3",
        ] {
            tamper(&store, sql).await;
            let state = store.verify_chain().await.unwrap();
            assert_eq!(state, ChainState::Broken { sequence: 3, reason: "the row was changed" }, "{sql}");
        }
        tamper(&store, "update audit set request_id = 'r2' where sequence = 3").await;
        assert_eq!(store.verify_chain().await.unwrap(), ChainState::Intact(6), "put back as it was");
    }

    async fn missing_and_moved_rows_are_found(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        filled(&store).await;
        tamper(&store, "delete from audit where sequence = 6").await;
        assert_eq!(store.verify_chain().await.unwrap(), ChainState::Broken { sequence: 6, reason: "the row is missing" });
        tamper(&store, "update audit_head set sequence = 5, hash = (select hash from audit where sequence = 5)").await;
        assert_eq!(store.verify_chain().await.unwrap(), ChainState::Intact(5), "the head is the anchor of the end");
        tamper(&store, "update audit_head set sequence = 4, hash = (select hash from audit where sequence = 4)").await;
        let state = store.verify_chain().await.unwrap();
        assert_eq!(state, ChainState::Broken { sequence: 5, reason: "the row is not covered by the stored head" });
        tamper(&store, "update audit_head set sequence = 5, hash = (select hash from audit where sequence = 5)").await;
        tamper(&store, "delete from audit where sequence = 2").await;
        assert_eq!(store.verify_chain().await.unwrap(), ChainState::Broken { sequence: 2, reason: "the row is missing" });
        tamper(&store, "update audit set sequence = 2 where sequence = 5").await;
        let state = store.verify_chain().await.unwrap();
        assert_eq!(state, ChainState::Broken { sequence: 2, reason: "the row does not follow the one before" });
    }

    async fn a_change_and_its_row_share_their_fate(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let mut tx = store.begin_write().await.unwrap();
        tx.execute(query("insert into setting (key, value) values ('a', '1')")).await.unwrap();
        append_audit(&mut tx, UnixMs(1), &Origin::system(), entry("x", "a", Outcome::Allowed)).await.unwrap();
        drop(tx);
        assert_eq!(store.setting("a").await.unwrap(), None);
        assert!(store.list_audit(&AuditFilter::default(), 10).await.unwrap().is_empty());
        assert_eq!(store.verify_chain().await.unwrap(), ChainState::Intact(0));
    }

    async fn concurrent_writers_keep_the_chain_whole(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let other = database.open_with_clock(UnixMs(1_000)).await.0;
        let work = (0..40).map(|index| {
            let store = if index % 2 == 0 { store.clone() } else { other.clone() };
            tokio::spawn(async move {
                store.record_audit(&Origin::system(), entry("x", &index.to_string(), Outcome::Allowed)).await.unwrap();
            })
        });
        for task in work.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(store.verify_chain().await.unwrap(), ChainState::Intact(40));
    }
}
