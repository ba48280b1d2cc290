//! What every page shares: its head, who is signed in and why, the way to the other pages.

use maud::{DOCTYPE, Markup, html};

use crate::routes::{self, Page};
use crate::web::asset::STYLES_ADDRESS;
use crate::web::visit::Scene;

/// What is wrong with a field: the field, and the sentence that says so.
pub type Fault = (&'static str, String);

/// A page.
pub fn page(scene: &Scene<'_>, title: &str, body: &Markup) -> Markup {
    page_with(scene, title, &[], body)
}

/// A page whose form came back: what is wrong is told in the browser's tab and on top, with links to the fields.
pub fn page_with(scene: &Scene<'_>, title: &str, faults: &[Fault], body: &Markup) -> Markup {
    let name = scene.tell(
        "name",
        &[("organisation", scene.catalogue.organisation.name.as_str().into())],
    );
    html! {
        (DOCTYPE)
        html lang=(scene.locale.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { @if !faults.is_empty() { (scene.say("error-prefix")) " " } (title) " – " (name) }
                link rel="stylesheet" href=(STYLES_ADDRESS.as_str());
            }
            body {
                a.skip href="#content" { (scene.say("skip")) }
                header {
                    div.who {
                        strong { (name) }
                        @if let Some(member) = scene.member {
                            span {
                                (member.name) " · " (scene.named("role", member.role.name()))
                                span.purpose { (scene.tell("purpose-is", &[("purpose", member.purpose.as_str().into())])) }
                            }
                        }
                        (language(scene))
                        @if scene.member.is_some() {
                            form method="post" action=(routes::sign_in::LEAVE) { button.link { (scene.say("sign-out")) } }
                        }
                    }
                    @if scene.member.is_some() { (ways(scene)) }
                }
                main #content tabindex="-1" {
                    h1 { (title) }
                    @if !faults.is_empty() {
                        div.wrong role="alert" {
                            ul { @for (field, told) in faults { li { a href={ "#" (field) } { (told) } } } }
                        }
                    }
                    (body)
                }
                footer { p { (scene.say("clocks")) } }
            }
        }
    }
}

fn ways(scene: &Scene<'_>) -> Markup {
    let may = |page: &Page| scene.member.is_some_and(|it| page.roles().contains(&it.role));
    html! {
        nav aria-label=(scene.say("pages")) {
            ul {
                @for page in Page::ALL.iter().filter(|it| may(it)) {
                    @let here = page.path() == scene.path;
                    li { a href=(page.path()) aria-current=[here.then_some("page")] { (scene.say(page.key())) } }
                }
            }
        }
    }
}

fn language(scene: &Scene<'_>) -> Markup {
    let other = if scene.locale.code() == "fr" { "en" } else { "fr" };
    html! { a.language href={ (scene.here) "lang=" (other) } hreflang=(other) lang=(other) { (scene.say("other-language")) } }
}

/// A table within its own scroll, so that a narrow page does not.
pub fn table(caption: &str, head: &[String], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { tr { @for name in head { th scope="col" { (name) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (place, cell) in row.iter().enumerate() {
                                @if place == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is wrong, beside its field, which names it by `<field>-fault`.
pub fn fault(faults: &[Fault], field: &str) -> Markup {
    html! {
        @for (_, told) in faults.iter().filter(|(at, _)| *at == field) {
            span.fault id={ (field) "-fault" } { (told) }
        }
    }
}

/// Whether something is wrong with a field, as its attribute says it.
pub fn invalid(faults: &[Fault], field: &str) -> Option<&'static str> {
    faults.iter().any(|(at, _)| *at == field).then_some("true")
}

/// The two fields by which a page is about some days.
pub fn days_form(scene: &Scene<'_>, first: chrono::NaiveDate, last: chrono::NaiveDate) -> Markup {
    html! {
        form.days method="get" action=(scene.path) {
            p { label for="from" { (scene.say("from")) } input #from type="date" name="from" value=(first) required; }
            p { label for="to" { (scene.say("to")) } input #to type="date" name="to" value=(last) required; }
            button { (scene.say("show")) }
        }
    }
}
