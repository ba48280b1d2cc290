//! What is set: every key of the configuration, and of a secret only that it is set.

use maud::{Markup, html};

use super::layout;
use crate::state::{Setting, SettingValue};
use crate::web::visit::Scene;

/// The page.
pub fn page(scene: &Scene<'_>, settings: &[Setting]) -> Markup {
    let rows: Vec<Vec<Markup>> = settings.iter().map(|it| row(scene, it)).collect();
    let title = scene.say("settings");
    let body = html! {
        p { (scene.say("settings-lead")) }
        section aria-label=(title) {
            (layout::table(&title, &[scene.say("setting"), scene.say("value")], &rows))
        }
    };
    layout::page(scene, &title, &body)
}

fn row(scene: &Scene<'_>, setting: &Setting) -> Vec<Markup> {
    vec![
        html! { code { (setting.key) } },
        match &setting.value {
            SettingValue::Shown(value) => html! { code { (value) } },
            SettingValue::Secret => html! { (scene.say("set-secret")) },
            SettingValue::Unset => html! { "–" },
        },
    ]
}
