//! Step 1: who the person is.

use maud::{Markup, html};

use super::fields::{Answer, Choices, TextField, guard};
use super::stepper::{buttons, stepper};
use super::{layout, legal};
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// What stands in the form, as typed.
#[derive(Default)]
pub struct Values {
    /// Chosen profile.
    pub profile: String,
    /// Chosen civility.
    pub civility: String,
    /// Last name.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// Address.
    pub email: String,
    /// Whether these are answers of a registration under way.
    pub again: bool,
    /// Makes the form harmless when it is sent twice.
    pub once: String,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values, complaints: &Complaints) -> Markup {
    let title = scene.say("identity-title");
    let body = html! {
        (stepper(scene, 1, &title, "topics-title"))
        @if values.again { p { (scene.say("identity-again")) } }
        p { (scene.say("all-required")) }
        form method="post" action=(journey::IDENTITY) novalidate {
            (guard(scene))
            input type="hidden" name="once" value=(values.once);
            (profile(scene, values).render(scene, complaints))
            (civility(scene, &values.civility).render(scene, complaints))
            (name(scene, "last_name", "last-name", &values.last_name, "family-name").render(scene, complaints))
            (name(scene, "first_name", "first-name", &values.first_name, "given-name").render(scene, complaints))
            (email(scene, values).render(scene, complaints))
            (legal::beside_the_question(scene))
            (buttons(scene, Some(journey::SIGN_IN)))
        }
        @if values.again {
            form.apart method="post" action="/inscription/abandon" {
                (guard(scene))
                button.link type="submit" { (scene.say("identity-restart")) }
            }
        }
    };
    layout::step(scene, 1, &title, complaints, &body)
}

fn profile<'a>(scene: &Scene<'a>, values: &Values) -> Choices<'a> {
    let answers = scene.catalogue.profiles.iter().map(|it| Answer {
        code: it.code.as_str(),
        label: it.label(scene.locale),
        chosen: it.code.as_str() == values.profile,
    });
    let legend = scene.catalogue.questions.profile.in_language(scene.locale);
    Choices {
        name: "profile",
        legend: legend.to_owned(),
        hint: None,
        several: false,
        answers: answers.collect(),
    }
}

/// The question for the civility.
pub(super) fn civility<'a>(scene: &Scene<'a>, chosen: &str) -> Choices<'a> {
    let answers = scene.catalogue.civilities.iter().map(|it| Answer {
        code: it.code.code(),
        label: it.label(scene.locale),
        chosen: it.code.code() == chosen,
    });
    Choices {
        name: "civility",
        legend: scene.say("civility"),
        hint: None,
        several: false,
        answers: answers.collect(),
    }
}

/// The question for a name.
pub(super) fn name<'a>(
    scene: &Scene<'_>,
    name: &'a str,
    label: &str,
    value: &'a str,
    autocomplete: &'a str,
) -> TextField<'a> {
    TextField {
        name,
        label: scene.say(label),
        value,
        autocomplete,
        capitals: true,
        ..TextField::default()
    }
}

fn email<'a>(scene: &Scene<'_>, values: &'a Values) -> TextField<'a> {
    TextField {
        name: "email",
        label: scene.say("email"),
        hint: Some(scene.of_organisation("identity-email-hint")),
        value: &values.email,
        kind: Some("email"),
        autocomplete: "email",
        inputmode: Some("email"),
        ..TextField::default()
    }
}
