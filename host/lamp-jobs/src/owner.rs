//! Who holds leases: one life of one host.

/// A host and its present life. Written in leases as `<host>/<life>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    host: String,
    life: String,
}

impl Owner {
    /// `host` is the same after a restart and differs between hosts that share a database; `life` is new at each start.
    /// Slashes become dashes.
    pub fn new(host: &str, life: &str) -> Self {
        Self { host: host.replace('/', "-"), life: life.replace('/', "-") }
    }

    /// As it stands in leases.
    pub fn text(&self) -> String {
        format!("{}{}", self.prefix(), self.life)
    }

    /// What the owners of all lives of this host begin with.
    pub fn prefix(&self) -> String {
        format!("{}/", self.host)
    }
}
