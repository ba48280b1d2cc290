//! Pages that say that something cannot be done, and which way is open.

use maud::{Markup, html};

use super::layout;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::scene::Scene;

/// What went wrong before any use case was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is nothing at this address.
    NotFound,
    /// There is something at this address, but it is not asked for in this way.
    NotThisWay,
    /// A form came from another site, or does not say where it came from.
    OtherSite,
    /// A form is too long.
    TooLarge,
    /// What came is no form.
    Unreadable,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, trouble: Trouble) -> Markup {
    let key = match trouble {
        Trouble::NotFound => "trouble-not-found",
        Trouble::NotThisWay => "trouble-not-this-way",
        Trouble::OtherSite => "trouble-other-site",
        Trouble::TooLarge => "trouble-too-large",
        Trouble::Unreadable => "trouble-unreadable",
    };
    told(
        scene,
        &scene.say(&format!("{key}-title")),
        &[scene.say(key)],
        None,
    )
}

/// A denial for which there is no form to show again. An incident of ours is told with the number under which the log
/// knows it.
pub fn denied(scene: &Scene<'_>, objection: &Objection, request_id: &str) -> Markup {
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
    let is_ours = objection.status.is_server_error();
    let reference = is_ours.then(|| scene.tell("trouble-reference", &[("reference", request_id.into())]));
    told(scene, &title, &texts, reference)
}

fn told(scene: &Scene<'_>, title: &str, texts: &[String], reference: Option<String>) -> Markup {
    let body = html! {
        h1 { (title) }
        @for text in texts { p { (text) } }
        @if let Some(reference) = reference { p.hint { (reference) } }
        div.buttons { a.button href=(journey::SIGN_IN) { (scene.say("link-sign-in")) } }
    };
    layout::page(scene, title, &Complaints::default(), &body)
}
