//! Who may pass: cross-site rules, the caller behind a token, the permission of a route.

use crate::app::App;
use crate::problem::{ApiError, ApiResult};
use crate::request::{self, Context};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method};
use lamp_auth::{AuthError, Authenticated, Presented};
use lamp_store::audit::{NewAudit, Outcome};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Refusals of one caller and permission are written down once in this time.
const DENIAL_STEP: Duration = Duration::from_secs(10);
const MAX_DENIALS: usize = 10_000;

/// Whether the method changes nothing (RFC 9110, 9.2.1).
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Refuses what another site's page sent: every request of an opaque origin or of another site.
pub(crate) fn check_site(headers: &HeaderMap) -> ApiResult<()> {
    if headers.get(ORIGIN).is_some_and(|origin| origin == "null") {
        return Err(ApiError::cross_site("requests of sandboxed pages are not accepted; ask through the shell"));
    }
    if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return Err(ApiError::cross_site(
            "requests of other sites are not accepted; use a token from a program instead",
        ));
    }
    Ok(())
}

/// A change that a cookie vouches for must provably come from a page of this server.
pub(crate) fn check_same_origin(headers: &HeaderMap) -> ApiResult<()> {
    let refused = ApiError::cross_site("this change did not come from a page of this server; reload the page");
    match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(b"same-origin" | b"none") => return Ok(()),
        Some(_) => return Err(refused),
        None => {}
    }
    if origin_is_own(headers) == Some(true) { Ok(()) } else { Err(refused) }
}

/// Whether `Origin` names this server's own host; none without the header.
pub(crate) fn origin_is_own(headers: &HeaderMap) -> Option<bool> {
    let origin = headers.get(ORIGIN)?.to_str().unwrap_or_default();
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let host = request::text(headers, HOST.as_str());
    Some(authority.is_some() && authority == host)
}

/// The caller. Errors: 401 for none, a wrong or an ended one; 403 for a change by cookie from elsewhere.
pub(crate) async fn authenticate(app: &App, headers: &HeaderMap, method: &Method) -> ApiResult<Arc<Authenticated>> {
    let presented = request::presented(headers).ok_or_else(ApiError::not_signed_in)?;
    let who = app.auth.authenticate(presented).await?;
    if matches!(presented, Presented::Cookie(_)) && !is_safe(method) {
        check_same_origin(headers)?;
    }
    Ok(who)
}

/// The caller of a request that counts against its rate. Errors: those of [`authenticate`]; 429 over the rate, also for
/// those who are not signed in and ask on.
pub(crate) async fn admit(
    app: &App,
    headers: &HeaderMap,
    method: &Method,
    context: &Context,
) -> ApiResult<Arc<Authenticated>> {
    match authenticate(app, headers, method).await {
        Ok(who) => app.rates.count_caller(&who).map(|()| who),
        Err(error) => app.rates.count_stranger(context.address).and(Err(error)),
    }
}

/// The caller with permissions as of this instant: a plugin may have started since the directory was compared.
pub(crate) async fn caller_as_of_now(app: &App, headers: &HeaderMap) -> ApiResult<Arc<Authenticated>> {
    app.fresh_directory();
    authenticate(app, headers, &Method::GET).await
}

/// Whether the caller holds the permission; a refusal is written to the audit log now and then.
pub(crate) async fn require(
    app: &App,
    who: &Authenticated,
    permission: &'static str,
    context: &Context,
    action: impl FnOnce() -> String,
) -> ApiResult<()> {
    if who.caller.may(permission) {
        return Ok(());
    }
    app.record_denial(who, permission, context, action()).await?;
    Err(ApiError::forbidden(permission))
}

/// Which refusals were written lately, so that a caller who keeps asking does not fill the log.
#[derive(Default)]
pub(crate) struct DenialLog(Mutex<HashMap<(String, String), Instant>>);

impl DenialLog {
    fn is_new(&self, actor: &str, permission: &str) -> bool {
        let mut seen = self.0.lock();
        let now = Instant::now();
        if seen.len() >= MAX_DENIALS {
            seen.retain(|_, at| now.duration_since(*at) < DENIAL_STEP);
        }
        let last = seen.insert((actor.to_owned(), permission.to_owned()), now);
        last.is_none_or(|last| now.duration_since(last) >= DENIAL_STEP)
    }
}

impl App {
    /// Writes an audit row for a request that was refused for want of `permission`.
    pub(crate) async fn record_denial(
        &self,
        who: &Authenticated,
        permission: &str,
        context: &Context,
        subject: String,
    ) -> ApiResult<()> {
        if self.denials.is_new(&who.caller.actor(), permission) {
            let entry = NewAudit {
                action: "request.refuse",
                subject,
                detail: serde_json::json!({ "permission": permission, "role": who.caller.role }),
                outcome: Outcome::Denied,
            };
            self.store.record_audit(&context.origin(&who.caller), entry).await?;
        }
        Ok(())
    }
}

/// An owned copy of what was presented, for streams that ask again later.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    text: String,
    by_cookie: bool,
}

impl Credential {
    pub(crate) fn of(presented: Presented<'_>) -> Self {
        match presented {
            Presented::Cookie(text) => Self { text: text.to_owned(), by_cookie: true },
            Presented::Bearer(text) => Self { text: text.to_owned(), by_cookie: false },
        }
    }

    /// The caller, if the session or key is still good. Errors: of the database.
    pub(crate) async fn check(&self, app: &App) -> ApiResult<Option<Arc<Authenticated>>> {
        let presented = if self.by_cookie { Presented::Cookie(&self.text) } else { Presented::Bearer(&self.text) };
        match app.auth.authenticate(presented).await {
            Ok(who) => Ok(Some(who)),
            Err(AuthError::NotSignedIn) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
