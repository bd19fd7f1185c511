//! `POST /dcps/verify`: verifications of many packages, asked for together.

use super::body;
use crate::catalogue;
use crate::verify::{self, Mode};
use lamphouse_plugin::Error;
use lamphouse_plugin::http::{Request, Response};
use serde::Deserialize;
use serde_json::json;

/// Packages of one call.
const MOST_PACKAGES: usize = 200;

#[derive(Deserialize)]
struct Wanted {
    packages: Vec<String>,
    #[serde(default)]
    mode: Mode,
}

/// Queues a job for each of the packages that are known; how many those are.
pub fn verify_many(request: &Request) -> Result<Response, Error> {
    let wanted: Wanted = body(request, "{\"packages\": [ids], \"mode\": \"full\"}")?;
    if wanted.packages.len() > MOST_PACKAGES {
        return Err(Error::Invalid(format!("packages: {MOST_PACKAGES} ids at the most in one call")));
    }
    let known = catalogue::known_packages(&wanted.packages)?;
    let job =
        |id: &String| verify::job_of(&verify::Request { mode: wanted.mode, ..verify::Request::of(id.clone()) }, None);
    catalogue::write(Vec::new(), known.keys().map(job).collect(), Vec::new())?;
    Ok(Response::json(202, &json!({ "packages": known.len() })))
}
