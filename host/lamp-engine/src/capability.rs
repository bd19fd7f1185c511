//! What a capability is to the engine: a name and a way to link it.

use crate::context::Context;
use wasmtime::component::Linker;

/// One importable interface family. The table of them is in `lamp-caps`.
#[derive(Clone, Copy)]
pub struct Capability {
    /// WIT package without version, `lamphouse:sql`.
    pub package: &'static str,
    /// Adds its functions to a linker. Each function asks the plugin's grants on every call.
    pub link: fn(&mut Linker<Context>) -> wasmtime::Result<()>,
}
