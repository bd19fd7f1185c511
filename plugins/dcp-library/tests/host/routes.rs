//! The list: pages, orders, filters, CSV, refusals and who may do what.

use std::collections::BTreeSet;

use serde_json::Value;

use super::house::{House, Server, seconds};
use super::package;

const SORTS: [&str; 9] = [
    "discovered_at",
    "package_name",
    "content_title",
    "content_kind",
    "total_size_bytes",
    "issuer",
    "issue_date",
    "state",
    "last_verified",
];
const COUNT: usize = 30;

fn stocked() -> (tempfile::TempDir, House, Server) {
    let library = tempfile::tempdir().unwrap();
    for number in 0..COUNT {
        let name = format!("Film{number:02}{}", if number % 5 == 0 { "_Ünder,\"quoted\"" } else { "" });
        let kind = ["feature", "trailer", "advertisement"][number % 3];
        let mut files = package::files(&name, kind, 1_000 + 500 * (number % 4));
        if number % 10 == 9 {
            files.0.pop();
        }
        files.write(&library.path().join(format!("Film{number:02}")));
    }
    let house = House::with_mounts(&[("library", library.path())]);
    let server = house.serve();
    server.packages(COUNT, seconds(20));
    (library, house, server)
}

fn next(link: Option<&str>) -> Option<String> {
    let target = link?.strip_prefix('<')?.split_once(">; rel=\"next\"")?.0;
    Some(target.strip_prefix("/api/v1").unwrap().to_owned())
}

fn pages(server: &Server, query: &str) -> Vec<Value> {
    let mut target = Some(format!("/dcps?{query}"));
    let mut rows = Vec::new();
    while let Some(at) = target {
        let answer = server.get(&at);
        assert_eq!(answer.status, 200, "{at}: {}", answer.text());
        rows.extend(answer.json().as_array().unwrap().clone());
        target = next(answer.header("link"));
        assert!(rows.len() <= COUNT, "{query} does not end");
    }
    rows
}

fn names(rows: &[Value]) -> BTreeSet<&str> {
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[test]
pub fn pages_give_each_package_once_in_every_order() {
    let (_library, _house, server) = stocked();
    let everything = server.list("/dcps");
    for sort in SORTS {
        for order in ["asc", "desc"] {
            let rows = pages(&server, &format!("sort={sort}&order={order}&limit=7"));
            assert_eq!(rows.len(), COUNT, "{sort} {order}");
            assert_eq!(names(&rows), names(&everything), "{sort} {order}");
            let whole = server.list(&format!("/dcps?sort={sort}&order={order}"));
            assert_eq!(rows, whole, "{sort} {order}: pages and the whole agree");
        }
    }
    let sizes: Vec<u64> = pages(&server, "sort=total_size_bytes&limit=7")
        .iter()
        .map(|row| row["total_size_bytes"].as_u64().unwrap())
        .collect();
    assert!(sizes.is_sorted() && sizes[0] < sizes[COUNT - 1]);
    assert_eq!(server.get("/dcps?limit=7").header("x-total-count"), Some("30"));
}

#[test]
pub fn filters_find_what_they_say() {
    let (_library, _house, server) = stocked();
    for (query, count) in [
        ("content_kind=feature", 10),
        ("content_kind=feature,trailer", 20),
        ("state=incomplete", 3),
        ("state=complete&content_kind=trailer", 9),
        ("package_name=film0", 10),
        ("q=film2+quoted", 2),
        ("q=%25", 0),
        ("q=_%C3%BCnder", 6),
        ("issuer=tests", COUNT),
        ("issuer=nobody", 0),
        ("format=smpte", COUNT),
        ("format=interop", 0),
        ("format=imf", 0),
        ("encryption=none", COUNT),
        ("encryption=full", 0),
        ("server_id=elsewhere", 0),
        ("discovered_after=2020-01-01T00:00:00Z", COUNT),
        ("discovered_before=2020-01-01", 0),
        ("min_size=1", COUNT),
        ("max_size=1", 0),
        ("q=x'%3B%20drop%20table%20package%3B--", 0),
    ] {
        let rows = server.list(&format!("/dcps?{query}"));
        assert_eq!(rows.len(), count, "{query}");
    }
    let largest = server.list("/dcps?sort=total_size_bytes&order=desc&limit=1")[0]["total_size_bytes"].clone();
    let rows = server.list(&format!("/dcps?min_size={largest}"));
    assert!(!rows.is_empty() && rows.iter().all(|row| row["total_size_bytes"] == largest));
    let one = &server.list("/dcps?limit=1")[0];
    let by_map = server.json(&format!("/dcps/{}", one["assetmap_uuid"].as_str().unwrap()));
    assert_eq!(by_map["id"], one["id"], "found by the asset map's id too");
}

#[test]
fn wrong_parameters_are_refused_as_problem_documents() {
    let (_library, _house, server) = stocked();
    for (query, name) in [
        ("sort=secret", "sort"),
        ("order=up", "order"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=many", "limit"),
        ("min_size=big", "min_size"),
        ("discovered_after=soon", "discovered_after"),
        ("cursor=%21%21", "cursor"),
    ] {
        let answer = server.get(&format!("/dcps?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{query}");
        let problem = answer.json();
        assert!(problem["message"].as_str().unwrap().contains(name), "{query}: {problem}");
        assert_eq!(problem["status"], 400, "{query}");
    }
    for unknown in ["00000000-0000-0000-0000-000000000000", "..%2F..", "x"] {
        let answer = server.get(&format!("/dcps/{unknown}"));
        assert_eq!(answer.status, 404, "{unknown}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{unknown}");
    }
}

#[test]
pub fn the_list_is_given_as_csv() {
    let (_library, house, server) = stocked();
    let answer = server.answer("GET", "/dcps?sort=package_name", &house.key("viewer"), &[("accept", "text/csv")]);
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("text/csv"));
    let text = answer.text();
    assert_eq!(text.matches("\r\n").count(), COUNT + 1);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("package_name,content_title,content_kind,state"), "{}", lines[0]);
    assert!(lines[1].starts_with("Film00,\"Film00_Ünder,\"\"quoted\"\"\",feature,complete,none,smpte"), "{}", lines[1]);
    let same = server.answer("GET", "/dcps?sort=package_name&format=csv", &house.key("admin"), &[]);
    assert_eq!(same.text(), text);
}

#[test]
fn who_may_read_and_who_may_verify() {
    let (_library, house, server) = stocked();
    let id = server.list("/dcps?limit=1")[0]["id"].as_str().unwrap().to_owned();
    let (verify, one) = (format!("/dcps/{id}/verify"), format!("/dcps/{id}"));
    for target in ["/dcps", "/dcps/summary", &one] {
        assert_eq!(server.answer("GET", target, "", &[]).status, 401, "{target}");
        assert_eq!(server.answer("GET", target, "lk_00000000_wrong", &[]).status, 401, "{target}");
    }
    assert_eq!(server.answer("POST", &verify, "", &[]).status, 401);
    for (role, status) in [("viewer", 403), ("colorist", 403), ("operator", 202), ("engineer", 202)] {
        let key = house.key(role);
        for target in ["/dcps", "/dcps/summary", &one] {
            assert_eq!(server.answer("GET", target, &key, &[]).status, 200, "{role} {target}");
        }
        for target in [verify.as_str(), "/dcps/scan"] {
            let answer = server.answer("POST", target, &key, &[]);
            assert_eq!(answer.status, status, "{role} {target}: {}", answer.text());
        }
    }
}
