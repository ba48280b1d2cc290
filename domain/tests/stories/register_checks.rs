//! The official register: a check beside the way, never a gate across it.

use chrono::NaiveDate;
use domain::registration::command::EstablishmentStanding;
use domain::registration::event::{LinkedBy, RegisterStatus};
use domain::{Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

#[test]
fn a_silent_register_stops_nobody() {
    let pending = RegisterStatus::Pending;
    given(a_newcomer_with_topics())
        .when(declare_unknown(UNKNOWN, pending))
        .then_expect_events(vec![declared_unknown(pending)]);
    assert_eq!(
        remembered(&a_newcomer_of_an_unknown_establishment(pending)).stage(),
        Stage::AwaitingIdcc
    );
}

#[test]
fn a_closed_establishment_is_refused_with_its_successor() {
    let closed_on = NaiveDate::from_ymd_opt(2024, 12, 31);
    let successor = Some(siret(ANOTHER));
    let answer = domain::registration::event::RegisterCheck {
        closed_on,
        successor: successor.clone(),
        ..check(RegisterStatus::Closed)
    };
    given(a_newcomer_with_topics())
        .when(declare(UNKNOWN, EstablishmentStanding::Unknown(answer)))
        .then_expect_error(Refusal::EstablishmentClosed { closed_on, successor });
}

#[test]
fn an_establishment_that_the_organisation_knows_as_closed_is_refused() {
    given(a_newcomer_with_topics())
        .when(declare(
            KNOWN,
            EstablishmentStanding::KnownClosed { closed_on: None },
        ))
        .then_expect_error(Refusal::EstablishmentClosed {
            closed_on: None,
            successor: None,
        });
}

#[test]
fn an_establishment_that_no_register_knows_is_refused() {
    given(a_newcomer_with_topics())
        .when(declare_unknown(UNKNOWN, RegisterStatus::NotFound))
        .then_expect_error(Refusal::EstablishmentNotFound);
}

#[test]
fn a_register_that_answers_on_the_second_try_is_news() {
    given(a_newcomer_of_an_unknown_establishment(RegisterStatus::Pending))
        .when(declare_unknown(UNKNOWN, RegisterStatus::Active))
        .then_expect_events(vec![declared_unknown(RegisterStatus::Active)]);
}

#[test]
fn a_register_that_has_fallen_silent_takes_nothing_back() {
    given(a_newcomer_of_an_unknown_establishment(RegisterStatus::Active))
        .when(declare_unknown(UNKNOWN, RegisterStatus::Pending))
        .then_expect_events(vec![]);
}

#[test]
fn an_establishment_that_the_organisation_has_come_to_know_is_asked_for_its_number() {
    given(a_newcomer_of_an_unknown_establishment(RegisterStatus::Active))
        .when(declare(UNKNOWN, EstablishmentStanding::Known))
        .then_expect_events(vec![domain::Event::EstablishmentDeclared(
            domain::registration::event::EstablishmentDeclared {
                siret: siret(UNKNOWN),
                known: true,
                register_check: None,
                suggested_idcc: vec![],
            },
        )]);
}

#[test]
fn a_pending_check_that_comes_back_active_changes_nothing_for_the_person() {
    let past = a_newcomer_with_a_pending_check();
    let active = check_completed(RegisterStatus::Active);
    given(past.clone())
        .when(complete_check(UNKNOWN, RegisterStatus::Active))
        .then_expect_events(vec![active.clone()]);
    let state = remembered(&and(past, [active]));
    assert_eq!(state.stage(), Stage::AwaitingEmailVerification);
    assert!(state.is_linked_to(&siret(UNKNOWN)));
}

#[test]
fn a_pending_check_that_comes_back_closed_takes_the_establishment_away_and_reopens_the_form() {
    for status in [RegisterStatus::Closed, RegisterStatus::NotFound] {
        let past = a_newcomer_with_a_pending_check();
        given(past.clone())
            .when(complete_check(UNKNOWN, status))
            .then_expect_events(vec![check_completed(status)]);
        let state = remembered(&and(past, [check_completed(status)]));
        assert_eq!(
            (state.stage(), state.links.len()),
            (Stage::AwaitingEstablishment, 0)
        );
    }
}

#[test]
fn after_a_closed_check_topics_and_establishment_can_be_answered_again() {
    let past = and(
        a_newcomer_with_a_pending_check(),
        [check_completed(RegisterStatus::Closed)],
    );
    given(past.clone())
        .when(choose(&[]))
        .then_expect_events(vec![topics_chosen(&[])]);
    given(past.clone())
        .when(declare(KNOWN, EstablishmentStanding::Known))
        .then_expect_events(vec![declared_known()]);
    given(and(past, [declared_known()]))
        .when(give_member_number(a_mail(2, 5)))
        .then_expect_events(vec![linked(KNOWN, LinkedBy::MemberNumber)]);
}

#[test]
fn an_account_whose_check_comes_back_closed_stays_an_account() {
    let past = and(
        a_newcomer_with_a_pending_check(),
        [email_verified(1), password_set(1)],
    );
    let state = remembered(&and(past, [check_completed(RegisterStatus::Closed)]));
    assert_eq!((state.stage(), state.links.len()), (Stage::Active, 0));
}

#[test]
fn an_account_whose_establishment_was_taken_away_may_name_another_one_and_then_no_more() {
    let past = and(
        a_newcomer_with_a_pending_check(),
        [
            email_verified(1),
            password_set(1),
            check_completed(RegisterStatus::Closed),
        ],
    );
    given(past.clone())
        .when(declare(KNOWN, EstablishmentStanding::Known))
        .then_expect_events(vec![declared_known()]);
    let past = and(past, [declared_known()]);
    given(past.clone())
        .when(give_member_number(a_mail(2, 5)))
        .then_expect_events(vec![linked(KNOWN, LinkedBy::MemberNumber)]);
    let past = and(past, [linked(KNOWN, LinkedBy::MemberNumber)]);
    assert_eq!(remembered(&past).stage(), Stage::Active);
    given(past)
        .when(declare(ANOTHER, EstablishmentStanding::Known))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn an_answer_that_nobody_waits_for_is_no_news() {
    let answered = and(
        a_newcomer_with_a_pending_check(),
        [check_completed(RegisterStatus::Active)],
    );
    given(answered)
        .when(complete_check(UNKNOWN, RegisterStatus::Closed))
        .then_expect_events(vec![]);
    let pending = a_newcomer_with_a_pending_check();
    given(pending.clone())
        .when(complete_check(ANOTHER, RegisterStatus::Closed))
        .then_expect_events(vec![]);
    given(pending)
        .when(complete_check(UNKNOWN, RegisterStatus::Pending))
        .then_expect_events(vec![]);
    given(a_contact())
        .when(complete_check(UNKNOWN, RegisterStatus::Closed))
        .then_expect_events(vec![]);
}
