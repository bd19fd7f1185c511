//! Deleting packages in the real program: guarded, undone, purged, killed in the middle.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::Answer;
use super::house::{House, PLUGIN, Server, seconds, wait_for};
use super::package;

const RIGHTS: &str = "read,watch,delete";

fn house_on(library: &Path, rights: &str) -> (House, Server) {
    let house = House::empty();
    house.run(&["mount", "add", "library", library.to_str().unwrap(), "--rights", rights]);
    house.install();
    let server = house.serve();
    (house, server)
}

fn library(names: &[&str]) -> TempDir {
    let library = tempfile::tempdir().unwrap();
    names.iter().for_each(|name| package::write(library.path(), name));
    library
}

fn ids(server: &Server) -> Vec<(String, String)> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = server.list("/dcps?sort=package_name");
    rows.iter().map(|row| (text(row, "package_name"), text(row, "id"))).collect()
}

fn id_of(server: &Server, name: &str) -> String {
    ids(server).into_iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
}

fn delete(server: &Server, id: &str, body: &Value) -> Answer {
    server.send("DELETE", &format!("/dcps/{id}"), body)
}

/// Deletes a package and waits until it lies in the trash; its entry there.
fn trashed(server: &Server, name: &str) -> Value {
    let answer = delete(server, &id_of(server, name), &json!({ "name": name }));
    assert_eq!(answer.status, 202, "{}", answer.text());
    let id = answer.json()["deletions"][0]["trash_id"].clone();
    until_trashed(server, &id)
}

fn until_trashed(server: &Server, id: &Value) -> Value {
    wait_for("it lies in the trash", seconds(30), || {
        server.list("/dcps/trash").into_iter().find(|entry| &entry["id"] == id && entry["state"] == "trashed")
    })
}

fn until_listed(server: &Server, names: &[&str]) {
    let mut seen = Vec::new();
    wait_for(&format!("{names:?}"), seconds(30), || {
        seen = ids(server).into_iter().map(|(name, _)| name).collect();
        (seen == names).then_some(())
    });
}

fn restore(server: &Server, entry: &Value) -> Answer {
    server.post(&format!("/dcps/trash/{}/restore", entry["id"].as_str().unwrap()))
}

fn kinds(server: &Server, id: &str) -> Vec<String> {
    let entries = server.list(&format!("/dcps/{id}/history"));
    entries.iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
}

