//! Content security policies of the shell, of plugin assets and of framed plugins.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// For assets of plugins: a document among them may do nothing.
pub(super) const ASSET: &str = "sandbox; default-src 'none'";

/// The text of the inline import map in a page, if it has one.
pub(super) fn import_map(html: &str) -> Option<&str> {
    let mut rest = html;
    loop {
        let (_, from_tag) = rest.split_once("<script")?;
        let (attributes, body) = from_tag.split_once('>')?;
        let (text, after) = body.split_once("</script>")?;
        if attributes.contains("importmap") {
            return Some(text);
        }
        rest = after;
    }
}

/// Source expression that allows exactly this inline script.
pub(super) fn hash_source(script: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes())))
}

/// For the shell's page. `import_map` is the text of its only inline script.
pub(super) fn shell(import_map: Option<&str>) -> String {
    let hash = import_map.map(|text| format!(" {}", hash_source(text))).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'{hash}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; frame-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    )
}

/// For the page that frames a plugin: an opaque origin that loads the shell's assets and its own plugin's, by full
/// addresses, since `'self'` would allow every other plugin's as well. `origin` is this server as the browser sees it.
pub(super) fn framed(origin: &str, asset_base: &str, import_map: &str) -> String {
    let shell = format!("{origin}/assets/");
    let own = format!("{origin}{asset_base}");
    format!(
        "sandbox allow-scripts allow-forms allow-downloads; default-src 'none'; script-src {shell} {own} {hash}; \
         style-src {shell} {own} 'unsafe-inline'; img-src {own} data: blob:; font-src {shell}; connect-src 'none'; \
         form-action 'none'; base-uri 'none'; frame-ancestors {origin}",
        hash = hash_source(import_map)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_import_map_is_found_among_other_scripts() {
        let html = "<head><script type=\"module\" src=\"/assets/a.js\"></script>\
                    <script type=\"importmap\">{\"imports\":{}}</script></head>";
        assert_eq!(import_map(html), Some("{\"imports\":{}}"));
        assert_eq!(import_map("<script src=a></script>"), None);
        assert_eq!(import_map("<p>no script</p>"), None);
    }

    #[test]
    fn the_hash_is_that_of_the_text() {
        // printf '{"imports":{}}' | openssl dgst -sha256 -binary | base64
        assert_eq!(hash_source("{\"imports\":{}}"), "'sha256-URrTy+Il/Nz0lHojVUx275hWqAWhkSF0VsHbUM4/6Hw='");
    }
}
