//! `lamphouse:tracker`: what is counted, announce keys, and remembered verdicts. The entry `policy` is the engine's.

use crate::bindings::lamphouse::tracker::{admission, statistics};
use crate::services::Services;
use lamp_core::clock::UnixMs;
use lamp_core::error::{CapabilityError, CapabilityResult};
use lamp_engine::Context;
use lamp_sites::Sites;
use lamp_tracker::{AccessKey, Forget, InfoHash, Tracker, TransportNumbers};
use std::sync::Arc;

const INTERFACE: &str = "lamphouse:tracker";
/// What is asked of rights that reach all swarms.
const ALL: &str = "*";
const MAX_SWARMS: u32 = 1_000;
const MAX_PEERS: u32 = 10_000;

/// The tracker of this installation, and who has which announce key.
#[derive(Clone)]
pub struct Swarms {
    /// The tracker.
    pub tracker: Tracker,
    /// Servers and accounts.
    pub sites: Arc<Sites>,
    /// Where announces go, `http://tracker.example:10859`, without path.
    pub url: String,
}

impl statistics::Host for Context {
    async fn totals(&mut self) -> CapabilityResult<statistics::Counts> {
        self.require_right(INTERFACE, ALL, "see")?;
        let numbers = swarms(self)?.tracker.statistics();
        let sum = |of: fn(&TransportNumbers) -> u64| of(&numbers.udp).saturating_add(of(&numbers.http));
        let (admitted, refused, put_off) = (sum(|of| of.admitted), sum(|of| of.refused), sum(|of| of.put_off));
        Ok(statistics::Counts {
            swarms: count(numbers.torrents),
            peers: count(numbers.peers),
            admitted,
            refused,
            put_off,
            verdicts: count(numbers.verdicts),
            refused_by_reason: numbers.refused_by_reason.into_iter().collect(),
        })
    }

    async fn swarms(&mut self, cursor: Option<String>, limit: u32) -> CapabilityResult<statistics::Page> {
        self.require(INTERFACE)?;
        let after = cursor.map(|cursor| info_hash(&cursor)).transpose()?;
        let limit = usize::try_from(limit.clamp(1, MAX_SWARMS)).unwrap_or(usize::MAX);
        let (swarms, now) = (swarms(self)?, now(self)?);
        let mut seen = swarms.tracker.torrents();
        seen.retain(|view| after.is_none_or(|after| view.info_hash > after) && may_see(self, view.info_hash));
        let next = seen.get(limit - 1).filter(|_| seen.len() > limit).map(|last| last.info_hash.to_string());
        let page = seen.into_iter().take(limit).map(|view| statistics::Swarm {
            info_hash: view.info_hash.to_string(),
            seeders: view.counts.seeders,
            leechers: view.counts.leechers,
            completed: view.counts.completed,
            admitted: view.admitted,
            refused: view.refused,
            last_announce: seconds_ago(now, view.announced_ago_s),
        });
        Ok(statistics::Page { swarms: page.collect(), next })
    }

    async fn peers(&mut self, info_hash: String, limit: u32) -> CapabilityResult<Vec<statistics::Peer>> {
        let hash = self::info_hash(&info_hash)?;
        self.require_right(INTERFACE, &hash.to_string(), "see")?;
        let limit = usize::try_from(limit.clamp(1, MAX_PEERS)).unwrap_or(usize::MAX);
        let now = now(self)?;
        let peers = swarms(self)?.tracker.peers(hash, limit).unwrap_or_default();
        let peer = |view: lamp_tracker::PeerView| statistics::Peer {
            subject: view.subject,
            address: view.address.to_string(),
            client: view.client,
            seeder: view.seeder,
            left_bytes: view.left_bytes,
            uploaded_bytes: view.uploaded_bytes,
            downloaded_bytes: view.downloaded_bytes,
            last_announce: seconds_ago(now, view.announced_ago_s),
        };
        Ok(peers.into_iter().map(peer).collect())
    }

