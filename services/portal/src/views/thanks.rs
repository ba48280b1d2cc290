//! The thank-you page: a mail is under way. The same for somebody known and for somebody new.

use chrono::{DateTime, Utc};
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

/// What is known of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It was asked for.
    Leaving,
    /// A server asked for patience, or was not there: it is tried again.
    PutOff,
    /// A server took it.
    Sent,
    /// It came back, or was given up.
    Failed,
}

impl Seen {
    /// Its word for the page's script.
    pub fn word(self) -> &'static str {
        match self {
            Self::Leaving => "leaving",
            Self::PutOff => "put-off",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
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
    /// Whether the address was recognised as a contact's, so that nothing more was asked.
    pub is_contact: bool,
    /// What became of the mail.
    pub mail: Seen,
    /// For how many seconds more the page asks what has become of it.
    pub asks_for: Option<i64>,
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
    let failed = values.mail == Seen::Failed;
    let title = scene.say(match (failed, proven) {
        (true, _) => "thanks-failed-title",
        (false, true) => "thanks-password-title",
        (false, false) => "thanks-title",
    });
    let email = [("email", values.email.into())];
    let body = html! {
        h1 { (title) }
        (asking(values))
        @if failed {
            div.box.wrong #mail-failed role="alert" tabindex="-1" autofocus {
                p { (scene.tell("thanks-failed", &email)) }
                p { (scene.say(if proven { "thanks-failed-again" } else { "thanks-failed-correct" })) }
            }
            (failed_acts(scene, values, proven))
        } @else {
            @match values.awaited {
                Awaited::Password => { p { (scene.say("thanks-password")) } }
                Awaited::LastMail => { (sent(scene, values)) p { (scene.say("thanks-last")) } }
                Awaited::FirstMail => { (sent(scene, values)) p { (scene.say("thanks-private")) } }
            }
            @if values.is_contact && !proven { p { (scene.of_organisation("thanks-known")) } }
            @if values.mail == Seen::PutOff { p.box.told role="status" { (scene.say("thanks-put-off")) } }
            p { (scene.say("thanks-spam")) }
            @if let Some(until) = values.good_until {
                p { (scene.tell("thanks-until", &[("when", scene.words.moment(scene.locale, until).into())])) }
            }
            form method="post" action="/inscription/terminer" {
                (guard(scene))
                div.buttons { button type="submit" { (scene.say("thanks-finish")) } }
            }
            (again(scene, values, proven))
        }
    };
    match values.asks_for {
        Some(_) => layout::refreshed(scene, &title, complaints, &body, REFRESH_SECONDS),
        None => layout::page(scene, &title, complaints, &body),
    }
}

/// Without scripts the page is loaded again so often while it waits for what becomes of the mail.
const REFRESH_SECONDS: u8 = 6;

/// Has the page's script ask what has become of the mail: that it was sent is told in its place, and for anything else the
/// page is loaded again.
fn asking(values: &Values<'_>) -> Markup {
    html! {
        @if let Some(seconds) = values.asks_for {
            span #mail-state hidden data-ask=(journey::MAIL_STATE) data-for=(seconds) data-word=(values.mail.word()) {}
        }
    }
}

/// What is true of the mail: only a mail server's word makes it sent.
fn sent(scene: &Scene<'_>, values: &Values<'_>) -> Markup {
    let email = [("email", values.email.into())];
    let (left, leaving) = (
        scene.tell("thanks-sent", &email),
        scene.tell("thanks-leaving", &email),
    );
    html! {
        @if values.mail == Seen::Sent { p.lead { (left) } }
        @else { p.lead #mail-told role="status" data-sent=(left) { (leaving) } }
    }
}

/// A mail that came back: the address is looked at first, and only then is it asked for again.
fn failed_acts(scene: &Scene<'_>, values: &Values<'_>, proven: bool) -> Markup {
    html! {
        form method="post" action=(journey::THANKS) {
            (guard(scene))
            input type="hidden" name="once" value=(values.once);
            @if let Some(wait) = values.wait { (told(scene, wait)) }
            div.buttons {
                @if !proven { a.button href=(journey::IDENTITY) { (scene.say("thanks-correct")) } }
                button.quiet[!proven] #resend type="submit" aria-describedby=[values.wait.map(|_| "wait")] { (scene.say("thanks-resend")) }
            }
        }
    }
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

/// How long another mail has to be waited for.
pub fn told(scene: &Scene<'_>, wait: Wait) -> Markup {
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
