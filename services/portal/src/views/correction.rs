//! Correcting one's civility and names.

use maud::{Markup, html};

use super::fields::guard;
use super::identity::{civility, name};
use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What stands in the form, as typed.
pub struct Values {
    /// Chosen civility.
    pub civility: String,
    /// Last name.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// The account's address, which is shown and stays.
    pub email: String,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values, complaints: &Complaints) -> Markup {
    let title = scene.say("correction-title");
    let body = html! {
        h1 { (title) }
        p { (scene.say("correction-lead")) }
        p { (scene.say("all-required")) }
        form method="post" action=(journey::CORRECTION) novalidate {
            (guard(scene))
            (civility(scene, &values.civility).render(scene, complaints))
            (name(scene, "last_name", "last-name", &values.last_name, "family-name").render(scene, complaints))
            (name(scene, "first_name", "first-name", &values.first_name, "given-name").render(scene, complaints))
            p.hint { (scene.tell("correction-email", &[("email", values.email.as_str().into())])) }
            div.buttons {
                a.button.quiet href=(journey::DATA) { (scene.say("correction-cancel")) }
                button type="submit" { (scene.say("correction-button")) }
            }
        }
    };
    layout::page(scene, &title, complaints, &body)
}
