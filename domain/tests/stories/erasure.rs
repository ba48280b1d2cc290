//! Being forgotten: at any time, once and for all.

use domain::registration::command::{EstablishmentStanding, IdccStanding, IdentityChange};
use domain::registration::event::{Notice, RegisterStatus};
use domain::{Command, Event, Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

fn forgotten() -> Vec<Event> {
    and(a_newcomer_with_a_pending_check(), [erased()])
}

#[test]
fn anyone_can_be_forgotten_at_any_time() {
    for past in [
        a_newcomer(),
        a_contact(),
        an_account(),
        and(a_contact(), [expired()]),
    ] {
        given(past.clone())
            .when(erase())
            .then_expect_events(vec![erased()]);
        assert_eq!(remembered(&and(past, [erased()])).stage(), Stage::Erased);
    }
}

#[test]
fn being_forgotten_twice_is_no_news() {
    given(forgotten()).when(erase()).then_expect_events(vec![]);
}

#[test]
fn whoever_is_forgotten_is_asked_nothing_more() {
    let steps = [
        submit(IdentityChange::Same, of_a_contact(), a_mail(2, 5)),
        submit(IdentityChange::NewAddress, of_a_contact(), a_mail(2, 5)),
        choose(&["payments"]),
        declare(KNOWN, EstablishmentStanding::Known),
        give_member_number(a_mail(2, 5)),
        give_idcc("1979", IdccStanding::Current),
        Command::RequestVerificationMail(a_mail(2, 5)),
        Command::RequestPasswordReset(a_mail(2, 5)),
    ];
    for step in steps {
        given(forgotten())
            .when(step)
            .then_expect_error(Refusal::StepOutOfOrder);
    }
}

#[test]
fn no_link_leads_to_someone_who_is_forgotten() {
    given(forgotten())
        .when(Command::VerifyEmail(open_link(1, 5)))
        .then_expect_error(Refusal::LinkInvalid);
    given(forgotten())
        .when(choose_password(open_link(1, 5)))
        .then_expect_error(Refusal::LinkInvalid);
}

#[test]
fn what_was_under_way_leaves_no_trace_after_the_erasure() {
    let late = [
        Command::RecordMailSent(request(1), delivery()),
        Command::RecordMailFailed(request(1), failure()),
        Command::RecordMailReturned(request(1), failure()),
        Command::RecordNoticeSent(Notice::PasswordSet, 5, delivery()),
        Command::RecordNoticeFailed(Notice::PasswordSet, 5, failure()),
        complete_check(UNKNOWN, RegisterStatus::Closed),
        attach(&MINE),
        remind(a_mail(2, 60 * 24 * 8)),
        expire(60 * 24 * 31),
    ];
    for command in late {
        given(forgotten()).when(command).then_expect_events(vec![]);
    }
}
