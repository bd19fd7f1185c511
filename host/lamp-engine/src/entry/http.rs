//! `lamphouse:http/handler`: one request, one answer, both whole.

use crate::bindings::http::exports::lamphouse::http::handler;
use crate::context::CallInfo;
use crate::plugin::LoadedPlugin;
use crate::pool::{Budget, Lane};
use lamp_core::caller::Caller;
use lamp_core::entry::{EntryError, HttpBody, HttpRequest, HttpResponse};

impl LoadedPlugin {
    /// Answers one request.
    pub async fn handle_http(
        &self,
        request: HttpRequest,
        caller: Caller,
        correlation: String,
    ) -> Result<HttpResponse, EntryError> {
        if self.pool.entries.http.is_none() {
            return Err(self.not_exported("lamphouse:http/handler"));
        }
        let limits = &self.pool.identity.manifest.limits;
        let budget = Budget { cpu_ms: limits.cpu_ms, wall_ms: limits.wall_ms };
        let info = CallInfo { caller: Some(caller), correlation, job: None };
        let request = handler::Request {
            method: request.method,
            path: request.path,
            query: request.query,
            headers: request.headers,
            body: request.body,
        };
        let response = self
            .pool
            .call(Lane::Foreground, budget, info, move |instance| {
                Box::pin(async move {
                    let entry =
                        instance.http.as_ref().ok_or_else(|| wasmtime::Error::msg("the instance has no http entry"))?;
                    entry.lamphouse_http_handler().call_handle(&mut instance.store, &request).await
                })
            })
            .await?;
        let body = match response.body {
            handler::Body::Bytes(bytes) => HttpBody::Bytes(bytes),
            handler::Body::File(file) => HttpBody::File { mount: file.mount, path: file.path },
        };
        Ok(HttpResponse { status: response.status, headers: response.headers, body })
    }
}
