//! The web interface: the embedded shell, assets of plugins, and the page that frames a plugin.

mod asset;
mod files;
mod frame;
mod policy;

pub(crate) use asset::{is_plugin_asset, plugin_asset};
pub use files::Ui;

use crate::app::App;
use crate::problem::{ApiError, ApiResult};
use crate::request::Context;
use axum::body::Body;
use axum::response::Response;
use http::{Method, Request};

/// A page or file of the shell, a framed plugin page, or the shell itself for every address that it routes.
pub(crate) fn page<B>(app: &App, request: &Request<B>, context: &Context) -> ApiResult<Response> {
    require_get(request.method())?;
    let path = request.uri().path();
    if let Some(rest) = path.strip_prefix("/plugin-frame/") {
        return frame::page(app, rest, request.uri().query(), context);
    }
    app.ui.answer(path, request.headers())
}

/// Everything outside the API is for reading.
fn require_get(method: &Method) -> ApiResult<()> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    Err(ApiError::method_not_allowed("GET, HEAD".to_owned()))
}

/// A body that is text of the host.
fn text_body(text: impl Into<String>) -> Response {
    Response::new(Body::from(text.into()))
}
