//! The guests of these tests: built once for each run of the tests, packed as each test wants them.

use lamp_core::manifest::Manifest;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

const TARGET: &str = "wasm32-unknown-unknown";

/// One guest before packing.
pub struct Guest {
    pub core_module: Vec<u8>,
    pub component: Vec<u8>,
    pub manifest: Manifest,
    pub assets: BTreeMap<String, Vec<u8>>,
}

impl Guest {
    /// The package as its folder says.
    pub fn package(&self) -> Vec<u8> {
        self.package_with(|_| {})
    }

    /// The package with another manifest.
    pub fn package_with(&self, change: impl FnOnce(&mut Manifest)) -> Vec<u8> {
        let mut manifest = self.manifest.clone();
        change(&mut manifest);
        lamp_package::write(&self.component, &manifest, &self.assets).unwrap()
    }
}

/// Calls any host function, and misbehaves.
pub fn probe() -> &'static Guest {
    &GUESTS.0
}

/// Takes the right to delete from what the probe asks for, so that there is a right it does not ask for.
pub fn ask_no_deletion(manifest: &mut Manifest) {
    let files = manifest.capabilities.iter_mut().find(|request| request.interface == "lamphouse:files").unwrap();
    assert!(files.allow[0].rights.remove("delete"));
}

/// Greets.
pub fn hello() -> &'static Guest {
    &GUESTS.1
}

static GUESTS: LazyLock<(Guest, Guest)> = LazyLock::new(|| {
    build();
    (load("probe"), load("hello-rust"))
});

/// The checkout.
pub fn root() -> PathBuf {
    // Cargo runs a test in its package; a path of compile time may be another checkout's with the same target folder.
    Path::new("../..").canonicalize().unwrap()
}

/// The folder cargo builds into, also when it is not the usual one.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

fn build() {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--target", TARGET, "--profile", "guest", "-p", "probe", "-p", "hello-rust"]);
    command.arg("--target-dir").arg(target()).current_dir(root());
    // As in `./x build`: where the toolchain has no standard library for the target, it is built too.
    if std::env::var_os("LAMPHOUSE_BUILD_STD").is_some() {
        command.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "build the guests: {}", String::from_utf8_lossy(&output.stderr));
}

fn load(name: &str) -> Guest {
    let folder = root().join("examples").join(name);
    let module = target().join(TARGET).join("guest").join(format!("{}.wasm", name.replace('-', "_")));
    let core_module = std::fs::read(module).unwrap();
    Guest {
        component: lamp_package::componentize(&core_module).unwrap(),
        core_module,
        manifest: Manifest::from_toml(&std::fs::read_to_string(folder.join("plugin.toml")).unwrap()).unwrap(),
        assets: migrations(&folder),
    }
}

fn migrations(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut assets = BTreeMap::new();
    for database in ["sqlite", "postgres"] {
        let Ok(files) = std::fs::read_dir(folder.join("migrations").join(database)) else { continue };
        for file in files {
            let file = file.unwrap();
            let path = format!("migrations/{database}/{}", file.file_name().to_str().unwrap());
            assets.insert(path, std::fs::read(file.path()).unwrap());
        }
    }
    assets
}
