//! The table of interfaces this host offers: names, versions, and the words the plugins page shows.
//! Everything that lists capabilities (validation, package checks, API, docs) reads this table and no other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a plugin gets with an interface when it turns out to be hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Only its own data.
    Low,
    /// Other plugins or the people who use the site can notice it.
    Medium,
    /// Data that existed before the plugin.
    High,
}

impl Risk {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One right of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Right {
    /// As written in `rights`.
    pub name: &'static str,
    /// In plain words, to follow "may".
    pub title: &'static str,
}

/// Who gets an interface, and from which side it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Linking {
    /// Linked for every plugin; never requested.
    Always,
    /// Called by the plugin; requested and granted.
    Imported,
    /// Called by the host, exported by the plugin; requested and granted.
    Exported,
    /// Both: functions the plugin calls and a handler it exports; either is enough.
    Both,
    /// Nothing is called: the grant is a leave that the host heeds; requested and granted.
    Leave,
}

/// What an allowance's `name` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The interface has no allowances.
    None,
    /// Name of a mount, with `*`; at least one allowance.
    Mount,
    /// Topic of events, with `*`; at least one allowance.
    Topic,
    /// Info hash of a swarm, 40 hex digits, with `*`; at least one allowance.
    Swarm,
    /// One of the plugin's own kinds of jobs, with `*`; may be empty.
    JobKind,
    /// A route prefix below `/api/v1` that the plugin claims, `/things`, or `/jobs/{id}/things` below a collection of the
    /// host; may be empty.
    RouteAlias,
}

/// One interface package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Interface {
    /// WIT package without version, `lamphouse:files`.
    pub package: &'static str,
    /// Version this host implements.
    pub version: &'static str,
    /// In plain words, for the plugins page.
    pub title: &'static str,
    /// Risk of granting it.
    pub risk: Risk,
    /// Who gets it.
    pub linking: Linking,
    /// What allowances name.
    pub scope: Scope,
    /// Rights an allowance can list.
    pub rights: &'static [Right],
}

impl Interface {
    /// Short name, `files` of `lamphouse:files`; also the name of its WIT file.
    pub fn short_name(&self) -> &'static str {
        self.package.split_once(':').map_or(self.package, |(_, name)| name)
    }

    /// Whether a manifest must request it.
    pub fn is_granted(&self) -> bool {
        self.linking != Linking::Always
    }

    /// The names of its rights, comma-separated, for messages.
    pub fn right_names(&self) -> String {
        self.rights.iter().map(|right| right.name).collect::<Vec<_>>().join(", ")
    }
}

/// One right.
const fn right(name: &'static str, title: &'static str) -> Right {
    Right { name, title }
}

/// One interface that every plugin has.
const fn always(package: &'static str, title: &'static str) -> Interface {
    Interface {
        package,
        version: "0.1.0",
        title,
        risk: Risk::Low,
        linking: Linking::Always,
        scope: Scope::None,
        rights: &[],
    }
}