    async fn refusals(&mut self) -> CapabilityResult<Vec<statistics::Refusal>> {
        self.require(INTERFACE)?;
        let now = now(self)?;
        let mut recent = swarms(self)?.tracker.recent_refusals();
        recent.retain(|one| may_see(self, one.info_hash));
        let refusal = |one: lamp_tracker::RecentRefusal| statistics::Refusal {
            subject: one.subject,
            address: one.address.to_string(),
            info_hash: one.info_hash.to_string(),
            reason: one.reason,
            times: one.times,
            last_at: ago(now, one.ago_ms),
        };
        Ok(recent.into_iter().map(refusal).collect())
    }
}

impl admission::Host for Context {
    async fn announce_url(&mut self, subject: String) -> CapabilityResult<String> {
        self.require_right(INTERFACE, ALL, "hand-out")?;
        let swarms = swarms(self)?;
        let unknown = || CapabilityError::NotFound(format!("no server, account or API key is called `{subject}`"));
        let (key, is_authorized) = swarms.sites.announce_key(&subject).ok_or_else(unknown)?;
        if !is_authorized {
            return Err(CapabilityError::Conflict(format!("`{subject}` is not authorised; authorise it first")));
        }
        let key = AccessKey::parse(key.as_bytes()).ok_or_else(unknown)?;
        Ok(format!("{}{}", swarms.url, key.announce_path()))
    }

    async fn forget(&mut self, which: admission::Verdicts) -> CapabilityResult<()> {
        let torrent = match &which {
            admission::Verdicts::Torrent(text) => Some(info_hash(text)?),
            admission::Verdicts::Subject(_) | admission::Verdicts::All => None,
        };
        require_decide(self, torrent)?;
        let tracker = swarms(self)?.tracker;
        match (which, torrent) {
            (admission::Verdicts::Subject(name), _) => tracker.forget(Forget::Subject(&name)),
            (_, Some(hash)) => tracker.forget(Forget::Torrent(hash)),
            (_, None) => tracker.forget(Forget::All),
        }
        Ok(())
    }

    async fn remove_peers(&mut self, subject: String, info_hash: Option<String>) -> CapabilityResult<u64> {
        let torrent = info_hash.map(|text| self::info_hash(&text)).transpose()?;
        require_decide(self, torrent)?;
        let tracker = swarms(self)?.tracker;
        let removed = match torrent {
            Some(hash) => tracker.remove_subject_from(&subject, hash),
            None => tracker.remove_subject(&subject),
        };
        Ok(count(removed))
    }
}

fn swarms(context: &Context) -> CapabilityResult<Swarms> {
    let none =
        || CapabilityError::Unavailable("this installation has no tracker; it is started without one".to_owned());
    context.services::<Services>()?.swarms.clone().ok_or_else(none)
}

fn require_decide(context: &Context, torrent: Option<InfoHash>) -> CapabilityResult<()> {
    let name = torrent.map_or_else(|| ALL.to_owned(), |hash| hash.to_string());
    context.require_right(INTERFACE, &name, "decide")
}

fn may_see(context: &Context, info_hash: InfoHash) -> bool {
    context.identity.rights.load().allows(INTERFACE, &info_hash.to_string(), "see")
}

fn info_hash(text: &str) -> CapabilityResult<InfoHash> {
    let wrong =
        || CapabilityError::Invalid(format!("`{}` is no info hash: give 40 hexadecimal digits", text.escape_debug()));
    InfoHash::from_hex(text).ok_or_else(wrong)
}

fn now(context: &Context) -> CapabilityResult<UnixMs> {
    Ok(context.services::<Services>()?.clock.now())
}

fn ago(now: UnixMs, milliseconds: u64) -> i64 {
    now.0.saturating_sub(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}

fn seconds_ago(now: UnixMs, seconds: u32) -> i64 {
    ago(now, u64::from(seconds).saturating_mul(1_000))
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
