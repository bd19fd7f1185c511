//! What is known about a request before any route is chosen: its id, where it comes from, what it presents.

use crate::app::{App, HttpSettings};
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HOST, HeaderName, USER_AGENT};
use lamp_auth::{Client, Presented};
use lamp_core::caller::Caller;
use lamp_core::id::RequestId;
use lamp_store::audit::Origin;
use std::net::IpAddr;

/// The session cookie's name.
pub(crate) const SESSION_COOKIE: &str = "lamphouse_session";
/// Correlation id, in and out.
pub(crate) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One request's circumstances; the extension of that type is set on every request of a host route.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// From `x-request-id` when it is well formed, else new.
    pub request_id: RequestId,
    /// The person's machine.
    pub address: IpAddr,
    /// The person's browser spoke TLS (to a trusted proxy).
    pub secure: bool,
    /// `Host` as sent, port included.
    pub host: Option<String>,
    /// `User-Agent`.
    pub user_agent: Option<String>,
}

impl Context {
    pub(crate) fn new(settings: &HttpSettings, headers: &HeaderMap, peer: IpAddr) -> Self {
        let trusted = settings.trusted_proxies.contains(&peer.to_canonical());
        let forwarded = |name: &str| text(headers, name).filter(|_| trusted);
        let address = forwarded("x-forwarded-for")
            .and_then(|list| list.rsplit(',').next())
            .and_then(|last| last.trim().parse().ok())
            .unwrap_or(peer);
        Self {
            request_id: request_id(headers),
            address,
            secure: forwarded("x-forwarded-proto") == Some("https"),
            host: text(headers, HOST.as_str()).map(str::to_owned),
            user_agent: text(headers, USER_AGENT.as_str()).map(str::to_owned),
        }
    }

    /// For sign-ins.
    pub(crate) fn client(&self) -> Client {
        Client {
            address: Some(self.address),
            user_agent: self.user_agent.clone(),
            request_id: Some(self.request_id.clone()),
        }
    }

    /// For audit rows of changes that `caller` asks for.
    pub(crate) fn origin(&self, caller: &Caller) -> Origin {
        Origin::in_request(caller.actor(), &self.request_id)
    }
}

fn request_id(headers: &HeaderMap) -> RequestId {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let given = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    match given.filter(|id| (1..=64).contains(&id.len()) && id.bytes().all(allowed)) {
        Some(id) => RequestId::from(id),
        None => RequestId::generate(),
    }
}

/// A header's text when it is there once and readable.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// What the request presents: `Authorization` wins over the cookie, also when it is wrong.
pub(crate) fn presented(headers: &HeaderMap) -> Option<Presented<'_>> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let value = value.to_str().unwrap_or_default();
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        let token = if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" };
        return Some(Presented::Bearer(token));
    }
    session_cookie(headers).map(Presented::Cookie)
}

fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == SESSION_COOKIE).then_some(value))
}

/// Whether `Host` is one this server answers to.
pub(crate) fn host_is_allowed(app: &App, context: &Context) -> bool {
    let allowed = &app.settings.allowed_hosts;
    if allowed.is_empty() {
        return true;
    }
    let Some(host) = &context.host else { return false };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name),
    };
    allowed.contains(&name.to_ascii_lowercase())
}
