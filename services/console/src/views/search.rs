//! Registrations: the list with its filters and pages, and finding one.

use maud::{Markup, html};

use super::layout::{self, Fault, fault, invalid};
use crate::read::search::{FOUND_MAX, Filters, Found};
use crate::routes::Page;
use crate::web::visit::Scene;

/// Where a registration can stand, in the order of a journey.
pub const STAGES: [&str; 10] = [
    "awaiting_topics",
    "awaiting_establishment",
    "awaiting_member_number",
    "awaiting_idcc",
    "awaiting_email_verification",
    "awaiting_password",
    "active",
    "closed",
    "expired",
    "erased",
];
/// The journeys.
pub const JOURNEYS: [&str; 2] = ["known", "unknown"];

/// What was looked for, and what came of it.
pub enum Sought<'a> {
    /// Those that moved last, by these filters; and before which position the next page begins, where there is one.
    Listed {
        /// What is left out.
        filters: &'a Filters,
        /// The place of the last one, when more follow.
        next: Option<i64>,
    },
    /// Something that is neither address nor number.
    Unreadable,
    /// These.
    Found,
}

/// The page. What was looked for is not shown again: it may be an address.
pub fn page(scene: &Scene<'_>, sought: &Sought<'_>, found: &[Found]) -> Markup {
    let title = match sought {
        Sought::Listed { .. } => scene.say("latest"),
        _ => scene.tell(
            "found",
            &[("count", i64::try_from(found.len()).unwrap_or(0).into())],
        ),
    };
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|it| {
            vec![
                html! { a href={ (Page::Search.path()) "/" (it.registration_id) } { code { (it.handle()) } } },
                html! { (scene.named("stage", &it.stage)) },
                html! { @match &it.journey { Some(journey) => (scene.named("journey", journey)), None => "–" } },
                html! { @match &it.mail { Some(mail) => (scene.named("mail-state", mail)), None => "–" } },
                html! { (scene.moment(it.started_at)) },
                html! { (scene.moment(it.last_event_at)) },
            ]
        })
        .collect();
    let head = [
        "registration",
        "stage",
        "journey",
        "mail",
        "started-on",
        "last-event",
    ]
    .map(|key| scene.say(key));
    let faults: Vec<Fault> = match sought {
        Sought::Unreadable => vec![("sought", scene.say("sought-unreadable"))],
        _ => Vec::new(),
    };
    let body = html! {
        form.search method="post" action=(Page::Search.path()) autocomplete="off" {
            label for="sought" { (scene.say("sought")) }
            p.hint #sought-hint { (scene.say("sought-hint")) }
            (fault(&faults, "sought"))
            input #sought name="sought" required maxlength="254" aria-invalid=[invalid(&faults, "sought")]
                aria-describedby={ @if !faults.is_empty() { "sought-fault " } "sought-hint" };
            button { (scene.say("search")) }
        }
        section aria-labelledby="found" {
            h2 #found { (title) }
            @if let Sought::Listed { filters, .. } = sought { (filter_form(scene, filters)) }
            @if rows.is_empty() { p { (scene.say("nothing-found")) } } @else {
                (layout::table(&title, &head, &rows))
            }
            @match sought {
                Sought::Listed { filters, next } => (pages(scene, filters, *next)),
                _ if i64::try_from(rows.len()).is_ok_and(|it| it >= FOUND_MAX) => p.hint { (scene.say("more-found")) },
                _ => {},
            }
        }
    };
    layout::page_with(scene, &scene.say("search-title"), &faults, &body)
}

fn filter_form(scene: &Scene<'_>, filters: &Filters) -> Markup {
    let choice = |name: &str, codes: &[&str], chosen: Option<&str>| {
        html! {
            p {
                label for=(name) { (scene.say(name)) }
                select id=(name) name=(name) {
                    option value="" { (scene.say("every")) }
                    @for code in codes { option value=(code) selected[chosen == Some(*code)] { (scene.named(name, code)) } }
                }
            }
        }
    };
    let failed = filters.mail_failed.then_some("failed");
    html! {
        form.days method="get" action=(Page::Search.path()) {
            (choice("stage", &STAGES, filters.stage.as_deref()))
            (choice("journey", &JOURNEYS, filters.journey.as_deref()))
            p { label for="day" { (scene.say("started-on")) } input #day type="date" name="day" value=[filters.day]; }
            p {
                label for="mail" { (scene.say("mail")) }
                select #mail name="mail" {
                    option value="" { (scene.say("every")) }
                    option value="failed" selected[failed.is_some()] { (scene.say("mail-state-failed")) }
                }
            }
            button { (scene.say("show")) }
        }
    }
}

/// The way on, the way back to the first page, and the whole as a file.
fn pages(scene: &Scene<'_>, filters: &Filters, next: Option<i64>) -> Markup {
    let kept = query(filters);
    html! {
        p.pages {
            @if filters.before.is_some() { a href={ (Page::Search.path()) "?" (kept) } { (scene.say("first-page")) } }
            @if let Some(next) = next { a href={ (Page::Search.path()) "?" (kept) "before=" (next) } rel="next" { (scene.say("next-page")) } }
            a href={ "/console/registrations.csv?" (kept) } { (scene.say("as-csv")) }
        }
    }
}

/// The filters as a query, ready for one more parameter. All their values are codes and days.
fn query(filters: &Filters) -> String {
    let day = filters.day.map(|it| it.to_string());
    let failed = filters.mail_failed.then_some("failed");
    let parts = [
        ("stage", filters.stage.as_deref()),
        ("journey", filters.journey.as_deref()),
        ("day", day.as_deref()),
        ("mail", failed),
    ];
    let given = parts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    given.map(|(name, value)| format!("{name}={value}&")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_what_was_asked_for() {
        let filters = Filters {
            stage: Some("active".to_owned()),
            day: "2026-11-30".parse().ok(),
            mail_failed: true,
            ..Filters::default()
        };
        assert_eq!(query(&filters), "stage=active&day=2026-11-30&mail=failed&");
        assert_eq!(query(&Filters::default()), "");
    }
}
