//! Packages made by hand, good and bad.

use crate::*;
use lamp_core::manifest::Manifest;
use std::collections::BTreeMap;
use wasm_encoder as wasm;

mod bad_assets;
mod bad_files;
mod good;
mod requirements;

const MANIFEST: &str = r#"
schema = 1
id = "probe"
version = "1.0.0"
name = "Probe"
publisher = "Someone"
license = "Apache-2.0"
description = "Looks at things."

[[capabilities]]
interface = "lamphouse:sql"
reason = "Keeps things"
"#;

fn manifest(more: &str) -> Manifest {
    Manifest::from_toml(&format!("{MANIFEST}{more}")).unwrap()
}

fn assets() -> BTreeMap<String, Vec<u8>> {
    [("ui/index.js", "export {}"), ("ui/style.css", "a{}"), ("README.md", "# Probe")]
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .into()
}

/// A component that imports and exports instances of these names, all empty.
fn component(imports: &[&str], exports: &[&str]) -> Vec<u8> {
    let mut types = wasm::ComponentTypeSection::new();
    types.instance(&wasm::InstanceType::new());
    let mut import_section = wasm::ComponentImportSection::new();
    for name in imports {
        import_section.import(*name, wasm::ComponentTypeRef::Instance(0));
    }
    let mut instances = wasm::ComponentInstanceSection::new();
    instances.export_items(Vec::<(&str, wasm::ComponentExportKind, u32)>::new());
    let mut export_section = wasm::ComponentExportSection::new();
    for name in exports {
        export_section.export(*name, wasm::ComponentExportKind::Instance, imports.len() as u32, None);
    }
    let mut component = wasm::Component::new();
    component.section(&types).section(&import_section).section(&instances).section(&export_section);
    component.finish()
}

/// A component around one core module.
fn component_with_module(module: &wasm::Module) -> Vec<u8> {
    let mut component = wasm::Component::new();
    component.section(&wasm::ModuleSection(module));
    component.finish()
}

fn package() -> Vec<u8> {
    static PACKAGE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(packed);
    PACKAGE.clone()
}

/// The same package, made anew.
fn packed() -> Vec<u8> {
    write(&component(&["lamphouse:sql/sql@0.1.0"], &[]), &manifest(""), &assets()).unwrap()
}

/// The package's component with other sections behind it.
fn with_sections(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = component(&["lamphouse:sql/sql@0.1.0"], &[]);
    for (name, data) in sections {
        layout::append(&mut bytes, name, data);
    }
    bytes
}

fn manifest_json() -> Vec<u8> {
    serde_json::to_vec(&manifest("")).unwrap()
}
