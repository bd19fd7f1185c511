//! The program around the plugin: its end, its lock, the command line beside it, removal and return.

use super::house::{House, PLUGIN, seconds, wait_for};
use super::package;

fn library() -> tempfile::TempDir {
    let library = tempfile::tempdir().unwrap();
    ["One", "Two"].iter().for_each(|name| package::write(library.path(), name));
    library
}

#[test]
fn the_server_ends_cleanly_and_is_alone_on_its_data() {
    let library = library();
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(2, seconds(20));
    let second = house.try_run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("another"), "{said}");
    assert_eq!(server.list("/dcps").len(), 2, "the first one goes on");
    let status = server.terminate(seconds(15));
    assert_eq!(status.code(), Some(0), "{status}");
    let server = house.serve();
    assert_eq!(server.packages(2, seconds(20)).len(), 2);
}

#[test]
fn the_command_line_works_with_the_server_running_and_stopped() {
    let library = library();
    let house = House::with_mounts(&[("library", library.path())]);
    let look = |when: &str| {
        let jobs = house.jobs();
        assert!(jobs.iter().any(|job| job["kind"] == "scan" && job["plugin"] == PLUGIN), "{when}: {jobs:?}");
        let plugins = house.run(&["plugin", "list"]);
        assert!(plugins.contains(PLUGIN) && plugins.contains("lamphouse:files"), "{when}: {plugins}");
        let doctor = String::from_utf8(house.try_run(&["doctor"]).stdout).unwrap();
        for line in ["database opens", "the audit log is whole", "mount library is at", "plugin dcp-library"] {
            assert!(doctor.lines().any(|have| have.starts_with("ok") && have.contains(line)), "{when}: {doctor}");
        }
    };
    let server = house.serve();
    server.packages(2, seconds(20));
    server.settled(seconds(20));
    look("running");
    assert!(server.terminate(seconds(15)).success());
    look("stopped");
}

#[test]
fn an_uninstalled_plugin_keeps_its_inventory_unless_it_is_purged() {
    let library = library();
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    let found_at = |rows: &[serde_json::Value]| {
        let mut all: Vec<_> =
            rows.iter().map(|row| (row["id"].to_string(), row["discovered_at"].to_string())).collect();
        all.sort();
        all
    };
    let before = found_at(&server.packages(2, seconds(20)));
    let gone = || wait_for("its routes are gone", seconds(10), || (server.get("/dcps").status == 404).then_some(()));
    house.run(&["plugin", "uninstall", PLUGIN]);
    gone();
    house.install();
    assert_eq!(found_at(&server.packages(2, seconds(20))), before, "the inventory is still there");
    house.run(&["plugin", "uninstall", PLUGIN, "--purge"]);
    gone();
    house.install();
    let after = found_at(&server.packages(2, seconds(20)));
    assert!(after.iter().zip(&before).all(|(new, old)| new.0 == old.0 && new.1 != old.1), "all was found anew");
    house.run(&["plugin", "disable", PLUGIN]);
    wait_for("it is off", seconds(10), || (server.get("/dcps").status != 200).then_some(()));
    house.run(&["plugin", "enable", PLUGIN]);
    assert_eq!(found_at(&server.packages(2, seconds(20))), after);
}
