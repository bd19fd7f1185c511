//! Who may join a swarm: this installation knows whose key it is and whether that one is let in, and a plugin decides the
//! rest. Whoever is cut off leaves the tracker as well.

use crate::sites::Sites;
use async_trait::async_trait;
use lamp_core::swarm::{
    SwarmAnnounce, SwarmDecision, SwarmEvent, SwarmJudge, SwarmQuestion, SwarmSubject, SwarmTransport, SwarmVerdict,
};
use lamp_tracker::policy::{Admission as Terms, AnnounceDetails, Decision, Policy, PolicyFailure, PolicyRequest};
use lamp_tracker::policy::{Refusal, Verdict};
use lamp_tracker::wire::{Event, Transport};
use lamp_tracker::{Forget, Snapshot, Tracker, TrackerError};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What a client is told that is not let in. The same for all, so that a stranger learns nothing.
const TOLD: &str = "this client may not join the swarm; fetch the torrent again, or ask the tracker's operator";
/// Why nobody is let in without a plugin that decides.
const NOBODY_DECIDES: &str =
    "no plugin decides who joins this swarm: install one that does, and grant it `decide` of lamphouse:tracker";
/// How long a refusal by the host is remembered, in milliseconds: so long may an account that was switched on again wait.
const REFUSAL_KEPT_MS: u64 = 30_000;
/// When a refused client is to ask again, in minutes.
const AGAIN_IN_MINUTES: u32 = 5;
/// How often it is looked whether another plugin decides.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Decides about announces, by what is known of servers and accounts and by the plugin's verdict.
pub struct Admission {
    sites: Arc<Sites>,
    judge: Arc<dyn SwarmJudge>,
}

impl Admission {
    /// The admission to the swarms of `sites`, whose plugins `judge` asks.
    pub fn new(sites: Arc<Sites>, judge: Arc<dyn SwarmJudge>) -> Self {
        Self { sites, judge }
    }

    /// Until `stop`: takes subjects that are cut off out of the tracker, and forgets its verdicts when another plugin
    /// decides.
    pub async fn follow(&self, tracker: &Tracker, stop: &CancellationToken) {
        let mut changed = self.sites.changed();
        let mut look = tokio::time::interval(LOOK_EVERY);
        let mut deciders = self.judge.deciders();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = changed.changed() => self.cut_off(tracker),
                _ = look.tick() => {
                    let now = self.judge.deciders();
                    if now != deciders {
                        tracker.forget(Forget::All);
                        deciders = now;
                    }
                }
            }
        }
    }

    fn cut_off(&self, tracker: &Tracker) {
        for view in tracker.subjects() {
            if !self.sites.may_announce(&view.subject) {
                let peers = tracker.remove_subject(&view.subject);
                if peers > 0 {
                    tracing::info!(subject = view.subject, peers, "cut off; its peers have left the swarms");
                }
            }
        }
    }

    async fn decide(&self, request: &PolicyRequest, subject: Option<SwarmSubject>) -> Result<Verdict, PolicyFailure> {
        let verdict = self.judge.judge(self.question(request, subject.clone())).await;
        Ok(match verdict.map_err(|error| PolicyFailure(error.to_string()))? {
            Some(verdict) => read(verdict, subject, request),
            None => refuse(subject, NOBODY_DECIDES.to_owned()),
        })
    }

    fn question(&self, request: &PolicyRequest, subject: Option<SwarmSubject>) -> SwarmQuestion {
        SwarmQuestion {
            info_hash: request.info_hash.to_string(),
            subject,
            address: request.address,
            transport: match request.transport {
                Transport::Http => SwarmTransport::Http,
                Transport::Udp => SwarmTransport::Udp,
            },
            announce: request.announce.as_ref().map(announce),
            at: self.sites.store.now(),
        }
    }
}

#[async_trait]
impl Policy for Admission {
    async fn judge(&self, request: &PolicyRequest) -> Result<Verdict, PolicyFailure> {
        let subject = request.key.and_then(|key| self.sites.announcer(key.reveal()));
        match subject {
            Some(subject) if !subject.is_authorized => {
                let reason = format!("{} is not authorised", subject.name);
                Ok(refuse(Some(subject), reason))
            }
            subject => self.decide(request, subject).await,
        }
    }
}

