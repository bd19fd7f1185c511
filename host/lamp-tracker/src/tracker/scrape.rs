//! Counts for those whom the policy would admit.

use super::{Answer, Step, TRY_AGAIN, Tracker};
use crate::policy::PolicyRequest;
use crate::policy::verdicts::{Judged, VerdictKey};
use crate::statistics::add;
use crate::wire::{AccessKey, InfoHash, SwarmCounts, Transport};
use std::borrow::Cow;
use std::collections::HashMap;
use std::net::IpAddr;

/// One scrape with what the sockets know of it.
pub(crate) struct Scrape<'a> {
    pub hashes: &'a [InfoHash],
    pub key: Option<AccessKey>,
    /// In canonical form.
    pub from: IpAddr,
    pub transport: Transport,
}

/// Counts of the torrents asked for, none for those that were refused; or why all were.
pub(crate) type Scraped = Result<Vec<Option<SwarmCounts>>, Answer>;

impl Tracker {
    /// Answers a scrape whose verdicts are all known; otherwise those that lack are asked for.
    pub(crate) fn scrape(&self, scrape: &Scrape<'_>) -> Step<Scraped> {
        let now_ms = self.now_ms();
        let mut flights = Vec::new();
        for hash in scrape.hashes {
            let key = scrape.verdict_key(*hash);
            let part = self.part(*hash).lock();
            if part.verdicts.fresh(&key, now_ms).is_some() {
                continue;
            }
            match self.ask(part, key, || scrape.question(*hash)) {
                Ok(flight) => flights.push((*hash, flight)),
                Err(unasked) if flights.is_empty() => {
                    return Step::Done(self.scrape_after(scrape, &HashMap::new(), unasked));
                }
                // Those already asked for are waited for; the rest stays unknown.
                Err(_) => break,
            }
        }
        if !flights.is_empty() {
            return Step::Wait(flights);
        }
        Step::Done(self.scrape_after(scrape, &HashMap::new(), TRY_AGAIN))
    }

    /// Answers a scrape by the verdicts that came and those that are known, with `otherwise` where there is none.
    pub(crate) fn scrape_after(
        &self,
        scrape: &Scrape<'_>,
        came: &HashMap<InfoHash, Judged>,
        otherwise: &'static str,
    ) -> Scraped {
        let now_ms = self.now_ms();
        let mut refused = None;
        let mut counts = Vec::with_capacity(scrape.hashes.len());
        for hash in scrape.hashes {
            let part = self.part(*hash).lock();
            let known = || part.verdicts.last_known(&scrape.verdict_key(*hash), now_ms);
            counts.push(match came.get(hash).or_else(known) {
                Some(Judged::Admitted { .. }) => Some(part.swarm.counts(*hash)),
                Some(Judged::Refused { refusal, .. }) => {
                    refused.get_or_insert_with(|| Answer::Refused {
                        message: Cow::Owned(refusal.message.clone()),
                        retry_in_minutes: refusal.retry_in_minutes,
                    });
                    None
                }
                None => None,
            });
        }
        let numbers = self.inner.statistics.of(scrape.transport);
        if counts.iter().any(Option::is_some) {
            add(&numbers.scrapes);
            return Ok(counts);
        }
        Err(refused.unwrap_or_else(|| self.put_off(scrape.transport, otherwise)))
    }
}

impl Scrape<'_> {
    fn verdict_key(&self, info_hash: InfoHash) -> VerdictKey {
        VerdictKey { info_hash, key: self.key, address: self.from }
    }

    fn question(&self, info_hash: InfoHash) -> PolicyRequest {
        PolicyRequest { info_hash, key: self.key, address: self.from, transport: self.transport, announce: None }
    }
}
