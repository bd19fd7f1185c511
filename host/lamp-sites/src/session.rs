//! A session after its handshake: frames between the flow's rules, the store and the wire, the same on both sides.

use crate::effect;
use crate::error::{SitesError, SitesResult};
use crate::flow::{Arrival, Flow};
use crate::packet::{Frame, Letter, MAX_PACKET_BYTES};
use crate::presence::HEARTBEAT_MS;
use crate::seal::{Seal, Speaker};
use crate::sites::Sites;
use crate::wire::Wire;
use lamp_core::clock::UnixMs;
use lamp_core::id::ServerId;
use lamp_core::site::SiteRole;
use lamp_store::servers::SignOfLife;
use lamp_store::{Signal, Store};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often time is looked at, and messages that another process has sent.
const TICK: Duration = Duration::from_secs(5);
/// Longest time for a packet to be taken by the other side.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// Letters are put into one packet while they are shorter than this together, in bytes.
const LETTERS_BYTES: usize = MAX_PACKET_BYTES / 4;

/// One side of a session.
pub(crate) struct Session<'a, W> {
    pub sites: &'a Sites,
    /// The site's id at the hub.
    pub server: ServerId,
    pub wire: W,
    pub seal: Seal<'a>,
    pub flow: Flow,
    /// Our numbering.
    pub stream: String,
    /// The other side's.
    pub peer_stream: String,
    /// When the next heartbeat is due (site).
    pub alive_at: UnixMs,
    /// Messages may wait that were not looked for.
    pub may_wait: bool,
}

/// Why a session has ended without a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// This side stops.
    Stopped,
    /// The other side has ended it.
    Closed,
    /// The server was removed.
    Removed,
}

