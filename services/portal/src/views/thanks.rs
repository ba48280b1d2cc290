//! The thank-you page: a mail is under way. The same for somebody known and for somebody new.

use chrono::{DateTime, Utc};
use domain::registration::state::MailState;
use maud::{Markup, html};

use super::fields::guard;
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

/// How long another mail has to be waited for.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    /// In seconds from now.
    pub seconds: i64,
    /// By the clock (UTC).
    pub until: DateTime<Utc>,
}

/// What the page shows.
pub struct Values<'a> {
    /// The address that the mail goes to.
    pub email: &'a str,
    /// What it is waited for.
    pub awaited: Awaited,
    /// What became of the mail.
    pub mail: MailState,
    /// When its link stops being good (UTC).
    pub good_until: Option<DateTime<Utc>>,
    /// How long another one has to be waited for; nothing when it may be asked for at once.
    pub wait: Option<Wait>,
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
        @if values.mail == MailState::Failed { p.box.wrong role="alert" { (scene.tell("thanks-failed", &[("email", values.email.into())])) } }
        @match values.awaited {
            Awaited::Password => { p { (scene.say("thanks-password")) } }
            Awaited::LastMail => { (sent(scene, values)) p { (scene.say("thanks-last")) } }
            Awaited::FirstMail => { (sent(scene, values)) p { (scene.say("thanks-private")) } }
        }
        p { (scene.say("thanks-spam")) }
        @if let Some(until) = values.good_until {
            p { (scene.tell("thanks-until", &[("when", scene.words.moment(scene.locale, until).into())])) }
        }
        form method="post" action="/inscription/terminer" {
            (guard(scene))
            div.buttons { button type="submit" { (scene.say("thanks-finish")) } }
        }
        (again(scene, values, proven))
    };
    layout::page(scene, &title, complaints, &body)
}

/// What is true of the mail: only a mail server's word makes it sent.
fn sent(scene: &Scene<'_>, values: &Values<'_>) -> Markup {
    let key = match values.mail {
        MailState::Requested => "thanks-leaving",
        MailState::Sent => "thanks-sent",
        MailState::Failed => return html! {},
    };
    html! { p.lead { (scene.tell(key, &[("email", values.email.into())])) } }
}

/// Asking for the mail once more. The button is there all the time: without scripts, pressing it too early leads back
/// here and changes nothing.
fn again(scene: &Scene<'_>, values: &Values<'_>, proven: bool) -> Markup {
    html! {
        section.apart aria-labelledby="not-received" {
            h2 #not-received { (scene.say("thanks-not-received")) }
            p { (scene.say("thanks-patience")) }
            form method="post" action=(journey::THANKS) {
                (guard(scene))
                input type="hidden" name="once" value=(values.once);
                @if let Some(wait) = values.wait { (told(scene, wait)) }
                div.buttons {
                    button.quiet #resend type="submit" aria-describedby=[values.wait.map(|_| "wait")] { (scene.say("thanks-resend")) }
                    @if !proven { a href=(journey::IDENTITY) { (scene.say("thanks-correct")) } }
                }
            }
        }
    }
}

fn told(scene: &Scene<'_>, wait: Wait) -> Markup {
    let when = scene.words.moment(scene.locale, wait.until);
    let (key, count) = if wait.seconds <= 90 {
        ("thanks-wait-seconds", wait.seconds)
    } else {
        ("thanks-wait-minutes", wait.seconds.div_euclid(60) + 1)
    };
    html! {
        p #wait data-wait=(wait.seconds) data-button="resend" data-left=(scene.tell("thanks-wait-left", &[("left", "{n}".into())]))
            data-over=(scene.say("thanks-wait-over")) {
            (scene.tell(key, &[("count", count.into()), ("when", when.into())]))
        }
    }
}
