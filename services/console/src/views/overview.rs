//! The first page: whether all is well, and where everybody stands.

use maud::{Markup, html};
use runtime::health::{Finding, Level, count};

use super::layout;
use crate::health::Examined;
use crate::read::numbers::Numbers;
use crate::web::visit::Scene;

/// The page.
pub fn page(scene: &Scene<'_>, numbers: &Numbers, examined: Option<&Examined>) -> Markup {
    let level = |subject| examined.and_then(|it| it.level(subject));
    let latest = &numbers.latest;
    let body = html! {
        section aria-labelledby="health" {
            h2 #health { (scene.say("health")) }
            @match examined {
                Some(examined) => (health(scene, examined)),
                None => p { (scene.say("health-under-way")) },
            }
        }
        section aria-labelledby="log" {
            h2 #log { (scene.say("log")) }
            dl.facts {
                (fact(scene, "positions", &scene.number(numbers.positions), None))
                (fact(scene, "divergence", &scene.tell("divergence-of", &[
                    ("count", latest.divergence.to_string().into()), ("recomputed", latest.recomputed.to_string().into()),
                ]), level("last events")))
                (fact(scene, "checkpoint", &checkpoint(scene, numbers), level("signing")))
                (fact(scene, "read-models", &lag(scene, numbers.positions - numbers.read_models_at), level("read models")))
                (fact(scene, "mails-open", &super::mails::open(scene, &numbers.mails), None))
                (fact(scene, "mails-overdue", &super::mails::overdue(scene, &numbers.mails), level("mails asked for")))
                (fact(scene, "accesses-count", &scene.number(numbers.accesses), None))
            }
        }
        section aria-labelledby="stages" {
            h2 #stages { (scene.say("stages")) }
            @let rows: Vec<Vec<Markup>> = numbers.stages.iter().map(|(stage, count)| vec![
                html! { (scene.named("stage", stage)) },
                html! { (scene.number(*count)) },
            ]).collect();
            (layout::table(&scene.say("stages"), &[scene.say("stage"), scene.say("registrations")], &rows))
        }
        p.hint { (scene.tell("as-of", &[("moment", scene.moment(numbers.now).into())])) }
    };
    layout::page(scene, &scene.say("overview"), &body)
}

/// What was examined: what is not well first and open, the rest below.
fn health(scene: &Scene<'_>, examined: &Examined) -> Markup {
    let of = |level| count(&examined.findings, level).to_string();
    let (fine, other): (Vec<&Finding>, Vec<&Finding>) =
        examined.findings.iter().partition(|it| it.level == Level::Fine);
    let head = [scene.say("check"), scene.say("state"), scene.say("found-there")];
    html! {
        p {
            strong { (scene.say(if other.is_empty() { "health-well" } else { "health-unwell" })) } " "
            (scene.tell("health-sum", &[
                ("faults", of(Level::Fault).into()), ("warnings", of(Level::Warning).into()), ("fine", of(Level::Fine).into()),
            ]))
        }
        @if !other.is_empty() { (layout::table(&scene.say("health"), &head, &rows(scene, &other))) }
        details {
            summary { (scene.say("health-fine")) }
            (layout::table(&scene.say("health-fine"), &head, &rows(scene, &fine)))
        }
        p.hint { (scene.tell("health-hint", &[("moment", scene.moment(examined.at).into())])) }
    }
}

/// What was found stands in the words of `onboarding doctor`, which are English.
fn rows(scene: &Scene<'_>, findings: &[&Finding]) -> Vec<Vec<Markup>> {
    let row = |it: &&Finding| {
        vec![
            html! { (scene.named("check", it.subject)) },
            html! { (level_of(scene, it.level)) },
            html! { span lang="en" { (it.found) @if let Some(remedy) = it.remedy { br; "→ " (remedy) } } },
        ]
    };
    findings.iter().map(row).collect()
}

fn checkpoint(scene: &Scene<'_>, numbers: &Numbers) -> String {
    let Some((size, signed_at)) = numbers.checkpoint else {
        return scene.say("none");
    };
    let age = (numbers.now - signed_at).num_seconds();
    scene.tell(
        "checkpoint-of",
        &[
            ("size", scene.number(size).into()),
            ("age", scene.span(age).into()),
        ],
    )
}

fn lag(scene: &Scene<'_>, events: i64) -> String {
    match events {
        0 => scene.say("up-to-date"),
        behind => scene.tell("behind", &[("events", scene.number(behind).into())]),
    }
}

/// A name and what it stands at; where it was judged, that is said in words too.
fn fact(scene: &Scene<'_>, key: &str, told: &str, level: Option<Level>) -> Markup {
    html! {
        div {
            dt { (scene.say(key)) }
            dd { (told) @if let Some(level) = level { (level_of(scene, level)) } }
        }
    }
}

fn level_of(scene: &Scene<'_>, level: Level) -> Markup {
    let class = match level {
        Level::Fine => "well",
        Level::Warning => "pending",
        Level::Fault => "unwell",
    };
    html! { span class=(class) { (scene.named("level", level.name())) } }
}
