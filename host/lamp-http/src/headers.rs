//! Headers that the host alone sets, and that are on every answer.

use crate::request::REQUEST_ID;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use lamp_core::id::RequestId;

/// For answers that are data: nothing may be loaded or run by them, nobody may frame them.
pub(crate) const DATA_CSP: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

static CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
static CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
static PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Adds what is missing. A route that needs another policy sets its own first.
pub(crate) fn secure(headers: &mut HeaderMap, request_id: &RequestId) {
    let mut default = |name: &HeaderName, value: &'static str| {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
    };
    default(&X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(&CONTENT_SECURITY_POLICY, DATA_CSP);
    default(&REFERRER_POLICY, "same-origin");
    default(&CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    default(&CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    default(&PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    default(&CACHE_CONTROL, "no-store");
    if let Ok(id) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(REQUEST_ID.clone(), id);
    }
}

/// Names a plugin cannot set: they would speak for the host, or break the framing of the answer.
pub(crate) fn is_reserved(name: &str) -> bool {
    const RESERVED: &[&str] = &[
        "alt-svc",
        "clear-site-data",
        "connection",
        "content-length",
        "content-security-policy",
        "content-security-policy-report-only",
        "date",
        "host",
        "keep-alive",
        "nel",
        "origin-agent-cluster",
        "permissions-policy",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "public-key-pins",
        "referrer-policy",
        "refresh",
        "report-to",
        "reporting-endpoints",
        "server",
        "service-worker-allowed",
        "set-cookie",
        "set-cookie2",
        "sourcemap",
        "strict-transport-security",
        "te",
        "timing-allow-origin",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "www-authenticate",
        "x-content-type-options",
        "x-frame-options",
        "x-request-id",
        "x-sourcemap",
    ];
    RESERVED.binary_search(&name).is_ok()
        || name.starts_with("access-control-")
        || name.starts_with("cross-origin-")
        || name.starts_with("sec-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_keeps_its_headers_and_leaves_the_others() {
        for name in [
            "set-cookie",
            "content-security-policy",
            "strict-transport-security",
            "content-length",
            "transfer-encoding",
            "connection",
            "access-control-allow-origin",
            "service-worker-allowed",
            "alt-svc",
            "x-sourcemap",
            "upgrade",
            "cross-origin-opener-policy",
            "www-authenticate",
            "clear-site-data",
            "x-request-id",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["content-type", "etag", "cache-control", "link", "x-total-count", "content-disposition", "vary"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
