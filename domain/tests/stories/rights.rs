//! A person's rights over an account: corrected, closed for a while, warned before it is forgotten.

use chrono::NaiveDate;
use domain::registration::command::{RectifyIdentity, RequestErasure, WarnInactive};
use domain::registration::event::{
    Delivery, DeliveryFailure, ErasedBy, ErasureCancelled, ErasureRequested, FailureReason,
    IdentityRectified, InactivityMailFailed, InactivityMailSent, InactivityWarned, Notice,
};
use domain::values::EnhancedCode;
use domain::{Command, Event, Refusal, Stage};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

fn rectify(changed: bool) -> Command {
    Command::RectifyIdentity(RectifyIdentity {
        changed,
        sealed: sealed(9),
    })
}

fn ask_later() -> Command {
    Command::RequestErasure(RequestErasure {
        by: ErasedBy::Person,
        reason: "requested".to_owned(),
        due_at: minute(60 * 24),
    })
}

fn asked_later() -> Event {
    Event::ErasureRequested(ErasureRequested {
        by: ErasedBy::Person,
        reason: "requested".to_owned(),
        due_at: minute(60 * 24),
    })
}

fn called_off() -> Event {
    Event::ErasureCancelled(ErasureCancelled {
        reason: "withdrawn".to_owned(),
    })
}

fn day(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap()
}

fn warn(last_seen: NaiveDate) -> Command {
    Command::WarnInactive(WarnInactive {
        last_seen,
        erase_from: day(2026, 4),
    })
}

fn warned(last_seen: NaiveDate) -> Event {
    Event::InactivityWarned(InactivityWarned {
        last_seen,
        erase_from: day(2026, 4),
    })
}

#[test]
fn what_became_of_the_mail_that_warns_is_written_down_once() {
    let delivery = || Delivery {
        server_code: 250,
        attempts: 1,
        possibly_twice: false,
    };
    let failure = || DeliveryFailure {
        reason: FailureReason::Refused,
        server_code: Some(550),
        enhanced_code: EnhancedCode::parse("5.1.1").ok(),
        attempts: 1,
    };
    let sent = Event::InactivityMailSent(InactivityMailSent {
        about: 9,
        delivery: delivery(),
    });
    let failed = Event::InactivityMailFailed(InactivityMailFailed {
        about: 9,
        failure: failure(),
    });
    let past = || and(an_account(), [warned(day(2024, 3))]);
    let record_sent = || Command::RecordNoticeSent(Notice::InactivityWarned, 9, delivery());
    let record_failed = || Command::RecordNoticeFailed(Notice::InactivityWarned, 9, failure());
    given(past())
        .when(record_sent())
        .then_expect_events(vec![sent.clone()]);
    given(past())
        .when(record_failed())
        .then_expect_events(vec![failed.clone()]);
    given(and(past(), [sent.clone()]))
        .when(Command::RecordNoticeReturned(
            Notice::InactivityWarned,
            9,
            failure(),
        ))
        .then_expect_events(vec![failed]);
    for again in [record_sent(), record_failed()] {
        given(and(past(), [sent.clone()]))
            .when(again)
            .then_expect_events(vec![]);
    }
}

#[test]
fn an_account_may_be_corrected_and_the_same_again_is_no_news() {
    given(an_account())
        .when(rectify(true))
        .then_expect_events(vec![Event::IdentityRectified(IdentityRectified {
            sealed: sealed(9),
        })]);
    given(an_account())
        .when(rectify(false))
        .then_expect_events(vec![]);
}

#[test]
fn before_there_is_an_account_step_1_is_filled_in_again_instead() {
    for past in [a_newcomer(), a_contact(), and(an_account(), [erased()])] {
        given(past)
            .when(rectify(true))
            .then_expect_error(Refusal::StepOutOfOrder);
    }
}

#[test]
fn an_erasure_may_wait_and_the_account_is_closed_meanwhile() {
    let closed = and(an_account(), [asked_later()]);
    given(an_account())
        .when(ask_later())
        .then_expect_events(vec![asked_later()]);
    assert_eq!(remembered(&closed).stage(), Stage::Closed);
    given(closed.clone()).when(ask_later()).then_expect_events(vec![]);
    for step in [
        choose(&["payments"]),
        rectify(true),
        Command::RequestPasswordReset(a_mail(9, 5)),
    ] {
        given(closed.clone())
            .when(step)
            .then_expect_error(Refusal::StepOutOfOrder);
    }
    given(closed).when(erase()).then_expect_events(vec![erased()]);
}

#[test]
fn a_waiting_erasure_may_be_called_off_and_the_account_is_what_it_was() {
    let cancel = Command::CancelErasure("withdrawn".to_owned());
    let back = and(an_account(), [asked_later(), called_off()]);
    given(and(an_account(), [asked_later()]))
        .when(cancel.clone())
        .then_expect_events(vec![called_off()]);
    assert_eq!(remembered(&back).stage(), Stage::Active);
    given(back).when(cancel.clone()).then_expect_events(vec![]);
    given(and(an_account(), [erased()]))
        .when(cancel)
        .then_expect_events(vec![]);
}

#[test]
fn an_absence_is_warned_of_once_and_the_next_one_again() {
    let (then, later) = (day(2024, 3), day(2024, 9));
    given(an_account())
        .when(warn(then))
        .then_expect_events(vec![warned(then)]);
    let past = and(an_account(), [warned(then)]);
    given(past.clone()).when(warn(then)).then_expect_events(vec![]);
    given(past)
        .when(warn(later))
        .then_expect_events(vec![warned(later)]);
    given(a_newcomer()).when(warn(then)).then_expect_events(vec![]);
}
