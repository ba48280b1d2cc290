//! Where one stands in the form: "Étape 2 sur 4", the step's own title as the page's heading, and what comes then.

use maud::{Markup, html};

use crate::scene::Scene;

/// Steps of the form, for somebody who is not known yet.
pub const STEPS: u8 = 4;

/// The heading of a step. `following` is the key of the next step's title; nothing on the last.
pub fn stepper(scene: &Scene<'_>, step: u8, title: &str, following: Option<&str>) -> Markup {
    html! {
        div.stepper {
            p.where { (scene.tell("step", &[("step", step.into()), ("steps", STEPS.into())])) }
            div.bar aria-hidden="true" {
                @for place in 1..=STEPS { span.done[place <= step] {} }
            }
            h1 { (title) }
            p.then {
                @match following {
                    Some(key) => (scene.tell("step-next", &[("title", scene.say(key).into())])),
                    None => (scene.say("step-last")),
                }
            }
        }
    }
}

/// The buttons under a step: on, and back where there is a way back.
pub fn buttons(scene: &Scene<'_>, back: Option<&str>) -> Markup {
    html! {
        div.buttons {
            @if let Some(back) = back { a.button.quiet href=(back) { (scene.say("previous")) } }
            button type="submit" { (scene.say("next")) }
        }
    }
}
