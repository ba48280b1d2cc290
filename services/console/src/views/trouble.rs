//! A page in place of another.

use maud::{Markup, html};

use super::layout;
use crate::HOME;
use crate::web::visit::Scene;

/// What is the matter, and the way back.
pub fn page(scene: &Scene<'_>, key: &str) -> Markup {
    let body = html! {
        p { (scene.say(&format!("{key}-text"))) }
        p { a href=(HOME) { (scene.say("back")) } }
    };
    layout::page(scene, &scene.say(key), &body)
}
