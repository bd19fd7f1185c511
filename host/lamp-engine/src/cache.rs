//! The code cache: compiled components on disk, so that a start does not compile again.
//! Entries are this host's own: each is sealed with a key kept beside them, and anything that does not fit is compiled anew.

use crate::config::Engine;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use wasmtime::component::Component;

const KEY_FILE: &str = "key";
const SEAL_BYTES: usize = 32;

/// Why the cache could not be opened or a component not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The folder or its key cannot be used.
    #[error("use the code cache at {path}; remove the folder to start afresh")]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// wasmtime refuses the component.
    #[error("compile the component: {0:#}")]
    Compile(wasmtime::Error),
}

/// Compiled components, by hash of their bytes.
pub struct CodeCache {
    folder: PathBuf,
    key: [u8; SEAL_BYTES],
}

impl CodeCache {
    /// Opens the cache in `folder`, made with mode 0700 when it is not there.
    pub fn open(folder: &Path) -> Result<Self, CacheError> {
        let failed = |source| CacheError::Folder { path: folder.to_owned(), source };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let key = read_or_make_key(&folder.join(KEY_FILE)).map_err(failed)?;
        Ok(Self { folder: folder.to_owned(), key })
    }

    /// The component of `bytes`: from the cache, or compiled and kept. Blocking; seconds for large components.
    pub fn component(&self, engine: &Engine, bytes: &[u8]) -> Result<Component, CacheError> {
        let name = self.entry_name(engine, bytes);
        if let Some(component) = self.load(engine, &name) {
            return Ok(component);
        }
        let component = Component::new(engine.wasmtime(), bytes).map_err(CacheError::Compile)?;
        if let Err(error) = self.keep(&component, &name) {
            tracing::warn!(%error, "the code cache cannot be written; the next start compiles again");
        }
        Ok(component)
    }

    fn entry_name(&self, engine: &Engine, bytes: &[u8]) -> String {
        let mut compatibility = Blake(blake3::Hasher::new());
        engine.wasmtime().precompile_compatibility_hash().hash(&mut compatibility);
        compatibility.0.update(bytes);
        format!("{}.code", compatibility.0.finalize().to_hex())
    }

    /// Proves that this host wrote `code` under this name.
    fn seal(&self, name: &str, code: &[u8]) -> blake3::Hash {
        blake3::Hasher::new_keyed(&self.key).update(name.as_bytes()).update(code).finalize()
    }

    fn load(&self, engine: &Engine, name: &str) -> Option<Component> {
        let path = self.folder.join(name);
        let sealed = std::fs::read(&path).ok()?;
        let (seal, code) = sealed.split_at_checked(SEAL_BYTES)?;
        if self.seal(name, code) != blake3::Hash::from_slice(seal).ok()? {
            tracing::warn!(path = %path.display(), "a code cache entry is damaged; compiling again");
            return None;
        }
        #[expect(
            unsafe_code,
            reason = "the seal proves that this host wrote the bytes with this key; nothing from outside gets here"
        )]
        let component = unsafe { Component::deserialize(engine.wasmtime(), code) };
        component.ok()
    }

    fn keep(&self, component: &Component, name: &str) -> Result<(), CacheError> {
        let code = component.serialize().map_err(CacheError::Compile)?;
        let path = self.folder.join(name);
        let temporary = path.with_extension(format!("{:016x}.tmp", rand::random::<u64>()));
        let write = || -> std::io::Result<()> {
            let mut file =
                std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
            file.write_all(self.seal(name, &code).as_bytes())?;
            file.write_all(&code)?;
            std::fs::rename(&temporary, &path)
        };
        write().map_err(|source| CacheError::Folder { path: self.folder.clone(), source })
    }
}

fn read_or_make_key(path: &Path) -> std::io::Result<[u8; SEAL_BYTES]> {
    if let Ok(bytes) = std::fs::read(path)
        && let Ok(key) = <[u8; SEAL_BYTES]>::try_from(bytes.as_slice())
    {
        return Ok(key);
    }
    let key: [u8; SEAL_BYTES] = rand::random();
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(key)
}

struct Blake(blake3::Hasher);

impl Hasher for Blake {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}
