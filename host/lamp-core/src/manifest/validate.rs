//! Checks of a manifest that types cannot express. Each refusal names the field and what to write instead.

use super::interfaces::grantable_names;
use super::{Manifest, ManifestError, Route, SCHEMA};
use crate::permission::{ROLES, host_permissions};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;

mod capabilities;
mod cron;
mod names;
#[cfg(test)]
mod tests;
pub mod ui;

use names::{has_text, is_kebab, is_permission, is_route_path, is_snake};

/// Result of one check.
type Checked = Result<(), ManifestError>;

/// Largest JSON payload of a schedule, as for any job: 64 KiB.
const MAX_PAYLOAD_BYTES: usize = 64 << 10;
/// Longest delay between two attempts or between two runs of a schedule: 31 days.
const MAX_DELAY_SECS: u64 = 31 * 86_400;
/// Types of a query parameter.
const QUERY_TYPES: [&str; 4] = ["string", "integer", "number", "boolean"];

/// JSON Schema (2020-12) of `plugin.toml`, for editors and the published documentation.
pub fn manifest_json_schema() -> serde_json::Value {
    schemars::schema_for!(Manifest).to_value()
}

/// Checks the whole manifest; the first fault is returned.
pub fn validate(manifest: &Manifest) -> Checked {
    if manifest.schema != SCHEMA {
        return refuse("schema", format!("this host reads schema {SCHEMA}, write `schema = {SCHEMA}`"));
    }
    check_texts(manifest)?;
    check_limits(manifest)?;
    check_permissions(manifest)?;
    capabilities::check(manifest)?;
    check_routes(manifest)?;
    check_jobs(manifest)?;
    check_schedules(manifest)?;
    if let Some(schema) = &manifest.config {
        check_config(schema)?;
    }
    manifest.ui.as_ref().map_or(Ok(()), |part| ui::check(part, &known_permissions(manifest)))
}

/// A refusal of `field`.
fn refuse<T>(field: impl Into<String>, message: impl Into<String>) -> Result<T, ManifestError> {
    Err(ManifestError::Field { field: field.into(), message: message.into() })
}

/// Refuses unless `holds`.
fn require(holds: bool, field: impl Into<String>, message: impl Into<String>) -> Checked {
    if holds { Ok(()) } else { refuse(field, message) }
}

fn within<T: PartialOrd + Display>(value: &T, range: &RangeInclusive<T>, field: &str) -> Checked {
    let message = || format!("{value} is out of range: write {} to {}", range.start(), range.end());
    if range.contains(value) { Ok(()) } else { refuse(field, message()) }
}

fn check_texts(manifest: &Manifest) -> Checked {
    let texts = [
        ("name", &manifest.name, 80),
        ("publisher", &manifest.publisher, 120),
        ("license", &manifest.license, 120),
        ("description", &manifest.description, 400),
    ];
    for (field, text, most) in texts {
        require(has_text(text, most), field, format!("write one line of 1 to {most} characters"))?;
    }
    Ok(())
}

fn check_limits(manifest: &Manifest) -> Checked {
    let (limits, instance) = (&manifest.limits, &manifest.instance);
    within(&limits.memory_mib, &(1..=1_024), "limits.memory_mib")?;
    within(&limits.cpu_ms, &(1..=60_000), "limits.cpu_ms")?;
    within(&limits.wall_ms, &(1..=600_000), "limits.wall_ms")?;
    within(&limits.job_cpu_ms, &(1..=3_600_000), "limits.job_cpu_ms")?;
    within(&limits.job_wall_ms, &(1..=86_400_000), "limits.job_wall_ms")?;
    within(&limits.concurrency, &(1..=64), "limits.concurrency")?;
    within(&limits.storage_mib, &(1..=102_400), "limits.storage_mib")?;
    within(&instance.max_uses, &(1..=1_000_000), "instance.max_uses")?;
    within(&instance.idle_secs, &(1..=86_400), "instance.idle_secs")
}

