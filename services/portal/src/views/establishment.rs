//! Step 3: the establishment's SIRET.

use domain::values::Siret;
use maud::{Markup, html};

use super::fields::{TextField, guard};
use super::layout;
use super::stepper::{buttons, stepper};
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// The official public search for enterprises and their establishments.
const ANNUAIRE: &str = "https://annuaire-entreprises.data.gouv.fr/";

/// Renders it. `siret` is what was typed before; `successor` took a closed establishment over, and may be named in its place.
pub fn page(scene: &Scene<'_>, siret: &str, successor: Option<&Siret>, complaints: &Complaints) -> Markup {
    let title = scene.say("establishment-title");
    let field = TextField {
        name: "siret",
        label: scene.say("siret"),
        hint: Some(scene.say("siret-hint")),
        value: siret,
        autocomplete: "off",
        inputmode: Some("numeric"),
        width: Some(20),
        ..TextField::default()
    };
    let body = html! {
        (stepper(scene, 3, &title, "number-or-idcc"))
        @if let Some(successor) = successor {
            form.instead method="post" action=(journey::ESTABLISHMENT) {
                (guard(scene))
                input type="hidden" name="siret" value=(successor);
                div.buttons {
                    button.quiet type="submit" { (scene.tell("siret-successor", &[("siret", printed(successor).into())])) }
                }
            }
        }
        form method="post" action=(journey::ESTABLISHMENT) novalidate {
            (guard(scene))
            (field.render(scene, complaints))
            p { a href=(ANNUAIRE) target="_blank" rel="noopener noreferrer" { (scene.say("siret-find")) } }
            (buttons(scene, Some(journey::TOPICS)))
        }
    };
    layout::step(scene, 3, &title, complaints, &body)
}

/// A SIRET as it is printed: 3, 3, 3 and 5 digits, with spaces at which no line breaks.
pub fn printed(siret: &Siret) -> String {
    format!("{}\u{a0}{}", grouped(siret.siren()), &siret.as_str()[9..])
}

/// A SIREN as it is printed: three times three digits.
pub fn grouped(siren: &str) -> String {
    [&siren[..3], &siren[3..6], &siren[6..9]].join("\u{a0}")
}
