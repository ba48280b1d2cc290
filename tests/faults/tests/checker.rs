//! A check that cannot fail is a defect: each is given good evidence, then evidence that was tampered with, and must name it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

mod good;
mod limits;

use faults::checker::{Finding, check, leaf};
use faults::evidence::Evidence;
use faults::ledger::{Answer, Outcome};
use good::{evidence, request};
use serde_json::json;

/// The evidence, tampered with, must be found wrong in this invariant, with these words.
#[track_caller]
fn must_find(tamper: impl FnOnce(&mut Evidence), invariant: &str, words: &str) {
    let mut evidence = evidence();
    tamper(&mut evidence);
    let findings = check(&evidence);
    let found = findings
        .iter()
        .any(|it| it.invariant == invariant && it.what.contains(words));
    assert!(found, "{invariant} with {words:?} is not among {findings:#?}");
}

#[test]
fn good_evidence_is_good() {
    assert_eq!(check(&evidence()), Vec::<Finding>::new());
}

#[test]
fn a_lost_acknowledgement_is_found() {
    must_find(
        |it| {
            it.requests.push(request(
                9,
                "c-a-topics",
                Some("0198f000-0000-7000-8000-00000000000a"),
                9,
            ))
        },
        "I1",
        "is not among the events",
    );
    must_find(
        |it| {
            it.places.pop();
        },
        "I1",
        "has no place in the log",
    );
    must_find(
        |it| {
            it.requests[1].outcome = Outcome::Answered(Answer {
                status: 404,
                code: Some("not-found".to_owned()),
                ..Answer::default()
            })
        },
        "I1",
        "was refused with 404 not-found",
    );
}

#[test]
fn two_registrations_of_one_key_are_found() {
    must_find(
        |it| {
            let again = request(
                0,
                "0-a-registrations",
                Some("0198f000-0000-7000-8000-00000000000b"),
                1,
            );
            it.requests.push(again);
        },
        "I2",
        "the key 0-a-registrations was answered with",
    );
    must_find(
        |it| it.requests.retain(|request| request.person != 1),
        "I2",
        "2 registrations came of 1 keys",
    );
}

#[test]
fn a_log_with_a_gap_or_another_order_is_found() {
    must_find(|it| it.places[3].position += 1, "I3", "stands where 4 is due");
    must_find(
        |it| {
            let (one, other) = (it.places[0].insert_order, it.places[1].insert_order);
            (it.places[0].insert_order, it.places[1].insert_order) = (other, one);
        },
        "I3",
        "comes where 1 is due",
    );
    must_find(
        |it| it.places[2].insert_order = it.places[1].insert_order,
        "I3",
        "two places",
    );
    must_find(|it| drop(it.events.remove(2)), "I3", "is nobody's");
}

#[test]
fn a_changed_event_and_a_changed_root_are_found() {
    must_find(
        |it| it.events[1].metadata = r#"{"a":1}"#.to_owned(),
        "I3",
        "the leaf at position 2",
    );
    must_find(|it| it.events[4].recorded_at += 1, "I3", "the leaf at position 5");
    must_find(|it| it.signed[0].1[0] ^= 1, "I3", "the root signed at size");
    must_find(|it| it.signed.clear(), "I3", "covered by no signature");
    must_find(|it| it.signed.push((99, vec![0; 32])), "I3", "size 99 was signed");
    // Changed together with its leaf it is still another root.
    must_find(
        |it| {
            it.events[1].metadata = r#"{"a":1}"#.to_owned();
            it.places[1].leaf_hash = leaf::of(&it.events[1]).unwrap().to_vec();
        },
        "I3",
        "the root signed at size",
    );
}

#[test]
fn a_doubled_a_lost_and_a_swapped_message_are_found() {
    must_find(
        |it| {
            let again = it.stream[2].clone();
            it.stream.insert(3, again);
        },
        "I4",
        "the stream 17 messages",
    );
    must_find(|it| drop(it.stream.remove(5)), "I4", "the stream 15 messages");
    must_find(
        |it| it.stream.swap(2, 3),
        "I4",
        "position 3: the stream's own number is 4",
    );
    must_find(
        |it| it.stream[4].event["data"]["topics"] = json!(["x"]),
        "I4",
        "position 5: data is",
    );
    must_find(
        |it| drop(it.stream[4].headers.remove("Nats-Msg-Id")),
        "I4",
        "Nats-Msg-Id",
    );
}

