//! Statements that a plugin may not run. Each is tried as query, as execute, inside a batch and as a migration where that
//! applies; afterwards its own data, the neighbour's data, the host's tables, roles and files are as before.

use crate::plugin_database::{LIMITS, add, all, count, id, integer, migration, statement, text, things, things_sql};
use lamp_core::clock::UnixMs;
use lamp_store::audit::Origin;
use lamp_store::plugin_db::{BatchRequest, PluginDatabase, Rows, SqlValue};
use lamp_store::testing::{Backend, TestDatabase};
use lamp_store::{Store, StoreError, query};
use serde_json::json;
use std::path::Path;

/// Refused on both databases, whatever the entry.
const BOTH: &[&str] = &[
    "",
    "   ",
    "-- nothing",
    ";",
    "select 1; select 2",
    "insert into thing (id, name) values (5, 'x'); delete from thing",
    "begin",
    "commit",
    "rollback",
    "savepoint s",
    "release savepoint s",
    "drop table thing",
    "alter table thing rename to lamp_thing",
    "alter table thing add column extra text",
    "create table extra (id bigint)",
    "create temp table extra (id bigint)",
    "create view extra as select 1",
    "create index extra on thing (name)",
    "create unique index extra on thing (weight)",
    "create trigger extra after insert on thing begin select 1; end",
    "select * from lamp_migration",
    "select * from LAMP_MIGRATION",
    "select * from \"lamp_migration\"",
    "select name from thing where id in (select 1 from lamp_migration)",
    "insert into lamp_migration (name, hash, applied_at) values ('a', 'b', 1)",
    "update lamp_migration set hash = 'x'",
    "delete from lamp_migration",
    "with gone as (select * from lamp_migration) select * from gone",
    "vacuum",
    "analyze",
    "reindex thing",
    "explain analyze delete from thing",
    "select load_extension('x')",
    "select * from account",
    "select * from public.account",
    "update host_revision set revision = 99",
    "delete from audit",
];

const SQLITE: &[&str] = &[
    "attach database '{folder}/lamphouse.sqlite' as host",
    "attach ':memory:' as m",
    "attach '{folder}/plugins/neighbour/data.sqlite' as n",
    "detach main",
    "vacuum into '{folder}/copy.sqlite'",
    "vacuum main into '{folder}/copy.sqlite'",
    "select * from lamp_outbox",
    "insert into lamp_outbox (id, content) values ('x', '{}')",
    "insert into lamp_outbox (id, content) values ($1, $2)",
    "delete from lamp_outbox",
    "select id, content from lamp_outbox order by sequence",
    "pragma writable_schema = on",
    "pragma journal_mode = delete",
    "pragma synchronous = off",
    "pragma max_page_count = 1000000",
    "pragma foreign_keys = off",
    "pragma trusted_schema = on",
    "pragma query_only = off",
    "pragma database_list",
    "pragma temp_store_directory = '/tmp'",
    "pragma wal_checkpoint(truncate)",
    "pragma user_version = 7",
    "pragma key = 'x'",
    "pragma mmap_size = 1000000000",
    "pragma locking_mode = exclusive",
    "pragma page_size",
    "pragma compile_options",
    "select * from pragma_database_list",
    "select * from pragma_compile_options",
    "select * from sqlite_master",
    "select * from sqlite_schema",
    "select * from sqlite_temp_master",
    "select * from sqlite_dbpage",
    "select * from dbstat",
    "update sqlite_master set sql = 'x'",
    "delete from sqlite_sequence",
    "insert into sqlite_master values ('table', 'x', 'x', 0, 'x')",
    "create virtual table v using fts5(a)",
    "create virtual table v using dbstat",
    "create temp trigger t after insert on thing begin delete from thing; end",
    "create temp view v as select 1",
    "select fts3_tokenizer('x')",
    "select sqlite_compileoption_get(1)",
    "select sqlite_log(1, 'x')",
    "select readfile('/etc/passwd')",
    "select writefile('{folder}/x', 'y')",
    "select edit('x')",
];

