//! The password: chosen with the link, on any device, and chosen anew with a reset.

use domain::registration::command::IdccStanding;
use domain::registration::event::{LinkPurpose, LinkRefusal, LinkedBy, RegisterStatus};
use domain::{Command, Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

#[test]
fn choosing_a_password_proves_the_address_too() {
    given(a_contact())
        .when(choose_password(open_link_as_contact(1, 5)))
        .then_expect_events(vec![
            email_verified(1),
            linked(MINE[0], LinkedBy::Contact),
            linked(MINE[1], LinkedBy::Contact),
            password_set(1),
        ]);
}

#[test]
fn whoever_became_a_contact_between_the_proof_and_the_password_is_attached_with_the_password() {
    let proven = and(
        a_contact(),
        [email_verified(1), linked(MINE[0], LinkedBy::Contact)],
    );
    given(proven.clone())
        .when(choose_password(open_link_as_contact(1, 6)))
        .then_expect_events(vec![linked(MINE[1], LinkedBy::Contact), password_set(1)]);
    given(proven)
        .when(choose_password(open_link(1, 6)))
        .then_expect_events(vec![password_set(1)]);
}

#[test]
fn another_password_attaches_whoever_has_become_a_contact_meanwhile() {
    let reset = LinkPurpose::ResetPassword;
    let mut proof = open_link_for(reset, 2, 20);
    proof.contact_of = vec![siret(ANOTHER)];
    given(and(an_account(), [link_requested(2, 10, reset)]))
        .when(choose_password(proof))
        .then_expect_events(vec![linked(ANOTHER, LinkedBy::Contact), password_set(2)]);
}

#[test]
fn a_link_that_made_an_account_has_served() {
    given(an_account())
        .when(choose_password(open_link(1, 6)))
        .then_expect_events(vec![link_refused(1, LinkRefusal::Used)]);
    given(and(an_account(), [link_refused(1, LinkRefusal::Used)]))
        .when(choose_password(open_link(1, 6)))
        .then_expect_error(Refusal::LinkInvalid);
}

#[test]
fn a_second_registration_of_an_address_cannot_become_a_second_account() {
    let mut proof = open_link(1, 5);
    proof.address_has_account = true;
    given(and(a_contact(), [email_verified(1)]))
        .when(choose_password(proof))
        .then_expect_error(Refusal::AccountExists);
}

#[test]
fn a_password_cannot_be_chosen_while_the_form_is_open_again() {
    let past = and(
        a_newcomer_with_a_pending_check(),
        [check_completed(RegisterStatus::Closed)],
    );
    given(past.clone())
        .when(choose_password(open_link(1, 5)))
        .then_expect_error(Refusal::StepOutOfOrder);
    given(and(past, [email_verified(1)]))
        .when(choose_password(open_link(1, 5)))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn a_reset_link_lets_the_owner_choose_another_password() {
    let reset = LinkPurpose::ResetPassword;
    let past = and(an_account(), [link_requested(2, 10, reset)]);
    given(an_account())
        .when(Command::RequestPasswordReset(a_mail(2, 10)))
        .then_expect_events(vec![link_requested(2, 10, reset)]);
    given(past)
        .when(choose_password(open_link_for(reset, 2, 20)))
        .then_expect_events(vec![password_set(2)]);
}

#[test]
fn a_reset_link_is_good_for_an_hour_and_once() {
    let reset = LinkPurpose::ResetPassword;
    let past = and(an_account(), [link_requested(2, 10, reset)]);
    given(past.clone())
        .when(choose_password(open_link_for(reset, 2, 70)))
        .then_expect_events(vec![link_refused(2, LinkRefusal::Expired)]);
    given(and(past, [password_set(2)]))
        .when(choose_password(open_link_for(reset, 2, 20)))
        .then_expect_events(vec![link_refused(2, LinkRefusal::Used)]);
}

#[test]
fn a_reset_link_proves_no_address() {
    let reset = LinkPurpose::ResetPassword;
    given(and(an_account(), [link_requested(2, 10, reset)]))
        .when(Command::VerifyEmail(open_link_for(reset, 2, 20)))
        .then_expect_error(Refusal::LinkInvalid);
}

#[test]
fn the_link_that_made_the_account_is_not_a_reset_link() {
    let reset = LinkPurpose::ResetPassword;
    let past = and(an_account(), [link_requested(2, 10, reset)]);
    given(past)
        .when(choose_password(open_link(1, 20)))
        .then_expect_events(vec![link_refused(1, LinkRefusal::Used)]);
}

#[test]
fn whoever_asks_for_another_password_and_has_none_yet_gets_the_link_that_leads_to_it() {
    for (past, purpose) in [
        (a_newcomer(), LinkPurpose::Resume),
        (a_newcomer_with_topics(), LinkPurpose::Resume),
        (a_newcomer_of_a_known_establishment(), LinkPurpose::Resume),
        (a_contact(), LinkPurpose::VerifyEmail),
        (and(a_contact(), [email_verified(1)]), LinkPurpose::VerifyEmail),
    ] {
        given(past)
            .when(Command::RequestPasswordReset(a_mail(2, 5)))
            .then_expect_events(vec![link_requested(2, 5, purpose)]);
    }
}

#[test]
fn a_form_is_taken_up_by_mail_as_often_as_the_limit_of_mails_allows() {
    let past = and(
        a_newcomer(),
        (1..=5).map(|number| link_requested(number, 5, LinkPurpose::Resume)),
    );
    given(past.clone())
        .when(Command::RequestPasswordReset(a_mail(6, 10)))
        .then_expect_events(vec![link_requested(6, 10, LinkPurpose::Resume)]);
    let answer = given(and(past, [link_requested(6, 10, LinkPurpose::Resume)]))
        .when(Command::RequestPasswordReset(a_mail(7, 15)))
        .inspect_result();
    assert!(matches!(answer, Err(Refusal::TooManyAttempts { .. })));
}

#[test]
fn the_owner_of_an_account_is_not_led_back_into_a_second_registration() {
    given(a_newcomer())
        .when(Command::RequestPasswordReset(a_mail_to_an_account_owner(2, 5)))
        .then_expect_error(Refusal::StepOutOfOrder);
    given(a_contact())
        .when(Command::RequestPasswordReset(a_mail_to_an_account_owner(2, 5)))
        .then_expect_events(vec![link_requested(2, 5, LinkPurpose::AlreadyRegistered)]);
}

#[test]
fn what_is_over_has_no_password_to_reset() {
    given(and(a_contact(), [expired()]))
        .when(Command::RequestPasswordReset(a_mail(2, 5)))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn resets_are_limited_like_any_mail() {
    let past = and(
        an_account(),
        (2..=6).map(|number| link_requested(number, 5, LinkPurpose::ResetPassword)),
    );
    let answer = given(past)
        .when(Command::RequestPasswordReset(a_mail(7, 10)))
        .inspect_result();
    assert!(matches!(answer, Err(Refusal::TooManyAttempts { .. })));
}

#[test]
fn after_the_address_was_proven_the_last_step_leads_straight_to_the_password() {
    let past = and(
        a_newcomer_with_a_pending_check(),
        [email_verified(1), check_completed(RegisterStatus::Closed)],
    );
    let past = and(past, [declared_unknown(RegisterStatus::Active)]);
    let answer = given(past.clone())
        .when(give_idcc("1979", IdccStanding::Current))
        .inspect_result()
        .unwrap();
    assert_eq!(answer, vec![linked_by_idcc(RegisterStatus::Active)]);
    assert_eq!(remembered(&and(past, answer)).stage(), Stage::AwaitingPassword);
}
