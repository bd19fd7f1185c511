//! The right to the folder, or the folder itself, taken away and given back.

use serde_json::Value;

use super::house::{House, PLUGIN, Server, seconds, wait_for};
use super::package;

fn mount_reason(server: &Server) -> Option<String> {
    server.json("/dcps/summary")["mounts"][0]["reason"].as_str().map(str::to_owned)
}

fn all_are(rows: &[Value], state: &str) -> bool {
    rows.iter().all(|row| row["state"] == state)
}

#[test]
pub fn a_revoked_library_is_unreachable_with_the_reason_until_it_is_granted_again() {
    let library = tempfile::tempdir().unwrap();
    ["One", "Two", "Three"].iter().for_each(|name| package::write(library.path(), name));
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    let before = server.packages(3, seconds(20));
    assert!(all_are(&before, "complete"), "{before:?}");
    assert_eq!(mount_reason(&server), None);

    house.run(&["plugin", "revoke", PLUGIN, "lamphouse:files"]);
    wait_for("packages are unreachable", seconds(5), || all_are(&server.list("/dcps"), "unreachable").then_some(()));
    assert_eq!(server.list("/dcps").len(), 3, "the list still answers");
    let reason = mount_reason(&server).unwrap();
    assert!(reason.contains("library") && reason.contains("grant"), "{reason}");
    let notice = wait_for("a notice tells of it", seconds(5), || {
        server.list("/notices").into_iter().find(|notice| notice["plugin"] == PLUGIN)
    });
    assert_eq!(notice["action"]["interface"], "lamphouse:files", "{notice}");
    let audit = server.list("/audit");
    let row =
        |action: &str, outcome: &str| audit.iter().any(|row| row["action"] == action && row["outcome"] == outcome);
    assert!(row("plugin.revoke", "allowed") && row("capability.call", "denied"), "{audit:?}");

    house.run(&["plugin", "grant", PLUGIN, "lamphouse:files"]);
    wait_for("packages are back", seconds(5), || all_are(&server.list("/dcps"), "complete").then_some(()));
    assert_eq!(mount_reason(&server), None);
    let ids = |rows: &[Value]| rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&server.list("/dcps")), ids(&before));
    let plugins = server.list("/plugins");
    let denials = |interface: &str| {
        let capabilities = plugins[0]["capabilities"].as_array().unwrap();
        capabilities.iter().find(|one| one["interface"] == interface).unwrap()["denials"].clone()
    };
    assert!(denials("lamphouse:files").as_i64().unwrap() > 0, "denied calls are counted");
}

#[test]
fn a_verification_asked_for_without_the_right_waits_and_ends_when_it_is_back() {
    let library = tempfile::tempdir().unwrap();
    package::write(library.path(), "Waiting");
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    let id = server.packages(1, seconds(20))[0]["id"].as_str().unwrap().to_owned();
    house.run(&["plugin", "revoke", PLUGIN, "lamphouse:files"]);
    wait_for("unreachable", seconds(5), || all_are(&server.list("/dcps"), "unreachable").then_some(()));
    let job = server.post(&format!("/dcps/{id}/verify")).json()["job_id"].as_str().unwrap().to_owned();
    let waiting = wait_for("the job says why it waits", seconds(10), || {
        let job = server.json(&format!("/jobs/{job}"));
        job["error"].is_string().then_some(job)
    });
    assert_eq!(waiting["state"], "available", "{waiting}");
    assert!(waiting["error"].as_str().unwrap().contains("grant the right"), "{waiting}");
    assert_eq!(server.json(&format!("/dcps/{id}"))["verified"], "none");
}

/// What happened to a package, the newest first.
fn happened(server: &Server, package: &Value) -> Vec<String> {
    let history = server.list(&format!("/dcps/{}/history", package["id"].as_str().unwrap()));
    history.iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
pub fn a_library_that_is_unmounted_is_unreachable_and_nothing_in_it_is_removed() {
    let disks = tempfile::tempdir().unwrap();
    let (library, elsewhere) = (disks.path().join("library"), disks.path().join("elsewhere"));
    ["One", "Two"].iter().for_each(|name| package::write(&library, name));
    let house = House::with_mounts(&[("library", &library)]);
    let server = house.serve();
    let before = server.packages(2, seconds(20));
    server.settled(seconds(20));

    // What is left of a disk that was unmounted is the empty folder it was mounted at.
    std::fs::rename(&library, &elsewhere).unwrap();
    std::fs::create_dir(&library).unwrap();
    let unreachable = |server: &Server| {
        wait_for("packages are unreachable", seconds(20), || {
            let rows = server.list("/dcps");
            assert_eq!(rows.len(), 2, "none is removed");
            all_are(&rows, "unreachable").then_some(())
        });
    };
    unreachable(&server);
    assert!(mount_reason(&server).unwrap().contains("another folder"), "{:?}", mount_reason(&server));
    server.run_job("/dcps/scan");
    unreachable(&server);
    server.kill();
    let server = house.serve();
    server.run_job("/dcps/scan");
    unreachable(&server);
    assert_eq!(server.metric("packages_unreachable"), Some(2.0));

    std::fs::remove_dir(&library).unwrap();
    std::fs::rename(&elsewhere, &library).unwrap();
    wait_for("packages are back", seconds(30), || all_are(&server.list("/dcps"), "complete").then_some(()));
    let kinds = happened(&server, &before[0]);
    assert_eq!((kinds[0].as_str(), kinds.last().unwrap().as_str()), ("reachable", "discovered"), "{kinds:?}");
    assert!(!kinds.iter().any(|kind| kind == "removed"), "{kinds:?}");
    let ids = |rows: &[Value]| rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&server.list("/dcps")), ids(&before));
}
