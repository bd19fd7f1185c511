//! Which servers have a link to this host. A server has one: a new one takes the place of the old, which may be a
//! connection that died without a word.

use lamp_core::id::ServerId;
use parking_lot::Mutex;
use std::collections::HashMap;
use tokio_util::sync::CancellationToken;

/// Links by server.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    count: u64,
    links: HashMap<ServerId, (u64, CancellationToken)>,
}

/// A link's entry; dropping it takes the entry out.
pub(crate) struct Link<'a> {
    links: &'a Links,
    server: ServerId,
    number: u64,
    token: CancellationToken,
}

impl Links {
    /// Enters a link, which ends with `stop`, and ends the one that was there.
    pub(crate) fn begin(&self, server: &ServerId, stop: &CancellationToken) -> Link<'_> {
        let token = stop.child_token();
        let mut table = self.0.lock();
        table.count = table.count.wrapping_add(1);
        let number = table.count;
        if let Some((_, old)) = table.links.insert(server.clone(), (number, token.clone())) {
            old.cancel();
        }
        Link { links: self, server: server.clone(), number, token }
    }

    /// Whether a server has a link.
    pub(crate) fn has(&self, server: &ServerId) -> bool {
        self.0.lock().links.contains_key(server)
    }
}

impl Link<'_> {
    /// Is cancelled when the link is to end.
    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }
}

impl Drop for Link<'_> {
    fn drop(&mut self) {
        let mut table = self.links.0.lock();
        if table.links.get(&self.server).is_some_and(|(number, _)| *number == self.number) {
            table.links.remove(&self.server);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_link_takes_the_place_of_the_old() {
        let (links, stop, server) = (Links::default(), CancellationToken::new(), ServerId::from("a"));
        let old = links.begin(&server, &stop);
        let new = links.begin(&server, &stop);
        assert!(old.token().is_cancelled() && !new.token().is_cancelled());
        drop(old);
        assert!(links.has(&server), "the end of the old one does not take out the new");
        drop(new);
        assert!(!links.has(&server));
        let last = links.begin(&server, &stop);
        stop.cancel();
        assert!(last.token().is_cancelled());
    }
}