const POSTGRES: &[&str] = &[
    "copy thing to '/tmp/x'",
    "copy thing from program 'id'",
    "copy (select 1) to program 'id'",
    "do 'begin perform 1; end'",
    "do $$begin perform 1; end$$",
    "create function f() returns int language sql as 'select 1'",
    "create extension dblink",
    "create schema other",
    "create role other superuser",
    "alter role current_user superuser",
    "set role none",
    "set session authorization default",
    "reset role",
    "reset all",
    "set statement_timeout = 0",
    "show all",
    "grant all on thing to public",
    "listen x",
    "notify x, 'y'",
    "lock table thing",
    "prepare p as select 1",
    "execute p",
    "declare c cursor for select 1",
    "call f()",
    "discard all",
    "checkpoint",
    "load 'x'",
    "select set_config('role', 'postgres', true)",
    "select \"set_config\"('role', 'postgres', true)",
    "select set_config ( 'statement_timeout', '0', false )",
    "select/**/set_config/**/('role', 'none', true)",
    "select U&\"set_\\0063onfig\"('role', 'none', true)",
    "select current_setting('data_directory')",
    "select query_to_xml('select set_config(''role'', ''none'', true)', true, true, '')",
    "select database_to_xml(true, true, '')",
    "select ts_stat('select 1')",
    "select * from pg_catalog.pg_authid",
    "select * from pg_roles",
    "select * from pg_stat_activity",
    "select * from information_schema.tables",
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('/')",
    "select pg_sleep(60)",
    "select pg_advisory_lock(1)",
    "select pg_notify('x', 'y')",
    "select pg_terminate_backend(1)",
    "select pg_reload_conf()",
    "select lo_import('/etc/passwd')",
    "select lo_create(0)",
    "select dblink('x', 'y')",
    "select 1 into copied",
    "select * into temp copied from thing",
    "select * from plugin_neighbour.thing",
    "insert into plugin_neighbour.thing (id, name) values (9, 'x')",
    "delete from plugin_neighbour.thing",
    "select public.f()",
    "table thing; delete from thing",
    "merge into thing using thing t on false when not matched then do nothing",
    "comment on table thing is 'x'",
    "select e'\\'; delete from thing; --'",
];

/// Only as migrations: what shapes a database but is not the plugin's to shape.
const MIGRATIONS: &[&str] = &[
    "create table lamp_outbox_2 (id bigint)",
    "create table \"LAMP_thing\" (id bigint)",
    "alter table thing rename to lamp_thing",
    "drop table lamp_migration",
    "alter table lamp_migration add column x text",
    "insert into lamp_migration (name, hash, applied_at) values ('9', 'x', 1)",
    "create view lamp_view as select 1",
    "create table fine (id bigint); commit; drop table thing",
    "begin; create table fine (id bigint)",
    "create temp table t (id bigint)",
];

const SQLITE_MIGRATIONS: &[&str] = &[
    "attach '{folder}/lamphouse.sqlite' as host; delete from host.account",
    "drop table lamp_outbox",
    "create trigger t after insert on lamp_outbox begin delete from thing; end",
    "create trigger t after insert on thing begin delete from lamp_outbox; end",
    "create view v as select * from lamp_outbox",
    "create table x (id text references lamp_outbox (id) on delete cascade)",
    "pragma max_page_count = 9999999",
    "update sqlite_master set name = 'x'",
    "create virtual table v using fts5(a)",
    "vacuum into '{folder}/copy.sqlite'",
];

const POSTGRES_MIGRATIONS: &[&str] = &[
    "create function f() returns int language sql as 'select 1'",
    "create extension dblink",
    "create table public.t (id bigint)",
    "create table t (a text default set_config('role', 'none', true))",
    "create view v as select * from pg_authid",
    "create rule r as on insert to thing do nothing",
    "grant all on thing to public",
    "alter table thing owner to postgres",
    "drop table plugin_neighbour.thing",
    "drop schema plugin_neighbour cascade",
    "create or replace function f() returns int language sql as 'select 1'",
];

struct Scene {
    store: Store,
    plugin: PluginDatabase,
    neighbour: PluginDatabase,
    folder: String,
}

