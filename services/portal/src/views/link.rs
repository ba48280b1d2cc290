//! What stands behind a link that does not lead to a password: something to confirm, or why not and which way on.

use catalogue::ProblemWords;
use maud::{Markup, html};

use super::fields::guard;
use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// Something that the link lets one do, by a button: a machine that opens links in mails presses none.
pub fn to_act(scene: &Scene<'_>, token: &str, act: &Act<'_>, complaints: &Complaints) -> Markup {
    let (title, lead, button) = match act {
        Act::Confirm { email } => (
            scene.say("confirm-title"),
            scene.tell("confirm-lead", &[("email", (*email).into())]),
            "confirm-button",
        ),
        Act::Resume { email } => (
            scene.say("resume-title"),
            scene.tell("resume-lead", &[("email", (*email).into())]),
            "resume-button",
        ),
    };
    let body = html! {
        h1 { (title) }
        p { (lead) }
        form method="post" action={ "/verify/" (token) } {
            (guard(scene))
            div.buttons { button type="submit" { (scene.say(button)) } }
        }
    };
    layout::page(scene, &title, complaints, &body)
}

/// What a link lets one do.
pub enum Act<'a> {
    /// Confirm the address and go on with the form.
    Confirm {
        /// The address.
        email: &'a str,
    },
    /// Go on with an unfinished registration.
    Resume {
        /// The address that it was started with.
        email: &'a str,
    },
}

/// Why a link leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadEnd {
    /// This service never made it, or it was miscopied.
    Unknown,
    /// Its time is over; a new one can be asked for with it.
    ExpiredProof,
    /// Its time is over; it was to choose another password.
    ExpiredReset,
    /// Its time is over; it was to take an unfinished registration up again.
    ExpiredResumption,
    /// It has served.
    Used,
    /// A newer one took its place.
    Replaced,
    /// The address has an account.
    AccountExists,
    /// The registration was left unfinished for too long.
    Ended,
}

/// Explains it, with a way on.
pub fn dead_end(scene: &Scene<'_>, token: &str, dead_end: DeadEnd, complaints: &Complaints) -> Markup {
    let ProblemWords { title, detail } = words(scene, dead_end);
    let body = html! {
        h1 { (title) }
        p { (detail) }
        @match dead_end {
            DeadEnd::ExpiredProof => {
                form method="post" action={ "/verify/" (token) "/nouveau-lien" } {
                    (guard(scene))
                    div.buttons { button type="submit" { (scene.say("link-new")) } }
                }
                p.hint { (scene.say("link-new-lead")) }
            }
            DeadEnd::ExpiredResumption => {
                (way(&scene.say("sign-in-new-button"), journey::IDENTITY))
                p { a href=(journey::ONWARDS) { (scene.say("sign-in-unfinished-link")) } }
            }
            DeadEnd::ExpiredReset => (way(&scene.say("link-new"), journey::FORGOTTEN)),
            DeadEnd::Used | DeadEnd::AccountExists => (way(&scene.say("link-sign-in"), journey::SIGN_IN)),
            DeadEnd::Ended => (way(&scene.say("sign-in-new-button"), journey::IDENTITY)),
            DeadEnd::Unknown | DeadEnd::Replaced => {
                (way(&scene.say("link-sign-in"), journey::SIGN_IN))
                p { a href=(journey::IDENTITY) { (scene.say("sign-in-new-button")) } }
            }
        }
        @if matches!(dead_end, DeadEnd::AccountExists | DeadEnd::Unknown | DeadEnd::Replaced) {
            p { a href=(journey::FORGOTTEN) { (scene.say("sign-in-forgotten")) } }
        }
    };
    layout::page(scene, &title, complaints, &body)
}

fn way(label: &str, path: &str) -> Markup {
    html! { div.buttons { a.button href=(path) { (label) } } }
}

fn words(scene: &Scene<'_>, dead_end: DeadEnd) -> ProblemWords {
    let own = |key: &str| ProblemWords {
        title: scene.say(&format!("{key}-title")),
        detail: scene.say(key),
    };
    let shared = |code: &str| scene.words.problem(scene.locale, code, &[]);
    match dead_end {
        DeadEnd::Unknown => shared("link-invalid"),
        DeadEnd::ExpiredProof | DeadEnd::ExpiredReset => shared("link-expired"),
        DeadEnd::AccountExists => shared("account-exists"),
        DeadEnd::Used => own("link-used"),
        DeadEnd::ExpiredResumption => own("link-expired-resumption"),
        DeadEnd::Replaced => own("link-replaced"),
        DeadEnd::Ended => own("link-ended"),
    }
}