impl<W: Wire> Session<'_, W> {
    /// Runs until one side ends it. Errors: `Link` when the other side is gone or breaks the rules, `Store`.
    pub(crate) async fn run(&mut self, stop: &CancellationToken) -> SitesResult<End> {
        let mut messages = self.store().watch(Signal::Messages);
        let mut standings = self.sites.changed();
        let mut tick = tokio::time::interval(TICK);
        // A change may have come between the handshake and this.
        if let Some(end) = self.look_up().await? {
            return Ok(end);
        }
        loop {
            self.pump().await?;
            tokio::select! {
                () = stop.cancelled() => return Ok(End::Stopped),
                packet = self.wire.receive() => match packet? {
                    Some(packet) => self.take(&packet).await?,
                    None => return Ok(End::Closed),
                },
                _ = messages.changed() => self.may_wait = true,
                _ = standings.changed() => {
                    if let Some(end) = self.look_up().await? {
                        return Ok(end);
                    }
                }
                _ = tick.tick() => self.tick().await?,
            }
        }
    }

    fn store(&self) -> &Store {
        &self.sites.store
    }

    async fn send(&mut self, frame: &Frame) -> SitesResult<()> {
        let packet = self.seal.seal(frame)?;
        tokio::time::timeout(SEND_TIMEOUT, self.wire.send(packet))
            .await
            .map_err(|_| SitesError::Link("the other side takes nothing"))?
    }

    /// Sends what waits, as far as the window allows.
    async fn pump(&mut self) -> SitesResult<()> {
        while self.may_wait
            && let Some((after, limit)) = self.flow.wants()
        {
            let limit = u32::try_from(limit).unwrap_or(u32::MAX);
            let waiting = self.store().waiting_messages(&self.server, after, limit).await?;
            let mut bytes = 0_usize;
            let letters: Vec<Letter> = waiting
                .into_iter()
                .zip(after.saturating_add(1)..)
                .take_while(|(message, sequence)| message.sequence == *sequence)
                .map(|(message, _)| Letter { kind: message.kind, body: message.body })
                .take_while(|letter| {
                    let first = bytes == 0;
                    bytes =
                        bytes.saturating_add(letter.body.len()).saturating_add(letter.kind.len()).saturating_add(32);
                    first || bytes <= LETTERS_BYTES
                })
                .collect();
            if letters.is_empty() {
                self.may_wait = false;
                return Ok(());
            }
            self.flow.sending(self.store().now(), u64::try_from(letters.len()).unwrap_or(u64::MAX));
            self.send(&Frame::Messages { first: after.saturating_add(1), letters }).await?;
        }
        Ok(())
    }

    async fn take(&mut self, packet: &[u8]) -> SitesResult<()> {
        let frame: Frame = self.seal.open(packet)?;
        let now = self.store().now();
        self.flow.heard(now);
        match (self.seal.speaker, frame) {
            (_, Frame::Messages { first, letters }) => self.take_messages(first, letters).await,
            (_, Frame::Received { sequence }) => self.take_acknowledgement(now, sequence).await,
            (Speaker::Hub, Frame::Alive { time, free_bytes, capacity_bytes }) => {
                let clock_skew_ms = Some(time.saturating_sub(now.0));
                let sign = SignOfLife { at: now, free_bytes, capacity_bytes, clock_skew_ms };
                self.sites.heartbeat(&self.server, sign).await?;
                self.send_standing().await
            }
            (Speaker::Site, Frame::Standing { time, authorized }) => {
                self.store().note_hub_contact(authorized, time.saturating_sub(now.0)).await?;
                self.may_wait |= authorized && !self.flow.is_open();
                self.flow.set_open(authorized);
                Ok(())
            }
            _ => Err(SitesError::Link("the other side said what only this side may")),
        }
    }

    async fn take_messages(&mut self, first: u64, letters: Vec<Letter>) -> SitesResult<()> {
        let count = u64::try_from(letters.len()).unwrap_or(u64::MAX);
        match self.flow.arriving(first, count) {
            Arrival::Ignore => return Ok(()),
            Arrival::Again => {}
            Arrival::Store => {
                let effects = letters.into_iter().map(|one| effect::of(self.seal.speaker, &self.server, one)).collect();
                let stored = self.store().receive_messages(&self.server, &self.peer_stream, first, effects).await?;
                self.flow.stored(stored);
            }
        }
        let sequence = self.flow.received();
        self.send(&Frame::Received { sequence }).await
    }

    async fn take_acknowledgement(&mut self, now: UnixMs, sequence: u64) -> SitesResult<()> {
        match self.flow.acknowledge(now, sequence) {
            None => Err(SitesError::Link("the other side has received more than was sent")),
            Some(false) => Ok(()),
            Some(true) => {
                self.may_wait = true;
                self.store().acknowledge_messages(&self.server, &self.stream, sequence).await?;
                Ok(())
            }
        }
    }

    async fn send_standing(&mut self) -> SitesResult<()> {
        let (time, authorized) = (self.store().now().0, self.flow.is_open());
        self.send(&Frame::Standing { time, authorized }).await
    }

    /// Something has changed among the servers, or in the part this installation plays.
    async fn look_up(&mut self) -> SitesResult<Option<End>> {
        if self.seal.speaker == Speaker::Site {
            let is_member = self.sites.membership().is_some_and(|joined| joined.server_id == self.server);
            return Ok((!is_member || self.sites.role() != SiteRole::Site).then_some(End::Stopped));
        }
        let Some(standing) = self.sites.standing(&self.server) else { return Ok(Some(End::Removed)) };
        if !self.sites.role().takes_sites() {
            return Ok(Some(End::Stopped));
        }
        if standing.is_authorized != self.flow.is_open() {
            self.flow.set_open(standing.is_authorized);
            self.may_wait = true;
            self.send_standing().await?;
        }
        Ok(None)
    }

    async fn tick(&mut self) -> SitesResult<()> {
        let now = self.store().now();
        self.may_wait = true;
        if self.flow.tick(now) {
            return Err(SitesError::Link("nothing was heard of the other side for too long"));
        }
        if self.seal.speaker == Speaker::Site && now >= self.alive_at {
            self.alive_at = now.plus_ms(HEARTBEAT_MS);
            let space = self.sites.space().await;
            let (free_bytes, capacity_bytes) =
                (space.map(|space| space.free_bytes), space.map(|space| space.total_bytes));
            self.send(&Frame::Alive { time: now.0, free_bytes, capacity_bytes }).await?;
        }
        Ok(())
    }
}
