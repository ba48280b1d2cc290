//! Mails with a link: asked for, replaced, limited, sent or given up; and links, good or no longer good.

use domain::registration::event::{
    Delivery, LinkPurpose, LinkRefusal, LinkedBy, Notice, NoticeMailFailed, NoticeMailSent,
    VerificationMailFailed, VerificationMailSent,
};
use domain::registration::state::MailState;
use domain::{Command, Event, Refusal};

use crate::given::asked::*;
use crate::given::happened::*;
use crate::given::*;

const DAY: i64 = 60 * 24;

#[test]
fn a_mail_asked_for_again_replaces_the_link_before() {
    let past = and(a_contact(), [mail_requested(2, 5)]);
    given(a_contact())
        .when(Command::RequestVerificationMail(a_mail(2, 5)))
        .then_expect_events(vec![mail_requested(2, 5)]);
    given(past.clone())
        .when(Command::VerifyEmail(open_link(1, 6)))
        .then_expect_events(vec![link_refused(1, LinkRefusal::Replaced)]);
    given(past)
        .when(Command::VerifyEmail(open_link(2, 6)))
        .then_expect_events(vec![email_verified(2)]);
}

#[test]
fn whoever_lost_the_mail_after_proving_the_address_may_ask_for_another() {
    given(and(a_contact(), [email_verified(1)]))
        .when(Command::RequestVerificationMail(a_mail(2, 5)))
        .then_expect_events(vec![mail_requested(2, 5)]);
}

#[test]
fn an_account_asks_for_a_reset_and_not_for_a_proof() {
    given(an_account())
        .when(Command::RequestVerificationMail(a_mail(2, 5)))
        .then_expect_error(Refusal::StepOutOfOrder);
}

#[test]
fn six_mails_an_hour_are_enough() {
    let past = and(a_contact(), (2..=6).map(|number| mail_requested(number, 5)));
    given(past.clone())
        .when(Command::RequestVerificationMail(a_mail(7, 10)))
        .then_expect_error(Refusal::TooManyAttempts {
            retry_after_seconds: 50 * 60 + 1,
        });
    given(past)
        .when(Command::RequestVerificationMail(a_mail(7, 60)))
        .then_expect_events(vec![mail_requested(7, 60)]);
}

#[test]
fn correcting_the_address_is_no_way_round_the_limit() {
    use domain::registration::command::IdentityChange;
    let past = and(a_contact(), (2..=6).map(|number| mail_requested(number, 5)));
    let answer = given(past.clone())
        .when(submit(IdentityChange::NewAddress, of_a_contact(), a_mail(7, 10)))
        .inspect_result();
    assert!(matches!(answer, Err(Refusal::TooManyAttempts { .. })));
    given(past)
        .when(submit(IdentityChange::Details, of_a_contact(), a_mail(7, 10)))
        .then_expect_events(vec![identity_submitted(false)]);
}

#[test]
fn a_link_is_good_for_a_day() {
    given(a_contact())
        .when(Command::VerifyEmail(open_link(1, DAY - 1)))
        .then_expect_events(vec![email_verified(1)]);
    given(a_contact())
        .when(Command::VerifyEmail(open_link(1, DAY)))
        .then_expect_events(vec![link_refused(1, LinkRefusal::Expired)]);
}

#[test]
fn a_refused_link_is_written_down_once_and_refused_each_time() {
    let past = and(a_contact(), [link_refused(1, LinkRefusal::Expired)]);
    assert_eq!(past[3].refusal(), Some(Refusal::LinkExpired));
    given(past.clone())
        .when(Command::VerifyEmail(open_link(1, DAY)))
        .then_expect_error(Refusal::LinkExpired);
    given(past)
        .when(choose_password(open_link(1, DAY)))
        .then_expect_error(Refusal::LinkExpired);
}

#[test]
fn a_replaced_link_is_written_down_once_too() {
    let past = and(
        a_contact(),
        [mail_requested(2, 5), link_refused(1, LinkRefusal::Replaced)],
    );
    assert_eq!(past[4].refusal(), Some(Refusal::LinkInvalid));
    given(past)
        .when(Command::VerifyEmail(open_link(1, 6)))
        .then_expect_error(Refusal::LinkInvalid);
}

