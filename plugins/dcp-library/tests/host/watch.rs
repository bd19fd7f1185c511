//! Packages that come, grow and go while the server runs.

use std::path::Path;

use serde_json::Value;

use super::house::{House, Server, seconds, wait_for};
use super::package;

fn row(server: &Server, name: &str) -> Option<Value> {
    server.list("/dcps").into_iter().find(|row| row["package_name"] == name)
}

fn until(server: &Server, name: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    wait_for(&format!("{name} {what}"), seconds(10), || row(server, name).filter(&is_so))
}

fn running(library: &Path) -> (House, Server) {
    package::write(library, "Resident");
    let house = House::with_mounts(&[("library", library)]);
    let server = house.serve();
    server.packages(1, seconds(20));
    server.settled(seconds(20));
    (house, server)
}

#[test]
fn a_package_copied_in_appears_and_a_removed_one_goes() {
    let library = tempfile::tempdir().unwrap();
    let (_house, server) = running(library.path());
    package::write(library.path(), "Newcomer");
    let id = until(&server, "Newcomer", "is complete", |row| row["state"] == "complete")["id"].clone();
    package::write(&library.path().join("shelf/deep"), "Nested");
    until(&server, "Nested", "is complete", |row| row["state"] == "complete");
    std::fs::remove_dir_all(library.path().join("Newcomer")).unwrap();
    wait_for("Newcomer is gone", seconds(10), || row(&server, "Newcomer").is_none().then_some(()));
    assert_eq!(server.get(&format!("/dcps/{}", id.as_str().unwrap())).status, 404);
    std::fs::remove_dir_all(library.path().join("shelf")).unwrap();
    wait_for("Nested is gone", seconds(10), || row(&server, "Nested").is_none().then_some(()));
    assert_eq!(server.list("/dcps").len(), 1);
}

#[test]
fn a_package_that_is_arriving_does_not_keep_others_waiting() {
    let library = tempfile::tempdir().unwrap();
    let (_house, server) = running(library.path());
    let mut files = package::files("Stalled", "feature", 50_000);
    files.0[4].1.truncate(20_000);
    files.write(&library.path().join("Stalled"));
    until(&server, "Stalled", "is arriving", |row| row["state"] == "incoming");
    package::write(library.path(), "Newcomer");
    until(&server, "Newcomer", "is complete", |row| row["state"] == "complete");
}

#[test]
fn what_is_written_while_a_scan_runs_is_read_too() {
    let library = tempfile::tempdir().unwrap();
    let (_house, server) = running(library.path());
    let count = 150;
    for number in 0..count {
        package::write(library.path(), &format!("Film{number}"));
    }
    wait_for("all are complete", seconds(10), || {
        (server.list("/dcps?state=complete").len() == count + 1).then_some(())
    });
}

#[test]
fn copies_read_at_the_same_moment_are_one_package() {
    let library = tempfile::tempdir().unwrap();
    let count = 240;
    for number in 0..count {
        package::files("Copied", "feature", 500).write(&library.path().join(format!("{number}/Copied")));
    }
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(1, seconds(20));
    server.settled(seconds(20));
    let id = row(&server, "Copied").unwrap()["id"].as_str().unwrap().to_owned();
    let places = server.json(&format!("/dcps/{id}"))["locations"].as_array().unwrap().len();
    assert_eq!((server.list("/dcps").len(), places), (1, count));
}

#[test]
fn a_half_copied_package_is_complete_once_the_rest_arrives() {
    let library = tempfile::tempdir().unwrap();
    let (_house, server) = running(library.path());
    let files = package::files("Arriving", "feature", 50_000);
    let folder = library.path().join("Arriving");
    let half = package::Files(files.0[..4].to_vec());
    half.write(&folder);
    let lacking = |row: &Value| row["state"] == "incomplete" || row["state"] == "incoming";
    let id = until(&server, "Arriving", "lacks its track", lacking)["id"].clone();
    std::fs::write(folder.join("track.mxf"), &files.0[4].1[..20_000]).unwrap();
    until(&server, "Arriving", "is arriving", |row| row["state"] == "incoming");
    files.write(&folder);
    let row = until(&server, "Arriving", "is complete", |row| row["state"] == "complete");
    assert_eq!(row["id"], id, "it is the same package");
    assert_eq!(server.verify(id.as_str().unwrap())["verified"], "ok");
}

#[test]
fn a_changed_track_is_read_again_and_no_longer_counts_as_verified() {
    let library = tempfile::tempdir().unwrap();
    let (_house, server) = running(library.path());
    let id = row(&server, "Resident").unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(server.verify(&id)["verified"], "ok");
    let track = library.path().join("Resident/track.mxf");
    let mut bytes = std::fs::read(&track).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&track, bytes).unwrap();
    until(&server, "Resident", "is unverified", |row| row["verified"] == "none");
    assert_eq!(server.verify(&id)["state"], "corrupt");
    wait_for("the list says so", seconds(5), || row(&server, "Resident").filter(|row| row["verified"] == "failed"));
}

#[test]
fn a_second_library_is_scanned_without_a_restart() {
    let (library, second, other) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (house, server) = running(library.path());
    package::write(second.path(), "Second");
    package::write(second.path(), "Resident");
    package::write(other.path(), "Elsewhere");
    house.mount("elsewhere", other.path());
    house.mount("library-two", second.path());
    assert_eq!(until(&server, "Second", "is listed", |_| true)["mount"], "library-two");
    let resident = row(&server, "Resident").unwrap();
    let detail = server.json(&format!("/dcps/{}", resident["id"].as_str().unwrap()));
    let mounts: Vec<&Value> = detail["locations"].as_array().unwrap().iter().map(|place| &place["mount"]).collect();
    assert_eq!(mounts, ["library", "library-two"], "one package at two places");
    assert_eq!(server.list("/dcps").len(), 2, "only libraries are looked through");
    house.run(&["mount", "remove", "library-two"]);
    until(&server, "Second", "is unreachable", |row| row["state"] == "unreachable");
    until(&server, "Resident", "is still there", |row| row["state"] == "complete");
}

#[test]
fn a_shelf_of_many_packages_goes_at_once() {
    let library = tempfile::tempdir().unwrap();
    let shelf = library.path().join("shelf");
    let count = 1_300;
    for number in 0..count {
        package::files(&format!("Film{number:04}"), "trailer", 100).write(&shelf.join(format!("Film{number:04}")));
    }
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(count, seconds(120));
    server.settled(seconds(60));
    std::fs::remove_dir_all(shelf).unwrap();
    wait_for("all are gone", seconds(60), || server.list("/dcps").is_empty().then_some(()));
    server.settled(seconds(60));
}
