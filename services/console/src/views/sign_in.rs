//! The way in: name, secret, and why.

use domain::values::StatedReason;
use maud::{Markup, html};

use super::layout::{self, Fault, fault, invalid};
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
    let mut faults: Vec<Fault> = Vec::new();
    if wrong.credential {
        faults.push(("secret", scene.say("sign-in-refused")));
    }
    if wrong.purpose {
        faults.push(("purpose", scene.say("purpose-refused")));
    }
    let body = html! {
        form.sign-in method="post" action=(PATH) {
            p {
                label for="name" { (scene.say("sign-in-name")) }
                input #name name="name" value=(name) required autocomplete="username" autocapitalize="none" spellcheck="false";
            }
            p {
                label for="secret" { (scene.say("sign-in-secret")) }
                (fault(&faults, "secret"))
                input #secret name="secret" type="password" required autocomplete="current-password"
                    aria-invalid=[invalid(&faults, "secret")] aria-describedby=[wrong.credential.then_some("secret-fault")];
            }
            p {
                label for="purpose" { (scene.say("sign-in-purpose")) }
                span.hint #purpose-hint { (scene.say("purpose-hint")) }
                (fault(&faults, "purpose"))
                input #purpose name="purpose" value=(purpose) required minlength=(StatedReason::LENGTH_MIN) maxlength=(StatedReason::LENGTH_MAX) autocomplete="off"
                    aria-invalid=[invalid(&faults, "purpose")]
                    aria-describedby={ @if wrong.purpose { "purpose-fault " } "purpose-hint" };
            }
            button { (scene.say("sign-in")) }
        }
    };
    layout::page_with(scene, &scene.say("sign-in-title"), &faults, &body)
}