#[test]
fn a_link_that_this_registration_never_asked_for_is_invalid_and_leaves_no_trace() {
    given(a_contact())
        .when(Command::VerifyEmail(open_link(99, 5)))
        .then_expect_error(Refusal::LinkInvalid);
    given(a_contact())
        .when(choose_password(open_link(99, 5)))
        .then_expect_error(Refusal::LinkInvalid);
}

#[test]
fn a_link_proves_only_what_it_was_made_for() {
    for purpose in [
        LinkPurpose::Resume,
        LinkPurpose::ResetPassword,
        LinkPurpose::AlreadyRegistered,
    ] {
        given(a_contact())
            .when(Command::VerifyEmail(open_link_for(purpose, 1, 5)))
            .then_expect_error(Refusal::LinkInvalid);
        given(a_contact())
            .when(choose_password(open_link_for(purpose, 1, 5)))
            .then_expect_error(Refusal::LinkInvalid);
        let past = and(a_contact(), [link_requested(2, 5, purpose)]);
        given(past)
            .when(Command::VerifyEmail(open_link_for(purpose, 2, 6)))
            .then_expect_error(Refusal::LinkInvalid);
    }
}

#[test]
fn proving_the_address_twice_is_no_error() {
    given(and(a_contact(), [email_verified(1)]))
        .when(Command::VerifyEmail(open_link(1, 6)))
        .then_expect_events(vec![]);
    given(an_account())
        .when(Command::VerifyEmail(open_link(1, 6)))
        .then_expect_events(vec![]);
}

#[test]
fn an_address_that_became_an_account_elsewhere_cannot_be_proven_here() {
    let mut proof = open_link(1, 5);
    proof.address_has_account = true;
    given(a_contact())
        .when(Command::VerifyEmail(proof.clone()))
        .then_expect_error(Refusal::AccountExists);
    given(a_contact())
        .when(choose_password(proof))
        .then_expect_error(Refusal::AccountExists);
}

#[test]
fn what_became_of_a_mail_is_written_down_once() {
    let sent = and(a_contact(), [mail_sent(1)]);
    given(a_contact())
        .when(Command::RecordMailSent(request(1), delivery()))
        .then_expect_events(vec![mail_sent(1)]);
    given(sent.clone())
        .when(Command::RecordMailSent(request(1), delivery()))
        .then_expect_events(vec![]);
    given(sent.clone())
        .when(Command::RecordMailFailed(request(1), failure()))
        .then_expect_events(vec![]);
    assert_eq!(remembered(&sent).mail, Some(MailState::Sent));
}

#[test]
fn a_mail_that_was_given_up_is_seen_and_another_may_be_asked_for() {
    let failed = Event::VerificationMailFailed(VerificationMailFailed {
        request_id: request(1),
        failure: failure(),
    });
    let past = and(a_contact(), [failed.clone()]);
    given(a_contact())
        .when(Command::RecordMailFailed(request(1), failure()))
        .then_expect_events(vec![failed]);
    assert_eq!(remembered(&past).mail, Some(MailState::Failed));
    given(past)
        .when(Command::RequestVerificationMail(a_mail(2, 5)))
        .then_expect_events(vec![mail_requested(2, 5)]);
}

#[test]
fn a_mail_that_comes_back_later_has_failed_while_its_link_is_the_one_to_follow() {
    let returned = Command::RecordMailReturned(request(1), failure());
    let failed = Event::VerificationMailFailed(VerificationMailFailed {
        request_id: request(1),
        failure: failure(),
    });
    let sent = and(a_contact(), [mail_sent(1)]);
    given(sent.clone())
        .when(returned.clone())
        .then_expect_events(vec![failed.clone()]);
    assert_eq!(
        remembered(&and(sent.clone(), [failed.clone()])).mail,
        Some(MailState::Failed)
    );
    for past in [
        a_contact(),
        and(sent.clone(), [failed]),
        and(sent.clone(), [mail_requested(2, 5)]),
        and(sent, [email_verified(1), password_set(1)]),
    ] {
        given(past).when(returned.clone()).then_expect_events(vec![]);
    }
}

