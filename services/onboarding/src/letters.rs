//! Every letter with invented content, for the pages that show a developer what mails look like.

use std::sync::Arc;

use domain::values::Locale;
use mailer::letter::LetterKind;
use mailer::stationery::Stationery;
use portal::LetterPreview;

use crate::ground::Ground;

/// Writes each in every language. One that cannot be written is missing, and said so in the log.
pub fn previews(ground: &Ground, public_url: &str) -> Vec<LetterPreview> {
    let stationery = Stationery {
        catalogue: Arc::clone(&ground.catalogue),
        words: Arc::clone(&ground.words),
        public_url: public_url.to_owned(),
    };
    let every = LetterKind::ALL
        .into_iter()
        .flat_map(|kind| [(kind, Locale::Fr), (kind, Locale::En)]);
    every
        .filter_map(
            |(kind, locale)| match mailer::preview(kind, locale, &stationery) {
                Ok(written) => Some(LetterPreview {
                    name: format!("{}-{}", locale.code(), kind.code()),
                    language: locale.code(),
                    subject: written.subject,
                    text: written.text,
                    html: written.html,
                }),
                Err(fault) => {
                    tracing::warn!(%fault, letter = kind.code(), "a letter cannot be shown");
                    None
                }
            },
        )
        .collect()
}
