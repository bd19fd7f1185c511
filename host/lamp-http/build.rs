//! Rebuilds this crate when the built web interface changes: the macro that embeds it does not see new files.

fn main() {
    let dist = std::path::Path::new("../../web/dist");
    // A folder that is missing would count as changed for ever.
    if let Err(error) = std::fs::create_dir_all(dist) {
        println!("cargo::warning=cannot make {}: {error}", dist.display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());
}
