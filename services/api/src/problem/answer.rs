//! A problem on the wire (RFC 9457), in the language asked for.

use catalogue::{ProblemWords, Words};
use chrono::NaiveDate;
use domain::Refusal;
use domain::values::{Idcc, Locale};
use serde::Serialize;
use usecases::FieldFault;
use utoipa::ToSchema;

use super::{Problem, Why};

/// Why a request was not done, after RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "Problem")]
pub struct ProblemAnswer {
    /// The code as a URN.
    #[serde(rename = "type")]
    #[schema(example = "urn:onboarding:problem:invalid")]
    kind: String,
    /// A short heading, in the language of `Accept-Language`.
    title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What happened and what to do, in the language of `Accept-Language`.
    detail: String,
    /// The stable code: act on this one.
    #[schema(example = "invalid")]
    code: &'static str,
    /// Every bad field, on `invalid`, `password-refused` and refusals about one field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
    /// Where the organisation answers questions, on `member-number-mismatch`, and on `too-many-attempts` at a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_url: Option<String>,
    /// When the establishment closed, on `establishment-closed`, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_on: Option<NaiveDate>,
    /// The SIRET of the establishment that took over, on `establishment-closed`, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    successor: Option<String>,
    /// The agreements to give instead, on `idcc-replaced`, best first. Empty where none is known to apply: search by words.
    #[serde(skip_serializing_if = "Option::is_none")]
    successors: Option<Vec<String>>,
    /// Seconds to wait, as in the header `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// One bad field.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field's name as in the request; in a list with its place, counted from 0.
    #[schema(example = "siret")]
    field: String,
    /// The stable code.
    #[schema(example = "siret-checksum")]
    code: &'static str,
    /// What is wrong, in the language of `Accept-Language`.
    message: String,
}