/// Takes the swarms of an earlier run back, without the peers of those who were cut off meanwhile. Errors: they are of
/// another version.
pub fn restore_swarms(sites: &Sites, tracker: &Tracker, snapshot: Snapshot) -> Result<(), TrackerError> {
    tracker.restore(snapshot, |subject| sites.may_announce(subject))
}

fn announce(details: &AnnounceDetails) -> SwarmAnnounce {
    SwarmAnnounce {
        event: match details.event {
            Event::Regular => SwarmEvent::Regular,
            Event::Started => SwarmEvent::Started,
            Event::Stopped => SwarmEvent::Stopped,
            Event::Completed => SwarmEvent::Completed,
        },
        left_bytes: details.left_bytes,
        client: details.peer_id.client().map(str::to_owned),
        claimed_address: details.claimed_address,
    }
}

fn refuse(subject: Option<SwarmSubject>, reason: String) -> Verdict {
    Verdict { decision: Decision::Refuse(refusal(subject, reason)), keep_ms: REFUSAL_KEPT_MS }
}

fn refusal(subject: Option<SwarmSubject>, reason: String) -> Refusal {
    Refusal {
        subject: subject.map(|subject| subject.name),
        reason,
        message: TOLD.to_owned(),
        retry_in_minutes: Some(AGAIN_IN_MINUTES),
    }
}

