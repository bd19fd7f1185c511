//! The one wasmtime configuration. A second one, however close, would make cached code useless.

use crate::epoch::Ticker;
use std::sync::Arc;

/// Length of one epoch tick; processor budgets are counted in these.
pub const TICK_MS: u64 = 10;

/// Why the engine could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime refused the configuration on this machine.
    #[error("start the WebAssembly engine")]
    Wasmtime(#[source] wasmtime::Error),
    /// The thread that counts time could not be started.
    #[error("start the engine's clock thread")]
    Ticker(#[source] std::io::Error),
}

/// The engine with its epoch ticker; cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: wasmtime::Engine,
    _ticker: Arc<Ticker>,
}

impl Engine {
    /// Makes the process's engine. Call it once.
    pub fn new() -> Result<Self, EngineError> {
        let inner = wasmtime::Engine::new(&configuration()).map_err(EngineError::Wasmtime)?;
        let ticker = Ticker::start(inner.weak(), TICK_MS).map_err(EngineError::Ticker)?;
        Ok(Self { inner, _ticker: Arc::new(ticker) })
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.inner
    }
}

fn configuration() -> wasmtime::Config {
    let mut config = wasmtime::Config::new();
    config
        .wasm_component_model(true)
        .concurrency_support(false)
        .wasm_memory64(false)
        .wasm_multi_memory(true)
        .wasm_relaxed_simd(true)
        .relaxed_simd_deterministic(true)
        .epoch_interruption(true)
        .max_wasm_stack(512 * 1024)
        .async_stack_size(1024 * 1024)
        .async_stack_zeroing(true)
        .cranelift_opt_level(wasmtime::OptLevel::Speed);
    config
}
