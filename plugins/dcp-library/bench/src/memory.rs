//! Memory of processes, as Linux counts it (proc(5)).

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// A process and all that descend from it.
pub fn family(id: u32) -> Result<Vec<u32>> {
    let mut family = vec![id];
    let mut known = 0;
    while let Some(id) = family.get(known).copied() {
        known += 1;
        let tasks = folder(id).join("task");
        for task in std::fs::read_dir(&tasks).with_context(|| format!("list {}", tasks.display()))? {
            let children = task.with_context(|| format!("list {}", tasks.display()))?.path().join("children");
            // A thread may have ended meanwhile.
            let children = std::fs::read_to_string(children).unwrap_or_default();
            family.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        }
    }
    Ok(family)
}

/// Most memory that was resident since the start or since it was forgotten, in bytes.
pub fn peak_bytes(id: u32) -> Result<u64> {
    let path = folder(id).join("status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    Ok(kibibytes.with_context(|| format!("no peak in {}", path.display()))? * 1024)
}

/// From now on the peak counts anew.
pub fn forget_peak(id: u32) -> Result<()> {
    let path = folder(id).join("clear_refs");
    std::fs::write(&path, "5").with_context(|| format!("write {}", path.display()))
}

fn folder(id: u32) -> PathBuf {
    Path::new("/proc").join(id.to_string())
}

#[cfg(test)]
mod tests {
    use super::{family, forget_peak, peak_bytes};

    #[test]
    fn a_peak_is_seen_and_forgotten() {
        const BYTES: usize = 64 << 20;
        let own = std::process::id();
        assert!(family(own).unwrap().contains(&own));
        // Other tests of this program need far less.
        forget_peak(own).unwrap();
        let before = peak_bytes(own).unwrap();
        drop(std::hint::black_box(vec![1_u8; BYTES]));
        assert!(peak_bytes(own).unwrap() >= before + BYTES as u64 / 2);
        forget_peak(own).unwrap();
        assert!(peak_bytes(own).unwrap() < before + BYTES as u64 / 2);
    }
}
