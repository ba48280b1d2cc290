//! What letters look like: inline styles, the organisation's colours among them, and the sheet that may be lost.

use catalogue::Colour;

/// Behind the card.
pub const GROUND: &str = "#f1f3f2";
/// Behind a remark.
pub const ASIDE_GROUND: &str = "#f3f6f5";

pub const PAGE: &str = "margin:0;padding:0;width:100%;background-color:#f1f3f2;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%;";
pub const UNSEEN: &str = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all;";
pub const CARD: &str = "max-width:600px;width:100%;background-color:#ffffff;border-radius:14px;border:1px solid #dde4e2;border-collapse:separate;\
                        font-family:'Segoe UI',-apple-system,BlinkMacSystemFont,Roboto,'Helvetica Neue',Arial,sans-serif;";
pub const BODY: &str = "padding:36px 40px 14px 40px;text-align:left;";
pub const TITLE: &str =
    "margin:0 0 22px 0;font-size:28px;line-height:36px;font-weight:700;letter-spacing:-0.3px;color:#16211f;";
pub const PARAGRAPH: &str = "margin:0 0 18px 0;font-size:16px;line-height:26px;color:#2b3b38;";
pub const NOTE: &str = "margin:0 0 14px 0;font-size:14px;line-height:22px;color:#4a5c59;";
pub const ASIDE: &str = "padding:16px 20px;border-radius:8px;background-color:#f3f6f5;font-size:14px;line-height:22px;color:#3b4d4a;text-align:left;";
pub const FOOTER: &str =
    "padding:20px 40px 30px 40px;font-size:12px;line-height:19px;color:#55655f;text-align:left;";

/// What is in the organisation's colours.
pub struct Style {
    /// The colour of the button, as an attribute takes it.
    pub accent: String,
    /// The band with the sender's name.
    pub band: String,
    /// The cell that is the button.
    pub button_cell: String,
    /// The link in it.
    pub button: String,
    /// A URL written out.
    pub link: String,
    /// What may be lost without harm. Dark colours are stated for readers that heed `prefers-color-scheme`, and for
    /// Outlook's own (`data-ogsc`); the others keep the light ones or invert them by themselves.
    pub sheet: String,
}

impl Style {
    /// The style in these colours, the second for dark screens.
    pub fn of(accent: Colour, accent_dark: Colour) -> Self {
        Self {
            accent: accent.to_string(),
            band: format!(
                "padding:20px 40px;border-top:5px solid {accent};border-bottom:1px solid #e6ecea;border-radius:14px 14px 0 0;\
                 font-size:16px;line-height:24px;font-weight:700;color:{accent};text-align:left;"
            ),
            button_cell: format!("border-radius:8px;background-color:{accent};mso-padding-alt:15px 30px;"),
            button: format!(
                "display:inline-block;padding:15px 30px;mso-padding-alt:0;font-size:16px;line-height:22px;font-weight:600;\
                 color:#ffffff;background-color:{accent};text-decoration:none;border-radius:8px;"
            ),
            link: format!(
                "color:{accent};text-decoration:underline;word-break:break-word;overflow-wrap:anywhere;"
            ),
            sheet: sheet(accent_dark),
        }
    }
}

fn sheet(accent_dark: Colour) -> String {
    let dark = [
        ("page", "background-color:#121918"),
        ("card", "background-color:#1a2322!important;border-color:#33413f"),
        ("title", "color:#f2f7f6"),
        ("para", "color:#d5e0dd"),
        ("note", "color:#a9b8b5"),
        ("foot", "color:#a9b8b5"),
        ("aside", "background-color:#24302e!important;color:#c6d3d0"),
    ];
    let of = |prefix: &str| -> String {
        let rules = dark
            .iter()
            .map(|(class, rule)| format!("{prefix}.{class}{{{rule}!important}}\n"));
        rules
            .chain([
                format!(
                    "{prefix}.band{{color:{accent_dark}!important;border-bottom-color:#33413f!important}}\n"
                ),
                format!("{prefix}.link{{color:{accent_dark}!important}}\n"),
            ])
            .collect()
    };
    format!(
        "
:root{{color-scheme:light dark;supported-color-schemes:light dark}}
@media (max-width:480px){{
.edge{{padding:12px 8px!important}}
.band{{padding:16px 22px!important}}
.body{{padding:26px 22px 8px 22px!important}}
.foot{{padding:16px 22px 24px 22px!important}}
.title{{font-size:24px!important;line-height:31px!important}}
.wide{{width:100%!important}}
.wide a{{display:block!important;text-align:center!important;padding:15px 12px!important}}
}}
@media (prefers-color-scheme:dark){{
{}}}
{}",
        of(""),
        of("[data-ogsc] ")
    )
}
