//! The page in which a plugin's export runs with an opaque origin: `/plugin-frame/<id>/<hash12>/<export>`. It loads the
//! shell's frame script, which finds in the page's data what to draw, and speaks with the shell by messages only.

use crate::app::App;
use crate::directory::Entry;
use crate::problem::{ApiError, ApiResult};
use crate::request::Context;
use crate::web::{policy, text_body};
use axum::response::Response;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue};
use lamp_core::manifest::Ui;

/// Answers with the page. Errors: 404 without such a plugin, version or export, or when the shell has no frame script.
pub(super) fn page(app: &App, rest: &str, query: Option<&str>, context: &Context) -> ApiResult<Response> {
    let mut parts = rest.splitn(3, '/');
    let (id, hash, export) = match (parts.next(), parts.next(), parts.next()) {
        (Some(id), Some(hash), Some(export)) => (id, hash, export),
        _ => return Err(ApiError::no_route()),
    };
    let directory = app.fresh_directory();
    let entry = directory.find(id).filter(|entry| entry.short_hash() == hash).ok_or_else(ApiError::no_route)?;
    let ui = entry.manifest.ui.as_ref().filter(|ui| has_export(ui, export)).ok_or_else(ApiError::no_route)?;
    let (import_map, script) =
        app.ui.import_map().zip(app.ui.frame_script()).filter(|_| query.is_none()).ok_or_else(ApiError::no_route)?;
    let origin =
        origin(context).ok_or_else(|| ApiError::bad_request("invalid_host", "the Host header is malformed"))?;
    let mut response = text_body(html(entry, ui, export, &Shell { import_map, script, styles: app.ui.frame_styles() }));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let policy = policy::framed(&origin, &entry.asset_base(), import_map);
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).map_err(ApiError::internal)?);
    // The shell's own page is of another origin than this one, by design.
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    Ok(response)
}

fn has_export(ui: &Ui, export: &str) -> bool {
    ui.pages.iter().any(|page| page.export == export) || ui.slots.iter().any(|slot| slot.export == export)
}

/// This server as the browser sees it; none when `Host` has characters that could end a policy's source.
fn origin(context: &Context) -> Option<String> {
    let host = context.host.as_deref()?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
    let scheme = if context.secure { "https" } else { "http" };
    (!host.is_empty() && host.bytes().all(allowed)).then(|| format!("{scheme}://{host}"))
}

/// What the shell gives to every framed page.
struct Shell<'a> {
    import_map: &'a str,
    script: &'a str,
    styles: &'a [String],
}

fn html(entry: &Entry, ui: &Ui, export: &str, shell: &Shell<'_>) -> String {
    let base = entry.asset_base();
    let own_styles = ui.styles.iter().map(|style| format!("{base}{style}"));
    let links: String = shell
        .styles
        .iter()
        .cloned()
        .chain(own_styles)
        .map(|address| format!("<link rel=\"stylesheet\" crossorigin href=\"{}\">", escape(&address)))
        .collect();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <script type=\"importmap\">{import_map}</script>{links}</head>\
         <body><div id=\"root\" data-plugin=\"{plugin}\" data-entry=\"{entry}\" data-export=\"{export}\" \
         data-api=\"{api}\"></div><script type=\"module\" crossorigin src=\"{script}\"></script></body></html>",
        title = escape(&entry.manifest.name),
        plugin = escape(entry.id.as_str()),
        entry = escape(&format!("{base}{}", ui.entry)),
        export = escape(export),
        api = ui.api,
        import_map = shell.import_map,
        script = escape(shell.script),
    )
}

fn escape(text: &str) -> String {
    let entity = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(entity).collect()
}
