//! Values: whatever is typed, a parser answers; and what it has accepted once it accepts for ever.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

use domain::values::{
    Civility, EmailAddress, EstablishmentNumber, Idcc, Identity, Locale, PersonName, ProfileCode,
    RegistrationId, Siret, TopicCode, TrainingOrganisationNumber,
};
use proptest::prelude::*;

/// Calls `check` with the vectors of a file, comments left out.
fn vectors(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
}

#[test]
fn sirets_are_told_from_what_only_looks_like_one() {
    for line in vectors(include_str!("vectors/sirets.csv")) {
        let [typed, expected, why] = line.splitn(3, ',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        assert_eq!(Siret::parse(typed).is_ok(), expected == "valid", "{typed}: {why}");
    }
}

#[test]
fn every_establishment_of_la_poste_is_accepted() {
    let mut accepted = 0;
    for siret in vectors(include_str!("vectors/la-poste.txt")) {
        assert!(Siret::parse(siret).is_ok(), "{siret}");
        accepted += 1;
    }
    assert!(accepted > 800, "the list is read");
}

/// What people type and what attackers send: anything, and much that nearly fits.
fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9 .\u{a0}\u{202f}-]{0,24}",
        "[0-9]{1,5}",
        "[a-zA-Z0-9.+é@ -]{1,40}",
        "[a-z]{1,8}@[a-zé.-]{1,12}\\.[a-z]{2,3}",
        "[\\p{L}\\p{M} '’.-]{1,30}",
        "[\\p{C}\\p{Z}<>\",;:@]{0,12}",
    ]
}

/// A SIRET made valid by its last digit.
fn valid_siret() -> impl Strategy<Value = String> {
    "[0-9]{13}".prop_filter_map("one of ten last digits fits, unless all are zero", |first| {
        (0..10)
            .map(|last| format!("{first}{last}"))
            .find(|it| Siret::parse(it).is_ok())
    })
}

