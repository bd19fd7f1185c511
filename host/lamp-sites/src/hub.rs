//! The hub's end of links: whom it lets begin a session, and registrations by sites that hold an identity key.

use crate::error::{SitesError, SitesResult};
use crate::flow::{Flow, Start};
use crate::identity::read_public_key;
use crate::packet::{Challenge, Hello, Intent, JoinIntent, PROTOCOL, Position, Reply, ResumeIntent};
use crate::register::Request;
use crate::seal::{Seal, Speaker, Transcript, check, peek, seal};
use crate::session::Session;
use crate::sites::{Known, Sites, Standing};
use crate::wire::Wire;
use ed25519_dalek::VerifyingKey;
use lamp_core::id::ServerId;
use lamp_store::audit::{NewAudit, Origin, Outcome};
use lamp_store::servers::SignOfLife;
use serde_json::json;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Longest time for a handshake, and for a site to hang up after a refusal.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A site counts as gone when nothing is heard of it for so long, in milliseconds: two heartbeats and a half.
const SILENCE_MS: i64 = 150_000;

/// Longest first part of a registration key that is looked up, in bytes.
const MAX_KEY_PREFIX: usize = 32;

/// Slows those down who try registration keys.
pub trait JoinGate: Send + Sync {
    /// Whether the other side may try one now.
    fn begin(&self) -> bool;
    /// The key it tried was good.
    fn succeeded(&self);
}

/// A site that has proved its key.
struct Greeted {
    hello: Hello,
    key: VerifyingKey,
    /// What was said before the site's packet, and with it.
    before: Transcript,
    after: Transcript,
}

impl Sites {
    /// Answers one link until it ends. `from` is the other side's address, for the audit log.
    pub async fn accept<W: Wire>(&self, mut wire: W, from: &str, gate: &dyn JoinGate, stop: &CancellationToken) {
        let greeted = tokio::time::timeout(HANDSHAKE, self.greet(&mut wire)).await;
        let outcome = match greeted.unwrap_or(Err(SitesError::Link("the handshake took too long"))) {
            Ok(greeted) => self.answer(wire, greeted, (from, gate), stop).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::debug!(%error, from, "a link ended");
        }
    }

    async fn greet<W: Wire>(&self, wire: &mut W) -> SitesResult<Greeted> {
        let mut before = Transcript::new();
        let challenge = Challenge {
            protocol: PROTOCOL,
            hub_id: self.identity.site_id.clone(),
            hub_key: self.identity.public_key(),
            nonce: hex::encode(rand::random::<[u8; 32]>()),
        };
        let packet = seal(&self.identity, Speaker::Hub, &before, 0, &challenge)?;
        before.add(&packet);
        wire.send(packet).await?;
        let packet = wire.receive().await?.ok_or(SitesError::Link("the site hung up"))?;
        let hello: Hello = peek(&packet)?;
        let key = read_public_key(&hello.site_key).ok_or(SitesError::Link("the site's key is none"))?;
        check(&key, Speaker::Site, &before, 0, &packet)?;
        let mut after = before;
        after.add(&packet);
        Ok(Greeted { hello, key, before, after })
    }

    async fn answer<W: Wire>(
        &self,
        wire: W,
        greeted: Greeted,
        (from, gate): (&str, &dyn JoinGate),
        stop: &CancellationToken,
    ) -> SitesResult<()> {
        match &greeted.hello.intent {
            Intent::Join(join) => {
                let reply = match checked(join) {
                    Err(error) => refused("refused", &error.to_string()),
                    Ok(_) if !gate.begin() => refused("refused", "too many tries; wait a while, then try again"),
                    Ok(request) => self.answer_join((join, &request), &greeted, from, gate).await?,
                };
                self.say_last(wire, &greeted.after, &reply).await
            }
            Intent::Resume(resume) => {
                let server = ServerId::from(resume.server_id.as_str());
                let standing = self.standing(&server).filter(|_| self.role().takes_sites());
                let site_key = Some(&greeted.hello.site_key);
                match standing.filter(|standing| standing.public_key.as_ref() == site_key) {
                    Some(standing) => self.resume(wire, &greeted, (server, standing), resume, stop).await,
                    None => {
                        let message = "this site is not registered here, or not any more; join again with a new key";
                        self.say_last(wire, &greeted.after, &refused("unknown_server", message)).await
                    }
                }
            }
        }
    }

    /// Sends a reply after which nothing comes. The site hangs up, so that the reply is not cut off on its way.
    async fn say_last<W: Wire>(&self, mut wire: W, transcript: &Transcript, reply: &Reply) -> SitesResult<()> {
        wire.send(seal(&self.identity, Speaker::Hub, transcript, 0, reply)?).await?;
        drop(tokio::time::timeout(HANDSHAKE, wire.receive()).await);
        Ok(())
    }

