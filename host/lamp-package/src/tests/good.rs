//! What good packages are, and that they stay so.

use super::*;
use wit_parser::Resolve;

#[test]
fn what_is_written_is_read_back() {
    let bytes = package();
    let read = read(&bytes).unwrap();
    assert_eq!(read.manifest, manifest(""));
    assert_eq!(read.assets, assets());
    assert_eq!(read.hash_hex, hash_hex(&bytes));
    assert_eq!(bytes[read.component.clone()], component(&["lamphouse:sql/sql@0.1.0"], &[]));
    assert_eq!(read.imports, [InterfaceName::parse("lamphouse:sql/sql@0.1.0")]);
    assert_eq!(read.signature, None);
    assert_eq!(check_requirements(&read).unwrap(), []);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(packed(), packed());
}

#[test]
fn a_package_is_still_a_valid_component() {
    let signed = sign(&package(), &[7; 32]).unwrap();
    wasmparser::Validator::new().validate_all(&signed).unwrap();
}

#[test]
fn a_signature_holds_for_one_key_and_unchanged_bytes() {
    let signed = sign(&package(), &[7; 32]).unwrap();
    let public = public_key(&[7; 32]);
    assert_eq!(read(&signed).unwrap().signature.unwrap().key_id, key_id(&public));
    assert_eq!(read(&signed).unwrap().assets, assets());
    verify(&signed, &public).unwrap();
    assert!(matches!(verify(&signed, &public_key(&[8; 32])), Err(PackageError::OtherKey { .. })));
    assert!(matches!(verify(&package(), &public), Err(PackageError::NotSigned)));

    let name = signed.windows(5).position(|bytes| bytes == b"Probe").unwrap();
    let mut changed = signed.clone();
    changed[name] = b'p';
    assert!(matches!(verify(&changed, &public), Err(PackageError::BadSignature)));
    let mut changed = signed.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(matches!(verify(&changed, &public), Err(PackageError::BadSignature)));
}

#[test]
fn signing_again_replaces_the_signature() {
    let twice = sign(&sign(&package(), &[7; 32]).unwrap(), &[8; 32]).unwrap();
    assert_eq!(twice, sign(&package(), &[8; 32]).unwrap());
    verify(&twice, &public_key(&[8; 32])).unwrap();
}

/// A core module as `wit-bindgen` leaves it: one import, one export, the world in a custom section.
fn core_module() -> Vec<u8> {
    let wit = "package lamphouse:sql@0.1.0;\ninterface sql { ping: func(); }\nworld probe { import sql; export run: func(); }";
    let mut resolve = Resolve::default();
    let package = resolve.push_str("sql.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wasm::Module::new();
    let mut types = wasm::TypeSection::new();
    types.ty().function([], []);
    let mut imports = wasm::ImportSection::new();
    imports.import("lamphouse:sql/sql@0.1.0", "ping", wasm::EntityType::Function(0));
    let mut exports = wasm::ExportSection::new();
    exports.export("run", wasm::ExportKind::Func, 0);
    module.section(&types).section(&imports).section(&exports);
    let mut bytes = module.finish();
    wit_component::embed_component_metadata(&mut bytes, &resolve, world, wit_component::StringEncoding::UTF8, false)
        .unwrap();
    bytes
}

#[test]
fn a_core_module_with_its_world_becomes_a_component() {
    let made = componentize(&core_module()).unwrap();
    assert_eq!(made, componentize(&core_module()).unwrap(), "the same bytes each time");
    let read = read(&write(&made, &manifest(""), &BTreeMap::new()).unwrap()).unwrap();
    assert_eq!(read.imports, [InterfaceName::parse("lamphouse:sql/sql@0.1.0")]);
    assert_eq!(read.exports, [InterfaceName::parse("run")]);
}

#[test]
fn a_core_module_without_a_world_says_why() {
    let error = componentize(b"\0asm\x01\0\0\0junk").unwrap_err();
    assert!(error.to_string().starts_with("make a component of the module: "), "{error}");
}

#[test]
fn interface_names_are_taken_apart() {
    let name = InterfaceName::parse("lamphouse:files/mounts@0.1.2");
    assert_eq!((name.package.as_str(), name.interface.as_str()), ("lamphouse:files", "mounts"));
    assert_eq!(name.to_string(), "lamphouse:files/mounts@0.1.2");
    let plain = InterfaceName::parse("run");
    assert_eq!((plain.package.as_str(), plain.interface.as_str(), plain.version), ("", "run", None));
}

#[test]
fn a_configuration_is_held_against_its_schema() {
    let schema = serde_json::json!({
        "type": "object", "additionalProperties": false, "required": ["depth"],
        "properties": { "depth": { "type": "integer", "minimum": 1 }, "token": { "type": "string", "writeOnly": true } },
    });
    config::check_schema(&schema).unwrap();
    config::check(&schema, &serde_json::json!({ "depth": 3, "token": "x" })).unwrap();
    let Err(config::ConfigError::Values(faults)) =
        config::check(&schema, &serde_json::json!({ "depth": 0, "token": 1234567 }))
    else {
        panic!("taken")
    };
    let mut paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/depth", "/token"]);
    assert!(faults.iter().all(|fault| !fault.message.contains("1234567")), "a value is shown: {faults:?}");
    assert!(config::check(&schema, &serde_json::json!({ "depth": 1, "other": 1 })).is_err());
    assert!(config::check(&schema, &serde_json::json!({})).is_err());
}

#[test]
fn a_schema_that_is_none_or_reaches_out_is_refused() {
    for schema in [
        serde_json::json!({ "type": "objekt" }),
        serde_json::json!({ "type": "object", "properties": { "a": { "$ref": "file:///etc/passwd" } } }),
        serde_json::json!({ "type": "object", "properties": { "a": { "pattern": "(" } } }),
    ] {
        assert!(matches!(config::check_schema(&schema), Err(config::ConfigError::Schema(_))), "{schema}");
    }
}