/// Cells of numbers as files hold them: spaced, as quantities, in scientific notation, short of zeros, wrapped.
fn cell() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        valid_siret(),
        valid_siret().prop_map(|it| it.trim_start_matches('0').to_owned()),
        valid_siret().prop_map(|it| format!("{} {}", &it[..9], it[9..].trim_start_matches('0'))),
        "[0-9]{1,14}",
        "0{0,6}[0-9]{1,8}",
    ];
    let written = (
        number,
        "[.,][0-9]{1,3}|[.,]0{1,3}|[Ee][+-]?[0-9]{1,2}|[.,][0-9]{1,3}E\\+[0-9]{2}|",
    );
    prop_oneof![
        (written.clone()).prop_map(|(number, tail)| format!("{number}{tail}")),
        written.prop_map(|(number, tail)| format!("=\"{number}{tail}\"")),
        "[0-9., \u{a0}\u{202f}-]{1,18}",
        "[0-9]{1,3}([. \u{202f}][0-9]{3}){1,4}([.,]0{1,3})?",
        "[0-9A-Z.,E+-]{1,14}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_a_parser_fall_over(text in typed()) {
        let _ = (Civility::parse(&text), Locale::parse(&text), TopicCode::parse(&text), ProfileCode::parse(&text));
        let _ = (Siret::parse(&text), Idcc::parse(&text), EmailAddress::parse(&text), PersonName::parse(&text));
        let _ = (EstablishmentNumber::parse(&text), TrainingOrganisationNumber::parse(&text));
        let _ = text.parse::<RegistrationId>();
    }

    #[test]
    fn what_was_accepted_is_accepted_again_unchanged(text in typed()) {
        if let Ok(siret) = Siret::parse(&text) {
            prop_assert_eq!(Siret::parse(&siret.to_string()).unwrap(), siret);
        }
        if let Ok(idcc) = Idcc::parse(&text) {
            prop_assert_eq!(idcc.as_str().len(), 4);
            prop_assert_eq!(Idcc::parse(&idcc.to_string()).unwrap(), idcc);
        }
        if let Ok(number) = EstablishmentNumber::parse(&text) {
            prop_assert_eq!(EstablishmentNumber::parse(number.as_str()).unwrap(), number);
        }
        if let Ok(number) = TrainingOrganisationNumber::parse(&text) {
            prop_assert_eq!(TrainingOrganisationNumber::parse(number.as_str()).unwrap(), number);
        }
        if let Ok(name) = PersonName::parse(&text) {
            prop_assert_eq!(PersonName::parse(name.as_str()).unwrap(), name);
        }
        if let Ok(email) = EmailAddress::parse(&text) {
            prop_assert_eq!(EmailAddress::parse(email.as_str()).unwrap(), email.clone());
            prop_assert_eq!(EmailAddress::parse(&email.canonical()).unwrap().canonical(), email.canonical());
        }
    }

    #[test]
    fn a_siret_is_the_same_however_it_is_spaced(digits in valid_siret(), spaces in "[ .\u{a0}\u{202f}\u{2009}-]{14}") {
        let spaced: String = digits.chars().zip(spaces.chars()).flat_map(|(digit, space)| [digit, space]).collect();
        prop_assert_eq!(Siret::parse(&spaced).unwrap().to_string(), digits);
    }

    /// Whatever a cell holds: the number that comes of it has the cell's own digits, or zeros in front of them that the check
    /// digits prove. A tail of zeros behind a decimal mark is no digit of a number.
    #[test]
    fn no_cell_becomes_another_number(cell in cell()) {
        let own: String = cell.chars().filter(char::is_ascii_digit).collect();
        let tail = cell
            .trim_end_matches(|c: char| c.is_whitespace() || c == '"')
            .rsplit_once(['.', ','])
            .filter(|(_, tail)| !tail.is_empty() && tail.bytes().all(|b| b == b'0'))
            .map_or(0, |(_, tail)| tail.len());
        let whole = &own[..own.len() - tail];
        let is_own = |digits: &str| digits == own || digits == whole;
        if let Ok(siret) = Siret::parse(&cell) {
            prop_assert!(is_own(siret.as_str()), "{cell:?} became {siret}");
        }
        if let Ok(siret) = Siret::parse_exported(&cell) {
            let significant = |it: &str| it.trim_start_matches('0').to_owned();
            let siren_apart = whole.len() > 9 && siret.siren() == &own[..9] && significant(&siret.as_str()[9..]) == significant(&whole[9..]);
            let zeros_in_front = significant(siret.as_str()) == significant(whole) || significant(siret.as_str()) == significant(&own);
            prop_assert!(siren_apart || zeros_in_front, "{cell:?} became {siret}");
        }
        if let Ok(idcc) = Idcc::parse(&cell) {
            let number = |it: &str| it.parse::<u64>().unwrap_or(0);
            prop_assert!([number(&own), number(whole)].contains(&number(idcc.as_str())), "{cell:?} became {idcc}");
        }
        if let Ok(number) = EstablishmentNumber::parse(&cell) {
            let digits: String = number.as_str().chars().filter(char::is_ascii_digit).collect();
            prop_assert!(is_own(&digits), "{cell:?} became {}", number.as_str());
        }
        // A whole number that a program wrote as a quantity is never the number ten times as large.
        let quantity = format!("{whole}.0");
        if let (Ok(as_quantity), Ok(as_text)) = (EstablishmentNumber::parse(&quantity), EstablishmentNumber::parse(whole)) {
            prop_assert_eq!(as_quantity, as_text);
        }
    }

    #[test]
    fn what_a_mail_is_written_with_holds_no_control_character(text in typed()) {
        let harmless = |it: &str| !it.chars().any(char::is_control);
        prop_assert!(PersonName::parse(&text).map_or(true, |it| harmless(it.as_str())));
        prop_assert!(EmailAddress::parse(&text).map_or(true, |it| harmless(it.as_str()) && it.as_str().is_ascii()));
    }
}

#[test]
fn values_survive_storage_and_are_parsed_again_when_read() {
    let siret = Siret::parse("130 025 265 00013").unwrap();
    assert_eq!(serde_json::to_string(&siret).unwrap(), "\"13002526500013\"");
    assert!(
        serde_json::from_str::<Siret>("\"13002526500014\"").is_err(),
        "a stored value is no excuse"
    );
    assert!(serde_json::from_str::<EmailAddress>("\"a@b@c\"").is_err());
}

#[test]
fn nothing_of_a_person_is_shown_by_debug() {
    let person = Identity {
        civility: Civility::Mme,
        last_name: PersonName::parse("Factice").unwrap(),
        first_name: PersonName::parse("Clare").unwrap(),
        email: EmailAddress::parse("clare.factice@demo.test").unwrap(),
    };
    let number = EstablishmentNumber::parse("1000001").unwrap();
    let shown = format!("{person:?} {:?} {:?} {number:?}", person.email, person.last_name).to_lowercase();
    for secret in ["factice", "clare", "demo.test", "1000001", "mme"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
