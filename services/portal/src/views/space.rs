//! "Mon espace": every establishment that the person is attached to, and the topics to change.

use directory::folded;
use directory::idcc::agreements;
use domain::registration::event::LinkedBy;
use domain::values::Idcc;
use maud::{Markup, html};
use usecases::{Attachment, AttachmentStanding};

use super::establishment::{grouped, printed};
use super::fields::{TextField, guard};
use super::{layout, topics};
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// From how many establishments on they can be searched.
const SEARCHED_FROM: usize = 10;

/// What the page shows.
pub struct Values {
    /// The person's name, as a greeting says it.
    pub name: String,
    /// Chosen topics.
    pub topics: Vec<String>,
    /// Every establishment.
    pub establishments: Vec<Attachment>,
    /// What is looked for among them.
    pub query: String,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values, complaints: &Complaints) -> Markup {
    let title = scene.say("space-title");
    let body = html! {
        h1 { (scene.tell("space-welcome", &[("name", values.name.as_str().into())])) }
        nav.sections aria-label=(scene.say("space-sections")) {
            ul {
                li { a href="#establishments" { (scene.say("space-establishments")) " (" (values.establishments.len()) ")" } }
                li { a href="#topics-title" { (scene.say("space-topics")) } }
                li { a href="#account" { (scene.say("space-account")) } }
            }
        }
        section aria-labelledby="establishments" {
            h2 #establishments { (scene.say("space-establishments")) }
            @if values.establishments.is_empty() {
                p { (scene.say("space-none")) }
            } @else {
                (list(scene, values))
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
        }
    }
}

/// Establishments, counted, those of one company together; with a search where they are many.
fn list(scene: &Scene<'_>, values: &Values) -> Markup {
    let all = &values.establishments;
    let shown: Vec<&Attachment> = all.iter().filter(|it| answers(it, &values.query)).collect();
    let search = TextField {
        name: "q",
        label: scene.say("space-search"),
        value: &values.query,
        kind: Some("search"),
        autocomplete: "off",
        optional: true,
        ..TextField::default()
    };
    html! {
        @if all.len() >= SEARCHED_FROM {
            form.search method="get" action=(journey::SPACE) role="search" {
                (search.render(scene, &Complaints::default()))
                div.buttons {
                    button.quiet type="submit" { (scene.say("space-search-button")) }
                    @if !values.query.is_empty() { a href=(journey::SPACE) { (scene.say("space-search-all")) } }
                }
            }
        }
        p role="status" {
            @if values.query.is_empty() {
                (scene.tell("space-count", &[("count", all.len().into())]))
            } @else {
                (scene.tell("space-found", &[("count", shown.len().into()), ("query", values.query.as_str().into())]))
            }
        }
        @for (siren, company) in by_company(&shown) {
            @let common = common_agreement(&company);
            @if company.len() > 1 {
                h3 { (scene.tell("space-company", &[("siren", grouped(siren).into()), ("count", company.len().into())])) }
                @if let Some(idcc) = common { p.hint { (in_words(idcc)) } }
            }
            ul.establishments { @for it in company { (card(scene, it, common.is_none())) } }
        }
    }
}

/// Establishments by the nine digits of their company, in the order in which the first of each came.
fn by_company<'a>(shown: &[&'a Attachment]) -> Vec<(&'a str, Vec<&'a Attachment>)> {
    let mut companies: Vec<(&str, Vec<&Attachment>)> = Vec::new();
    for it in shown {
        let siren = it.siret.siren();
        match companies.iter_mut().find(|(of, _)| *of == siren) {
            Some((_, company)) => company.push(it),
            None => companies.push((siren, vec![it])),
        }
    }
    companies
}

/// The agreement of all establishments of a company, where they are several and have one.
fn common_agreement<'a>(company: &[&'a Attachment]) -> Option<&'a Idcc> {
    let first = company.first()?.idcc.as_ref()?;
    let is_common = company.len() > 1 && company.iter().all(|it| it.idcc.as_ref() == Some(first));
    is_common.then_some(first)
}

fn in_words(idcc: &Idcc) -> Markup {
    html! {
        "IDCC " (idcc) @if let Some(found) = agreements().get(idcc) { " – " span lang="fr" { (found.label()) } }
    }
}

/// Whether an establishment has every word that is looked for in its name, its SIRET or its agreement.
fn answers(it: &Attachment, query: &str) -> bool {
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    let is_number = !digits.is_empty() && query.chars().all(|it| it.is_ascii_digit() || it.is_whitespace());
    if is_number && it.siret.as_str().contains(&digits) {
        return true;
    }
    let name = it.name.as_deref().unwrap_or_default();
    let idcc = it.idcc.as_ref().map(Idcc::as_str).unwrap_or_default();
    let text = folded(&format!("{name} {idcc}"));
    query.split_whitespace().all(|word| text.contains(&folded(word)))
}

fn card(scene: &Scene<'_>, it: &Attachment, with_agreement: bool) -> Markup {
    let basis = match it.linked_by {
        LinkedBy::Contact => "space-by-contact",
        LinkedBy::MemberNumber => "space-by-member_number",
        LinkedBy::TrainingOrganisationNumber => "space-by-training_organisation_number",
        LinkedBy::Idcc => "space-by-idcc",
    };
    let standing = match it.standing {
        AttachmentStanding::Good => None,
        AttachmentStanding::Closed => Some("space-closed"),
        AttachmentStanding::ToBeVerified => Some("space-to-be-verified"),
    };
    html! {
        li.card {
            @if let Some(name) = &it.name { strong { (name) } }
            span { "SIRET " (printed(&it.siret)) }
            @if let Some(idcc) = it.idcc.as_ref().filter(|_| with_agreement) { span { (in_words(idcc)) } }
            @if let Some(standing) = standing { span.mark { (scene.say(standing)) } }
            span.hint { (scene.say(basis)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::values::Siret;

    fn attachment(siret: &str, name: &str) -> Attachment {
        Attachment {
            siret: Siret::parse(siret).unwrap(),
            name: Some(name.to_owned()),
            idcc: Idcc::parse("1486").ok(),
            standing: AttachmentStanding::Good,
            linked_by: LinkedBy::Contact,
        }
    }

    #[test]
    fn establishments_are_found_by_name_number_and_agreement() {
        let it = attachment("13002526500013", "Société d’Exemple");
        for query in [
            "",
            "societe",
            "EXEMPLE société",
            "130 025 265",
            "00013",
            "1486",
            "d'exemple",
        ] {
            assert!(answers(&it, query), "{query}");
        }
        for query in ["autre", "999", "societe autre"] {
            assert!(!answers(&it, query), "{query}");
        }
    }

    #[test]
    fn establishments_of_one_company_stand_together() {
        let sites = [
            attachment("35600000000048", "A"),
            attachment("13002526500013", "B"),
            attachment("35600000049837", "C"),
        ];
        let shown: Vec<&Attachment> = sites.iter().collect();
        let companies = by_company(&shown);
        let sizes: Vec<_> = companies.iter().map(|(siren, of)| (*siren, of.len())).collect();
        assert_eq!(sizes, [("356000000", 2), ("130025265", 1)]);
    }
}
