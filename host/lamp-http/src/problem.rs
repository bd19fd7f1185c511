//! Errors as people and programs see them (RFC 9457). Never a path, statement or stack: those go to the log.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use lamp_auth::AuthError;
use lamp_core::entry::{AdminError, EntryError};
use lamp_core::id::RequestId;
use lamp_files::FilesError;
use lamp_sites::SitesError;
use lamp_store::StoreError;
use serde_json::json;
use std::borrow::Cow;

/// One error answer. The request id is filled in when it leaves the server.
#[derive(Debug, Clone)]
pub struct ApiError {
    pub(crate) status: StatusCode,
    code: Cow<'static, str>,
    message: String,
    detail: Option<Box<serde_json::Value>>,
    field: Option<Box<str>>,
    retry_after_secs: Option<u64>,
    allow: Option<String>,
}

/// Result of a handler.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error with its machine code and the sentence with the next step.
    pub(crate) fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            detail: None,
            field: None,
            retry_after_secs: None,
            allow: None,
        }
    }

    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", message);
        error.field = Some(field.into().into_boxed_str());
        error
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(crate) fn no_route() -> Self {
        Self::not_found("there is nothing at this address; /api/v1/openapi.json lists what there is")
    }

    pub(crate) fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "sign in, or send a valid token or API key")
    }

    pub(crate) fn forbidden(permission: &str) -> Self {
        let message = format!("this needs the permission `{permission}`; ask an admin for a role that has it");
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(crate) fn cross_site(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "cross_site", message)
    }

    pub(crate) fn method_not_allowed(allow: String) -> Self {
        let message = format!("this address answers {allow} only");
        let mut error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
        error.allow = Some(allow);
        error
    }

    pub(crate) fn plugin_not_installed(plugin: &str) -> Self {
        let message = format!("plugin `{plugin}` is not installed; install it on the plugins page");
        Self::new(StatusCode::NOT_FOUND, "plugin_not_installed", message)
    }

    /// The server's own fault: the cause is logged with the request id, the client gets none of it.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(cause = %cause, "a request failed in the server");
        let message = "something went wrong in the server; its log has the cause under this request id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }

    pub(crate) fn with_detail(mut self, detail: serde_json::Value) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_secs = Some(seconds);
        self
    }

    /// An error for a response that has a status and nothing else.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("error").to_lowercase();
        let code = title.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        Self::new(status, code, title)
    }

    /// The problem document, with headers.
    pub(crate) fn render(&self, request_id: &RequestId) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "message": self.message,
            "request_id": request_id,
        });
        if let Some(detail) = &self.detail {
            body["detail"] = (**detail).clone();
        }
        if let Some(field) = &self.field {
            body["field"] = json!(field);
        }
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        response
    }
}

impl IntoResponse for ApiError {
    /// The status alone; the service renders the document, since it knows the request id.
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::NotFound { .. } => Self::not_found(text),
            StoreError::Conflict { .. } => Self::new(
                StatusCode::CONFLICT,
                "conflict",
                "this conflicts with what is there already; reload and try again",
            ),
            StoreError::Invalid(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", text),
            StoreError::Limit(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "limit", text),
            StoreError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "database_busy", text).retry_after(1),
            _ => Self::internal(text),
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        let text = error.to_string();
        match error {
            AuthError::InvalidCredentials => Self::new(StatusCode::UNAUTHORIZED, "invalid_credentials", text),
            AuthError::NotSignedIn => Self::not_signed_in(),
            AuthError::TooManyAttempts { retry_after_secs } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", text).retry_after(retry_after_secs)
            }
            AuthError::SetupToken => Self::new(StatusCode::FORBIDDEN, "setup_token_invalid", text),
            AuthError::SetupDone => Self::new(StatusCode::CONFLICT, "setup_done", text),
            AuthError::Field { field, message } => Self::field(field, message),
            AuthError::NameTaken(_) => Self::new(StatusCode::CONFLICT, "name_taken", text),
            AuthError::OwnAccount => Self::new(StatusCode::CONFLICT, "own_account", text),
            AuthError::LastAdmin => Self::new(StatusCode::CONFLICT, "last_admin", text),
            AuthError::NotFound { .. } => Self::not_found(text),
            AuthError::Hash(_) => Self::internal(text),
            AuthError::Store(source) => source.into(),
        }
    }
}

impl From<SitesError> for ApiError {
    fn from(error: SitesError) -> Self {
        let text = error.to_string();
        match error {
            SitesError::Field { field, message } => Self::field(field, message),
            SitesError::WrongKey => Self::new(StatusCode::FORBIDDEN, "registration_key_invalid", text),
            SitesError::UsedKey => Self::new(StatusCode::FORBIDDEN, "registration_key_used", text),
            SitesError::NotAHub => Self::new(StatusCode::CONFLICT, "not_a_hub", text),
            SitesError::UnknownServer(_) => Self::not_found(text),
            SitesError::Store(source) => source.into(),
            other => Self::internal(other),
        }
    }
}

impl From<AdminError> for ApiError {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::NotInstalled(plugin) => Self::plugin_not_installed(&plugin),
            AdminError::Refused { code, message, field } => {
                let mut refused = Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message);
                refused.field = field.map(String::into_boxed_str);
                refused
            }
            AdminError::Host(cause) => Self::internal(cause),
        }
    }
}

impl From<EntryError> for ApiError {
    fn from(error: EntryError) -> Self {
        let failed = |plugin| {
            let message = format!("plugin `{plugin}` failed while answering; its log on the plugins page says why");
            Self::new(StatusCode::BAD_GATEWAY, "plugin_failed", message)
        };
        let text = error.to_string();
        match error {
            EntryError::NotInstalled(plugin) => Self::plugin_not_installed(plugin.as_str()),
            EntryError::NotRunning { state, reason, .. } => {
                let error =
                    Self::new(StatusCode::SERVICE_UNAVAILABLE, "plugin_not_running", text.trim_end_matches(": "));
                error.with_detail(json!({ "state": state, "reason": reason })).retry_after(5)
            }
            EntryError::Busy(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "plugin_busy", text).retry_after(1),
            EntryError::Timeout { .. } => Self::new(StatusCode::GATEWAY_TIMEOUT, "plugin_timeout", text),
            EntryError::NotExported { plugin, .. }
            | EntryError::OutOfMemory { plugin, .. }
            | EntryError::Trapped { plugin, .. }
            | EntryError::Host { plugin, .. } => {
                tracing::warn!(plugin = %plugin, cause = %text, "a plugin failed while answering");
                failed(plugin)
            }
        }
    }
}

impl From<FilesError> for ApiError {
    fn from(error: FilesError) -> Self {
        match &error {
            FilesError::NotFound { .. } | FilesError::UnknownMount(_) => Self::not_found(error.to_string()),
            FilesError::Offline { .. } | FilesError::Busy { .. } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "mount_offline", error.to_string()).retry_after(5)
            }
            FilesError::Io { .. } => Self::internal(error),
            _ => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.code(), error.to_string()),
        }
    }
}
