//! Reads arbitrary folders, and every file in them as a delivery message, as a scan does: no panic, no read outside the
//! listing, and JSON that reads back as the same.
#![no_main]

use dcp_library::dcp::kdm::{self, Kdm, SOON_MS, locked, of_locked};
use dcp_library::dcp::link::relate;
use dcp_library::dcp::package::{Options, Package, State, TrackHeaders, read_packages};
use dcp_library_fuzz::{NOW_MS, Tree, seeds};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::write_packages().expect("the samples can be read"), |bytes: &[u8]| {
    let tree = Tree::unpack(bytes);
    let track_headers = if tree.choices & 4 == 0 { TrackHeaders::AsNeeded } else { TrackHeaders::All };
    let packages = read_packages(&tree, NOW_MS, &Options { track_headers, ..Options::default() });
    assert!(!packages.is_empty(), "a folder is at least one package");
    assert!(!tree.read_outside.get(), "a path was read that is not listed");
    let kdms: Vec<Kdm> = tree.contents().filter_map(|bytes| kdm::read(bytes).ok()).collect();
    for kdm in &kdms {
        let json = serde_json::to_string(kdm).expect("a message has a JSON form");
        assert_eq!(&serde_json::from_str::<Kdm>(&json).expect("its JSON can be read"), kdm);
    }
    for (index, package) in packages.iter().enumerate() {
        let json = serde_json::to_string(package).expect("a package has a JSON form");
        let back: Package = serde_json::from_str(&json).expect("its JSON can be read");
        assert_eq!(&back, package, "JSON that reads back otherwise");
        assert!(package.state != State::Incoming || package.recheck_at_ms.is_some());
        let paths = package.assets.iter().flat_map(|asset| &asset.chunks).filter_map(|chunk| chunk.path.as_deref());
        for path in paths {
            assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".."), "{path} leaves the folder");
        }
        let _ = of_locked(&locked(package), &kdms, NOW_MS, SOON_MS);
        let others = packages.iter().enumerate().filter(|(other, _)| *other != index);
        let links = relate(package, others);
        assert!(links.unresolved.len() <= package.external_asset_ids().len());
    }
});
