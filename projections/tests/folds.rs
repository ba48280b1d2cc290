//! Folds: given these events, these rows. No database.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::registration::event::{
    ContactMatched, ContactNotMatched, EmailVerified, ErasedBy, EstablishmentDeclared, EstablishmentLinked,
    IdentitySubmitted, LinkPurpose, LinkedBy, PasswordSet, PersonErased, RegisterCheck, RegisterSource,
    RegisterStatus, TopicsChosen, VerificationRequested,
};
use domain::registration::state::MailState;
use domain::values::{
    Flow, Locale, PolicyName, ProfileCode, RegistrationId, RequestId, SealedPersonalData, Siret, TopicCode,
};
use domain::{Event, Stage};
use projections::apply::fold;
use projections::funnel::Reached;
use projections::{Happened, Journey, Memory, ProjectionError, people, registrations};
use uuid::Uuid;

const ID: RegistrationId = RegistrationId(Uuid::from_u128(7));
const REQUEST: RequestId = RequestId(Uuid::from_u128(8));

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap() + TimeDelta::minutes(minute)
}

fn sealed() -> SealedPersonalData {
    serde_json::from_str(
        r#"{"v":1,"key":"00000000-0000-0000-0000-000000000009","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA"}"#,
    )
    .unwrap()
}

fn identity(new_address: bool) -> Event {
    Event::IdentitySubmitted(IdentitySubmitted {
        profile: ProfileCode::parse("membre").unwrap(),
        locale: Locale::Fr,
        flow: Flow::Guide,
        new_address,
        sealed: sealed(),
    })
}

fn known() -> Event {
    Event::ContactMatched(ContactMatched {
        establishments: 1,
        sealed: sealed(),
    })
}

fn siret() -> Siret {
    Siret::parse("73282932000074").unwrap()
}

fn declared(status: RegisterStatus) -> Event {
    Event::EstablishmentDeclared(EstablishmentDeclared {
        siret: siret(),
        known: false,
        register_check: Some(RegisterCheck {
            status,
            source: RegisterSource::None,
            checked_at: at(0),
            age_seconds: 0,
            closed_on: None,
            successor: None,
            hint: None,
        }),
        suggested_idcc: vec![],
    })
}

fn linked(by: LinkedBy) -> Event {
    Event::EstablishmentLinked(EstablishmentLinked {
        siret: siret(),
        by,
        idcc: None,
        register_check: None,
    })
}

fn mail_requested() -> Event {
    Event::VerificationRequested(VerificationRequested {
        request_id: REQUEST,
        purpose: LinkPurpose::VerifyEmail,
        requested_at: at(0),
        expires_at: at(1_440),
    })
}

fn verified() -> Event {
    Event::EmailVerified(EmailVerified { request_id: REQUEST })
}

fn password() -> Event {
    Event::PasswordSet(PasswordSet {
        policy: PolicyName::Guide,
        algorithm: "argon2id".to_owned(),
        request_id: REQUEST,
    })
}

fn topics(codes: &[&str]) -> Event {
    Event::TopicsChosen(TopicsChosen {
        topics: codes.iter().map(|code| TopicCode::parse(code).unwrap()).collect(),
    })
}

fn erased() -> Event {
    Event::PersonErased(PersonErased {
        by: ErasedBy::Person,
        reason: "requested".to_owned(),
    })
}

/// One event a minute, at positions 101, 102, …
fn story(events: Vec<Event>) -> Vec<Happened> {
    (0..)
        .zip(events)
        .map(|(index, event)| Happened {
            position: 101 + index,
            registration: ID,
            sequence: 1 + index,
            recorded_at: at(index as i64),
            event,
        })
        .collect()
}

fn told(events: Vec<Event>) -> (Memory, Vec<Reached>) {
    let mut memories = BTreeMap::new();
    let reached = fold(&mut memories, &story(events)).unwrap();
    (memories.remove(&ID).unwrap(), reached)
}

fn contact_with_account() -> Vec<Event> {
    vec![
        identity(true),
        known(),
        mail_requested(),
        verified(),
        linked(LinkedBy::Contact),
        password(),
    ]
}

fn steps(reached: &[Reached]) -> Vec<&'static str> {
    reached.iter().map(|it| it.step).collect()
}

#[test]
fn a_registration_has_one_row_that_says_where_it_stands() {
    let (memory, _) = told(vec![identity(true), known(), mail_requested()]);
    let row = registrations::fold::row(ID, &memory);
    assert_eq!(
        (row.stage, row.version, row.position),
        (Stage::AwaitingEmailVerification, 3, 103)
    );
    assert_eq!(
        (row.journey, row.mail),
        (Some(Journey::Known), Some(MailState::Requested))
    );
    assert_eq!((row.started_at, row.last_event_at), (at(0), at(2)));
}

