//! Writes every page with sample values into a folder, for looking at them: `cargo run -p portal --example pages -- DIR`.

use std::path::Path;

use catalogue::{Catalogue, Words};
use domain::values::Locale;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder to write into")?;
    let (words, catalogue) = (Words::load()?, Catalogue::load(None)?);
    for locale in [Locale::Fr, Locale::En] {
        let folder = Path::new(&folder).join(locale.code());
        std::fs::create_dir_all(&folder)?;
        for (address, body) in portal::gallery::loaded(&catalogue) {
            let name = address
                .trim_start_matches('/')
                .split('?')
                .next()
                .unwrap_or_default();
            std::fs::write(folder.join(name), body)?;
        }
        for (name, html) in portal::gallery::pages(&words, &catalogue, locale) {
            // A file has no site to be counted from.
            let html = html
                .replace("href=\"/portal.css", "href=\"portal.css")
                .replace("href=\"/icon.svg", "href=\"icon.svg")
                .replace("src=\"/", "src=\"");
            std::fs::write(folder.join(format!("{name}.html")), html)?;
        }
    }
    Ok(())
}
