//! A reminder to whoever left the form unfinished: once, and in nobody's way.

use domain::registration::event::{LinkPurpose, LinkedBy, VerificationMailFailed};
use domain::registration::state::MailState;
use domain::{Command, Event};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

const WEEK: i64 = 7 * 24 * 60;

#[test]
fn a_registration_that_rests_for_a_week_is_reminded_of_once() {
    let reminder = link_requested(1, WEEK, LinkPurpose::Resume);
    given(a_newcomer())
        .when(remind(a_mail(1, WEEK)))
        .then_expect_events(vec![reminder.clone()]);
    given(and(a_newcomer(), [reminder]))
        .when(remind(a_mail(2, 9 * WEEK)))
        .then_expect_events(vec![]);
}

#[test]
fn a_reminder_that_comes_back_has_failed_and_says_nothing_of_the_mail_before_it() {
    let reminded = and(
        a_contact(),
        [mail_sent(1), link_requested(2, WEEK, LinkPurpose::Resume)],
    );
    let returned = Command::RecordMailReturned(request(2), failure());
    let failed = Event::VerificationMailFailed(VerificationMailFailed {
        request_id: request(2),
        failure: failure(),
    });
    let sent = and(reminded.clone(), [mail_sent(2)]);
    given(sent.clone())
        .when(returned.clone())
        .then_expect_events(vec![failed.clone()]);
    let told = and(sent, [failed]);
    assert_eq!(remembered(&told).mail, Some(MailState::Sent));
    for past in [reminded, told] {
        given(past).when(returned.clone()).then_expect_events(vec![]);
    }
}

#[test]
fn nobody_is_reminded_before_a_week_has_passed() {
    given(a_newcomer())
        .when(remind(a_mail(1, WEEK - 1)))
        .then_expect_events(vec![]);
}

#[test]
fn whoever_waits_for_a_mail_is_reminded_once_its_link_has_expired() {
    let lately = and(a_contact(), [mail_requested(2, WEEK - 5)]);
    given(lately)
        .when(remind(a_mail(3, WEEK)))
        .then_expect_events(vec![]);
    given(a_contact())
        .when(remind(a_mail(2, WEEK)))
        .then_expect_events(vec![link_requested(2, WEEK, LinkPurpose::Resume)]);
}

#[test]
fn neither_accounts_nor_ended_registrations_are_reminded_of() {
    for past in [
        an_account(),
        and(a_newcomer(), [expired()]),
        and(a_newcomer(), [erased()]),
    ] {
        given(past)
            .when(remind(a_mail(2, WEEK)))
            .then_expect_events(vec![]);
    }
}

#[test]
fn the_owner_of_an_account_is_not_reminded_to_make_another() {
    given(a_newcomer())
        .when(remind(a_mail_to_an_account_owner(1, WEEK)))
        .then_expect_events(vec![]);
}

#[test]
fn a_reminder_says_nothing_of_the_mail_that_proves() {
    let state = remembered(&and(
        a_newcomer(),
        [link_requested(1, WEEK, LinkPurpose::Resume), mail_sent(1)],
    ));
    assert_eq!(state.mail, None);
}

#[test]
fn the_last_step_after_a_reminder_asks_for_the_mail_that_proves() {
    let past = and(
        a_newcomer_of_a_known_establishment(),
        [link_requested(1, WEEK, LinkPurpose::Resume)],
    );
    given(past)
        .when(give_member_number(a_mail(2, WEEK + 5)))
        .then_expect_events(vec![
            linked(KNOWN, LinkedBy::MemberNumber),
            mail_requested(2, WEEK + 5),
        ]);
}

#[test]
fn after_a_reminder_the_mail_that_proves_can_be_asked_for_again() {
    let past = and(a_contact(), [link_requested(2, WEEK, LinkPurpose::Resume)]);
    given(past)
        .when(Command::RequestVerificationMail(a_mail(3, WEEK + 5)))
        .then_expect_events(vec![mail_requested(3, WEEK + 5)]);
}
