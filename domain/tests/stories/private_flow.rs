//! The flow `private`: the address is proven first, so that no one learns from the form who is known.

use domain::registration::command::{ContactLookup, IdentityChange};
use domain::registration::event::{LinkedBy, RegisterStatus};
use domain::values::Flow;
use domain::{Command, Event, Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

fn a_private_start(contact: Event) -> Vec<Event> {
    vec![
        identity_submitted_in(Flow::Private, true),
        contact,
        mail_requested(1, 0),
    ]
}

#[test]
fn every_start_looks_the_same() {
    for (lookup, told) in [
        (of_a_contact(), contact_matched()),
        (ContactLookup::NotMatched, contact_not_matched()),
    ] {
        given_nothing()
            .when(submit_in(
                Flow::Private,
                IdentityChange::NewAddress,
                lookup,
                a_mail(1, 0),
            ))
            .then_expect_events(a_private_start(told.clone()));
        assert_eq!(
            remembered(&a_private_start(told)).stage(),
            Stage::AwaitingEmailVerification
        );
    }
}

#[test]
fn the_link_leads_a_contact_to_the_password_and_a_newcomer_to_the_form() {
    let proven = |told| remembered(&and(a_private_start(told), [email_verified(1)])).stage();
    assert_eq!(proven(contact_matched()), Stage::AwaitingPassword);
    assert_eq!(proven(contact_not_matched()), Stage::AwaitingTopics);
}

#[test]
fn the_form_is_closed_until_the_address_is_proven() {
    given(a_private_start(contact_not_matched()))
        .when(choose(&[]))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn a_newcomer_cannot_choose_a_password_before_the_form_is_filled_in() {
    let past = a_private_start(contact_not_matched());
    given(past.clone())
        .when(choose_password(open_link(1, 5)))
        .then_expect_error(Refusal::StepOutOfOrder);
    given(and(past, [email_verified(1)]))
        .when(choose_password(open_link(1, 5)))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn the_last_step_of_the_form_needs_no_second_mail() {
    let past = and(
        a_private_start(contact_not_matched()),
        [email_verified(1), topics_chosen(&[]), declared_known()],
    );
    let number = linked(KNOWN, LinkedBy::MemberNumber);
    given(past.clone())
        .when(give_member_number(a_mail(2, 5)))
        .then_expect_events(vec![number.clone()]);
    given(and(past, [number]))
        .when(choose_password(open_link(1, 6)))
        .then_expect_events(vec![password_set(1)]);
}

#[test]
fn whoever_turns_out_to_be_a_contact_of_the_named_establishment_need_not_give_its_number() {
    let past = and(
        a_private_start(contact_not_matched()),
        [email_verified(1), topics_chosen(&[]), declared_known()],
    );
    given(past.clone())
        .when(attach(&[KNOWN]))
        .then_expect_events(vec![linked(KNOWN, LinkedBy::Contact)]);
    assert_eq!(
        remembered(&and(past, [linked(KNOWN, LinkedBy::Contact)])).stage(),
        Stage::AwaitingPassword
    );
}

#[test]
fn an_address_can_be_corrected_until_it_is_proven() {
    let asked = submit_in(
        Flow::Private,
        IdentityChange::NewAddress,
        ContactLookup::NotMatched,
        a_mail(2, 5),
    );
    given(a_private_start(contact_matched()))
        .when(asked)
        .then_expect_events(vec![
            identity_submitted_in(Flow::Private, true),
            contact_not_matched(),
            mail_requested(2, 5),
        ]);
}

#[test]
fn a_contact_who_proves_the_address_may_choose_the_password_in_the_same_breath() {
    given(a_private_start(contact_matched()))
        .when(choose_password(open_link(1, 5)))
        .then_expect_events(vec![email_verified(1), password_set(1)]);
}

#[test]
fn a_register_that_says_no_reopens_the_form() {
    let past = and(
        a_private_start(contact_not_matched()),
        [
            email_verified(1),
            topics_chosen(&[]),
            declared_unknown(RegisterStatus::Pending),
        ],
    );
    let past = and(
        past,
        [
            linked_by_idcc(RegisterStatus::Pending),
            check_completed(RegisterStatus::NotFound),
        ],
    );
    assert_eq!(remembered(&past).stage(), Stage::AwaitingEstablishment);
    given(past)
        .when(Command::VerifyEmail(open_link(1, 5)))
        .then_expect_events(vec![]);
}
