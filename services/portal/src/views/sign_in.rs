//! The sign-in page, where everybody arrives.

use maud::{Markup, html};

use super::fields::{TextField, guard, show_password};
use super::layout;
use super::thanks::{Seen, Wait, told};
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What the page shows.
#[derive(Default)]
pub struct Values<'a> {
    /// What was typed before.
    pub email: &'a str,
    /// What stands beside the form.
    pub beside: Beside,
    /// Topics that a lost session did not let be saved; they wait until the person is signed in.
    pub topics: &'a [String],
}

/// What stands beside the form.
#[derive(Default)]
pub enum Beside {
    /// The way to a new registration.
    #[default]
    Newcomer,
    /// The way back to the form that was begun in this browser.
    Unfinished,
    /// The registration of this browser that waits for its mail.
    Awaited(Awaited),
}

/// A registration that waits for its mail.
pub struct Awaited {
    /// Its address, masked.
    pub email: String,
    /// Whether the address is proven, so that only the password is missing.
    pub is_proven: bool,
    /// What became of the mail.
    pub mail: Seen,
    /// How long another mail has to be waited for; nothing when it may be asked for at once.
    pub wait: Option<Wait>,
    /// Makes the form harmless when it is sent twice.
    pub once: String,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values<'_>, complaints: &Complaints) -> Markup {
    let title = scene.say(match &values.beside {
        Beside::Awaited(_) => "sign-in-awaited-title",
        _ => "sign-in-title",
    });
    let body = html! {
        div.columns {
            @match &values.beside {
                Beside::Awaited(it) => {
                    section { h1 { (title) } (awaited(scene, it)) }
                    section.aside { h2 { (scene.say("sign-in-title")) } (known(scene, values, complaints)) }
                }
                Beside::Unfinished => {
                    section { h1 { (title) } (known(scene, values, complaints)) }
                    section.aside {
                        h2 { (scene.say("sign-in-unfinished-title")) }
                        p { (scene.say("sign-in-unfinished")) }
                        div.buttons { a.button href=(journey::ONWARDS) { (scene.say("sign-in-unfinished-link")) } }
                    }
                }
                Beside::Newcomer => {
                    section { h1 { (title) } (known(scene, values, complaints)) }
                    section.aside {
                        h2 { (scene.say("sign-in-new-title")) }
                        p { (scene.say("sign-in-new-lead")) }
                        div.buttons { a.button href=(journey::IDENTITY) { (scene.say("sign-in-new-button")) } }
                        p.hint { (scene.of_organisation("sign-in-new-note")) }
                    }
                }
            }
        }
        script src=(scene.assets.password.address) defer {}
    };
    layout::wide(scene, &title, complaints, &body)
}

/// What the registration of this browser waits for, and the ways on from there.
fn awaited(scene: &Scene<'_>, it: &Awaited) -> Markup {
    let email = [("email", it.email.as_str().into())];
    let failed = it.mail == Seen::Failed;
    html! {
        @if failed {
            p.box.wrong { (scene.tell("thanks-failed", &email)) }
        } @else {
            p.lead { (scene.tell("sign-in-awaited", &email)) }
            p { (scene.say(if it.is_proven { "sign-in-awaited-password" } else { "sign-in-awaited-link" })) }
            p { (scene.say("thanks-spam")) }
        }
        form method="post" action=(journey::THANKS) {
            (guard(scene))
            input type="hidden" name="once" value=(it.once);
            @if let Some(wait) = it.wait { (told(scene, wait)) }
            div.buttons {
                @if !it.is_proven {
                    a.button.quiet[!failed] href=(journey::IDENTITY) { (scene.say("thanks-correct")) }
                }
                button.quiet #resend type="submit" aria-describedby=[it.wait.map(|_| "wait")] { (scene.say("thanks-resend")) }
            }
        }
        form method="post" action="/inscription/abandon" {
            (guard(scene))
            div.buttons { button.link type="submit" { (scene.say("identity-restart")) } }
        }
    }
}

fn known(scene: &Scene<'_>, values: &Values<'_>, complaints: &Complaints) -> Markup {
    let email = TextField {
        name: "email",
        label: scene.say("email"),
        value: values.email,
        kind: Some("email"),
        autocomplete: "username",
        inputmode: Some("email"),
        ..TextField::default()
    };
    let password = TextField {
        name: "password",
        label: scene.say("password"),
        kind: Some("password"),
        autocomplete: "current-password",
        ..TextField::default()
    };
    html! {
        p { (scene.tell("sign-in-lead", &[("space", scene.space().into())])) }
        form method="post" action=(journey::SIGN_IN) novalidate {
            (guard(scene))
            @for topic in values.topics { input type="hidden" name="topics" value=(topic); }
            (email.render(scene, complaints))
            (password.render(scene, complaints))
            (show_password(scene))
            div.buttons {
                button type="submit" { (scene.say("sign-in-button")) }
                a href=(journey::FORGOTTEN) { (scene.say("sign-in-forgotten")) }
            }
        }
    }
}
