//! Every answer, to look over and correct before the last one is sent (RGAA 11.12, WCAG 3.3.4).

use domain::values::{Siret, TopicCode};
use maud::{Markup, html};
use usecases::{IdentityForm, LastAnswer};

use super::establishment::printed;
use super::fields::guard;
use super::layout;
use super::stepper::review;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What the page shows.
pub struct Values<'a> {
    /// Step 1.
    pub form: &'a IdentityForm,
    /// Whether step 1 may still be redone.
    pub identity_may_change: bool,
    /// Step 2.
    pub topics: &'a [TopicCode],
    /// Step 3.
    pub siret: Option<&'a Siret>,
    /// Step 4, not sent yet.
    pub last: &'a LastAnswer,
    /// Whether a mail follows that proves the address, rather than the password at once.
    pub mail_follows: bool,
    /// Makes the form harmless when it is sent twice.
    pub once: &'a str,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values<'_>) -> Markup {
    let title = scene.say("review-title");
    let lead = if values.mail_follows {
        "review-lead"
    } else {
        "review-lead-proven"
    };
    let body = html! {
        (review(scene, &title))
        p { (scene.say(lead)) }
        dl.answers {
            (identity(scene, values))
            (row(scene, &label(scene, "topics"), &topics(scene, values.topics), Some(journey::TOPICS)))
            @if let Some(siret) = values.siret {
                (row(scene, &scene.say("siret"), &html! { (printed(siret)) }, Some(journey::ESTABLISHMENT)))
            }
            (last(scene, values.last))
        }
        form method="post" action=(journey::REVIEW) {
            (guard(scene))
            input type="hidden" name="once" value=(values.once);
            div.buttons {
                a.button.quiet href=(last_page(values.last)) { (scene.say("previous")) }
                button type="submit" { (scene.say("review-button")) }
            }
        }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}

fn identity(scene: &Scene<'_>, values: &Values<'_>) -> Markup {
    let (form, person) = (values.form, &values.form.identity);
    let change = values.identity_may_change.then_some(journey::IDENTITY);
    let profile = scene
        .catalogue
        .profile(form.profile.as_str())
        .map_or(form.profile.as_str(), |it| it.label(scene.locale));
    let civility = scene.catalogue.civility_label(person.civility, scene.locale);
    let name = format!(
        "{civility} {} {}",
        person.first_name.as_str(),
        person.last_name.as_str()
    );
    html! {
        (row(scene, &label(scene, "profile"), &html! { (profile) }, change))
        (row(scene, &scene.say("review-name"), &html! { (name) }, change))
        (row(scene, &scene.say("email"), &html! { (person.email.as_str()) }, change))
    }
}

fn topics(scene: &Scene<'_>, topics: &[TopicCode]) -> Markup {
    html! {
        @if topics.is_empty() {
            (scene.say("review-no-topics"))
        } @else {
            ul { @for topic in topics { li { (scene.catalogue.topic_label(topic, scene.locale)) } } }
        }
    }
}

fn last(scene: &Scene<'_>, answer: &LastAnswer) -> Markup {
    let (key, value) = match answer {
        LastAnswer::Number(number) => ("number", html! { (number.as_str()) }),
        LastAnswer::Agreement(idcc) => {
            let found = directory::idcc::agreements().get(idcc);
            let title = found.map_or("", |it| it.label());
            ("idcc", html! { (idcc) " " span lang="fr" { (title) } })
        }
    };
    row(scene, &scene.say(key), &value, Some(last_page(answer)))
}

fn last_page(answer: &LastAnswer) -> &'static str {
    match answer {
        LastAnswer::Number(_) => journey::NUMBER,
        LastAnswer::Agreement(_) => journey::AGREEMENT,
    }
}

fn label(scene: &Scene<'_>, field: &str) -> String {
    super::fields::label_of(scene, field).unwrap_or_default()
}

fn row(scene: &Scene<'_>, question: &str, answer: &Markup, change: Option<&str>) -> Markup {
    html! {
        div {
            dt { (question) }
            dd { (answer) }
            @if let Some(page) = change {
                dd.change { a href=(page) { (scene.say("review-change")) span.unseen { " " (question) } } }
            }
        }
    }
}