#[test]
fn the_outcome_of_a_replaced_mail_says_nothing_of_the_one_that_replaced_it() {
    let past = and(a_contact(), [mail_requested(2, 5), mail_sent(1)]);
    assert_eq!(remembered(&past).mail, Some(MailState::Requested));
}

#[test]
fn a_mail_that_nobody_asked_for_has_no_outcome() {
    given(a_contact())
        .when(Command::RecordMailSent(request(99), delivery()))
        .then_expect_events(vec![]);
    given(a_contact())
        .when(Command::RecordMailFailed(request(99), failure()))
        .then_expect_events(vec![]);
}

#[test]
fn what_became_of_a_notice_is_written_down_once() {
    let sent = Event::NoticeMailSent(NoticeMailSent {
        notice: Notice::PasswordSet,
        about: 7,
        delivery: delivery(),
    });
    let past = and(an_account(), [sent.clone()]);
    given(an_account())
        .when(Command::RecordNoticeSent(Notice::PasswordSet, 7, delivery()))
        .then_expect_events(vec![sent]);
    given(past.clone())
        .when(Command::RecordNoticeSent(Notice::PasswordSet, 7, delivery()))
        .then_expect_events(vec![]);
    given(past)
        .when(Command::RecordNoticeFailed(Notice::PasswordSet, 7, failure()))
        .then_expect_events(vec![]);
}

#[test]
fn a_notice_that_comes_back_has_failed_once() {
    let sent = Event::NoticeMailSent(NoticeMailSent {
        notice: Notice::PasswordSet,
        about: 7,
        delivery: delivery(),
    });
    let failed = Event::NoticeMailFailed(NoticeMailFailed {
        notice: Notice::PasswordSet,
        about: 7,
        failure: failure(),
    });
    let returned = |about| Command::RecordNoticeReturned(Notice::PasswordSet, about, failure());
    let past = and(an_account(), [sent]);
    given(past.clone())
        .when(returned(7))
        .then_expect_events(vec![failed.clone()]);
    given(past.clone()).when(returned(8)).then_expect_events(vec![]);
    given(and(past, [failed.clone()]))
        .when(returned(7))
        .then_expect_events(vec![]);
    for never_taken in [an_account(), and(an_account(), [failed])] {
        given(never_taken).when(returned(7)).then_expect_events(vec![]);
    }
}

#[test]
fn a_notice_that_was_given_up_is_written_down_too() {
    let failed = Event::NoticeMailFailed(NoticeMailFailed {
        notice: Notice::EstablishmentClosed,
        about: 9,
        failure: failure(),
    });
    given(an_account())
        .when(Command::RecordNoticeFailed(
            Notice::EstablishmentClosed,
            9,
            failure(),
        ))
        .then_expect_events(vec![failed]);
}

#[test]
fn the_number_given_after_the_last_link_expired_asks_for_a_new_mail() {
    use domain::registration::event::RegisterStatus::Closed;
    let past = and(
        a_newcomer_with_a_pending_check(),
        [check_completed(Closed), declared_known()],
    );
    let by_number = linked(KNOWN, LinkedBy::MemberNumber);
    given(past.clone())
        .when(give_member_number(a_mail(2, 5)))
        .then_expect_events(vec![by_number.clone()]);
    given(past)
        .when(give_member_number(a_mail(2, DAY)))
        .then_expect_events(vec![by_number, mail_requested(2, DAY)]);
}

#[test]
fn a_mail_whose_link_was_used_before_its_outcome_was_known_is_told_with_the_doubt() {
    let doubt = Delivery {
        server_code: 0,
        attempts: 1,
        possibly_twice: true,
    };
    let told = Event::VerificationMailSent(VerificationMailSent {
        request_id: request(1),
        delivery: doubt.clone(),
    });
    let past = and(a_contact(), [email_verified(1), password_set(1)]);
    given(past.clone())
        .when(Command::RecordMailSent(request(1), doubt.clone()))
        .then_expect_events(vec![told.clone()]);
    given(and(past, [told]))
        .when(Command::RecordMailSent(request(1), doubt))
        .then_expect_events(vec![]);
}
