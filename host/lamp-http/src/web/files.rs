//! The shell's files: embedded, precompressed, the page itself for every address that the shell routes.

use crate::problem::{ApiError, ApiResult};
use crate::web::{policy, text_body};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderValue, IF_NONE_MATCH, VARY,
};
use http::{HeaderName, StatusCode};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Embedded;

/// Files whose name carries a hash of their content never change.
const HASHED: &str = "assets/";
const INDEX: &str = "index.html";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The shell, ready to be served.
#[derive(Debug)]
pub struct Ui {
    files: HashMap<String, UiFile>,
    shell_policy: HeaderValue,
    import_map: Option<String>,
    frame_script: Option<String>,
    frame_styles: Vec<String>,
}

#[derive(Debug)]
struct UiFile {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    media_type: HeaderValue,
    /// Of the plain content, without quotes.
    tag: String,
}

impl Ui {
    /// The interface that was built into this binary; without one, a page that says how to build it.
    pub fn embedded() -> Self {
        let bytes = |content: Cow<'static, [u8]>| match content {
            Cow::Borrowed(content) => Bytes::from_static(content),
            Cow::Owned(content) => Bytes::from(content),
        };
        Self::new(
            Embedded::iter().filter_map(|path| Some((path.to_string(), bytes(Embedded::get(&path)?.data)))).collect(),
        )
    }

    /// Files by path without a leading slash; `x.br` and `x.gz` are `x` compressed.
    pub fn new(mut given: HashMap<String, Bytes>) -> Self {
        let plain: Vec<String> =
            given.keys().filter(|path| !path.ends_with(".br") && !path.ends_with(".gz")).cloned().collect();
        let mut files = HashMap::new();
        for path in plain {
            let (brotli, gzip) = (given.remove(&format!("{path}.br")), given.remove(&format!("{path}.gz")));
            if let Some(content) = given.remove(&path) {
                let file = UiFile::new(&path, content, brotli, gzip);
                files.insert(path, file);
            }
        }
        let index = files.get(INDEX).map(|file| String::from_utf8_lossy(&file.plain).into_owned()).unwrap_or_default();
        let import_map = policy::import_map(&index).map(str::to_owned);
        let policy = policy::shell(import_map.as_deref());
        let frame_files =
            |ending| files.keys().filter(move |path| is_frame_file(path, ending)).map(|path| format!("/{path}"));
        let frame_styles = stylesheets(&index).map(str::to_owned).chain(frame_files(".css")).collect::<BTreeSet<_>>();
        Self {
            frame_script: frame_files(".js").min(),
            frame_styles: frame_styles.into_iter().collect(),
            shell_policy: HeaderValue::from_str(&policy)
                .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'")),
            import_map,
            files,
        }
    }

    /// The shell's import map; framed plugins share its modules.
    pub(super) fn import_map(&self) -> Option<&str> {
        self.import_map.as_deref()
    }

    /// Address of the script that starts a framed plugin.
    pub(super) fn frame_script(&self) -> Option<&str> {
        self.frame_script.as_deref()
    }

    /// Addresses of the style sheets of framed plugins: those of the shell's page and of the frame script.
    pub(super) fn frame_styles(&self) -> &[String] {
        &self.frame_styles
    }

    /// A file, or the page for an address that the shell routes. Missing files below `/assets/` are missing.
    pub(super) fn answer(&self, path: &str, asked: &HeaderMap) -> ApiResult<Response> {
        let name = path.strip_prefix('/').unwrap_or(path);
        if let Some(file) = self.files.get(name).filter(|_| name != INDEX) {
            return Ok(self.file(name, file, asked));
        }
        if name.starts_with(HASHED) {
            return Err(ApiError::no_route());
        }
        match self.files.get(INDEX) {
            Some(index) => Ok(self.file(INDEX, index, asked)),
            None => Ok(self.not_built()),
        }
    }

    fn file(&self, name: &str, file: &UiFile, asked: &HeaderMap) -> Response {
        let (encoding, content) = file.best(asked);
        let tag = format!("\"{}{}\"", file.tag, encoding.map(|encoding| format!("-{encoding}")).unwrap_or_default());
        let known = asked.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let unchanged =
            known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
        let mut response = Response::new(if unchanged { Body::empty() } else { Body::from(content) });
        if unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, file.media_type.clone());
        headers.insert(CONTENT_SECURITY_POLICY, self.shell_policy.clone());
        let caching = if name.starts_with(HASHED) { IMMUTABLE } else { "no-cache" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if name.starts_with(HASHED) {
            // Framed plugins have an opaque origin and load the shared modules across it; they hold no secret.
            for (name, value) in ACROSS_ORIGINS {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
        }
        if let Some(encoding) = encoding.filter(|_| !unchanged) {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(ETAG, tag);
        }
        response
    }

    fn not_built(&self) -> Response {
        let mut response = text_body(
            "Lamphouse is running, but this binary was built without the web interface.\n\
             Build it with `./x build` and start the server again. The API is at /api/v1.\n",
        );
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CONTENT_SECURITY_POLICY, self.shell_policy.clone());
        response
    }
}

/// Lets every origin load, never with credentials.
pub(super) const ACROSS_ORIGINS: [(&str, &str); 2] =
    [("access-control-allow-origin", "*"), ("cross-origin-resource-policy", "cross-origin")];

fn is_frame_file(path: &str, ending: &str) -> bool {
    path.strip_prefix(HASHED).is_some_and(|name| name.starts_with("frame-") && name.ends_with(ending))
}

/// Addresses of the style sheets that a page links.
fn stylesheets(html: &str) -> impl Iterator<Item = &str> {
    let links = html.split("<link").skip(1).filter_map(|rest| rest.split('>').next());
    links
        .filter(|attributes| attributes.contains("rel=\"stylesheet\""))
        .filter_map(|attributes| attributes.split("href=\"").nth(1)?.split('"').next())
}

/// Media type by a file's ending, with the character set where it is text.
pub(super) fn media_type(path: &str) -> HeaderValue {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = guess.type_() == "text" || guess.subtype() == "javascript" || guess.subtype() == "json";
    let text = if is_text { format!("{guess}; charset=utf-8") } else { guess.to_string() };
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}

impl UiFile {
    fn new(path: &str, plain: Bytes, brotli: Option<Bytes>, gzip: Option<Bytes>) -> Self {
        let digest = Sha256::digest(&plain);
        let tag = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        Self { media_type: media_type(path), plain, brotli, gzip, tag }
    }

    /// The smallest form the client accepts.
    fn best(&self, asked: &HeaderMap) -> (Option<&'static str>, Bytes) {
        let accepts = asked.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepted = |name: &str| {
            accepts.split(',').any(|one| {
                let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
                let refused =
                    weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()) == Some(0.0);
                coding.trim().eq_ignore_ascii_case(name) && !refused
            })
        };
        match (&self.brotli, &self.gzip) {
            (Some(content), _) if accepted("br") => (Some("br"), content.clone()),
            (_, Some(content)) if accepted("gzip") => (Some("gzip"), content.clone()),
            _ => (None, self.plain.clone()),
        }
    }
}
