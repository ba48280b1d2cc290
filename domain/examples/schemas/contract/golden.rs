//! One golden message an event, built from typed values. All persons, keys and numbers are invented.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::message::LoggedEvent;
use domain::registration::event::*;
use domain::values::{
    EnhancedCode, Flow, Idcc, Locale, PolicyName, ProfileCode, RegistrationId, RequestId, SealedPersonalData,
    Siret, TopicCode,
};
use domain::{Event, EventMessage};
use serde_json::value::RawValue;
use uuid::Uuid;

const REGISTRATION: Uuid = Uuid::from_u128(0x0198_f1a0_0000_7000_8000_0000_0000_0001);
const FIRST_EVENT: u128 = 0x0198_f1a0_0001_7000_8000_0000_0000_0001;
const FIRST_REQUEST: u128 = 0x0198_f1a0_0002_7000_8000_0000_0000_0001;
const PERSON_KEY: Uuid = Uuid::from_u128(0x0198_f1a0_0003_7000_8000_0000_0000_0001);

/// One event of each name, in the order of [`Event::NAMES`].
pub fn events() -> Vec<Event> {
    let siret = siret("00000004200010");
    let request_id = RequestId(Uuid::from_u128(FIRST_REQUEST));
    let idcc = || Idcc::parse("1979").expect("an IDCC");
    vec![
        Event::IdentitySubmitted(IdentitySubmitted {
            profile: ProfileCode::parse("membre").expect("a code"),
            locale: Locale::Fr,
            flow: Flow::Guide,
            new_address: true,
            sealed: sealed(),
        }),
        Event::ContactMatched(ContactMatched {
            establishments: 2,
            sealed: sealed(),
        }),
        Event::ContactNotMatched(ContactNotMatched {}),
        Event::TopicsChosen(TopicsChosen {
            topics: ["funding_requests", "payments"]
                .map(|it| TopicCode::parse(it).expect("a code"))
                .to_vec(),
        }),
        Event::EstablishmentDeclared(EstablishmentDeclared {
            siret: siret.clone(),
            known: false,
            register_check: Some(pending()),
            suggested_idcc: vec![idcc()],
        }),
        Event::RegisterCheckCompleted(RegisterCheckCompleted {
            siret: siret.clone(),
            register_check: closed(),
        }),
        Event::MemberNumberRefused(MemberNumberRefused {
            siret: siret.clone(),
            at: morning(3),
        }),
        Event::EstablishmentLinked(EstablishmentLinked {
            siret: siret.clone(),
            by: LinkedBy::Idcc,
            idcc: Some(idcc()),
            register_check: Some(pending()),
        }),
        Event::VerificationRequested(VerificationRequested {
            request_id,
            purpose: LinkPurpose::VerifyEmail,
            requested_at: morning(4),
            expires_at: morning(4) + TimeDelta::hours(24),
        }),
        Event::VerificationMailSent(VerificationMailSent {
            request_id,
            delivery: Delivery {
                server_code: 250,
                attempts: 1,
                possibly_twice: false,
            },
        }),
        Event::VerificationMailFailed(VerificationMailFailed {
            request_id,
            failure: failure(),
        }),
        Event::LinkRefused(LinkRefused {
            request_id,
            reason: LinkRefusal::Replaced,
        }),
        Event::EmailVerified(EmailVerified { request_id }),
        Event::PasswordSet(PasswordSet {
            policy: PolicyName::Guide,
            algorithm: "argon2id".to_owned(),
            request_id,
        }),
        Event::NoticeMailSent(NoticeMailSent {
            notice: Notice::PasswordSet,
            about: 14,
            delivery: Delivery {
                server_code: 250,
                attempts: 2,
                possibly_twice: true,
            },
        }),
        Event::NoticeMailFailed(NoticeMailFailed {
            notice: Notice::EstablishmentClosed,
            about: 6,
            failure: failure(),
        }),
        Event::RegistrationExpired(RegistrationExpired {}),
        Event::PersonErased(PersonErased {
            by: ErasedBy::Person,
            reason: "requested".to_owned(),
        }),
        Event::IdentityRectified(IdentityRectified { sealed: sealed() }),
        Event::InactivityWarned(InactivityWarned {
            last_seen: NaiveDate::from_ymd_opt(2024, 3, 1).expect("a day"),
            erase_from: NaiveDate::from_ymd_opt(2026, 4, 1).expect("a day"),
        }),
        Event::ErasureRequested(ErasureRequested {
            by: ErasedBy::Person,
            reason: "requested".to_owned(),
            due_at: morning(7 * 24 * 60),
        }),
        Event::ErasureCancelled(ErasureCancelled {
            reason: "withdrawn in writing".to_owned(),
        }),
        Event::InactivityMailSent(InactivityMailSent {
            about: 20,
            delivery: Delivery {
                server_code: 250,
                attempts: 1,
                possibly_twice: false,
            },
        }),
        Event::InactivityMailFailed(InactivityMailFailed {
            about: 20,
            failure: failure(),
        }),
        Event::EstablishmentRefused(EstablishmentRefused {
            siret,
            register_check: closed(),
        }),
    ]
}

