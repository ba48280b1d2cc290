//! A person, opened under a grant. The page is never stored, and says that the look was recorded.

use maud::{Markup, html};
use usecases::{GrantRefused, Looked};

use super::layout;
use crate::routes::Page;
use crate::web::visit::Scene;

/// The page.
pub fn page(scene: &Scene<'_>, looked: &Looked) -> Markup {
    let person = &looked.person;
    let body = html! {
        p.hint { (scene.tell("look-recorded", &[("position", looked.access.to_string().into())])) }
        dl.facts {
            div { dt { (scene.say("person-name")) } dd { (scene.named("civility", person.civility.code())) " " (person.first_name) " " (person.last_name) } }
            div { dt { (scene.say("person-email")) } dd { (person.email) } }
            div { dt { (scene.say("stage")) } dd { (scene.named("stage", looked.state.name())) } }
        }
        section aria-labelledby="establishments" {
            h2 #establishments { (scene.say("establishments")) }
            @if looked.establishments.is_empty() { p { (scene.say("no-establishments")) } }
            ul {
                @for it in &looked.establishments {
                    li { code { (it.siret.as_str()) } @if let Some(name) = &it.name { " " (name) } }
                }
            }
        }
        p { a href={ (Page::Search.path()) "/" (looked.registration) } { (scene.say("back-to-registration")) } }
    };
    layout::page(scene, &scene.say("person"), &body)
}

/// The key of the sentence that says why a grant opens nothing.
pub fn refusal_key(why: GrantRefused) -> &'static str {
    match why {
        GrantRefused::Unknown => "grant-unknown",
        GrantRefused::Expired => "grant-expired",
        GrantRefused::Revoked => "grant-revoked",
        GrantRefused::OtherRegistration => "grant-other",
    }
}