fn folders(library: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(library).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
pub fn a_package_goes_to_the_trash_comes_back_and_is_purged() {
    let library = library(&["Film", "Other"]);
    let (house, server) = house_on(library.path(), RIGHTS);
    server.packages(2, seconds(30));
    server.settled(seconds(30));
    let id = id_of(&server, "Film");
    let discovered = server.json(&format!("/dcps/{id}"))["discovered_at"].clone();

    let preview = server.send("POST", "/dcps/deletions/preview", &json!({ "packages": [{ "id": id }] })).json();
    let planned = &preview["packages"][0];
    assert_eq!(
        (&planned["path"], &planned["file_count"], &planned["copies_left"]),
        (&"Film".into(), &5.into(), &0.into())
    );
    assert_eq!((&planned["reasons"], &preview["keep_days"]), (&json!([]), &7.into()));
    let wrong = delete(&server, &id, &json!({ "name": "film" }));
    assert!(wrong.status == 400 && wrong.json()["message"].as_str().unwrap().starts_with("name"), "{}", wrong.text());
    let engineer = house.key("engineer");
    assert_eq!(server.answer("DELETE", &format!("/dcps/{id}"), &engineer, &[]).status, 403);

    let entry = trashed(&server, "Film");
    assert_eq!(
        (&entry["package_id"], &entry["path"], &entry["size_bytes"]),
        (&id.as_str().into(), &"Film".into(), &planned["size_bytes"])
    );
    until_listed(&server, &["Other"]);
    server.run_job("/dcps/scan");
    server.settled(seconds(30));
    assert_eq!(ids(&server).len(), 1, "a scan finds nothing in the trash");
    let on_disk = folders(library.path());
    assert!(
        on_disk[0].starts_with(".lamp-trash-") && on_disk[0].ends_with("-Film") && on_disk[1] == "Other",
        "{on_disk:?}"
    );
    assert_eq!(kinds(&server, &id), ["deleted"]);
    let told = &server.list(&format!("/dcps/{id}/history"))[0];
    assert!(told["by"].as_str().unwrap().starts_with("key:") && told["path"] == "Film", "{told}");
    let audit = server.list("/audit");
    assert!(audit.iter().any(|row| row["action"] == "files.trash" && row["subject"] == "library/Film"), "{audit:?}");

    assert_eq!(restore(&server, &entry).status, 202);
    until_listed(&server, &["Film", "Other"]);
    let told = wait_for("it is told", seconds(30), || {
        Some(kinds(&server, &id)).filter(|kinds| kinds.iter().any(|kind| kind == "restored"))
    });
    assert_eq!(told, ["restored", "deleted", "discovered"], "{:?}", server.list(&format!("/dcps/{id}/history")));
    assert_eq!(server.json(&format!("/dcps/{id}"))["discovered_at"], discovered, "it is no new package");
    assert_eq!(server.list("/dcps/trash"), Vec::<Value>::new());

    let entry = trashed(&server, "Film");
    package::write(library.path(), "Film");
    until_listed(&server, &["Film", "Other"]);
    assert_eq!(restore(&server, &entry).status, 202);
    let kept = wait_for("its name is taken", seconds(30), || {
        server.list("/dcps/trash").into_iter().find(|one| one["problem"].is_string())
    });
    assert!(kept["state"] == "trashed" && kept["problem"].as_str().unwrap().contains("exists already"), "{kept}");
    let target = format!("/dcps/trash/{}", entry["id"].as_str().unwrap());
    assert_eq!(server.send("DELETE", &target, &json!({ "name": "Other" })).status, 400);
    assert_eq!(server.send("DELETE", &target, &json!({ "name": "Film" })).status, 202);
    wait_for("it is gone for good", seconds(30), || server.list("/dcps/trash").is_empty().then_some(()));
    assert_eq!(folders(library.path()), ["Film", "Other"], "the new folder of that name stays");
    assert_eq!(server.send("DELETE", &target, &json!({ "name": "Film" })).status, 404);
}

/// A package whose composition plays a track of another.
fn write_version(library: &Path, name: &str, original: &str) {
    let mut files = package::files(name, "trailer", 1_000);
    let (own, other) = (package::id_of(name, "track").to_string(), package::id_of(original, "track").to_string());
    files.replace("cpl.xml", &own, &other);
    files.write(&library.join(name));
}

#[test]
pub fn what_others_need_is_not_deleted_without_saying_so() {
    let library = library(&["Original"]);
    write_version(library.path(), "Version", "Original");
    let (_house, server) = house_on(library.path(), RIGHTS);
    server.packages(2, seconds(30));
    server.settled(seconds(30));
    let (original, version) = (id_of(&server, "Original"), id_of(&server, "Version"));
    let refused = delete(&server, &original, &json!({ "name": "Original" }));
    assert_eq!((refused.status, &refused.json()["code"]), (409, &"deletion_refused".into()), "{}", refused.text());
    let reason = &refused.json()["packages"][0]["reasons"][0];
    assert_eq!(
        (&reason["code"], &reason["packages"][0]["id"]),
        (&"needed_by_version".into(), &version.as_str().into())
    );
    assert!(refused.json()["message"].as_str().unwrap().contains("Version"));

    // A second copy of the original: one of the two may go, when it is said which.
    package::write(&library.path().join("shelf"), "Original");
    wait_for("the copy is found", seconds(30), || {
        (server.json(&format!("/dcps/{original}"))["copies"] == 2).then_some(())
    });
    let unclear = delete(&server, &original, &json!({ "name": "Original" }));
    assert!(unclear.status == 400 && unclear.text().contains("2 places"), "{}", unclear.text());
    let target = format!("/dcps/{original}?place=library/shelf/Original");
    assert_eq!(server.send("DELETE", &target, &json!({ "name": "Original" })).status, 202);
    wait_for("one copy is left", seconds(30), || {
        (server.json(&format!("/dcps/{original}"))["copies"] == 1).then_some(())
    });
    assert_eq!(kinds(&server, &original)[0], "deleted");

    // Both at once leave nobody behind.
    let both = json!([{ "id": original }, { "id": version }]);
    let many =
        |confirm: usize| server.send("POST", "/dcps/deletions", &json!({ "packages": both, "confirm": confirm }));
    assert_eq!(many(1).status, 400);
    assert_eq!(many(2).status, 202);
    until_listed(&server, &[]);
    let back = server.list("/dcps/trash");
    assert_eq!(back.len(), 3);
    for entry in &back {
        until_trashed(&server, &entry["id"]);
        assert_eq!(restore(&server, entry).status, 202);
    }
    until_listed(&server, &["Original", "Version"]);
    wait_for("both copies are back", seconds(30), || {
        (server.json(&format!("/dcps/{original}"))["copies"] == 2).then_some(())
    });
    server.settled(seconds(30));
    let target = format!("/dcps/{original}?place=library/shelf/Original");
    assert_eq!(server.send("DELETE", &target, &json!({ "name": "Original" })).status, 202);
    wait_for("one copy is left", seconds(30), || {
        (server.json(&format!("/dcps/{original}"))["copies"] == 1).then_some(())
    });
    let even = delete(&server, &original, &json!({ "name": "Original", "even_if": ["needed_by_version"] }));
    assert_eq!(even.status, 202, "{}", even.text());
    until_listed(&server, &["Version"]);
}

#[test]
pub fn without_the_right_nothing_goes() {
    let library = library(&["Film"]);
    std::fs::create_dir(library.path().join("Film/extra")).unwrap();
    package::write(&library.path().join("Film/extra"), "Inner");
    let (house, server) = house_on(library.path(), "read,watch");
    server.packages(2, seconds(30));
    let id = id_of(&server, "Film");
    let reasons = |body: &Value| -> Vec<Value> {
        let answer = delete(&server, &id, body);
        assert_eq!(answer.status, 409, "{}", answer.text());
        let answer = answer.json();
        answer["packages"][0]["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].clone()).collect()
    };
    assert_eq!(reasons(&json!({ "name": "Film" })), ["no_right", "folder_shared"]);
    let all = json!({ "name": "Film", "even_if": ["no_right", "folder_shared"] });
    assert_eq!(reasons(&all), ["no_right"], "what is no reason to weigh cannot be overruled");
    house.run(&["plugin", "revoke", PLUGIN, "lamphouse:files"]);
    wait_for("it is unreachable", seconds(10), || reasons(&all).contains(&"unreachable".into()).then_some(()));
    assert_eq!(folders(library.path()), ["Film"]);
}

#[test]
pub fn a_deletion_ends_though_the_server_is_killed_in_the_middle() {
    for moment_ms in [0, 5, 15, 40, 100] {
        let names = ["A", "B", "C", "D", "E", "F"];
        let library = library(&names);
        let (house, server) = house_on(library.path(), RIGHTS);
        server.packages(names.len(), seconds(30));
        server.settled(seconds(30));
        let packages: Vec<Value> = ids(&server).into_iter().map(|(_, id)| json!({ "id": id })).collect();
        let answer =
            server.send("POST", "/dcps/deletions", &json!({ "packages": packages, "confirm": packages.len() }));
        assert_eq!(answer.status, 202, "{}", answer.text());
        std::thread::sleep(Duration::from_millis(moment_ms));
        server.kill();
        let server = house.serve();
        let in_trash = || server.list("/dcps/trash").iter().filter(|entry| entry["state"] == "trashed").count();
        wait_for("all lie in the trash", seconds(60), || (in_trash() == names.len()).then_some(()));
        until_listed(&server, &[]);
        let on_disk = folders(library.path());
        assert!(
            on_disk.len() == names.len() && on_disk.iter().all(|name| name.starts_with(".lamp-trash-")),
            "{on_disk:?}"
        );
        for entry in server.list("/dcps/trash") {
            let id = entry["package_id"].as_str().unwrap();
            assert_eq!(kinds(&server, id), ["deleted"], "told once, after {moment_ms} ms");
            assert_eq!(restore(&server, &entry).status, 202);
        }
        std::thread::sleep(Duration::from_millis(moment_ms));
        server.kill();
        let server = house.serve();
        wait_for("the trash is empty", seconds(60), || server.list("/dcps/trash").is_empty().then_some(()));
        until_listed(&server, &names);
        assert_eq!(folders(library.path()), names);
    }
}

#[test]
fn the_documents_are_given_as_they_are_and_nothing_else_is() {
    let library = library(&["Film"]);
    let (house, server) = house_on(library.path(), "read,watch");
    server.packages(1, seconds(30));
    let id = id_of(&server, "Film");
    let listed = server.list(&format!("/dcps/{id}/documents"));
    let files: Vec<(&str, &str)> =
        listed.iter().map(|one| (one["kind"].as_str().unwrap(), one["file"].as_str().unwrap())).collect();
    assert_eq!(
        files,
        [
            ("asset_map", "ASSETMAP.xml"),
            ("volume_index", "VOLINDEX.xml"),
            ("packing_list", "pkl.xml"),
            ("composition", "cpl.xml")
        ]
    );
    let viewer = house.key("viewer");
    for (_, file) in files {
        let written = std::fs::read(library.path().join("Film").join(file)).unwrap();
        let raw = server.answer("GET", &format!("/dcps/{id}/documents/raw?file={file}"), &viewer, &[]);
        assert_eq!((raw.status, &raw.body), (200, &written));
        assert_eq!(raw.header("content-type"), Some("application/xml"));
        assert_eq!(raw.header("x-content-type-options"), Some("nosniff"));
        assert!(raw.header("content-disposition").unwrap().starts_with(&format!("attachment; filename=\"{file}\"")));
        let text = server.json(&format!("/dcps/{id}/documents?file={file}"));
        assert_eq!(text["text"].as_str().unwrap().as_bytes(), written);
    }
    for other in ["track.mxf", "../Film/cpl.xml", "/etc/passwd", "", "nothing.xml"] {
        let status = server.get(&format!("/dcps/{id}/documents/raw?file={other}")).status;
        assert!(status == 404 || status == 400, "{other}: {status}");
    }
    let sparse = std::fs::File::options().write(true).open(library.path().join("Film/VOLINDEX.xml")).unwrap();
    sparse.set_len((16 << 20) + 1).unwrap();
    assert_eq!(server.get(&format!("/dcps/{id}/documents/raw?file=VOLINDEX.xml")).status, 413);
}
