//! The site's end of the link: joining a hub, and the one connection that is kept to it.

use crate::backoff::delay_ms;
use crate::error::{SitesError, SitesResult};
use crate::flow::{Flow, Start};
use crate::identity::{Identity, read_public_key};
use crate::key;
use crate::packet::{Challenge, Hello, Intent, JoinIntent, PROTOCOL, Position, Reply, ResumeIntent};
use crate::presence::HEARTBEAT_MS;
use crate::register::Request;
use crate::seal::{Seal, Speaker, Transcript, check, peek, seal};
use crate::session::{End, Session};
use crate::sites::Sites;
use crate::wire::{Wire, check_hub_url};
use bytes::Bytes;
use ed25519_dalek::VerifyingKey;
use lamp_core::clock::UnixMs;
use lamp_core::id::ServerId;
use lamp_core::site::SiteRole;
use lamp_store::Store;
use lamp_store::audit::Origin;
use lamp_store::sites::Membership;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Longest wait for each packet of a handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The hub counts as gone when nothing is heard of it for so long, in milliseconds: a heartbeat and 20 s for its answer.
const SILENCE_MS: i64 = HEARTBEAT_MS + 20_000;
/// What lasted so long, in milliseconds, was a session: the hub was there, and did more than answer.
const STEADY_MS: i64 = 60_000;

/// Makes connections to hubs.
pub trait Dial: Send + Sync {
    /// What it gives.
    type Wire: Wire;

    /// Connects to the hub at that address. Errors: `Unreachable`, `Field`.
    fn dial(&self, hub_url: &str) -> impl Future<Output = SitesResult<Self::Wire>> + Send;
}

/// What a site joins with.
#[derive(Debug, Clone)]
pub struct Join {
    /// `http://hub.example:10858`
    pub hub_url: String,
    /// The registration key that the hub's admin made.
    pub key: String,
    /// This site's name.
    pub name: String,
    /// Where it stands, in words.
    pub location: String,
    /// MAC address of this machine.
    pub mac_address: String,
}

/// The hub's first packet, checked, and what was said so far.
struct Met {
    challenge: Challenge,
    hub: VerifyingKey,
    transcript: Transcript,
}

async fn next<W: Wire>(wire: &mut W) -> SitesResult<Bytes> {
    let packet = tokio::time::timeout(HANDSHAKE, wire.receive()).await;
    packet.map_err(|_| SitesError::Link("the hub does not answer"))??.ok_or(SitesError::Link("the hub hung up"))
}

async fn meet<W: Wire>(wire: &mut W) -> SitesResult<Met> {
    let packet = next(wire).await?;
    let challenge: Challenge = peek(&packet)?;
    if challenge.protocol != PROTOCOL {
        return Err(SitesError::Link("hub and site speak different versions; bring both to the same release"));
    }
    let hub = read_public_key(&challenge.hub_key).ok_or(SitesError::Link("the hub's key is none"))?;
    let mut transcript = Transcript::new();
    check(&hub, Speaker::Hub, &transcript, 0, &packet)?;
    transcript.add(&packet);
    Ok(Met { challenge, hub, transcript })
}

/// Sends what the site wants and reads the hub's answer.
async fn ask<W: Wire>(
    wire: &mut W,
    identity: &Identity,
    met: &mut Met,
    now: UnixMs,
    intent: Intent,
) -> SitesResult<(Reply, Bytes)> {
    let nonce = hex::encode(rand::random::<[u8; 32]>());
    let hello = Hello { site_key: identity.public_key(), nonce, time: now.0, intent };
    let packet = seal(identity, Speaker::Site, &met.transcript, 0, &hello)?;
    met.transcript.add(&packet);
    wire.send(packet).await?;
    let packet = next(wire).await?;
    check(&met.hub, Speaker::Hub, &met.transcript, 0, &packet)?;
    match peek(&packet)? {
        Reply::Refused { message, .. } => Err(SitesError::Refused(message)),
        reply => Ok((reply, packet)),
    }
}

