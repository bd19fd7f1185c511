//! Pages and slots that running plugins add to the shell, as far as the caller may see them.

use crate::api::plugin_view::UiMode;
use crate::app::AppState;
use crate::directory::Entry;
use crate::guard;
use crate::problem::ApiResult;
use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use lamp_core::caller::Caller;
use lamp_core::grant::Grant;
use lamp_core::manifest::{Ui, UiPage, UiSlot};
use schemars::JsonSchema;
use serde::Serialize;

/// What the shell adds to its own pages.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Navigation {
    pages: Vec<NavigationPage>,
    slots: Vec<NavigationSlot>,
}

/// A page of a plugin.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NavigationPage {
    plugin: String,
    page_id: String,
    /// Top-level path when the page claims one, else `/p/<plugin><path>`.
    path: String,
    title: String,
    icon: String,
    group: String,
    order: i32,
    keys: Option<String>,
    export: String,
    #[serde(flatten)]
    code: Code,
}

/// A part of another page.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NavigationSlot {
    plugin: String,
    slot: String,
    title: String,
    order: i32,
    export: String,
    #[serde(flatten)]
    code: Code,
}

/// Where a plugin's scripts and styles are and how they run.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Code {
    entry: String,
    styles: Vec<String>,
    mode: UiMode,
}

pub(crate) async fn navigation(State(app): State<AppState>, headers: HeaderMap) -> ApiResult<Json<Navigation>> {
    let grants = app.store.list_grants().await?;
    let who = guard::caller_as_of_now(&app, &headers).await?;
    let directory = app.directory();
    let mut navigation = Navigation::default();
    for entry in &directory.entries {
        let Some(ui) = &entry.manifest.ui else { continue };
        let own: Vec<Grant> = grants.iter().filter(|grant| grant.plugin == entry.id).cloned().collect();
        let mode = UiMode::of(&entry.manifest, &own);
        let code = code(entry, ui, mode);
        let seen = |requires: &[String]| may_see(&who.caller, requires);
        navigation
            .pages
            .extend(ui.pages.iter().filter(|page| seen(&page.requires)).map(|page| page_of(entry, page, &code)));
        navigation
            .slots
            .extend(ui.slots.iter().filter(|slot| seen(&slot.requires)).map(|slot| slot_of(entry, slot, &code)));
    }
    navigation.pages.sort_by(|left, right| (left.order, &left.title).cmp(&(right.order, &right.title)));
    navigation.slots.sort_by(|left, right| (left.order, &left.title).cmp(&(right.order, &right.title)));
    Ok(Json(navigation))
}

fn may_see(caller: &Caller, requires: &[String]) -> bool {
    requires.iter().all(|permission| caller.may(permission))
}

fn code(entry: &Entry, ui: &Ui, mode: UiMode) -> Code {
    let base = entry.asset_base();
    let address = |path: &String| format!("{base}{path}");
    Code { entry: address(&ui.entry), styles: ui.styles.iter().map(address).collect(), mode }
}

fn page_of(entry: &Entry, page: &UiPage, code: &Code) -> NavigationPage {
    let path = if page.alias { page.path.clone() } else { format!("/p/{}{}", entry.id, page.path) };
    NavigationPage {
        plugin: entry.id.to_string(),
        page_id: page.id.clone(),
        path,
        title: page.title.clone(),
        icon: page.icon.clone(),
        group: page.group.clone(),
        order: page.order,
        keys: page.keys.clone(),
        export: page.export.clone(),
        code: code.clone(),
    }
}

fn slot_of(entry: &Entry, slot: &UiSlot, code: &Code) -> NavigationSlot {
    NavigationSlot {
        plugin: entry.id.to_string(),
        slot: slot.slot.clone(),
        title: slot.title.clone(),
        order: slot.order,
        export: slot.export.clone(),
        code: code.clone(),
    }
}