impl Scene {
    async fn new(database: &TestDatabase) -> Self {
        let (store, _) = database.open_with_clock(UnixMs(0)).await;
        store.set_setting(&Origin::system(), "host", &json!("untouched")).await.unwrap();
        let (plugin, neighbour) = (things(&store, "hello").await, things(&store, "neighbour").await);
        for one in [&plugin, &neighbour] {
            add(one, 1).await.unwrap();
            add(one, 2).await.unwrap();
        }
        let folder = database.config().data_dir.to_str().unwrap().to_owned();
        Self { store, plugin, neighbour, folder }
    }

    /// Everything a hostile statement could change.
    async fn state(&self) -> Vec<String> {
        let select = "select * from thing order by id";
        let (own, other): (Rows, Rows) =
            (all(&self.plugin, select).await.unwrap(), all(&self.neighbour, select).await.unwrap());
        let setting = self.store.setting("host").await.unwrap();
        let revision = self.store.revision().await.unwrap();
        let mut state = vec![format!("{own:?}"), format!("{other:?}"), format!("{setting:?} {revision}")];
        if self.plugin.is_postgres() {
            let rows = query(
                "select string_agg(t, ' ' order by t) as t from (
                   select n.nspname || '.' || c.relname as t from pg_class c join pg_namespace n on n.oid = c.relnamespace
                     where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
                   union all select rolname || rolsuper::text from pg_roles where rolname not like 'lamp!_%' escape '!'
                     or rolname like (select 'lamp!_' || substr(value, 2, 8) || '!_%' from setting where key = 'instance') escape '!'
                   union all select extname from pg_extension
                   union all select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                     where n.nspname not in ('pg_catalog', 'information_schema')
                   union all select nspname from pg_namespace where nspname not like 'pg_%') as everything",
            );
            let row = self.store.fetch_optional(rows).await.unwrap().unwrap();
            state.push(row.get("t").unwrap());
        } else {
            state.push(sqlite_shape(&Path::new(&self.folder).join("plugins/hello/data.sqlite")));
            state.extend(files(Path::new(&self.folder)));
        }
        state
    }

    async fn try_everywhere(&self, sql: &str) {
        let sql = sql.replace("{folder}", &self.folder);
        // A statement that wants parameters gets them: the refusal must not hang on a missing one.
        let parameters = if sql.contains("$2") { vec![text("x"), text("y")] } else { Vec::new() };
        let hostile = |result: Result<(), StoreError>, entry: &str| {
            let refused = matches!(&result, Err(StoreError::Refused(_) | StoreError::Invalid(_)));
            assert!(refused, "{entry}: {sql}: {result:?}");
        };
        hostile(self.plugin.query(&sql, &parameters, 10, 10_000).await.map(|_| ()), "query");
        hostile(self.plugin.execute(&sql, &parameters).await.map(|_| ()), "execute");
        let insert = statement("insert into thing (id, name) values ($1, 'hostile')", vec![integer(99)]);
        let after = statement("delete from thing where id = 99", vec![]);
        let batch = BatchRequest {
            statements: vec![insert, statement(&sql, parameters.clone()), after],
            ..BatchRequest::default()
        };
        hostile(self.plugin.batch(batch).await.map(|_| ()), "batch");
    }

    async fn try_as_migration(&self, sql: &str) {
        let sql = sql.replace("{folder}", &self.folder);
        let migrations = vec![things_sql(&self.store), migration("0002_hostile.sql", &sql)];
        match PluginDatabase::open(&self.store, &id("hello"), LIMITS, migrations).await {
            Err(StoreError::Refused(text)) => assert!(text.contains("0002_hostile.sql"), "{sql}: {text}"),
            other => panic!("migration {sql}: {other:?}"),
        }
    }
}

/// Tables, indexes and settings of a file, read without the store.
fn sqlite_shape(path: &Path) -> String {
    let connection = rusqlite::Connection::open(path).unwrap();
    let all: String = connection
        .query_row("select group_concat(type || name || coalesce(sql, ''), ';') from sqlite_schema", (), |row| {
            row.get(0)
        })
        .unwrap();
    let version: i64 = connection.query_row("pragma user_version", (), |row| row.get(0)).unwrap();
    let journal: String = connection.query_row("pragma journal_mode", (), |row| row.get(0)).unwrap();
    let migrations: i64 = connection.query_row("select count(*) from lamp_migration", (), |row| row.get(0)).unwrap();
    let outbox: i64 = connection.query_row("select count(*) from lamp_outbox", (), |row| row.get(0)).unwrap();
    format!("{all} {version} {journal} {migrations} {outbox}")
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        }
        found.push(entry.path().display().to_string());
    }
    found.sort();
    found
}

