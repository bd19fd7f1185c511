//! From wasmtime's errors to ours.

use crate::context::Context;
use lamp_core::entry::EntryError;
use wasmtime::Trap;

/// Why a component cannot be used as a plugin.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It imports what this host does not offer, or exports an entry of another shape.
    #[error("link the component: {0:#}")]
    Link(wasmtime::Error),
}

/// What ended a call that gave no answer.
pub fn entry_error(context: &Context, error: &wasmtime::Error, cpu_limit_ms: u64) -> EntryError {
    let plugin = context.identity.id.clone();
    if context.limiter.refused {
        return EntryError::OutOfMemory { plugin, limit_mib: context.identity.manifest.limits.memory_mib };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => EntryError::Timeout { plugin, limit_ms: cpu_limit_ms },
        _ => EntryError::Trapped { plugin, message: first_lines(error) },
    }
}

/// The cause and the innermost frames, at most 2 KiB, without control characters.
fn first_lines(error: &wasmtime::Error) -> String {
    let mut text = error.root_cause().to_string();
    if let Some(trace) = error.downcast_ref::<wasmtime::WasmBacktrace>() {
        let names: Vec<&str> = trace.frames().iter().filter_map(|frame| frame.func_name()).take(6).collect();
        if !names.is_empty() {
            text.push_str(" in ");
            text.push_str(&names.join(" < "));
        }
    }
    text.chars().filter(|c| !c.is_control()).take(2_048).collect()
}
