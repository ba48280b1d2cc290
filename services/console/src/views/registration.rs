//! One registration as a timeline, with where each event stands in the log, and who looked at it.

use auditor::Story;
use domain::Stage;
use domain::values::StatedReason;
use maud::{Markup, html};
use store::{Access, Grant};

use super::layout::{Fault, fault, invalid};
use super::{accesses, layout};
use crate::routes::Page;
use crate::web::visit::Scene;

/// What the page shows.
pub struct Shown<'a> {
    /// The story, in the reader's language.
    pub story: &'a Story,
    /// By position: the leaf hash, and whether the event is still the one that it was made of.
    pub proofs: &'a [Proof],
    /// Who looked; none where this reader's role does not see it.
    pub accesses: Option<&'a [Access]>,
    /// What this reader may do about it.
    pub acts: Acts,
    /// The grants in this reader's name that open this registration now.
    pub grants: &'a [Grant],
    /// What was wrong with a form that came back.
    pub faults: &'a [Fault],
}

/// What a role may do about a registration.
#[derive(Clone, Copy)]
pub enum Acts {
    /// Nothing.
    None,
    /// A privacy officer's acts.
    Officer {
        /// Whether a hold stands.
        is_held: bool,
    },
    /// An operator's.
    Operator {
        /// Whether a mail with a link is due, which may be asked for once more.
        may_resend: bool,
    },
}

/// An event's place in the tree.
pub struct Proof {
    /// Its position.
    pub position: u64,
    /// The leaf's hash, in hexadecimal digits.
    pub leaf_hash: String,
    /// Whether the event as stored gives that hash.
    pub as_written: bool,
    /// How it stands in the signed tree.
    pub inclusion: Inclusion,
}

/// How an event stands in the signed tree.
pub enum Inclusion {
    /// Included, by this proof (C2SP tlog-proof), which was checked while the page was made.
    Proven(String),
    /// No checkpoint covers it yet.
    ToCome,
    /// The tiles do not come to the signed root.
    Broken,
}

/// The page.
pub fn page(scene: &Scene<'_>, shown: &Shown<'_>) -> Markup {
    let story = shown.story;
    let body = html! {
        dl.facts {
            div { dt { (scene.say("registration")) } dd { code { (story.registration) } } }
            div { dt { (scene.say("stage")) } dd { (scene.named("stage", story.stage.name())) } }
            div { dt { (scene.say("events")) } dd { (story.chapters.len()) } }
        }
        section aria-labelledby="timeline" {
            h2 #timeline { (scene.say("timeline")) }
            ol.timeline {
                @for chapter in &story.chapters {
                    li {
                        p.when { time datetime=(chapter.recorded_at.to_rfc3339()) { (scene.moment(chapter.recorded_at)) } }
                        p.says { (chapter.says) }
                        p.hint {
                            code { (chapter.event) }
                            @if !chapter.sealed.is_empty() {
                                " · " (scene.tell("sealed", &[("members", chapter.sealed.join(", ").into())]))
                            }
                        }
                        (proof(scene, shown, chapter.position))
                    }
                }
            }
        }
        @match shown.acts {
            Acts::Officer { is_held } => (officers(scene, shown, is_held)),
            Acts::Operator { may_resend: true } => (resend(scene, shown)),
            Acts::Operator { .. } | Acts::None => {},
        }
        @if let Some(looks) = shown.accesses {
            section aria-labelledby="looks" {
                h2 #looks { (scene.say("accesses")) }
                (accesses::list(scene, looks))
            }
        }
    };
    layout::page_with(scene, &scene.say("registration"), shown.faults, &body)
}

