//! Closing the account: what it does, the password, and what is said afterwards.

use domain::values::RegistrationId;
use maud::{Markup, html};

use super::fields::{TextField, guard, show_password};
use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What closing does, and the password.
pub fn page(scene: &Scene<'_>, email: &str, complaints: &Complaints) -> Markup {
    let title = scene.say("closing-title");
    let field = TextField {
        name: "password",
        label: scene.say("password"),
        hint: Some(scene.say("closing-password-hint")),
        kind: Some("password"),
        autocomplete: "current-password",
        ..TextField::default()
    };
    let body = html! {
        h1 { (title) }
        p { (scene.tell("closing-lead", &[("email", email.into())])) }
        ul {
            li { (scene.say("closing-erased")) }
            li { (scene.say("closing-kept")) }
            li { (scene.say("closing-final")) }
            li { (scene.say("closing-no-mail")) }
        }
        p { (scene.say("closing-export")) " " a href=(journey::EXPORT) download { (scene.say("space-export-link")) } }
        form method="post" action=(journey::CLOSING) novalidate {
            (guard(scene))
            input.unseen type="email" name="username" value=(email) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
            (field.render(scene, complaints))
            (show_password(scene))
            div.buttons {
                a.button.quiet href=(journey::SPACE) { (scene.say("closing-cancel")) }
                button.danger type="submit" { (scene.say("closing-button")) }
            }
        }
        script src=(scene.assets.password.address) defer {}
    };
    layout::page(scene, &title, complaints, &body)
}

/// What is said once it is closed.
pub fn closed(scene: &Scene<'_>, certified: Option<RegistrationId>, waiting: bool) -> Markup {
    let title = scene.say("closed-title");
    let body = html! {
        h1 { (title) }
        p { (scene.say(if waiting { "closed-waiting" } else { "closed-lead" })) }
        @if let Some(id) = certified {
            p { (scene.say("closed-certificate")) " " a href={ "/v1/erasures/" (id) } download { (scene.say("closed-certificate-link")) } }
        }
        p { (scene.say("closed-again")) }
        div.buttons { a.button href=(journey::SIGN_IN) { (scene.say("link-sign-in")) } }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}
