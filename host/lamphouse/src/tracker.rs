//! The tracker of this installation: started with the swarms of the last run, ended with them written down.

use crate::cli::Serve;
use anyhow::Context;
use lamp_core::site::SiteRole;
use lamp_core::swarm::SwarmJudge;
use lamp_sites::{Admission, Sites, restore_swarms};
use lamp_tracker::policy::Policy;
use lamp_tracker::{SnapshotFile, Tracker, TrackerServer, TrackerSettings};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The port that clients expect a tracker of ours on.
const PORT: u16 = 10_859;
/// Swarm state, in the data folder.
const FILE: &str = "swarms.json";

/// A tracker that listens.
pub struct Tracking {
    pub tracker: Tracker,
    /// Where clients reach it, without path.
    pub url: String,
    server: TrackerServer,
    file: SnapshotFile,
    stop: CancellationToken,
    kept: JoinHandle<()>,
}

/// Starts the tracker where `--tracker` says; a hub without it takes the usual port, others have none. Until
/// [`Tracking::decide`], everybody is put off for a minute.
pub fn start(options: &Serve, data_folder: &Path, sites: &Sites) -> anyhow::Result<Option<Tracking>> {
    let usual = || (sites.role() == SiteRole::Hub).then(|| SocketAddr::new(options.listen.ip(), PORT));
    let Some(listen) = options.tracker.or_else(usual) else { return Ok(None) };
    let tracker = Tracker::new(TrackerSettings::default(), Handle::current());
    let file = SnapshotFile::new(data_folder.join(FILE));
    restore(&file, sites, &tracker);
    let server = tracker.serve(listen).context("start the tracker")?;
    println!("tracker listens on http://{0}/announce and udp://{0}/announce", server.address());
    let url = options.tracker_url.clone().unwrap_or_else(|| own_url(server.address()));
    let stop = CancellationToken::new();
    let (kept_in, kept, kept_until) = (file.clone(), tracker.clone(), stop.clone());
    let kept = tokio::spawn(async move { kept_in.keep(&kept, &kept_until).await });
    Ok(Some(Tracking { tracker, url, server, file, stop, kept }))
}

/// Without the swarms of the last run clients announce again, so that trouble with them stops nothing.
fn restore(file: &SnapshotFile, sites: &Sites, tracker: &Tracker) {
    let restored = file.read().and_then(|snapshot| match snapshot {
        Some(snapshot) => restore_swarms(sites, tracker, snapshot),
        None => Ok(()),
    });
    if let Err(error) = restored {
        tracing::warn!(%error, "starting without the swarms of the last run");
    }
}

/// The address as others may know it: the machine's name where it listens on all addresses.
fn own_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://{}:{}", host_name(), address.port())
    } else {
        format!("http://{address}")
    }
}

fn host_name() -> String {
    std::fs::read_to_string("/etc/hostname").map_or_else(|_| "host".to_owned(), |name| name.trim().to_owned())
}

impl Tracking {
    /// From now on `judge` asks the plugin that decides, and whoever is cut off leaves the swarms.
    pub fn decide(&self, sites: &Arc<Sites>, judge: Arc<dyn SwarmJudge>) {
        let admission = Arc::new(Admission::new(Arc::clone(sites), judge));
        self.tracker.set_policy(Some(Arc::clone(&admission) as Arc<dyn Policy>));
        let (tracker, stop) = (self.tracker.clone(), self.stop.clone());
        tokio::spawn(async move { admission.follow(&tracker, &stop).await });
    }

    /// Answers no more, then writes the swarms down.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.server.shutdown().await;
        self.kept.await.context("end the tracker")?;
        self.file.save(&self.tracker).await.context("write the swarms down")
    }
}