impl Problem {
    /// The stable code.
    pub fn code_of(&self) -> &'static str {
        match &self.why {
            Why::Code(code) => code,
            Why::Credential => "unauthorized",
            Why::Fields(_) => "invalid",
            Why::Password(_) => "password-refused",
            Why::Refusal(refusal, _) => refusal.code(),
        }
    }

    /// The problem in words.
    pub fn in_words(&self, words: &Words, locale: Locale, contact_url: &str) -> ProblemAnswer {
        let code = self.code_of();
        let ProblemWords { title, detail } = match (&self.why, self.retry_after_seconds) {
            (Why::Refusal(refusal, _), _) => words.refusal(locale, refusal, contact_url),
            (Why::Credential, _) => words.problem(locale, "unknown-credential", &[]),
            (Why::Code("too-many-attempts"), Some(seconds)) => words.too_many_attempts(locale, seconds),
            _ => words.problem(locale, code, &[]),
        };
        let mut answer = ProblemAnswer {
            kind: format!("urn:onboarding:problem:{code}"),
            title,
            status: self.status.as_u16(),
            errors: self.errors(words, locale, &detail),
            detail,
            code,
            contact_url: self.offers_contact.then(|| contact_url.to_owned()),
            closed_on: None,
            successor: None,
            successors: None,
            retry_after: self.retry_after_seconds,
        };
        match &self.why {
            Why::Refusal(
                Refusal::EstablishmentClosed {
                    closed_on, successor, ..
                },
                _,
            ) => {
                answer.closed_on = *closed_on;
                answer.successor = successor.as_ref().map(ToString::to_string);
            }
            Why::Refusal(Refusal::IdccReplaced { successors, .. }, _) => {
                answer.successors = Some(successors.iter().map(Idcc::to_string).collect());
            }
            _ => {}
        }
        answer
    }

    fn errors(&self, words: &Words, locale: Locale, detail: &str) -> Vec<FieldProblem> {
        let of_fault = |it: &FieldFault| FieldProblem {
            field: it.field.clone(),
            code: it.code,
            message: words.fault_with(locale, it.code, it.character),
        };
        match &self.why {
            Why::Fields(faults) => faults.iter().map(of_fault).collect(),
            Why::Password(rules) => rules
                .iter()
                .map(|rule| FieldProblem {
                    field: "password".to_owned(),
                    code: rule.code(),
                    message: words.password_rule(locale, *rule),
                })
                .collect(),
            Why::Refusal(refusal, Some(field)) => {
                vec![FieldProblem {
                    field: (*field).to_owned(),
                    code: refusal.code(),
                    message: detail.to_owned(),
                }]
            }
            Why::Code(_) | Why::Credential | Why::Refusal(_, None) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::registration::event::RegisterSource;
    use domain::values::{PasswordRule, Siret};
    use serde_json::{Value, json};
    use usecases::Denied;

    use super::*;

    fn told(problem: impl Into<Problem>, locale: Locale) -> Value {
        let words = Words::load().unwrap();
        serde_json::to_value(problem.into().in_words(&words, locale, "https://contact.example")).unwrap()
    }

    /// Every problem that can be answered.
    fn every_problem() -> Vec<Problem> {
        let idcc = Idcc::parse("3248").unwrap();
        let refusals = [
            Refusal::StepOutOfOrder,
            Refusal::EstablishmentClosed {
                said_by: None,
                closed_on: None,
                successor: None,
            },
            Refusal::EstablishmentNotFound,
            Refusal::MemberNumberMismatch,
            Refusal::IdccUnknown,
            Refusal::IdccReplaced {
                title: "Sidérurgie".to_owned(),
                successors: vec![idcc],
            },
            Refusal::LinkInvalid,
            Refusal::LinkExpired,
            Refusal::AccountExists,
            Refusal::TooManyAttempts {
                retry_after_seconds: 61,
            },
        ];
        let denials = [
            Denied::Invalid(vec![FieldFault::new("siret", "siret-checksum")]),
            Denied::PasswordRefused(vec![PasswordRule::MinimumLength(8)]),
            Denied::NotFound,
            Denied::Erased,
            Denied::ErasurePending,
            Denied::NotErased,
            Denied::Unauthorized,
            Denied::SignInRefused,
            Denied::PreconditionFailed,
            Denied::IdempotencyKeyReused,
            Denied::Busy {
                retry_after_seconds: 1,
            },
            Denied::Unavailable("x".into()),
            Denied::Fault("x".into()),
        ];
        let own = [
            Problem::malformed_body(),
            Problem::body_too_large(),
            Problem::unsupported_media_type(),
            Problem::method_not_allowed(),
            Problem::replays_waiting(),
            Problem::unknown_credential(),
        ];
        own.into_iter()
            .chain(refusals.map(Problem::from))
            .chain(denials.map(Problem::from))
            .collect()
    }

    #[test]
    fn every_problem_has_words_in_both_languages() {
        for problem in every_problem() {
            let code = problem.code_of();
            let (french, english) = (told(problem.clone(), Locale::Fr), told(problem, Locale::En));
            for answer in [&french, &english] {
                for member in ["title", "detail"] {
                    let text = answer[member].as_str().unwrap();
                    assert!(
                        text.len() > 5 && !text.contains("problem-") && !text.contains('{'),
                        "{code}: {text}"
                    );
                }
                assert_eq!(answer["type"], format!("urn:onboarding:problem:{code}"));
            }
            assert_ne!(french["detail"], english["detail"], "{code}");
        }
    }

    #[test]
    fn a_closed_establishment_says_since_when_and_who_took_over() {
        let closed = Refusal::EstablishmentClosed {
            said_by: Some(RegisterSource::Insee),
            closed_on: NaiveDate::from_ymd_opt(2024, 3, 1),
            successor: Siret::parse("13002526500013").ok(),
        };
        let answer = told(closed, Locale::En);
        assert_eq!(
            (&answer["closed_on"], &answer["successor"]),
            (&json!("2024-03-01"), &json!("13002526500013"))
        );
        assert!(answer["detail"].as_str().unwrap().contains("1 March 2024"));
        assert_eq!(answer["errors"][0]["field"], "siret");
    }

    #[test]
    fn refusals_carry_what_one_can_act_on() {
        assert_eq!(
            told(Refusal::MemberNumberMismatch, Locale::Fr)["contact_url"],
            "https://contact.example"
        );
        let ended = |successors: &[&str]| Refusal::IdccReplaced {
            title: "Sidérurgie".to_owned(),
            successors: successors.iter().map(|it| Idcc::parse(it).unwrap()).collect(),
        };
        assert_eq!(told(ended(&["3248"]), Locale::Fr)["successors"], json!(["3248"]));
        let nothing = told(ended(&[]), Locale::Fr);
        assert_eq!(nothing["successors"], json!([]));
        let detail = nothing["detail"].as_str().unwrap();
        assert!(
            detail.contains("Sidérurgie") && !detail.contains("9999"),
            "{detail}"
        );
        assert_eq!(
            told(
                Denied::TooManyAttempts {
                    retry_after_seconds: 61
                },
                Locale::Fr
            )["retry_after"],
            61
        );
        let refused = Denied::PasswordRefused(vec![PasswordRule::MinimumLength(12), PasswordRule::NotCommon]);
        let answer = told(refused, Locale::En);
        assert_eq!(answer["errors"][0]["code"], "password-minimum-length");
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains("12"));
        assert_eq!(answer["errors"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_fault_of_ours_says_nothing_of_itself() {
        let answer = told(Denied::Fault("relation events does not exist".into()), Locale::En).to_string();
        assert!(!answer.contains("relation"), "{answer}");
    }
}
