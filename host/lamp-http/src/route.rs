//! One row of the table of routes: address, right, schemas and handler. Router, API document and authorisation are all
//! made from these rows, so they cannot drift.

use crate::app::{App, AppState};
use crate::guard;
use crate::problem::{ApiError, ApiResult};
use crate::request::Context;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use http::request::Parts;
use http::{Method, StatusCode};
use lamp_auth::Authenticated;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::sync::Arc;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone, as often as they like: for those who watch over the server.
    Unmetered,
    /// Everyone, signed in or not.
    Public,
    /// Callers with this permission.
    Permission(&'static str),
}

/// How a body is described.
#[derive(Debug, Clone, Copy)]
pub enum Payload {
    /// No body.
    None,
    /// JSON of a schema.
    Json(fn(&mut SchemaGenerator) -> Schema),
    /// Bytes or text of a media type.
    Raw(&'static str),
}

/// A query parameter for the API document.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Name.
    pub name: &'static str,
    /// `string`, `integer` or `boolean`.
    pub kind: &'static str,
    /// What it does.
    pub description: &'static str,
}

/// One route of the host.
#[derive(Debug, Clone)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Whole path; a segment in braces is a parameter.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// One line for the API document.
    pub summary: &'static str,
    /// Query parameters.
    pub query: Vec<Parameter>,
    /// Body of the request.
    pub request: Payload,
    /// Body of a good answer.
    pub response: Payload,
    /// Status of a good answer.
    pub status: StatusCode,
    /// How it is answered; checks `access` first.
    pub(crate) handler: MethodRouter<AppState>,
}

/// A row under construction.
pub(crate) struct Draft {
    method: Method,
    path: &'static str,
    access: Access,
    summary: &'static str,
    query: Vec<Parameter>,
    request: Payload,
    response: Payload,
    status: StatusCode,
}

/// Begins a row.
pub(crate) fn route(method: Method, path: &'static str, access: Access, summary: &'static str) -> Draft {
    let (query, request, response) = (Vec::new(), Payload::None, Payload::None);
    Draft { method, path, access, summary, query, request, response, status: StatusCode::NO_CONTENT }
}

impl Draft {
    pub(crate) fn takes<T: JsonSchema>(mut self) -> Self {
        self.request = Payload::Json(SchemaGenerator::subschema_for::<T>);
        self
    }

    pub(crate) fn takes_raw(mut self, media_type: &'static str) -> Self {
        self.request = Payload::Raw(media_type);
        self
    }

    pub(crate) fn answers<T: JsonSchema>(mut self, status: StatusCode) -> Self {
        (self.status, self.response) = (status, Payload::Json(SchemaGenerator::subschema_for::<T>));
        self
    }

    pub(crate) fn answers_raw(mut self, media_type: &'static str) -> Self {
        (self.status, self.response) = (StatusCode::OK, Payload::Raw(media_type));
        self
    }

    pub(crate) fn query(mut self, name: &'static str, kind: &'static str, description: &'static str) -> Self {
        self.query.push(Parameter { name, kind, description });
        self
    }

    /// `limit` and `cursor`.
    pub(crate) fn paged(self) -> Self {
        self.query("limit", "integer", "at most so many rows, 1 to 500").query(
            "cursor",
            "string",
            "from the `next` link of the page before",
        )
    }

    /// Ends the row with its handler.
    pub(crate) fn to<H, T>(self, handler: H) -> Route
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let access = self.access;
        let guarded = on(filter(&self.method), handler)
            .layer(from_fn(move |request: Request, next: Next| guard_route(access, request, next)));
        Route {
            method: self.method,
            path: self.path,
            access,
            summary: self.summary,
            query: self.query,
            request: self.request,
            response: self.response,
            status: self.status,
            handler: guarded,
        }
    }
}

fn filter(method: &Method) -> MethodFilter {
    match *method {
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::PATCH => MethodFilter::PATCH,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

/// Lets a request through to its handler when the caller may call the route; the handler finds the caller in the
/// request's extensions.
async fn guard_route(access: Access, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (Some(app), Some(context)) =
        (parts.extensions.get::<AppState>().cloned(), parts.extensions.get::<Context>().cloned())
    else {
        return ApiError::internal("a route was called without its context").into_response();
    };
    let admitted = match access {
        Access::Unmetered => Ok(()),
        Access::Public => app.rates.count_stranger(context.address),
        Access::Permission(permission) => check(&app, &context, &parts, permission).await.map(|who| {
            parts.extensions.insert(who);
        }),
    };
    match admitted {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => error.into_response(),
    }
}

async fn check(app: &App, context: &Context, parts: &Parts, permission: &'static str) -> ApiResult<Arc<Authenticated>> {
    // Permissions follow running plugins.
    app.directory();
    let who = guard::admit(app, &parts.headers, &parts.method, context).await?;
    guard::require(app, &who, permission, context, || format!("{} {}", parts.method, parts.uri.path())).await?;
    Ok(who)
}
