//! The catalogue: what ships is valid, an own file changes what it says, and every fault is listed at once.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what is wrong by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use catalogue::{Catalogue, CatalogueError};
use domain::values::{Civility, Locale, TopicCode};
use tempfile::TempDir;

fn own_file(text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("catalogue.toml");
    fs::write(&file, text).unwrap();
    (folder, file)
}

fn faults(text: &str) -> Vec<String> {
    let (_folder, file) = own_file(text);
    match Catalogue::load(Some(&file)) {
        Err(CatalogueError::Faults { faults, .. }) => faults.iter().map(ToString::to_string).collect(),
        other => panic!("no faults: {other:?}"),
    }
}

#[test]
fn what_ships_is_what_the_guide_shows() {
    let catalogue = Catalogue::load(None).unwrap();
    assert_eq!(catalogue.contact_url, "https://www.akto.fr/contact/");
    assert_eq!(catalogue.civility_label(Civility::M, Locale::Fr), "Monsieur");
    let profiles: Vec<&str> = catalogue.profiles.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(profiles, ["generaliste", "medecin", "membre"]);
    let topics: Vec<&str> = catalogue.topics.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(
        topics,
        [
            "training_contributions",
            "funding_requests",
            "reminders",
            "payments"
        ]
    );
    assert_eq!(
        catalogue.questions.profile.in_language(Locale::Fr),
        "Vous êtes (ou votre client est)"
    );
}

#[test]
fn the_example_of_an_operators_own_wording_is_valid() {
    let catalogue = Catalogue::load(Some(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue.example.toml"),
    ))
    .unwrap();
    let profiles: Vec<&str> = catalogue.profiles.iter().map(|it| it.label(Locale::Fr)).collect();
    assert_eq!(profiles[..2], ["Une entreprise", "Un organisme de formation"]);
    assert_eq!(catalogue.civilities.len(), 2, "kept from what ships");
}

#[test]
fn an_own_file_needs_only_what_differs() {
    let (_folder, file) = own_file("organisation.name = 'OPCO Exemple'\norganisation.logo = 'logo.svg'\n");
    fs::write(file.with_file_name("logo.svg"), "<svg/>").unwrap();
    let catalogue = Catalogue::load(Some(&file)).unwrap();
    assert_eq!(catalogue.organisation.name, "OPCO Exemple");
    assert_eq!(catalogue.organisation.logo, Some(file.with_file_name("logo.svg")));
    assert_eq!(catalogue.topics.len(), 4);
}

#[test]
fn topics_come_in_the_catalogues_order_each_once() {
    let catalogue = Catalogue::load(None).unwrap();
    let codes: Vec<TopicCode> = ["training_contributions", "payments"]
        .iter()
        .map(|it| TopicCode::parse(it).unwrap())
        .collect();
    assert_eq!(
        catalogue.topics_in_order(&["payments", "training_contributions", "payments"]),
        Ok(codes)
    );
    assert_eq!(catalogue.topics_in_order::<&str>(&[]), Ok(Vec::new()));
    assert_eq!(
        catalogue.topics_in_order(&["nope", "payments", ""]),
        Err(vec![0, 2])
    );
    let retired = TopicCode::parse("retired").unwrap();
    assert_eq!(catalogue.topic_label(&retired, Locale::Fr), "retired");
    assert!(catalogue.profile("membre").is_some() && catalogue.profile("Membre").is_none());
}

#[test]
fn every_fault_is_listed_with_its_place() {
    let text = r#"
        contact_url = "javascript:alert(1)"
        colour = "teal"
        civilities = [{ code = "mme", label = { fr = "Madame", en = "Ms" } }]
        topics = [
            { code = "a", label = { fr = "A", en = "A" } },
            { code = "a", label = { fr = "A", en = 3 } },
            { code = "É", label = { fr = " ", de = "A", en = "A" } },
            "reminders",
        ]
        profiles = []
        [organisation]
        name = "OPCO\r\nBcc: x"
        logo = "logo.exe"
        [mail]
        sender_address = "nobody"
        [questions]
        topics = "?"
    "#;
    assert_eq!(
        faults(text),
        [
            "organisation.name: has a line break or another control character",
            "organisation.logo: must be an .svg or .png file",
            "contact_url: is not a web address: https://…",
            "mail.sender_address: is not an e-mail address (email-format)",
            "questions.topics: must be a table",
            "profiles: needs at least one entry",
            "topics[3]: must be a table",
            "topics[1].label.en: must be a text",
            "topics[1].code: is given twice",
            "topics[2].code: `É` is not a code: lower-case letters a to z, digits and _, up to 64",
            "topics[2].label.fr: is empty",
            "topics[2].label.de: is not a key of the catalogue",
            "civilities: `m` is missing",
            "colour: is not a key of the catalogue",
        ]
    );
}

#[test]
fn civilities_are_the_domains_own() {
    let label = "label = { fr = 'x', en = 'x' }";
    let text = format!("civilities = [{{ code = 'mme', {label} }}, {{ code = 'M.', {label} }}]");
    assert_eq!(
        faults(&text),
        [
            "civilities[1].code: `M.` is not a civility: mme or m",
            "civilities: `m` is missing"
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_says_which() {
    let missing = Catalogue::load(Some(Path::new("/nonexistent/catalogue.toml"))).unwrap_err();
    assert!(
        missing.to_string().contains("/nonexistent/catalogue.toml"),
        "{missing}"
    );
    let (_folder, file) = own_file("topics = [");
    let syntax = Catalogue::load(Some(&file)).unwrap_err();
    assert!(matches!(syntax, CatalogueError::Syntax { .. }), "{syntax}");
}

#[test]
fn colours_that_cannot_be_read_are_refused() {
    let faults = faults("organisation.accent = '#ffd54f'\norganisation.accent_dark = 'teal'\n");
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].starts_with("organisation.accent: #ffd54f stands at 1."));
    assert_eq!(
        faults[1],
        "organisation.accent_dark: `teal` is not a colour: #rrggbb"
    );
}

#[test]
fn what_the_law_asks_for_is_read_and_what_is_missing_is_named() {
    let shipped = Catalogue::load(None).unwrap();
    assert_eq!(
        shipped.legal.missing(),
        ["publisher", "director", "host", "data_protection"]
    );
    assert!(catalogue::Legal::demonstration().missing().is_empty());
    let (_folder, file) = own_file(
        r#"
        [legal]
        notices_url = "https://opco.example/mentions"
        data_protection = { fr = "dpo@opco.example", en = "dpo@opco.example" }
        accessibility = "partial"
        "#,
    );
    let legal = Catalogue::load(Some(&file)).unwrap().legal;
    assert!(legal.missing().is_empty());
    assert_eq!(legal.accessibility, catalogue::Accessibility::Partial);
    assert_eq!(
        faults(
            r#"
            [legal]
            publisher = { fr = "OPCO" }
            accessibility = "half"
            privacy_url = "opco.example"
            editor = "OPCO"
            "#
        ),
        [
            "legal.publisher.en: is missing",
            "legal.accessibility: `half` is no such degree: none, partial or full",
            "legal.privacy_url: is not a web address: https://…",
            "legal.editor: is not a key of the catalogue"
        ]
    );
}
