//! The thank-you page: a mail is under way. The same for somebody known and for somebody new.

use maud::{Markup, html};

use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What the person is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// A mail whose link ends the registration.
    LastMail,
    /// A mail whose link opens the form (the address is proven first).
    FirstMail,
    /// Only the password is missing, and the link leads to it.
    Password,
}

/// What the page shows.
pub struct Values<'a> {
    /// The address that the mail goes to.
    pub email: &'a str,
    /// What it is waited for.
    pub awaited: Awaited,
    /// Whether the mail was given up.
    pub failed: bool,
    /// Makes the form harmless when it is sent twice.
    pub once: &'a str,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values<'_>, complaints: &Complaints) -> Markup {
    let proven = values.awaited == Awaited::Password;
    let title = scene.say(if proven {
        "thanks-password-title"
    } else {
        "thanks-title"
    });
    let body = html! {
        h1 { (title) }
        @if values.failed { p.box.wrong role="alert" { (scene.say("thanks-failed")) } }
        @match values.awaited {
            Awaited::Password => { p { (scene.say("thanks-password")) } }
            Awaited::LastMail => { (sent(scene, values)) p { (scene.say("thanks-last")) } }
            Awaited::FirstMail => { (sent(scene, values)) p { (scene.say("thanks-private")) } }
        }
        p { (scene.say("thanks-spam")) }
        form method="post" action="/inscription/terminer" {
            div.buttons { button type="submit" { (scene.say("thanks-finish")) } }
        }
        section.apart {
            h2 { (scene.say("thanks-not-received")) }
            div.buttons {
                form method="post" action=(journey::THANKS) {
                    input type="hidden" name="once" value=(values.once);
                    button.quiet type="submit" { (scene.say("thanks-resend")) }
                }
                @if !proven { a href=(journey::IDENTITY) { (scene.say("thanks-correct")) } }
            }
        }
    };
    layout::page(scene, &title, complaints, &body)
}

fn sent(scene: &Scene<'_>, values: &Values<'_>) -> Markup {
    html! { p.lead { (scene.tell("thanks-sent", &[("email", values.email.into())])) } }
}
