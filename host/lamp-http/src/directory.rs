//! The running plugins with their routes, kept between requests. It is compared with the supervisor every 50 ms at most,
//! and before any answer "there is no such plugin".

use crate::app::{App, AppState};
use crate::matcher::Matcher;
use arc_swap::ArcSwap;
use lamp_core::entry::RunningPlugin;
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use lamp_core::manifest::alias::is_under;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long the directory is believed, in milliseconds.
const BELIEVED_MS: u64 = 50;
/// How often it is compared when nobody asks, so that permissions follow plugins.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);
/// Characters of the package hash in addresses of assets.
pub(crate) const HASH_CHARACTERS: usize = 12;

/// One running plugin.
#[derive(Debug)]
pub(crate) struct Entry {
    pub id: PluginId,
    pub manifest: Arc<Manifest>,
    pub package_hash: String,
    pub aliases: Vec<String>,
    pub matcher: Matcher,
}

impl Entry {
    /// The part of the package hash that asset addresses carry.
    pub(crate) fn short_hash(&self) -> &str {
        self.package_hash.get(..HASH_CHARACTERS).unwrap_or(&self.package_hash)
    }

    /// Where its assets are served, `/plugins/<id>/<hash12>/`.
    pub(crate) fn asset_base(&self) -> String {
        asset_base(&self.id, self.short_hash())
    }

    /// The package's hash stands for its manifest.
    fn is(&self, running: &RunningPlugin) -> bool {
        self.id == running.manifest.id && self.package_hash == running.package_hash && self.aliases == running.aliases
    }
}

/// Where the assets of a package are served.
pub(crate) fn asset_base(id: &PluginId, short_hash: &str) -> String {
    format!("/plugins/{id}/{short_hash}/")
}

/// All running plugins.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub entries: Vec<Arc<Entry>>,
}

impl Directory {
    /// The plugin of that id.
    pub(crate) fn find(&self, id: &str) -> Option<&Arc<Entry>> {
        self.entries.iter().find(|entry| entry.id.as_str() == id)
    }

    /// The plugin that claims `path` (below `/api/v1`, with its slash).
    pub(crate) fn claimant(&self, path: &str) -> Option<&Arc<Entry>> {
        self.entries.iter().find(|entry| entry.aliases.iter().any(|alias| is_under(path, alias)))
    }

    fn is(&self, running: &[RunningPlugin]) -> bool {
        self.entries.len() == running.len() && self.entries.iter().zip(running).all(|(entry, one)| entry.is(one))
    }
}

/// The kept directory.
pub(crate) struct DirectoryCache {
    kept: ArcSwap<Directory>,
    began: Instant,
    /// Milliseconds after `began` of the last comparison, plus one; 0 before the first.
    compared: AtomicU64,
}

impl Default for DirectoryCache {
    fn default() -> Self {
        Self { kept: ArcSwap::default(), began: Instant::now(), compared: AtomicU64::new(0) }
    }
}

impl App {
    /// The directory, at most 50 ms old.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        let cache = &self.directory;
        let elapsed = u64::try_from(cache.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let compared = cache.compared.load(Ordering::Relaxed);
        if compared == 0 || elapsed >= compared.saturating_add(BELIEVED_MS) {
            cache.compared.store(elapsed.saturating_add(1), Ordering::Relaxed);
            return self.fresh_directory();
        }
        cache.kept.load_full()
    }

    /// The directory as of now.
    pub(crate) fn fresh_directory(&self) -> Arc<Directory> {
        let running = self.plugins.running();
        let kept = self.directory.kept.load_full();
        if kept.is(&running) {
            return kept;
        }
        let entries = running.into_iter().map(|one| keep_or_make(&kept, one)).collect();
        let fresh = Arc::new(Directory { entries });
        let declared: Vec<_> =
            fresh.entries.iter().flat_map(|entry| entry.manifest.permissions.iter().cloned()).collect();
        self.auth.declare_permissions(&declared);
        self.directory.kept.store(Arc::clone(&fresh));
        fresh
    }
}

fn keep_or_make(kept: &Directory, running: RunningPlugin) -> Arc<Entry> {
    match kept.entries.iter().find(|entry| entry.is(&running)) {
        Some(entry) => Arc::clone(entry),
        None => Arc::new(Entry {
            id: running.manifest.id.clone(),
            matcher: Matcher::new(&running.manifest.routes),
            manifest: running.manifest,
            package_hash: running.package_hash,
            aliases: running.aliases,
        }),
    }
}

/// Compares now and then, so that permissions follow plugins on routes that do not ask for the directory.
pub(crate) async fn follow_changes(app: AppState) {
    loop {
        app.fresh_directory();
        tokio::time::sleep(FOLLOW_EVERY).await;
    }
}