/// The plugin's verdict with whose it is. A stranger whom the plugin admits is known by the address; one whom it refuses
/// hears what everybody hears who is not let in.
fn read(verdict: SwarmVerdict, subject: Option<SwarmSubject>, request: &PolicyRequest) -> Verdict {
    let decision = match (verdict.decision, subject) {
        (SwarmDecision::Admit { interval_s, most_peers, listed_as }, subject) => {
            let by_address = || format!("address:{}", request.address);
            let subject = subject.map_or_else(by_address, |subject| subject.name);
            Decision::Admit(Terms { subject, interval_s, most_peers, listed_as })
        }
        (SwarmDecision::Refuse { reason, .. }, None) => Decision::Refuse(refusal(None, reason)),
        (SwarmDecision::Refuse { reason, message, retry_in_minutes }, Some(subject)) => {
            Decision::Refuse(Refusal { subject: Some(subject.name), reason, message, retry_in_minutes })
        }
    };
    Verdict { decision, keep_ms: verdict.keep_ms }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamp_core::entry::EntryError;
    use lamp_core::id::ServerId;
    use lamp_core::swarm::SwarmDecider;
    use lamp_store::audit::Origin;
    use lamp_store::testing::{Backend, TestDatabase};
    use lamp_tracker::InfoHash;
    use lamp_tracker::wire::AccessKey;
    use parking_lot::Mutex;
    use std::net::{IpAddr, Ipv4Addr};

    /// Decides as it was told, and notes whom it was asked about.
    #[derive(Default)]
    struct Plugin {
        decision: Mutex<Option<SwarmDecision>>,
        asked: Mutex<Vec<Option<SwarmSubject>>>,
    }

    #[async_trait]
    impl SwarmJudge for Plugin {
        fn deciders(&self) -> Vec<SwarmDecider> {
            Vec::new()
        }

        async fn judge(&self, question: SwarmQuestion) -> Result<Option<SwarmVerdict>, EntryError> {
            self.asked.lock().push(question.subject);
            Ok(self.decision.lock().clone().map(|decision| SwarmVerdict { decision, keep_ms: 7 }))
        }
    }

    struct World {
        sites: Arc<Sites>,
        plugin: Arc<Plugin>,
        admission: Admission,
        _database: TestDatabase,
    }

    async fn world() -> World {
        let database = TestDatabase::new(Backend::Sqlite).await;
        let store = database.open(Arc::new(lamp_core::clock::SystemClock)).await;
        let settings = crate::SitesSettings { version: "1".to_owned(), space: Arc::new(|| Box::pin(async { None })) };
        let sites = Sites::open(store, settings).await.unwrap();
        let plugin = Arc::new(Plugin::default());
        let admission = Admission::new(Arc::clone(&sites), Arc::clone(&plugin) as Arc<dyn SwarmJudge>);
        World { sites, plugin, admission, _database: database }
    }

    impl World {
        /// A server that has registered and was let in.
        async fn server(&self) -> (ServerId, String) {
            let limits = crate::KeyLimits { max_servers: 1, days: 1 };
            let (_, key) = crate::create_key(&self.sites.store, &Origin::system(), limits).await.unwrap();
            let request = crate::Request {
                name: "rex".to_owned(),
                location: String::new(),
                api_url: String::new(),
                mac_address: "02:00:5e:10:00:01".to_owned(),
                capacity_bytes: None,
            };
            let id = self.sites.register(&Origin::system(), &key, &request).await.unwrap().id;
            let subject = format!("server:{id}");
            assert_eq!(self.sites.announce_key(&subject), None, "who waits has no key");
            self.sites.authorize(&Origin::system(), &id, true).await.unwrap();
            let (key, may) = self.sites.announce_key(&subject).unwrap();
            assert!(may);
            (id, key)
        }

        async fn judge(&self, key: Option<&str>) -> Decision {
            let request = PolicyRequest {
                info_hash: InfoHash([1; 20]),
                key: key.and_then(|key| AccessKey::parse(key.as_bytes())),
                address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
                transport: Transport::Http,
                announce: None,
            };
            self.admission.judge(&request).await.unwrap().decision
        }
    }

    fn refused(decision: Decision) -> (Option<String>, String, String) {
        match decision {
            Decision::Refuse(refusal) => (refusal.subject, refusal.reason, refusal.message),
            Decision::Admit(terms) => panic!("admitted: {terms:?}"),
        }
    }

    #[tokio::test]
    async fn without_a_plugin_nobody_is_let_in() {
        let world = world().await;
        let (id, key) = world.server().await;
        let (subject, reason, message) = refused(world.judge(Some(&key)).await);
        assert_eq!((subject, message), (Some(format!("server:{id}")), TOLD.to_owned()));
        assert!(reason.contains("no plugin decides"), "{reason}");
    }

    #[tokio::test]
    async fn the_plugin_decides_about_those_who_are_authorised() {
        let world = world().await;
        let (id, key) = world.server().await;
        let name = format!("server:{id}");
        *world.plugin.decision.lock() =
            Some(SwarmDecision::Admit { interval_s: Some(60), most_peers: None, listed_as: None });
        let admitted = Terms { subject: name.clone(), interval_s: Some(60), ..Terms::default() };
        assert_eq!(world.judge(Some(&key)).await, Decision::Admit(admitted));
        assert_eq!(*world.plugin.asked.lock(), [Some(SwarmSubject { name: name.clone(), is_authorized: true })]);

        world.sites.authorize(&Origin::system(), &id, false).await.unwrap();
        let (subject, reason, message) = refused(world.judge(Some(&key)).await);
        assert_eq!((subject.as_ref(), message.as_str()), (Some(&name), TOLD));
        assert!(reason.contains("is not authorised"), "{reason}");
        assert_eq!(world.plugin.asked.lock().len(), 1, "the plugin is not asked about one that is cut off");
        assert!(!world.sites.may_announce(&name) && world.sites.may_announce("address:192.0.2.1"));

        world.sites.authorize(&Origin::system(), &id, true).await.unwrap();
        assert_ne!(world.sites.announce_key(&name).unwrap().0, key, "a key that was taken back stays so");
    }

    #[tokio::test]
    async fn strangers_hear_the_same_whatever_the_plugin_says() {
        let world = world().await;
        *world.plugin.decision.lock() = Some(SwarmDecision::Refuse {
            reason: "nobody knows it".to_owned(),
            message: "secrets of the house".to_owned(),
            retry_in_minutes: None,
        });
        for key in [None, Some("unknown")] {
            let told = refused(world.judge(key).await);
            assert_eq!(told, (None, "nobody knows it".to_owned(), TOLD.to_owned()));
        }
        let (_, key) = world.server().await;
        assert_eq!(refused(world.judge(Some(&key)).await).2, "secrets of the house", "others hear the plugin's words");
    }
}
