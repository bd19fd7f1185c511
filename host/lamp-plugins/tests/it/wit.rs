//! The functions that the WIT files offer to plugins, read from the files, so that no table forgets one.

use crate::guests;

/// `interface.function` of every importable function, with the package's short name before it: `files/operations.hash`.
pub fn functions() -> Vec<String> {
    let folder = guests::root().join("wit");
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "wit"))
        .flat_map(|path| in_file(path.file_stem().unwrap().to_str().unwrap(), &std::fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    found
}

/// What the host calls in plugins is no import.
fn is_entry(interface: &str) -> bool {
    matches!(interface, "handler" | "lifecycle" | "policy")
}

fn in_file(package: &str, text: &str) -> Vec<String> {
    let mut interface = "";
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("interface ") {
            interface = rest.split([' ', '{']).next().unwrap();
        } else if let Some((name, _)) = line.split_once(": func(")
            && !is_entry(interface)
        {
            found.push(format!("{package}/{interface}.{name}"));
        }
    }
    found
}

#[test]
fn the_files_are_understood() {
    let found = functions();
    for name in ["sql/sql.batch", "jobs/run.save-checkpoint", "files/operations.hash", "clock/clock.monotonic-ms"] {
        assert!(found.iter().any(|have| have == name), "{name}");
    }
    assert!(found.iter().all(|name| !name.contains("handler")), "{found:?}");
}
