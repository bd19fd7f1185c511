//! Why a file is no plugin package. Each text names the thing and what to do about it.

use lamp_core::manifest::ManifestError;

/// Every way in which reading, writing or checking a package can fail.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The file is over the limit; nothing was parsed.
    #[error("the package has {bytes} bytes, at most {limit} are allowed: leave out large assets")]
    TooLarge {
        /// Size found.
        bytes: usize,
        /// Limit.
        limit: usize,
    },
    /// Not WebAssembly at all.
    #[error("this file is not WebAssembly: upload a `.lamp.wasm` file as written by the plugin's build")]
    NotWasm,
    /// A core module.
    #[error(
        "this file is a core WebAssembly module, not a component: make it a component first (`./x build` does; \
         `wasm-tools component new` does too)"
    )]
    CoreModule,
    /// Malformed, or it uses a WebAssembly feature that this host leaves off.
    #[error("the component is not valid here: {0}")]
    InvalidComponent(String),
    /// A component without our manifest section.
    #[error("this component carries no `{section}` section, so it is no plugin package: pack it with its plugin.toml")]
    NoManifest {
        /// The missing section.
        section: &'static str,
    },
    /// Our sections are repeated, out of order or not last.
    #[error("the package's sections are out of order: {0}")]
    Layout(String),
    /// The manifest is refused.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The assets are refused.
    #[error("asset `{path}`: {message}")]
    Asset {
        /// Path as found, or empty for the archive as a whole.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// The assets archive as a whole is refused.
    #[error("the package's assets: {0}")]
    Assets(String),
    /// The manifest names an asset that is not there.
    #[error("plugin.toml, `{field}`: names `{path}`, which is not among the package's assets")]
    MissingAsset {
        /// Field of the manifest.
        field: String,
        /// Path named there.
        path: String,
    },
    /// The component imports an interface that its manifest does not request.
    #[error(
        "the component imports {interface}, which plugin.toml does not request: add `[[capabilities]] interface = \
         \"{interface}\" reason = \"...\"`"
    )]
    UndeclaredImport {
        /// WIT package without version.
        interface: String,
    },
    /// The component imports WASI.
    #[error(
        "the component imports {import}: this host offers no WASI. Build for wasm32-unknown-unknown, which imports none"
    )]
    Wasi {
        /// The import as it stands in the component.
        import: String,
    },
    /// The component imports something that is no interface of this host.
    #[error("the component imports {import}, which this host does not have; it has {known}")]
    UnknownImport {
        /// The import as it stands in the component.
        import: String,
        /// Interfaces of this host.
        known: String,
    },
    /// The interface exists in another version.
    #[error("the component needs {interface} {needed}, this host has {offered}: {advice}")]
    UnsupportedVersion {
        /// WIT package without version.
        interface: String,
        /// Version imported or exported.
        needed: String,
        /// Version offered.
        offered: String,
        /// What to do.
        advice: &'static str,
    },
    /// The manifest promises what the component does not export.
    #[error("plugin.toml, `{field}`: needs the component to export a handler of {interface}, and it exports none")]
    MissingExport {
        /// Field of the manifest.
        field: &'static str,
        /// WIT package without version.
        interface: &'static str,
    },
    /// Not made from a core module with component metadata.
    #[error("make a component of the module: {0}")]
    Componentize(String),
    /// Not signed.
    #[error("the package is not signed")]
    NotSigned,
    /// Signed with another key.
    #[error("the package is signed with key {found}, not with {expected}")]
    OtherKey {
        /// Key id in the package.
        found: String,
        /// Key id asked for.
        expected: String,
    },
    /// The signature does not fit bytes and key.
    #[error("the package's signature is wrong: it was changed after signing, or the signature is damaged")]
    BadSignature,
    /// A key that is none.
    #[error("this is no Ed25519 public key")]
    BadKey,
    /// Writing to memory failed.
    #[error("write the package's assets")]
    Write(#[source] std::io::Error),
}

impl PackageError {
    /// Whether another version of this host could take the package: it is "incompatible" rather than broken.
    pub fn is_incompatible(&self) -> bool {
        matches!(self, Self::UnsupportedVersion { .. } | Self::UnknownImport { .. })
    }
}
