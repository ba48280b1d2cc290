//! Prints the OpenAPI description, for `schemas/openapi.json`.

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut json = api::openapi().to_pretty_json()?;
    json.push('\n');
    Ok(std::io::stdout().write_all(json.as_bytes())?)
}
