//! Pages that say that something cannot be done, and which way is open.

use maud::{Markup, html};

use super::layout;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::scene::Scene;

/// What went wrong before any use case was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is nothing at this address, or not in this way.
    NotFound,
    /// A form came from another site.
    OtherSite,
    /// A form could not be read.
    Unreadable,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, trouble: Trouble) -> Markup {
    let key = match trouble {
        Trouble::NotFound => "trouble-not-found",
        Trouble::OtherSite => "trouble-other-site",
        Trouble::Unreadable => "trouble-unreadable",
    };
    told(scene, &scene.say(&format!("{key}-title")), &[scene.say(key)])
}

/// A denial for which there is no form to show again.
pub fn denied(scene: &Scene<'_>, objection: &Objection) -> Markup {
    let texts: Vec<String> = objection.complaints.0.iter().map(|it| it.text.clone()).collect();
    let code = match objection.status.as_u16() {
        404 => "not-found",
        429 => "too-many-attempts",
        503 => "service-unavailable",
        500 => "internal",
        _ => "invalid",
    };
    let title = scene
        .words
        .say(scene.locale, &format!("problem-{code}-title"), &[]);
    told(scene, &title, &texts)
}

fn told(scene: &Scene<'_>, title: &str, texts: &[String]) -> Markup {
    let body = html! {
        h1 { (title) }
        @for text in texts { p { (text) } }
        div.buttons { a.button href=(journey::SIGN_IN) { (scene.say("link-sign-in")) } }
    };
    layout::page(scene, title, &Complaints::default(), &body)
}
