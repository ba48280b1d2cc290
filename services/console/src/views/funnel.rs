//! How far people come: the funnel of each journey, the days, the time it takes.

use maud::{Markup, html};

use super::{chart, layout};
use crate::read::funnel::{Day, Funnel, Path};
use crate::web::visit::Scene;

/// The page.
pub fn page(scene: &Scene<'_>, funnel: &Funnel) -> Markup {
    let days: Vec<(String, i64, i64)> = funnel
        .by_day
        .iter()
        .map(|day| (day.day.format("%d/%m").to_string(), day.started, day.active))
        .collect();
    let (started, active) = (scene.say("started"), scene.say("accounts"));
    let body = html! {
        (layout::days_form(scene, funnel.days.0, funnel.days.1))
        div.pair {
            @for path in &funnel.journeys { (journey(scene, path)) }
        }
        section aria-labelledby="days" {
            h2 #days { (scene.say("by-day")) }
            @let sum = |of: fn(&Day) -> i64| funnel.by_day.iter().map(of).sum();
            (chart::sums(scene, &[
                (&started, sum(|day| day.started), funnel.before.0), (&active, sum(|day| day.active), funnel.before.1),
            ]))
            (chart::columns(scene, &scene.say("by-day"), [&started, &active], &days))
            @let rows: Vec<Vec<Markup>> = funnel.by_day.iter().rev().filter(|day| day.started + day.active > 0).map(|day| vec![
                html! { (day.day) }, html! { (scene.number(day.started)) }, html! { (scene.number(day.active)) },
            ]).collect();
            (layout::table(&scene.say("by-day"), &[scene.say("day"), started.clone(), active.clone()], &rows))
        }
        section aria-labelledby="durations" {
            h2 #durations { (scene.say("durations")) }
            @let rows: Vec<Vec<Markup>> = funnel.durations.iter().map(|it| vec![
                html! { (scene.named("journey", &it.journey)) }, html! { (scene.number(it.accounts)) },
                html! { (scene.span(whole(it.median))) }, html! { (scene.span(whole(it.nine_in_ten))) },
            ]).collect();
            @if rows.is_empty() { p { (scene.say("no-accounts")) } } @else {
                (layout::table(&scene.say("durations"), &[scene.say("journey"), scene.say("accounts"), scene.say("median"), scene.say("nine-in-ten")], &rows))
            }
            p.hint { (scene.say("funnel-hint")) }
        }
    };
    layout::page(scene, &scene.say("funnel"), &body)
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "seconds between two moments of this century"
)]
fn whole(seconds: f64) -> i64 {
    seconds.round() as i64
}

fn journey(scene: &Scene<'_>, path: &Path) -> Markup {
    let title = scene.named("journey", path.journey);
    let begun = path.steps.first().map_or(0, |(_, reached)| *reached);
    let bars: Vec<(String, i64, String)> = path
        .steps
        .iter()
        .map(|(step, reached)| {
            let told = format!("{} · {}", scene.number(*reached), scene.share(*reached, begun));
            (scene.named("step", step), *reached, told)
        })
        .collect();
    let before = std::iter::once(begun).chain(path.steps.iter().map(|(_, reached)| *reached));
    let rows: Vec<Vec<Markup>> = path
        .steps
        .iter()
        .zip(before)
        .map(|((step, reached), before)| {
            vec![
                html! { (scene.named("step", step)) },
                html! { (scene.number(*reached)) },
                html! { (scene.share(*reached, begun)) },
                html! { (scene.number((before - reached).max(0))) },
            ]
        })
        .collect();
    html! {
        section aria-labelledby=(path.journey) {
            h2 id=(path.journey) { (title) }
            (chart::bars(&title, &bars))
            (layout::table(&title, &[scene.say("step"), scene.say("reached"), scene.say("share"), scene.say("dropped")], &rows))
        }
    }
}
