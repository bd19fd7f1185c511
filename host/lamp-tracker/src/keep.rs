//! The swarm state in a file, so that it outlives a restart. The file is a cache: without it, clients announce again.

use crate::error::TrackerError;
use crate::swarm::Snapshot;
use crate::tracker::Tracker;
use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often changed state is written.
const WRITE_EVERY: Duration = Duration::from_secs(15);

/// A file with swarm state.
#[derive(Debug, Clone)]
pub struct SnapshotFile(PathBuf);

impl SnapshotFile {
    /// The file at that path, which need not be there yet.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// What was written last; none when nothing was. Errors: it cannot be read, or is not such a file.
    pub fn read(&self) -> Result<Option<Snapshot>, TrackerError> {
        let failed = |source| TrackerError::File { path: self.0.clone(), source };
        match File::open(&self.0) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
            Ok(file) => serde_json::from_reader(BufReader::new(file)).map(Some).map_err(|error| failed(error.into())),
        }
    }

    /// Puts the state in place of the last one, whole or not at all.
    pub fn write(&self, snapshot: &Snapshot) -> Result<(), TrackerError> {
        let failed = |source| TrackerError::File { path: self.0.clone(), source };
        let fresh = self.0.with_extension("new");
        write_whole(&fresh, snapshot).and_then(|()| std::fs::rename(&fresh, &self.0)).map_err(failed)
    }

    /// Writes the tracker's state now and then, where it has changed, until `stop`. What follows `stop` is for the caller
    /// to write, once the tracker answers no more.
    pub async fn keep(&self, tracker: &Tracker, stop: &CancellationToken) {
        let mut written = tracker.revision();
        while stop.run_until_cancelled(tokio::time::sleep(WRITE_EVERY)).await.is_some() {
            let revision = tracker.revision();
            if revision == written {
                continue;
            }
            match self.save(tracker).await {
                Ok(()) => written = revision,
                Err(error) => tracing::warn!(%error, "the swarm state is not written"),
            }
        }
    }

    /// Writes the tracker's state now.
    pub async fn save(&self, tracker: &Tracker) -> Result<(), TrackerError> {
        let (file, tracker) = (self.clone(), tracker.clone());
        let written = tokio::task::spawn_blocking(move || file.write(&tracker.snapshot())).await;
        written.unwrap_or_else(|error| Err(TrackerError::Thread(std::io::Error::other(error))))
    }
}

fn write_whole(path: &Path, snapshot: &Snapshot) -> std::io::Result<()> {
    let mut writer = BufWriter::new(File::create(path)?);
    serde_json::to_writer(&mut writer, snapshot)?;
    writer.flush()?;
    writer.get_ref().sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::TorrentSnapshot;
    use crate::wire::InfoHash;

    #[test]
    fn the_last_state_is_read_back_and_a_spoilt_file_says_which() {
        let folder = tempfile::tempdir().unwrap();
        let file = SnapshotFile::new(folder.path().join("swarms.json"));
        assert_eq!(file.read().unwrap(), None);
        for completed in [1, 2] {
            let torrent = TorrentSnapshot { info_hash: InfoHash([7; 20]), completed, peers: Vec::new() };
            let state = Snapshot::of(vec![torrent]);
            file.write(&state).unwrap();
            assert_eq!(file.read().unwrap(), Some(state));
        }
        std::fs::write(folder.path().join("swarms.json"), "{").unwrap();
        assert!(file.read().unwrap_err().to_string().contains("swarms.json"));
    }
}
