//! Those who had an account on the former portal: recognised, written to, attached to every establishment of theirs.

use domain::registration::event::LinkedBy;
use domain::{Command, Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

#[test]
fn a_contact_skips_the_form_and_waits_for_the_link() {
    assert_eq!(remembered(&a_contact()).stage(), Stage::AwaitingEmailVerification);
}

#[test]
fn a_contact_who_proves_the_address_is_attached_to_every_establishment_of_theirs() {
    given(a_contact())
        .when(Command::VerifyEmail(open_link_as_contact(1, 5)))
        .then_expect_events(vec![
            email_verified(1),
            linked(MINE[0], LinkedBy::Contact),
            linked(MINE[1], LinkedBy::Contact),
        ]);
}

#[test]
fn a_contact_who_chooses_a_password_has_an_account() {
    let past = and(a_contact(), [email_verified(1)]);
    assert_eq!(remembered(&past).stage(), Stage::AwaitingPassword);
    given(past)
        .when(choose_password(open_link(1, 6)))
        .then_expect_events(vec![password_set(1)]);
    assert_eq!(remembered(&an_account()).stage(), Stage::Active);
}

#[test]
fn a_contact_is_not_asked_for_topics_or_an_establishment() {
    given(a_contact())
        .when(choose(&["payments"]))
        .then_expect_error(Refusal::StepOutOfOrder);
    given(a_contact())
        .when(declare(
            KNOWN,
            domain::registration::command::EstablishmentStanding::Known,
        ))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn an_establishment_named_twice_by_the_directory_is_attached_once() {
    let mut proof = open_link_as_contact(1, 5);
    proof.contact_of = vec![siret(MINE[0]), siret(MINE[0])];
    given(a_contact())
        .when(Command::VerifyEmail(proof))
        .then_expect_events(vec![email_verified(1), linked(MINE[0], LinkedBy::Contact)]);
}

#[test]
fn whoever_becomes_a_contact_later_is_attached_then() {
    given(an_account())
        .when(attach(&[MINE[0], ANOTHER]))
        .then_expect_events(vec![linked(ANOTHER, LinkedBy::Contact)]);
    given(an_account()).when(attach(&MINE)).then_expect_events(vec![]);
}

#[test]
fn nobody_is_attached_as_a_contact_before_the_address_is_proven() {
    given(a_contact()).when(attach(&MINE)).then_expect_events(vec![]);
}

#[test]
fn a_newcomer_who_has_become_a_contact_meanwhile_is_attached_when_the_address_is_proven() {
    given(a_newcomer_waiting_for_the_link())
        .when(Command::VerifyEmail(open_link_as_contact(1, 5)))
        .then_expect_events(vec![
            email_verified(1),
            linked(MINE[0], LinkedBy::Contact),
            linked(MINE[1], LinkedBy::Contact),
        ]);
}