#[test]
fn a_message_that_is_not_as_its_schema_says_is_found() {
    must_find(
        |it| it.stream[0].event["specversion"] = json!("0.3"),
        "I4",
        "IdentitySubmitted.v1:",
    );
    must_find(
        |it| it.stream[0].event["type"] = json!("onboarding.registration.Nonsense.v1"),
        "I4",
        "no Nonsense.v1.json",
    );
}

#[test]
fn a_row_that_differs_is_missing_or_too_many_is_found() {
    let any = |it: &mut Evidence| it.tables.registrations.keys().next().unwrap().clone();
    must_find(
        |it| *it.tables.registrations.values_mut().next().unwrap() = json!({}),
        "I5",
        "registrations, ",
    );
    must_find(
        |it| {
            let key = any(it);
            it.tables.registrations.remove(&key);
        },
        "I5",
        "no row where",
    );
    must_find(|it| it.tables.people.clear(), "I5", "people, ");
    must_find(
        |it| drop(it.tables.people.insert("x".to_owned(), json!({}))),
        "I5",
        "where the log says no row",
    );
    must_find(
        |it| {
            it.tables
                .attachments
                .values_mut()
                .for_each(|row| row["linked_by"] = json!("idcc"))
        },
        "I5",
        "people_establishments, ",
    );
    must_find(
        |it| it.tables.funnel.values_mut().for_each(|count| *count = json!(7)),
        "I5",
        "funnel, ",
    );
    must_find(|it| it.tables.position -= 1, "I5", "stand at 15");
}

#[test]
fn a_mail_without_outcome_twice_or_of_nobody_is_found() {
    must_find(
        |it| good::leave_out(it, "VerificationMailSent"),
        "I6",
        "went out 1 times, and no outcome tells it",
    );
    must_find(
        |it| {
            good::leave_out(it, "VerificationMailSent");
            it.mails.retain(|mail| mail.token.is_none());
        },
        "I6",
        "has no outcome, and no mail went out",
    );
    must_find(
        |it| it.mails.clear(),
        "I6",
        "is told as sent, and the mail server has none",
    );
    must_find(
        |it| {
            let again = it.mails[0].clone();
            it.mails.push(again);
        },
        "I6",
        "the doubt is not told",
    );
    must_find(
        |it| {
            let mut stray = it.mails[0].clone();
            stray.key = "0198f000-0000-7000-8000-0000000000ee".to_owned();
            it.mails.push(stray);
        },
        "I6",
        "that nobody asked for",
    );
    must_find(
        |it| good::leave_out(it, "NoticeMailSent"),
        "I6",
        "no outcome tells it",
    );
}

#[test]
fn a_request_with_two_links_and_a_shared_link_are_found() {
    must_find(
        |it| {
            let mut other = it.mails[0].clone();
            other.token = Some("another".to_owned());
            it.mails.push(other);
        },
        "I6",
        "has 2 links",
    );
    must_find(
        |it| {
            let token = it.mails[0].token.clone();
            it.mails.iter_mut().for_each(|mail| mail.token.clone_from(&token));
        },
        "I6",
        "share a link",
    );
}

#[test]
fn an_erased_person_with_a_key_or_a_mail_is_found() {
    let erased = |it: &mut Evidence| good::erase_the_second(it);
    must_find(
        |it| {
            let id = erased(it);
            it.living_keys.push(id);
        },
        "I7",
        "its key can still be used",
    );
    must_find(
        |it| {
            erased(it);
            let mut late = it.mails[0].clone();
            (late.recipient, late.at) = (good::address(1), 500.0);
            it.mails.push(late);
        },
        "I7",
        "was written to after",
    );
    must_find(
        |it| it.requests.push(good::erasure_of(0)),
        "I7",
        "1 erasures were promised, 0 are in the log",
    );
}

#[test]
fn of_somebody_erased_no_outcome_is_told_any_more() {
    let mut evidence = evidence();
    good::leave_out_of_the_second(&mut evidence, "NoticeMailSent");
    assert!(!check(&evidence).is_empty());
    good::erase_the_second(&mut evidence);
}

#[test]
fn two_accounts_of_one_address_and_an_account_of_nobody_are_found() {
    must_find(
        |it| {
            it.mails
                .iter_mut()
                .for_each(|mail| mail.recipient = good::address(0))
        },
        "I8",
        "are accounts of one address",
    );
    must_find(|it| it.accounts.clear(), "I8", "the table does not");
    must_find(
        |it| {
            it.accounts
                .push("0198f000-0000-7000-8000-00000000000f".to_owned())
        },
        "I8",
        "the log does not",
    );
}
