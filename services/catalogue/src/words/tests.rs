//! Both languages say the same things, every sentence can be said, and the typography is right.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::Refusal;
use domain::registration::event::RegisterSource;
use domain::values::{Idcc, Locale, PasswordPolicy, PasswordRule, PolicyName, Siret, password_policy};
use fluent_bundle::FluentResource;

use super::{Argument, FluentArgs, Words, files};

/// What the API answers, `code` of problems.
const PROBLEMS: [&str; 25] = [
    "invalid",
    "malformed-body",
    "body-too-large",
    "unsupported-media-type",
    "unauthorized",
    "unknown-credential",
    "not-found",
    "method-not-allowed",
    "precondition-failed",
    "step-out-of-order",
    "establishment-closed",
    "establishment-not-found",
    "member-number-mismatch",
    "idcc-unknown",
    "idcc-replaced",
    "link-invalid",
    "link-expired",
    "account-exists",
    "password-refused",
    "sign-in-refused",
    "too-many-attempts",
    "idempotency-key-reused",
    "service-busy",
    "service-unavailable",
    "internal",
];

/// What the API answers, `code` of field faults.
const FAULTS: [&str; 27] = [
    "required",
    "wrong-type",
    "unknown-field",
    "duplicate-field",
    "too-long",
    "too-short",
    "invalid-character",
    "invalid-format",
    "unknown-value",
    "siret-siren-typed",
    "siret-length",
    "siret-checksum",
    "siret-all-zero",
    "idcc-format",
    "number-exponent",
    "number-decimals",
    "cell-error",
    "email-format",
    "email-domain",
    "email-local-part",
    "password-minimum-length",
    "password-maximum-length",
    "password-digit",
    "password-letter",
    "password-common",
    "password-personal",
    "password-control-character",
];

fn texts(locale: Locale) -> impl Iterator<Item = (&'static str, &'static str)> {
    files::ALL.iter().map(move |file| match locale {
        Locale::Fr => (file.name, file.french),
        Locale::En => (file.name, file.english),
    })
}

/// The keys of the words themselves: lines that begin with a name and an equals sign.
fn keys(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
        .collect()
}

