//! What every page shares: its head, the organisation's name, the other language, what was wrong, and help.

use maud::{DOCTYPE, Markup, html};

use super::fields;
use crate::complaints::Complaints;
use crate::scene::Scene;
use crate::web::asset::{LOGO_PATH, STYLES_ADDRESS};

/// A page. `title` stands in the browser's tab; what is wrong is told there first, and on top with links to the fields.
pub fn page(scene: &Scene<'_>, title: &str, complaints: &Complaints, body: &Markup) -> Markup {
    let space = scene.space();
    let prefix = if complaints.is_empty() {
        String::new()
    } else {
        format!("{} ", scene.say("error-prefix"))
    };
    html! {
        (DOCTYPE)
        html lang=(scene.locale.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (prefix) (title) " – " (space) }
                link rel="stylesheet" href=(STYLES_ADDRESS.as_str());
            }
            body {
                a.skip href="#content" { (scene.say("skip")) }
                (banner(scene))
                main #content tabindex="-1" {
                    (summary(scene, complaints))
                    @if complaints.is_empty() { (notice(scene)) }
                    (body)
                }
                footer {
                    a href=(scene.catalogue.contact_url) rel="noopener noreferrer" { (scene.of_organisation("help")) }
                }
            }
        }
    }
}

fn banner(scene: &Scene<'_>) -> Markup {
    let organisation = &scene.catalogue.organisation;
    let other = if scene.locale.code() == "fr" { "en" } else { "fr" };
    html! {
        header {
            a.home href="/" {
                @if organisation.logo.is_some() { img src=(LOGO_PATH) alt=(organisation.name) height="40"; }
                span { (scene.space()) }
            }
            a.language href={ "?lang=" (other) } hreflang=(other) lang=(other) { (scene.say("other-language")) }
        }
    }
}

/// What is wrong, on top, each with a link to its field.
fn summary(scene: &Scene<'_>, complaints: &Complaints) -> Markup {
    html! {
        @if !complaints.is_empty() {
            section.box.wrong role="alert" aria-labelledby="wrong" {
                h2 #wrong { (scene.say("error-summary")) }
                ul {
                    @for complaint in &complaints.0 {
                        li {
                            @match &complaint.field {
                                Some(field) => a href={ "#" (field) } { (named(scene, field, &complaint.text)) },
                                None => (complaint.text),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is wrong, with the name of its field: read alone, "required" says too little.
fn named(scene: &Scene<'_>, field: &str, text: &str) -> String {
    match fields::label_of(scene, field) {
        Some(label) => scene.tell("error-about", &[("field", label.into()), ("fault", text.into())]),
        None => text.to_owned(),
    }
}

fn notice(scene: &Scene<'_>) -> Markup {
    html! {
        @if let Some(notice) = scene.notice {
            p.box.told role="status" { (scene.say(&notice.key())) }
        }
    }
}
