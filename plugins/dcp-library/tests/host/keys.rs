//! Key delivery messages: found, added, forgotten; what they come to for packages, now and at each edge of their windows.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat};
use serde_json::Value;

use super::house::{House, Server, seconds, wait_for};
use super::package::{self, id_of};

/// What stands for the keys; it may turn up nowhere.
const SECRET: &str = "bm9ib2R5IG1heSBldmVyIHNlZSB0aGlz";
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Milliseconds of Unix time as the documents write them.
fn moment(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).unwrap().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A message for the composition of that package, with its key, for a device, from and until so many milliseconds.
pub fn message(name: &str, device: &str, from_ms: i64, until_ms: i64) -> String {
    let (id, composition, key) =
        (id_of(name, &format!("{device} {from_ms} {until_ms}")), id_of(name, "cpl"), id_of(name, "key"));
    let (from, until) = (moment(from_ms), moment(until_ms));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <DCinemaSecurityMessage xmlns=\"http://www.smpte-ra.org/schemas/430-3/2006/ETM\">\
         <AuthenticatedPublic Id=\"ID_Public\"><MessageId>urn:uuid:{id}</MessageId>\
         <AnnotationText>{name} for {device}</AnnotationText><IssueDate>2026-01-01T10:00:00+00:00</IssueDate>\
         <RequiredExtensions>\
         <KDMRequiredExtensions xmlns=\"http://www.smpte-ra.org/schemas/430-1/2006/KDM\">\
         <Recipient><X509SubjectName>dnQualifier=abc=,CN=SM.Tests.{device},O=Tests</X509SubjectName></Recipient>\
         <CompositionPlaylistId>urn:uuid:{composition}</CompositionPlaylistId>\
         <ContentTitleText>{name}</ContentTitleText>\
         <ContentKeysNotValidBefore>{from}</ContentKeysNotValidBefore>\
         <ContentKeysNotValidAfter>{until}</ContentKeysNotValidAfter>\
         <KeyIdList><TypedKeyId><KeyType>MDAK</KeyType><KeyId>urn:uuid:{key}</KeyId></TypedKeyId></KeyIdList>\
         </KDMRequiredExtensions></RequiredExtensions></AuthenticatedPublic>\
         <AuthenticatedPrivate Id=\"ID_Private\"><EncryptedKey><CipherData><CipherValue>{SECRET}</CipherValue>\
         </CipherData></EncryptedKey></AuthenticatedPrivate><Signature/></DCinemaSecurityMessage>"
    )
}

fn row(server: &Server, name: &str) -> Option<Value> {
    server.list("/dcps").into_iter().find(|row| row["package_name"] == name)
}

fn until_keys_are(server: &Server, name: &str, state: &str, bound: Duration) -> Value {
    wait_for(&format!("the keys of {name} are {state}"), bound, || {
        row(server, name).filter(|row| row["keys"]["state"] == state)
    })
}

fn detail(server: &Server, name: &str) -> Value {
    let id = row(server, name).unwrap()["id"].as_str().unwrap().to_owned();
    server.json(&format!("/dcps/{id}"))
}

