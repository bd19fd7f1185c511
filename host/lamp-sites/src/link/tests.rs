//! A hub that speaks the protocol well and is not the one that made the key.

use super::*;
use lamp_core::clock::SystemClock;
use lamp_store::testing::{Backend, TestDatabase};
use std::sync::Arc;
use tokio::sync::mpsc;

struct Queue(mpsc::UnboundedSender<Bytes>, mpsc::UnboundedReceiver<Bytes>);

impl Wire for Queue {
    async fn send(&mut self, packet: Vec<u8>) -> SitesResult<()> {
        self.0.send(packet.into()).map_err(|_| SitesError::Link("gone"))
    }

    async fn receive(&mut self) -> SitesResult<Option<Bytes>> {
        Ok(self.1.recv().await)
    }
}

/// Answers every site "you have joined", with a proof by `secret`.
struct Impostor {
    identity: Identity,
    secret: [u8; 32],
}

impl Dial for Impostor {
    type Wire = Queue;

    async fn dial(&self, _: &str) -> SitesResult<Queue> {
        let (one, two) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
        let (identity, secret) = (self.identity.clone(), self.secret);
        let mut wire = Queue(one.0, two.1);
        tokio::spawn(async move {
            let mut transcript = Transcript::new();
            let hub_key = identity.public_key();
            let challenge = Challenge { protocol: PROTOCOL, hub_id: "h".to_owned(), hub_key, nonce: String::new() };
            let packet = seal(&identity, Speaker::Hub, &transcript, 0, &challenge).unwrap();
            transcript.add(&packet);
            wire.send(packet).await.unwrap();
            transcript.add(&wire.receive().await.unwrap().unwrap());
            let reply = Reply::Joined {
                server_id: "s".to_owned(),
                name: "Rex".to_owned(),
                location: String::new(),
                authorized: true,
                proof: transcript.proof(&secret, Speaker::Hub, &identity.public_key()).to_string(),
            };
            wire.send(seal(&identity, Speaker::Hub, &transcript, 0, &reply).unwrap()).await.unwrap();
        });
        Ok(Queue(two.0, one.1))
    }
}

#[tokio::test]
async fn only_a_hub_that_holds_the_key_is_joined() {
    let database = TestDatabase::new(Backend::Sqlite).await;
    let store = database.open(Arc::new(SystemClock)).await;
    let other = TestDatabase::new(Backend::Sqlite).await;
    let identity = Identity::load(&other.open(Arc::new(SystemClock)).await).await.unwrap();
    let key = format!("lr_1a2b3c4d_{}", "7".repeat(64));
    let asked = Join {
        hub_url: "http://hub".to_owned(),
        key: key.clone(),
        name: "Rex".to_owned(),
        location: String::new(),
        mac_address: "02:00:5e:10:00:01".to_owned(),
    };
    let impostor = Impostor { identity: identity.clone(), secret: [0; 32] };
    let error = join(&store, &Origin::system(), &impostor, &asked).await.unwrap_err();
    assert!(matches!(error, SitesError::Link(text) if text.contains("not the hub that made the key")), "{error}");
    assert_eq!(store.membership().await.unwrap(), None);
    let true_hub = Impostor { identity, secret: key::digest(&key) };
    join(&store, &Origin::system(), &true_hub, &asked).await.unwrap();
    assert!(store.membership().await.unwrap().is_some());
}
