//! The first page: whether all is well, and where everybody stands.

use maud::{Markup, html};

use super::layout;
use crate::read::health::Health;
use crate::web::visit::Scene;

/// A checkpoint covers each event within this many seconds.
const COVERED_WITHIN: i64 = 10;

/// The page.
pub fn page(scene: &Scene<'_>, health: &Health) -> Markup {
    let body = html! {
        section aria-labelledby="log" {
            h2 #log { (scene.say("log")) }
            dl.facts {
                (fact(scene, "positions", &scene.number(health.positions), None))
                (fact(scene, "divergence", &scene.tell("divergence-of", &[
                    ("count", health.divergence.into()), ("recomputed", scene.number(health.recomputed).into()),
                ]), Some(health.divergence == 0)))
                (checkpoint(scene, health))
                (fact(scene, "read-models", &lag(scene, health.positions - health.read_models_at), Some(health.positions == health.read_models_at)))
                (fact(scene, "mails-open", &super::mails::open(scene, &health.mails), None))
                (fact(scene, "mails-overdue", &super::mails::overdue(scene, &health.mails), Some(health.mails.overdue == 0)))
                (fact(scene, "accesses-count", &scene.number(health.accesses), None))
            }
        }
        section aria-labelledby="stages" {
            h2 #stages { (scene.say("stages")) }
            @let rows: Vec<Vec<Markup>> = health.stages.iter().map(|(stage, count)| vec![
                html! { (scene.named("stage", stage)) },
                html! { (scene.number(*count)) },
            ]).collect();
            (layout::table(&scene.say("stages"), &[scene.say("stage"), scene.say("registrations")], &rows))
        }
        p.hint { (scene.tell("as-of", &[("moment", scene.moment(health.now).into())])) }
    };
    layout::page(scene, &scene.say("overview"), &body)
}

fn checkpoint(scene: &Scene<'_>, health: &Health) -> Markup {
    let Some((size, signed_at)) = health.checkpoint else {
        return fact(
            scene,
            "checkpoint",
            &scene.say("none"),
            Some(health.positions == 0),
        );
    };
    let age = (health.now - signed_at).num_seconds();
    let told = scene.tell(
        "checkpoint-of",
        &[
            ("size", scene.number(size).into()),
            ("age", scene.span(age).into()),
        ],
    );
    // An old checkpoint of the whole log is as good as a young one; one that lags is not.
    fact(
        scene,
        "checkpoint",
        &told,
        Some(size == health.positions || age <= COVERED_WITHIN),
    )
}

fn lag(scene: &Scene<'_>, events: i64) -> String {
    match events {
        0 => scene.say("up-to-date"),
        behind => scene.tell("behind", &[("events", scene.number(behind).into())]),
    }
}

/// A name and what it stands at; where it can be well or not, that is said in words too.
fn fact(scene: &Scene<'_>, key: &str, told: &str, well: Option<bool>) -> Markup {
    html! {
        div {
            dt { (scene.say(key)) }
            dd {
                (told)
                @match well {
                    Some(true) => span.well { (scene.say("well")) },
                    Some(false) => span.unwell { (scene.say("look")) },
                    None => {},
                }
            }
        }
    }
}
