//! Those who would like to be a hub or a site, and are not.

use crate::world::{Machine, Network, Open, Queue, asked, joined, until, wire};
use bytes::Bytes;
use lamp_core::site::SiteRole;
use lamp_sites::{Dial, Join, SitesError, SitesResult, Wire, join};
use lamp_store::audit::{AuditFilter, Origin, Outcome};
use lamp_store::testing::Backend;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

async fn join_as(site: &Machine, network: &Network, asked: &Join) -> Result<(), SitesError> {
    join(&site.store, &Origin::system(), network, asked).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_and_used_keys_are_refused_in_words_and_written_down() {
    let (hub, site, other) = (
        Machine::start(Backend::Sqlite).await,
        Machine::start(Backend::Sqlite).await,
        Machine::start(Backend::Sqlite).await,
    );
    let network = Network::new(&hub.sites);
    let key = hub.key().await;
    let (prefix, _) = key.rsplit_once('_').unwrap();
    for wrong in [format!("{prefix}_{}", "0".repeat(64)), format!("lr_00000000_{}", "0".repeat(64))] {
        let error = join_as(&site, &network, &asked(&wrong)).await.unwrap_err();
        assert!(matches!(&error, SitesError::Refused(text) if text.contains("not valid")), "{error}");
    }
    assert!(matches!(join_as(&site, &network, &asked("nonsense")).await, Err(SitesError::WrongKey)));
    join_as(&site, &network, &asked(&key)).await.unwrap();
    join_as(&site, &network, &asked(&key)).await.unwrap();
    let error = join_as(&other, &network, &asked(&key)).await.unwrap_err();
    assert!(matches!(&error, SitesError::Refused(text) if text.contains("another server")), "{error}");
    assert_eq!(hub.sites.list().await.unwrap().len(), 1);
    let denied = AuditFilter { outcome: Some(Outcome::Denied), ..AuditFilter::default() };
    let denied = hub.store.list_audit(&denied, 10).await.unwrap();
    assert_eq!(denied.len(), 3);
    assert!(denied.iter().all(|row| row.subject == "192.0.2.7" && !row.detail.contains(&key)));
    hub.sites.set_role(&Origin::system(), SiteRole::Hub).await.unwrap();
    assert!(matches!(join_as(&hub, &network, &asked(&key)).await, Err(SitesError::IsAHub)));
    assert!(matches!(
        join_as(&site, &network, &Join { hub_url: "hub".to_owned(), ..asked(&key) }).await,
        Err(SitesError::Field { .. })
    ));
    for machine in [hub, site, other] {
        machine.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_sites_on_one_machine_are_two_servers() {
    let (hub, site, _network, id) = joined(Backend::Sqlite).await;
    let twin = Machine::start(Backend::Sqlite).await;
    let network = Network::new(&hub.sites);
    join_as(&twin, &network, &asked(&hub.key().await)).await.unwrap();
    let servers = hub.sites.list().await.unwrap();
    assert_eq!(servers.len(), 2);
    assert_eq!(servers[0].server.mac_address, servers[1].server.mac_address);
    assert_eq!(servers[0].server.id, id);
    let notices = hub.store.list_notices(false, 9).await.unwrap();
    assert!(notices.iter().any(|notice| notice.notice.message.contains("same MAC address")));
    for machine in [hub, site, twin] {
        machine.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_hub_at_the_same_address_is_not_believed() {
    let (hub, site, network, id) = joined(Backend::Sqlite).await;
    hub.sites.authorize(&Origin::system(), &id, true).await.unwrap();
    until("a report", async || hub.sites.find(&id).await.unwrap().server.version.is_some()).await;
    let evil = Machine::start(Backend::Sqlite).await;
    network.replace(&evil.sites);
    network.cut();
    site.store.send_site_message(&id, "note", "\"secret\"").await.unwrap();
    let dialled = network.dialled.load(std::sync::atomic::Ordering::SeqCst);
    until("the site tries twice", async || network.dialled.load(std::sync::atomic::Ordering::SeqCst) > dialled + 1)
        .await;
    assert_eq!(evil.heard().await, [] as [String; 0]);
    // Nor at the time of joining: it does not hold the key.
    let key = hub.key().await;
    let error = join_as(&site, &network, &asked(&key)).await.unwrap_err();
    assert!(matches!(error, SitesError::Refused(_)), "{error}");
    network.replace(&hub.sites);
    network.cut();
    until("the right hub gets it", async || hub.heard().await == ["\"secret\""]).await;
    for machine in [hub, site, evil] {
        machine.stop().await;
    }
}

/// A network on which somebody writes down what the site says.
struct Recorder {
    network: Network,
    said: Arc<Mutex<Vec<Vec<u8>>>>,
}

struct Recorded {
    wire: Queue,
    said: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Dial for Recorder {
    type Wire = Recorded;

    async fn dial(&self, hub_url: &str) -> SitesResult<Recorded> {
        Ok(Recorded { wire: self.network.dial(hub_url).await?, said: Arc::clone(&self.said) })
    }
}

impl Wire for Recorded {
    async fn send(&mut self, packet: Vec<u8>) -> SitesResult<()> {
        self.said.lock().unwrap().push(packet.clone());
        self.wire.send(packet).await
    }

    async fn receive(&mut self) -> SitesResult<Option<Bytes>> {
        self.wire.receive().await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replayed_changed_and_foreign_packets_end_the_link() {
    let (hub, site) = (Machine::start(Backend::Sqlite).await, Machine::start(Backend::Sqlite).await);
    let recorder = Recorder { network: Network::new(&hub.sites), said: Arc::default() };
    let key = hub.key().await;
    let joined = join(&site.store, &Origin::system(), &recorder, &asked(&key)).await.unwrap();
    let registration = recorder.said.lock().unwrap().remove(0);
    assert!(!String::from_utf8_lossy(&registration).contains(&key[12..]), "the key is never sent");
    hub.sites.remove(&Origin::system(), &joined.server_id).await.unwrap();
    let mut changed = registration.clone();
    *changed.last_mut().unwrap() ^= 1;
    let stop = CancellationToken::new();
    for said in [registration, changed, Vec::new(), vec![0; 64], vec![0; 200], vec![b'x'; 600 * 1024]] {
        let (mut own, other) = wire(&stop);
        let (sites, token) = (Arc::clone(&hub.sites), stop.clone());
        let task = tokio::spawn(async move { sites.accept(other, "192.0.2.8", &Open, &token).await });
        let challenge = own.receive().await.unwrap().unwrap();
        own.send(said).await.unwrap();
        assert!(matches!(own.receive().await, Ok(None)), "no answer");
        task.await.unwrap();
        // Nor does the hub's own packet pass for one of a site.
        let (mut own, other) = wire(&stop);
        let (sites, token) = (Arc::clone(&hub.sites), stop.clone());
        let task = tokio::spawn(async move { sites.accept(other, "192.0.2.8", &Open, &token).await });
        own.receive().await.unwrap().unwrap();
        own.send(challenge.to_vec()).await.unwrap();
        assert!(matches!(own.receive().await, Ok(None)), "no answer");
        task.await.unwrap();
    }
    assert_eq!(hub.sites.list().await.unwrap().len(), 0);
    site.stop().await;
    hub.stop().await;
}
