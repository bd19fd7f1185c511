//! Plugins' databases: migrations, values, limits, isolation between plugins.

use lamp_core::clock::UnixMs;
use lamp_core::id::PluginId;
use lamp_store::plugin_db::{BatchRequest, DatabaseLimits, Migration, PluginDatabase, Rows, SqlValue, Statement};
use lamp_store::{Store, StoreError, on_each_database};
use std::time::{Duration, Instant};

pub const LIMITS: DatabaseLimits = DatabaseLimits { storage_mib: 16, statement_ms: 2_000 };

pub fn id(text: &str) -> PluginId {
    PluginId::parse(text).unwrap()
}

pub fn migration(name: &str, sql: &str) -> Migration {
    Migration { name: name.to_owned(), sql: sql.to_owned() }
}

pub fn statement(sql: &str, parameters: Vec<SqlValue>) -> Statement {
    Statement { sql: sql.to_owned(), parameters }
}

pub fn integer(value: i64) -> SqlValue {
    SqlValue::Integer(value)
}

pub fn text(value: &str) -> SqlValue {
    SqlValue::Text(value.to_owned())
}

/// Tables `thing (id, name, weight, data)` and `part (thing, number)`.
pub fn things_sql(store: &Store) -> Migration {
    let blob = if store.database().is_postgres() { "bytea" } else { "blob" };
    let sql = format!(
        "create table thing (id bigint not null primary key, name text not null unique, weight double precision, data {blob});
         create index thing_weight on thing (weight);
         create table part (thing bigint not null references thing (id), number bigint constraint part_number check (number > 0));"
    );
    migration("0001_things.sql", &sql)
}

/// A database with these tables.
pub async fn things(store: &Store, plugin: &str) -> PluginDatabase {
    PluginDatabase::open(store, &id(plugin), LIMITS, vec![things_sql(store)]).await.unwrap()
}

pub async fn add(database: &PluginDatabase, number: i64) -> Result<u64, StoreError> {
    let insert = "insert into thing (id, name) values ($1, $2)";
    database.execute(insert, &[integer(number), text(&format!("thing {number}"))]).await
}

pub async fn all(database: &PluginDatabase, sql: &str) -> Result<Rows, StoreError> {
    database.query(sql, &[], 100_000, 16 << 20).await
}

pub async fn count(database: &PluginDatabase) -> i64 {
    match all(database, "select count(*) from thing").await.unwrap().rows[0][0] {
        SqlValue::Integer(count) => count,
        ref other => panic!("{other:?}"),
    }
}

async fn reopen(store: &Store, migrations: Vec<Migration>) -> Result<PluginDatabase, StoreError> {
    PluginDatabase::open(store, &id("hello"), LIMITS, migrations).await
}

fn refusal(result: Result<PluginDatabase, StoreError>) -> String {
    match result {
        Err(StoreError::Refused(text)) => text,
        other => panic!("{other:?}"),
    }
}

