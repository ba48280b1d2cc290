//! Mails that no server takes, for whoever tries the service on their own machine.

use maud::{Markup, html};

use super::layout;
use crate::complaints::Complaints;
use crate::scene::Scene;

/// Where they are shown.
pub const PATH: &str = "/dev/mail";

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

/// One mail.
pub fn one(scene: &Scene<'_>, mail: &Mail) -> Markup {
    let body = html! {
        p { a href=(PATH) { (scene.say("dev-mail-back")) } }
        h1 { (mail.subject) }
        p { (scene.say("dev-mail-to")) " " (mail.to) }
        p.hint { (mail.date) }
        pre.mail { (mail.text) }
        div.buttons {
            @if let Some(link) = mail.first_link() { a.button href=(link) { (scene.say("dev-mail-link")) } }
            a href={ (PATH) "/" (mail.file) "/source" } { (scene.say("dev-mail-source")) }
        }
    };
    layout::page(scene, &mail.subject, &Complaints::default(), &body)
}
