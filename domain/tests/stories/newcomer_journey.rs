//! Those who had no account: topics, establishment, number or agreement, then the mail.

use domain::registration::command::{EstablishmentStanding, IdccStanding};
use domain::registration::event::{LinkedBy, RegisterStatus};
use domain::{Command, Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

#[test]
fn a_newcomer_chooses_topics_first() {
    assert_eq!(remembered(&a_newcomer()).stage(), Stage::AwaitingTopics);
    given(a_newcomer())
        .when(choose(&["payments"]))
        .then_expect_events(vec![topics_chosen(&["payments"])]);
}

#[test]
fn choosing_no_topic_is_a_choice() {
    given(a_newcomer())
        .when(choose(&[]))
        .then_expect_events(vec![topics_chosen(&[])]);
    assert_eq!(
        remembered(&and(a_newcomer(), [topics_chosen(&[])])).stage(),
        Stage::AwaitingEstablishment
    );
}

#[test]
fn topics_come_before_the_establishment() {
    given(a_newcomer())
        .when(declare(KNOWN, EstablishmentStanding::Known))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn an_unknown_contact_must_give_the_establishment_first() {
    for past in [a_newcomer(), a_newcomer_with_topics()] {
        given(past.clone())
            .when(give_member_number(a_mail(1, 0)))
            .then_expect_error(Refusal::StepOutOfOrder);
        given(past)
            .when(give_idcc("1979", IdccStanding::Current))
            .then_expect_error(Refusal::StepOutOfOrder);
    }
}

#[test]
fn an_establishment_known_here_leads_to_its_number() {
    given(a_newcomer_with_topics())
        .when(declare(KNOWN, EstablishmentStanding::Known))
        .then_expect_events(vec![declared_known()]);
    assert_eq!(
        remembered(&a_newcomer_of_a_known_establishment()).stage(),
        Stage::AwaitingMemberNumber
    );
}

#[test]
fn an_establishment_unknown_here_but_active_in_the_register_leads_to_its_agreement() {
    let active = RegisterStatus::Active;
    given(a_newcomer_with_topics())
        .when(declare_unknown(UNKNOWN, active))
        .then_expect_events(vec![declared_unknown(active)]);
    assert_eq!(
        remembered(&a_newcomer_of_an_unknown_establishment(active)).stage(),
        Stage::AwaitingIdcc
    );
}

#[test]
fn the_number_attaches_and_the_mail_is_asked_for() {
    given(a_newcomer_of_a_known_establishment())
        .when(give_member_number(a_mail(1, 0)))
        .then_expect_events(vec![linked(KNOWN, LinkedBy::MemberNumber), mail_requested(1, 0)]);
}

#[test]
fn the_agreement_attaches_and_the_mail_is_asked_for() {
    given(a_newcomer_of_an_unknown_establishment(RegisterStatus::Active))
        .when(give_idcc("1979", IdccStanding::Current))
        .then_expect_events(vec![linked_by_idcc(RegisterStatus::Active), mail_requested(1, 0)]);
}

#[test]
fn the_mail_proves_the_address_and_opens_the_way_to_the_password() {
    given(a_newcomer_waiting_for_the_link())
        .when(Command::VerifyEmail(open_link(1, 5)))
        .then_expect_events(vec![email_verified(1)]);
    given(and(a_newcomer_waiting_for_the_link(), [email_verified(1)]))
        .when(choose_password(open_link(1, 6)))
        .then_expect_events(vec![password_set(1)]);
}

#[test]
fn there_is_no_link_to_open_while_the_form_is_unfinished() {
    given(a_newcomer_with_topics())
        .when(Command::VerifyEmail(open_link(1, 5)))
        .then_expect_error(Refusal::LinkInvalid);
    given(a_newcomer_with_topics())
        .when(choose_password(open_link(1, 5)))
        .then_expect_error(Refusal::LinkInvalid);
    given(a_newcomer_with_topics())
        .when(Command::RequestVerificationMail(a_mail(1, 0)))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn a_newcomer_whose_address_has_an_account_is_led_through_the_same_form() {
    let events = given(a_newcomer_of_a_known_establishment())
        .when(give_member_number(a_mail_to_an_account_owner(1, 0)))
        .inspect_result()
        .unwrap();
    let purpose = domain::registration::event::LinkPurpose::AlreadyRegistered;
    assert_eq!(
        events,
        vec![
            linked(KNOWN, LinkedBy::MemberNumber),
            link_requested(1, 0, purpose)
        ]
    );
}
