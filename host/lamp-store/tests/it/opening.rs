//! Opening: modes, migrations, two processes on one database, the revision counter.

use lamp_core::clock::{SystemClock, UnixMs};
use lamp_store::audit::Origin;
use lamp_store::testing::{Backend, TestDatabase};
use lamp_store::{Store, StoreError, on_each_database, query};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn only_the_owner_can_read_the_files() {
    let database = TestDatabase::new(Backend::Sqlite).await;
    let store = database.open(Arc::new(SystemClock)).await;
    store.set_setting(&Origin::system(), "a", &json!(1)).await.unwrap();
    let folder = &database.config().data_dir;
    assert_eq!(mode(folder), 0o700);
    for name in ["lamphouse.sqlite", "lamphouse.sqlite-wal", "lamphouse.sqlite-shm"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn sqlite_writes_through_to_the_disk() {
    let database = TestDatabase::new(Backend::Sqlite).await;
    let store = database.open(Arc::new(SystemClock)).await;
    let mut tx = store.begin_write().await.unwrap();
    for (pragma, column, expected) in [
        ("pragma journal_mode", "journal_mode", "wal"),
        ("select cast(synchronous as text) as s from pragma_synchronous", "s", "2"),
        ("select cast(foreign_keys as text) as f from pragma_foreign_keys", "f", "1"),
        ("select cast(trusted_schema as text) as t from pragma_trusted_schema", "t", "0"),
        ("select cast(timeout as text) as b from pragma_busy_timeout", "b", "30000"),
    ] {
        let value: String = tx.fetch_one(query(pragma)).await.unwrap().get(column).unwrap();
        assert_eq!(value, expected, "{pragma}");
    }
    let error = store.fetch_all(query("delete from setting returning key")).await.unwrap_err();
    assert!(error.to_string().contains("readonly"), "readers cannot write: {error}");
}

#[tokio::test]
async fn a_full_disk_is_an_error_until_there_is_room_again() {
    let database = TestDatabase::new(Backend::Sqlite).await;
    let store = database.open(Arc::new(SystemClock)).await;
    let mut tx = store.begin_write().await.unwrap();
    let pages: i64 = tx.fetch_one(query("pragma page_count")).await.unwrap().get("page_count").unwrap();
    tx.execute(query(format!("pragma max_page_count = {pages}"))).await.unwrap();
    tx.commit().await.unwrap();
    let error = store.set_setting(&Origin::system(), "large", &json!("x".repeat(1_000_000))).await.unwrap_err();
    assert!(error.to_string().contains("disk is full"), "{error}");
    // The limit went away with the connection, as on a disk that somebody made room on.
    store.set_setting(&Origin::system(), "small", &json!(1)).await.unwrap();
    assert_eq!(store.setting("small").await.unwrap(), Some(json!(1)));
    assert_eq!(store.setting("large").await.unwrap(), None, "nothing of what failed is there");
}

on_each_database! {
    async fn a_newer_database_is_refused(database) {
        let store = database.open(Arc::new(SystemClock)).await;
        let mut tx = store.begin_write().await.unwrap();
        let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                     select 9000, 'from the future', success, checksum, 0 from _sqlx_migrations where version = 1";
        tx.execute(query(newer)).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        let error = Store::open(database.config().clone(), Arc::new(SystemClock)).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 9000, known } if known >= 1), "{error}");
        assert!(error.to_string().contains("start the newer version"), "{error}");
    }

    async fn opening_at_once_and_again_is_safe(database) {
        let opened = (0..4).map(|_| tokio::spawn(Store::open(database.config().clone(), Arc::new(SystemClock))));
        for task in opened.collect::<Vec<_>>() {
            let store = task.await.unwrap().unwrap();
            assert_eq!(store.revision().await.unwrap(), 0);
        }
        database.open(Arc::new(SystemClock)).await;
    }

    async fn two_processes_write_and_see_each_other(database) {
        let server = database.open(Arc::new(SystemClock)).await;
        let command_line = database.open(Arc::new(SystemClock)).await;
        let work = (0..60).map(|index| {
            let store = if index % 2 == 0 { server.clone() } else { command_line.clone() };
            tokio::spawn(async move {
                store.set_setting(&Origin::system(), &format!("k{index}"), &json!(index)).await.unwrap();
            })
        });
        for task in work.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(server.revision().await.unwrap(), 60);
        assert_eq!(command_line.revision().await.unwrap(), 60);
        assert_eq!(server.setting("k59").await.unwrap(), Some(json!(59)));
        assert_eq!(command_line.setting("k58").await.unwrap(), Some(json!(58)));
    }

    async fn waiters_wake_after_the_commit_and_only_then(database) {
        let store = database.open(Arc::new(SystemClock)).await;
        let mut changed = store.changed();
        let mut tx = store.begin_write().await.unwrap();
        tx.bump_revision().await.unwrap();
        assert!(!changed.has_changed().unwrap(), "not committed yet");
        tx.commit().await.unwrap();
        tokio::time::timeout(Duration::from_secs(10), changed.changed()).await.unwrap().unwrap();
        assert_eq!(store.revision().await.unwrap(), 1);
        let mut dropped = store.begin_write().await.unwrap();
        dropped.bump_revision().await.unwrap();
        drop(dropped);
        assert_eq!(store.revision().await.unwrap(), 1);
        assert!(!changed.has_changed().unwrap());
    }

    async fn values_of_every_kind_come_back(database) {
        let store = database.open(Arc::new(SystemClock)).await;
        let mut tx = store.begin_write().await.unwrap();
        let blob: Vec<u8> = (0..=255).collect();
        let insert = query("insert into package (hash, bytes, size) values ($1, $2, $3)");
        tx.execute(insert.bind("h").bind(&blob).bind(i64::MAX)).await.unwrap();
        let row = tx.fetch_one(query("select *, null as missing from package")).await.unwrap();
        assert_eq!(row.get::<Vec<u8>>("bytes").unwrap(), blob);
        assert_eq!(row.get::<i64>("size").unwrap(), i64::MAX);
        assert_eq!(row.get::<Option<String>>("missing").unwrap(), None);
        assert!(matches!(row.get::<u8>("size"), Err(StoreError::Damaged { what: "size", .. })));
        assert!(matches!(row.get::<i64>("hash"), Err(StoreError::Damaged { .. })));
        assert_eq!(row.get::<UnixMs>("size").unwrap(), UnixMs(i64::MAX));
    }
}