/// The manifest's and the host's permissions.
fn known_permissions(manifest: &Manifest) -> BTreeSet<String> {
    manifest.permissions.iter().cloned().chain(host_permissions()).map(|permission| permission.id).collect()
}

fn check_permissions(manifest: &Manifest) -> Checked {
    let mut seen: BTreeSet<String> = host_permissions().into_iter().map(|permission| permission.id).collect();
    for (index, permission) in manifest.permissions.iter().enumerate() {
        let field = |name: &str| format!("permissions[{index}].{name}");
        let id = &permission.id;
        require(
            is_permission(id),
            field("id"),
            format!("`{id}` is no permission: write `area:verb`, for example `things:read`"),
        )?;
        require(has_text(&permission.title, 120), field("title"), "say in one line what it allows")?;
        require(
            seen.insert(id.clone()),
            field("id"),
            format!("`{id}` exists already (here or in the host): choose another"),
        )?;
        for role in &permission.roles {
            let message = format!("`{role}` is no role: write one of {}", ROLES.join(", "));
            require(ROLES.contains(&role.as_str()), field("roles"), message)?;
        }
    }
    Ok(())
}

/// `permission` must be the plugin's or the host's.
fn check_known_permission(permission: &str, known: &BTreeSet<String>, field: String) -> Checked {
    let message = || {
        format!(
            "`{permission}` is not declared: add `[[permissions]] id = \"{permission}\"`, or use a permission of the host"
        )
    };
    if known.contains(permission) { Ok(()) } else { refuse(field, message()) }
}

fn check_routes(manifest: &Manifest) -> Checked {
    if !manifest.routes.is_empty() && manifest.capability("lamphouse:http").is_none() {
        return refuse("routes", needs_capability("lamphouse:http", "routes"));
    }
    let known = known_permissions(manifest);
    let mut seen = BTreeSet::new();
    for (index, route) in manifest.routes.iter().enumerate() {
        let field = |name: &str| format!("routes[{index}].{name}");
        let path = &route.path;
        let advice = "write `/things/{id}`: no trailing slash, each parameter once";
        require(is_route_path(path), field("path"), format!("`{path}` is no route: {advice}"))?;
        let repeated = format!("{} {path} is there twice, but for the names of its parameters", route.method.as_str());
        require(seen.insert((route.method, shape(path))), field("path"), repeated)?;
        check_known_permission(&route.permission, &known, field("permission"))?;
        require(has_text(&route.summary, 200), field("summary"), "say in one line what it answers")?;
        check_query(route, index)?;
    }
    Ok(())
}

fn needs_capability(interface: &str, what: &str) -> String {
    format!("{what} need {interface}: add `[[capabilities]] interface = \"{interface}\" reason = \"...\"`")
}