fn names(rows: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = rows.iter().map(|row| row["package_name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn library_of(encrypted: &[&str]) -> tempfile::TempDir {
    let library = tempfile::tempdir().unwrap();
    encrypted.iter().for_each(|name| package::encrypted(name).write(&library.path().join(name)));
    library
}

#[test]
pub fn keys_are_found_in_packages_and_beside_them() {
    let library = library_of(&["Inside", "Beside", "Closed", "Late"]);
    package::write(library.path(), "Plain");
    let (now, at) = (now_ms(), |path: &str| library.path().join(path));
    write(&at("Inside/keys/for-box-1.xml"), &message("Inside", "Box-1", now - DAY_MS, now + 10 * DAY_MS));
    write(&at("inbox/deep/any name.XML"), &message("Beside", "Box-1", now - DAY_MS, now + 20 * HOUR_MS));
    write(&at("late.xml"), &message("Late", "Box-1", now - 2 * DAY_MS, now - DAY_MS));
    write(&at("inbox/notes.xml"), "<notes>no key</notes>");
    write(&at("inbox/broken.xml"), &message("Closed", "Box-1", now, now + DAY_MS)[..600]);
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(5, seconds(20));
    let soon = until_keys_are(&server, "Beside", "expires-soon", seconds(10));
    assert_eq!(soon["keys"]["at"], moment(now + 20 * HOUR_MS));
    until_keys_are(&server, "Inside", "valid", seconds(10));
    until_keys_are(&server, "Late", "expired", seconds(10));
    server.settled(seconds(20));
    for (query, expected) in [
        ("keys=valid", vec!["Inside"]),
        ("keys=expires-soon", vec!["Beside"]),
        ("keys=missing", vec!["Closed"]),
        ("keys=expired,missing", vec!["Closed", "Late"]),
        ("keys=not-yet-valid", vec![]),
        ("keys=not-needed", vec!["Plain"]),
    ] {
        assert_eq!(names(&server.list(&format!("/dcps?{query}"))), expected, "{query}");
    }
    let inside = detail(&server, "Inside");
    assert_eq!((&inside["state"], &inside["keys"]["state"]), (&"complete".into(), &"valid".into()));
    let composition = &inside["keys"]["compositions"][0];
    assert_eq!(composition["composition_id"], id_of("Inside", "cpl").to_string());
    let recipient = &composition["recipients"][0];
    assert_eq!(recipient["recipient"], "SM.Tests.Box-1");
    assert_eq!(recipient["not_valid_after"], moment(now + 10 * DAY_MS));
    assert_eq!(detail(&server, "Plain")["keys"]["compositions"].as_array().unwrap().len(), 0);

    // One that comes, one that changes, and some that go while the server runs.
    write(&at("inbox/deep/later.xml"), &message("Closed", "Box-2", now + DAY_MS, now + 9 * DAY_MS));
    until_keys_are(&server, "Closed", "not-yet-valid", seconds(10));
    write(&at("inbox/deep/later.xml"), &message("Closed", "Box-2", now - DAY_MS, now + 9 * DAY_MS));
    until_keys_are(&server, "Closed", "valid", seconds(10));
    std::fs::remove_file(at("Inside/keys/for-box-1.xml")).unwrap();
    until_keys_are(&server, "Inside", "missing", seconds(10));
    std::fs::remove_dir_all(at("inbox")).unwrap();
    until_keys_are(&server, "Beside", "missing", seconds(10));
    until_keys_are(&server, "Closed", "missing", seconds(10));
    assert_eq!(server.list("/dcps/kdms").len(), 1, "only the late one is left");
    assert!(!house.holds(SECRET.as_bytes()), "nothing of a key is kept");
}

#[test]
pub fn a_key_is_added_listed_and_forgotten() {
    let library = library_of(&["Added", "Other"]);
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(2, seconds(20));
    until_keys_are(&server, "Added", "missing", seconds(5));
    let now = now_ms();
    let text = message("Added", "Box-1", now - DAY_MS, now + 30 * DAY_MS);
    let post = |text: &str| server.answer_to("POST", "/dcps/kdms", server.key(), text.as_bytes());
    let answer = post(&text);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let added = answer.json();
    assert_eq!((&added["state"], &added["packages"][0]["package_name"]), (&"valid".into(), &"Added".into()));
    until_keys_are(&server, "Added", "valid", seconds(10));
    assert_eq!(post(&text).status, 200, "the same one again is the same one");
    for (device, days) in [("Box-2", 40), ("Box-3", -1)] {
        assert_eq!(post(&message("Other", device, now - 5 * DAY_MS, now + days * DAY_MS)).status, 201);
    }
    let found = |query: &str| server.list(&format!("/dcps/kdms?{query}")).len();
    assert_eq!(found(""), 3);
    assert_eq!((found("state=valid"), found("state=expired"), found("state=expires-soon,not-yet-valid")), (2, 1, 0));
    assert_eq!((found("recipient=box-2"), found("recipient=tests+box"), found("recipient=%25")), (1, 3, 0));
    assert_eq!(found(&format!("composition={}", id_of("Other", "cpl"))), 2);
    let first = server.get("/dcps/kdms?limit=2");
    assert_eq!(first.json().as_array().unwrap().len(), 2);
    let next = first.header("link").unwrap().strip_prefix("</api/v1").unwrap().split('>').next().unwrap().to_owned();
    assert_eq!(server.list(&next)[0]["recipient"]["common_name"], "SM.Tests.Box-3", "those that end last come first");
    for (query, name) in [("state=good", "state"), ("limit=0", "limit"), ("cursor=x", "cursor")] {
        let answer = server.get(&format!("/dcps/kdms?{query}"));
        assert!(answer.status == 400 && answer.text().contains(name), "{query}: {}", answer.text());
    }

    let target = format!("/dcps/kdms/{}", added["id"].as_str().unwrap());
    let copy = library.path().join("copy.xml");
    write(&copy, &text);
    wait_for("the copy is seen", seconds(10), || {
        let all = server.list("/dcps/kdms");
        all.iter().find(|kdm| kdm["id"] == added["id"] && kdm["places"][0]["path"] == "copy.xml").map(|_| ())
    });
    let refused = server.answer("DELETE", &target, server.key(), &[]);
    assert!(refused.status == 409 && refused.text().contains("library/copy.xml"), "{}", refused.text());
    std::fs::remove_file(copy).unwrap();
    let removed = wait_for("the copy is gone", seconds(10), || {
        match server.answer("DELETE", &target, server.key(), &[]).status {
            409 => None,
            status => Some(status),
        }
    });
    assert_eq!(removed, 204);
    assert_eq!(server.answer("DELETE", &target, server.key(), &[]).status, 404);
    until_keys_are(&server, "Added", "missing", seconds(10));
    assert!(!house.holds(SECRET.as_bytes()), "nothing of a key is kept");
}

#[test]
fn what_is_no_key_is_refused_and_so_is_who_may_not() {
    let library = library_of(&["Added"]);
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(1, seconds(20));
    let now = now_ms();
    let text = message("Added", "Box-1", now, now + DAY_MS);
    let bomb = text.replace("?>\n", "?>\n<!DOCTYPE x [<!ENTITY a \"b\">]>");
    let endless = text.replace("ContentKeysNotValidAfter", "Other");
    for body in ["", "no xml", "<AssetMap/>", &text[..700], &endless, &bomb] {
        let answer = server.answer_to("POST", "/dcps/kdms", server.key(), body.as_bytes());
        assert_eq!(answer.status, 422, "{}: {}", &body[..body.len().min(40)], answer.text());
        assert_eq!(answer.json()["code"], "kdm_refused");
    }
    assert_eq!(server.list("/dcps/kdms").len(), 0);
    assert_eq!(server.answer_to("POST", "/dcps/kdms", "", text.as_bytes()).status, 401);
    for (role, status) in [("viewer", 403), ("colorist", 403), ("engineer", 201), ("operator", 200)] {
        let key = house.key(role);
        assert_eq!(server.answer("GET", "/dcps/kdms", &key, &[]).status, 200, "{role}");
        let answer = server.answer_to("POST", "/dcps/kdms", &key, text.as_bytes());
        assert_eq!(answer.status, status, "{role}: {}", answer.text());
    }
    let id = server.list("/dcps/kdms")[0]["id"].as_str().unwrap().to_owned();
    let viewer = house.key("viewer");
    assert_eq!(server.answer("DELETE", &format!("/dcps/kdms/{id}"), &viewer, &[]).status, 403);
}

#[test]
pub fn a_package_changes_at_each_edge_of_a_window() {
    let library = library_of(&["Timed", "Restarted"]);
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(2, seconds(20));
    server.settled(seconds(20));
    let now = now_ms();
    let post = |name: &str, from_ms: i64, until_ms: i64| {
        let text = message(name, "Box-1", now + from_ms, now + until_ms);
        assert_eq!(server.answer_to("POST", "/dcps/kdms", server.key(), text.as_bytes()).status, 201);
    };
    post("Timed", 8_000, 14_000);
    post("Restarted", 20_000, 30 * DAY_MS);
    until_keys_are(&server, "Timed", "not-yet-valid", seconds(5));
    until_keys_are(&server, "Restarted", "not-yet-valid", seconds(5));
    until_keys_are(&server, "Timed", "expires-soon", seconds(15));
    assert!(now_ms() >= now + 8_000, "not before its time");
    until_keys_are(&server, "Timed", "expired", seconds(15));
    assert!(now_ms() >= now + 14_000, "not before its time");
    assert_eq!(names(&server.list("/dcps?keys=expired")), ["Timed"]);
    server.kill();
    wait_for("the edge has passed", seconds(20), || (now_ms() > now + 20_000).then_some(()));
    let server = house.serve();
    until_keys_are(&server, "Restarted", "valid", seconds(20));
}