    async fn answer_join(
        &self,
        (join, request): (&JoinIntent, &Request),
        greeted: &Greeted,
        from: &str,
        gate: &dyn JoinGate,
    ) -> SitesResult<Reply> {
        let site_key = &greeted.hello.site_key;
        let key_hash = self.store.find_registration_key(&join.key_prefix).await?.map(|key| key.key_hash);
        let mut secret: [u8; 32] = rand::random();
        let known = key_hash.as_ref().is_some_and(|hash| hex::decode_to_slice(hash, &mut secret).is_ok());
        let given = blake3::Hash::from_hex(&join.proof).map_err(|_| SitesError::Link("a proof is malformed"))?;
        // `blake3::Hash` compares in constant time.
        let is_proved = given == greeted.before.proof(&secret, Speaker::Site, site_key);
        let admitted = match key_hash.filter(|_| known && is_proved) {
            Some(key_hash) => {
                self.admit(&Origin::new("registration"), &key_hash, request, Known::ByKey(site_key.clone())).await
            }
            None => Err(SitesError::WrongKey),
        };
        match admitted {
            Ok(registration) => {
                gate.succeeded();
                let server = self.find(&registration.id).await?.server;
                Ok(Reply::Joined {
                    server_id: server.id.to_string(),
                    name: server.name,
                    location: server.location,
                    authorized: server.is_authorized,
                    proof: greeted.after.proof(&secret, Speaker::Hub, &self.identity.public_key()).to_string(),
                })
            }
            Err(error @ SitesError::Store(_)) => Err(error),
            Err(error) => {
                self.record_refusal((join, request), from, &error).await?;
                Ok(refused("refused", &error.to_string()))
            }
        }
    }

    async fn record_refusal(
        &self,
        (join, request): (&JoinIntent, &Request),
        from: &str,
        error: &SitesError,
    ) -> SitesResult<()> {
        let reason = error.to_string();
        let entry = NewAudit {
            action: "server.register",
            subject: from.to_owned(),
            detail: json!({ "key": join.key_prefix, "mac_address": request.mac_address, "reason": reason }),
            outcome: Outcome::Denied,
        };
        Ok(self.store.record_audit(&Origin::new("registration"), entry).await?)
    }

    async fn resume<W: Wire>(
        &self,
        mut wire: W,
        greeted: &Greeted,
        (server, standing): (ServerId, Standing),
        resume: &ResumeIntent,
        stop: &CancellationToken,
    ) -> SitesResult<()> {
        let received = resume.received.as_ref().map(|place| (place.stream.as_str(), place.sequence));
        let channel = self.store.open_site_channel(&server, received, Some(&resume.stream)).await?;
        let now = self.store.now();
        let clock_skew_ms = Some(greeted.hello.time.saturating_sub(now.0));
        self.heartbeat(&server, SignOfLife { at: now, clock_skew_ms, ..SignOfLife::default() }).await?;
        let welcome = Reply::Welcome {
            authorized: standing.is_authorized,
            time: now.0,
            stream: channel.stream.clone(),
            received: Position { stream: resume.stream.clone(), sequence: channel.received },
        };
        let mut transcript = greeted.after;
        let packet = seal(&self.identity, Speaker::Hub, &transcript, 0, &welcome)?;
        transcript.add(&packet);
        wire.send(packet).await?;
        let start = Start {
            now,
            acknowledged: channel.acknowledged,
            received: channel.received,
            is_open: standing.is_authorized,
            silence_ms: SILENCE_MS,
        };
        let link = self.links.begin(&server, stop);
        let mut session = Session {
            sites: self,
            server,
            wire,
            seal: Seal::new(&self.identity, Speaker::Hub, greeted.key, transcript),
            flow: Flow::new(start),
            stream: channel.stream,
            peer_stream: resume.stream.clone(),
            alive_at: now,
            may_wait: true,
        };
        let end = session.run(link.token()).await?;
        tracing::debug!(server = %session.server, ?end, "a link ended");
        Ok(())
    }
}

fn refused(code: &str, message: &str) -> Reply {
    Reply::Refused { code: code.to_owned(), message: message.to_owned() }
}

/// What is asked for, once all of it has the length that such things have. Errors: `Field`, `WrongKey`.
fn checked(join: &JoinIntent) -> SitesResult<Request> {
    if join.key_prefix.len() > MAX_KEY_PREFIX {
        return Err(SitesError::WrongKey);
    }
    let request = Request {
        name: join.name.clone(),
        location: join.location.clone(),
        api_url: String::new(),
        mac_address: join.mac_address.clone(),
        capacity_bytes: None,
    };
    request.checked()
}