fn proof(scene: &Scene<'_>, shown: &Shown<'_>, position: u64) -> Markup {
    let Some(proof) = shown.proofs.iter().find(|it| it.position == position) else {
        return html! { p.unwell { (scene.say("unproven")) } };
    };
    html! {
        details {
            summary {
                (scene.tell("place", &[("position", position.to_string().into())]))
                @match (&proof.inclusion, proof.as_written) {
                    (_, false) => span.unwell { (scene.say("rewritten")) },
                    (Inclusion::Broken, _) => span.unwell { (scene.say("broken-tree")) },
                    (Inclusion::Proven(_), _) => span.well { (scene.say("covered")) },
                    (Inclusion::ToCome, _) => span.pending { (scene.say("uncovered")) },
                }
            }
            p.hash { (scene.say("leaf")) " " code { (proof.leaf_hash) } }
            @if let Inclusion::Proven(text) = &proof.inclusion {
                p.hint { (scene.say("prove-with")) }
                pre tabindex="0" role="region" aria-label=(scene.say("inclusion-proof")) { (text) }
            }
        }
    }
}

/// The forms of a privacy officer: a hold, calling an erasure off, opening the person under a grant.
fn officers(scene: &Scene<'_>, shown: &Shown<'_>, is_held: bool) -> Markup {
    let base = format!("{}/{}", Page::Search.path(), shown.story.registration);
    let reason = |id: &'static str, key: &str, path: &str, hidden: Option<&str>| {
        html! {
            form.act method="post" action={ (base) "/" (path) } {
                @if let Some(act) = hidden { input type="hidden" name="act" value=(act); }
                label for=(id) { (scene.say(&format!("{key}-why"))) }
                (fault(shown.faults, id))
                input id=(id) name="reason" required minlength=(StatedReason::LENGTH_MIN) maxlength=(StatedReason::LENGTH_MAX) autocomplete="off"
                    aria-invalid=[invalid(shown.faults, id)]
                    aria-describedby=[invalid(shown.faults, id).map(|_| format!("{id}-fault"))];
                button { (scene.say(key)) }
            }
        }
    };
    let stage = shown.story.stage;
    html! {
        @if stage != Stage::Erased {
            section aria-labelledby="acts" {
                h2 #acts { (scene.say("acts")) }
                @if is_held { p { strong { (scene.say("is-held")) } } (reason("hold", "hold-lift", "hold", Some("lift"))) }
                @else { (reason("hold", "hold-set", "hold", Some("set"))) }
                @if stage == Stage::Closed { (reason("cancel", "cancel-erasure", "cancel-erasure", None)) }
                (opening(scene, shown, &base))
            }
        }
    }
}

/// Opening the person: under one of the reader's own grants, or how to come by one.
fn opening(scene: &Scene<'_>, shown: &Shown<'_>, base: &str) -> Markup {
    html! {
        @if shown.grants.is_empty() {
            h3 { (scene.say("open-person")) }
            (fault(shown.faults, "grant"))
            p { (scene.say("grant-none")) }
            pre tabindex="0" role="region" aria-label=(scene.say("grant")) {
                "onboarding grant give --to " (scene.member.map_or("…", |it| it.name.as_str())) " --role privacy_officer --registration " (shown.story.registration)
                " --for 1h --purpose …"
            }
        } @else {
            form.act method="post" action={ (base) "/person" } {
                label for="grant" { (scene.say("grant")) }
                p.hint #grant-hint { (scene.say("grant-hint")) }
                (fault(shown.faults, "grant"))
                select #grant name="grant" aria-invalid=[invalid(shown.faults, "grant")]
                    aria-describedby={ @if invalid(shown.faults, "grant").is_some() { "grant-fault " } "grant-hint" } {
                    @for it in shown.grants {
                        option value=(it.grant_id) { (it.purpose) " · " (scene.say("until").to_lowercase()) " " (scene.moment(it.expires_at)) }
                    }
                }
                button { (scene.say("open-person")) }
            }
        }
    }
}

/// An operator's form: the mail once more.
fn resend(scene: &Scene<'_>, shown: &Shown<'_>) -> Markup {
    html! {
        section aria-labelledby="acts" {
            h2 #acts { (scene.say("as-operator")) }
            form.act method="post" action={ (Page::Search.path()) "/" (shown.story.registration) "/resend" } {
                p.hint #resend-hint { (scene.say("resend-hint")) }
                (fault(shown.faults, "resend"))
                button #resend aria-describedby="resend-hint" { (scene.say("resend")) }
            }
        }
    }
}
