//! Step 2: the topics that the person wants mail about. The same boxes stand in "Mon espace".

use domain::values::TopicCode;
use maud::{Markup, html};

use super::fields::{Answer, Choices, guard};
use super::layout;
use super::stepper::{buttons, stepper};
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// Renders it. `redo` says whether step 1 may still be redone, and so whether there is a way back.
pub fn page(scene: &Scene<'_>, chosen: &[String], redo: bool, complaints: &Complaints) -> Markup {
    let title = scene.say("topics-title");
    let body = html! {
        (stepper(scene, 2, &title, "establishment-title"))
        form method="post" action=(journey::TOPICS) novalidate {
            (guard(scene))
            (boxes(scene, chosen).render(scene, complaints))
            (buttons(scene, redo.then_some(journey::IDENTITY)))
        }
    };
    layout::step(scene, 2, &title, complaints, &body)
}

/// The question of topics.
pub fn boxes<'a>(scene: &Scene<'a>, chosen: &[String]) -> Choices<'a> {
    let answers = scene.catalogue.topics.iter().map(|it| Answer {
        code: it.code.as_str(),
        label: it.label(scene.locale),
        chosen: chosen.iter().any(|code| code == it.code.as_str()),
    });
    Choices {
        name: "topics",
        legend: scene
            .catalogue
            .questions
            .topics
            .in_language(scene.locale)
            .to_owned(),
        hint: Some(scene.say("topics-hint")),
        several: true,
        answers: answers.collect(),
    }
}

/// Codes as a form holds them.
pub fn codes(topics: &[TopicCode]) -> Vec<String> {
    topics.iter().map(|it| it.as_str().to_owned()).collect()
}
