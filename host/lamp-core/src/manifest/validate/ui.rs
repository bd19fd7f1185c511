//! Checks of `[ui]`: scripts, pages and slots.

use super::names::{has_text, is_asset_path, is_export, is_kebab, is_page_path};
use super::{Checked, check_known_permission, require};
use crate::manifest::{Ui, UiPage};
use std::collections::BTreeSet;

/// Version of the interface between shell and plugin interfaces.
pub const API: u32 = 1;

/// Groups of the navigation, in order.
pub const GROUPS: [&str; 6] = ["overview", "content", "network", "media", "storage", "admin"];

/// Slots of the shell's own pages.
pub const SLOTS: [&str; 1] = ["dashboard.card"];

/// First segments of the shell's own paths; no page can claim them with `alias`.
pub const SHELL_PATHS: [&str; 18] = [
    "account", "api", "assets", "audit", "events", "jobs", "keys", "login", "metrics", "mounts", "notices", "p",
    "plugins", "settings", "setup", "system", "users", "ws",
];

/// Lucide icons that the shell carries for plugins' pages.
pub const ICONS: [&str; 62] = [
    "activity",
    "archive",
    "arrow-left-right",
    "audio-lines",
    "bar-chart-3",
    "bell",
    "book-open",
    "box",
    "boxes",
    "calendar",
    "captions",
    "check-circle",
    "clapperboard",
    "clock",
    "cloud",
    "cpu",
    "database",
    "download",
    "file",
    "file-check",
    "file-text",
    "film",
    "flask-conical",
    "folder",
    "folder-open",
    "folder-sync",
    "folder-tree",
    "gauge",
    "globe",
    "hard-drive",
    "hard-drive-download",
    "hash",
    "image",
    "inbox",
    "info",
    "key-round",
    "languages",
    "layout-dashboard",
    "library",
    "link",
    "list",
    "list-checks",
    "lock",
    "mail",
    "map",
    "monitor",
    "music",
    "network",
    "package",
    "play",
    "plug",
    "radio",
    "refresh-cw",
    "route",
    "search",
    "send",
    "server",
    "settings",
    "shield-check",
    "tags",
    "upload",
    "users",
];

pub(super) fn check(ui: &Ui, known_permissions: &BTreeSet<String>) -> Checked {
    require(ui.api == API, "ui.api", format!("this host has version {API}, write `api = {API}`"))?;
    let script = is_asset_path(&ui.entry) && (ui.entry.ends_with(".js") || ui.entry.ends_with(".mjs"));
    require(script, "ui.entry", format!("`{}` is no script module: write `ui/index.js`", ui.entry))?;
    for (index, style) in ui.styles.iter().enumerate() {
        let good = is_asset_path(style) && style.ends_with(".css");
        require(good, format!("ui.styles[{index}]"), format!("`{style}` is no style sheet: write `ui/style.css`"))?;
    }
    let (mut ids, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for (index, page) in ui.pages.iter().enumerate() {
        let field = |name: &str| format!("ui.pages[{index}].{name}");
        require(ids.insert(&page.id), field("id"), format!("`{}` is there twice", page.id))?;
        require(paths.insert(&page.path), field("path"), format!("`{}` is there twice", page.path))?;
        check_page(page, known_permissions, field)?;
    }
    check_slots(ui, known_permissions)
}

fn check_page(page: &UiPage, known_permissions: &BTreeSet<String>, field: impl Fn(&str) -> String) -> Checked {
    require(is_kebab(&page.id), field("id"), format!("`{}` is no id: use a-z, 0-9 and hyphens", page.id))?;
    let path = &page.path;
    require(
        is_page_path(path),
        field("path"),
        format!("`{path}` is no page path: write `/things` or `/things/{{id}}`"),
    )?;
    let first = path.trim_start_matches('/').split('/').next().unwrap_or(path);
    let own = !first.is_empty() && !first.starts_with('{') && !SHELL_PATHS.contains(&first);
    let claimed = format!("`{path}` belongs to the shell: choose another path, or leave `alias` out");
    require(!page.alias || own, field("path"), claimed)?;
    check_drawn(&page.export, &page.title, &field)?;
    let icons = format!("`{}` is not in the shell: write one of {}", page.icon, ICONS.join(", "));
    require(ICONS.contains(&page.icon.as_str()), field("icon"), icons)?;
    let groups = format!("`{}` is no group: write one of {}", page.group, GROUPS.join(", "));
    require(GROUPS.contains(&page.group.as_str()), field("group"), groups)?;
    if let Some(keys) = &page.keys {
        require(are_keys(keys), field("keys"), format!("`{keys}` are no keys: write one or two, for example `g l`"))?;
    }
    check_requires(&page.requires, known_permissions, field)
}

fn check_slots(ui: &Ui, known_permissions: &BTreeSet<String>) -> Checked {
    for (index, slot) in ui.slots.iter().enumerate() {
        let field = |name: &str| format!("ui.slots[{index}].{name}");
        let slots = format!("`{}` is no slot: write one of {}", slot.slot, SLOTS.join(", "));
        require(SLOTS.contains(&slot.slot.as_str()), field("slot"), slots)?;
        check_drawn(&slot.export, &slot.title, field)?;
        check_requires(&slot.requires, known_permissions, field)?;
    }
    Ok(())
}

fn check_drawn(export: &str, title: &str, field: impl Fn(&str) -> String) -> Checked {
    require(is_export(export), field("export"), format!("`{export}` is no name of a script export"))?;
    require(has_text(title, 60), field("title"), "write one line of 1 to 60 characters")
}

fn check_requires(requires: &[String], known: &BTreeSet<String>, field: impl Fn(&str) -> String) -> Checked {
    requires.iter().try_for_each(|permission| check_known_permission(permission, known, field("requires")))
}

/// One or two single keys: letters and digits.
fn are_keys(keys: &str) -> bool {
    let parts: Vec<&str> = keys.split(' ').collect();
    let is_key = |part: &&str| part.len() == 1 && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    (1..=2).contains(&parts.len()) && parts.iter().all(is_key)
}
