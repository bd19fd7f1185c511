//! One good manifest, and every way to spoil it.

use super::super::{Manifest, ManifestError};

const GOOD: &str = r#"
schema = 1
id = "probe"
version = "1.2.3"
name = "Probe"
publisher = "Someone"
license = "Apache-2.0"
description = "Looks at things."

[[capabilities]]
interface = "lamphouse:http"
reason = "Serves the list of things"
allow = [{ name = "/things", rights = ["serve"] }]

[[capabilities]]
interface = "lamphouse:jobs"
reason = "Scans in the background"
allow = [{ name = "scan*", rights = ["enqueue"] }]

[[capabilities]]
interface = "lamphouse:files"
reason = "Reads things"
allow = [{ name = "library-*", rights = ["read", "watch"] }]

[[capabilities]]
interface = "lamphouse:events"
reason = "Tells about things"
optional = true
allow = [{ name = "things.*", rights = ["publish"] }, { name = "jobs.*", rights = ["subscribe"] }]

[[capabilities]]
interface = "lamphouse:sql"
reason = "Keeps things"

[[permissions]]
id = "things:read"
title = "See things"
roles = ["viewer"]

[[routes]]
method = "GET"
path = "/things/{id}"
permission = "things:read"
summary = "One thing"
query = [{ name = "depth", type = "integer", description = "How deep" }]

[[routes]]
method = "GET"
path = "/things"
permission = "jobs:read"
summary = "All things"

[[jobs]]
kind = "scan"
title = "Scan"
lane = "disk"
concurrency = 2

[[jobs]]
kind = "scan-one"
title = "Scan one"
lane = "disk"
concurrency = 2

[[schedules]]
name = "nightly"
kind = "scan"
cron = "30 4 * * 1-5"

[[schedules]]
name = "often"
kind = "scan-one"
every_secs = 600

[config]
type = "object"
required = ["depth"]
properties.depth = { type = "integer" }
properties.token = { type = "string", writeOnly = true }

[ui]
api = 1
entry = "ui/index.js"
styles = ["ui/style.css"]

[[ui.pages]]
id = "things"
path = "/things"
alias = true
export = "ThingsPage"
title = "Things"
icon = "library"
group = "content"
requires = ["things:read"]
keys = "g t"

[[ui.slots]]
slot = "dashboard.card"
export = "ThingsCard"
title = "Things"
requires = ["things:read"]
"#;

fn refusal(text: &str) -> (String, String) {
    match Manifest::from_toml(text) {
        Err(ManifestError::Field { field, message }) => (field, message),
        other => panic!("not refused by field: {other:?}\n{text}"),
    }
}

#[test]
fn takes_a_manifest_that_uses_everything() {
    let manifest = Manifest::from_toml(GOOD).unwrap();
    assert_eq!(manifest.version.to_string(), "1.2.3");
    let json = serde_json::to_vec(&manifest).unwrap();
    assert_eq!(Manifest::from_json(&json).unwrap(), manifest);
}

