//! Fields of forms: the label above, a hint under it, what is wrong beside it, and all three tied to the field.

use maud::{Markup, html};

use crate::complaints::Complaints;
use crate::scene::Scene;
use crate::web::form_guard::TOKEN_FIELD;

/// A field of text.
#[derive(Default)]
pub struct TextField<'a> {
    /// Its name in the form, and its id on the page.
    pub name: &'a str,
    /// What is asked.
    pub label: String,
    /// What helps to answer.
    pub hint: Option<String>,
    /// What was answered before.
    pub value: &'a str,
    /// The input's type; text unless given.
    pub kind: Option<&'a str>,
    /// What a browser may fill it with.
    pub autocomplete: &'a str,
    /// Which keyboard a telephone shows.
    pub inputmode: Option<&'a str>,
    /// About how many characters the answer has.
    pub width: Option<u8>,
    /// Whether it may stay empty.
    pub optional: bool,
    /// Whether it begins with a capital letter, as names do.
    pub capitals: bool,
    /// The id of something more that is told about it.
    pub also_described_by: Option<&'a str>,
}

impl TextField<'_> {
    /// Renders it.
    pub fn render(&self, scene: &Scene<'_>, complaints: &Complaints) -> Markup {
        let fault = complaints.about(self.name);
        let kind = self.kind.unwrap_or("text");
        let capitals = if self.capitals { "words" } else { "none" };
        html! {
            div.field.faulty[fault.is_some()] {
                label for=(self.name) { (self.label) }
                (hint(self.name, self.hint.as_deref()))
                (wrong(scene, self.name, fault))
                input #(self.name) name=(self.name) type=(kind) value=(self.value) autocomplete=(self.autocomplete)
                    inputmode=[self.inputmode] size=[self.width] required[!self.optional]
                    // Names, addresses and numbers are no words of a language: correcting them breaks them.
                    spellcheck="false" autocapitalize=(capitals)
                    aria-invalid=[fault.map(|_| "true")] aria-describedby=[described_by(self.name, self.hint.is_some(), fault, self.also_described_by)];
            }
        }
    }
}

/// An answer of a question of choice.
pub struct Answer<'a> {
    /// Its code.
    pub code: &'a str,
    /// What people read.
    pub label: &'a str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A question with one answer, or with several.
pub struct Choices<'a> {
    /// Its name in the form.
    pub name: &'a str,
    /// The question.
    pub legend: String,
    /// What helps to answer.
    pub hint: Option<String>,
    /// Whether several answers may be given.
    pub several: bool,
    /// The answers.
    pub answers: Vec<Answer<'a>>,
}

impl Choices<'_> {
    /// Renders it. The first answer has the question's id, so that a link to what is wrong lands there.
    pub fn render(&self, scene: &Scene<'_>, complaints: &Complaints) -> Markup {
        let fault = complaints.about(self.name);
        let kind = if self.several { "checkbox" } else { "radio" };
        html! {
            fieldset.faulty[fault.is_some()] aria-describedby=[described_by(self.name, self.hint.is_some(), fault, None)] {
                legend { (self.legend) }
                (hint(self.name, self.hint.as_deref()))
                (wrong(scene, self.name, fault))
                @for (place, answer) in self.answers.iter().enumerate() {
                    @let id = if place == 0 { self.name.to_owned() } else { format!("{}-{}", self.name, answer.code) };
                    div.choice {
                        input #(id) type=(kind) name=(self.name) value=(answer.code) checked[answer.chosen]
                            required[!self.several];
                        label for=(id) { (answer.label) }
                    }
                }
            }
        }
    }
}

/// What a form carries for browsers that do not say where they come from.
pub fn guard(scene: &Scene<'_>) -> Markup {
    html! { input type="hidden" name=(TOKEN_FIELD) value=(scene.form_token); }
}

/// Shows what is typed into the fields of a password. A script does it, and makes the box visible.
pub fn show_password(scene: &Scene<'_>) -> Markup {
    html! {
        div.choice hidden {
            input #show-password type="checkbox";
            label for="show-password" { (scene.say("password-show")) }
        }
    }
}

/// What the field of this name is called on the page, for the list of what is wrong.
pub fn label_of(scene: &Scene<'_>, name: &str) -> Option<String> {
    let questions = &scene.catalogue.questions;
    match name {
        "profile" => Some(questions.profile.in_language(scene.locale).to_owned()),
        "topics" => Some(questions.topics.in_language(scene.locale).to_owned()),
        "civility" | "email" | "password" | "siret" | "number" | "idcc" => Some(scene.say(name)),
        "last_name" => Some(scene.say("last-name")),
        "first_name" => Some(scene.say("first-name")),
        "confirmation" => Some(scene.say("password-confirm")),
        _ => None,
    }
}

fn hint(name: &str, text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { p.hint id={ (name) "-hint" } { (text) } } }
}

fn wrong(scene: &Scene<'_>, name: &str, fault: Option<&str>) -> Markup {
    html! {
        @if let Some(text) = fault {
            p.fault id={ (name) "-fault" } { strong { (scene.say("error-prefix")) } " " (text) }
        }
    }
}

fn described_by(name: &str, hint: bool, fault: Option<&str>, also: Option<&str>) -> Option<String> {
    let hint = hint.then(|| format!("{name}-hint"));
    let fault = fault.map(|_| format!("{name}-fault"));
    let ids: Vec<String> = [hint, fault, also.map(str::to_owned)]
        .into_iter()
        .flatten()
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
