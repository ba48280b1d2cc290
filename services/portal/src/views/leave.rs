//! Leaving the form: what is kept, for how long, and how one takes it up again.

use maud::{Markup, html};

use super::fields::guard;
use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// Renders it. `days` is how long an unfinished registration is kept.
pub fn page(scene: &Scene<'_>, days: i64) -> Markup {
    let title = scene.say("leave-title");
    let body = html! {
        h1 { (title) }
        p { (scene.tell("leave-kept", &[("days", days.into())])) }
        p { (scene.say("leave-again")) }
        form method="post" action=(journey::LEAVE) {
            (guard(scene))
            div.choice {
                input #keep type="checkbox" name="keep" value="yes" aria-describedby="keep-hint";
                label for="keep" { (scene.say("leave-keep")) }
            }
            p.hint #keep-hint { (scene.say("leave-keep-hint")) }
            div.choice {
                input #mail type="checkbox" name="mail" value="yes" aria-describedby="mail-hint";
                label for="mail" { (scene.say("leave-mail")) }
            }
            p.hint #mail-hint { (scene.say("leave-mail-hint")) }
            div.buttons {
                a.button.quiet href=(journey::ONWARDS) { (scene.say("leave-stay")) }
                button type="submit" { (scene.say("leave-button")) }
            }
        }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}
