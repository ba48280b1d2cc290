//! Choosing a password: the address that it is for, the rules to tick off, and the field twice.

use domain::values::{PasswordPolicy, PasswordRule};
use maud::{Markup, html};

use super::fields::TextField;
use super::layout;
use crate::complaints::Complaints;
use crate::scene::Scene;

/// What the page shows.
pub struct Values<'a> {
    /// The address of the account.
    pub email: &'a str,
    /// The link's token, in the form's address.
    pub token: &'a str,
    /// The rules in force.
    pub policy: PasswordPolicy,
    /// Rules that the password just posted does not meet.
    pub unmet: &'a [PasswordRule],
    /// Whether the account has a password already.
    pub change: bool,
}

/// Renders it.
pub fn page(scene: &Scene<'_>, values: &Values<'_>, complaints: &Complaints) -> Markup {
    let title = scene.say(if values.change {
        "password-change-title"
    } else {
        "password-title"
    });
    let body = html! {
        h1 { (title) }
        p.lead { (scene.tell("password-for", &[("email", values.email.into())])) }
        form method="post" action={ "/verify/" (values.token) } novalidate {
            // Lets a keeper of passwords know whose password this is.
            input.unseen type="email" name="username" value=(values.email) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
            (rules(scene, values))
            (field(scene, "password", "password-new").render(scene, complaints))
            (field(scene, "confirmation", "password-confirm").render(scene, complaints))
            div.buttons { button type="submit" { (scene.say("password-button")) } }
        }
    };
    layout::page(scene, &title, complaints, &body)
}

fn field<'a>(scene: &Scene<'_>, name: &'a str, label: &str) -> TextField<'a> {
    TextField {
        name,
        label: scene.say(label),
        kind: Some("password"),
        autocomplete: "new-password",
        ..TextField::default()
    }
}

fn rules(scene: &Scene<'_>, values: &Values<'_>) -> Markup {
    let visible = values.policy.visible_rules();
    let personal = [PasswordRule::NotCommon, PasswordRule::NotPersonal];
    html! {
        p #rules { (scene.say("password-rules")) }
        ul.rules aria-labelledby="rules" {
            @for rule in visible { (line(scene, &told(scene, rule), values.unmet.contains(&rule))) }
            (line(scene, &scene.say("password-rule-personal"), personal.iter().any(|it| values.unmet.contains(it))))
        }
    }
}

fn line(scene: &Scene<'_>, text: &str, unmet: bool) -> Markup {
    html! {
        li.unmet[unmet] { (text) @if unmet { " " strong { "(" (scene.say("password-rule-unmet")) ")" } } }
    }
}

fn told(scene: &Scene<'_>, rule: PasswordRule) -> String {
    match rule {
        PasswordRule::MinimumLength(minimum) => {
            scene.tell("password-rule-length", &[("minimum", minimum.into())])
        }
        PasswordRule::Digit => scene.say("password-rule-digit"),
        PasswordRule::Letter => scene.say("password-rule-letter"),
        other => scene.words.password_rule(scene.locale, other),
    }
}
