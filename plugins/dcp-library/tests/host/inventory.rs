//! What is kept of packages over time: their history.

use std::path::Path;

use serde_json::{Value, json};

use super::house::{House, PLUGIN, Server, seconds, wait_for};
use super::package;

fn id_at(server: &Server, path: &str) -> Option<String> {
    let rows = server.list("/dcps");
    rows.iter().find(|row| row["path"] == path).map(|row| row["id"].as_str().unwrap().to_owned())
}

fn until_at(server: &Server, path: &str) -> String {
    wait_for(&format!("a package lies at {path}"), seconds(20), || id_at(server, path))
}

fn history(server: &Server, id: &str) -> Vec<Value> {
    server.list(&format!("/dcps/{id}/history"))
}

/// What happened, the newest first.
fn kinds(server: &Server, id: &str) -> Vec<String> {
    history(server, id).iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
}

fn until_happened(server: &Server, id: &str, kinds_now: &[&str]) {
    let mut seen = Vec::new();
    wait_for(&format!("{kinds_now:?}"), seconds(20), || {
        seen = kinds(server, id);
        (seen == kinds_now).then_some(())
    });
}

fn running(library: &Path) -> (House, Server) {
    let house = House::with_mounts(&[("library", library)]);
    let server = house.serve();
    server.packages(1, seconds(20));
    server.settled(seconds(20));
    (house, server)
}

#[test]
pub fn what_happened_to_a_package_is_told() {
    let library = tempfile::tempdir().unwrap();
    package::write(library.path(), "Film");
    let (house, server) = running(library.path());
    let at = |path: &str| library.path().join(path);
    let id = until_at(&server, "Film");
    assert_eq!(kinds(&server, &id), ["discovered"], "a first scan writes nothing");
    let discovered = server.json(&format!("/dcps/{id}"))["discovered_at"].clone();

    std::fs::rename(at("Film"), at("Renamed")).unwrap();
    assert_eq!(until_at(&server, "Renamed"), id);
    until_happened(&server, &id, &["moved", "discovered"]);
    let moved = &history(&server, &id)[0];
    assert_eq!((&moved["from"]["path"], &moved["to"]["path"]), (&"Film".into(), &"Renamed".into()), "{moved}");

    std::fs::create_dir(at("shelf")).unwrap();
    package::files("Film", "trailer", 2_000).write(&at("shelf/Renamed"));
    until_happened(&server, &id, &["copy-added", "moved", "discovered"]);
    std::fs::remove_dir_all(at("shelf")).unwrap();
    until_happened(&server, &id, &["copy-removed", "copy-added", "moved", "discovered"]);

    server.verify(&id);
    assert_eq!(history(&server, &id)[0]["verified"], "ok");
    std::fs::remove_file(at("Renamed/track.mxf")).unwrap();
    wait_for("the change is told", seconds(20), || (kinds(&server, &id)[0] == "changed").then_some(()));
    assert_eq!(history(&server, &id)[0]["from"], "complete");

    house.run(&["plugin", "revoke", PLUGIN, "lamphouse:files"]);
    wait_for("the loss is told", seconds(20), || (kinds(&server, &id)[0] == "unreachable").then_some(()));
    assert!(history(&server, &id)[0]["reason"].as_str().unwrap().contains("grant"));
    house.run(&["plugin", "grant", PLUGIN, "lamphouse:files"]);
    wait_for("the return is told", seconds(20), || (kinds(&server, &id)[0] == "reachable").then_some(()));

    std::fs::remove_dir_all(at("Renamed")).unwrap();
    wait_for("the package is gone", seconds(20), || server.list("/dcps").is_empty().then_some(()));
    let left = history(&server, &id);
    assert_eq!((&left[0]["kind"], &left[0]["path"]), (&"removed".into(), &"Renamed".into()), "its history is kept");
    package::files("Film", "trailer", 2_000).write(&at("Renamed"));
    assert_eq!(until_at(&server, "Renamed"), id);
    assert_eq!(kinds(&server, &id)[..2], ["returned", "removed"]);
    assert_eq!(server.json(&format!("/dcps/{id}"))["discovered_at"], discovered, "it is no new package");
    assert_eq!(server.get("/dcps/00000000-0000-4000-8000-000000000000/history").status, 404);
}

