//! Problems and field faults in words; refusals with what they carry.

use domain::Refusal;
use domain::registration::event::RegisterSource;
use domain::values::{Idcc, Locale, PasswordRule, Siret, is_invisible};

use super::{Argument, Words};

/// A problem as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemWords {
    /// A short heading, the same for every problem of this code.
    pub title: String,
    /// What happened, and what to do.
    pub detail: String,
}

impl Words {
    /// The words of a problem's code, such as `not-found`. Refusals go through [`Words::refusal`].
    pub fn problem(&self, locale: Locale, code: &str, arguments: &[(&str, Argument<'_>)]) -> ProblemWords {
        ProblemWords {
            title: self.say(locale, &format!("problem-{code}-title"), &[]),
            detail: self.say(locale, &format!("problem-{code}-detail"), arguments),
        }
    }

    /// The words of a refusal. `contact_url` is where the organisation answers questions.
    pub fn refusal(&self, locale: Locale, refusal: &Refusal, contact_url: &str) -> ProblemWords {
        let arguments: Vec<(&str, Argument<'_>)> = match refusal {
            Refusal::EstablishmentClosed {
                said_by,
                closed_on,
                successor,
            } => vec![
                (
                    "source",
                    said_by.map_or("organisation", RegisterSource::code).into(),
                ),
                (
                    "closed_on",
                    closed_on
                        .map_or_else(|| "unknown".into(), |date| self.date(locale, date))
                        .into(),
                ),
                (
                    "successor",
                    successor.as_ref().map_or_else(|| "none".into(), spaced).into(),
                ),
            ],
            Refusal::MemberNumberMismatch => vec![("contact_url", contact_url.to_owned().into())],
            Refusal::IdccReplaced { title, successors } => vec![
                ("agreement", title.clone().into()),
                ("successors", listed(successors).into()),
            ],
            Refusal::TooManyAttempts { retry_after_seconds } => {
                return self.too_many_attempts(locale, *retry_after_seconds);
            }
            Refusal::StepOutOfOrder
            | Refusal::EstablishmentNotFound
            | Refusal::IdccUnknown
            | Refusal::LinkInvalid
            | Refusal::LinkExpired
            | Refusal::AccountExists => Vec::new(),
        };
        self.problem(locale, refusal.code(), &arguments)
    }

    /// The words of `too-many-attempts`, whoever set the limit. The wait is told in minutes, rounded up.
    pub fn too_many_attempts(&self, locale: Locale, retry_after_seconds: u64) -> ProblemWords {
        let minutes = retry_after_seconds.div_ceil(60).max(1);
        self.problem(locale, "too-many-attempts", &[("minutes", minutes.into())])
    }

    /// The words of a field fault's code, such as `siret-checksum`.
    pub fn fault(&self, locale: Locale, code: &str) -> String {
        self.say(locale, &format!("fault-{code}"), &[])
    }

    /// The words of a field fault's code, and of the character that is not taken, where it is one.
    pub fn fault_with(&self, locale: Locale, code: &str, character: Option<char>) -> String {
        self.naming(locale, self.fault(locale, code), character)
    }

    /// A sentence about a field, and one that names the character that is not taken, where it is one.
    pub fn naming(&self, locale: Locale, sentence: String, character: Option<char>) -> String {
        let Some(character) = character else {
            return sentence;
        };
        let shown = match character.is_control() || character.is_whitespace() || is_invisible(character) {
            true => format!("U+{:04X}", u32::from(character)),
            false => character.to_string(),
        };
        let named = self.say(locale, "fault-character", &[("character", shown.into())]);
        format!("{sentence} {named}")
    }

    /// The words of an unmet password rule.
    pub fn password_rule(&self, locale: Locale, rule: PasswordRule) -> String {
        match rule {
            PasswordRule::MinimumLength(minimum) => self.say(
                locale,
                "fault-password-minimum-length",
                &[("minimum", minimum.into())],
            ),
            other => self.fault(locale, other.code()),
        }
    }
}

/// A SIRET as it is printed: 3, 3, 3 and 5 digits, with spaces at which no line breaks.
fn spaced(siret: &Siret) -> String {
    let digits = siret.as_str();
    [&digits[..3], &digits[3..6], &digits[6..9], &digits[9..]].join("\u{a0}")
}

fn listed(agreements: &[Idcc]) -> String {
    match agreements {
        [] => "none".to_owned(),
        _ => agreements.iter().map(Idcc::as_str).collect::<Vec<_>>().join(", "),
    }
}
