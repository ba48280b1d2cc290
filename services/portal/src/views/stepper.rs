//! Where one stands in the form: "Étape 2 sur 4" and the step's own title as the page's heading, what comes then, and the
//! way out.

use maud::{Markup, html};

use crate::journey;
use crate::scene::Scene;

/// Steps of the form, for somebody who is not known yet.
pub const STEPS: u8 = 4;

/// The heading of a step. `following` is the key of the next step's title.
pub fn stepper(scene: &Scene<'_>, step: u8, title: &str, following: &str) -> Markup {
    html! {
        (way_out(scene))
        div.stepper {
            h1 {
                span.where { (scene.tell("step", &[("step", step.into()), ("steps", STEPS.into())])) }
                " " (title)
            }
            (bar(step))
            p.then { (scene.tell("step-next", &[("title", scene.say(following).into())])) }
        }
    }
}

/// The heading of the review, after the steps.
pub fn review(scene: &Scene<'_>, title: &str) -> Markup {
    html! {
        (way_out(scene))
        div.stepper {
            h1 { span.where { (scene.say("review-where")) } " " (title) }
            (bar(STEPS))
        }
    }
}

fn bar(step: u8) -> Markup {
    html! {
        div.bar aria-hidden="true" {
            @for place in 1..=STEPS { span.done[place <= step] {} }
        }
    }
}

fn way_out(scene: &Scene<'_>) -> Markup {
    html! {
        a.leave href=(journey::LEAVE) { (scene.say("leave-link")) span aria-hidden="true" { "×" } }
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
