//! Who receives the feed, how they are doing, and what is parked for one of them.

use domain::values::StatedReason;
use maud::{Markup, html};
use subscribers::webhook::Delivery;
use subscribers::{Parked, SubscriberStatus};

use super::layout::{self, Fault, fault, invalid};
use crate::read::search::handle;
use crate::routes::Page;
use crate::web::visit::Scene;

/// Everybody.
pub fn list(scene: &Scene<'_>, everybody: &[SubscriberStatus]) -> Markup {
    let rows: Vec<Vec<Markup>> = everybody
        .iter()
        .map(|it| {
            vec![
                html! { a href={ (Page::Subscribers.path()) "/" (it.name) } { (it.name) } " " (standing(scene, it)) },
                html! { (scene.named("kind", &it.kind)) },
                html! { (scene.number(it.lag)) },
                html! { (format!("{:.1}", it.rate_per_minute)) },
                html! { @match it.oldest_unacknowledged { Some(at) => (scene.moment(at)), None => "–" } },
                html! { (scene.number(it.parked)) @if it.parked > 0 { span.unwell { (scene.say("look")) } } },
                html! { (scene.number(it.acknowledged)) },
            ]
        })
        .collect();
    let head = [
        "subscriber",
        "kind",
        "lag",
        "rate",
        "oldest",
        "parked",
        "acknowledged",
    ]
    .map(|key| scene.say(key));
    let body = html! {
        @if rows.is_empty() { p { (scene.say("no-subscribers")) } } @else { (layout::table(&scene.say("subscribers"), &head, &rows)) }
        p.hint { (scene.say("lag-hint")) }
    };
    layout::page(scene, &scene.say("subscribers"), &body)
}

/// What one page shows.
pub struct Shown<'a> {
    /// How they are doing.
    pub status: &'a SubscriberStatus,
    /// What is parked.
    pub parked: &'a [Parked],
    /// The latest calls, of a webhook.
    pub deliveries: &'a [Delivery],
    /// Whether this reader may retry and skip.
    pub may_act: bool,
    /// What was wrong with a form that came back.
    pub faults: &'a [Fault],
}

/// One of them.
pub fn one(scene: &Scene<'_>, shown: &Shown<'_>) -> Markup {
    let status = shown.status;
    let parked: Vec<Vec<Markup>> = shown
        .parked
        .iter()
        .map(|it| {
            vec![
                html! { a href={ (Page::Search.path()) "/" (it.registration) } { code { (handle(it.registration)) } } },
                html! { code { (it.event) } " · " (it.position) },
                html! { (scene.moment(it.parked_at)) },
                html! { (reason(scene, it.reason.as_deref())) },
                html! { (scene.number(it.held)) },
            ]
        })
        .collect();
    let deliveries: Vec<Vec<Markup>> = shown
        .deliveries
        .iter()
        .map(|it| {
            vec![
                html! { (scene.moment(it.called_at)) },
                html! { (it.position) " · " (it.attempt) },
                html! { (scene.named("outcome", &it.outcome)) @if let Some(code) = it.status { " · " (code) } },
                html! { (reason(scene, it.obstacle.as_deref())) },
                html! { @match it.next_at { Some(at) => (scene.moment(at)), None => "–" } },
                html! { (it.milliseconds) " ms" },
            ]
        })
        .collect();
    let head = |keys: &[&str]| keys.iter().map(|key| scene.say(key)).collect::<Vec<String>>();
    let body = html! {
        dl.facts {
            div { dt { (scene.say("kind")) } dd { (scene.named("kind", &status.kind)) " " (standing(scene, status)) } }
            div { dt { (scene.say("lag")) } dd { (scene.number(status.lag)) } }
            div { dt { (scene.say("under-way")) } dd { (scene.number(status.under_way)) } }
            div { dt { (scene.say("events")) } dd { @for name in &status.events { code { (name) } " " } } }
        }
        section aria-labelledby="parked" {
            h2 #parked { (scene.say("parked")) }
            @if parked.is_empty() { p { (scene.say("nothing-parked")) } } @else {
                (layout::table(&scene.say("parked"), &head(&["registration", "event", "since", "reason", "held-behind"]), &parked))
                @if shown.may_act { (forms(scene, shown)) }
            }
        }
        @if status.kind == "webhook" {
            section aria-labelledby="deliveries" {
                h2 #deliveries { (scene.say("deliveries")) }
                @if deliveries.is_empty() { p { (scene.say("no-deliveries")) } } @else {
                    (layout::table(&scene.say("deliveries"), &head(&["moment", "position-attempt", "outcome", "obstacle", "next-try", "took"]), &deliveries))
                }
            }
        }
    };
    layout::page_with(scene, &status.name, shown.faults, &body)
}

fn standing(scene: &Scene<'_>, status: &SubscriberStatus) -> Markup {
    html! {
        @if status.revoked_at.is_some() { span.unwell { (scene.say("revoked")) } }
        @else if status.paused_at.is_some() { span.pending { (scene.say("paused")) } }
    }
}

/// Why an event was not taken. What the service says of itself is known by its beginning, and told in the reader's language;
/// a subscriber's own words stay as they are.
const OURS: [(&str, &str); 11] = [
    ("not acknowledged after ", "unacknowledged"),
    ("refused by the subscriber, without a reason", "unreasoned"),
    ("refused by the subscriber; its reason holds an address", "unkept"),
    ("answered 410: gone", "gone"),
    ("answered ", "answered"),
    ("no answer in time", "late"),
    ("the endpoint's certificate is not trusted", "certificate"),
    ("the name is not known", "unnamed"),
    ("no connection", "unconnected"),
    ("the connection broke off", "broken-off"),
    ("the name leads to an address of a private network", "private"),
];

fn reason(scene: &Scene<'_>, text: Option<&str>) -> String {
    let Some(text) = text else {
        return "–".to_owned();
    };
    let known = OURS.iter().find(|(beginning, _)| text.starts_with(beginning));
    let number: String = text.chars().filter(char::is_ascii_digit).take(3).collect();
    known.map_or_else(
        || text.to_owned(),
        |(_, key)| scene.tell(&format!("obstacle-{key}"), &[("number", number.as_str().into())]),
    )
}

/// Deliver again, or give up.
fn forms(scene: &Scene<'_>, shown: &Shown<'_>) -> Markup {
    let base = format!("{}/{}", Page::Subscribers.path(), shown.status.name);
    let choices = |id: &str| {
        html! {
            label for=(id) { (scene.say("registration")) }
            select id=(id) name="registration" { @for it in shown.parked { option value=(it.registration) { (handle(it.registration)) " · " (it.event) } } }
        }
    };
    html! {
        form.act method="post" action={ (base) "/retry-all" } { button { (scene.say("deliver-all-again")) } }
        form.act method="post" action={ (base) "/retry" } {
            p { (choices("again")) }
            button { (scene.say("deliver-again")) }
        }
        form.act method="post" action={ (base) "/skip" } {
            p { (choices("given-up")) }
            label for="skip" { (scene.say("skip-why")) }
            (fault(shown.faults, "skip"))
            input #skip name="reason" required minlength=(StatedReason::LENGTH_MIN) maxlength=(StatedReason::LENGTH_MAX) autocomplete="off"
                aria-invalid=[invalid(shown.faults, "skip")] aria-describedby=[invalid(shown.faults, "skip").map(|_| "skip-fault")];
            button { (scene.say("skip-event")) }
        }
    }
}
