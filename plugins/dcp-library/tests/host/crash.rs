//! kill -9 in the middle of work: after the next start everything is there once, and all work ends.

use std::collections::BTreeSet;
use std::time::Duration;

use super::house::{House, Server, seconds, wait_for};
use super::package;

const PACKAGES: usize = 300;

fn library() -> tempfile::TempDir {
    let library = tempfile::tempdir().unwrap();
    for number in 0..PACKAGES {
        package::files(&format!("Film{number:03}"), "trailer", 500)
            .write(&library.path().join(format!("{}/Film{number:03}", number % 7)));
    }
    library
}

fn each_listed_once(server: &Server) {
    let rows = server.packages(PACKAGES, seconds(60));
    let names: BTreeSet<&str> = rows.iter().map(|row| row["package_name"].as_str().unwrap()).collect();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!((names.len(), ids.len()), (PACKAGES, PACKAGES));
    assert!(rows.iter().all(|row| row["state"] == "complete"));
}

#[test]
fn a_scan_goes_on_after_the_server_was_killed() {
    let library = library();
    // Moments within the start, the walk, the reading and the writing: measured from the server's first word.
    for moment_ms in [0, 15, 40, 80, 150, 300] {
        let house = House::with_mounts(&[("library", library.path())]);
        let server = house.serve();
        std::thread::sleep(Duration::from_millis(moment_ms.min(50)));
        if moment_ms > 50 {
            wait_for("the moment to kill", seconds(10), || {
                let answer = server.get("/dcps?limit=1");
                let listed = answer.header("x-total-count").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
                (listed >= moment_ms.min(PACKAGES as u64)).then_some(())
            });
        }
        server.kill();
        let server = house.serve();
        each_listed_once(&server);
        server.settled(seconds(30));
        each_listed_once(&server);
        let doctor = String::from_utf8(house.try_run(&["doctor"]).stdout).unwrap();
        assert!(doctor.contains("ok    the audit log is whole"), "{moment_ms}: {doctor}");
    }
}

#[test]
pub fn a_server_killed_again_and_again_ends_its_scan_all_the_same() {
    let library = library();
    let house = House::with_mounts(&[("library", library.path())]);
    for moment_ms in [5, 10, 20, 30, 40, 50] {
        let server = house.serve();
        std::thread::sleep(Duration::from_millis(moment_ms));
        server.kill();
    }
    let server = house.serve();
    each_listed_once(&server);
    server.settled(seconds(30));
}

#[test]
pub fn a_verification_goes_on_after_the_server_was_killed() {
    let library = tempfile::tempdir().unwrap();
    package::files("Long", "feature", 48 << 20).write(&library.path().join("Long"));
    package::files("Short", "trailer", 1_000).write(&library.path().join("Short"));
    for moment_ms in [0, 10, 50] {
        let house = House::with_mounts(&[("library", library.path())]);
        let server = house.serve();
        let rows = server.packages(2, seconds(30));
        for row in &rows {
            assert_eq!(server.post(&format!("/dcps/{}/verify", row["id"].as_str().unwrap())).status, 202);
        }
        std::thread::sleep(Duration::from_millis(moment_ms));
        server.kill();
        let server = house.serve();
        server.settled(seconds(90));
        let rows = server.packages(2, seconds(5));
        let jobs = house.jobs();
        for row in rows {
            let is_good = row["verified"] == "ok" && row["state"] == "complete";
            assert!(is_good, "{} is {} after {moment_ms} ms: {jobs:#?}", row["package_name"], row["verified"]);
        }
        let verifications = jobs.iter().filter(|job| job["kind"] == "verify").count();
        assert_eq!(verifications, 2, "each was asked for once");
    }
}

#[test]
fn an_install_that_was_killed_is_there_whole_or_not_at_all() {
    let library = tempfile::tempdir().unwrap();
    package::write(library.path(), "Once");
    for moment_ms in [0, 4, 8, 12, 16, 20, 30, 50] {
        let house = House::empty();
        house.mount("library", library.path());
        let mut install = house.start_install();
        std::thread::sleep(Duration::from_millis(moment_ms));
        install.kill().unwrap();
        install.wait().unwrap();
        let plugins: serde_json::Value = serde_json::from_str(&house.run(&["plugin", "list", "--json"])).unwrap();
        let grants: Vec<usize> =
            plugins.as_array().unwrap().iter().map(|one| one["grants"].as_array().unwrap().len()).collect();
        assert!(grants.is_empty() || grants[..] == [8], "after {moment_ms} ms: {plugins}");
        // Whoever sees a command end early gives it again.
        house.install();
        let server = house.serve();
        server.packages(1, seconds(20));
        assert_eq!(server.list("/plugins").len(), 1);
    }
}

#[test]
fn a_plugin_starts_after_the_server_was_killed_while_it_started() {
    let library = tempfile::tempdir().unwrap();
    package::write(library.path(), "Once");
    for moment_ms in [0, 20, 100] {
        let house = House::empty();
        house.mount("library", library.path());
        let server = house.serve();
        house.install();
        std::thread::sleep(Duration::from_millis(moment_ms));
        server.kill();
        let server = house.serve();
        server.packages(1, seconds(30));
        server.settled(seconds(30));
    }
}
