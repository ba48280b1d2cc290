//! "Précédent", "corriger mon adresse": what may be answered again, until when, and what becomes of the rest.

use domain::registration::command::{ContactLookup, EstablishmentStanding, IdccStanding, IdentityChange};
use domain::registration::event::{LinkRefusal, LinkedBy, RegisterStatus};
use domain::{Command, Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

#[test]
fn correcting_a_name_asks_for_no_new_mail() {
    given(a_contact())
        .when(submit(
            IdentityChange::Details,
            ContactLookup::NotMatched,
            a_mail(2, 5),
        ))
        .then_expect_events(vec![identity_submitted(false)]);
    assert!(
        remembered(&and(a_contact(), [identity_submitted(false)])).contact_matched,
        "the address is still a contact's"
    );
}

#[test]
fn a_corrected_address_voids_the_old_link_and_asks_for_a_new_mail() {
    let later = vec![identity_submitted(true), contact_matched(), mail_requested(2, 5)];
    given(a_contact())
        .when(submit(IdentityChange::NewAddress, of_a_contact(), a_mail(2, 5)))
        .then_expect_events(later.clone());
    given(and(a_contact(), later))
        .when(Command::VerifyEmail(open_link(1, 6)))
        .then_expect_events(vec![link_refused(1, LinkRefusal::Replaced)]);
}

#[test]
fn an_address_corrected_to_one_that_nobody_knows_leads_to_the_form() {
    let later = vec![identity_submitted(true), contact_not_matched()];
    given(a_contact())
        .when(submit(
            IdentityChange::NewAddress,
            ContactLookup::NotMatched,
            a_mail(2, 5),
        ))
        .then_expect_events(later.clone());
    assert_eq!(
        remembered(&and(a_contact(), later)).stage(),
        Stage::AwaitingTopics
    );
}

#[test]
fn a_corrected_address_keeps_the_answers_given_since() {
    given(a_newcomer_waiting_for_the_link())
        .when(submit(
            IdentityChange::NewAddress,
            ContactLookup::NotMatched,
            a_mail(2, 5),
        ))
        .then_expect_events(vec![
            identity_submitted(true),
            contact_not_matched(),
            mail_requested(2, 5),
        ]);
}

#[test]
fn a_newcomer_who_corrects_to_a_contacts_address_is_done_with_the_form() {
    given(a_newcomer_with_topics())
        .when(submit(IdentityChange::NewAddress, of_a_contact(), a_mail(1, 0)))
        .then_expect_events(a_contact());
}

#[test]
fn who_the_person_is_cannot_change_once_the_address_is_proven() {
    for past in [
        and(a_contact(), [email_verified(1)]),
        an_account(),
        and(a_newcomer(), [expired()]),
    ] {
        for change in [IdentityChange::NewAddress, IdentityChange::Details] {
            given(past.clone())
                .when(submit(change, of_a_contact(), a_mail(2, 5)))
                .then_expect_error(Refusal::StepOutOfOrder);
        }
    }
}

#[test]
fn a_registration_keeps_the_flow_it_was_started_in() {
    let asked = submit_in(
        domain::values::Flow::Private,
        IdentityChange::Details,
        of_a_contact(),
        a_mail(2, 5),
    );
    given(a_contact())
        .when(asked)
        .then_expect_events(vec![identity_submitted(false)]);
}

#[test]
fn topics_can_be_chosen_again_while_the_form_is_open() {
    given(a_newcomer_of_a_known_establishment())
        .when(choose(&[]))
        .then_expect_events(vec![topics_chosen(&[])]);
    assert_eq!(
        remembered(&and(a_newcomer_of_a_known_establishment(), [topics_chosen(&[])])).stage(),
        Stage::AwaitingMemberNumber,
        "later answers are kept"
    );
}

#[test]
fn the_same_topics_again_are_no_news_at_any_time() {
    let at_any_time = [
        a_newcomer_with_topics(),
        a_newcomer_waiting_for_the_link(),
        and(
            a_newcomer_waiting_for_the_link(),
            [email_verified(1), password_set(1)],
        ),
    ];
    for past in at_any_time {
        given(past).when(choose(&["payments"])).then_expect_events(vec![]);
    }
}

#[test]
fn another_establishment_can_be_named_while_the_form_is_open() {
    let active = RegisterStatus::Active;
    given(a_newcomer_of_a_known_establishment())
        .when(declare_unknown(UNKNOWN, active))
        .then_expect_events(vec![declared_unknown(active)]);
}

#[test]
fn the_same_establishment_again_is_no_news() {
    given(a_newcomer_of_a_known_establishment())
        .when(declare(KNOWN, EstablishmentStanding::Known))
        .then_expect_events(vec![]);
    given(a_newcomer_waiting_for_the_link())
        .when(declare(KNOWN, EstablishmentStanding::Known))
        .then_expect_events(vec![]);
    for status in [RegisterStatus::Active, RegisterStatus::Pending] {
        given(a_newcomer_of_an_unknown_establishment(status))
            .when(declare_unknown(UNKNOWN, status))
            .then_expect_events(vec![]);
    }
}

#[test]
fn a_changed_establishment_drops_the_number_given_for_the_one_before() {
    let past = and(
        a_newcomer_waiting_for_the_link(),
        [declared_unknown(RegisterStatus::Active)],
    );
    let state = remembered(&past);
    assert!(state.links.is_empty(), "the number was for another establishment");
    assert_eq!(state.establishment.unwrap().linked_by, None);
}

#[test]
fn a_changed_establishment_leaves_what_the_directory_says_of_the_contact() {
    let contact = and(
        a_newcomer_of_a_known_establishment(),
        [linked(KNOWN, LinkedBy::Contact)],
    );
    let state = remembered(&and(contact, [declared_unknown(RegisterStatus::Active)]));
    assert!(
        state.is_linked_to(&siret(KNOWN)),
        "whoever is a contact of an establishment stays attached to it"
    );
}

#[test]
fn once_a_mail_was_asked_for_the_form_is_closed() {
    let others = [
        choose(&["reminders"]),
        declare_unknown(UNKNOWN, RegisterStatus::Active),
        give_a_wrong_number(5),
        give_idcc("0573", IdccStanding::Current),
    ];
    for other in others {
        given(a_newcomer_waiting_for_the_link())
            .when(other)
            .then_expect_error(Refusal::StepOutOfOrder);
    }
}

#[test]
fn an_account_may_change_its_topics_and_nothing_else_of_the_form() {
    given(an_account())
        .when(choose(&["reminders"]))
        .then_expect_events(vec![topics_chosen(&["reminders"])]);
    given(an_account())
        .when(declare_unknown(UNKNOWN, RegisterStatus::Active))
        .then_expect_error(Refusal::StepOutOfOrder);
}
