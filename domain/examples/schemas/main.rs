//! Writes the contract of the feed: `cargo run -p domain --example schemas -- schemas`. Called by `script/update`.

#![allow(
    clippy::expect_used,
    reason = "run by maintainers: a fault in the contract should stop it"
)]

use std::path::Path;

mod contract;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "schemas".to_owned());
    let released = Path::new(&folder).join(contract::RELEASED);
    let pinned = std::fs::read_to_string(&released).unwrap_or_else(|_| "{}".to_owned());
    let pinned: serde_json::Value = serde_json::from_str(&pinned).expect("released.json is JSON");
    let faults = contract::breaking(&pinned);
    if !faults.is_empty() {
        eprintln!("{}\n{}", faults.join("\n"), contract::released::WAY_OUT);
        std::process::exit(1);
    }
    let pinned = contract::released::with_additions(&pinned, &contract::event_schemas());
    std::fs::create_dir_all(&folder)?;
    std::fs::write(released, contract::released_text(&pinned))?;
    for (path, text) in contract::files() {
        let path = Path::new(&folder).join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
