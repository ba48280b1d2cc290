//! What every page shares: its head, the organisation's name, the other language, what was wrong, and help.

use maud::{DOCTYPE, Markup, html};

use super::fields::guard;
use super::stepper::STEPS;
use super::{fields, legal};
use crate::complaints::{Complaint, Complaints};
use crate::journey;
use crate::scene::{Member, Scene};
use crate::web::asset::LOGO_PATH;

/// A page. `title` stands in the browser's tab; what is wrong is told there first, and on top with links to the fields.
pub fn page(scene: &Scene<'_>, title: &str, complaints: &Complaints, body: &Markup) -> Markup {
    framed(scene, title, complaints, body, Frame::default())
}

/// A page that browsers without scripts load again after so many seconds.
pub fn refreshed(
    scene: &Scene<'_>,
    title: &str,
    complaints: &Complaints,
    body: &Markup,
    seconds: u8,
) -> Markup {
    let frame = Frame {
        refresh: Some(seconds),
        ..Frame::default()
    };
    framed(scene, title, complaints, body, frame)
}

/// A page of two columns.
pub fn wide(scene: &Scene<'_>, title: &str, complaints: &Complaints, body: &Markup) -> Markup {
    let frame = Frame {
        width: Some("wide"),
        ..Frame::default()
    };
    framed(scene, title, complaints, body, frame)
}

/// How a page stands.
#[derive(Default)]
struct Frame {
    width: Option<&'static str>,
    refresh: Option<u8>,
}

fn framed(scene: &Scene<'_>, title: &str, complaints: &Complaints, body: &Markup, frame: Frame) -> Markup {
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
                meta name="description" content=(scene.tell("description", &[("space", space.into())]));
                meta name="robots" content="noindex";
                title { (prefix) (title) " – " (space) }
                link rel="icon" type="image/svg+xml" href=(scene.assets.icon.address);
                link rel="stylesheet" href=(scene.assets.styles.address);
                script src=(scene.assets.form.address) defer {}
                @if let Some(seconds) = frame.refresh {
                    noscript { meta http-equiv="refresh" content=(seconds); }
                }
            }
            body class=[frame.width] {
                a.skip href="#content" { (scene.say("skip")) }
                (banner(scene))
                main #content tabindex="-1" {
                    (summary(scene, complaints))
                    @if complaints.is_empty() { (notice(scene)) }
                    (body)
                }
                footer {
                    a href=(scene.catalogue.contact_url) rel="noopener noreferrer" { (scene.of_organisation("help")) }
                    (legal::links(scene))
                }
            }
        }
    }
}

/// A step of the form: its place among the others stands in the browser's tab too.
pub fn step(scene: &Scene<'_>, step: u8, title: &str, complaints: &Complaints, body: &Markup) -> Markup {
    let place = scene.tell("step", &[("step", step.into()), ("steps", STEPS.into())]);
    page(scene, &format!("{title} – {place}"), complaints, body)
}

fn banner(scene: &Scene<'_>) -> Markup {
    let organisation = &scene.catalogue.organisation;
    let other = if scene.locale.code() == "fr" { "en" } else { "fr" };
    html! {
        header {
            a.home href="/" {
                @let picture = if organisation.logo.is_some() { LOGO_PATH } else { scene.assets.icon.address.as_str() };
                img src=(picture) alt="" height="32";
                span { (scene.space()) }
            }
            a.language href={ (scene.here) "lang=" (other) } hreflang=(other) lang=(other) { (scene.say("other-language")) }
            @if let Some(member) = scene.member { (signed_in(scene, member)) }
        }
    }
}

/// Whose session this is, since when, and the way out of it.
fn signed_in(scene: &Scene<'_>, member: &Member) -> Markup {
    let since = [("when", scene.words.moment(scene.locale, member.since).into())];
    html! {
        div.member {
            p {
                strong { (member.name) } " " span.email { (member.email) }
                span.since { (scene.tell("member-since", &since)) }
            }
            form method="post" action=(journey::SIGN_OUT) {
                (guard(scene))
                button.link type="submit" { (scene.say("space-sign-out")) }
            }
        }
    }
}

/// What is wrong, on top, each with a link to its field. The focus goes there: by the attribute in browsers that know it
/// of any element, by the script in others.
fn summary(scene: &Scene<'_>, complaints: &Complaints) -> Markup {
    html! {
        @if !complaints.is_empty() {
            section.box.wrong #wrong role="alert" aria-labelledby="wrong-title" tabindex="-1" autofocus {
                h2 #wrong-title { (scene.say("error-summary")) }
                ul {
                    @for complaint in &complaints.0 {
                        li {
                            @match &complaint.field {
                                Some(field) => a href={ "#" (field) } { (named(scene, field, complaint)) },
                                None => (complaint.text),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is wrong, with the name of its field unless the sentence has it: read alone, "too long" says too little.
fn named(scene: &Scene<'_>, field: &str, complaint: &Complaint) -> String {
    match fields::label_of(scene, field) {
        Some(label) if !complaint.names_field => scene.tell(
            "error-about",
            &[("field", label.into()), ("fault", complaint.text.as_str().into())],
        ),
        _ => complaint.text.clone(),
    }
}

fn notice(scene: &Scene<'_>) -> Markup {
    html! {
        @if let Some(notice) = scene.notice {
            p.box.told role="status" { (scene.of_organisation(&notice.key())) }
        }
    }
}
