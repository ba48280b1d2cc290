//! The sign-in page, where everybody arrives.

use maud::{Markup, html};

use super::fields::TextField;
use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// Renders it. `email` is what was typed before.
pub fn page(scene: &Scene<'_>, email: &str, complaints: &Complaints) -> Markup {
    let title = scene.say("sign-in-title");
    let email = TextField {
        name: "email",
        label: scene.say("email"),
        value: email,
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
    let body = html! {
        div.columns {
            section {
                h1 { (title) }
                p { (scene.tell("sign-in-lead", &[("space", scene.space().into())])) }
                form method="post" action=(journey::SIGN_IN) novalidate {
                    (email.render(scene, complaints))
                    (password.render(scene, complaints))
                    div.buttons {
                        button type="submit" { (scene.say("sign-in-button")) }
                        a href=(journey::FORGOTTEN) { (scene.say("sign-in-forgotten")) }
                    }
                }
            }
            section.aside {
                h2 { (scene.say("sign-in-new-title")) }
                p { (scene.of_organisation("sign-in-new-note")) }
                div.buttons { a.button href=(journey::IDENTITY) { (scene.say("sign-in-new-button")) } }
            }
        }
    };
    layout::page(scene, &title, complaints, &body)
}
