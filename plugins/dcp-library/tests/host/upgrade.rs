//! Data that an older version left: the tables as they were then, with packages in them, opened by the program of today.

use std::path::Path;
use std::sync::Arc;

use dcp_library::dcp::kdm;
use dcp_library::dcp::package::{Options, Package, read_packages};
use lamp_core::clock::SystemClock;
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use lamp_store::plugin_db::{BatchRequest, DatabaseLimits, Migration, PluginDatabase, SqlValue, Statement};
use lamp_store::{Store, StoreConfig};
use serde_json::{Value, json};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, Connection};
use uuid::Uuid;

use super::folder::FolderSource;
use super::house::{self, House, PLUGIN, seconds};
use super::{keys, package};

/// When the packages were seen and verified, Unix milliseconds and as the API writes them.
const SEEN: (i64, &str) = (1_700_000_000_000, "2023-11-14T22:13:20.000Z");
const VERIFIED: (i64, &str) = (1_710_000_000_000, "2024-03-09T16:00:00.000Z");
const OLD_VERSION: &str = "0.0.9";
/// The plugin's first version with keys, and the first with history, tags and notes: its migrations by then.
const WITH_KEYS: usize = 3;
const WITH_HISTORY: usize = 4;

#[test]
pub fn data_of_every_older_version_is_taken_over() {
    let count = std::fs::read_dir(folder("migrations/sqlite")).unwrap().count();
    assert!(count >= WITH_HISTORY);
    (1..=count).for_each(is_taken_over);
}

/// Data of the version that had that many migrations, on the first version of the host's tables.
fn is_taken_over(age: usize) {
    let (library, lost) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    ["Film", "New"].iter().for_each(|name| package::write(library.path(), name));
    package::write(lost.path(), "Lost");
    let known = [Known::read("library", library.path(), "Film"), Known::read("library-lost", lost.path(), "Lost")];
    let house = House::empty();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let config = house.store_config();
        old_host(&config, library.path(), age).await;
        old_tables(&config, age, &known).await;
    });

    house.install();
    let server = house.serve();
    server.packages(3, seconds(30));
    server.settled(seconds(30));
    let rows = server.list("/dcps");
    let row = |name: &str| rows.iter().find(|row| row["package_name"] == name).unwrap();
    let facts = |row: &Value| ["state", "verified", "discovered_at", "last_verified"].map(|name| row[name].clone());
    assert_eq!(facts(row("Film")), ["complete", "ok", SEEN.1, VERIFIED.1].map(Value::from), "{age}");
    assert_eq!(facts(row("Lost")), ["unreachable", "ok", SEEN.1, VERIFIED.1].map(Value::from), "{age}");
    assert_eq!(row("New")["state"], "complete", "{age}");
    for (one, name) in known.iter().zip(["Film", "Lost"]) {
        assert_eq!(row(name)["id"], one.id, "{age}: it is the package of before");
        let detail = server.json(&format!("/dcps/{}", one.id));
        let titles = [&detail["content_title"], &detail["compositions"][0]["content_title"]];
        assert_eq!(titles, [name, name], "{age}: what was read of it can be read still");
        let history = server.list(&format!("/dcps/{}/history", one.id));
        let first = history.last().unwrap();
        assert_eq!((&first["kind"], &first["at"]), (&"discovered".into(), &SEEN.1.into()), "{age}");
        let verified = history.iter().find(|entry| entry["kind"] == "verified").map(|entry| &entry["at"]);
        assert_eq!(verified, (age >= WITH_HISTORY).then_some(&VERIFIED.1.into()), "{age}");
        let tags = if age >= WITH_HISTORY { json!(["festival"]) } else { json!([]) };
        assert_eq!(detail["tags"], tags, "{age}");
    }
    assert_eq!(server.list("/dcps/kdms").len(), usize::from(age >= WITH_KEYS), "{age}");
    let plugin = &server.list("/plugins")[0];
    assert_eq!(plugin["state"], "healthy");
    assert_ne!(plugin["version"], OLD_VERSION);
    assert_eq!(server.list("/users")[0]["username"], "Ada", "{age}: the host's own data is there too");
}

fn folder(path: &str) -> std::path::PathBuf {
    std::env::current_dir().unwrap().join(path)
}

/// A package as the older version had read it.
struct Known {
    mount: &'static str,
    id: String,
    package: Package,
}