/// Registers this installation at a hub and remembers it. The key is never sent: each side shows the other that it
/// holds it, so that nobody between them can take either's place. Errors: `Field`, `IsAHub`, `Unreachable`, `Refused`,
/// `Link`, `Store`.
pub async fn join<D: Dial>(store: &Store, origin: &Origin, dial: &D, asked: &Join) -> SitesResult<Membership> {
    let identity = Identity::load(store).await?;
    if identity.role == SiteRole::Hub {
        return Err(SitesError::IsAHub);
    }
    let hub_url = check_hub_url(&asked.hub_url)?;
    let own = Request {
        name: asked.name.clone(),
        location: asked.location.clone(),
        api_url: String::new(),
        mac_address: asked.mac_address.clone(),
        capacity_bytes: None,
    };
    let own = own.checked()?;
    let key_prefix = key::prefix(&asked.key).ok_or(SitesError::WrongKey)?.to_owned();
    let secret = key::digest(&asked.key);
    let mut wire = dial.dial(&hub_url).await?;
    let mut met = meet(&mut wire).await?;
    let proof = met.transcript.proof(&secret, Speaker::Site, &identity.public_key()).to_string();
    let (name, location) = (own.name, own.location);
    let intent = Intent::Join(JoinIntent { key_prefix, proof, name, location, mac_address: own.mac_address });
    let (reply, _) = ask(&mut wire, &identity, &mut met, store.now(), intent).await?;
    let Reply::Joined { server_id, name, location, authorized, proof } = reply else {
        return Err(SitesError::Link("the hub answered something else"));
    };
    let expected = met.transcript.proof(&secret, Speaker::Hub, &met.challenge.hub_key);
    if !blake3::Hash::from_hex(&proof).is_ok_and(|given| given == expected) {
        return Err(SitesError::Link("the other side is not the hub that made the key; check the address"));
    }
    let joined = Membership {
        hub_url,
        hub_id: met.challenge.hub_id,
        hub_key: met.challenge.hub_key,
        server_id: ServerId::from(server_id),
        name,
        location,
        is_authorized: authorized,
        joined_at: store.now(),
        last_contact_at: None,
        clock_skew_ms: None,
        reported: None,
    };
    store.join_hub(origin, &joined).await?;
    store.set_site_role(origin, SiteRole::Site).await?;
    Ok(joined)
}

/// A session ends by itself when it is to stop; a hub that is silent is not waited for any longer than this.
const GOODBYE: Duration = Duration::from_secs(1);

async fn after(stop: &CancellationToken, time: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(time).await;
}

impl Sites {
    /// Keeps the link to the hub, while this installation is a site and has joined one, until `stop`.
    pub async fn keep_link<D: Dial>(&self, dial: &D, stop: &CancellationToken) {
        let mut away_since: Option<UnixMs> = None;
        let mut changes = self.changed();
        while !stop.is_cancelled() {
            changes.mark_unchanged();
            let Some(membership) = self.membership().filter(|_| self.role() == SiteRole::Site) else {
                away_since = None;
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = changes.changed() => continue,
                }
            };
            let began = self.store.now();
            let outcome = tokio::select! {
                () = after(stop, GOODBYE) => return,
                outcome = self.link_once(dial, &membership, stop) => outcome,
            };
            match &outcome {
                Ok(end) => tracing::info!(hub = membership.hub_url, ?end, "the link to the hub ended"),
                Err(error) => {
                    tracing::warn!(hub = membership.hub_url, %error, "no link to the hub; it is dialled again")
                }
            }
            let now = self.store.now();
            if now.0.saturating_sub(began.0) >= STEADY_MS {
                away_since = None;
            }
            let away_ms = now.0.saturating_sub(away_since.get_or_insert(now).0);
            let wait = Duration::from_millis(delay_ms(away_ms, rand::random()));
            tokio::select! {
                () = stop.cancelled() => return,
                // Another hub, or another part in the network: no reason to wait.
                _ = changes.changed() => away_since = None,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One session with the hub, from dialling to its end.
    async fn link_once<D: Dial>(
        &self,
        dial: &D,
        membership: &Membership,
        stop: &CancellationToken,
    ) -> SitesResult<End> {
        let mut wire = dial.dial(&membership.hub_url).await?;
        let mut met = meet(&mut wire).await?;
        if met.challenge.hub_key != membership.hub_key {
            return Err(SitesError::Link("another hub answers at this address; join it if that is meant"));
        }
        let server = membership.server_id.clone();
        let before = self.store.open_own_channel(&server).await?;
        let received = before.peer_stream.map(|stream| Position { stream, sequence: before.received });
        let intent =
            Intent::Resume(ResumeIntent { server_id: server.to_string(), stream: before.stream.clone(), received });
        let asked = self.store.now();
        let (reply, packet) = ask(&mut wire, &self.identity, &mut met, asked, intent).await?;
        let Reply::Welcome { authorized, time, stream: peer_stream, received } = reply else {
            return Err(SitesError::Link("the hub answered something else"));
        };
        met.transcript.add(&packet);
        let place = Some((received.stream.as_str(), received.sequence));
        let channel = self.store.open_site_channel(&server, place, Some(&peer_stream)).await?;
        if channel.stream != before.stream {
            return Err(SitesError::Link("the hub remembers other messages; numbering begins anew"));
        }
        let now = self.store.now();
        self.store.note_hub_contact(authorized, time.saturating_sub(now.0)).await?;
        tracing::info!(hub = membership.hub_url, authorized, "linked to the hub");
        let start = Start {
            now,
            acknowledged: channel.acknowledged,
            received: channel.received,
            is_open: authorized,
            silence_ms: SILENCE_MS,
        };
        let link = self.links.begin(&server, stop);
        let mut session = Session {
            sites: self,
            server,
            wire,
            seal: Seal::new(&self.identity, Speaker::Site, met.hub, met.transcript),
            flow: Flow::new(start),
            stream: channel.stream,
            peer_stream,
            alive_at: now,
            may_wait: true,
        };
        session.run(link.token()).await
    }
}

#[cfg(test)]
mod tests;
