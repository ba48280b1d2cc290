//! Who looked.

use maud::{Markup, html};
use store::Access;

use super::layout;
use crate::read::search::handle;
use crate::routes::Page;
use crate::web::visit::Scene;

/// The page.
pub fn page(scene: &Scene<'_>, accesses: &[Access]) -> Markup {
    let body = html! {
        p { (scene.say("accesses-lead")) }
        (list(scene, accesses))
    };
    layout::page(scene, &scene.say("accesses"), &body)
}

/// Looks as a table.
pub fn list(scene: &Scene<'_>, accesses: &[Access]) -> Markup {
    if accesses.is_empty() {
        return html! { p { (scene.say("no-accesses")) } };
    }
    let rows: Vec<Vec<Markup>> = accesses
        .iter()
        .map(|it| {
            let entry = &it.entry;
            vec![
                html! { (it.position) },
                html! { (scene.moment(it.accessed_at)) },
                html! { (entry.actor) " · " (scene.named("role", &entry.role)) },
                html! { (scene.named("what", &entry.what)) },
                html! { @match entry.registration {
                    Some(id) => a href={ (Page::Search.path()) "/" (id) } { code { (handle(id.0)) } },
                    None => "–",
                } },
                html! { (entry.purpose) },
            ]
        })
        .collect();
    let head = ["position", "moment", "who", "what", "registration", "purpose"].map(|key| scene.say(key));
    layout::table(&scene.say("accesses"), &head, &rows)
}