impl Known {
    fn read(mount: &'static str, library: &Path, name: &str) -> Self {
        let source = FolderSource::open(&library.join(name));
        let mut package = read_packages(&source, VERIFIED.0, &Options::default()).remove(0);
        package.fold();
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, package.key().unwrap().as_bytes()).to_string();
        Self { mount, id, package }
    }

    /// It, where it lies and what hashing found, in the first tables.
    fn statements(&self) -> Vec<Statement> {
        let Package { package_name: name, .. } = &self.package;
        let map = self.package.assetmap_uuid.as_ref().unwrap().to_string();
        let summary = json!({
            "assetmap_uuid": map, "package_name": name, "content_title": name, "content_kind": "trailer",
            "issuer": "Tests", "volume_count": 1, "total_size_bytes": 2_000, "file_count": 5, "format": "smpte",
            "encryption": "none", "compositions": 1, "has_errors": false, "package_type": "OV",
        });
        let detail = serde_json::to_string(&self.package).unwrap();
        let mut statements = vec![
            statement(
                "insert into package (id, assetmap_uuid, name, title, kind, issuer, issue_date, size_bytes,
                     discovered_at, format, state, encryption, verified, last_verified, words, ids)
                 values ($1, $2, $3, $3, 'trailer', 'Tests', '2026-01-01', 2000, $4, 'smpte', 'complete', 'none', 'ok',
                     $5, $6, $2)",
                [text(&self.id), text(&map), text(name), int(SEEN.0), int(VERIFIED.0), text(&name.to_lowercase())],
            ),
            statement(
                "insert into document (package, content, base_state, summary, detail)
                 values ((select number from package where id = $1), 'as it was', 'complete', $2, $3)",
                [text(&self.id), text(&summary.to_string()), text(&detail)],
            ),
            statement(
                "insert into place (mount, path, package, signature, state, seen_at, is_primary)
                 values ($2, $3, (select number from package where id = $1), 'as it was', 'complete', $4, 1)",
                [text(&self.id), text(self.mount), text(name), int(SEEN.0)],
            ),
            statement(
                "insert into library (name, online, granted, reason, scanned_at) values ($1, 1, 1, '', $2)",
                [text(self.mount), int(SEEN.0)],
            ),
            statement(
                "insert into folder (mount, path, modified) values ($1, '', $2)",
                [text(self.mount), int(SEEN.0)],
            ),
        ];
        statements.extend(self.package.assets.iter().filter_map(|asset| {
            let (size_bytes, modified) = (i64::try_from(asset.size_bytes).unwrap(), asset.modified_ms.unwrap());
            let values = [
                text(&self.id),
                text(&asset.id.to_string()),
                text(asset.pkl_hash.as_ref()?),
                int(size_bytes),
                int(modified),
                int(VERIFIED.0),
            ];
            let insert = "insert into verdict (package, asset, state, hash, size_bytes, modified, message, verified_at)
                 values ((select number from package where id = $1), $2, 'ok', $3, $4, $5, '', $6)";
            Some(statement(insert, values))
        }));
        statements
    }

    /// What is told of it since there is a history.
    fn remarks(&self) -> [Statement; 2] {
        let facts = json!({ "verified": "ok", "assets": 2, "corrupt": [], "rotten": [] }).to_string();
        [
            statement(
                "insert into history (subject, at, kind, facts) values ($1, $2, 'verified', $3)",
                [text(&self.id), int(VERIFIED.0), text(&facts)],
            ),
            statement("insert into remark (id, tags, note) values ($1, '[\"festival\"]', '')", [text(&self.id)]),
        ]
    }
}

/// A delivery message that was uploaded.
fn key() -> Statement {
    let kdm = kdm::read(keys::message("Elsewhere", "Box-1", SEEN.0, VERIFIED.0).as_bytes()).unwrap();
    statement(
        "insert into kdm (id, composition, words, begins, ends, uploaded_at, seen_at, facts)
         values ($1, $2, 'box-1', $3, $4, $3, $3, $5)",
        [
            text(&kdm.id()),
            SqlValue::Blob(kdm.composition_id.key().to_vec()),
            int(kdm.not_valid_before_ms),
            int(kdm.not_valid_after_ms),
            text(&serde_json::to_string(&kdm).unwrap()),
        ],
    )
}

fn text(value: &str) -> SqlValue {
    SqlValue::Text(value.to_owned())
}

fn int(value: i64) -> SqlValue {
    SqlValue::Integer(value)
}

fn statement<const COUNT: usize>(sql: &str, values: [SqlValue; COUNT]) -> Statement {
    Statement { sql: sql.to_owned(), parameters: values.to_vec() }
}

fn database_name(config: &StoreConfig) -> &'static str {
    if config.database_url.is_some() { "postgres" } else { "sqlite" }
}

