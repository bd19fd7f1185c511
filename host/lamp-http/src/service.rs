//! One request from head to answer: circumstances, site rules, the part of the server that answers, headers, numbers.

use crate::app::AppState;
use crate::events::ws;
use crate::metrics::Area;
use crate::problem::{ApiError, ApiResult};
use crate::request::{self, Context};
use crate::{guard, headers, plugin_route, routes, web};
use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Request, StatusCode};
use hyper::body::Incoming;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::time::Instant;
use tower::ServiceExt;

/// Longest address answered; longer ones are 414.
const MAX_URI_BYTES: usize = 16 * 1024;
const API: &str = "/api/v1/";

/// The router with everything around it. One for all connections.
pub(crate) struct Service {
    app: AppState,
    router: Router,
    host_paths: HostPaths,
}

impl Service {
    pub(crate) fn new(app: AppState) -> Self {
        let rows = routes::routes();
        let host_paths = HostPaths::new(rows.iter().filter_map(|row| row.path.strip_prefix(API)));
        let router = rows.into_iter().fold(Router::new(), |router, row| router.route(row.path, row.handler));
        let router = router.fallback(|| async { ApiError::no_route() }).with_state(AppState::clone(&app));
        Self { app, router, host_paths }
    }

    /// Answers one request. Never fails: trouble is an answer.
    pub(crate) async fn answer(&self, mut request: Request<Incoming>, peer: SocketAddr) -> Response {
        let began = Instant::now();
        // HTTP/2 has no `Host`; what follows reads one place only.
        if let (false, Some(authority)) = (request.headers().contains_key(HOST), request.uri().authority())
            && let Ok(value) = HeaderValue::from_str(authority.as_str())
        {
            request.headers_mut().insert(HOST, value);
        }
        let context = Context::new(&self.app.settings, request.headers(), peer.ip());
        let area = self.area(request.uri().path());
        let head = (request.method().clone(), request.uri().clone());
        let answered = AssertUnwindSafe(self.dispatch(area, request, &context)).catch_unwind().await;
        let response = answered.unwrap_or_else(|_| Err(ApiError::internal("a handler panicked")));
        let response = finish(response.unwrap_or_else(IntoResponse::into_response), area, &context);
        self.app.metrics.count(area, response.status(), began.elapsed());
        let (method, path) = (&head.0, head.1.path());
        tracing::debug!(request_id = %context.request_id, %method, path, status = response.status().as_u16(), "answered");
        response
    }

    /// Which part of the server an address belongs to.
    fn area(&self, path: &str) -> Area {
        if let Some(rest) = path.strip_prefix(API) {
            return if self.host_paths.has(rest) { Area::Api } else { Area::Plugin };
        }
        if path == "/api" || path.starts_with("/api/") || path == "/ws" || path == "/metrics" {
            Area::Api
        } else if web::is_plugin_asset(path) {
            Area::Asset
        } else {
            Area::Ui
        }
    }

    async fn dispatch(&self, area: Area, request: Request<Incoming>, context: &Context) -> ApiResult<Response> {
        check_form(&self.app, &request, context)?;
        match area {
            Area::Api | Area::Plugin => guard::check_site(request.headers())?,
            Area::Asset | Area::Ui => {}
        }
        match area {
            Area::Plugin => plugin_route::answer(&self.app, request, context).await,
            Area::Asset => web::plugin_asset(&self.app, &request),
            Area::Ui => web::page(&self.app, &request, context),
            Area::Api => Ok(self.route(request, context).await),
        }
    }

    async fn route(&self, request: Request<Incoming>, context: &Context) -> Response {
        let mut request = request.map(Body::new);
        if request.uri().path() == "/ws" {
            let uri = request.uri().clone();
            ws::adopt_token(&uri, request.headers_mut());
        }
        request.extensions_mut().insert(context.clone());
        request.extensions_mut().insert(AppState::clone(&self.app));
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Paths of the host below `/api/v1`, by their first segment. What it does not know may be a plugin's, also below a
/// collection of the host.
struct HostPaths(BTreeMap<&'static str, Vec<&'static str>>);

impl HostPaths {
    fn new(paths: impl Iterator<Item = &'static str>) -> Self {
        let mut by_first: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for path in paths {
            by_first.entry(first_segment(path)).or_default().push(path);
        }
        Self(by_first)
    }

    fn has(&self, path: &str) -> bool {
        self.0.get(first_segment(path)).is_some_and(|known| known.iter().any(|known| fits(path, known)))
    }
}

/// Whether `path` is one that the router takes for `known`.
fn fits(path: &str, known: &str) -> bool {
    let mut given = path.split('/');
    let all = known.split('/').all(|segment| {
        given.next().is_some_and(|text| if segment.starts_with('{') { !text.is_empty() } else { text == segment })
    });
    all && given.next().is_none()
}

fn first_segment(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

/// What every part of the server asks of a request.
fn check_form(app: &AppState, request: &Request<Incoming>, context: &Context) -> ApiResult<()> {
    if request.uri().path().len() + request.uri().query().map_or(0, str::len) > MAX_URI_BYTES {
        return Err(ApiError::new(StatusCode::URI_TOO_LONG, "uri_too_long", "the address is longer than 16 KiB"));
    }
    if !request::host_is_allowed(app, context) {
        let message = "this server does not answer to that name; add it to the allowed hosts";
        return Err(ApiError::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", message));
    }
    Ok(())
}

/// Turns bare errors into problem documents and adds the headers that are on every answer.
fn finish(mut response: Response, area: Area, context: &Context) -> Response {
    let status = response.status();
    let problem = response.extensions_mut().remove::<ApiError>();
    // What a plugin answers is passed on as it is.
    let is_bare = !matches!(area, Area::Plugin) && (status.is_client_error() || status.is_server_error());
    let problem = problem.or_else(|| {
        (is_bare && !response.headers().contains_key(CONTENT_TYPE) && is_empty(&response))
            .then(|| ApiError::of_status(status))
    });
    if let Some(problem) = problem {
        let mut rendered = problem.render(&context.request_id);
        for (name, value) in response.headers() {
            if !rendered.headers().contains_key(name) && *name != http::header::CONTENT_LENGTH {
                rendered.headers_mut().insert(name.clone(), value.clone());
            }
        }
        response = rendered;
    }
    headers::secure(response.headers_mut(), &context.request_id);
    response
}

fn is_empty(response: &Response) -> bool {
    use hyper::body::Body as _;
    response.body().is_end_stream() || response.body().size_hint().exact() == Some(0)
}
