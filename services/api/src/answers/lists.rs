//! What can be chosen: the catalogue, the password policy, collective agreements.

use catalogue::{Catalogue, Choice, Words};
use directory::idcc::Agreement;
use domain::values::{Locale, PasswordPolicy, PasswordRule};
use serde::Serialize;
use utoipa::ToSchema;

use super::vocabulary;

/// What can be chosen in the form, in the language asked for.
#[derive(Serialize, ToSchema)]
pub struct CatalogueAnswer {
    /// Answers to how one is addressed.
    civilities: Vec<ChoiceAnswer>,
    /// Answers to "Vous êtes (ou votre client est)". The choice changes no rule.
    profiles: Vec<ChoiceAnswer>,
    /// Topics that one may be written to about.
    topics: Vec<ChoiceAnswer>,
    /// What a password must be.
    password_policy: PasswordPolicyAnswer,
    /// Where the organisation answers questions.
    contact_url: String,
}

/// Something that can be chosen.
#[derive(Serialize, ToSchema)]
pub struct ChoiceAnswer {
    /// The code to send.
    #[schema(example = "payments")]
    code: String,
    /// What people read.
    label: String,
}

/// What a password must be. Beside these rules, the commonest passwords and the person's own name or address are refused.
#[derive(Serialize, ToSchema)]
pub struct PasswordPolicyAnswer {
    /// The policy's name.
    #[schema(value_type = vocabulary::PasswordPolicyName)]
    name: &'static str,
    /// Fewest characters.
    #[schema(example = 8)]
    minimum_length: usize,
    /// Rules to tick off while typing.
    rules: Vec<PasswordRuleAnswer>,
}

/// A rule of a password policy.
#[derive(Serialize, ToSchema)]
pub struct PasswordRuleAnswer {
    /// The code, as in `errors` when the rule is not met.
    #[schema(example = "password-digit")]
    code: &'static str,
    /// What people read.
    label: String,
}

/// A collective agreement.
#[derive(Serialize, ToSchema)]
pub struct AgreementAnswer {
    /// Its number.
    #[schema(example = "1979")]
    idcc: String,
    /// Its title, the shorter one where there is one.
    title: String,
    /// Whether it is in force.
    #[schema(value_type = vocabulary::AgreementStatus)]
    status: &'static str,
    /// The agreements that apply instead, best first.
    successors: Vec<String>,
}

impl CatalogueAnswer {
    /// The catalogue in this language.
    pub fn new(catalogue: &Catalogue, policy: PasswordPolicyAnswer, locale: Locale) -> Self {
        Self {
            civilities: choices(&catalogue.civilities, locale, |code| code.code()),
            profiles: choices(&catalogue.profiles, locale, |code| code.as_str()),
            topics: choices(&catalogue.topics, locale, |code| code.as_str()),
            password_policy: policy,
            contact_url: catalogue.contact_url.clone(),
        }
    }
}

fn choices<Code>(
    choices: &[Choice<Code>],
    locale: Locale,
    code: impl Fn(&Code) -> &str,
) -> Vec<ChoiceAnswer> {
    let answer = |it: &Choice<Code>| ChoiceAnswer {
        code: code(&it.code).to_owned(),
        label: it.label(locale).to_owned(),
    };
    choices.iter().map(answer).collect()
}

impl PasswordPolicyAnswer {
    /// The policy in this language.
    pub fn new(policy: &PasswordPolicy, words: &Words, locale: Locale) -> Self {
        let rule = |rule: PasswordRule| PasswordRuleAnswer {
            code: rule.code(),
            label: words.password_rule(locale, rule),
        };
        Self {
            name: policy.name.code(),
            minimum_length: policy.minimum_length,
            rules: policy.visible_rules().into_iter().map(rule).collect(),
        }
    }
}

impl From<&Agreement> for AgreementAnswer {
    fn from(agreement: &Agreement) -> Self {
        Self {
            idcc: agreement.idcc.to_string(),
            title: agreement.label().to_owned(),
            status: match agreement.replaced_by.is_empty() {
                _ if agreement.current => "current",
                true => "ended",
                false => "replaced",
            },
            successors: agreement.replaced_by.iter().map(ToString::to_string).collect(),
        }
    }
}