#[test]
fn a_history_is_bounded() {
    let library = tempfile::tempdir().unwrap();
    package::write(library.path(), "Film");
    let (_house, server) = running(library.path());
    let id = until_at(&server, "Film");
    for _ in 0..103 {
        server.verify(&id);
    }
    let entries = history(&server, &id);
    assert_eq!(entries.len(), 101, "the newest hundred and the first sight");
    assert_eq!(entries[100]["kind"], "discovered");
}

#[test]
pub fn tags_and_notes_stay_with_a_package_that_moves() {
    let library = tempfile::tempdir().unwrap();
    ["Film", "Other"].iter().for_each(|name| package::write(library.path(), name));
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(2, seconds(20));
    let (film, other) = (until_at(&server, "Film"), until_at(&server, "Other"));
    let put = |part: &str, body: Value| server.send("PUT", &format!("/dcps/{film}/{part}"), &body);
    assert_eq!(
        put("tags", json!({ "tags": ["Open  Air", "festival"] })).json()["tags"],
        json!(["festival", "open air"])
    );
    assert_eq!(put("note", json!({ "note": " ask the director\n" })).json()["note"], "ask the director");
    for (part, wrong) in [("tags", json!({ "tags": ["a,b"] })), ("note", json!({ "note": "x".repeat(2_001) }))] {
        let answer = put(part, wrong);
        assert!(answer.status == 400 && answer.json()["message"].as_str().unwrap().starts_with(part));
    }
    let many = json!({ "packages": [film, other, "unknown"], "add": ["festival", "new"], "remove": ["open air"] });
    assert_eq!(server.send("POST", "/dcps/tags", &many).json()["packages"], 2);
    std::fs::rename(library.path().join("Film"), library.path().join("Elsewhere")).unwrap();
    assert_eq!(until_at(&server, "Elsewhere"), film);
    let rows = server.list("/dcps?tag=festival&sort=package_name");
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["tags"], &rows[0]["note"]), (&json!(["festival", "new"]), &"ask the director".into()));
    assert_eq!(server.json(&format!("/dcps/{film}"))["tags"], rows[0]["tags"]);
    for (query, count) in [("open+air", 0), ("fest", 0), ("FESTIVAL", 2), ("x,new", 2), ("%25", 0)] {
        assert_eq!(server.list(&format!("/dcps?tag={query}")).len(), count, "{query}");
    }
    let csv = server.answer("GET", "/dcps?tag=new&sort=package_name", server.key(), &[("accept", "text/csv")]).text();
    assert!(csv.lines().nth(1).unwrap().ends_with("\"festival, new\",ask the director"), "{csv}");
    let viewer = house.key("viewer");
    assert_eq!(server.answer("PUT", &format!("/dcps/{film}/tags"), &viewer, &[]).status, 403);
}

