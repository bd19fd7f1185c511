//! Checks of `[[capabilities]]`: known interfaces, known rights, names of the right kind.

use super::names::{has_text, is_pattern, is_route_path};
use super::{Checked, Manifest, grantable_names, refuse, require};
use crate::grant::{Allowance, CapabilityRequest};
use crate::manifest::alias::{check_owner, is_below_host_collection, is_under};
use crate::manifest::interfaces::{Interface, Scope, interface};
use crate::pattern;
use std::collections::BTreeSet;

/// First parts of topics that only the host publishes.
const HOST_TOPICS: [&str; 11] =
    ["audit", "hello", "jobs", "mounts", "navigation", "notices", "ops", "plugins", "servers", "sites", "users"];

pub(super) fn check(manifest: &Manifest) -> Checked {
    let mut seen = BTreeSet::new();
    for (index, request) in manifest.capabilities.iter().enumerate() {
        let field = |name: &str| format!("capabilities[{index}].{name}");
        let name = &request.interface;
        let Some(row) = interface(name) else {
            return refuse(field("interface"), unknown(name));
        };
        require(row.is_granted(), field("interface"), format!("every plugin has {name}: remove this entry"))?;
        require(seen.insert(name), field("interface"), format!("{name} is requested twice: write one entry"))?;
        let reason = "say in one line why the plugin needs it; an admin reads this";
        require(has_text(&request.reason, 300), field("reason"), reason)?;
        check_allow(manifest, row, request, index)?;
    }
    Ok(())
}

fn unknown(name: &str) -> String {
    let bare = name.split(['/', '@']).next().unwrap_or(name);
    if bare != name && interface(bare).is_some() {
        return format!("write `{bare}`, without interface and version");
    }
    format!("this host has no `{name}`: write one of {}", grantable_names())
}

fn check_allow(manifest: &Manifest, row: &Interface, request: &CapabilityRequest, index: usize) -> Checked {
    let field = format!("capabilities[{index}].allow");
    match row.scope {
        Scope::None => {
            require(request.allow.is_empty(), &field, format!("{} has no allowances: remove `allow`", row.package))?;
        }
        Scope::Mount | Scope::Topic | Scope::Swarm => {
            let advice = format!(
                "write what it needs, `allow = [{{ name = \"...\", rights = [...] }}]` with rights of {}",
                row.right_names()
            );
            require(!request.allow.is_empty(), &field, advice)?;
        }
        Scope::JobKind | Scope::RouteAlias => {}
    }
    for (place, allowance) in request.allow.iter().enumerate() {
        check_allowance(manifest, row, allowance, &format!("{field}[{place}]"))?;
    }
    Ok(())
}

fn check_allowance(manifest: &Manifest, row: &Interface, allowance: &Allowance, field: &str) -> Checked {
    require(!allowance.rights.is_empty(), format!("{field}.rights"), format!("write some of {}", row.right_names()))?;
    for right in &allowance.rights {
        let known = row.rights.iter().any(|known| known.name == right);
        let message = format!("`{right}` is no right of {}: write some of {}", row.package, row.right_names());
        require(known, format!("{field}.rights"), message)?;
    }
    check_name(manifest, row.scope, allowance).or_else(|message| refuse(format!("{field}.name"), message))
}

fn check_name(manifest: &Manifest, scope: Scope, allowance: &Allowance) -> Result<(), String> {
    let name = allowance.name.as_str();
    let good = |holds: bool, message: String| if holds { Ok(()) } else { Err(message) };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match scope {
        Scope::None => Ok(()),
        Scope::Mount => good(is_pattern(name, plain), format!("`{name}` is no mount: use a-z, 0-9, hyphens and `*`")),
        Scope::Topic => {
            let topic = is_pattern(name, |c| plain(c) || c == '.' || c == '_');
            good(topic, format!("`{name}` is no topic: use a-z, 0-9, `.`, `-`, `_` and `*`"))?;
            let first = name.split('.').next().unwrap_or(name);
            let foreign = first.contains('*') || HOST_TOPICS.contains(&first);
            let message =
                format!("`{name}` takes in topics of the host: publish under a first part of your own, `things.*`");
            good(!(allowance.rights.contains("publish") && foreign), message)
        }
        Scope::JobKind => {
            let declared = manifest.jobs.iter().any(|job| pattern::matches(name, &job.kind));
            good(declared, format!("no declared kind of job is called `{name}`: add `[[jobs]] kind = \"{name}\"`"))
        }
        Scope::Swarm => good(
            is_pattern(name, |c| matches!(c, '0'..='9' | 'a'..='f')),
            format!("`{name}` is no swarm: write `*`, or an info hash of 40 hexadecimal digits in lower case"),
        ),
        Scope::RouteAlias => check_alias(manifest, name),
    }
}

fn check_alias(manifest: &Manifest, name: &str) -> Result<(), String> {
    if name == "/" || !is_route_path(name) {
        return Err(format!("`{name}` is no route prefix: write one such as `/things`"));
    }
    check_owner(name)?;
    if name.contains('{') && !is_below_host_collection(name) {
        let message = "only below a collection of the host, `/jobs/{id}/things`, may a prefix have a parameter";
        return Err(format!("`{name}` is no route prefix: {message}"));
    }
    if manifest.routes.iter().any(|route| is_under(&route.path, name)) {
        Ok(())
    } else {
        Err(format!("no route begins with `{name}`: remove it, or declare the route"))
    }
}
