//! The official register: a check beside the way, never a gate across it.

use chrono::NaiveDate;
use domain::registration::command::EstablishmentStanding;
use domain::registration::event::{
    EstablishmentDeclared, LinkedBy, RegisterCheck, RegisterSource, RegisterStatus,
};
use domain::registration::registers::Effect;
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
fn a_closed_establishment_is_refused_with_its_successor_and_who_said_so_is_written_down() {
    let closed_on = NaiveDate::from_ymd_opt(2024, 12, 31);
    let successor = Some(siret(ANOTHER));
    let answer = RegisterCheck {
        closed_on,
        successor: successor.clone(),
        ..check(RegisterStatus::Closed)
    };
    let refused = refused_by(answer.clone());
    given(a_newcomer_with_topics())
        .when(declare(UNKNOWN, EstablishmentStanding::Unknown(answer)))
        .then_expect_events(vec![refused.clone()]);
    let said_by = Some(RegisterSource::Insee);
    assert_eq!(
        refused.refusal(),
        Some(Refusal::EstablishmentClosed {
            said_by,
            closed_on,
            successor
        })
    );
}

#[test]
fn an_establishment_that_insee_does_not_know_is_refused() {
    let refused = refused_by(check(RegisterStatus::NotFound));
    given(a_newcomer_with_topics())
        .when(declare_unknown(UNKNOWN, RegisterStatus::NotFound))
        .then_expect_events(vec![refused.clone()]);
    assert_eq!(refused.refusal(), Some(Refusal::EstablishmentNotFound));
}

#[test]
fn the_same_refusal_is_written_down_once_and_answered_each_time() {
    let past = and(
        a_newcomer_with_topics(),
        [refused_by(check(RegisterStatus::NotFound))],
    );
    given(past.clone())
        .when(declare_unknown(UNKNOWN, RegisterStatus::NotFound))
        .then_expect_error(Refusal::EstablishmentNotFound);
    given(past.clone())
        .when(declare_unknown(UNKNOWN, RegisterStatus::Closed))
        .then_expect_events(vec![refused_by(check(RegisterStatus::Closed))]);
    assert_eq!(remembered(&past).stage(), Stage::AwaitingEstablishment);
    given(past)
        .when(declare_unknown(UNKNOWN, RegisterStatus::Active))
        .then_expect_events(vec![declared_unknown(RegisterStatus::Active)]);
}

#[test]
fn the_organisations_own_closing_is_refused_in_its_own_name() {
    given(a_newcomer_with_topics())
        .when(declare(
            KNOWN,
            EstablishmentStanding::KnownClosed { closed_on: None },
        ))
        .then_expect_error(Refusal::EstablishmentClosed {
            said_by: None,
            closed_on: None,
            successor: None,
        });
}

/// Every answer that is no more than a hint.
fn hints() -> impl Iterator<Item = RegisterCheck> {
    let sources = [RegisterSource::RechercheEntreprises, RegisterSource::LocalCopy];
    let statuses = [RegisterStatus::Closed, RegisterStatus::NotFound];
    sources.into_iter().flat_map(move |source| {
        statuses.map(|status| RegisterCheck {
            source,
            age_seconds: 89 * 24 * 3600,
            closed_on: NaiveDate::from_ymd_opt(2024, 12, 31),
            ..check(status)
        })
    })
}

#[test]
fn what_only_repeats_the_register_lets_somebody_on_and_stops_nobody() {
    for source in [RegisterSource::RechercheEntreprises, RegisterSource::LocalCopy] {
        let active = RegisterCheck {
            source,
            ..check(RegisterStatus::Active)
        };
        assert_eq!(
            (active.effect(), active.clone().counted()),
            (Effect::GoesOn, active)
        );
    }
    for hint in hints() {
        let counted = hint.clone().counted();
        assert_eq!(
            (counted.status, counted.source),
            (RegisterStatus::Pending, RegisterSource::None)
        );
        let told = counted.hint.clone().unwrap();
        assert_eq!(
            (told.status, told.source, told.age_seconds, told.closed_on),
            (hint.status, hint.source, hint.age_seconds, hint.closed_on)
        );
        given(a_newcomer_with_topics())
            .when(declare(UNKNOWN, EstablishmentStanding::Unknown(hint)))
            .then_expect_events(vec![domain::Event::EstablishmentDeclared(
                EstablishmentDeclared {
                    siret: siret(UNKNOWN),
                    known: false,
                    register_check: Some(counted),
                    suggested_idcc: vec![idcc("1979")],
                },
            )]);
    }
}

#[test]
fn what_only_repeats_the_register_takes_nothing_away_from_anybody() {
    let newcomer = a_newcomer_with_a_pending_check();
    let account = and(newcomer.clone(), [email_verified(1), password_set(1)]);
    for past in [newcomer, account] {
        for hint in hints() {
            given(past.clone())
                .when(complete_check_as(UNKNOWN, hint))
                .then_expect_events(vec![]);
        }
    }
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
            EstablishmentDeclared {
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
