//! Packages that mean harm, or are broken: listed with what is wrong; the others are read as ever.

use std::path::Path;

use serde_json::Value;

use super::house::{House, seconds};
use super::package::{self, Files};

const SECRET: &str = "a text that stands outside of the library";

fn with(name: &str, file: &str, from: &str, to: &str) -> (String, Files) {
    let mut files = package::files(name, "test", 1_000);
    files.replace(file, from, to);
    (name.to_owned(), files)
}

fn bombs(outside: &Path) -> Vec<(String, Files)> {
    let outside = outside.display();
    let entity = format!("?>\n<!DOCTYPE x [<!ENTITY e SYSTEM \"file://{outside}\">]>");
    let mut external = with("ExternalEntity", "cpl.xml", "?>", &entity);
    external.1.replace("cpl.xml", "<ContentTitleText>ExternalEntity", "<ContentTitleText>&e;");
    let mut definitions = String::from("<!ENTITY e0 \"haha\">");
    for level in 1..12 {
        let below = format!("&e{};", level - 1).repeat(10);
        definitions.push_str(&format!("<!ENTITY e{level} \"{below}\">"));
    }
    let mut laughs = with("EntityBomb", "cpl.xml", "?>", &format!("?>\n<!DOCTYPE x [{definitions}]>"));
    laughs.1.replace("cpl.xml", "<ContentTitleText>EntityBomb", "<ContentTitleText>&e11;");
    let deep = format!("{}{}<RatingList/>", "<a>".repeat(100_000), "</a>".repeat(100_000));
    vec![external, laughs, with("DepthBomb", "cpl.xml", "<RatingList/>", &deep)]
}

fn oddities() -> Vec<(String, Files)> {
    let mut empty = package::files("EmptyMap", "test", 1_000);
    empty.0[0].1.clear();
    let namespace = " xmlns=\"http://www.smpte-ra.org/schemas/429-7/2006/CPL\"";
    let mut garbage = package::files("Garbage", "test", 1_000);
    garbage.0[0].1 = vec![0xff; 5_000];
    vec![
        with("NoNamespace", "cpl.xml", namespace, ""),
        with("WrongSize", "pkl.xml", "<Size>1000</Size>", "<Size>4000</Size>"),
        with("NegativeSize", "pkl.xml", "<Size>1000</Size>", "<Size>-1</Size>"),
        with("HugeSize", "pkl.xml", "<Size>1000</Size>", "<Size>99999999999999999999999</Size>"),
        ("EmptyMap".to_owned(), empty),
        ("Garbage".to_owned(), garbage),
    ]
}

fn codes(package: &Value) -> Vec<String> {
    let findings = package["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn bad_packages_are_listed_with_a_finding_and_the_scan_goes_on() {
    let around = tempfile::tempdir().unwrap();
    let library = around.path().join("library");
    let outside = around.path().join("outside.mxf");
    std::fs::create_dir(&library).unwrap();
    std::fs::write(&outside, SECRET).unwrap();
    let absolute = outside.to_str().unwrap().to_owned();
    let mut bad = vec![
        with("EscapingPath", "ASSETMAP.xml", "track.mxf", "../../outside.mxf"),
        with("AbsolutePath", "ASSETMAP.xml", "track.mxf", &absolute),
        with("FileUri", "ASSETMAP.xml", "track.mxf", &format!("file:///..{absolute}")),
        with("EncodedEscape", "ASSETMAP.xml", "track.mxf", "%2e%2e/%2e%2e/outside.mxf"),
    ];
    bad.extend(bombs(&outside));
    bad.extend(oddities());
    for (name, files) in &bad {
        files.write(&library.join(name));
    }
    let linked = package::files("Linked", "test", SECRET.len());
    linked.write(&library.join("Linked"));
    std::fs::remove_file(library.join("Linked/track.mxf")).unwrap();
    std::os::unix::fs::symlink(&outside, library.join("Linked/track.mxf")).unwrap();
    package::write(&library, "AGoodOne");
    package::write(&library, "ZGoodOne");

    let house = House::with_mounts(&[("library", &library)]);
    let server = house.serve();
    let rows = server.packages(bad.len() + 3, seconds(30));
    let detail = |name: &str| {
        let at = |row: &&Value| row["path"] == name;
        let row = rows.iter().find(at).unwrap_or_else(|| panic!("{name} is not listed"));
        server.json(&format!("/dcps/{}", row["id"].as_str().unwrap()))
    };
    for good in ["AGoodOne", "ZGoodOne"] {
        assert_eq!(detail(good)["state"], "complete", "{good}");
    }
    for (name, expected) in [
        ("EscapingPath", "path_escapes"),
        ("AbsolutePath", "path_escapes"),
        ("EncodedEscape", "path_escapes"),
        ("ExternalEntity", "document_forbidden"),
        ("EntityBomb", "document_forbidden"),
        ("DepthBomb", "document_unreadable"),
        ("NoNamespace", "namespace_missing"),
        ("WrongSize", "size_mismatch"),
        ("NegativeSize", "number_invalid"),
        ("HugeSize", "number_invalid"),
        ("EmptyMap", "file_empty"),
        ("Garbage", "asset_map_unreadable"),
        ("Linked", "asset_missing"),
    ] {
        let found = codes(&detail(name));
        assert!(found.iter().any(|code| code == expected), "{name}: {expected} is not among {found:?}");
    }
    for (name, _) in bad.iter().chain(std::iter::once(&("Linked".to_owned(), linked))) {
        let package = detail(name);
        assert!(!codes(&package).is_empty(), "{name} has no finding");
        assert!(!package.to_string().contains(SECRET), "{name} read outside of the library");
        let verified = server.verify(package["id"].as_str().unwrap());
        let sizes_aside = ["NegativeSize", "HugeSize"].contains(&name.as_str());
        assert!(sizes_aside || verified["verified"] != "ok", "{name}");
        assert!(!verified.to_string().contains(SECRET), "{name} read outside of the library");
    }
    let summary = server.json("/dcps/summary");
    assert_eq!(summary["packages"], rows.len());
    server.settled(seconds(30));
}
