//! Step 4 for an establishment that the organisation does not know: its collective agreement. One field takes the number,
//! or words to search for; a script proposes while one types, and without it "Suivant" searches. Choosing one fills
//! in the field; nothing goes on before "Suivant".

use chrono::TimeDelta;
use directory::idcc::Agreement;
use domain::registration::event::{RegisterCheck, RegisterSource, RegisterStatus};
use domain::values::{Idcc, Siret};
use maud::{Markup, html};

use super::establishment::printed;
use super::fields::{TextField, guard};
use super::layout;
use super::stepper::{buttons, stepper};
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What the page shows.
pub struct Values<'a> {
    /// The declared establishment.
    pub siret: &'a Siret,
    /// What the registers said about it, where they were asked.
    pub check: Option<&'a RegisterCheck>,
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
    let list = directory::idcc::agreements();
    let typed = Idcc::parse(values.idcc).ok().and_then(|idcc| list.get(&idcc));
    let chosen = typed.filter(|it| it.current);
    let replaced = typed.filter(|it| !it.current && !it.replaced_by.is_empty());
    let suggested: Vec<&Agreement> = values
        .suggested
        .iter()
        .filter_map(|idcc| list.get(idcc))
        .collect();
    let body = html! {
        (stepper(scene, 4, &title, "review-title"))
        p { (standing(scene, values)) }
        @if let Some(query) = values.query { (found(scene, query)) }
        @else if !suggested.is_empty() {
            h2 { (scene.say("idcc-suggested")) }
            (to_choose(scene, &suggested))
        }
        form method="post" action=(journey::AGREEMENT) novalidate {
            (guard(scene))
            // What is proposed lies over what follows, so that nothing moves under the pointer.
            div.combo { (field(scene, values.idcc, complaints)) (propositions(scene)) }
            p.unseen #idcc-told role="status" {}
            (in_words(scene, chosen))
            @if let Some(agreement) = replaced { (to_choose(scene, &[agreement])) }
            (buttons(scene, Some(journey::ESTABLISHMENT)))
        }
        section.apart aria-labelledby="why" {
            h2 #why { (scene.say("idcc-why-title")) }
            p { (scene.of_organisation("idcc-why")) }
        }
        script src=(scene.assets.agreement.address) defer {}
    };
    layout::step(scene, 4, &title, complaints, &body)
}

fn standing(scene: &Scene<'_>, values: &Values<'_>) -> String {
    let (standing, source, age_seconds) = match values.check {
        Some(RegisterCheck { hint: Some(hint), .. }) => match hint.status {
            RegisterStatus::Closed => ("agreement-hint-closed", hint.source, hint.age_seconds),
            _ => ("agreement-hint-not_found", hint.source, hint.age_seconds),
        },
        Some(check) if check.status == RegisterStatus::Active => {
            ("agreement-active", check.source, check.age_seconds)
        }
        _ => ("agreement-pending", RegisterSource::None, 0),
    };
    let organisation = scene.catalogue.organisation.name.as_str();
    scene.tell(
        standing,
        &[
            ("siret", printed(values.siret).into()),
            ("organisation", organisation.into()),
            ("source", named(scene, values.check, source, age_seconds).into()),
        ],
    )
}

/// A register's name, and of which day its word is where it keeps a copy.
fn named(
    scene: &Scene<'_>,
    check: Option<&RegisterCheck>,
    source: RegisterSource,
    age_seconds: u64,
) -> String {
    let age = TimeDelta::seconds(age_seconds.try_into().unwrap_or(0));
    let as_of = check.map(|it| (it.checked_at - age).date_naive());
    let as_of = as_of.map_or_else(String::new, |day| scene.words.date(scene.locale, day));
    match source {
        RegisterSource::None => String::new(),
        source => scene.tell(&format!("register-{}", source.code()), &[("as_of", as_of.into())]),
    }
}

fn field(scene: &Scene<'_>, idcc: &str, complaints: &Complaints) -> Markup {
    TextField {
        name: "idcc",
        label: scene.say("idcc"),
        hint: Some(scene.say("idcc-hint")),
        value: idcc,
        autocomplete: "off",
        ..TextField::default()
    }
    .render(scene, complaints)
}

/// Where the script shows what it proposes, with the sentences that it says.
fn propositions(scene: &Scene<'_>) -> Markup {
    html! {
        ul.listbox #idcc-list role="listbox" aria-label=(scene.say("idcc-list")) hidden
            data-none=(scene.say("idcc-list-none")) data-one=(scene.say("idcc-list-one"))
            data-many=(scene.tell("idcc-list-many", &[("count", "{n}".into())]))
            data-chosen=(scene.tell("idcc-chosen", &[("label", "{label}".into())]))
            data-ended=(scene.say("idcc-ended"))
            data-replaced=(scene.tell("idcc-list-replaced", &[("idcc", "{idcc}".into())])) {}
    }
}

/// What stands in the field, in words.
fn in_words(scene: &Scene<'_>, chosen: Option<&Agreement>) -> Markup {
    html! {
        p.box.told #idcc-chosen hidden[chosen.is_none()] {
            @if let Some(it) = chosen {
                (scene.tell("idcc-chosen", &[("label", format!("{} {}", it.idcc, it.label()).into())]))
            }
        }
    }
}

/// What the field's words have found.
fn found(scene: &Scene<'_>, query: &str) -> Markup {
    let found = directory::idcc::agreements().search(query, FOUND_MAX);
    html! {
        section #found aria-labelledby="found-title" tabindex="-1" {
            h2 #found-title { (scene.tell("idcc-found", &[("query", query.into())])) }
            @if found.is_empty() { p { (scene.say("idcc-none-found")) } }
            @else { (to_choose(scene, &found)) }
        }
    }
}

/// Agreements, each with a link that fills in the field. For a replaced one, its successors are what may be chosen.
fn to_choose(scene: &Scene<'_>, agreements: &[&Agreement]) -> Markup {
    html! {
        ul.agreements {
            @for agreement in agreements {
                li {
                    span { strong { (agreement.idcc) } " " span lang="fr" { (agreement.label()) } }
                    @if agreement.current {
                        (choose(scene, &agreement.idcc, agreement.label()))
                    } @else {
                        em { (scene.say(if agreement.replaced_by.is_empty() { "idcc-ended" } else { "idcc-replaced" })) }
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
            (scene.say("idcc-choose")) " " (idcc) span.unseen lang="fr" { " " (label) }
        }
    }
}