#[test]
pub fn the_library_is_told_at_a_glance() {
    let library = tempfile::tempdir().unwrap();
    for (name, title) in [("One", "GoldenTide"), ("Two", "Ünder the Harbour"), ("Three", "Silent Garden")] {
        package::files(title, "feature", 2_000).write(&library.path().join(name));
    }
    package::files("GoldenTide", "feature", 2_000).write(&library.path().join("again/One"));
    let mut broken = package::files("Broken", "trailer", 1_000);
    broken.0.pop();
    broken.write(&library.path().join("Broken"));
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(4, seconds(20));
    server.settled(seconds(20));

    let missing = &server.list("/dcps/findings?code=asset_missing")[0];
    let broken = until_at(&server, "Broken");
    assert_eq!(
        (&missing["severity"], &missing["packages"], &missing["package_ids"]),
        (&"error".into(), &1.into(), &json!([broken])),
    );
    assert_eq!(missing["meaning"], "A listed file is not there.");
    let all = server.list("/dcps/findings");
    let gravity = |entry: &Value| ["error", "warning", "note"].iter().position(|one| entry["severity"] == *one);
    assert!(all.len() > 1 && all.is_sorted_by_key(gravity), "{all:?}");
    assert!(all.iter().all(|entry| entry["package_ids"].is_null()));
    assert_eq!(server.list("/dcps?finding=asset_missing")[0]["id"], broken);
    assert_eq!(server.list("/dcps?finding=no_such_code").len(), 0);

    let copies = server.list("/dcps?duplicates=copies");
    assert_eq!((copies.len(), &copies[0]["content_title"], &copies[0]["copies"]), (1, &"GoldenTide".into(), &2.into()));
    assert_eq!(server.list("/dcps?duplicates=titles").len(), 0);
    assert_eq!(server.get("/dcps?duplicates=all").status, 400);

    let storage = server.json("/dcps/storage");
    let sizes: i64 = server.list("/dcps").iter().map(|row| row["total_size_bytes"].as_i64().unwrap()).sum();
    assert_eq!((&storage["packages"], &storage["size_bytes"]), (&4.into(), &sizes.into()));
    assert_eq!(storage["copies"], json!({ "packages": 1, "size_bytes": copies[0]["total_size_bytes"] }));
    let keys = |part: &str| -> Vec<Value> {
        storage[part].as_array().unwrap().iter().map(|share| share["key"].clone()).collect()
    };
    assert_eq!(keys("by_kind"), ["feature", "trailer"]);
    assert_eq!(keys("by_issuer"), ["Tests"]);
    assert_eq!(keys("by_age"), ["under-30-days"]);
    let mount = &storage["by_mount"][0];
    assert_eq!((&mount["key"], &mount["packages"]), (&"library".into(), &5.into()), "every copy takes its own");
    assert!(mount["free_bytes"].as_i64().unwrap() > 0 && mount["total_bytes"].as_i64() > mount["free_bytes"].as_i64());

    for (query, title, similar) in [
        ("goldentide", "GoldenTide", None),
        ("goldn+tide", "GoldenTide", Some("similar")),
        ("under+harbor", "Ünder the Harbour", Some("similar")),
        ("silnet", "Silent Garden", Some("similar")),
    ] {
        let answer = server.get(&format!("/dcps?q={query}&limit=10"));
        assert_eq!((answer.header("x-search"), answer.header("x-total-count")), (similar, Some("1")), "{query}");
        let row = &answer.json()[0];
        assert_eq!((&row["content_title"], row["distance"].is_null()), (&title.into(), similar.is_none()), "{query}");
    }
    assert_eq!(server.list("/dcps?q=silnet&content_kind=trailer").len(), 0, "the other filters hold");
    assert_eq!(server.get("/dcps?q=elsewhere&limit=10").header("x-search"), None);
}