async fn corpus(backend: Backend, statements: &[&[&str]], migrations: &[&[&str]]) {
    let database = TestDatabase::new(backend).await;
    let scene = Scene::new(&database).await;
    let before = scene.state().await;
    for sql in statements.iter().copied().flatten() {
        scene.try_everywhere(sql).await;
        assert_eq!(scene.state().await, before, "{sql}");
    }
    for sql in migrations.iter().copied().flatten() {
        scene.try_as_migration(sql).await;
        assert_eq!(scene.state().await, before, "{sql}");
    }
    assert_eq!(count(&scene.plugin).await, 2);
    add(&scene.plugin, 3).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_happens_on_sqlite() {
    corpus(Backend::Sqlite, &[BOTH, SQLITE], &[MIGRATIONS, SQLITE_MIGRATIONS]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_happens_on_postgres() {
    if Backend::all().contains(&Backend::Postgres) {
        corpus(Backend::Postgres, &[BOTH, POSTGRES], &[MIGRATIONS, POSTGRES_MIGRATIONS]).await;
    }
}

/// Allowed by their kind, too big by their size: an error, and the plugin goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_are_cut_off_on_sqlite() {
    let database = TestDatabase::new(Backend::Sqlite).await;
    let scene = Scene::new(&database).await;
    let before = scene.state().await;
    let deep = format!("select {}1{}", "abs(".repeat(1_000), ")".repeat(1_000));
    let wide = format!("select {}", vec!["1"; 3_000].join(", "));
    let many = vec!["select 1"; 1_000].join(" union all ");
    let like = format!("select 'a' like '{}'", "%a".repeat(5_000));
    for sql in [
        "select randomblob(1000000000)",
        "select zeroblob(1000000000)",
        "select replace(hex(zeroblob(8000000)), '0', 'xxxxxxxx')",
        "with recursive n (i, x) as (select 1, 'x' union all select i + 1, x || x from n) select max(length(x)) from n",
        "with recursive n (i) as (select 1 union all select i + 1 from n) select * from n",
        "with recursive n (i) as (select 1 union all select i + 1 from n) select sum(length(randomblob(8000000))) from n",
        deep.as_str(),
        wide.as_str(),
        many.as_str(),
        like.as_str(),
    ] {
        let error = all(&scene.plugin, sql).await.unwrap_err();
        assert!(matches!(error, StoreError::Limit(_) | StoreError::Invalid(_)), "{}: {error}", &sql[..40]);
    }
    let nothing = all(&scene.plugin, "select printf('%.*c', 1000000000, 'x')").await.unwrap();
    assert_eq!(nothing.rows, [[SqlValue::Null]]);
    let long = SqlValue::Blob(vec![7; 17 << 20]);
    let error = scene.plugin.execute("update thing set data = $1", &[long]).await.unwrap_err();
    assert!(matches!(error, StoreError::Limit(_)), "{error}");
    assert_eq!(scene.state().await, before);
}

/// The host's own statements must not open a door: the statement cache goes by text.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_the_host_are_no_password() {
    let database = TestDatabase::new(Backend::Sqlite).await;
    let scene = Scene::new(&database).await;
    let topic = lamp_core::event::NewEvent {
        topic: "hello.x".to_owned(),
        source: Some(id("hello")),
        target: None,
        payload: "1".to_owned(),
        retain_key: None,
    };
    for _ in 0..3 {
        let request = BatchRequest { publish: vec![topic.clone()], ..BatchRequest::default() };
        scene.plugin.batch(request).await.unwrap();
    }
    for sql in [
        "insert into lamp_outbox (id, content) values ($1, $2)",
        "delete from lamp_outbox where id = $1",
        "commit",
        "begin immediate",
    ] {
        let parameters = vec![text("x"); sql.matches('$').count()];
        let result = scene.plugin.execute(sql, &parameters).await;
        assert!(matches!(result, Err(StoreError::Refused(_))), "{sql}: {result:?}");
    }
}
