//! Reads arbitrary bytes as a key delivery message: no panic, and JSON that reads back as the same message.
#![no_main]

use dcp_library::dcp::kdm::{Kdm, SOON_MS, locked, of_locked, read};
use dcp_library::dcp::package::{Options, read_packages};
use dcp_library_fuzz::{NOW_MS, Tree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(kdm) = read(bytes) else { return };
    let json = serde_json::to_string(&kdm).expect("a message has a JSON form");
    assert_eq!(serde_json::from_str::<Kdm>(&json).expect("its JSON can be read"), kdm);
    // A message may be held against any package, here one of which nothing is known.
    let kdms = [kdm];
    for package in read_packages(&Tree::unpack(bytes), NOW_MS, &Options::default()) {
        let _ = of_locked(&locked(&package), &kdms, NOW_MS, SOON_MS);
    }
});
