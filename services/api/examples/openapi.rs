//! Prints the OpenAPI description, for `schemas/openapi.json`; with `3.0` the older rendition.

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut json = match std::env::args().nth(1).as_deref() {
        Some("3.0") => serde_json::to_string_pretty(&api::openapi_3_0()?)?,
        _ => api::openapi().to_pretty_json()?,
    };
    json.push('\n');
    Ok(std::io::stdout().write_all(json.as_bytes())?)
}
