//! Step 4 for an establishment that the organisation knows: its number.

use domain::values::Siret;
use maud::{Markup, html};

use super::establishment::printed;
use super::fields::{TextField, guard};
use super::layout;
use super::stepper::{buttons, stepper};
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// Renders it. `number` is what was typed before.
pub fn page(scene: &Scene<'_>, siret: &Siret, number: &str, complaints: &Complaints) -> Markup {
    let title = scene.say("number-title");
    let field = TextField {
        name: "number",
        label: scene.say("number"),
        hint: Some(scene.of_organisation("number-hint")),
        value: number,
        autocomplete: "off",
        width: Some(20),
        ..TextField::default()
    };
    let body = html! {
        (stepper(scene, 4, &title, "review-title"))
        p { (scene.tell("number-known", &[("siret", printed(siret).into())])) }
        form method="post" action=(journey::NUMBER) novalidate {
            (guard(scene))
            (field.render(scene, complaints))
            p {
                (scene.say("number-missing")) " "
                a href=(scene.catalogue.contact_url) rel="noopener noreferrer" { (scene.of_organisation("number-contact")) }
            }
            (buttons(scene, Some(journey::ESTABLISHMENT)))
        }
    };
    layout::step(scene, 4, &title, complaints, &body)
}
