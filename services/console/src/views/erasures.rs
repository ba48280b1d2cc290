//! Erasures that wait, holds, acknowledgements that are missing, and grants that are good now.

use maud::{Markup, html};
use store::{ErasureAcknowledgement, Grant, LegalHold};
use worker::retention::Due;

use super::layout;
use crate::routes::Page;
use crate::web::visit::Scene;

/// What the page lists.
pub struct Waiting {
    /// Erasures that wait, soonest first.
    pub erasures: Vec<Due>,
    /// Holds that stand.
    pub holds: Vec<LegalHold>,
    /// Subscribers that have read somebody who is erased, and have not said that they erased them too.
    pub missing: Vec<ErasureAcknowledgement>,
    /// Grants that are good now.
    pub grants: Vec<Grant>,
}

/// The page.
pub fn page(scene: &Scene<'_>, waiting: &Waiting) -> Markup {
    let erasures = waiting.erasures.iter().map(|it| {
        vec![
            registration(&it.registration.to_string()),
            html! { (scene.moment(it.due_at)) },
            html! { @if it.held { span.pending { (scene.say("held")) } } @else { "–" } },
        ]
    });
    let holds = waiting.holds.iter().map(|it| {
        vec![
            registration(&it.registration_id.to_string()),
            html! { (scene.moment(it.set_at)) },
            html! { (it.set_by) },
            html! { (it.reason) },
        ]
    });
    let missing = waiting.missing.iter().map(|it| {
        vec![
            registration(&it.registration.to_string()),
            html! { (it.subscriber) },
            html! { (scene.moment(it.erased_at)) },
            html! { (scene.moment(it.last_read_at)) },
        ]
    });
    let grants = waiting.grants.iter().map(|it| {
        vec![
            html! { (it.granted_to) " · " (scene.named("role", &it.role)) },
            html! { @match it.registration_id { Some(id) => (registration(&id.to_string())), None => (scene.say("any")) } },
            html! { (scene.moment(it.expires_at)) },
            html! { (it.purpose) },
        ]
    });
    let body = html! {
        (part(scene, "waiting-erasures", &["registration", "due", "hold"], erasures.collect()))
        (part(scene, "holds", &["registration", "since", "who", "reason"], holds.collect()))
        (part(scene, "missing-acknowledgements", &["registration", "subscriber", "erased-at", "last-read"], missing.collect()))
        (part(scene, "good-grants", &["who", "registration", "until", "purpose"], grants.collect()))
    };
    layout::page(scene, &scene.say("erasures"), &body)
}

fn registration(id: &str) -> Markup {
    html! { a href={ (Page::Search.path()) "/" (id) } { code { (id) } } }
}

/// A list under its name, or that there is nothing.
fn part(scene: &Scene<'_>, key: &str, head: &[&str], rows: Vec<Vec<Markup>>) -> Markup {
    let head: Vec<String> = head.iter().map(|name| scene.say(name)).collect();
    html! {
        section aria-labelledby=(key) {
            h2 id=(key) { (scene.say(key)) }
            @if rows.is_empty() { p { (scene.say("nothing-waits")) } } @else { (layout::table(&scene.say(key), &head, &rows)) }
        }
    }
}
