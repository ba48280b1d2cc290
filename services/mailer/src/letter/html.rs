//! The HTML view of a letter.
//!
//! Mail readers know less than browsers: layout by tables, styles inline, colours also as attributes, and a style sheet
//! only for what may be lost without harm (narrow screens, dark mode). Outlook on Windows, which sets mails with Word,
//! gets a table of fixed width and the padding of the button in its own words. Nothing is loaded: no picture, no font,
//! no counter of who has read what.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::sheet::{Action, Sheet};
use super::style::{self, Style};

/// For Outlook alone: one dot is one dot, fonts that it has, and cells without gaps.
const OUTLOOK_HEAD: &str = "<!--[if mso]><xml><o:OfficeDocumentSettings xmlns:o=\"urn:schemas-microsoft-com:office:office\">\
                            <o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml>\
                            <style>table{border-collapse:collapse}td,p,a,h1{font-family:Arial,sans-serif!important}</style><![endif]-->";
/// For Outlook alone: a table of fixed width around the card, since it does not know `max-width`.
const OUTLOOK_WIDTH: &str = "<!--[if mso]><table role=\"presentation\" align=\"center\" width=\"600\" cellpadding=\"0\" \
                             cellspacing=\"0\" border=\"0\"><tr><td><![endif]-->";
const OUTLOOK_WIDTH_END: &str = "<!--[if mso]></td></tr></table><![endif]-->";
/// Signs without width after the preview line, so that mailboxes do not show the letter's beginning behind it.
const NOTHING_SHOWN: &str = "&#847;&zwnj;&nbsp;";
const NOTHING_SHOWN_TIMES: usize = 60;

/// Sets a sheet as HTML.
pub fn page(sheet: &Sheet) -> String {
    let style = Style::of(sheet.accent, sheet.accent_dark);
    html! {
        (DOCTYPE)
        html lang=(sheet.language) dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="x-apple-disable-message-reformatting";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                // Readers on telephones turn figures into calls unless told otherwise.
                meta name="format-detection" content="telephone=no, date=no, address=no, email=no";
                title { (sheet.subject) }
                style { (PreEscaped(&style.sheet)) }
                (PreEscaped(OUTLOOK_HEAD))
            }
            body.page style=(style::PAGE) bgcolor=(style::GROUND) {
                (preview(sheet))
                div role="article" aria-roledescription="email" aria-label=(sheet.subject) lang=(sheet.language) {
                    table.page role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"
                        bgcolor=(style::GROUND) style=(style::PAGE) {
                        tr { td.edge align="center" style="padding:36px 16px;" {
                            (PreEscaped(OUTLOOK_WIDTH))
                            (card(sheet, &style))
                            (PreEscaped(OUTLOOK_WIDTH_END))
                        } }
                    }
                }
            }
        }
    }
    .into_string()
}

fn preview(sheet: &Sheet) -> Markup {
    html! {
        div aria-hidden="true" style=(style::UNSEEN) {
            (sheet.preview) (PreEscaped(NOTHING_SHOWN.repeat(NOTHING_SHOWN_TIMES)))
        }
    }
}

fn card(sheet: &Sheet, style: &Style) -> Markup {
    html! {
        table.card role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style=(style::CARD) {
            tr { td.band style=(style.band) { (sheet.space) } }
            tr { td.body style=(style::BODY) {
                h1.title style=(style::TITLE) { (sheet.title) }
                p.para style=(style::PARAGRAPH) { (sheet.greeting) }
                @for paragraph in &sheet.paragraphs { p.para style=(style::PARAGRAPH) { (paragraph) } }
                (button(&sheet.action, style))
                @if let Some(terms) = &sheet.link_terms { p.note style=(style::NOTE) { (terms) } }
                p.note style=(style::NOTE) { (sheet.action.by_hand) br; (link(&sheet.action.url, style)) }
                @if let Some((sentence, url)) = &sheet.second { (aside(html! { (sentence) br; (link(url, style)) })) }
                @if let Some(unasked) = &sheet.unasked { (aside(html! { (unasked) })) }
            } }
            tr { td.foot style=(style::FOOTER) {
                @for (nth, line) in sheet.footer.iter().enumerate() { @if nth > 0 { br; } (linked(line, style)) }
            } }
        }
    }
}

/// The whole cell is the button, in readers that know padding of links and in those that do not.
fn button(action: &Action, style: &Style) -> Markup {
    html! {
        table.wide role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:26px 0 26px 0;border-collapse:separate;" {
            tr { td.cell align="center" valign="middle" bgcolor=(style.accent) style=(style.button_cell) {
                a href=(action.url) style=(style.button) { (action.button) }
            } }
        }
    }
}

fn aside(content: Markup) -> Markup {
    html! {
        table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 14px 0;" {
            tr { td.aside bgcolor=(style::ASIDE_GROUND) style=(style::ASIDE) { (content) } }
        }
    }
}

fn link(url: &str, style: &Style) -> Markup {
    html! { a.link href=(url) style=(style.link) { (url) } }
}

/// A line whose last word may be a URL.
fn linked(line: &str, style: &Style) -> Markup {
    match line.rsplit_once(' ') {
        Some((words, url)) if url.starts_with("http") => html! { (words) " " (link(url, style)) },
        _ => html! { (line) },
    }
}
