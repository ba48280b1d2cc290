//! What proves that the person speaks for the establishment: its number, or else its collective agreement.

use domain::registration::command::{GiveMemberNumber, IdccStanding};
use domain::registration::event::{LinkedBy, RegisterStatus};
use domain::{Command, Event, Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

#[test]
fn a_wrong_number_is_refused_and_written_down() {
    let events = given(a_newcomer_of_a_known_establishment())
        .when(give_a_wrong_number(3))
        .inspect_result()
        .unwrap();
    assert_eq!(events, vec![number_refused(3)]);
    assert_eq!(events[0].refusal(), Some(Refusal::MemberNumberMismatch));
    assert_eq!(
        remembered(&and(a_newcomer_of_a_known_establishment(), events)).stage(),
        Stage::AwaitingMemberNumber
    );
}

#[test]
fn a_training_organisation_gives_its_own_kind_of_number() {
    let by = LinkedBy::TrainingOrganisationNumber;
    let asked = Command::GiveMemberNumber(GiveMemberNumber {
        matches: Some(by),
        mail: a_mail(1, 0),
    });
    given(a_newcomer_of_a_known_establishment())
        .when(asked)
        .then_expect_events(vec![linked(KNOWN, by), mail_requested(1, 0)]);
}

#[test]
fn after_five_wrong_numbers_in_an_hour_even_the_right_one_must_wait() {
    let guesses = (0..5).map(number_refused);
    let past = and(a_newcomer_of_a_known_establishment(), guesses);
    let wait = Refusal::TooManyAttempts {
        retry_after_seconds: 50 * 60 + 1,
    };
    given(past.clone())
        .when(give_a_wrong_number(10))
        .then_expect_error(wait.clone());
    given(past.clone())
        .when(give_member_number(a_mail(1, 10)))
        .then_expect_error(wait);
    given(past)
        .when(give_member_number(a_mail(1, 60)))
        .then_expect_events(vec![linked(KNOWN, LinkedBy::MemberNumber), mail_requested(1, 60)]);
}

#[test]
fn four_wrong_numbers_leave_a_fifth_try() {
    let past = and(a_newcomer_of_a_known_establishment(), (0..4).map(number_refused));
    given(past)
        .when(give_a_wrong_number(10))
        .then_expect_events(vec![number_refused(10)]);
}

#[test]
fn naming_another_establishment_gives_no_fresh_tries() {
    let past = and(a_newcomer_of_a_known_establishment(), (0..5).map(number_refused));
    let past = and(past, [declared_unknown(RegisterStatus::Active), declared_known()]);
    let answer = given(past)
        .when(give_member_number(a_mail(1, 10)))
        .inspect_result();
    assert!(matches!(answer, Err(Refusal::TooManyAttempts { .. })));
}

#[test]
fn the_same_number_again_is_no_news() {
    given(a_newcomer_waiting_for_the_link())
        .when(give_member_number(a_mail(2, 5)))
        .then_expect_events(vec![]);
}

#[test]
fn a_number_of_another_kind_comes_too_late() {
    let by = LinkedBy::TrainingOrganisationNumber;
    let asked = Command::GiveMemberNumber(GiveMemberNumber {
        matches: Some(by),
        mail: a_mail(2, 5),
    });
    given(a_newcomer_waiting_for_the_link())
        .when(asked)
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn an_establishment_unknown_here_has_no_number_to_give() {
    given(a_newcomer_of_an_unknown_establishment(RegisterStatus::Active))
        .when(give_member_number(a_mail(1, 0)))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn an_establishment_known_here_is_asked_for_its_number_and_not_its_agreement() {
    given(a_newcomer_of_a_known_establishment())
        .when(give_idcc("1979", IdccStanding::Current))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn an_agreement_that_does_not_exist_is_refused() {
    given(a_newcomer_of_an_unknown_establishment(RegisterStatus::Active))
        .when(give_idcc("8888", IdccStanding::Unknown))
        .then_expect_error(Refusal::IdccUnknown);
}

#[test]
fn an_agreement_that_has_ended_is_refused_with_its_title_and_what_applies_instead_where_anything_does() {
    for successors in [vec![idcc("1979")], vec![]] {
        let title = "Restaurants".to_owned();
        let standing = IdccStanding::Ended {
            title: title.clone(),
            successors: successors.clone(),
        };
        given(a_newcomer_of_an_unknown_establishment(RegisterStatus::Active))
            .when(give_idcc("1147", standing))
            .then_expect_error(Refusal::IdccReplaced { title, successors });
    }
}

#[test]
fn the_same_agreement_again_is_no_news_and_another_comes_too_late() {
    let past = a_newcomer_with_a_pending_check();
    given(past.clone())
        .when(give_idcc("1979", IdccStanding::Current))
        .then_expect_events(vec![]);
    given(past)
        .when(give_idcc("0573", IdccStanding::Current))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn only_refusals_worth_an_auditors_eye_are_events() {
    let past = and(an_account(), [number_refused(1)]);
    let refusals: Vec<_> = past.iter().filter_map(Event::refusal).collect();
    assert_eq!(refusals, vec![Refusal::MemberNumberMismatch]);
}
