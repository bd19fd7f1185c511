//! `files` and `operations`.

use crate::arguments::Arguments;
use lamphouse_plugin::Error;
use lamphouse_plugin::files::{self, Algorithm, FileStat, Part, Place, Range, Subject, WalkOptions};
use serde_json::{Value, json};

/// Functions of `files`.
pub fn files(function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    let (mount, path) = (arguments.text("mount"), arguments.text("path"));
    Some(match function {
        "mounts" => {
            Ok(files::mounts().into_iter().map(|mount| json!([mount.name, mount.rights, mount.online])).collect())
        }
        "stat" => files::stat(&mount, &path).map(|stat| size(&stat)),
        "stat-many" => files::stat_many(&mount, &[path])
            .map(|found| found.into_iter().map(|one| one_of(one.map(|stat| size(&stat)))).collect()),
        "list-folder" => files::list_folder(&mount, &path, None, arguments.small("limit", 100))
            .map(|page| page.entries.into_iter().map(|entry| json!(entry.name)).collect()),
        "walk" => files::walk(&mount, &path, &everything())
            .map(|page| page.folders.into_iter().map(|folder| json!([folder.path, folder.entries.len()])).collect()),
        "walk-many" => files::walk_many(&mount, &[path], &everything())
            .map(|found| found.into_iter().map(|one| one_of(one.map(|page| json!(page.folders.len())))).collect()),
        "read-range" => files::read_range(&mount, &range(arguments)).map(text),
        "read-many" => files::read_many(&mount, &[range(arguments)])
            .map(|found| found.into_iter().map(|one| one_of(one.map(text))).collect()),
        "write-small" => files::write_small(&mount, &path, arguments.text("content").as_bytes()).map(|()| Value::Null),
        "disk-space" => files::disk_space(&mount).map(|space| json!(space.total_bytes > 0)),
        _ => return None,
    })
}

/// Functions of `operations`.
pub fn operations(function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    let place = |path: &str| Place { mount: arguments.text("mount"), path: arguments.text(path) };
    Some(match function {
        "hash" => files::hash(&[subject(arguments)], Algorithm::Sha256).map(|id| json!(id)),
        "copy" => files::copy(&place("path"), &place("target"), arguments.flag("overwrite")).map(|id| json!(id)),
        "trash" => files::trash(&place("path"), &arguments.text("mark")).map(|id| json!(id)),
        "restore" => files::restore(&place("path"), &arguments.text("name")).map(|id| json!(id)),
        "purge" => files::purge(&place("path")).map(|id| json!(id)),
        _ => return None,
    })
}

/// The whole file that arguments name.
pub fn subject(arguments: &Arguments) -> Subject {
    let part = Part { path: arguments.text("path"), offset: None, length: None };
    Subject { id: "one".to_owned(), mount: arguments.text("mount"), parts: vec![part] }
}

fn everything() -> WalkOptions {
    WalkOptions { cursor: None, limit: 1_000, depth: None, names: Vec::new() }
}

fn range(arguments: &Arguments) -> Range {
    Range {
        path: arguments.text("path"),
        offset: arguments.number("offset", 0),
        length: arguments.small("length", 1_024),
    }
}

fn size(stat: &FileStat) -> Value {
    json!(stat.size_bytes)
}

fn text(bytes: Vec<u8>) -> Value {
    json!(String::from_utf8_lossy(&bytes))
}

fn one_of(one: Result<Value, Error>) -> Value {
    crate::told(one)
}