/// A path without the names of its parameters: two routes of one shape answer the same requests.
fn shape(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

fn check_query(route: &Route, index: usize) -> Checked {
    let mut seen = BTreeSet::new();
    for (place, parameter) in route.query.iter().enumerate() {
        let field = |name: &str| format!("routes[{index}].query[{place}].{name}");
        let name = &parameter.name;
        require(is_snake(name), field("name"), format!("`{name}` is no parameter name: use a-z, 0-9 and _"))?;
        require(seen.insert(name), field("name"), format!("`{name}` is there twice"))?;
        let types = format!("write one of {}", QUERY_TYPES.join(", "));
        require(QUERY_TYPES.contains(&parameter.kind.as_str()), field("type"), types)?;
    }
    let is_schema = route.response.as_ref().is_none_or(serde_json::Value::is_object);
    require(is_schema, format!("routes[{index}].response"), "write a JSON Schema, a table with `type`")
}

fn check_jobs(manifest: &Manifest) -> Checked {
    if !manifest.jobs.is_empty() && manifest.capability("lamphouse:jobs").is_none() {
        return refuse("jobs", needs_capability("lamphouse:jobs", "jobs"));
    }
    let mut kinds = BTreeSet::new();
    let mut lanes: BTreeMap<&str, u32> = BTreeMap::new();
    for (index, job) in manifest.jobs.iter().enumerate() {
        let field = |name: &str| format!("jobs[{index}].{name}");
        require(
            is_kebab(&job.kind),
            field("kind"),
            format!("`{}` is no kind of job: use a-z, 0-9 and hyphens", job.kind),
        )?;
        require(kinds.insert(&job.kind), field("kind"), format!("`{}` is there twice", job.kind))?;
        require(has_text(&job.title, 120), field("title"), "write the line that the jobs page shows")?;
        require(is_kebab(job.lane()), field("lane"), format!("`{}` is no lane: use a-z, 0-9 and hyphens", job.lane()))?;
        within(&job.concurrency, &(1..=64), &field("concurrency"))?;
        within(&job.max_attempts, &(1..=100), &field("max_attempts"))?;
        let delays = &job.backoff_ms;
        let good = (1..=20).contains(&delays.len()) && delays.iter().all(|delay| *delay <= MAX_DELAY_SECS * 1_000);
        require(good, field("backoff_ms"), "write 1 to 20 delays in milliseconds, each at most 31 days")?;
        let shared = *lanes.entry(job.lane()).or_insert(job.concurrency);
        let message = format!("lane `{}` has concurrency {shared} elsewhere: write the same number", job.lane());
        require(shared == job.concurrency, field("concurrency"), message)?;
    }
    Ok(())
}

fn check_schedules(manifest: &Manifest) -> Checked {
    let mut seen = BTreeSet::new();
    for (index, schedule) in manifest.schedules.iter().enumerate() {
        let field = |name: &str| format!("schedules[{index}].{name}");
        let name = &schedule.name;
        require(is_kebab(name), field("name"), format!("`{name}` is no name: use a-z, 0-9 and hyphens"))?;
        require(seen.insert(name), field("name"), format!("`{name}` is there twice"))?;
        let unknown = format!("`{}` is not declared: add `[[jobs]] kind = \"{}\"`", schedule.kind, schedule.kind);
        require(manifest.job_kind(&schedule.kind).is_some(), field("kind"), unknown)?;
        let payload_bytes = schedule.payload.to_string().len();
        require(payload_bytes <= MAX_PAYLOAD_BYTES, field("payload"), "at most 64 KiB of JSON are allowed")?;
        match (&schedule.cron, schedule.every_secs) {
            (Some(expression), None) => {
                cron::check(expression).or_else(|message| refuse(field("cron"), message))?;
            }
            (None, Some(seconds)) => within(&seconds, &(10..=MAX_DELAY_SECS), &field("every_secs"))?,
            _ => {
                return refuse(format!("schedules[{index}]"), "write exactly one of `cron` and `every_secs`");
            }
        }
    }
    Ok(())
}

fn check_config(schema: &serde_json::Value) -> Checked {
    let is_object = schema.get("type").and_then(serde_json::Value::as_str) == Some("object");
    require(is_object, "config.type", "write `type = \"object\"`: a configuration is a table")?;
    let Some(properties) = schema.get("properties").and_then(serde_json::Value::as_object) else {
        return refuse("config.properties", "write a table with one schema for each key");
    };
    for (name, property) in properties {
        let field = format!("config.properties.{name}");
        require(is_snake(name), &field, format!("`{name}` is no key: use a-z, 0-9 and _"))?;
        require(property.is_object(), &field, "write a JSON Schema, a table with `type`")?;
        let secret = property.get("writeOnly").and_then(serde_json::Value::as_bool) == Some(true);
        require(!secret || property.get("default").is_none(), &field, "a secret (`writeOnly`) can have no default")?;
    }
    let required = schema.get("required").and_then(serde_json::Value::as_array).into_iter().flatten();
    for name in required {
        let known = name.as_str().is_some_and(|name| properties.contains_key(name));
        require(known, "config.required", format!("{name} is not among the properties"))?;
    }
    Ok(())
}