#[rustfmt::skip]
/// What is replaced, by what, and the field and a part of the advice that the refusal must hold.
const SPOILT: &[(&str, &str, &str, &str)] = &[
    ("schema = 1", "schema = 2", "schema", "write `schema = 1`"),
    ("name = \"Probe\"", "name = \" \"", "name", "1 to 80"),
    ("description = \"Looks at things.\"", "description = \"\"", "description", "one line"),
    ("interface = \"lamphouse:sql\"", "interface = \"lamphouse:sequel\"", "capabilities[4].interface", "lamphouse:sql"),
    ("interface = \"lamphouse:sql\"", "interface = \"lamphouse:sql/sql@0.1.0\"", "capabilities[4].interface", "write `lamphouse:sql`"),
    ("interface = \"lamphouse:sql\"", "interface = \"lamphouse:log\"", "capabilities[4].interface", "every plugin has"),
    ("interface = \"lamphouse:sql\"", "interface = \"lamphouse:jobs\"", "capabilities[4].interface", "twice"),
    ("reason = \"Keeps things\"", "reason = \"\"", "capabilities[4].reason", "why"),
    ("reason = \"Keeps things\"", "reason = \"a\"\nallow = [{ name = \"x\", rights = [\"read\"] }]", "capabilities[4].allow", "no allowances"),
    ("[\"read\", \"watch\"]", "[\"read\", \"execute\"]", "capabilities[2].allow[0].rights", "read, write, delete, watch"),
    ("[\"read\", \"watch\"]", "[]", "capabilities[2].allow[0].rights", "write some"),
    ("\"library-*\"", "\"/library\"", "capabilities[2].allow[0].name", "no mount"),
    ("allow = [{ name = \"library-*\", rights = [\"read\", \"watch\"] }]", "", "capabilities[2].allow", "write what it needs"),
    ("\"things.*\", rights = [\"publish\"]", "\"jobs.*\", rights = [\"publish\"]", "capabilities[3].allow[0].name", "topics of the host"),
    ("\"things.*\", rights = [\"publish\"]", "\"*\", rights = [\"publish\"]", "capabilities[3].allow[0].name", "topics of the host"),
    ("interface = \"lamphouse:files\"", "interface = \"lamphouse:tracker\"", "capabilities[2].allow[0].rights", "see, decide, hand-out"),
    ("\"scan*\"", "\"sweep\"", "capabilities[1].allow[0].name", "[[jobs]]"),
    ("name = \"/things\", rights", "name = \"/jobs\", rights", "capabilities[0].allow[0].name", "belongs to the host"),
    ("name = \"/things\", rights", "name = \"/things/{id}\", rights", "capabilities[0].allow[0].name", "below a collection"),
    ("name = \"/things\", rights", "name = \"/jobs/{id}\", rights", "capabilities[0].allow[0].name", "belongs to the host"),
    ("name = \"/things\", rights", "name = \"/jobs/{id}/things\", rights", "capabilities[0].allow[0].name", "no route begins"),
    ("name = \"/things\", rights", "name = \"/thing\", rights", "capabilities[0].allow[0].name", "no route begins"),
    ("name = \"/things\", rights", "name = \"things\", rights", "capabilities[0].allow[0].name", "no route prefix"),
    ("interface = \"lamphouse:http\"", "interface = \"lamphouse:ops\"", "capabilities[0].allow", "no allowances"),
    ("id = \"things:read\"", "id = \"things\"", "permissions[0].id", "area:verb"),
    ("id = \"things:read\"", "id = \"jobs:read\"", "permissions[0].id", "exists already"),
    ("roles = [\"viewer\"]", "roles = [\"root\"]", "permissions[0].roles", "viewer"),
    ("permission = \"things:read\"", "permission = \"things:write\"", "routes[0].permission", "[[permissions]] id = \"things:write\""),
    ("path = \"/things/{id}\"", "path = \"things/{id}\"", "routes[0].path", "no route"),
    ("path = \"/things/{id}\"", "path = \"/things/{id}/\"", "routes[0].path", "trailing slash"),
    ("path = \"/things/{id}\"", "path = \"/things/{id}/{id}\"", "routes[0].path", "once"),
    ("path = \"/things/{id}\"", "path = \"/things/../x\"", "routes[0].path", "no route"),
    ("path = \"/things/{id}\"", "path = \"/things\"", "routes[1].path", "twice"),
    ("type = \"integer\", description", "type = \"int\", description", "routes[0].query[0].type", "integer"),
    ("summary = \"All things\"", "summary = \"\"", "routes[1].summary", "one line"),
    ("summary = \"All things\"", "summary = \"a\"\nresponse = \"b\"", "routes[1].response", "JSON Schema"),
    ("kind = \"scan-one\"\ntitle", "kind = \"scan\"\ntitle", "jobs[1].kind", "twice"),
    ("title = \"Scan one\"\nlane = \"disk\"\nconcurrency = 2", "title = \"Scan one\"\nlane = \"disk\"\nconcurrency = 3", "jobs[1].concurrency", "same number"),
    ("title = \"Scan one\"", "title = \"Scan one\"\nbackoff_ms = []", "jobs[1].backoff_ms", "1 to 20"),
    ("title = \"Scan one\"", "title = \"Scan one\"\nmax_attempts = 0", "jobs[1].max_attempts", "1 to 100"),
    ("kind = \"scan\"\ntitle", "kind = \"Scan\"\ntitle", "jobs[0].kind", "a-z"),
    ("kind = \"scan-one\"\nevery", "kind = \"sweep\"\nevery", "schedules[1].kind", "[[jobs]]"),
    ("every_secs = 600", "every_secs = 9", "schedules[1].every_secs", "10 to"),
    ("every_secs = 600", "", "schedules[1]", "exactly one"),
    ("every_secs = 600", "every_secs = 600\ncron = \"* * * * *\"", "schedules[1]", "exactly one"),
    ("cron = \"30 4 * * 1-5\"", "cron = \"30 4 * *\"", "schedules[0].cron", "4 fields"),
    ("name = \"often\"", "name = \"nightly\"", "schedules[1].name", "twice"),
    ("[config]\ntype = \"object\"", "[config]\ntype = \"array\"", "config.type", "object"),
    ("required = [\"depth\"]", "required = [\"width\"]", "config.required", "properties"),
    ("writeOnly = true", "writeOnly = true, default = \"x\"", "config.properties.token", "no default"),
    ("properties.depth = {", "properties.Depth = {", "config.properties.Depth", "a-z"),
    ("api = 1", "api = 2", "ui.api", "write `api = 1`"),
    ("entry = \"ui/index.js\"", "entry = \"../index.js\"", "ui.entry", "ui/index.js"),
    ("styles = [\"ui/style.css\"]", "styles = [\"ui/style.js\"]", "ui.styles[0]", "ui/style.css"),
    ("icon = \"library\"", "icon = \"unicorn\"", "ui.pages[0].icon", "library"),
    ("group = \"content\"", "group = \"other\"", "ui.pages[0].group", "overview"),
    ("path = \"/things\"\nalias", "path = \"/jobs\"\nalias", "ui.pages[0].path", "belongs to the shell"),
    ("path = \"/things\"\nalias", "path = \"/\"\nalias", "ui.pages[0].path", "belongs to the shell"),
    ("export = \"ThingsPage\"", "export = \"things page\"", "ui.pages[0].export", "export"),
    ("keys = \"g t\"", "keys = \"ctrl+t\"", "ui.pages[0].keys", "g l"),
    ("requires = [\"things:read\"]\nkeys", "requires = [\"things:see\"]\nkeys", "ui.pages[0].requires", "[[permissions]]"),
    ("slot = \"dashboard.card\"", "slot = \"header\"", "ui.slots[0].slot", "dashboard.card"),
];

