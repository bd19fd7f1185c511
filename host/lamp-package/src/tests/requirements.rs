//! Imports and exports against manifest and host.

use super::*;

fn checked(imports: &[&str], exports: &[&str], more: &str) -> Result<Vec<String>, String> {
    let bytes = write(&component(imports, exports), &manifest(more), &assets()).unwrap();
    match check_requirements(&read(&bytes).unwrap()) {
        Ok(warnings) => Ok(warnings.into_iter().map(|warning| warning.message).collect()),
        Err(error) => Err(error.to_string()),
    }
}

const SQL: &str = "lamphouse:sql/sql@0.1.0";

#[test]
fn always_linked_interfaces_need_no_request() {
    let imports = ["lamphouse:types/types@0.1.0", "lamphouse:log/log@0.1.0", "lamphouse:clock/clock@0.1.0", SQL];
    assert_eq!(checked(&imports, &[], ""), Ok(vec![]));
}

#[test]
fn an_import_without_request_names_the_line_to_write() {
    let message = checked(&[SQL, "lamphouse:files/mounts@0.1.0"], &[], "").unwrap_err();
    assert!(message.contains("add `[[capabilities]] interface = \"lamphouse:files\" reason = \"...\"`"), "{message}");
}

#[test]
fn foreign_imports_are_explained() {
    let message = checked(&["wasi:cli/environment@0.2.6"], &[], "").unwrap_err();
    assert!(message.contains("wasi:cli/environment@0.2.6") && message.contains("wasm32-unknown-unknown"), "{message}");
    let message = checked(&["lamphouse:magic/wand@0.1.0"], &[], "").unwrap_err();
    assert!(message.contains("lamphouse:magic/wand") && message.contains("lamphouse:sql"), "{message}");
    assert!(checked(&["run"], &[], "").unwrap_err().contains("imports run"));
}

#[test]
fn versions_follow_the_compatible_track() {
    let newer = checked(&["lamphouse:sql/sql@0.3.0"], &[], "").unwrap_err();
    assert!(newer.contains("needs lamphouse:sql 0.3.0, this host has 0.1.0"), "{newer}");
    assert!(checked(&["lamphouse:sql/sql@0.1.1"], &[], "").unwrap_err().contains("update Lamphouse"));
    assert!(checked(&["lamphouse:sql/sql@0.0.9"], &[], "").unwrap_err().contains("newer version of the plugin"));
    assert!(checked(&["lamphouse:sql/sql"], &[], "").unwrap_err().contains("without a version"));
    assert!(
        checked(&[SQL], &["lamphouse:lifecycle/handler@0.2.0"], "").unwrap_err().contains("lamphouse:lifecycle 0.2.0")
    );
}

#[test]
fn only_another_host_version_makes_it_incompatible() {
    let bytes = write(&component(&["lamphouse:sql/sql@0.3.0"], &[]), &manifest(""), &assets()).unwrap();
    assert!(check_requirements(&read(&bytes).unwrap()).unwrap_err().is_incompatible());
    let bytes = write(&component(&["lamphouse:files/mounts@0.1.0"], &[]), &manifest(""), &assets()).unwrap();
    assert!(!check_requirements(&read(&bytes).unwrap()).unwrap_err().is_incompatible());
}

#[test]
fn unused_requests_are_warned_of() {
    let warnings = checked(&[], &[], "").unwrap();
    assert_eq!(warnings, ["plugin.toml requests lamphouse:sql and the component does not use it: remove the request"]);
}

#[test]
fn promised_handlers_must_be_exported() {
    let routes = "[[capabilities]]\ninterface = \"lamphouse:http\"\nreason = \"a\"\n[[routes]]\nmethod = \"GET\"\npath = \"/a\"\npermission = \"jobs:read\"\nsummary = \"a\"\n";
    let message = checked(&[SQL], &[], routes).unwrap_err();
    assert!(message.contains("`routes`") && message.contains("lamphouse:http"), "{message}");
    assert_eq!(checked(&[SQL], &["lamphouse:http/handler@0.1.0"], routes), Ok(vec![]));
    let jobs =
        "[[capabilities]]\ninterface = \"lamphouse:jobs\"\nreason = \"a\"\n[[jobs]]\nkind = \"a\"\ntitle = \"a\"\n";
    assert!(checked(&[SQL], &[], jobs).unwrap_err().contains("lamphouse:jobs"));
    assert_eq!(checked(&[SQL], &["lamphouse:jobs/handler@0.1.0"], jobs), Ok(vec![]));
}
