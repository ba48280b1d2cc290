//! "Your data": everything held on the person, to be read rather than processed.

use chrono::{DateTime, Utc};
use domain::values::Civility;
use maud::{Markup, html};
use serde_json::Value;
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
    let topics = me
        .topics
        .iter()
        .map(|it| scene.catalogue.topic_label(it, scene.locale));
    let topics: Vec<&str> = topics.collect();
    let none = scene.say("data-none");
    html! {
        section.apart aria-labelledby="person" {
            h2 #person { (scene.say("data-person")) }
            dl.answers {
                (row(&scene.say("data-name"), &html! {
                    (scene.catalogue.civility_label(me.person.civility, scene.locale)) " "
                    (me.person.first_name) " " (me.person.last_name)
                }))
                (row(&scene.say("data-email"), &html! { (me.person.email) }))
                (row(&scene.say("data-topics"), &html! {
                    @if topics.is_empty() { (none) } @else { ul { @for topic in topics { li { (topic) } } } }
                }))
                (row(&scene.say("data-establishments"), &html! {
                    @if me.establishments.is_empty() { (none) } @else {
                        ul {
                            @for it in &me.establishments {
                                li { @if let Some(name) = &it.name { (name) ", " } "SIRET " (printed(&it.siret)) }
                            }
                        }
                    }
                }))
                @if let Some(since) = kept.account_since {
                    (row(&scene.say("data-since"), &html! { (moment(scene, since)) }))
                }
                @if let Some(month) = kept.last_seen_month {
                    (row(&scene.say("data-seen"), &html! { (month.format("%m/%Y")) }))
                }
            }
            p { a href=(journey::CORRECTION) { (scene.say("data-correct")) } }
        }
    }
}

fn row(label: &str, content: &Markup) -> Markup {
    html! { div { dt { (label) } dd { (content) } } }
}

/// Who looked: by role, and by name where it is a program of the organisation's.
fn looked(scene: &Scene<'_>, looks: &[Looker]) -> Markup {
    html! {
        section.apart aria-labelledby="looked" {
            h2 #looked { (scene.say("data-looked")) }
            @if looks.is_empty() {
                p { (scene.say("data-looked-none")) }
            } @else {
                ol.timeline {
                    @for it in looks {
                        li {
                            span.when { (moment(scene, it.at)) }
                            span { (who(scene, it)) " " (scene.say(&format!("data-what-{}", did(&it.what)))) }
                            @if !it.purpose.is_empty() {
                                span.hint { (scene.tell("data-purpose", &[("purpose", it.purpose.as_str().into())])) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn who(scene: &Scene<'_>, it: &Looker) -> String {
    match (it.role.as_str(), it.actor.split_once(':')) {
        ("subscriber", Some((_, name))) => scene.tell("data-who-subscriber", &[("name", name.into())]),
        ("privacy_officer", _) => scene.say("data-who-privacy-officer"),
        ("auditor", _) => scene.say("data-who-auditor"),
        _ => scene.say("data-who-operator"),
    }
}

/// The word under which an entry of the access log is told to its person.
fn did(what: &str) -> &'static str {
    match what {
        "person" | "identity" => "person",
        "export" => "export",
        "hold.set" => "hold-set",
        "hold.lifted" => "hold-lifted",
        "erasure" => "erasure",
        "erasure.cancelled" => "erasure-cancelled",
        "grant.given" => "grant-given",
        "grant.revoked" => "grant-revoked",
        "console.retry" | "console.skip" => "delivery",
        _ => "opened",
    }
}

fn history(scene: &Scene<'_>, events: &[ExportedEvent]) -> Markup {
    html! {
        section.apart aria-labelledby="history" {
            h2 #history { (scene.say("data-history")) }
            ol.timeline {
                @for it in events {
                    li {
                        span.when { (moment(scene, it.recorded_at)) }
                        span { (scene.say(&format!("data-event-{}", it.event.name()))) }
                        @for (label, value) in it.opened.iter().flat_map(|it| spoken(scene, it)) {
                            span.hint { (label) ": " (value) }
                        }
                    }
                }
            }
        }
    }
}

/// What is kept for the service's own work: folded, since it says little to its person.
fn kept(scene: &Scene<'_>, export: &Export) -> Markup {
    let kept = &export.kept;
    let list = |key: &str, lines: Vec<(DateTime<Utc>, String)>| {
        row(
            &scene.say(key),
            &html! {
                @if lines.is_empty() { (scene.say("data-none")) } @else {
                    ul { @for (at, line) in lines { li { (moment(scene, at)) @if !line.is_empty() { " – " (line) } } } }
                }
            },
        )
    };
    let sessions = kept.sessions.iter().map(|it| (it.created_at, String::new()));
    let mails = kept
        .mails
        .iter()
        .map(|it| (it.started_at, scene.say(&format!("data-mail-{}", it.state))));
    let uses = kept
        .address_uses
        .iter()
        .map(|it| (it.used_at, scene.say(&format!("data-use-{}", it.kind))));
    let answers = kept.answers.iter().map(|it| {
        let key = if it.status < 400 {
            "data-answer-accepted"
        } else {
            "data-answer-refused"
        };
        (it.created_at, scene.say(key))
    });
    html! {
        section.apart aria-labelledby="kept" {
            h2 #kept { (scene.say("data-kept")) }
            details {
                summary { (scene.say("data-kept-show")) }
                dl.answers {
                    (list("data-sessions", sessions.collect()))
                    (list("data-mails", mails.collect()))
                    (list("data-uses", uses.collect()))
                    (list("data-answers", answers.collect()))
                }
            }
        }
    }
}

/// What was sealed, each value with the name of what it is.
fn spoken(scene: &Scene<'_>, value: &Value) -> Vec<(String, String)> {
    let Value::Object(members) = value else {
        return Vec::new();
    };
    let told = members.iter().map(|(name, value)| {
        let text = match value {
            Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
            other => plain(other),
        };
        match (name.as_str(), Civility::parse(&text)) {
            ("civility", Ok(civility)) => (
                scene.say("civility"),
                scene.catalogue.civility_label(civility, scene.locale).to_owned(),
            ),
            ("last_name", _) => (scene.say("last-name"), text),
            ("first_name", _) => (scene.say("first-name"), text),
            ("email", _) => (scene.say("email"), text),
            ("sirets", _) => (scene.say("data-establishments"), text),
            ("contacts", _) => (scene.say("data-contact-references"), text),
            _ => (name.clone(), text),
        }
    });
    told.filter(|(_, text)| !text.is_empty()).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn moment(scene: &Scene<'_>, at: DateTime<Utc>) -> String {
    scene.words.moment(scene.locale, at)
}
