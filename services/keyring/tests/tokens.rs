//! Tokens and keyed digests: ours are recognised, all others refused, and none shows itself.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what is wrong by panicking"
)]

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::registration::event::LinkPurpose;
use domain::values::{EmailAddress, RegistrationId, RequestId};
use keyring::{Keyring, Link, read_link_token};
use tempfile::TempDir;
use uuid::Uuid;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn keyring() -> (TempDir, Keyring) {
    let folder = TempDir::new().unwrap();
    let keyring = Keyring::open(&folder.path().join("master.key")).unwrap();
    (folder, keyring)
}

fn link() -> Link {
    Link {
        registration: RegistrationId(Uuid::now_v7()),
        request_id: RequestId(Uuid::now_v7()),
        purpose: LinkPurpose::VerifyEmail,
        expires_at: DateTime::<Utc>::from_timestamp_micros(1_800_000_000_123_456).unwrap(),
    }
}

/// Every text that differs from a Base64url token in a single bit.
fn forgeries(token: &str) -> Vec<String> {
    let forge = |bit: usize| {
        let mut text = token.as_bytes().to_vec();
        let value = ALPHABET.iter().position(|it| *it == text[bit / 6]).unwrap();
        text[bit / 6] = ALPHABET[value ^ (1 << (bit % 6))];
        String::from_utf8(text).unwrap()
    };
    (0..token.len() * 6).map(forge).collect()
}

#[test]
fn a_link_is_the_same_each_time_and_recognised() {
    let (folder, keyring) = keyring();
    let link = link();
    let token = keyring.link_token(&link);
    let again = Keyring::open(&folder.path().join("master.key")).unwrap();
    assert!(again.link_token(&link) == token);
    assert_eq!(token.as_str().len(), 64);
    let claim = read_link_token(token.as_str()).unwrap();
    assert_eq!(
        (claim.registration, claim.request_id),
        (link.registration, link.request_id)
    );
    assert!(claim.is_genuine(&again, link.purpose, link.expires_at));
}

#[test]
fn a_link_forged_in_any_bit_is_refused() {
    let (_folder, keyring) = keyring();
    let link = link();
    for forged in forgeries(keyring.link_token(&link).as_str()) {
        let genuine =
            read_link_token(&forged).is_some_and(|it| it.is_genuine(&keyring, link.purpose, link.expires_at));
        assert!(!genuine);
    }
}

#[test]
fn a_link_serves_its_own_purpose_until_its_own_time_under_its_own_key() {
    let (_folder, keyring) = keyring();
    let (_other_folder, other) = self::keyring();
    let link = link();
    let claim = read_link_token(keyring.link_token(&link).as_str()).unwrap();
    for purpose in [
        LinkPurpose::AlreadyRegistered,
        LinkPurpose::ResetPassword,
        LinkPurpose::Resume,
    ] {
        assert!(
            !claim.is_genuine(&keyring, purpose, link.expires_at),
            "{purpose:?}"
        );
    }
    let later = link.expires_at + TimeDelta::microseconds(1);
    assert!(!claim.is_genuine(&keyring, link.purpose, later));
    assert!(!claim.is_genuine(&other, link.purpose, link.expires_at));
}

#[test]
fn what_is_no_token_is_read_as_none() {
    for text in [
        "",
        "a",
        &"a".repeat(63),
        &"a".repeat(65),
        &"=".repeat(64),
        &"é".repeat(32),
        &"+".repeat(64),
    ] {
        assert!(read_link_token(text).is_none(), "{text}");
    }
}

#[test]
fn a_continuation_token_stands_for_its_registration_only() {
    let (_folder, keyring) = keyring();
    let (registration, grant) = (RegistrationId(Uuid::now_v7()), RequestId(Uuid::now_v7()));
    let (first, resumed) = (
        keyring.continuation_token(registration, None),
        keyring.continuation_token(registration, Some(grant)),
    );
    assert_ne!(first, resumed);
    for token in [&first, &resumed] {
        assert_eq!(keyring.read_continuation_token(token), Some(registration));
        assert!(
            forgeries(token)
                .iter()
                .all(|forged| keyring.read_continuation_token(forged).is_none())
        );
    }
    assert_eq!(keyring.read_continuation_token(""), None);
}

