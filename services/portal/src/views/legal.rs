//! The pages that the law asks for. What the service knows by itself (what is kept, how long, which rights) is told from
//! its own settings, so that it stays true; who answers for it comes from the catalogue.

use catalogue::{Accessibility, Wording};
use maud::{Markup, html};
use usecases::Retention;

use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// The notice on personal data (GDPR, article 13).
pub fn privacy(scene: &Scene<'_>, retention: &Retention) -> Markup {
    let title = scene.say("privacy-title");
    let legal = &scene.catalogue.legal;
    let days = |span: chrono::TimeDelta| [("days", span.num_days().into())];
    let body = html! {
        h1 { (title) }
        p { (scene.of_organisation("privacy-lead")) }
        h2 { (scene.say("privacy-who")) }
        p { (given(scene, legal.publisher.as_ref()).unwrap_or_else(|| scene.catalogue.organisation.name.clone())) }
        h2 { (scene.say("privacy-why")) }
        p { (scene.of_organisation("privacy-why-text")) }
        h2 { (scene.say("privacy-what")) }
        p { (scene.say("privacy-what-text")) }
        h2 { (scene.say("privacy-how-long")) }
        ul {
            li { (scene.tell("privacy-unfinished", &days(retention.unfinished.erase_after))) }
            li { (scene.tell("privacy-account", &[("months", (retention.inactive.erase_after.num_days() / 30).into())])) }
            li { (scene.tell("privacy-mails", &days(retention.records.mail_ledger))) }
            li { (scene.say("privacy-erased")) }
        }
        h2 { (scene.say("privacy-recipients")) }
        p { (scene.of_organisation("privacy-recipients-text")) }
        p { (scene.say("privacy-registers")) }
        h2 { (scene.say("privacy-rights")) }
        p { (scene.say("privacy-rights-text")) }
        p {
            @if let Some(contact) = given(scene, legal.data_protection.as_ref()) {
                (scene.tell("privacy-contact", &[("contact", contact.into())]))
            } @else {
                a href=(scene.catalogue.contact_url) rel="noopener noreferrer" { (scene.of_organisation("number-contact")) }
            }
        }
        p { (scene.say("privacy-complaint")) " " a href="https://www.cnil.fr/" rel="noopener noreferrer" { "www.cnil.fr" } }
        h2 { (scene.say("privacy-cookies")) }
        p { (scene.say("privacy-cookies-text")) }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}

/// Who publishes and who hosts the pages (law 2004-575, article 6 III).
pub fn notices(scene: &Scene<'_>) -> Markup {
    let title = scene.say("notices-title");
    let legal = &scene.catalogue.legal;
    let lines = [
        ("notices-publisher", &legal.publisher),
        ("notices-director", &legal.director),
        ("notices-host", &legal.host),
    ];
    let body = html! {
        h1 { (title) }
        dl.answers {
            @for (key, text) in lines {
                div {
                    dt { (scene.say(key)) }
                    dd { (given(scene, text.as_ref()).unwrap_or_else(|| scene.of_organisation("notices-not-given"))) }
                }
            }
            div {
                dt { (scene.say("notices-contact")) }
                dd { a href=(scene.catalogue.contact_url) rel="noopener noreferrer" { (scene.of_organisation("number-contact")) } }
            }
        }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}

/// How accessible the pages are (decree 2019-768).
pub fn accessibility(scene: &Scene<'_>) -> Markup {
    let title = accessibility_link(scene);
    let body = html! {
        h1 { (title) }
        p { (scene.say(match scene.catalogue.legal.accessibility {
            Accessibility::None => "accessibility-none-text",
            Accessibility::Partial => "accessibility-partial-text",
            Accessibility::Full => "accessibility-full-text",
        })) }
        h2 { (scene.say("accessibility-made")) }
        p { (scene.say("accessibility-made-text")) }
        h2 { (scene.say("accessibility-help")) }
        p {
            (scene.of_organisation("accessibility-help-text")) " "
            a href=(scene.catalogue.contact_url) rel="noopener noreferrer" { (scene.of_organisation("number-contact")) }
        }
        p { (scene.say("accessibility-defender")) " " a href="https://www.defenseurdesdroits.fr/" rel="noopener noreferrer" { "www.defenseurdesdroits.fr" } }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}

/// The links at the foot of every page.
pub fn links(scene: &Scene<'_>) -> Markup {
    let legal = &scene.catalogue.legal;
    let link = |ours: &'static str, theirs: &Option<String>, words: String| {
        let href = theirs.clone().unwrap_or_else(|| ours.to_owned());
        html! { li { a href=(href) rel=[theirs.as_ref().map(|_| "noopener noreferrer")] { (words) } } }
    };
    html! {
        ul.legal {
            (link(journey::NOTICES, &legal.notices_url, scene.say("notices-title")))
            (link(journey::PRIVACY, &legal.privacy_url, scene.say("privacy-title")))
            (link(journey::ACCESSIBILITY, &legal.accessibility_url, accessibility_link(scene)))
        }
    }
}

/// Who asks for names and addresses, what for, and where more is told: beside the question.
pub fn beside_the_question(scene: &Scene<'_>) -> Markup {
    let href = scene
        .catalogue
        .legal
        .privacy_url
        .as_deref()
        .unwrap_or(journey::PRIVACY);
    html! {
        p.hint {
            (scene.of_organisation("privacy-short")) " "
            a href=(href) target="_blank" rel="noopener noreferrer" { (scene.say("privacy-more")) }
        }
    }
}

fn accessibility_link(scene: &Scene<'_>) -> String {
    scene.say(&format!(
        "accessibility-{}",
        scene.catalogue.legal.accessibility.code()
    ))
}

fn given(scene: &Scene<'_>, text: Option<&Wording>) -> Option<String> {
    text.map(|it| it.in_language(scene.locale).to_owned())
}
