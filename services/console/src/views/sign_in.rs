//! The way in: name, secret, and why.

use maud::{Markup, html};

use super::layout;
use crate::routes::sign_in::PATH;
use crate::web::visit::Scene;

/// What was wrong with an attempt.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Wrong {
    /// Nobody has this name and secret.
    pub credential: bool,
    /// The purpose says too little, too much, or names an address.
    pub purpose: bool,
}

/// The page; `name` and `purpose` as they were typed.
pub fn page(scene: &Scene<'_>, wrong: Wrong, name: &str, purpose: &str) -> Markup {
    let body = html! {
        @if wrong != Wrong::default() {
            div.wrong role="alert" {
                @if wrong.credential { p { (scene.say("sign-in-refused")) } }
                @if wrong.purpose { p { (scene.say("purpose-refused")) } }
            }
        }
        form.sign-in method="post" action=(PATH) {
            p {
                label for="name" { (scene.say("sign-in-name")) }
                input #name name="name" value=(name) required autocomplete="username" autocapitalize="none" spellcheck="false"
                    aria-invalid=[wrong.credential.then_some("true")];
            }
            p {
                label for="secret" { (scene.say("sign-in-secret")) }
                input #secret name="secret" type="password" required autocomplete="current-password"
                    aria-invalid=[wrong.credential.then_some("true")];
            }
            p {
                label for="purpose" { (scene.say("sign-in-purpose")) }
                span.hint #purpose-hint { (scene.say("purpose-hint")) }
                input #purpose name="purpose" value=(purpose) required minlength="5" maxlength="200"
                    aria-describedby="purpose-hint" aria-invalid=[wrong.purpose.then_some("true")];
            }
            button { (scene.say("sign-in")) }
        }
    };
    layout::page(scene, &scene.say("sign-in-title"), &body)
}
