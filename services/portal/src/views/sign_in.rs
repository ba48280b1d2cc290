//! The sign-in page, where everybody arrives.

use maud::{Markup, html};

use super::fields::{TextField, guard, show_password};
use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What the page shows.
#[derive(Default)]
pub struct Values<'a> {
    /// What was typed before.
    pub email: &'a str,
    /// Whether this browser holds an unfinished registration.
    pub unfinished: bool,
    /// Topics that a lost session did not let be saved; they wait until the person is signed in.
    pub topics: &'a [String],
}

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values<'_>, complaints: &Complaints) -> Markup {
    let title = scene.say("sign-in-title");
    let body = html! {
        div.columns {
            section { (known(scene, &title, values, complaints)) }
            section.aside {
                @if values.unfinished {
                    h2 { (scene.say("sign-in-unfinished-title")) }
                    p { (scene.say("sign-in-unfinished")) }
                    div.buttons { a.button href=(journey::ONWARDS) { (scene.say("sign-in-unfinished-link")) } }
                } @else {
                    h2 { (scene.say("sign-in-new-title")) }
                    p { (scene.say("sign-in-new-lead")) }
                    div.buttons { a.button href=(journey::IDENTITY) { (scene.say("sign-in-new-button")) } }
                    p.hint { (scene.of_organisation("sign-in-new-note")) }
                }
            }
        }
        script src=(scene.assets.password.address) defer {}
    };
    layout::wide(scene, &title, complaints, &body)
}

fn known(scene: &Scene<'_>, title: &str, values: &Values<'_>, complaints: &Complaints) -> Markup {
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
        h1 { (title) }
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
