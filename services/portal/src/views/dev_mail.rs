//! Mails that no server takes, for whoever tries the service on their own machine.

use maud::{Markup, html};

use super::layout;
use crate::complaints::Complaints;
use crate::scene::Scene;

/// Where they are shown.
pub const PATH: &str = "/dev/mail";

/// Where every letter is shown with invented content.
pub const PREVIEWS: &str = "/dev/letters";

/// A letter with invented content.
#[derive(Clone, Debug)]
pub struct LetterPreview {
    /// Its name in addresses, such as `fr-verify_email`.
    pub name: String,
    /// Its language tag.
    pub language: &'static str,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// A mail, as far as it is shown.
pub struct Mail {
    /// Its file's name.
    pub file: String,
    /// Subject.
    pub subject: String,
    /// Recipient.
    pub to: String,
    /// When it was written.
    pub date: String,
    /// Plain text.
    pub text: String,
    /// Whether there is an HTML part.
    pub has_html: bool,
}

impl Mail {
    /// The first URL of the text: from `http` to the next white space.
    pub fn first_link(&self) -> Option<&str> {
        self.text
            .split_whitespace()
            .find(|word| word.starts_with("http://") || word.starts_with("https://"))
    }
}

/// The list, newest first.
pub fn list(scene: &Scene<'_>, mails: &[Mail]) -> Markup {
    let title = scene.say("dev-mail-title");
    let body = html! {
        h1 { (title) }
        p { (scene.say("dev-mail-lead")) }
        p { a href=(PREVIEWS) { (scene.say("dev-mail-previews")) } }
        @if mails.is_empty() { p { (scene.say("dev-mail-none")) } }
        ul.establishments {
            @for mail in mails {
                li.card {
                    a href={ (PATH) "/" (mail.file) } { (mail.subject) }
                    span { (scene.say("dev-mail-to")) " " (mail.to) }
                    span.hint { (mail.date) }
                }
            }
        }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}

/// Both parts of a mail: the text, and the HTML in a frame of its own.
fn parts(scene: &Scene<'_>, text: &str, html_address: Option<String>) -> Markup {
    html! {
        h2 { (scene.say("dev-mail-text")) }
        pre.mail { (text) }
        @if let Some(address) = html_address {
            h2 { (scene.say("dev-mail-html")) }
            iframe.mail src=(address) title=(scene.say("dev-mail-html")) {}
            p { a href=(address) { (scene.say("dev-mail-html-alone")) } }
        }
    }
}

/// Every letter with invented content, in every language.
pub fn previews(scene: &Scene<'_>, letters: &[LetterPreview]) -> Markup {
    let title = scene.say("dev-mail-previews");
    let body = html! {
        p { a href=(PATH) { (scene.say("dev-mail-back")) } }
        h1 { (title) }
        ul.establishments {
            @for letter in letters {
                li.card {
                    a href={ (PREVIEWS) "/" (letter.name) } lang=(letter.language) { (letter.subject) }
                    span.hint { (letter.name) }
                }
            }
        }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}

/// One letter with invented content.
pub fn preview(scene: &Scene<'_>, letter: &LetterPreview) -> Markup {
    let body = html! {
        p { a href=(PREVIEWS) { (scene.say("dev-mail-previews")) } }
        h1 lang=(letter.language) { (letter.subject) }
        p.hint { (letter.name) }
        (parts(scene, &letter.text, Some(format!("{PREVIEWS}/{}/html", letter.name))))
    };
    layout::page(scene, &letter.subject, &Complaints::default(), &body)
}

/// One mail.
pub fn one(scene: &Scene<'_>, mail: &Mail) -> Markup {
    let body = html! {
        p { a href=(PATH) { (scene.say("dev-mail-back")) } }
        h1 { (mail.subject) }
        p { (scene.say("dev-mail-to")) " " (mail.to) }
        p.hint { (mail.date) }
        div.buttons {
            @if let Some(link) = mail.first_link() { a.button href=(link) { (scene.say("dev-mail-link")) } }
            a href={ (PATH) "/" (mail.file) "/source" } { (scene.say("dev-mail-source")) }
        }
        (parts(scene, &mail.text, mail.has_html.then(|| format!("{PATH}/{}/html", mail.file))))
    };
    layout::page(scene, &mail.subject, &Complaints::default(), &body)
}
