//! The plain-text view of a letter.
//!
//! Paragraphs are not broken by hand: each reader of mails wraps them to its own width. The letter's link is the first
//! URL and stands alone on its line, so that no sign of punctuation can be taken for a part of it.

use super::sheet::Sheet;

/// Sets a sheet as plain text.
pub fn page(sheet: &Sheet) -> String {
    let mut blocks = vec![sheet.greeting.clone()];
    blocks.extend(sheet.paragraphs.iter().cloned());
    blocks.push(format!(
        "{}{}\n{}",
        sheet.action.button,
        colon(sheet),
        sheet.action.url
    ));
    blocks.extend(sheet.link_terms.clone());
    blocks.extend(
        sheet
            .second
            .as_ref()
            .map(|(sentence, url)| format!("{sentence}\n{url}")),
    );
    blocks.extend(sheet.unasked.clone());
    blocks.push(format!("-- \n{}\n{}", sheet.space, sheet.footer.join("\n")));
    blocks.join("\n\n") + "\n"
}

/// French sets a no-break space before a colon.
fn colon(sheet: &Sheet) -> &'static str {
    if sheet.language == "fr" { "\u{a0}:" } else { ":" }
}
