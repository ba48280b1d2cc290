//! The organisation's two colours as the sheet of styles takes them: each with a stronger one, a tint, and what is read
//! on it.

use catalogue::{Colour, Organisation};

/// The sheet of the dark design, as in `portal.css`.
const DARK_SHEET: Colour = Colour([0x1a, 0x23, 0x22]);
/// How much of a colour a tint keeps.
const TINT: f64 = 0.1;
const DARK_TINT: f64 = 0.18;
/// How far the stronger colour goes on towards black, or white in the dark design.
const STRONGER: f64 = 0.28;

/// The rules to be set after the sheet's own.
pub fn of(organisation: &Organisation) -> String {
    let (light, dark) = (organisation.accent, organisation.accent_dark);
    let light = rules(
        light,
        light.mixed(Colour::BLACK, STRONGER),
        Colour::WHITE.mixed(light, TINT),
        Colour::WHITE,
    );
    let dark = rules(
        dark,
        dark.mixed(Colour::WHITE, STRONGER),
        DARK_SHEET.mixed(dark, DARK_TINT),
        DARK_SHEET.mixed(Colour::BLACK, 0.5),
    );
    format!(
        ":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n@media print{{:root{{{light}}}}}\n"
    )
}

/// A mark in the organisation's colour: an open door, drawn in two strokes.
pub fn icon(organisation: &Organisation) -> String {
    let accent = organisation.accent;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\" width=\"32\" height=\"32\">\
         <rect width=\"32\" height=\"32\" rx=\"8\" fill=\"{accent}\"/>\
         <path d=\"M9 25V9.5A2.5 2.5 0 0 1 11.5 7h9A2.5 2.5 0 0 1 23 9.5V25M6.5 25h19\" fill=\"none\" stroke=\"#fff\" \
         stroke-width=\"2.4\" stroke-linecap=\"round\"/><circle cx=\"19\" cy=\"16.5\" r=\"1.6\" fill=\"#fff\"/></svg>"
    )
}

fn rules(accent: Colour, strong: Colour, tint: Colour, on_accent: Colour) -> String {
    format!("--accent:{accent};--accent-strong:{strong};--tint:{tint};--on-accent:{on_accent}")
}
