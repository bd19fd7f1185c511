//! The sites of this installation: registering, listing, letting in, signs of life. Changes of other processes are seen
//! within a second, so that a server that is no longer authorised is cut off wherever it is connected.

use crate::announce::{Announcers, is_known_kind};
use crate::effect::{Report, RunningPlugin};
use crate::error::{SitesError, SitesResult};
use crate::identity::Identity;
use crate::key::{agent_secret, stored_hash};
use crate::links::Links;
use crate::presence::{Presence, is_online};
use crate::register::{Registered, Request, check_capacity, check_location, check_name};
use futures_util::future::BoxFuture;
use lamp_core::clock::UnixMs;
use lamp_core::id::ServerId;
use lamp_core::site::SiteRole;
use lamp_core::swarm::SwarmSubject;
use lamp_store::Store;
use lamp_store::audit::Origin;
use lamp_store::notices::{NewNotice, Severity};
use lamp_store::servers::{NewServer, Registration, Server, ServerChange, SignOfLife};
use lamp_store::sites::Membership;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often changes by other processes are looked for.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);
/// How often signs of life are written.
const FLUSH_EVERY: Duration = Duration::from_secs(5);

/// A server as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerView {
    /// What is stored, with the newest sign of life.
    pub server: Server,
    /// Heard of within the last five minutes.
    pub is_online: bool,
    /// It has a link to this host at the moment.
    pub is_linked: bool,
}

/// Room for what arrives at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Size of the storage, in bytes.
    pub total_bytes: u64,
    /// Free on it, in bytes.
    pub free_bytes: u64,
}

/// Looks how much room there is; none when that cannot be told.
pub type SpaceSource = Arc<dyn Fn() -> BoxFuture<'static, Option<Space>> + Send + Sync>;

/// What a site tells its hub of itself.
#[derive(Clone)]
pub struct SitesSettings {
    /// Version of this program.
    pub version: String,
    /// Room for what arrives.
    pub space: SpaceSource,
}

/// What links ask all the time, kept in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub public_key: Option<String>,
    pub is_authorized: bool,
}

/// How a server will be known again.
pub(crate) enum Known {
    /// By an Ed25519 key, hex, that it has proved to hold.
    ByKey(String),
    /// By a secret of this hash, which it is given if it is new.
    BySecret(String),
}

/// The sites of this installation. Share it as `Arc<Sites>`.
pub struct Sites {
    pub(crate) store: Store,
    pub(crate) identity: Identity,
    role: RwLock<SiteRole>,
    presence: Presence,
    standings: RwLock<HashMap<ServerId, Standing>>,
    announcers: RwLock<Announcers>,
    membership: RwLock<Option<Membership>>,
    pub(crate) links: Links,
    settings: SitesSettings,
    reloading: tokio::sync::Mutex<()>,
    /// Grows when standings or the role have changed.
    changes: watch::Sender<u64>,
}

impl std::fmt::Debug for Sites {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Sites({:?})", self.identity)
    }
}

impl Sites {
    /// The sites kept in `store`. Changes of others are followed once [`Self::run`] runs.
    pub async fn open(store: Store, settings: SitesSettings) -> SitesResult<Arc<Self>> {
        let identity = Identity::load(&store).await?;
        let sites = Self {
            store,
            role: RwLock::new(identity.role),
            identity,
            presence: Presence::default(),
            standings: RwLock::default(),
            announcers: RwLock::default(),
            membership: RwLock::default(),
            links: Links::default(),
            settings,
            reloading: tokio::sync::Mutex::default(),
            changes: watch::channel(0).0,
        };
        sites.reload().await?;
        Ok(Arc::new(sites))
    }

    /// This installation.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its part in the network.
    pub fn role(&self) -> SiteRole {
        *self.role.read()
    }

    /// Gives it another part.
    pub async fn set_role(&self, origin: &Origin, role: SiteRole) -> SitesResult<()> {
        self.store.set_site_role(origin, role).await?;
        self.reload().await
    }

