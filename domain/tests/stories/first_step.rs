//! Step 1: who the person is, and whether the organisation knows their address.

use domain::registration::command::{ContactLookup, IdentityChange};
use domain::registration::event::LinkPurpose;
use domain::{Command, Refusal};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

#[test]
fn a_known_contact_is_recognised_and_written_to_at_once() {
    given_nothing()
        .when(submit(IdentityChange::NewAddress, of_a_contact(), a_mail(1, 0)))
        .then_expect_events(a_contact());
}

#[test]
fn an_unknown_address_leads_to_the_form_and_not_to_a_mail() {
    given_nothing()
        .when(submit(
            IdentityChange::NewAddress,
            ContactLookup::NotMatched,
            a_mail(1, 0),
        ))
        .then_expect_events(a_newcomer());
}

#[test]
fn the_first_submission_is_new_whatever_it_is_compared_with() {
    for change in [IdentityChange::Same, IdentityChange::Details] {
        given_nothing()
            .when(submit(change, ContactLookup::NotMatched, a_mail(1, 0)))
            .then_expect_events(a_newcomer());
    }
}

#[test]
fn an_address_that_has_an_account_looks_the_same_and_only_the_mail_says_so() {
    let asked = submit(
        IdentityChange::NewAddress,
        of_a_contact(),
        a_mail_to_an_account_owner(1, 0),
    );
    let events = given_nothing().when(asked).inspect_result().unwrap();
    assert_eq!(events[2], link_requested(1, 0, LinkPurpose::AlreadyRegistered));
    let (owner, stranger) = (remembered(&events), remembered(&a_contact()));
    assert_eq!(
        (owner.stage(), owner.mail, events.len()),
        (stranger.stage(), stranger.mail, a_contact().len())
    );
}

#[test]
fn the_same_answers_again_are_no_news() {
    for past in [
        a_newcomer(),
        a_contact(),
        an_account(),
        and(a_newcomer(), [expired()]),
    ] {
        given(past)
            .when(submit(
                IdentityChange::Same,
                ContactLookup::NotMatched,
                a_mail(2, 1),
            ))
            .then_expect_events(vec![]);
    }
}

#[test]
fn nothing_else_can_begin_a_registration() {
    let others = [
        choose(&[]),
        declare_unknown(UNKNOWN, domain::registration::event::RegisterStatus::Active),
        Command::RequestVerificationMail(a_mail(1, 0)),
        Command::RequestPasswordReset(a_mail(1, 0)),
        Command::RecordMailSent(request(1), delivery()),
        attach(&MINE),
        expire(60 * 24 * 31),
        remind(a_mail(1, 60 * 24 * 8)),
        erase(),
    ];
    for other in others {
        given_nothing()
            .when(other)
            .then_expect_error(Refusal::StepOutOfOrder);
    }
}

#[test]
fn a_link_to_a_registration_that_never_began_is_invalid() {
    given_nothing()
        .when(Command::VerifyEmail(open_link(1, 0)))
        .then_expect_error(Refusal::LinkInvalid);
    given_nothing()
        .when(choose_password(open_link(1, 0)))
        .then_expect_error(Refusal::LinkInvalid);
}