#[test]
fn a_reminder_is_remembered_and_is_no_deed_of_the_person() {
    let reminder = Event::VerificationRequested(VerificationRequested {
        request_id: RequestId(Uuid::from_u128(10)),
        purpose: LinkPurpose::Resume,
        requested_at: at(3),
        expires_at: at(10_000),
    });
    let newcomer = vec![
        identity(true),
        Event::ContactNotMatched(ContactNotMatched {}),
        topics(&[]),
        reminder,
    ];
    let (memory, _) = told(newcomer);
    let row = registrations::fold::row(ID, &memory);
    assert_eq!(
        (row.idle_since, row.last_event_at, row.reminded),
        (at(2), at(3), true)
    );
}

#[test]
fn a_register_that_owes_an_answer_is_listed_until_the_registration_ends() {
    let newcomer = vec![
        identity(true),
        Event::ContactNotMatched(ContactNotMatched {}),
        topics(&[]),
    ];
    let pending = [newcomer.clone(), vec![declared(RegisterStatus::Pending)]].concat();
    let (memory, _) = told(pending.clone());
    assert_eq!(
        registrations::fold::row(ID, &memory).pending_check,
        Some(&siret())
    );
    let (memory, _) = told([pending, vec![erased()]].concat());
    assert_eq!(registrations::fold::row(ID, &memory).pending_check, None);
    let (memory, _) = told([newcomer, vec![declared(RegisterStatus::Active)]].concat());
    assert_eq!(registrations::fold::row(ID, &memory).pending_check, None);
}

#[test]
fn nobody_is_an_account_before_the_password() {
    let (memory, _) = told(contact_with_account()[..5].to_vec());
    assert_eq!(people::fold::person(ID, &memory), None);
    assert_eq!(people::fold::establishments(ID, &memory).count(), 0);
}

#[test]
fn an_account_has_its_topics_and_its_dated_establishments() {
    let (memory, _) = told([contact_with_account(), vec![topics(&["payments"])]].concat());
    let person = people::fold::person(ID, &memory).unwrap();
    assert_eq!(person.active_since, at(5));
    assert_eq!(person.topics, [TopicCode::parse("payments").unwrap()]);
    let establishments: Vec<_> = people::fold::establishments(ID, &memory).collect();
    assert_eq!(establishments.len(), 1);
    assert_eq!(
        (establishments[0].linked_by, establishments[0].linked_at),
        (LinkedBy::Contact, at(4))
    );
}

#[test]
fn another_password_does_not_make_the_account_younger() {
    let (memory, _) = told([contact_with_account(), vec![password()]].concat());
    assert_eq!(people::fold::person(ID, &memory).unwrap().active_since, at(5));
}

#[test]
fn of_an_erased_person_only_the_stage_stays() {
    let (memory, reached) = told([contact_with_account(), vec![erased()]].concat());
    assert_eq!(people::fold::person(ID, &memory), None);
    assert_eq!(people::fold::establishments(ID, &memory).count(), 0);
    let row = registrations::fold::row(ID, &memory);
    assert_eq!(
        (row.stage, row.establishments, row.mail),
        (Stage::Erased, 0, None)
    );
    assert!(!serde_json::to_string(&memory).unwrap().contains(siret().as_str()));
    assert!(steps(&reached).contains(&"active"), "counts are kept");
}

#[test]
fn the_funnel_counts_each_step_once_and_under_the_journey() {
    let (_, reached) = told([contact_with_account(), vec![password()]].concat());
    assert_eq!(
        steps(&reached),
        [
            "identity",
            "awaiting_email_verification",
            "awaiting_password",
            "active"
        ]
    );
    assert!(reached.iter().all(|it| it.journey == Journey::Known));
    assert_eq!(reached[0].at, at(1));
}

#[test]
fn a_known_contact_is_never_counted_at_the_topics() {
    let (_, reached) = told(vec![identity(true), known(), identity(true), known()]);
    assert_eq!(steps(&reached), ["identity", "awaiting_email_verification"]);
}

#[test]
fn folding_in_pieces_through_json_gives_the_same_memory() {
    let events = story([contact_with_account(), vec![topics(&["payments"]), erased()]].concat());
    let mut whole = BTreeMap::new();
    let all_steps = fold(&mut whole, &events).unwrap();
    let (mut pieces, mut steps): (BTreeMap<RegistrationId, Memory>, _) = (BTreeMap::new(), Vec::new());
    for event in &events {
        steps.extend(fold(&mut pieces, std::slice::from_ref(event)).unwrap());
        let kept = serde_json::to_string(&pieces[&ID]).unwrap();
        pieces.insert(ID, serde_json::from_str(&kept).unwrap());
    }
    assert_eq!(pieces, whole);
    assert_eq!(steps, all_steps);
}

#[test]
fn an_event_out_of_turn_is_refused() {
    let events = story(vec![identity(true), known()]);
    let mut memories = BTreeMap::new();
    let refused = fold(&mut memories, &events[1..]);
    assert!(matches!(
        refused,
        Err(ProjectionError::OutOfTurn {
            position: 102,
            expected: 1,
            found: 2
        })
    ));
}