/// The message of the event at this place of the list, written so that people can read it.
pub fn message(place: usize, event: &Event) -> String {
    let sequence = place as u64 + 1;
    let payload = serde_json::to_string(event).expect("an event is JSON");
    let mut message = EventMessage::of(LoggedEvent {
        event_id: Uuid::from_u128(FIRST_EVENT + place as u128),
        registration: RegistrationId(REGISTRATION),
        sequence,
        position: 1_000 + sequence,
        event_type: event.name(),
        event_version: &event.version().to_string(),
        recorded_at: morning(place as i64) + TimeDelta::microseconds(123_456),
        payload: &payload,
    })
    .expect("a message");
    // The payload is set in as the text around it is, which changes no value.
    let indented = serde_json::to_string_pretty(event)
        .expect("an event is JSON")
        .replace('\n', "\n  ");
    message.data = RawValue::from_string(indented).expect("JSON");
    serde_json::to_string_pretty(&message).expect("a message is JSON") + "\n"
}

fn siret(text: &str) -> Siret {
    Siret::parse(text).expect("a SIRET")
}

fn sealed() -> SealedPersonalData {
    SealedPersonalData {
        v: 1,
        key: PERSON_KEY,
        nonce: "c29tZW5vbmNlLi4u".to_owned(),
        ciphertext: "dW5yZWFkYWJsZSB3aXRob3V0IHRoZSBrZXkgb2YgdGhlIHBlcnNvbg==".to_owned(),
    }
}

fn pending() -> RegisterCheck {
    RegisterCheck {
        status: RegisterStatus::Pending,
        source: RegisterSource::None,
        checked_at: morning(2),
        age_seconds: 0,
        closed_on: None,
        successor: None,
        hint: Some(RegisterHint {
            status: RegisterStatus::Closed,
            source: RegisterSource::LocalCopy,
            age_seconds: 2_419_200,
            closed_on: NaiveDate::from_ymd_opt(2025, 12, 31),
        }),
    }
}

fn closed() -> RegisterCheck {
    RegisterCheck {
        status: RegisterStatus::Closed,
        source: RegisterSource::Insee,
        checked_at: morning(30),
        age_seconds: 0,
        closed_on: NaiveDate::from_ymd_opt(2025, 12, 31),
        successor: Some(siret("00000006700017")),
        hint: None,
    }
}

fn failure() -> DeliveryFailure {
    DeliveryFailure {
        reason: FailureReason::Refused,
        server_code: Some(550),
        enhanced_code: EnhancedCode::parse("5.1.1").ok(),
        attempts: 1,
    }
}

/// So many minutes after nine, on a day in March.
fn morning(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_442_000, 0).expect("an instant") + TimeDelta::minutes(minutes)
}