/// The names of a message's arguments: every `$name` in its text.
fn arguments_of(text: &str, key: &str) -> BTreeSet<String> {
    let begin = text.find(&format!("\n{key} =")).map_or(0, |at| at + 1);
    let message: String = text[begin..]
        .lines()
        .enumerate()
        .take_while(|(number, line)| *number == 0 || line.starts_with(' '))
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    let names = message.split('$').skip(1);
    names
        .map(|it| {
            it.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_arguments() {
    for ((name, french), (_, english)) in texts(Locale::Fr).zip(texts(Locale::En)) {
        assert_eq!(keys(french), keys(english), "{name}");
        for key in keys(french) {
            assert_eq!(arguments_of(french, &key), arguments_of(english, &key), "{key}");
        }
    }
}

#[test]
fn every_sentence_can_be_said() {
    let words = Words::load().unwrap();
    for locale in [Locale::Fr, Locale::En] {
        for (name, text) in texts(locale) {
            assert!(FluentResource::try_new(text.to_owned()).is_ok(), "{name}");
            for key in keys(text) {
                for value in [
                    Argument::from(1),
                    Argument::from(5),
                    Argument::from("five"),
                    Argument::from("none"),
                ] {
                    let arguments: FluentArgs<'_> = arguments_of(text, &key)
                        .into_iter()
                        .map(|it| (it, value.clone()))
                        .collect();
                    let bundle = words.bundle(locale);
                    let pattern = bundle.get_message(&key).unwrap().value().unwrap();
                    let mut faults = Vec::new();
                    let sentence = bundle.format_pattern(pattern, Some(&arguments), &mut faults);
                    assert!(
                        faults.is_empty() && !sentence.trim().is_empty(),
                        "{key}: {faults:?}"
                    );
                    assert!(
                        !sentence.contains(['{', '}', '\n', '\u{2068}']),
                        "{key}: {sentence}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_code_of_the_api_has_words() {
    let words = Words::load().unwrap();
    for locale in [Locale::Fr, Locale::En] {
        for code in PROBLEMS {
            assert!(words.knows(locale, &format!("problem-{code}-title")), "{code}");
            assert!(words.knows(locale, &format!("problem-{code}-detail")), "{code}");
        }
        for code in FAULTS {
            assert!(words.knows(locale, &format!("fault-{code}")), "{code}");
        }
    }
}

#[test]
fn french_is_set_as_french_is_printed() {
    for (name, text) in texts(Locale::Fr) {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            assert!(!line.contains('\''), "{name}: write ’ for the apostrophe: {line}");
            assert!(!line.contains("..."), "{name}: write … : {line}");
            for mark in [" ;", " !", " ?", " :", " »", "« "] {
                assert!(!line.contains(mark), "{name}: put a no-break space there: {line}");
            }
            for (at, _) in line.match_indices([';', '!', '?']) {
                assert!(
                    line[..at].ends_with('\u{202f}'),
                    "{name}: put a narrow no-break space (U+202F) before it: {line}"
                );
            }
        }
    }
}

#[test]
fn a_key_without_words_is_said_as_itself() {
    assert_eq!(
        Words::load().unwrap().say(Locale::Fr, "no-such-key", &[]),
        "no-such-key"
    );
}

#[test]
fn dates_are_written_out() {
    let words = Words::load().unwrap();
    let date = |day| NaiveDate::from_ymd_opt(2024, 3, day).unwrap();
    assert_eq!(words.date(Locale::Fr, date(1)), "1er mars 2024");
    assert_eq!(words.date(Locale::Fr, date(12)), "12 mars 2024");
    assert_eq!(words.date(Locale::En, date(1)), "1 March 2024");
}

#[test]
fn refusals_say_what_they_know() {
    let words = Words::load().unwrap();
    let detail = |locale, refusal: &Refusal| {
        words
            .refusal(locale, refusal, "https://opco.example/contact")
            .detail
    };
    let closed = Refusal::EstablishmentClosed {
        said_by: Some(RegisterSource::Insee),
        closed_on: NaiveDate::from_ymd_opt(2024, 3, 1),
        successor: Some(Siret::parse("13002526500013").unwrap()),
    };
    let french = detail(Locale::Fr, &closed);
    assert!(
        french.contains("depuis le 1er mars 2024") && french.contains("130\u{a0}025\u{a0}265\u{a0}00013"),
        "{french}"
    );
    assert!(detail(Locale::En, &closed).contains("since 1 March 2024"));
    assert!(french.contains("Insee"));
    let by_the_organisation = Refusal::EstablishmentClosed {
        said_by: None,
        closed_on: None,
        successor: None,
    };
    let told = detail(Locale::Fr, &by_the_organisation);
    assert!(!told.contains("Insee"), "INSEE was not asked: {told}");
    let silent = Refusal::EstablishmentClosed {
        said_by: Some(RegisterSource::Insee),
        closed_on: None,
        successor: None,
    };
    assert!(
        !detail(Locale::Fr, &silent).contains("unknown") && !detail(Locale::En, &silent).contains("none")
    );
    assert!(detail(Locale::Fr, &Refusal::MemberNumberMismatch).ends_with("https://opco.example/contact"));
    let ended = |successors| Refusal::IdccReplaced {
        title: "Voies ferrées".to_owned(),
        successors,
    };
    let replaced = ended(vec![Idcc::parse("16").unwrap(), Idcc::parse("1486").unwrap()]);
    assert!(detail(Locale::Fr, &replaced).contains("0016, 1486"));
    for locale in [Locale::Fr, Locale::En] {
        let told = detail(locale, &ended(vec![]));
        assert!(
            told.contains("Voies ferrées") && !told.contains("9999") && !told.contains("none"),
            "{told}"
        );
    }
    for (seconds, expected) in [
        (0, "une minute"),
        (60, "une minute"),
        (61, "2 minutes"),
        (3600, "60 minutes"),
    ] {
        let text = detail(
            Locale::Fr,
            &Refusal::TooManyAttempts {
                retry_after_seconds: seconds,
            },
        );
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn a_character_that_is_not_taken_is_named() {
    let words = Words::load().unwrap();
    let said = |character| words.fault_with(Locale::En, "invalid-character", Some(character));
    assert!(said('2').ends_with("“2”."), "{}", said('2'));
    assert!(said('\u{200b}').ends_with("“U+200B”."), "{}", said('\u{200b}'));
}

#[test]
fn password_rules_name_their_limits() {
    let words = Words::load().unwrap();
    let rules = PasswordPolicy::of(PolicyName::Cnil).visible_rules();
    assert_eq!(
        words.password_rule(Locale::Fr, rules[0]),
        "Il faut au moins 12 caractères."
    );
    for locale in [Locale::Fr, Locale::En] {
        let text = words.password_rule(locale, PasswordRule::MaximumLength);
        assert!(text.contains(&password_policy::LENGTH_MAX.to_string()), "{text}");
    }
}