/// Changes a byte of a file and gives it back the time it had.
fn rot(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let time = std::fs::metadata(path).unwrap().modified().unwrap();
    bytes[100] ^= 1;
    std::fs::write(path, bytes).unwrap();
    std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
pub fn what_rots_raises_an_alarm_that_stays() {
    let library = tempfile::tempdir().unwrap();
    package::write(library.path(), "Film");
    let (_house, server) = running(library.path());
    let id = until_at(&server, "Film");
    let find = |code: &str| server.list(&format!("/dcps/findings?code={code}")).len();
    assert_eq!(server.verify(&id)["verified"], "ok");
    rot(&library.path().join("Film/track.mxf"));
    server.settled(seconds(20));
    let film = server.verify(&id);
    assert_eq!((&film["state"], &film["findings"][0]["code"]), (&"corrupt".into(), &"asset_rotten".into()), "{film}");
    assert_eq!((find("asset_rotten"), find("asset_damaged")), (1, 0));
    let told = ["packages_corrupt", "packages_complete", "verifications_total", "files_rotten_total"];
    assert_eq!(told.map(|name| server.metric(name)), [1.0, 0.0, 2.0, 1.0].map(Some));
    assert_eq!(history(&server, &id)[0]["rotten"].as_array().unwrap().len(), 1);

    // Another file in the folder: the package is read again, and what was found out of its files still counts.
    std::fs::write(library.path().join("Film/readme.txt"), "hello").unwrap();
    wait_for("it was read again", seconds(20), || (kinds(&server, &id)[0] == "changed").then_some(()));
    let row = &server.list("/dcps")[0];
    assert_eq!((&row["state"], &row["verified"]), (&"corrupt".into(), &"failed".into()));
    assert_eq!(find("asset_rotten"), 1);
    package::files("Film", "trailer", 2_000).write(&library.path().join("Film"));
    server.settled(seconds(20));
    assert_eq!(server.verify(&id)["verified"], "ok");
    assert_eq!(find("asset_rotten"), 0);
}

#[test]
pub fn many_packages_are_verified_in_one_call() {
    let library = tempfile::tempdir().unwrap();
    ["One", "Two", "Three"].iter().for_each(|name| package::write(library.path(), name));
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    let rows = server.packages(3, seconds(20));
    server.settled(seconds(20));
    let mut ids: Vec<&str> = rows.iter().take(2).map(|row| row["id"].as_str().unwrap()).collect();
    ids.push("00000000-0000-4000-8000-000000000000");
    let ask = |body: Value| server.send("POST", "/dcps/verify", &body);
    let answer = ask(json!({ "packages": ids }));
    assert_eq!((answer.status, answer.json()["packages"].clone()), (202, 2.into()), "unknown ones are left out");
    server.settled(seconds(30));
    let verified = |row: &Value| server.json(&format!("/dcps/{}", row["id"].as_str().unwrap()))["verified"].clone();
    assert_eq!(rows.iter().map(verified).collect::<Vec<_>>(), ["ok", "ok", "none"]);
    ask(json!({ "packages": [ids[0]], "mode": "quick" }));
    wait_for("it was looked at", seconds(20), || (kinds(&server, ids[0])[0] == "checked").then_some(()));
    for wrong in [json!({}), json!({ "packages": vec!["x"; 201] }), json!({ "packages": [], "mode": "some" })] {
        assert_eq!(ask(wrong.clone()).status, 400, "{wrong}");
    }
}

#[test]
pub fn a_verification_is_quick_or_of_one_copy_or_what_is_due() {
    let library = tempfile::tempdir().unwrap();
    package::write(library.path(), "Film");
    package::write(&library.path().join("shelf"), "Film");
    let (_house, server) = running(library.path());
    let id = server.list("/dcps")[0]["id"].as_str().unwrap().to_owned();
    server.run_job(&format!("/dcps/{id}/verify?mode=quick"));
    let film = server.json(&format!("/dcps/{id}"));
    assert_eq!((&film["state"], &film["verified"]), (&"complete".into(), &"none".into()), "nothing was hashed");
    assert_eq!(
        (&history(&server, &id)[0]["kind"], &history(&server, &id)[0]["state"]),
        (&"checked".into(), &"complete".into())
    );

    let places = film["locations"].as_array().unwrap();
    assert_eq!(places.len(), 2);
    let copy = places[1]["path"].as_str().unwrap();
    rot(&library.path().join(copy).join("track.mxf"));
    server.settled(seconds(20));
    server.run_job(&format!("/dcps/{id}/verify?place=library/{}", copy.replace('/', "%2F")));
    let film = server.json(&format!("/dcps/{id}"));
    assert_eq!((&film["state"], &film["verified"]), (&"complete".into(), &"none".into()), "the other copy is another");
    assert_eq!(
        (&film["locations"][0]["state"], &film["locations"][1]["state"]),
        (&"complete".into(), &"corrupt".into())
    );
    assert_eq!(
        (&history(&server, &id)[0]["verified"], &history(&server, &id)[0]["path"]),
        (&"failed".into(), &copy.into())
    );
    for query in ["mode=slow", "place=library/elsewhere", "place=nowhere"] {
        assert_eq!(server.post(&format!("/dcps/{id}/verify?{query}")).status, 400, "{query}");
    }

    server.run_job("/dcps/scrub");
    server.settled(seconds(20));
    assert_eq!(server.list("/dcps")[0]["verified"], "none", "it is off until an admin sets it");
    let set = server.send("PATCH", &format!("/plugins/{PLUGIN}/config"), &json!({ "verify_every_days": 30 }));
    assert_eq!(set.status, 200, "{}", set.text());
    server.run_job("/dcps/scrub");
    wait_for("what is due is verified", seconds(20), || (server.list("/dcps")[0]["verified"] == "ok").then_some(()));
    let jobs = server.list("/jobs?kind=verify&limit=50").len();
    server.run_job("/dcps/scrub");
    assert_eq!(server.list("/jobs?kind=verify&limit=50").len(), jobs, "nothing is due any more");

    std::fs::remove_dir_all(library.path().join(places[0]["path"].as_str().unwrap())).unwrap();
    let left = wait_for("the other copy is shown", seconds(20), || {
        let row = server.list("/dcps").remove(0);
        (row["path"] == copy && row["verified"] == "none").then_some(row)
    });
    assert_eq!((&left["id"], &left["copies"]), (&id.as_str().into(), &1.into()));
}
