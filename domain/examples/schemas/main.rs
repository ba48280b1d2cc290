//! Writes the contract of the feed: `cargo run -p domain --example schemas -- schemas`. Called by `script/update`.

#![allow(
    clippy::expect_used,
    reason = "run by maintainers: a fault in the contract should stop it"
)]

use std::path::Path;

mod contract;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "schemas".to_owned());
    for (path, text) in contract::files() {
        let path = Path::new(&folder).join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
