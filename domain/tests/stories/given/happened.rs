//! Events as they stand in a story, and the pasts that most stories begin with.

use super::*;
use domain::registration::event::*;
use domain::values::{EnhancedCode, Flow, Locale, PolicyName, ProfileCode};

pub fn identity_submitted(new_address: bool) -> Event {
    identity_submitted_in(Flow::Guide, new_address)
}

pub fn identity_submitted_in(flow: Flow, new_address: bool) -> Event {
    Event::IdentitySubmitted(IdentitySubmitted {
        profile: ProfileCode::parse("membre").unwrap(),
        locale: Locale::Fr,
        flow,
        new_address,
        sealed: sealed(1),
    })
}

pub fn contact_matched() -> Event {
    Event::ContactMatched(ContactMatched {
        establishments: 2,
        sealed: sealed(2),
    })
}

pub fn contact_not_matched() -> Event {
    Event::ContactNotMatched(ContactNotMatched {})
}

pub fn topics_chosen(codes: &[&str]) -> Event {
    Event::TopicsChosen(TopicsChosen {
        topics: topics(codes),
    })
}

pub fn declared_known() -> Event {
    Event::EstablishmentDeclared(EstablishmentDeclared {
        siret: siret(KNOWN),
        known: true,
        register_check: None,
        suggested_idcc: vec![],
    })
}

pub fn declared_unknown(status: RegisterStatus) -> Event {
    declared(UNKNOWN, status)
}

pub fn declared(establishment: &str, status: RegisterStatus) -> Event {
    Event::EstablishmentDeclared(EstablishmentDeclared {
        siret: siret(establishment),
        known: false,
        register_check: Some(check(status)),
        suggested_idcc: vec![idcc("1979")],
    })
}

pub fn refused_by(register_check: RegisterCheck) -> Event {
    Event::EstablishmentRefused(EstablishmentRefused {
        siret: siret(UNKNOWN),
        register_check,
    })
}

pub fn check_completed(status: RegisterStatus) -> Event {
    Event::RegisterCheckCompleted(RegisterCheckCompleted {
        siret: siret(UNKNOWN),
        register_check: check(status),
    })
}

pub fn number_refused(at: i64) -> Event {
    Event::MemberNumberRefused(MemberNumberRefused {
        siret: siret(KNOWN),
        at: minute(at),
    })
}

pub fn linked(establishment: &str, by: LinkedBy) -> Event {
    Event::EstablishmentLinked(EstablishmentLinked {
        siret: siret(establishment),
        by,
        idcc: None,
        register_check: None,
    })
}

pub fn linked_by_idcc(status: RegisterStatus) -> Event {
    Event::EstablishmentLinked(EstablishmentLinked {
        siret: siret(UNKNOWN),
        by: LinkedBy::Idcc,
        idcc: Some(idcc("1979")),
        register_check: Some(check(status)),
    })
}

pub fn mail_requested(number: u128, at: i64) -> Event {
    link_requested(number, at, LinkPurpose::VerifyEmail)
}

pub fn link_requested(number: u128, at: i64, purpose: LinkPurpose) -> Event {
    Event::VerificationRequested(VerificationRequested {
        request_id: request(number),
        purpose,
        requested_at: minute(at),
        expires_at: minute(at) + lifetime(purpose),
    })
}

pub fn link_refused(number: u128, reason: LinkRefusal) -> Event {
    Event::LinkRefused(LinkRefused {
        request_id: request(number),
        reason,
    })
}

pub fn mail_sent(number: u128) -> Event {
    Event::VerificationMailSent(VerificationMailSent {
        request_id: request(number),
        delivery: delivery(),
    })
}

pub fn delivery() -> Delivery {
    Delivery {
        server_code: 250,
        attempts: 1,
        possibly_twice: false,
    }
}

pub fn failure() -> DeliveryFailure {
    DeliveryFailure {
        reason: FailureReason::Refused,
        server_code: Some(550),
        enhanced_code: EnhancedCode::parse("5.1.1").ok(),
        attempts: 1,
    }
}

pub fn email_verified(number: u128) -> Event {
    Event::EmailVerified(EmailVerified {
        request_id: request(number),
    })
}

pub fn password_set(number: u128) -> Event {
    Event::PasswordSet(PasswordSet {
        policy: PolicyName::Guide,
        algorithm: "argon2id".to_owned(),
        request_id: request(number),
    })
}

pub fn expired() -> Event {
    Event::RegistrationExpired(RegistrationExpired {})
}

pub fn erased() -> Event {
    Event::PersonErased(PersonErased {
        by: ErasedBy::Person,
        reason: "requested".to_owned(),
    })
}

/// A contact has filled in step 1; mail 1 is on its way.
pub fn a_contact() -> Vec<Event> {
    vec![identity_submitted(true), contact_matched(), mail_requested(1, 0)]
}

/// Nobody's contact has filled in step 1.
pub fn a_newcomer() -> Vec<Event> {
    vec![identity_submitted(true), contact_not_matched()]
}

/// A newcomer has chosen topics.
pub fn a_newcomer_with_topics() -> Vec<Event> {
    and(a_newcomer(), [topics_chosen(&["payments"])])
}

/// A newcomer has named an establishment that the organisation knows.
pub fn a_newcomer_of_a_known_establishment() -> Vec<Event> {
    and(a_newcomer_with_topics(), [declared_known()])
}

/// A newcomer has named one that it does not know; the register said so much.
pub fn a_newcomer_of_an_unknown_establishment(status: RegisterStatus) -> Vec<Event> {
    and(a_newcomer_with_topics(), [declared_unknown(status)])
}

/// A newcomer has given the number; mail 1 is on its way.
pub fn a_newcomer_waiting_for_the_link() -> Vec<Event> {
    let number = linked(KNOWN, LinkedBy::MemberNumber);
    and(
        a_newcomer_of_a_known_establishment(),
        [number, mail_requested(1, 0)],
    )
}

/// A newcomer has given the agreement of an establishment whose register is silent; mail 1 is on its way.
pub fn a_newcomer_with_a_pending_check() -> Vec<Event> {
    let pending = RegisterStatus::Pending;
    and(
        a_newcomer_of_an_unknown_establishment(pending),
        [linked_by_idcc(pending), mail_requested(1, 0)],
    )
}

/// A contact has an account, made with link 1.
pub fn an_account() -> Vec<Event> {
    let links = MINE.map(|mine| linked(mine, LinkedBy::Contact));
    and(
        and(and(a_contact(), [email_verified(1)]), links),
        [password_set(1)],
    )
}
