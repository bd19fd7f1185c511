//! Prints the API document of the host without plugins: `./x docs` keeps it in `docs/generated/openapi.json`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(&lamp_http::document(&[]))?;
    writeln!(std::io::stdout().lock(), "{text}")
}
