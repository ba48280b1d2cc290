//! "Mon espace": every establishment that the person is attached to, and the topics to change.

use domain::registration::event::LinkedBy;
use domain::values::Siret;
use maud::{Markup, html};

use super::establishment::printed;
use super::fields::guard;
use super::{layout, topics};
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What the page shows.
pub struct Values {
    /// The person's name, as a greeting says it.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// Chosen topics.
    pub topics: Vec<String>,
    /// Every establishment.
    pub establishments: Vec<Establishment>,
}

/// An establishment that the person is attached to.
pub struct Establishment {
    /// Its SIRET.
    pub siret: Siret,
    /// Its name, where the organisation knows it.
    pub name: Option<String>,
    /// What the attachment rests on.
    pub linked_by: LinkedBy,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values, complaints: &Complaints) -> Markup {
    let title = scene.say("space-title");
    let body = html! {
        h1 { (scene.tell("space-welcome", &[("name", values.name.as_str().into())])) }
        p.hint { (values.email) }
        section aria-labelledby="establishments" {
            h2 #establishments { (scene.say("space-establishments")) }
            @if values.establishments.is_empty() {
                p { (scene.say("space-none")) }
            } @else {
                ul.establishments {
                    @for establishment in &values.establishments { (card(scene, establishment)) }
                }
            }
            p {
                (scene.say("space-missing")) " "
                a href=(scene.catalogue.contact_url) rel="noopener noreferrer" { (scene.of_organisation("number-contact")) }
            }
        }
        section.apart aria-labelledby="topics-title" {
            h2 #topics-title { (scene.say("space-topics")) }
            form method="post" action=(journey::SPACE) novalidate {
                (guard(scene))
                (topics::boxes(scene, &values.topics).render(scene, complaints))
                div.buttons { button type="submit" { (scene.say("space-topics-button")) } }
            }
        }
        (account(scene))
    };
    layout::page(scene, &title, complaints, &body)
}

/// What one may do with the account itself.
fn account(scene: &Scene<'_>) -> Markup {
    html! {
        section.apart aria-labelledby="account" {
            h2 #account { (scene.say("space-account")) }
            ul.plain {
                li {
                    a href=(journey::DATA) { (scene.say("space-data-link")) }
                    p.hint { (scene.say("space-data")) }
                }
                li {
                    a href=(journey::CORRECTION) { (scene.say("space-correction-link")) }
                    p.hint { (scene.say("space-correction")) }
                }
                li {
                    a href=(journey::EXPORT) download { (scene.say("space-export-link")) }
                    p.hint { (scene.say("space-export")) }
                }
                li {
                    a href=(journey::FORGOTTEN) { (scene.say("space-password-link")) }
                    p.hint { (scene.say("space-password")) }
                }
                li {
                    a href=(journey::CLOSING) { (scene.say("space-closing-link")) }
                    p.hint { (scene.say("space-closing")) }
                }
            }
            form method="post" action=(journey::SIGN_OUT) {
                (guard(scene))
                div.buttons { button.quiet type="submit" { (scene.say("space-sign-out")) } }
            }
        }
    }
}

fn card(scene: &Scene<'_>, it: &Establishment) -> Markup {
    let basis = match it.linked_by {
        LinkedBy::Contact => "space-by-contact",
        LinkedBy::MemberNumber => "space-by-member_number",
        LinkedBy::TrainingOrganisationNumber => "space-by-training_organisation_number",
        LinkedBy::Idcc => "space-by-idcc",
    };
    html! {
        li.card {
            @if let Some(name) = &it.name { strong { (name) } }
            span { "SIRET " (printed(&it.siret)) }
            span.hint { (scene.say(basis)) }
        }
    }
}