#[test]
fn a_mailed_link_is_no_continuation_token() {
    let (_folder, keyring) = keyring();
    assert_eq!(
        keyring.read_continuation_token(keyring.link_token(&link()).as_str()),
        None
    );
}

#[test]
fn session_tokens_differ_and_are_known_by_their_digest() {
    let (_folder, keyring) = keyring();
    let sessions: Vec<_> = (0..100).map(|_| keyring.session_token().unwrap()).collect();
    assert!(
        sessions
            .iter()
            .all(|(token, digest)| keyring.session_hash(token.as_str()) == *digest)
    );
    assert_eq!(
        sessions
            .iter()
            .map(|(_, digest)| digest)
            .collect::<HashSet<_>>()
            .len(),
        100
    );
}

#[test]
fn secrets_do_not_show_themselves() {
    let (_folder, keyring) = keyring();
    let token = keyring.link_token(&link());
    let (session, _) = keyring.session_token().unwrap();
    let shown = format!(
        "{token:?} {session:?} {:?}",
        read_link_token(token.as_str()).unwrap()
    );
    assert!(!shown.contains(token.as_str()) && !shown.contains(session.as_str()) && !shown.contains("mac"));
}

#[test]
fn one_mailbox_has_one_index_and_each_installation_its_own() {
    let (_folder, keyring) = keyring();
    let (_other_folder, other) = self::keyring();
    let [typed, shouted, another] = ["Clare@example.org", "CLARE@EXAMPLE.ORG", "clare2@example.org"]
        .map(|text| keyring.blind_index(&EmailAddress::parse(text).unwrap()));
    assert_eq!(typed, shouted);
    assert_ne!(typed, another);
    assert_ne!(
        typed,
        other.blind_index(&EmailAddress::parse("Clare@example.org").unwrap())
    );
    assert_ne!(
        *typed.as_bytes(),
        keyring.contact_index("clare@example.org"),
        "one key a purpose"
    );
}

#[test]
fn a_command_belongs_to_its_client_method_route_and_key() {
    let (_folder, keyring) = keyring();
    let id = keyring.command_id("a", "PUT", "/v1/x", "k");
    assert_eq!(id, keyring.command_id("a", "PUT", "/v1/x", "k"));
    let others = [
        ("b", "PUT", "/v1/x", "k"),
        ("a", "POST", "/v1/x", "k"),
        ("a", "PUT", "/v1/y", "k"),
        ("a", "PUT", "/v1/x", "l"),
    ];
    for (principal, method, route, key) in others.into_iter().chain([("aP", "UT", "/v1/x", "k")]) {
        assert_ne!(id, keyring.command_id(principal, method, route, key));
    }
    assert_ne!(
        keyring.request_hash(&[b"ab", b"c"]),
        keyring.request_hash(&[b"a", b"bc"])
    );
}

#[test]
fn an_answer_that_a_browser_keeps_opens_for_its_registration_alone() {
    let (_folder, keyring) = keyring();
    let (ours, other) = (RegistrationId(Uuid::now_v7()), RegistrationId(Uuid::now_v7()));
    let sealed = keyring.seal_answer(ours, &"1000001").unwrap();
    assert_eq!(
        keyring.open_answer::<String>(ours, &sealed).as_deref(),
        Some("1000001")
    );
    assert_eq!(keyring.open_answer::<String>(other, &sealed), None);
    let longer = keyring.seal_answer(ours, &"11759000675").unwrap();
    assert_eq!(sealed.len(), longer.len(), "the length tells nothing");
    for text in ["", "AAAA", &sealed[1..]] {
        assert_eq!(keyring.open_answer::<String>(ours, text), None, "{text}");
    }
}

#[test]
fn a_form_token_belongs_to_one_mark() {
    let (_folder, keyring) = keyring();
    let token = keyring.form_token("one browser");
    assert!(keyring.is_form_token("one browser", &token));
    assert!(!keyring.is_form_token("another", &token) && !keyring.is_form_token("one browser", ""));
    assert!(!keyring.is_form_token("", &keyring.form_token("")));
}
