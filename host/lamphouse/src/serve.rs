//! Putting the host together, and taking it apart in order.

use crate::cli::{Role, Serve};
use crate::{open, tracker};
use anyhow::Context;
use lamp_auth::{Auth, PasswordCost};
use lamp_caps::{
    COPY_KIND, CopyExecutor, HASH_KIND, HashExecutor, PURGE_KIND, RESTORE_KIND, Swarms, TRASH_KIND, TrashExecutor,
};
use lamp_core::clock::{Clock, SystemClock};
use lamp_core::entry::{EventSink, JobBody, PluginAdmin, Plugins};
use lamp_core::id::PluginId;
use lamp_core::site::SiteRole;
use lamp_engine::{CodeCache, Engine};
use lamp_files::{Files, FilesLimits, Mounts};
use lamp_http::{App, AppParts, HttpSettings, LiveEvent, PluginMetrics, Ui};
use lamp_jobs::Owner;
use lamp_jobs::delivery::{Delivery, DeliveryConfig};
use lamp_jobs::operations::{OperationKind, OperationUpdate, Operations, OperationsConfig};
use lamp_jobs::prune::{PruneConfig, Pruner};
use lamp_jobs::runner::{JobUpdate, Runner, RunnerConfig};
use lamp_jobs::schedule::Scheduler;
use lamp_plugins::{Catalog, Parts, Queue, Supervisor};
use lamp_sites::{NetworkDial, Sites, SitesSettings, Space, SpaceSource};
use lamp_store::Store;
use lamp_store::audit::Origin;
use serde_json::json;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

const LIVE_CHANNEL: usize = 1_024;
const HASHES_AT_ONCE: u32 = 1;
const COPIES_AT_ONCE: u32 = 2;
const TRASH_AT_ONCE: u32 = 2;
const AUTH_UPKEEP: Duration = Duration::from_secs(30);
/// Mount that arrivals are stored in.
const ARRIVALS: &str = "incoming";
/// Longest wait for that mount to tell its space, in milliseconds.
const SPACE_MS: u64 = 3_000;

/// Serves until SIGTERM or SIGINT.
pub async fn serve(data: &Path, options: Serve) -> anyhow::Result<()> {
    let folder = open::folder(data)?;
    let _only_server = lock(&folder)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let metrics = lamp_http::install_metrics();
    let store = open::store(data).await?;
    let listener = TcpListener::bind(options.listen).await.with_context(|| format!("listen on {}", options.listen))?;
    let address = listener.local_addr().context("find the listening address")?;

    let mounts = Arc::new(Mounts::new(&folder));
    let files_for_space = Files::new(Arc::clone(&mounts), FilesLimits { call_ms: SPACE_MS });
    let sites = Sites::open(store.clone(), sites_settings(Some(files_for_space))).await?;
    if let Some(role) = options.role {
        sites.set_role(&Origin::system(), site_role(role)).await?;
    }
    let tracking = tracker::start(&options, &folder, &sites)?;
    let swarms = tracking.as_ref().map(|tracking| Swarms {
        tracker: tracking.tracker.clone(),
        sites: Arc::clone(&sites),
        url: tracking.url.clone(),
    });
    let engine = Engine::new()?;
    let parts = Parts {
        store: store.clone(),
        engine,
        cache: CodeCache::open(&folder.join("code-cache"))?,
        files: Files::new(Arc::clone(&mounts), FilesLimits::default()),
        swarms,
        clock: Arc::clone(&clock),
        safe_mode: options.safe_mode,
    };
    let supervisor = Supervisor::new(parts);
    if let Some(tracking) = &tracking {
        tracking.decide(&sites, Arc::new(supervisor.clone()));
    }
    let (live, _) = broadcast::channel(LIVE_CHANNEL);
    let (updates, files_of_operations) = (live.clone(), Arc::clone(&mounts));
    let owner = Owner::new(&open::host_id(&folder)?, &lamp_core::id::RequestId::generate().0);
    let body: Arc<dyn JobBody> = Arc::new(supervisor.clone());
    let sink: Arc<dyn EventSink> = Arc::new(supervisor.clone());
    let runner = Runner::start(store.clone(), body, RunnerConfig::new(owner.clone()));
    let job_updates = runner.updates();
    let queue = Queue {
        runner,
        scheduler: Scheduler::start(store.clone()),
        delivery: Delivery::start(store.clone(), sink, DeliveryConfig::new(owner.clone())),
    };
    let _pruner = Pruner::start(store.clone(), PruneConfig::default());

    let auth = Arc::new(Auth::new(store.clone(), PasswordCost::default()));
    let setup_token = auth.issue_setup_token().await?;
    let stop = CancellationToken::new();
    let admin: Arc<dyn PluginAdmin> = Arc::new(Catalog::new(store.clone()));
    let app = App::new(
        AppParts {
            store: store.clone(),
            auth: Arc::clone(&auth),
            plugins: Arc::new(supervisor.clone()) as Arc<dyn Plugins>,
            admin,
            sites: Arc::clone(&sites),
            tracker: tracking.as_ref().map(|tracking| tracking.tracker.clone()),
            mounts,
            data_folder: folder,
            clock: Arc::clone(&clock),
            live,
            metrics,
            plugin_metrics: plugin_metrics(supervisor.clone()),
            ui: Ui::embedded(),
            started_at: clock.now(),
            settings: HttpSettings {
                site_name: options.site_name,
                allowed_hosts: options.allowed_hosts.into_iter().collect(),
                trusted_proxies: options.trusted_proxies.into_iter().collect(),
                requests_per_second: options.requests_per_second,
                ..HttpSettings::default()
            },
        },
        stop.clone(),
    );
    supervisor.start(queue).await;
    // Only now are the mounts known: what a killed run left would otherwise find none of its files.
    let operations = operations(&store, &files_of_operations, owner);
    relay_progress(job_updates, operations.updates(), updates);
    tokio::spawn(keep_accounts(auth, stop.clone()));
    let (network, ended) = (keep_sites(&sites, &stop), stop.clone());
    println!("Lamphouse {} listens on http://{address}", env!("CARGO_PKG_VERSION"));
    if let Some(token) = setup_token {
        println!("make the first account: http://{address}/setup#token={token}");
    }
    tokio::spawn(cancel_on_signal(stop.clone()));
    let served = lamp_http::serve(listener, app, stop).await;
    ended.cancel();
    let swarms_kept = match tracking {
        Some(tracking) => tracking.shutdown().await,
        None => Ok(()),
    };
    supervisor.stop().await;
    for task in network {
        task.await.context("end the link to the hub")?;
    }
    operations.shutdown().await;
    store.close().await;
    swarms_kept?;
    served.context("serve HTTP")
}

