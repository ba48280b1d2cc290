//! What became of the mails.

use chrono::NaiveDate;
use mailer::watch::OpenMails;
use maud::{Markup, html};

use super::{chart, layout};
use crate::read::mails::{Failed, Mails};
use crate::read::search::handle;
use crate::routes::Page;
use crate::staff::Role;
use crate::web::visit::Scene;

/// The page.
pub fn page(scene: &Scene<'_>, days: (NaiveDate, NaiveDate), mails: &Mails) -> Markup {
    let (sent, failed) = (scene.say("sent"), scene.say("failed"));
    let sums = mails
        .by_day
        .iter()
        .fold((0, 0), |sum, (_, sent, failed)| (sum.0 + sent, sum.1 + failed));
    let columns: Vec<(String, i64, i64)> = mails
        .by_day
        .iter()
        .map(|(day, sent, failed)| (day.format("%d/%m").to_string(), *sent, *failed))
        .collect();
    let by_day: Vec<Vec<Markup>> = mails
        .by_day
        .iter()
        .rev()
        .filter(|(_, sent, failed)| sent + failed > 0)
        .map(|(day, sent, failed)| {
            vec![
                html! { (day) },
                html! { (scene.number(*sent)) },
                html! { (scene.number(*failed)) },
                html! { (scene.share(*failed, sent + failed)) },
            ]
        })
        .collect();
    let failures: Vec<Vec<Markup>> = mails
        .failures
        .iter()
        .map(|it| {
            vec![
                html! { (scene.named("failure", &it.failure)) },
                html! { (codes(it.server_code, it.enhanced_code.as_deref())) },
                html! { (scene.number(it.mails)) },
            ]
        })
        .collect();
    let failed_mails: Vec<Vec<Markup>> = mails.failed.iter().map(|it| failed_mail(scene, it)).collect();
    let held: Vec<Vec<Markup>> = mails
        .held
        .iter()
        .map(|it| {
            vec![
                html! { (scene.named("cause", &it.cause)) },
                html! { (it.command.as_deref().unwrap_or("–")) },
                html! { (codes(it.server_code.map(i32::from), it.enhanced_code.as_deref())) },
                html! { (scene.number(it.mails)) },
                html! { (scene.span(it.oldest_seconds as i64)) },
            ]
        })
        .collect();
    let under_way: Vec<Vec<Markup>> = mails
        .under_way
        .iter()
        .map(|(state, count)| {
            vec![
                html! { (scene.named("mail", state)) },
                html! { (scene.number(*count)) },
            ]
        })
        .collect();
    let body = html! {
        (layout::days_form(scene, days.0, days.1))
        section aria-labelledby="by-day" {
            h2 #by-day { (scene.say("by-day")) }
            (chart::sums(scene, &[(&sent, sums.0, mails.before.0), (&failed, sums.1, mails.before.1)]))
            (chart::columns(scene, &scene.say("mails"), [&sent, &failed], &columns))
            (layout::table(&scene.say("by-day"), &[scene.say("day"), sent.clone(), failed.clone(), scene.say("failed-share")], &by_day))
        }
        section aria-labelledby="failures" {
            h2 #failures { (scene.say("failures")) }
            @if failures.is_empty() { p { (scene.say("no-failures")) } } @else {
                (layout::table(&scene.say("failures"), &[scene.say("reason"), scene.say("server-code"), scene.say("mails")], &failures))
            }
        }
        section aria-labelledby="failed-mails" {
            h2 #failed-mails { (scene.say("failed-mails")) }
            @if failed_mails.is_empty() { p { (scene.say("no-failures")) } } @else {
                (layout::table(&scene.say("failed-mails"), &[scene.say("registration"), scene.say("moment"), scene.say("mail"), scene.say("reason"), scene.say("server-code"), scene.say("stage")], &failed_mails))
                p.hint { (scene.say("failed-mails-hint")) }
            }
        }
        section aria-labelledby="under-way" {
            h2 #under-way { (scene.say("mails-under-way")) }
            dl.facts {
                div { dt { (scene.say("mails-open")) } dd { (open(scene, &mails.open)) } }
                div { dt { (scene.say("mails-overdue")) } dd { (overdue(scene, &mails.open)) } }
            }
            @if under_way.is_empty() { p { (scene.say("none-under-way")) } } @else {
                (layout::table(&scene.say("mails-under-way"), &[scene.say("state"), scene.say("mails")], &under_way))
            }
            @if !held.is_empty() {
                (layout::table(&scene.say("mails-held"), &[scene.say("reason"), scene.say("command"), scene.say("server-code"), scene.say("mails"), scene.say("oldest-try")], &held))
            }
        }
    };
    layout::page(scene, &scene.say("mails"), &body)
}

/// A mail that failed. The link leads to its registration, where an operator may ask for it once more while it is due.
fn failed_mail(scene: &Scene<'_>, it: &Failed) -> Vec<Markup> {
    vec![
        html! { a href={ (Page::Search.path()) "/" (it.registration_id) } { code { (handle(it.registration_id)) } } },
        html! { (scene.moment(it.recorded_at)) },
        html! { (scene.named("mail-kind", &it.event_type)) },
        html! { (scene.named("failure", &it.failure)) },
        html! { (codes(it.server_code, it.enhanced_code.as_deref())) },
        html! {
            (scene.named("stage", &it.stage))
            @if it.event_type == "VerificationMailFailed" && it.stage == "awaiting_email_verification"
                && scene.member.is_some_and(|member| member.role == Role::Operator) {
                form.inline method="post" action={ (Page::Search.path()) "/" (it.registration_id) "/resend" } {
                    button { (scene.say("resend")) }
                }
            }
        },
    ]
}

/// The server's codes, such as 550 5.1.1.
fn codes(code: Option<i32>, enhanced: Option<&str>) -> String {
    match (code, enhanced) {
        (None, _) => "–".to_owned(),
        (Some(code), None) => code.to_string(),
        (Some(code), Some(enhanced)) => format!("{code} {enhanced}"),
    }
}

/// How many mails have no outcome yet, and for how long the oldest has waited.
pub fn open(scene: &Scene<'_>, mails: &OpenMails) -> String {
    aged(scene, mails.waiting, mails.oldest_seconds)
}

/// How many of them nobody is at, and for how long the oldest has waited.
pub fn overdue(scene: &Scene<'_>, mails: &OpenMails) -> String {
    aged(scene, mails.overdue, mails.oldest_overdue_seconds)
}

fn aged(scene: &Scene<'_>, count: i64, seconds: f64) -> String {
    match count {
        0 => scene.number(0),
        count => scene.tell(
            "mails-aged",
            &[
                ("count", scene.number(count).into()),
                ("age", scene.span(seconds as i64).into()),
            ],
        ),
    }
}
