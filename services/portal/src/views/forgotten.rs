//! Asking for a mail to choose another password, and what is said then, whether or not there is an account.

use maud::{Markup, html};

use super::fields::{TextField, guard};
use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// The question. `email` is what was typed before.
pub fn page(scene: &Scene<'_>, email: &str, complaints: &Complaints) -> Markup {
    let title = scene.say("forgotten-title");
    let field = TextField {
        name: "email",
        label: scene.say("email"),
        hint: Some(scene.say("email-hint")),
        value: email,
        kind: Some("email"),
        autocomplete: "username",
        inputmode: Some("email"),
        ..TextField::default()
    };
    let body = html! {
        h1 { (title) }
        p { (scene.say("forgotten-lead")) }
        form method="post" action=(journey::FORGOTTEN) novalidate {
            (guard(scene))
            (field.render(scene, complaints))
            div.buttons {
                a.button.quiet href=(journey::SIGN_IN) { (scene.say("previous")) }
                button type="submit" { (scene.say("forgotten-button")) }
            }
        }
    };
    layout::page(scene, &title, complaints, &body)
}

/// The answer, always the same.
pub fn sent(scene: &Scene<'_>) -> Markup {
    let title = scene.say("forgotten-sent-title");
    let body = html! {
        h1 { (title) }
        p { (scene.say("forgotten-sent")) }
        p { (scene.say("forgotten-sent-none")) }
        div.buttons {
            a.button href=(journey::SIGN_IN) { (scene.say("link-sign-in")) }
            a href=(journey::FORGOTTEN) { (scene.say("forgotten-again")) }
        }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}