fn site_role(role: Role) -> SiteRole {
    match role {
        Role::Hub => SiteRole::Hub,
        Role::Site => SiteRole::Site,
        Role::Standalone => SiteRole::Standalone,
    }
}

/// What this installation tells a hub of itself. Room for arrivals is that of the mount for them, which `files` knows.
pub fn sites_settings(files: Option<Files>) -> SitesSettings {
    let space: SpaceSource = Arc::new(move || {
        let files = files.clone();
        Box::pin(async move {
            let space = files?.run(ARRIVALS, |mounts| mounts.disk_space(ARRIVALS)).await.ok()?;
            Some(Space { total_bytes: space.total_bytes, free_bytes: space.available_bytes })
        })
    });
    SitesSettings { version: env!("CARGO_PKG_VERSION").to_owned(), space }
}

/// Follows the sites' rows, and keeps the link to the hub where this is a site.
fn keep_sites(sites: &Arc<Sites>, stop: &CancellationToken) -> [tokio::task::JoinHandle<()>; 2] {
    let (followed, linked) = (Arc::clone(sites), Arc::clone(sites));
    let (follow_stop, link_stop) = (stop.clone(), stop.clone());
    [
        tokio::spawn(async move { followed.run(follow_stop).await }),
        tokio::spawn(async move { linked.keep_link(&NetworkDial, &link_stop).await }),
    ]
}

/// One server per data folder; the lock ends with the process, however it ends.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("server.lock");
    let file = File::create(&path).with_context(|| format!("make {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => anyhow::bail!("another server runs on the data folder {}; stop it first", folder.display()),
    }
}

fn operations(store: &Store, mounts: &Arc<Mounts>, owner: Owner) -> Operations {
    let mut kinds = vec![
        OperationKind {
            kind: HASH_KIND.to_owned(),
            concurrency: HASHES_AT_ONCE,
            executor: Arc::new(HashExecutor { mounts: Arc::clone(mounts) }),
        },
        OperationKind {
            kind: COPY_KIND.to_owned(),
            concurrency: COPIES_AT_ONCE,
            executor: Arc::new(CopyExecutor { mounts: Arc::clone(mounts) }),
        },
    ];
    let trash = Arc::new(TrashExecutor { mounts: Arc::clone(mounts) });
    kinds.extend([TRASH_KIND, RESTORE_KIND, PURGE_KIND].map(|kind| OperationKind {
        kind: kind.to_owned(),
        concurrency: TRASH_AT_ONCE,
        executor: Arc::clone(&trash) as _,
    }));
    Operations::start(store.clone(), kinds, OperationsConfig::new(owner))
}

/// Progress goes to those who watch now and is not stored.
fn relay_progress(
    mut jobs: broadcast::Receiver<JobUpdate>,
    mut ops: broadcast::Receiver<OperationUpdate>,
    live: broadcast::Sender<LiveEvent>,
) {
    tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                job = jobs.recv() => match job {
                    Ok(job) => LiveEvent {
                        topic: "jobs.progress".to_owned(),
                        data: json!({
                            "id": job.id, "plugin": job.plugin, "kind": job.kind, "state": job.state, "progress": job.progress,
                        }),
                    },
                    Err(broadcast::error::RecvError::Lagged(_)) => continue,
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                op = ops.recv() => match op {
                    Ok(op) => LiveEvent {
                        topic: "ops.progress".to_owned(),
                        data: json!({
                            "id": op.id, "plugin": op.plugin, "kind": op.kind, "state": op.state, "progress": op.progress,
                        }),
                    },
                    Err(broadcast::error::RecvError::Lagged(_)) => continue,
                    Err(broadcast::error::RecvError::Closed) => return,
                },
            };
            // Nobody may be watching.
            drop(live.send(event));
        }
    });
}

fn plugin_metrics(supervisor: Supervisor) -> lamp_http::PluginMetricsSource {
    Arc::new(move |plugin: &PluginId| {
        let seen = supervisor.stats(plugin);
        PluginMetrics {
            calls: seen.calls,
            errors: seen.errors,
            traps: seen.traps,
            denials: seen.denials.values().sum(),
            denials_by_interface: seen.denials,
            cpu_ms: seen.cpu_us / 1_000,
            p99_ms: (seen.calls > 0).then_some(seen.p99_us as f64 / 1_000.0),
            memory_high_water_bytes: seen.memory_high_water_bytes,
        }
    })
}

async fn keep_accounts(auth: Arc<Auth>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(AUTH_UPKEEP) => {}
        }
        if let Err(error) = auth.maintain().await {
            tracing::warn!(%error, "sessions and keys could not be kept up");
        }
    }
}

async fn cancel_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("stopping");
            stop.cancel();
        }
        _ => tracing::error!("signals cannot be heard; only a kill ends this server"),
    }
}
