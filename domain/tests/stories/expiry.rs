//! Registrations that nobody finishes: closed after thirty days.

use domain::registration::command::EstablishmentStanding;
use domain::registration::event::LinkRefusal;
use domain::{Command, Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

const MONTH: i64 = 30 * 24 * 60;

#[test]
fn a_registration_that_rests_for_thirty_days_expires() {
    for past in [a_newcomer(), a_contact(), and(a_contact(), [email_verified(1)])] {
        given(past.clone())
            .when(expire(MONTH))
            .then_expect_events(vec![expired()]);
        assert_eq!(remembered(&and(past, [expired()])).stage(), Stage::Expired);
    }
}

#[test]
fn a_registration_that_is_still_young_does_not_expire() {
    given(a_newcomer())
        .when(expire(MONTH - 1))
        .then_expect_events(vec![]);
}

#[test]
fn an_account_never_expires_and_nothing_expires_twice() {
    given(an_account()).when(expire(MONTH)).then_expect_events(vec![]);
    given(and(a_newcomer(), [expired()]))
        .when(expire(2 * MONTH))
        .then_expect_events(vec![]);
}

#[test]
fn an_expired_registration_takes_no_further_answers() {
    let past = and(a_newcomer_of_a_known_establishment(), [expired()]);
    let others = [
        choose(&[]),
        declare(KNOWN, EstablishmentStanding::Known),
        give_member_number(a_mail(1, 0)),
        Command::RequestVerificationMail(a_mail(1, 0)),
        Command::RequestPasswordReset(a_mail(1, 0)),
    ];
    for other in others {
        given(past.clone())
            .when(other)
            .then_expect_error(Refusal::StepOutOfOrder);
    }
}

#[test]
fn the_link_of_an_expired_registration_has_expired_too() {
    let past = and(a_contact(), [expired()]);
    given(past.clone())
        .when(Command::VerifyEmail(open_link(1, 5)))
        .then_expect_events(vec![link_refused(1, LinkRefusal::Expired)]);
    given(and(past, [link_refused(1, LinkRefusal::Expired)]))
        .when(choose_password(open_link(1, 5)))
        .then_expect_error(Refusal::LinkExpired);
}

#[test]
fn nobody_is_attached_through_an_expired_registration() {
    given(and(a_contact(), [email_verified(1), expired()]))
        .when(attach(&MINE))
        .then_expect_events(vec![]);
}
