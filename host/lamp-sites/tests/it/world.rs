//! A hub and a site, and a network between them that the test can cut.

use bytes::Bytes;
use lamp_core::clock::{Clock, SystemClock};
use lamp_core::id::ServerId;
use lamp_sites::{Dial, Join, KeyLimits, Sites, SitesError, SitesResult, SitesSettings, Space, Wire, create_key, join};
use lamp_store::Store;
use lamp_store::audit::Origin;
use lamp_store::testing::{Backend, TestDatabase};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// One end of a wire in memory; dropping it is the end of the connection.
pub struct Queue {
    outgoing: mpsc::Sender<Bytes>,
    incoming: mpsc::Receiver<Bytes>,
    /// Cut by the test: nothing comes or goes any more.
    cut: CancellationToken,
}

impl Wire for Queue {
    async fn send(&mut self, packet: Vec<u8>) -> SitesResult<()> {
        if self.cut.is_cancelled() {
            return Err(SitesError::Link("the connection broke"));
        }
        self.outgoing.send(packet.into()).await.map_err(|_| SitesError::Link("the connection broke"))
    }

    async fn receive(&mut self) -> SitesResult<Option<Bytes>> {
        tokio::select! {
            () = self.cut.cancelled() => Err(SitesError::Link("the connection broke")),
            packet = self.incoming.recv() => Ok(packet),
        }
    }
}

/// Both ends.
pub fn wire(cut: &CancellationToken) -> (Queue, Queue) {
    let (one, two) = (mpsc::channel(16), mpsc::channel(16));
    let left = Queue { outgoing: one.0, incoming: two.1, cut: cut.clone() };
    (left, Queue { outgoing: two.0, incoming: one.1, cut: cut.clone() })
}

/// A network with one hub on it.
#[derive(Clone)]
pub struct Network {
    hub: Arc<Mutex<Arc<Sites>>>,
    pub cut: Arc<Mutex<CancellationToken>>,
    pub down: Arc<std::sync::atomic::AtomicBool>,
    pub dialled: Arc<AtomicUsize>,
}

impl Network {
    pub fn new(hub: &Arc<Sites>) -> Self {
        Self {
            hub: Arc::new(Mutex::new(Arc::clone(hub))),
            cut: Arc::default(),
            down: Arc::default(),
            dialled: Arc::default(),
        }
    }

    /// Another machine answers at the hub's address.
    pub fn replace(&self, hub: &Arc<Sites>) {
        *self.hub.lock().unwrap() = Arc::clone(hub);
    }

    /// Breaks all connections.
    pub fn cut(&self) {
        std::mem::take(&mut *self.cut.lock().unwrap()).cancel();
    }

    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
        self.cut();
    }
}

impl Dial for Network {
    type Wire = Queue;

    async fn dial(&self, hub_url: &str) -> SitesResult<Queue> {
        self.dialled.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(SitesError::Unreachable { url: hub_url.to_owned(), reason: "it is down".to_owned() });
        }
        let cut = self.cut.lock().unwrap().clone();
        let (own, other) = wire(&cut);
        let hub = Arc::clone(&self.hub.lock().unwrap());
        tokio::spawn(async move { hub.accept(other, "192.0.2.7", &Open, &cut).await });
        Ok(own)
    }
}

/// Lets everybody try.
pub struct Open;

impl lamp_sites::JoinGate for Open {
    fn begin(&self) -> bool {
        true
    }

    fn succeeded(&self) {}
}

/// One installation.
pub struct Machine {
    pub store: Store,
    pub sites: Arc<Sites>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    pub database: TestDatabase,
}

pub fn settings() -> SitesSettings {
    let space = Space { total_bytes: 2_000, free_bytes: 700 };
    SitesSettings { version: "1.2.3".to_owned(), space: Arc::new(move || Box::pin(async move { Some(space) })) }
}

impl Machine {
    pub async fn start(backend: Backend) -> Self {
        Self::start_on(TestDatabase::new(backend).await).await
    }

    pub async fn start_on(database: TestDatabase) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = database.open(clock).await;
        let sites = Sites::open(store.clone(), settings()).await.unwrap();
        let stop = CancellationToken::new();
        let (kept, token) = (Arc::clone(&sites), stop.clone());
        let tasks = vec![tokio::spawn(async move { kept.run(token).await })];
        Self { store, sites, stop, tasks, database }
    }

    /// Keeps the link to the hub on `network`.
    pub fn keep_link(&mut self, network: &Network) {
        let (sites, stop, network) = (Arc::clone(&self.sites), self.stop.clone(), network.clone());
        self.tasks.push(tokio::spawn(async move { sites.keep_link(&network, &stop).await }));
    }

    pub async fn stop(self) -> TestDatabase {
        self.stop.cancel();
        for task in self.tasks {
            tokio::time::timeout(Duration::from_secs(20), task).await.expect("tasks end in time").unwrap();
        }
        self.store.close().await;
        self.database
    }

    /// A registration key for one server.
    pub async fn key(&self) -> String {
        create_key(&self.store, &Origin::system(), KeyLimits { max_servers: 1, days: 1 }).await.unwrap().1
    }

    /// What was heard of messages that this version does not know.
    pub async fn heard(&self) -> Vec<String> {
        let events = self.store.events_after(0, 10_000).await.unwrap();
        let bodies = events
            .into_iter()
            .filter(|event| event.topic == "sites.message")
            .map(|event| serde_json::from_str::<serde_json::Value>(&event.payload).unwrap()["body"].to_string());
        bodies.collect()
    }
}

pub fn asked(key: &str) -> Join {
    Join {
        hub_url: "http://hub:10858".to_owned(),
        key: key.to_owned(),
        name: "Rex".to_owned(),
        location: "Berlin".to_owned(),
        mac_address: "02:00:5e:10:00:01".to_owned(),
    }
}

/// A hub and a site that has joined it and keeps its link; the site's id.
pub async fn joined(backend: Backend) -> (Machine, Machine, Network, ServerId) {
    let (hub, mut site) = (Machine::start(backend).await, Machine::start(backend).await);
    let network = Network::new(&hub.sites);
    let membership = join(&site.store, &Origin::system(), &network, &asked(&hub.key().await)).await.unwrap();
    site.keep_link(&network);
    (hub, site, network, membership.server_id)
}

/// Waits for a state, bounded.
pub async fn until<F: AsyncFnMut() -> bool>(what: &str, mut holds: F) {
    let end = tokio::time::Instant::now() + Duration::from_secs(60);
    while !holds().await {
        assert!(tokio::time::Instant::now() < end, "waited in vain for: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
