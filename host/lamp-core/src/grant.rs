//! Capabilities asked for and granted. Effective right = manifest AND grant; both are lists of allowances.

use crate::clock::UnixMs;
use crate::id::PluginId;
use crate::pattern;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

mod upgrade;

pub use upgrade::{RightsChange, RightsPart};

/// One allowance: these rights on everything whose name matches. What names and rights are depends on the capability:
/// a mount with `read`, `write`, `delete`, `watch`; a topic with `publish`, `subscribe`; a kind of job with `enqueue`; a route prefix with `serve`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// Name pattern; `*` stands for any run of characters.
    pub name: String,
    /// Rights.
    pub rights: BTreeSet<String>,
}

/// What a manifest asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapabilityRequest {
    /// WIT package without version, for example `lamphouse:files`.
    pub interface: String,
    /// Why, shown to the admin.
    pub reason: String,
    /// The plugin works without it.
    #[serde(default)]
    pub optional: bool,
    /// Scope; empty for capabilities that have none (`lamphouse:sql`).
    #[serde(default)]
    pub allow: Vec<Allowance>,
}

/// What an admin granted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// To whom.
    pub plugin: PluginId,
    /// WIT package without version.
    pub interface: String,
    /// Scope.
    pub allow: Vec<Allowance>,
    /// By whom, as in the audit log.
    pub granted_by: String,
    /// When.
    pub granted_at: UnixMs,
}

/// The effective rights of a plugin, computed once per change and asked on every call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effective {
    interfaces: Vec<(String, Vec<Allowance>)>,
}

impl Effective {
    /// Manifest AND grants.
    pub fn new(requests: &[CapabilityRequest], grants: &[Grant]) -> Self {
        let interfaces = requests
            .iter()
            .filter_map(|request| {
                let grant = grants.iter().find(|grant| grant.interface == request.interface)?;
                Some((request.interface.clone(), intersect(&request.allow, &grant.allow)))
            })
            .collect();
        Self { interfaces }
    }

    /// Whether the interface is granted at all.
    pub fn has(&self, interface: &str) -> bool {
        self.interfaces.iter().any(|(name, _)| name == interface)
    }

    /// Whether `right` on `name` is granted.
    pub fn allows(&self, interface: &str, name: &str, right: &str) -> bool {
        self.allowances(interface)
            .iter()
            .any(|allowance| allowance.rights.contains(right) && pattern::matches(&allowance.name, name))
    }

    /// The allowances of an interface, empty when it is not granted.
    pub fn allowances(&self, interface: &str) -> &[Allowance] {
        self.interfaces.iter().find(|(name, _)| name == interface).map_or(&[], |(_, allow)| allow.as_slice())
    }
}

/// What both lists allow. Shape: one allowance per overlapping pair, without empty ones and repeats.
pub fn intersect(left: &[Allowance], right: &[Allowance]) -> Vec<Allowance> {
    let mut both = BTreeSet::new();
    for a in left {
        for b in right {
            let name = if pattern::covers(&a.name, &b.name) {
                &b.name
            } else if pattern::covers(&b.name, &a.name) {
                &a.name
            } else {
                continue;
            };
            let rights: BTreeSet<String> = a.rights.intersection(&b.rights).cloned().collect();
            if !rights.is_empty() {
                both.insert(Allowance { name: name.clone(), rights });
            }
        }
    }
    both.into_iter().collect()
}

/// Whether `inner` asks for nothing that `outer` does not hold; what is not covered is returned, for the upgrade diff.
pub fn exceeding(outer: &[Allowance], inner: &[Allowance]) -> Vec<Allowance> {
    inner
        .iter()
        .filter_map(|wanted| {
            let held: BTreeSet<&String> = outer
                .iter()
                .filter(|have| pattern::covers(&have.name, &wanted.name))
                .flat_map(|have| &have.rights)
                .collect();
            let rights: BTreeSet<String> =
                wanted.rights.iter().filter(|right| !held.contains(right)).cloned().collect();
            (!rights.is_empty()).then(|| Allowance { name: wanted.name.clone(), rights })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn allowance(name: &str, rights: &[&str]) -> Allowance {
        Allowance { name: name.to_owned(), rights: rights.iter().map(|right| (*right).to_owned()).collect() }
    }

    fn effective(request: Vec<Allowance>, grant: Vec<Allowance>) -> Effective {
        let request = CapabilityRequest {
            interface: "lamphouse:files".to_owned(),
            reason: String::new(),
            optional: false,
            allow: request,
        };
        let grant = Grant {
            plugin: PluginId::parse("probe").unwrap(),
            interface: "lamphouse:files".to_owned(),
            allow: grant,
            granted_by: String::new(),
            granted_at: UnixMs(0),
        };
        Effective::new(&[request], &[grant])
    }

    #[test]
    fn neither_side_alone_is_enough() {
        let rights = effective(
            vec![allowance("library", &["read", "watch"]), allowance("library-*", &["read"])],
            vec![allowance("*", &["read", "write"])],
        );
        assert!(rights.allows("lamphouse:files", "library", "read"));
        assert!(rights.allows("lamphouse:files", "library-2", "read"));
        assert!(!rights.allows("lamphouse:files", "library", "write"), "not asked for");
        assert!(!rights.allows("lamphouse:files", "library", "watch"), "not granted");
        assert!(!rights.allows("lamphouse:files", "other", "read"), "not asked for");
        assert!(!rights.allows("lamphouse:sql", "library", "read"), "another interface");
    }

    #[test]
    fn a_wider_request_is_named() {
        let held = [allowance("library", &["read"])];
        assert_eq!(
            exceeding(&held, &[allowance("library", &["read", "delete"])]),
            vec![allowance("library", &["delete"])]
        );
        assert!(exceeding(&held, &[allowance("library", &["read"])]).is_empty());
    }

    fn any_allowance() -> impl Strategy<Value = Allowance> {
        ("(a|b|ab|a\\*|\\*|\\*b|a\\*b)", proptest::collection::btree_set("(r|w|d)", 0..3))
            .prop_map(|(name, rights)| Allowance { name, rights })
    }

    proptest! {
        #[test]
        fn an_intersection_never_exceeds_either_side(
            left in proptest::collection::vec(any_allowance(), 0..4),
            right in proptest::collection::vec(any_allowance(), 0..4),
            name in "[ab]{0,3}",
            verb in "(r|w|d)",
        ) {
            let holds = |list: &[Allowance]| list.iter().any(|one| one.rights.contains(&verb) && pattern::matches(&one.name, &name));
            if holds(&intersect(&left, &right)) {
                prop_assert!(holds(&left) && holds(&right));
            }
        }
    }
}
