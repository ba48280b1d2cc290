//! The HTML view of a letter.
//!
//! Mail readers know less than browsers: layout by tables, styles inline, and a style sheet only for what may be lost
//! without harm (narrow screens, dark mode). Nothing is loaded: no picture, no font, no counter of who has read what.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::sheet::{Action, Sheet};

const PAGE: &str = "margin:0;padding:0;background-color:#eef2f3;";
const FONT: &str =
    "font-family:'Segoe UI',-apple-system,BlinkMacSystemFont,Roboto,'Helvetica Neue',Arial,sans-serif;";
const CARD: &str =
    "max-width:600px;width:100%;background-color:#ffffff;border-radius:14px;border:1px solid #dbe4e6;";
const BAND: &str = "padding:22px 40px;border-bottom:1px solid #e6edee;font-size:16px;line-height:24px;font-weight:700;color:#00525e;";
const MARK: &str = "display:inline-block;width:10px;height:10px;border-radius:5px;background-color:#00798a;margin-right:10px;";
const BODY: &str = "padding:36px 40px 14px 40px;";
const TITLE: &str =
    "margin:0 0 22px 0;font-size:28px;line-height:36px;font-weight:700;letter-spacing:-0.3px;color:#10272c;";
const PARAGRAPH: &str = "margin:0 0 18px 0;font-size:16px;line-height:26px;color:#2b4046;";
const BUTTON_CELL: &str = "border-radius:8px;background-color:#00697a;";
const BUTTON: &str = "display:inline-block;padding:15px 30px;font-size:16px;line-height:22px;font-weight:600;color:#ffffff;text-decoration:none;border-radius:8px;";
const NOTE: &str = "margin:0 0 14px 0;font-size:14px;line-height:22px;color:#4a6067;";
const LINK: &str = "color:#00697a;text-decoration:underline;word-break:break-word;overflow-wrap:anywhere;";
const ASIDE: &str = "padding:16px 20px;border-radius:8px;background-color:#f1f6f7;font-size:14px;line-height:22px;color:#3b5157;";
const FOOTER: &str = "padding:20px 40px 30px 40px;font-size:12px;line-height:19px;color:#55696f;";

/// What may be lost without harm. Dark colours are stated for readers that heed `prefers-color-scheme`; the others
/// keep the light ones or invert them by themselves.
const STYLE: &str = "
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){
.edge{padding:12px 8px!important}
.band{padding:18px 22px!important}
.body{padding:26px 22px 8px 22px!important}
.foot{padding:16px 22px 24px 22px!important}
.title{font-size:24px!important;line-height:31px!important}
.wide{width:100%!important}
.wide a{display:block!important;text-align:center!important;padding:15px 12px!important}
}
@media (prefers-color-scheme:dark){
.page{background-color:#0e1719!important}
.card{background-color:#172326!important;border-color:#2a3a3e!important}
.band{color:#8fdbe6!important;border-color:#2a3a3e!important}
.title{color:#f2f7f8!important}
.para{color:#d3dfe2!important}
.note,.foot{color:#a9bcc1!important}
.aside{background-color:#1f2e32!important;color:#c4d3d7!important}
.link{color:#7fd3df!important}
.cell{background-color:#0a8194!important}
}
";

/// Sets a sheet as HTML.
pub fn page(sheet: &Sheet) -> String {
    html! {
        (DOCTYPE)
        html lang=(sheet.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                // Readers on telephones turn figures into calls unless told otherwise.
                meta name="format-detection" content="telephone=no, date=no, address=no, email=no";
                title { (sheet.subject) }
                style { (PreEscaped(STYLE)) }
            }
            body.page style=(PAGE) {
                div style="display:none;max-height:0;overflow:hidden;opacity:0;" { (sheet.preview) }
                table.page role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style=(PAGE) {
                    tr { td.edge align="center" style="padding:36px 16px;" { (card(sheet)) } }
                }
            }
        }
    }
    .into_string()
}

fn card(sheet: &Sheet) -> Markup {
    html! {
        table.card role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style={ (CARD) (FONT) } {
            tr { td.band style=(BAND) { span style=(MARK) {} (sheet.space) } }
            tr { td.body style=(BODY) {
                h1.title style=(TITLE) { (sheet.title) }
                p.para style=(PARAGRAPH) { (sheet.greeting) }
                @for paragraph in &sheet.paragraphs { p.para style=(PARAGRAPH) { (paragraph) } }
                (button(&sheet.action))
                @if let Some(terms) = &sheet.link_terms { p.note style=(NOTE) { (terms) } }
                p.note style=(NOTE) { (sheet.action.by_hand) br; (link(&sheet.action.url)) }
                @if let Some((sentence, url)) = &sheet.second { (aside(html! { (sentence) br; (link(url)) })) }
                @if let Some(unasked) = &sheet.unasked { (aside(html! { (unasked) })) }
            } }
            tr { td.foot style=(FOOTER) {
                @for (nth, line) in sheet.footer.iter().enumerate() { @if nth > 0 { br; } (linked(line)) }
            } }
        }
    }
}

fn button(action: &Action) -> Markup {
    html! {
        table.wide role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:26px 0 26px 0;" {
            tr { td.cell align="center" style=(BUTTON_CELL) {
                a href=(action.url) style=(BUTTON) { (action.button) }
            } }
        }
    }
}

fn aside(content: Markup) -> Markup {
    html! {
        table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 14px 0;" {
            tr { td.aside style=(ASIDE) { (content) } }
        }
    }
}

fn link(url: &str) -> Markup {
    html! { a.link href=(url) style=(LINK) { (url) } }
}

/// A line whose last word may be a URL.
fn linked(line: &str) -> Markup {
    match line.rsplit_once(' ') {
        Some((words, url)) if url.starts_with("http") => html! { (words) " " (link(url)) },
        _ => html! { (line) },
    }
}