on_each_database! {
    async fn values_of_every_kind_come_back(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let plugin = things(&store, "hello").await;
        let blob = SqlValue::Blob((0..=255).collect());
        let insert = "insert into thing (id, name, weight, data) values ($1, $2, $3, $4)";
        let rows = [
            vec![integer(i64::MIN), text("ünï 'quoted' \"x\""), SqlValue::Real(1.5), blob],
            vec![integer(i64::MAX), text(""), SqlValue::Null, SqlValue::Blob(Vec::new())],
            vec![integer(0), text("$1; --"), SqlValue::Real(-0.25), SqlValue::Null],
        ];
        for row in &rows {
            assert_eq!(plugin.execute(insert, row).await.unwrap(), 1);
        }
        let found = all(&plugin, "select id, name, weight, data from thing order by id").await.unwrap();
        assert_eq!(found.columns, ["id", "name", "weight", "data"]);
        assert_eq!(found.rows, [rows[0].clone(), rows[2].clone(), rows[1].clone()]);
    }

    async fn parameters_go_by_their_number(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let plugin = things(&store, "hello").await;
        add(&plugin, 1).await.unwrap();
        let select = "select id from thing where name = $2 and id = $1 and $1 < 5";
        let found = plugin.query(select, &[integer(1), text("thing 1")], 10, 1_000).await.unwrap();
        assert_eq!(found.rows, [[integer(1)]]);
        for wrong in [vec![], vec![integer(1)], vec![integer(1), text("thing 1"), integer(3)]] {
            let error = plugin.query(select, &wrong, 10, 1_000).await.unwrap_err();
            assert!(matches!(error, StoreError::Invalid(_)), "{error}");
        }
    }

    async fn sums_counts_and_nothing_are_plain_values(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let plugin = things(&store, "hello").await;
        for number in 1..=3 {
            add(&plugin, number).await.unwrap();
        }
        let found = all(&plugin, "select sum(id), count(*), max(name), min(weight), sum(id) * 1.5 from thing").await.unwrap();
        assert_eq!(found.rows, [[integer(6), integer(3), text("thing 3"), SqlValue::Null, SqlValue::Real(9.0)]]);
        assert!(all(&plugin, "select id from thing where id > 99").await.unwrap().rows.is_empty());
    }

    async fn constraints_are_named_the_same(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let plugin = things(&store, "hello").await;
        add(&plugin, 1).await.unwrap();
        let cases = [
            ("insert into thing (id, name) values (2, 'thing 1')", "thing_name"),
            ("insert into thing (id) values (2)", "thing_name"),
            ("insert into part (thing, number) values (9, 1)", "foreign_key"),
            ("insert into part (thing, number) values (1, 0)", "part_number"),
        ];
        for (sql, expected) in cases {
            match plugin.execute(sql, &[]).await {
                Err(StoreError::Conflict { constraint }) => assert!(constraint.starts_with(expected), "{sql}: {constraint}"),
                other => panic!("{sql}: {other:?}"),
            }
        }
    }

    async fn mistakes_in_statements_are_invalid(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let plugin = things(&store, "hello").await;
        for sql in ["selec 1", "select * from nothing", "select nothing from thing", "insert into thing (id, nothing) values (1, 2)"] {
            let (read, written) = (all(&plugin, sql).await, plugin.execute(sql, &[]).await);
            let expected = |error: &StoreError| matches!(error, StoreError::Invalid(_) | StoreError::Refused(_));
            assert!(read.as_ref().is_err_and(expected), "{sql}: {read:?}");
            assert!(written.as_ref().is_err_and(expected), "{sql}: {written:?}");
        }
        add(&plugin, 1).await.unwrap();
    }

    async fn a_query_only_reads(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let plugin = things(&store, "hello").await;
        add(&plugin, 1).await.unwrap();
        for sql in ["delete from thing", "insert into thing (id, name) values (7, 'x') returning id", "update thing set name = 'y'"] {
            let result = all(&plugin, sql).await;
            assert!(matches!(result, Err(StoreError::Refused(_))), "{sql}: {result:?}");
        }
        assert_eq!(count(&plugin).await, 1);
        assert_eq!(plugin.execute("update thing set name = 'z' where id < $1", &[integer(5)]).await.unwrap(), 1);
    }

    async fn results_are_bounded(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let plugin = things(&store, "hello").await;
        for number in 0..20 {
            add(&plugin, number).await.unwrap();
        }
        assert_eq!(plugin.query("select id from thing", &[], 20, 1_000).await.unwrap().rows.len(), 20);
        let rows = plugin.query("select id from thing", &[], 19, 1_000).await.unwrap_err();
        assert!(matches!(&rows, StoreError::Limit(text) if text.contains("19 rows")), "{rows}");
        let bytes = plugin.query("select name from thing", &[], 100, 50).await.unwrap_err();
        assert!(matches!(&bytes, StoreError::Limit(text) if text.contains("50 bytes")), "{bytes}");
        let long = format!("select '{}'", "x".repeat(300_000));
        assert!(matches!(all(&plugin, &long).await, Err(StoreError::Limit(_))));
        let many = vec![integer(1); 40_000];
        assert!(matches!(plugin.query("select $1", &many, 1, 100).await, Err(StoreError::Limit(_))));
        assert_eq!(count(&plugin).await, 20);
    }

    async fn a_batch_is_all_or_nothing(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let plugin = things(&store, "hello").await;
        let insert = |number: i64| statement("insert into thing (id, name) values ($1, $2)", vec![integer(number), text(&number.to_string())]);
        let good = BatchRequest {
            statements: vec![insert(1), insert(2), statement("update thing set weight = 2", vec![]), statement("delete from thing where id > 9", vec![])],
            ..BatchRequest::default()
        };
        assert_eq!(plugin.batch(good).await.unwrap().affected, [1, 1, 2, 0]);
        for bad in ["insert into thing (id, name) values (2, 'again')", "select nothing", "insert into part values (77, 1)"] {
            let request = BatchRequest { statements: vec![insert(3), statement(bad, vec![]), insert(4)], ..BatchRequest::default() };
            assert!(plugin.batch(request).await.is_err(), "{bad}");
            assert_eq!(count(&plugin).await, 2, "{bad}");
        }
        assert_eq!(plugin.batch(BatchRequest::default()).await.unwrap().affected, [] as [u64; 0]);
    }

    async fn thousands_of_rows_in_one_batch(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let plugin = things(&store, "hello").await;
        let insert = |number| statement("insert into thing (id, name, weight) values ($1, $2, $3)", vec![integer(number), text(&number.to_string()), SqlValue::Real(0.5)]);
        let request = BatchRequest { statements: (0..5_000).map(insert).collect(), ..BatchRequest::default() };
        assert_eq!(plugin.batch(request).await.unwrap().affected.iter().sum::<u64>(), 5_000);
        assert_eq!(count(&plugin).await, 5_000);
        assert!(plugin.size_bytes().await.unwrap() > 100_000);
    }

    async fn a_statement_that_takes_too_long_is_ended(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let limits = DatabaseLimits { statement_ms: 300, ..LIMITS };
        let plugin = PluginDatabase::open(&store, &id("slow"), limits, vec![migration("1", "create table thing (id bigint)")]).await.unwrap();
        let endless = "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n";
        let inside = "insert into thing with recursive n (i) as (select 1 union all select i + 1 from n) select i from n where i < 0";
        let began = Instant::now();
        let read = all(&plugin, endless).await.unwrap_err();
        assert!(matches!(&read, StoreError::Limit(text) if text.contains("300 ms")), "{read}");
        let written = plugin.execute(inside, &[]).await.unwrap_err();
        assert!(matches!(&written, StoreError::Limit(text) if text.contains("300 ms")), "{written}");
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert_eq!(plugin.execute("insert into thing (id) values (1)", &[]).await.unwrap(), 1, "it goes on");
        assert_eq!(count(&plugin).await, 1);
    }

    async fn a_caller_that_goes_away_frees_the_connection(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let limits = DatabaseLimits { statement_ms: 600_000, ..LIMITS };
        let plugin = PluginDatabase::open(&store, &id("slow"), limits, vec![migration("1", "create table thing (id bigint)")]).await.unwrap();
        if plugin.is_postgres() {
            // The server ends it at its own limit; there is no way to take a statement back early.
            return;
        }
        let endless = "with recursive n (i) as (select 1 union all select i + 1 from n) insert into thing select i from n where i < 0";
        let gone = tokio::time::timeout(Duration::from_millis(100), plugin.execute(endless, &[])).await;
        assert!(gone.is_err());
        let next = plugin.execute("insert into thing (id) values (1)", &[]);
        assert_eq!(tokio::time::timeout(Duration::from_secs(10), next).await.unwrap().unwrap(), 1);
    }

    async fn storage_is_bounded_and_deleting_helps(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let limits = DatabaseLimits { storage_mib: 2, ..LIMITS };
        let blob = if store.database().is_postgres() { "bytea" } else { "blob" };
        let sql = format!("create table thing (id bigint, data {blob})");
        let plugin = PluginDatabase::open(&store, &id("big"), limits, vec![migration("1", &sql)]).await.unwrap();
        // Bytes that do not compress.
        let mut state = 1_u64;
        let noise: Vec<u8> = (0..200_000).map(|_| { state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1); (state >> 56) as u8 }).collect();
        let end = Instant::now() + Duration::from_secs(30);
        let error = loop {
            match plugin.execute("insert into thing values (1, $1)", &[SqlValue::Blob(noise.clone())]).await {
                Ok(_) => assert!(Instant::now() < end, "never full"),
                Err(error) => break error,
            }
        };
        assert!(matches!(&error, StoreError::Limit(text) if text.contains("2 MiB")), "{error}");
        assert!(count(&plugin).await > 3, "what was there is there");
    }

    async fn migrations_are_applied_once_and_in_order(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let first = migration("0001_a.sql", "create table thing (id bigint); insert into thing values (1);");
        let second = migration("0002_b.sql", "alter table thing add column name text; -- ; \n update thing set name = 'a;b';");
        let plugin = reopen(&store, vec![first.clone()]).await.unwrap();
        assert_eq!(all(&plugin, "select * from thing").await.unwrap().columns, ["id"]);
        drop(plugin);
        let plugin = reopen(&store, vec![second.clone(), first.clone()]).await.unwrap();
        assert_eq!(all(&plugin, "select * from thing").await.unwrap().rows, [[integer(1), text("a;b")]]);
        drop(plugin);
        let plugin = reopen(&store, vec![first.clone(), second.clone()]).await.unwrap();
        assert_eq!(count(&plugin).await, 1, "nothing is applied twice");
        drop(plugin);

        let changed = migration("0002_b.sql", "alter table thing add column other text");
        assert!(refusal(reopen(&store, vec![first.clone(), changed]).await).contains("0002_b.sql"));
        assert!(refusal(reopen(&store, vec![first.clone()]).await).contains("install a newer one"));
        let early = migration("0000_c.sql", "create table early (id bigint)");
        assert!(refusal(reopen(&store, vec![early, first.clone(), second.clone()]).await).contains("later name"));
        let broken = migration("0003_c.sql", "create table other (id bigint); insert into nowhere values (1);");
        assert!(refusal(reopen(&store, vec![first.clone(), second.clone(), broken]).await).contains("0003_c.sql"));
        let plugin = reopen(&store, vec![first.clone(), second.clone()]).await.unwrap();
        assert!(all(&plugin, "select * from other").await.is_err(), "half a migration is none");
        drop(plugin);
        let (kind, strict) = if store.database().is_postgres() { ("bigint", "") } else { ("integer", "strict") };
        let sql = format!(
            "create table sure (id {kind}) {strict}; insert into sure values (7);
             alter table sure add column name text not null default 'x'"
        );
        let plugin = reopen(&store, vec![first, second, migration("0004_d.sql", &sql)]).await.unwrap();
        assert_eq!(all(&plugin, "select * from sure").await.unwrap().rows, [[integer(7), text("x")]]);
    }

    async fn plugins_do_not_see_each_other(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let (one, two) = (things(&store, "one").await, things(&store, "two").await);
        add(&one, 1).await.unwrap();
        assert_eq!((count(&one).await, count(&two).await), (1, 0));
        add(&two, 7).await.unwrap();
        let select = "select id from thing";
        assert_eq!(all(&one, select).await.unwrap().rows, [[integer(1)]]);
        assert_eq!(all(&two, select).await.unwrap().rows, [[integer(7)]]);
        for sql in ["select * from plugin_one.thing", "select * from account", "select * from main.account", "select name from host_revision"] {
            assert!(all(&two, sql).await.is_err(), "{sql}");
        }
    }

    async fn erasing_leaves_nothing_and_allows_a_new_beginning(database) {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        let (gone, stays) = (things(&store, "gone").await, things(&store, "stays").await);
        add(&gone, 1).await.unwrap();
        add(&stays, 1).await.unwrap();
        drop(gone);
        PluginDatabase::erase(&store, &id("gone")).await.unwrap();
        PluginDatabase::erase(&store, &id("gone")).await.unwrap();
        PluginDatabase::erase(&store, &id("never-was")).await.unwrap();
        assert!(!database.config().data_dir.join("plugins/gone").exists());
        assert_eq!(count(&things(&store, "gone").await).await, 0);
        assert_eq!(count(&stays).await, 1);
    }
}
