//! Memory limits of one store: all linear memories together, tables, instances.

use wasmtime::ResourceLimiter;

const MAX_TABLE_ELEMENTS: usize = 20_000;

/// Counts the bytes of all memories of a store.
pub struct MemoryLimiter {
    limit_bytes: u64,
    used_bytes: u64,
    /// A growth was refused; the trap that follows is told as "out of memory".
    pub refused: bool,
}

impl MemoryLimiter {
    /// A store that may hold `limit_bytes`.
    pub fn new(limit_bytes: u64) -> Self {
        Self { limit_bytes, used_bytes: 0, refused: false }
    }

    /// Bytes of all memories now; memories never shrink, so this is the high-water mark.
    pub fn used_bytes(&self) -> u64 {
        self.used_bytes
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let growth = desired.saturating_sub(current) as u64;
        let after = self.used_bytes.saturating_add(growth);
        if after > self.limit_bytes {
            self.refused = true;
            return Ok(false);
        }
        self.used_bytes = after;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE_ELEMENTS)
    }

    fn instances(&self) -> usize {
        32
    }

    fn tables(&self) -> usize {
        32
    }

    fn memories(&self) -> usize {
        8
    }
}
