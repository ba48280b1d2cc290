//! The cast and the props of the stories: one person, a few establishments, one morning.

pub mod asked;
pub mod happened;

use chrono::{DateTime, TimeDelta, Utc};
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use domain::registration::event::{LinkPurpose, RegisterCheck, RegisterSource, RegisterStatus};
use domain::values::{Idcc, RequestId, SealedPersonalData, Siret, TopicCode};
use domain::{Event, Registration, evolve};
use uuid::Uuid;

/// An establishment that the organisation knows.
pub const KNOWN: &str = "00000002600013";
/// One that it does not know, active in the register.
pub const UNKNOWN: &str = "00000004200010";
/// Another that it does not know.
pub const ANOTHER: &str = "00000006700017";
/// Two establishments whose contact the person is.
pub const MINE: [&str; 2] = ["00000008300014", "00000010900017"];

/// Begins a story.
pub fn given(past: Vec<Event>) -> AggregateTestExecutor<Registration> {
    TestFramework::<Registration>::with(()).given(past)
}

/// Begins a story in which nothing has happened.
pub fn given_nothing() -> AggregateTestExecutor<Registration> {
    TestFramework::<Registration>::with(()).given_no_previous_events()
}

/// A past, and what came after it.
pub fn and(mut past: Vec<Event>, later: impl IntoIterator<Item = Event>) -> Vec<Event> {
    past.extend(later);
    past
}

/// What is remembered of a past.
pub fn remembered(past: &[Event]) -> Registration {
    let mut state = Registration::default();
    past.iter().for_each(|event| evolve(&mut state, event));
    state
}

/// So many minutes into the morning.
pub fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_438_400, 0).unwrap() + TimeDelta::minutes(minutes)
}

pub fn request(number: u128) -> RequestId {
    RequestId(Uuid::from_u128(number))
}

pub fn siret(text: &str) -> Siret {
    Siret::parse(text).unwrap()
}

pub fn idcc(text: &str) -> Idcc {
    Idcc::parse(text).unwrap()
}

pub fn topics(codes: &[&str]) -> Vec<TopicCode> {
    codes.iter().map(|code| TopicCode::parse(code).unwrap()).collect()
}

/// A sealed member; the content is nobody's, the number tells one from another.
pub fn sealed(number: u128) -> SealedPersonalData {
    SealedPersonalData {
        v: 1,
        key: Uuid::from_u128(0xA),
        nonce: "AAAAAAAAAAAAAAAA".to_owned(),
        ciphertext: format!("{number:032}"),
    }
}

/// What INSEE answers, or does not.
pub fn check(status: RegisterStatus) -> RegisterCheck {
    let source = if status == RegisterStatus::Pending {
        RegisterSource::None
    } else {
        RegisterSource::Insee
    };
    RegisterCheck {
        status,
        source,
        checked_at: minute(0),
        age_seconds: 0,
        closed_on: None,
        successor: None,
        hint: None,
    }
}

/// How long a link of this purpose is good.
pub fn lifetime(purpose: LinkPurpose) -> TimeDelta {
    match purpose {
        LinkPurpose::VerifyEmail | LinkPurpose::AlreadyRegistered => TimeDelta::hours(24),
        LinkPurpose::ResetPassword => TimeDelta::hours(1),
        LinkPurpose::Resume => TimeDelta::days(7),
    }
}
