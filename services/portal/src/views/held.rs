//! "Your data": everything held on the person, to be read rather than processed.

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use usecases::{Export, ExportedEvent, Looker};

use super::establishment::printed;
use super::layout;
use crate::complaints::Complaints;
use crate::journey;
use crate::scene::Scene;

/// Renders it.
pub fn page(scene: &Scene<'_>, export: &Export) -> Markup {
    let title = scene.say("data-title");
    let body = html! {
        h1 { (title) }
        p { (scene.say("data-lead")) }
        div.buttons { a.button href=(journey::EXPORT) download { (scene.say("space-export-link")) } }
        (person(scene, export))
        (looked(scene, &export.looked_at_by))
        (history(scene, &export.events))
        (kept(scene, export))
        div.buttons { a.button.quiet href=(journey::SPACE) { (scene.say("data-back")) } }
    };
    layout::page(scene, &title, &Complaints::default(), &body)
}

fn person(scene: &Scene<'_>, export: &Export) -> Markup {
    let (me, kept) = (&export.me, &export.kept);
    let labels = scene
        .catalogue
        .topics
        .iter()
        .filter(|topic| me.topics.contains(&topic.code));
    let topics: Vec<&str> = labels
        .map(|topic| topic.label.in_language(scene.locale))
        .collect();
    let none = scene.say("data-none");
    html! {
        section.apart aria-labelledby="person" {
            h2 #person { (scene.say("data-person")) }
            dl {
                dt { (scene.say("data-name")) }
                dd { (scene.catalogue.civility_label(me.person.civility, scene.locale)) " " (me.person.first_name) " " (me.person.last_name) }
                dt { (scene.say("data-email")) }
                dd { (me.person.email) }
                dt { (scene.say("data-topics")) }
                dd { @if topics.is_empty() { (none) } @else { (topics.join(", ")) } }
                dt { (scene.say("data-establishments")) }
                @if me.establishments.is_empty() { dd { (none) } }
                @for it in &me.establishments {
                    dd { @if let Some(name) = &it.name { (name) ", " } "SIRET " (printed(&it.siret)) }
                }
                @if let Some(since) = kept.account_since {
                    dt { (scene.say("data-since")) }
                    dd { (moment(scene, since)) }
                }
                @if let Some(month) = kept.last_seen_month {
                    dt { (scene.say("data-seen")) }
                    dd { (month.format("%m/%Y")) }
                }
            }
            p { a href=(journey::CORRECTION) { (scene.say("data-correct")) } }
        }
    }
}

fn looked(scene: &Scene<'_>, looks: &[Looker]) -> Markup {
    html! {
        section.apart aria-labelledby="looked" {
            h2 #looked { (scene.say("data-looked")) }
            @if looks.is_empty() {
                p { (scene.say("data-looked-none")) }
            } @else {
                ul {
                    @for it in looks { li { (moment(scene, it.at)) " – " (it.actor) " (" (it.role) "), " (it.what) @if !it.purpose.is_empty() { " – " (it.purpose) } } }
                }
            }
        }
    }
}

fn history(scene: &Scene<'_>, events: &[ExportedEvent]) -> Markup {
    html! {
        section.apart aria-labelledby="history" {
            h2 #history { (scene.say("data-history")) }
            ol {
                @for it in events {
                    li {
                        (moment(scene, it.recorded_at)) " – " (scene.say(&format!("data-event-{}", it.event.name())))
                        @if let Some(opened) = &it.opened { p.hint { (spoken(opened)) } }
                    }
                }
            }
        }
    }
}

fn kept(scene: &Scene<'_>, export: &Export) -> Markup {
    let kept = &export.kept;
    let list = |key: &str, lines: Vec<String>| {
        html! {
            dt { (scene.say(key)) }
            @if lines.is_empty() { dd { (scene.say("data-none")) } }
            @for line in lines { dd { (line) } }
        }
    };
    html! {
        section.apart aria-labelledby="kept" {
            h2 #kept { (scene.say("data-kept")) }
            dl {
                (list("data-sessions", kept.sessions.iter().map(|it| moment(scene, it.created_at)).collect()))
                (list("data-mails", kept.mails.iter().map(|it| format!("{} – {}", moment(scene, it.started_at), it.state)).collect()))
                (list("data-uses", kept.address_uses.iter().map(|it| format!("{} – {}", moment(scene, it.used_at), it.kind)).collect()))
                (list("data-answers", kept.answers.iter().map(|it| format!("{} – {}", moment(scene, it.created_at), it.status)).collect()))
            }
        }
    }
}

/// What was sealed, as words in a row: its values, without the names of its members.
fn spoken(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(members) => members.values().map(spoken).collect::<Vec<_>>().join(", "),
        serde_json::Value::Array(values) => values.iter().map(spoken).collect::<Vec<_>>().join(", "),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn moment(scene: &Scene<'_>, at: DateTime<Utc>) -> String {
    scene.words.moment(scene.locale, at)
}
