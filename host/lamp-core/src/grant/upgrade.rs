//! What a new version of a plugin asks for beside what the installed one asked for and holds. Pure.

use super::{Allowance, CapabilityRequest, Grant, exceeding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rights that an upgrade adds and drops.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RightsChange {
    /// Capabilities that the installed version does not have.
    pub new: Vec<RightsPart>,
    /// More of a capability that the installed version has; only what is more.
    pub wider: Vec<RightsPart>,
    /// What the installed version holds and the new one no longer asks for.
    pub gone: Vec<RightsPart>,
}

/// A part of the rights to one interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RightsPart {
    /// WIT package without version.
    pub interface: String,
    /// The new version works without it.
    pub optional: bool,
    /// Scope; empty for a capability without one.
    pub allow: Vec<Allowance>,
}

impl RightsChange {
    /// Compares the requests of the installed version (`old`, none before a first install), its grants and the requests
    /// of the new version. What an admin withheld from the old version is not "more" when the new one asks for it again.
    pub fn between(old: &[CapabilityRequest], grants: &[Grant], new: &[CapabilityRequest]) -> Self {
        let mut change = Self::default();
        for request in new {
            let part = |allow| RightsPart { interface: request.interface.clone(), optional: request.optional, allow };
            match baseline(old, grants, request) {
                None => change.new.push(part(request.allow.clone())),
                Some(known) => {
                    let more = exceeding(&known, &request.allow);
                    if !more.is_empty() {
                        change.wider.push(part(more));
                    }
                }
            }
        }
        change.gone = grants.iter().filter_map(|grant| lost(grant, new)).collect();
        change
    }

    /// What is added: new and wider.
    pub fn added(&self) -> impl Iterator<Item = &RightsPart> {
        self.new.iter().chain(&self.wider)
    }

    /// Whether the new version cannot do its work with what is granted. What it can do without is not granted by
    /// installing it, so it needs nobody's consent.
    pub fn needs_consent(&self) -> bool {
        self.added().any(|part| !part.optional)
    }
}

/// What is known of a capability before the upgrade: granted, or asked for and withheld; none when it is new.
fn baseline(old: &[CapabilityRequest], grants: &[Grant], request: &CapabilityRequest) -> Option<Vec<Allowance>> {
    let held = grants.iter().find(|grant| grant.interface == request.interface);
    let asked = old.iter().find(|old| old.interface == request.interface);
    // What the old version could do without, and did, is new to a version that cannot.
    let withheld = asked.is_some_and(|asked| !asked.optional || request.optional);
    if held.is_none() && !withheld {
        return None;
    }
    let held = held.map(|grant| grant.allow.as_slice()).unwrap_or_default();
    let asked = asked.map(|asked| asked.allow.as_slice()).unwrap_or_default();
    Some([held, asked].concat())
}

fn lost(grant: &Grant, new: &[CapabilityRequest]) -> Option<RightsPart> {
    let part = |allow, optional| RightsPart { interface: grant.interface.clone(), optional, allow };
    let Some(request) = new.iter().find(|request| request.interface == grant.interface) else {
        return Some(part(grant.allow.clone(), true));
    };
    let allow = exceeding(&request.allow, &grant.allow);
    (!allow.is_empty()).then(|| part(allow, request.optional))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::UnixMs;
    use crate::id::PluginId;

    fn allow(text: &str) -> Vec<Allowance> {
        let one = |part: &str| {
            let (name, rights) = part.split_once('=').unwrap();
            Allowance { name: name.to_owned(), rights: rights.split(',').map(str::to_owned).collect() }
        };
        text.split_whitespace().map(one).collect()
    }

    /// `files library=read`, optional with a `?` behind the interface.
    fn asks(lines: &[&str]) -> Vec<CapabilityRequest> {
        let one = |line: &&str| {
            let (interface, scope) = line.split_once(' ').unwrap_or((line, ""));
            CapabilityRequest {
                interface: interface.trim_end_matches('?').to_owned(),
                reason: "because".to_owned(),
                optional: interface.ends_with('?'),
                allow: allow(scope),
            }
        };
        lines.iter().map(one).collect()
    }

    fn holds(lines: &[&str]) -> Vec<Grant> {
        let one = |request: CapabilityRequest| Grant {
            plugin: PluginId::parse("probe").unwrap(),
            interface: request.interface,
            allow: request.allow,
            granted_by: "user:ada".to_owned(),
            granted_at: UnixMs(0),
        };
        asks(lines).into_iter().map(one).collect()
    }

    fn shown(parts: &[RightsPart]) -> Vec<String> {
        let scope = |allow: &[Allowance]| {
            let one = |one: &Allowance| {
                let rights: Vec<&str> = one.rights.iter().map(String::as_str).collect();
                format!(" {}={}", one.name, rights.join(","))
            };
            allow.iter().map(one).collect::<String>()
        };
        parts.iter().map(|part| format!("{}{}", part.interface, scope(&part.allow))).collect()
    }

    #[test]
    fn new_wider_and_gone_are_told_apart() {
        let old = asks(&["sql", "files library=read,watch inbox=read", "net?"]);
        let held = holds(&["sql", "files library=read,watch inbox=read", "net"]);
        let new = asks(&["sql", "files library=read,write", "jobs *=enqueue"]);
        let change = RightsChange::between(&old, &held, &new);
        assert_eq!(shown(&change.new), ["jobs *=enqueue"]);
        assert_eq!(shown(&change.wider), ["files library=write"]);
        assert_eq!(shown(&change.gone), ["files library=watch inbox=read", "net"]);
        assert!(change.needs_consent());
    }

    #[test]
    fn only_what_a_version_cannot_do_without_needs_consent() {
        let table: [(&str, &[&str], &[&str], &[&str], bool); 8] = [
            ("the same", &["files a=read"], &["files a=read"], &["files a=read"], false),
            ("less", &["files a=read,write"], &["files a=read,write"], &["files a=read"], false),
            ("more that it can do without", &["sql"], &["sql"], &["sql", "files? *=read"], false),
            ("a name more", &["files a=read"], &["files a=read"], &["files a=read b=read"], true),
            ("a wider pattern", &["files a*=read"], &["files a*=read"], &["files *=read"], true),
            ("withheld before, and asked for again", &["files *=read"], &["files a=read"], &["files *=read"], false),
            (
                "never granted, and needed as before",
                &["sql", "files a=read"],
                &["sql"],
                &["sql", "files a=read"],
                false,
            ),
            ("never granted, and needed now", &["sql", "files? a=read"], &["sql"], &["sql", "files a=read"], true),
        ];
        for (case, old, held, new, waits) in table {
            let change = RightsChange::between(&asks(old), &holds(held), &asks(new));
            assert_eq!(change.needs_consent(), waits, "{case}: {change:?}");
        }
    }

    #[test]
    fn at_a_first_install_everything_is_new() {
        let change = RightsChange::between(&[], &[], &asks(&["sql", "files? a=read"]));
        assert_eq!(shown(&change.new), ["sql", "files a=read"]);
        assert!(change.wider.is_empty() && change.gone.is_empty());
    }
}
