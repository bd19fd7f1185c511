//! The smallest plugin: one route that greets.

use lamphouse_plugin::http::{Handler, Request, Response};

struct Hello;

impl Handler for Hello {
    fn handle(_request: Request) -> Response {
        Response::text(200, "hello")
    }
}

lamphouse_plugin::export_http!(Hello);