/// The plugin as it was: the package of today with a lower version and the first migrations only.
fn old_plugin(age: usize) -> (Manifest, Vec<u8>) {
    let bytes = std::fs::read(house::package()).unwrap();
    let mut package = lamp_package::read(&bytes).unwrap();
    package.manifest.version = OLD_VERSION.parse().unwrap();
    let order = |path: &str| path.rsplit('/').next()?.split('_').next()?.parse::<usize>().ok();
    package.assets.retain(|path, _| !path.starts_with("migrations/") || order(path).is_some_and(|order| order <= age));
    let packed = lamp_package::write(&bytes[package.component], &package.manifest, &package.assets).unwrap();
    (package.manifest, packed)
}

/// The host's tables as its first version made them, with an account, a mount and the plugin.
async fn old_host(config: &StoreConfig, library: &Path, age: usize) {
    sqlx::any::install_default_drivers();
    let file = format!("sqlite://{}?mode=rwc", config.data_dir.join("lamphouse.sqlite").display());
    let mut database = AnyConnection::connect(config.database_url.as_deref().unwrap_or(&file)).await.unwrap();
    let first = tempfile::tempdir().unwrap();
    let migration = folder(&format!("../../migrations/{}/0001_host.sql", database_name(config)));
    std::fs::copy(migration, first.path().join("0001_host.sql")).unwrap();
    Migrator::new(first.path()).await.unwrap().run(&mut database).await.unwrap();

    let (manifest, package) = old_plugin(age);
    let (id, hash) = (manifest.id.as_str(), lamp_package::hash_hex(&package));
    let account = "insert into account (id, name, name_key, password_hash, role, created_at)
         values ('0198c0de-0000-7000-8000-000000000001', 'Ada', 'ada', '-', 'admin', $1)";
    sqlx::query(account).bind(SEEN.0).execute(&mut database).await.unwrap();
    let mount = "insert into mount (name, path, rights, created_at) values ('library', $1, '[\"read\",\"watch\"]', $2)";
    sqlx::query(mount).bind(library.to_str().unwrap()).bind(SEEN.0).execute(&mut database).await.unwrap();
    let size = i64::try_from(package.len()).unwrap();
    let kept = sqlx::query("insert into package (hash, bytes, size) values ($1, $2, $3)");
    kept.bind(&hash).bind(package).bind(size).execute(&mut database).await.unwrap();
    let plugin = "insert into plugin (id, package_hash, version, manifest, enabled, installed_at, updated_at)
         values ($1, $2, $3, $4, 1, $5, $5)";
    let plugin = sqlx::query(plugin).bind(id).bind(&hash).bind(OLD_VERSION);
    plugin.bind(serde_json::to_string(&manifest).unwrap()).bind(SEEN.0).execute(&mut database).await.unwrap();
    for asked in &manifest.capabilities {
        let grant = "insert into plugin_grant (plugin, interface, allow, granted_by, granted_at)
             values ($1, $2, $3, 'command line', $4)";
        let grant = sqlx::query(grant).bind(id).bind(&asked.interface).bind(json!(asked.allow).to_string());
        grant.bind(SEEN.0).execute(&mut database).await.unwrap();
    }
    database.close().await.unwrap();
}

/// The plugin's tables after so many migrations, with what that version kept.
async fn old_tables(config: &StoreConfig, age: usize, known: &[Known]) {
    let own = folder(&format!("migrations/{}", database_name(config)));
    let mut files: Vec<_> = std::fs::read_dir(own).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let migration = |path: &std::path::PathBuf| Migration {
        name: path.file_name().unwrap().to_str().unwrap().to_owned(),
        sql: std::fs::read_to_string(path).unwrap(),
    };
    let migrations = files.iter().take(age).map(migration).collect();
    // This brings the host's own tables up to date, as the program does before anything else.
    let store = Store::open(config.clone(), Arc::new(SystemClock)).await.unwrap();
    let limits = DatabaseLimits { storage_mib: 100, statement_ms: 10_000 };
    let id = PluginId::parse(PLUGIN).unwrap();
    let database = PluginDatabase::open(&store, &id, limits, migrations).await.unwrap();
    let mut statements: Vec<Statement> = known.iter().flat_map(Known::statements).collect();
    statements.extend((age >= WITH_KEYS).then(key));
    if age >= WITH_HISTORY {
        statements.extend(known.iter().flat_map(Known::remarks));
    }
    database.batch(BatchRequest { statements, ..BatchRequest::default() }).await.unwrap();
    drop(database);
    store.close().await;
}