#[test]
fn names_the_field_and_the_way_out_of_every_fault() {
    for (what, by, field, advice) in SPOILT {
        assert_eq!(GOOD.matches(what).count(), 1, "the test replaces one place: {what}");
        let (found, message) = refusal(&GOOD.replace(what, by));
        assert_eq!(found, *field, "{by}: {message}");
        assert!(message.contains(advice), "{by}: `{message}` does not say `{advice}`");
    }
}

#[test]
fn routes_and_jobs_need_their_capability() {
    let bare = "schema = 1\nid = \"ab\"\nversion = \"1.0.0\"\nname = \"a\"\npublisher = \"a\"\nlicense = \"a\"\ndescription = \"a\"\n";
    let route = "[[routes]]\nmethod = \"GET\"\npath = \"/a\"\npermission = \"jobs:read\"\nsummary = \"a\"\n";
    let (field, message) = refusal(&format!("{bare}{route}"));
    assert_eq!(field, "routes");
    assert!(message.contains("[[capabilities]] interface = \"lamphouse:http\""), "{message}");
    let (field, message) = refusal(&format!("{bare}[[jobs]]\nkind = \"a\"\ntitle = \"a\"\n"));
    assert_eq!(field, "jobs");
    assert!(message.contains("[[capabilities]] interface = \"lamphouse:jobs\""), "{message}");
}

#[test]
fn limits_stay_within_those_of_the_host() {
    for (table, key, over) in [
        ("limits", "memory_mib", 1_025_u64),
        ("limits", "cpu_ms", 60_001),
        ("limits", "wall_ms", 600_001),
        ("limits", "job_cpu_ms", 3_600_001),
        ("limits", "job_wall_ms", 86_400_001),
        ("limits", "concurrency", 65),
        ("limits", "storage_mib", 102_401),
        ("instance", "max_uses", 1_000_001),
        ("instance", "idle_secs", 86_401),
    ] {
        for (value, good) in [(0, false), (1, true), (over - 1, true), (over, false)] {
            let text = format!("{GOOD}\n[{table}]\n{key} = {value}\n");
            if good {
                assert!(Manifest::from_toml(&text).is_ok(), "{table}.{key} = {value}");
            } else {
                assert_eq!(refusal(&text).0, format!("{table}.{key}"), "{value}");
            }
        }
    }
}

#[test]
fn unknown_keys_bad_ids_and_bad_versions_are_refused_with_their_line() {
    for (what, by) in [
        ("id = \"probe\"", "id = \"Probe\""),
        ("version = \"1.2.3\"", "version = \"1.2\""),
        ("publisher = \"Someone\"", "publisher = \"Someone\"\ncolour = \"red\""),
        ("method = \"GET\"\npath = \"/things\"\n", "method = \"LOOK\"\npath = \"/things\"\n"),
    ] {
        let Err(ManifestError::Toml(text)) = Manifest::from_toml(&GOOD.replace(what, by)) else {
            panic!("taken: {by}")
        };
        assert!(text.contains("line "), "{text}");
    }
}

#[test]
fn the_published_schema_names_every_table() {
    let schema = super::manifest_json_schema();
    for key in ["schema", "id", "capabilities", "limits", "routes", "jobs", "schedules", "config", "permissions", "ui"]
    {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
    assert_eq!(schema["additionalProperties"], serde_json::json!(false));
}
