//! Files that are no packages, and packages that were damaged.

use super::*;
use proptest::prelude::*;

#[test]
fn what_is_no_component_is_refused_by_name() {
    assert!(matches!(read(b""), Err(PackageError::NotWasm)));
    assert!(matches!(read(b"PK\x03\x04 a zip"), Err(PackageError::NotWasm)));
    let error = read(&wasm::Module::new().finish()).unwrap_err();
    assert!(matches!(error, PackageError::CoreModule) && error.to_string().contains("core WebAssembly module"));
    assert!(matches!(read(&component(&[], &[])), Err(PackageError::NoManifest { .. })));
    assert!(matches!(read(&vec![0; MAX_FILE_BYTES + 1]), Err(PackageError::TooLarge { .. })));
}

#[test]
fn packing_a_package_again_is_refused() {
    assert!(matches!(write(&package(), &manifest(""), &assets()), Err(PackageError::Layout(_))));
}

#[test]
fn sections_have_one_order_and_come_last() {
    let json = manifest_json();
    let manifest = (MANIFEST_SECTION, json.as_slice());
    let packed = crate::assets::pack(&assets()).unwrap();
    let assets = (ASSETS_SECTION, packed.as_slice());
    let record = [1; 73];
    let signature = (SIGNATURE_SECTION, record.as_slice());
    read(&with_sections(&[("name", b"\0"), manifest, assets, signature])).unwrap();
    for bad in [
        vec![manifest, manifest],
        vec![assets, manifest],
        vec![manifest, signature, assets],
        vec![manifest, assets, signature, ("more", b"")],
        vec![manifest, ("lamphouse:other", b"")],
        vec![("lamphouse:other", b""), manifest],
    ] {
        let names: Vec<&str> = bad.iter().map(|(name, _)| *name).collect();
        assert!(matches!(read(&with_sections(&bad)), Err(PackageError::Layout(_))), "{names:?}");
    }
    let short = (SIGNATURE_SECTION, &record[..72]);
    assert!(matches!(read(&with_sections(&[manifest, short])), Err(PackageError::BadSignature)));
}

#[test]
fn a_manifest_is_checked_in_the_package_too() {
    let text = String::from_utf8(manifest_json()).unwrap();
    let wrong = text.replace("lamphouse:sql", "lamphouse:log");
    let error = read(&with_sections(&[(MANIFEST_SECTION, wrong.as_bytes())])).unwrap_err();
    assert!(error.to_string().contains("capabilities[0].interface"), "{error}");
    let unknown = text.replacen('{', "{\"colour\":1,", 1);
    assert!(matches!(read(&with_sections(&[(MANIFEST_SECTION, unknown.as_bytes())])), Err(PackageError::Manifest(_))));
}

#[test]
fn scripts_and_styles_must_be_there() {
    let page = "[ui]\napi = 1\nentry = \"ui/index.js\"\nstyles = [\"ui/other.css\"]\n";
    let error = write(&component(&[], &[]), &manifest(page), &assets()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin.toml, `ui.styles[0]`: names `ui/other.css`, which is not among the package's assets"
    );
}

#[test]
fn features_this_host_leaves_off_are_refused() {
    let memory =
        |memory64, shared| wasm::MemoryType { minimum: 1, maximum: Some(1), memory64, shared, page_size_log2: None };
    for (what, memory) in [("memory64", memory(true, false)), ("threads", memory(false, true))] {
        let mut section = wasm::MemorySection::new();
        section.memory(memory);
        let mut module = wasm::Module::new();
        module.section(&section);
        let error = crate::component::inspect(&component_with_module(&module)).unwrap_err();
        assert!(matches!(error, PackageError::InvalidComponent(_)), "{what}: {error}");
    }
    let mut types = wasm::TypeSection::new();
    types.ty().struct_([]);
    let mut module = wasm::Module::new();
    module.section(&types);
    assert!(crate::component::inspect(&component_with_module(&module)).is_err(), "garbage collection");
}

#[test]
fn absurd_nesting_is_refused_before_validation() {
    let mut inner = wasm::Component::new();
    for _ in 0..20 {
        let mut outer = wasm::Component::new();
        outer.section(&wasm::NestedComponentSection(&inner));
        inner = outer;
    }
    let error = read(&inner.finish()).unwrap_err();
    assert!(error.to_string().contains("16 levels"), "{error}");
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(read(&bytes).is_err());
        let mut framed = b"\0asm\x0d\0\x01\0".to_vec();
        framed.extend_from_slice(&bytes);
        let _ = read(&framed);
    }

    #[test]
    fn random_sections_never_panic(json in proptest::collection::vec(any::<u8>(), 0..64), packed in proptest::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(read(&with_sections(&[(MANIFEST_SECTION, &json)])).is_err());
        prop_assert!(read(&with_sections(&[(MANIFEST_SECTION, &manifest_json()), (ASSETS_SECTION, &packed)])).is_err() || packed.is_empty());
    }

    #[test]
    fn damaged_packages_never_panic_and_never_verify(changes in proptest::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..8), cut in any::<prop::sample::Index>()) {
        let signed = sign(&package(), &[7; 32]).unwrap();
        let public = public_key(&[7; 32]);
        let mut damaged = signed.clone();
        for (at, change) in changes {
            let at = at.index(damaged.len());
            damaged[at] ^= change;
        }
        if damaged != signed {
            prop_assert!(verify(&damaged, &public).is_err());
        }
        prop_assert!(verify(&signed[..cut.index(signed.len())], &public).is_err());
    }
}
