//! Step 4 for an establishment that the organisation does not know: its collective agreement, with suggestions and a
//! search by number or words. Choosing one fills in the field; nothing is sent before "Suivant".

use directory::idcc::Agreement;
use domain::values::{Idcc, Siret};
use maud::{Markup, html};

use super::establishment::printed;
use super::fields::TextField;
use super::layout;
use super::stepper::{buttons, stepper};
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What the page shows.
pub struct Values<'a> {
    /// The declared establishment.
    pub siret: &'a Siret,
    /// Whether no register has answered about it yet.
    pub pending: bool,
    /// Agreements that a register names for it.
    pub suggested: &'a [Idcc],
    /// What stands in the field.
    pub idcc: &'a str,
    /// What was searched for; nothing when no search was made.
    pub query: Option<&'a str>,
}

/// The most agreements that a search shows.
const FOUND_MAX: usize = 12;

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values<'_>, complaints: &Complaints) -> Markup {
    let title = scene.say("agreement-title");
    let standing = if values.pending {
        "agreement-pending"
    } else {
        "agreement-active"
    };
    let organisation = scene.catalogue.organisation.name.as_str();
    let standing = scene.tell(
        standing,
        &[
            ("siret", printed(values.siret).into()),
            ("organisation", organisation.into()),
        ],
    );
    let field = TextField {
        name: "idcc",
        label: scene.say("idcc"),
        hint: Some(scene.say("idcc-hint")),
        value: values.idcc,
        autocomplete: "off",
        inputmode: Some("numeric"),
        width: Some(6),
        ..TextField::default()
    };
    let list = directory::idcc::agreements();
    let chosen = Idcc::parse(values.idcc).ok().and_then(|idcc| list.get(&idcc));
    let suggested: Vec<&Agreement> = values
        .suggested
        .iter()
        .filter_map(|idcc| list.get(idcc))
        .collect();
    let body = html! {
        (stepper(scene, 4, &title, None))
        p { (standing) }
        @if !suggested.is_empty() {
            h2 { (scene.say("idcc-suggested")) }
            (to_choose(scene, &suggested))
        }
        form method="post" action=(journey::AGREEMENT) novalidate {
            (field.render(scene, complaints))
            @if let Some(chosen) = chosen {
                p.told.box { (scene.tell("idcc-chosen", &[("label", chosen.label().to_owned().into())])) }
            }
            (buttons(scene, Some(journey::ESTABLISHMENT)))
        }
        (search(scene, values.query))
    };
    layout::page(scene, &title, complaints, &body)
}

fn search(scene: &Scene<'_>, query: Option<&str>) -> Markup {
    let field = TextField {
        name: "q",
        label: scene.say("idcc-search"),
        hint: Some(scene.say("idcc-search-hint")),
        value: query.unwrap_or_default(),
        kind: Some("search"),
        autocomplete: "off",
        optional: true,
        ..TextField::default()
    };
    let found = query.map(|query| directory::idcc::agreements().search(query, FOUND_MAX));
    html! {
        section.apart #recherche aria-labelledby="search-title" {
            h2 #search-title { (scene.say("idcc-search-title")) }
            form method="get" action={ (journey::AGREEMENT) "#recherche" } role="search" novalidate {
                (field.render(scene, &Complaints::default()))
                div.buttons { button.quiet type="submit" { (scene.say("idcc-search-button")) } }
            }
            @if let Some(found) = found {
                div role="status" {
                    @if found.is_empty() {
                        p { (scene.say("idcc-none-found")) }
                    } @else {
                        h3 { (scene.say("idcc-found")) }
                        (to_choose(scene, &found))
                    }
                }
            }
        }
    }
}

/// Agreements, each with a link that fills in the field. For a replaced one, its successors are what may be chosen.
fn to_choose(scene: &Scene<'_>, agreements: &[&Agreement]) -> Markup {
    html! {
        ul.agreements {
            @for agreement in agreements {
                li {
                    span { strong { (agreement.idcc) } " " (agreement.label()) }
                    @if agreement.current {
                        (choose(scene, &agreement.idcc, agreement.label()))
                    } @else {
                        em { (scene.say("idcc-replaced")) }
                        @for successor in &agreement.replaced_by { (choose(scene, successor, "")) }
                    }
                }
            }
        }
    }
}

fn choose(scene: &Scene<'_>, idcc: &Idcc, label: &str) -> Markup {
    html! {
        a href={ (journey::AGREEMENT) "?idcc=" (idcc) "#idcc" } {
            (scene.say("idcc-choose")) " " (idcc) span.unseen { " " (label) }
        }
    }
}
