//! A plugin for the host's own tests: it calls any host function on request, and misbehaves on request.

mod admit;
mod arguments;
mod calls;
mod hear;
mod life;
mod misbehave;
mod work;

use arguments::Arguments;
use lamphouse_plugin::Error;
use lamphouse_plugin::http::{Body, FileReference, Handler, Request, Response};
use serde_json::{Value, json};

struct Probe;

impl Handler for Probe {
    fn handle(request: Request) -> Response {
        match request.segments().as_slice() {
            ["probe", "ping"] => Response::text(200, "pong"),
            ["probe", "call", interface, function] => {
                match calls::call(interface, function, &Arguments::read(&request.body)) {
                    Some(answer) => Response::json(200, &told(answer)),
                    None => Response::problem(404, "unknown_function", "the probe has no call of that name"),
                }
            }
            ["probe", "misbehave", how] => misbehave::now(how, &Arguments::read(&request.body)),
            ["probe", "file", mount, path] => Response {
                status: 200,
                headers: Vec::new(),
                body: Body::File(FileReference { mount: (*mount).to_owned(), path: (*path).to_owned() }),
            },
            _ => Response::problem(404, "unknown_route", "the probe has no such route"),
        }
    }
}

/// `{"ok": value}`, or `{"error": {"code", "message"}}`.
fn told(answer: Result<Value, Error>) -> Value {
    match answer {
        Ok(value) => json!({ "ok": value }),
        Err(error) => {
            let (code, message) = split(error);
            json!({ "error": { "code": code, "message": message } })
        }
    }
}

fn split(error: Error) -> (&'static str, String) {
    match error {
        Error::Denied(text) => ("denied", text),
        Error::NotFound(text) => ("not-found", text),
        Error::Invalid(text) => ("invalid", text),
        Error::Conflict(text) => ("conflict", text),
        Error::Limit(text) => ("limit", text),
        Error::Unavailable(text) => ("unavailable", text),
        Error::Other(text) => ("other", text),
    }
}

lamphouse_plugin::export_http!(Probe);
lamphouse_plugin::export_jobs!(Probe);
lamphouse_plugin::export_events!(Probe);
lamphouse_plugin::export_lifecycle!(Probe);
lamphouse_plugin::export_tracker!(Probe);