    /// Follows changes and writes signs of life until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        let (mut follow, mut flush) = (tokio::time::interval(FOLLOW_EVERY), tokio::time::interval(FLUSH_EVERY));
        let mut revision = None;
        loop {
            let outcome = tokio::select! {
                () = stop.cancelled() => break,
                _ = follow.tick() => self.follow(&mut revision).await,
                _ = flush.tick() => self.flush().await,
            };
            if let Err(error) = outcome {
                tracing::warn!(%error, "sites are not kept up");
            }
        }
        if let Err(error) = self.flush().await {
            tracing::warn!(%error, "the last signs of life are not written");
        }
    }

    async fn follow(&self, known: &mut Option<i64>) -> SitesResult<()> {
        let revision = self.store.revision().await?;
        if *known != Some(revision) {
            self.reload().await?;
            self.report().await?;
            *known = Some(revision);
        }
        Ok(())
    }

    async fn reload(&self) -> SitesResult<()> {
        let _what_was_read_last_counts = self.reloading.lock().await;
        let standing = |server: Server| {
            (server.id, Standing { public_key: server.public_key, is_authorized: server.is_authorized })
        };
        let role = Identity::load(&self.store).await?.role;
        let servers = self.store.list_servers().await?;
        let (users, api_keys) = (self.store.list_users().await?, self.store.list_api_keys().await?);
        let announcers = Announcers::new(&self.identity, &servers, &users, &api_keys);
        let standings: HashMap<_, _> = servers.into_iter().map(standing).collect();
        let membership = self.store.membership().await?;
        let changed = {
            let (mut old, mut old_role, mut joined) =
                (self.standings.write(), self.role.write(), self.membership.write());
            let mut old_announcers = self.announcers.write();
            let same_hub = hub_of(joined.as_ref()) == hub_of(membership.as_ref());
            let changed = *old != standings || *old_role != role || *old_announcers != announcers || !same_hub;
            *old_announcers = announcers;
            (*old, *old_role, *joined) = (standings, role, membership);
            changed
        };
        if changed {
            self.changes.send_modify(|count| *count = count.wrapping_add(1));
        }
        Ok(())
    }

    /// On a site: tells the hub what runs here, if that has changed.
    async fn report(&self) -> SitesResult<()> {
        let Some(joined) = self.membership().filter(|_| self.role() == SiteRole::Site) else { return Ok(()) };
        let plugins = self.store.list_plugins().await?.into_iter().map(|plugin| RunningPlugin {
            id: plugin.id.to_string(),
            version: plugin.version,
            enabled: plugin.enabled,
        });
        let report = Report { version: self.settings.version.clone(), plugins: plugins.collect() };
        let body = serde_json::to_string(&report).map_err(|_| SitesError::Link("a report cannot be written"))?;
        self.store.send_report(&joined.server_id, &body).await?;
        Ok(())
    }

    /// Room for what arrives.
    pub(crate) async fn space(&self) -> Option<Space> {
        (self.settings.space)().await
    }

    async fn flush(&self) -> SitesResult<()> {
        let signs = self.presence.unwritten();
        if !signs.is_empty() {
            self.store.touch_servers(&signs).await?;
            self.presence.written(&signs);
        }
        Ok(())
    }

    /// The hub that this site has joined, as of the last change of configuration.
    pub fn membership(&self) -> Option<Membership> {
        self.membership.read().clone()
    }

    /// Whose announce key it is.
    pub(crate) fn announcer(&self, key: &str) -> Option<SwarmSubject> {
        self.announcers.read().find(key, self.store.now())
    }

    /// The secret part of a subject's announce URL, for that subject's eyes only, and whether the subject is authorised.
    /// None for one that is not there, or was never authorised.
    pub fn announce_key(&self, subject: &str) -> Option<(String, bool)> {
        self.announcers.read().key_of(subject, self.store.now()).map(|(key, may)| (key.to_owned(), may))
    }

    /// Whether a subject of the tracker may still be in a swarm. Those that only a plugin knows may.
    pub(crate) fn may_announce(&self, subject: &str) -> bool {
        !is_known_kind(subject) || self.announcers.read().key_of(subject, self.store.now()).is_some_and(|(_, may)| may)
    }

    /// Wakes when a server was let in, cut off or removed, an account changed, or the role did.
    pub(crate) fn changed(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// What is known of a server; none when there is no such server.
    pub(crate) fn standing(&self, server: &ServerId) -> Option<Standing> {
        self.standings.read().get(server).cloned()
    }

    /// Registers an agent that speaks the REST contract. A new one gets a secret; one whose MAC address is known gets its
    /// id and nothing else, since an address proves nothing. Errors: `Field`, `WrongKey`, `UsedKey`, `NotAHub`.
    pub async fn register(&self, origin: &Origin, key: &str, request: &Request) -> SitesResult<Registered> {
        let secret = agent_secret();
        let registration =
            self.admit(origin, &stored_hash(key), request, Known::BySecret(stored_hash(&secret))).await?;
        Ok(Registered {
            id: registration.id,
            is_new: registration.is_new,
            is_authorized: registration.is_authorized,
            secret: registration.is_new.then_some(secret),
        })
    }

    /// Registers a server.
    pub(crate) async fn admit(
        &self,
        origin: &Origin,
        key_hash: &str,
        request: &Request,
        known: Known,
    ) -> SitesResult<Registration> {
        if !self.role().takes_sites() {
            return Err(SitesError::NotAHub);
        }
        let request = request.checked()?;
        let (public_key, secret_hash) = match known {
            Known::ByKey(key) => (Some(key), None),
            Known::BySecret(hash) => (None, Some(hash)),
        };
        let new = NewServer {
            name: request.name.clone(),
            location: request.location,
            api_url: request.api_url,
            mac_address: request.mac_address,
            public_key,
            secret_hash,
            capacity_bytes: request.capacity_bytes,
        };
        let registration = self.store.register_server(origin, key_hash, &new).await?;
        self.presence.note(&registration.id, SignOfLife { at: self.store.now(), ..SignOfLife::default() });
        if registration.is_new {
            self.store.raise_notice(ask_to_let_in(&registration, &request.name)).await?;
        }
        self.reload().await?;
        Ok(registration)
    }

    /// All servers, oldest first.
    pub async fn list(&self) -> SitesResult<Vec<ServerView>> {
        let now = self.store.now();
        Ok(self.store.list_servers().await?.into_iter().map(|server| self.view(server, now)).collect())
    }

    /// One server. Errors: `UnknownServer`.
    pub async fn find(&self, id: &ServerId) -> SitesResult<ServerView> {
        let server = self.store.find_server(id).await?;
        server
            .map(|server| self.view(server, self.store.now()))
            .ok_or_else(|| SitesError::UnknownServer(id.to_string()))
    }

    fn view(&self, mut server: Server, now: UnixMs) -> ServerView {
        if let Some(sign) = self.presence.of(&server.id) {
            server.last_seen = server.last_seen.max(Some(sign.at));
            server.free_bytes = sign.free_bytes.or(server.free_bytes);
            server.capacity_bytes = sign.capacity_bytes.or(server.capacity_bytes);
            server.clock_skew_ms = sign.clock_skew_ms.or(server.clock_skew_ms);
        }
        let is_linked = self.links.has(&server.id);
        ServerView { is_online: is_online(server.last_seen, now), is_linked, server }
    }

    /// Lets a server in, or cuts it off. Errors: `UnknownServer`.
    pub async fn authorize(&self, origin: &Origin, id: &ServerId, authorized: bool) -> SitesResult<()> {
        if self.store.authorize_server(origin, id, authorized).await? && authorized {
            self.store.resolve_notice(&notice_key(id)).await?;
        }
        self.reload().await
    }

    /// Changes name, location or capacity. Errors: `Field`, `UnknownServer`.
    pub async fn change(&self, origin: &Origin, id: &ServerId, change: &ServerChange) -> SitesResult<ServerView> {
        let change = ServerChange {
            name: change.name.as_deref().map(check_name).transpose()?,
            location: change.location.as_deref().map(check_location).transpose()?,
            capacity_bytes: change.capacity_bytes.map(check_capacity).transpose()?,
        };
        let server = self.store.change_server(origin, id, &change).await?;
        Ok(self.view(server, self.store.now()))
    }

    /// Removes a server; it must register anew to come back. Errors: `UnknownServer`.
    pub async fn remove(&self, origin: &Origin, id: &ServerId) -> SitesResult<()> {
        self.store.remove_server(origin, id).await?;
        self.store.resolve_notice(&notice_key(id)).await?;
        self.reload().await
    }

    /// Notes that a server was heard of now. Errors: `UnknownServer`.
    pub async fn heartbeat(&self, id: &ServerId, sign: SignOfLife) -> SitesResult<()> {
        if self.standing(id).is_none() && self.store.find_server(id).await?.is_none() {
            return Err(SitesError::UnknownServer(id.to_string()));
        }
        self.presence.note(id, SignOfLife { at: self.store.now(), ..sign });
        Ok(())
    }
}

/// What makes two memberships different links.
fn hub_of(joined: Option<&Membership>) -> Option<(&str, &str, &ServerId)> {
    joined.map(|joined| (joined.hub_url.as_str(), joined.hub_key.as_str(), &joined.server_id))
}

fn notice_key(id: &ServerId) -> String {
    format!("server.pending.{id}")
}

/// Tells the admins that somebody waits; a shared MAC address is said, since it may be a cloned machine.
fn ask_to_let_in(registration: &Registration, name: &str) -> NewNotice {
    let twin = " Another server has the same MAC address: that is so when both run on one machine, or one is a copy.";
    NewNotice {
        key: notice_key(&registration.id),
        severity: if registration.shares_mac { Severity::Warning } else { Severity::Info },
        title: format!("{name} asks to be let in"),
        message: format!(
            "A server registered as {name}. Authorise it if you know it.{}",
            if registration.shares_mac { twin } else { "" }
        ),
        plugin: None,
        action: None,
    }
}
