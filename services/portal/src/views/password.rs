//! Choosing a password: the address that it is for, the rules to tick off, and the field twice.

use domain::values::{PasswordPolicy, PasswordRule};
use maud::{Markup, html};

use super::fields::{TextField, guard, show_password};
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
            (guard(scene))
            // Lets a keeper of passwords know whose password this is.
            input.unseen type="email" name="username" value=(values.email) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
            (rules(scene, values))
            (field(scene, "password", "password-new", Some("rules")).render(scene, complaints))
            p.unseen #rules-told role="status" {}
            (field(scene, "confirmation", "password-confirm", None).render(scene, complaints))
            p.hint #same-told role="status" data-same=(scene.say("password-same")) data-differs=(scene.say("password-differs-yet")) {}
            (show_password(scene))
            div.buttons { button type="submit" { (scene.say("password-button")) } }
        }
        script src=(scene.assets.password.address) defer {}
    };
    layout::page(scene, &title, complaints, &body)
}

fn field<'a>(
    scene: &Scene<'_>,
    name: &'a str,
    label: &str,
    also_described_by: Option<&'a str>,
) -> TextField<'a> {
    TextField {
        name,
        label: scene.say(label),
        kind: Some("password"),
        autocomplete: "new-password",
        also_described_by,
        ..TextField::default()
    }
}

/// The rules, each ticked by the script as it is met. What only the server can judge stands below without a box.
fn rules(scene: &Scene<'_>, values: &Values<'_>) -> Markup {
    let personal = [PasswordRule::NotCommon, PasswordRule::NotPersonal];
    let personal = personal.iter().any(|it| values.unmet.contains(it));
    html! {
        p #rules-title { (scene.say("password-rules")) }
        ul.rules #rules aria-labelledby="rules-title" data-met=(scene.say("password-rule-met"))
            data-unmet=(scene.say("password-rule-left")) data-left=(scene.say("password-rules-left"))
            data-all=(scene.say("password-rules-met")) {
            @for rule in values.policy.visible_rules() {
                @let unmet = values.unmet.contains(&rule);
                li.unmet[unmet] data-rule=[kind(rule)] data-count=[count(rule)] {
                    span.rule { (told(scene, rule)) } " "
                    span.state { @if unmet { (scene.say("password-rule-unmet")) } }
                }
            }
        }
        p.hint {
            (scene.say("password-rule-personal"))
            @if personal { " " strong.fault { (scene.say("password-rule-unmet")) } }
        }
    }
}

/// How the script knows a rule.
fn kind(rule: PasswordRule) -> Option<&'static str> {
    match rule {
        PasswordRule::MinimumLength(_) => Some("length"),
        PasswordRule::Digit => Some("digit"),
        PasswordRule::Letter => Some("letter"),
        _ => None,
    }
}

fn count(rule: PasswordRule) -> Option<usize> {
    match rule {
        PasswordRule::MinimumLength(minimum) => Some(minimum),
        _ => None,
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