/// Every interface of this host, always-linked ones first.
pub const INTERFACES: &[Interface] = &[
    always("lamphouse:types", "Errors, ids and times that the other interfaces share"),
    always("lamphouse:log", "Write to its own log"),
    always("lamphouse:config", "Read its own configuration"),
    always("lamphouse:metrics", "Count and measure its own work"),
    always("lamphouse:identity", "Know who is calling and what they may do"),
    always("lamphouse:clock", "Tell the time"),
    Interface {
        package: "lamphouse:sql",
        version: "0.1.0",
        title: "Keep data in a database of its own",
        risk: Risk::Low,
        linking: Linking::Imported,
        scope: Scope::None,
        rights: &[],
    },
    Interface {
        package: "lamphouse:jobs",
        version: "0.1.0",
        title: "Run work in the background",
        risk: Risk::Low,
        linking: Linking::Both,
        scope: Scope::JobKind,
        rights: &[right("enqueue", "enqueue jobs of this kind")],
    },
    Interface {
        package: "lamphouse:events",
        version: "0.1.0",
        title: "Send and receive live events",
        risk: Risk::Medium,
        linking: Linking::Both,
        scope: Scope::Topic,
        rights: &[
            right("publish", "send events of this topic to everyone who listens"),
            right("subscribe", "receive events of this topic"),
        ],
    },
    Interface {
        package: "lamphouse:http",
        version: "0.1.0",
        title: "Answer requests at addresses of its own",
        risk: Risk::Medium,
        linking: Linking::Exported,
        scope: Scope::RouteAlias,
        rights: &[right("serve", "answer requests under this address")],
    },
    Interface {
        package: "lamphouse:files",
        version: "0.1.0",
        title: "Use files in mounted folders",
        risk: Risk::High,
        linking: Linking::Imported,
        scope: Scope::Mount,
        rights: &[
            right("read", "list folders and read files"),
            right("write", "create and change files"),
            right("delete", "delete folders: into the trash, out of it and for good"),
            right("watch", "be told when files change"),
        ],
    },
    Interface {
        package: "lamphouse:ops",
        version: "0.1.0",
        title: "Follow and cancel long operations it started",
        risk: Risk::Low,
        linking: Linking::Imported,
        scope: Scope::None,
        rights: &[],
    },
    Interface {
        package: "lamphouse:tracker",
        version: "0.1.0",
        title: "See swarms of the tracker, and decide who joins them",
        risk: Risk::High,
        linking: Linking::Both,
        scope: Scope::Swarm,
        rights: &[
            right("see", "see who is in this swarm"),
            right("decide", "decide who joins this swarm"),
            right("hand-out", "hand out announce addresses with their keys"),
        ],
    },
    Interface {
        package: "lamphouse:lifecycle",
        version: "0.1.0",
        title: "Be told when it starts, stops or is configured",
        risk: Risk::Low,
        linking: Linking::Exported,
        scope: Scope::None,
        rights: &[],
    },
    Interface {
        package: INLINE_PAGES,
        version: "0.1.0",
        title: "Run its pages inside the web interface, with what the person looking at them may do",
        risk: Risk::High,
        linking: Linking::Leave,
        scope: Scope::None,
        rights: &[],
    },
];

/// Without this grant a plugin's pages run in a sandboxed frame.
pub const INLINE_PAGES: &str = "lamphouse:inline-pages";

/// First segments below `/api/v1` that belong to the host; a plugin can only add to the items of its collections.
pub const HOST_ROUTES: &[&str] = &[
    "audit",
    "auth",
    "events",
    "health",
    "jobs",
    "keys",
    "metrics",
    "mounts",
    "navigation",
    "notices",
    "openapi.json",
    "p",
    "ping",
    "plugins",
    "servers",
    "setup",
    "system",
    "tracker",
    "users",
    "ws",
];

/// The interface with this package name, without version.
pub fn interface(package: &str) -> Option<&'static Interface> {
    INTERFACES.iter().find(|interface| interface.package == package)
}

/// Interfaces a manifest can request.
pub fn grantable() -> impl Iterator<Item = &'static Interface> {
    INTERFACES.iter().filter(|interface| interface.is_granted())
}

/// Names a manifest can request, comma-separated, for messages.
pub fn grantable_names() -> String {
    grantable().map(|interface| interface.package).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_unique_and_versions_are_semantic() {
        for (index, row) in INTERFACES.iter().enumerate() {
            assert!(INTERFACES[index + 1..].iter().all(|other| other.package != row.package), "{}", row.package);
            assert!(semver::Version::parse(row.version).is_ok(), "{}", row.package);
            assert!(row.package.starts_with("lamphouse:"), "{}", row.package);
        }
    }

    #[test]
    fn exactly_the_interfaces_with_a_scope_have_rights() {
        for row in INTERFACES {
            assert_eq!(row.rights.is_empty(), row.scope == Scope::None, "{}", row.package);
        }
    }
}
