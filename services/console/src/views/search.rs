//! Finding a registration.

use maud::{Markup, html};

use super::layout::{self, Fault, fault, invalid};
use crate::read::search::{FOUND_MAX, Found};
use crate::routes::Page;
use crate::web::visit::Scene;

/// What was looked for, and what came of it.
pub enum Sought {
    /// Nothing yet: those that moved last.
    Nothing,
    /// Something that is neither address nor number.
    Unreadable,
    /// These.
    Found,
}

/// The page. What was looked for is not shown again: it may be an address.
pub fn page(scene: &Scene<'_>, sought: &Sought, found: &[Found]) -> Markup {
    let title = match sought {
        Sought::Nothing => scene.say("latest"),
        _ => scene.tell(
            "found",
            &[("count", i64::try_from(found.len()).unwrap_or(0).into())],
        ),
    };
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|it| {
            vec![
                html! { a href={ (Page::Search.path()) "/" (it.registration_id) } { code { (it.registration_id) } } },
                html! { (scene.named("stage", &it.stage)) },
                html! { @match &it.journey { Some(journey) => (scene.named("journey", journey)), None => "–" } },
                html! { (scene.moment(it.started_at)) },
                html! { (scene.moment(it.last_event_at)) },
            ]
        })
        .collect();
    let faults: Vec<Fault> = match sought {
        Sought::Unreadable => vec![("sought", scene.say("sought-unreadable"))],
        _ => Vec::new(),
    };
    let body = html! {
        form.search method="post" action=(Page::Search.path()) autocomplete="off" {
            label for="sought" { (scene.say("sought")) }
            p.hint #sought-hint { (scene.say("sought-hint")) }
            (fault(&faults, "sought"))
            input #sought name="sought" required maxlength="254" aria-invalid=[invalid(&faults, "sought")]
                aria-describedby={ @if !faults.is_empty() { "sought-fault " } "sought-hint" };
            button { (scene.say("search")) }
        }
        section aria-labelledby="found" {
            h2 #found { (title) }
            @if rows.is_empty() { p { (scene.say("nothing-found")) } } @else {
                (layout::table(&title, &[scene.say("registration"), scene.say("stage"), scene.say("journey"), scene.say("started"), scene.say("last-event")], &rows))
            }
            @if i64::try_from(rows.len()).is_ok_and(|it| it >= FOUND_MAX) { p.hint { (scene.say("more-found")) } }
        }
    };
    layout::page_with(scene, &scene.say("search-title"), &faults, &body)
}
