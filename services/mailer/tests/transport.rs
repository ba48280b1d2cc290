//! What each behaviour of a mail server means for a mail, over real connections.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

mod smtp_sink;

use std::time::Duration;

use chrono::TimeDelta;
use domain::values::{Locale, RegistrationId};
use mailer::compose::{Mail, Sender, TextForm, compose};
use mailer::examples::letter_at;
use mailer::letter::{LetterKind, write};
use mailer::stationery::Stationery;
use mailer::transport::cause::Cause;
use mailer::transport::limits::Limits;
use mailer::transport::smtp::{Greeted, SmtpTransport};
use mailer::transport::smtp_url::SmtpServer;
use mailer::transport::{Obstacle, Outcome};
use smtp_sink::{Act, SmtpSink, TlsMode, Verb};

/// Long enough for a step on loopback, short enough for a test that waits for it.
const LIMITS: Limits = Limits {
    connect: Duration::from_millis(800),
    command: Duration::from_millis(800),
    data: Duration::from_millis(800),
    block: Duration::from_millis(800),
    content: Duration::from_millis(800),
};

fn mail() -> Mail {
    let at = "2026-11-23T07:00:00Z".parse().unwrap();
    let letter = letter_at(LetterKind::VerifyEmail, Locale::Fr, at).unwrap();
    let stationery = Stationery {
        catalogue: catalogue::Catalogue::load(None).unwrap().into(),
        words: catalogue::Words::load().unwrap().into(),
        public_url: "https://espace.example.org".to_owned(),
    };
    let sender = Sender::parse("Mon Espace <ne-pas-repondre@example.org>").unwrap();
    compose(
        &sender,
        (RegistrationId(uuid::Uuid::nil()), "request@example.org"),
        at + TimeDelta::seconds(1),
        &letter,
        &write(&letter, &stationery),
        TextForm::Ascii,
    )
    .unwrap()
}

fn transport(url: &str) -> SmtpTransport {
    SmtpTransport::new(SmtpServer::from_url(url).unwrap()).with_limits(LIMITS)
}

/// Nothing stands against it.
async fn go() -> Result<(), Obstacle> {
    Ok(())
}

async fn outcome_of(act: Act) -> (Outcome, usize) {
    let sink = SmtpSink::start([act]).await;
    let outcome = transport(&sink.url()).send(&mail(), go()).await;
    (outcome, sink.mails().len())
}

/// What is told of a try that did not end well: `outcome cause at COMMAND: code`.
fn told(outcome: Outcome) -> String {
    match outcome {
        Outcome::Refused(trouble) | Outcome::Deferred(trouble) | Outcome::Unreachable(trouble) => {
            format!("{} {trouble}", outcome.code())
        }
        _ => outcome.code().to_owned(),
    }
}

#[tokio::test]
async fn a_server_takes_a_mail_as_it_was_written() {
    let sink = SmtpSink::start([Act::Accept]).await;
    let mail = mail();
    let outcome = transport(&sink.url()).send(&mail, go()).await;
    assert_eq!(outcome, Outcome::Accepted { code: 250 });
    let taken = &sink.mails()[0];
    assert_eq!(
        (taken.from.as_str(), taken.to[0].as_str()),
        ("ne-pas-repondre@example.org", "clare.dupont@exemple.com")
    );
    assert_eq!(taken.bytes.trim_ascii_end(), mail.bytes.trim_ascii_end());
}

#[tokio::test]
async fn each_answer_is_read_by_the_command_that_it_answers() {
    for (verb, line, expected) in [
        (
            Verb::Greeting,
            "421 too busy",
            "unreachable server_busy at EHLO: 421",
        ),
        (
            Verb::Greeting,
            "554 no service here",
            "unreachable greeting at EHLO: 554",
        ),
        (
            Verb::Ehlo,
            "504 5.5.2 <box>: Helo command rejected",
            "unreachable protocol at EHLO: 504 5.5.2",
        ),
        (
            Verb::Mail,
            "530 5.7.0 sign in first",
            "unreachable authentication at MAIL: 530 5.7.0",
        ),
        (
            Verb::Mail,
            "553 5.7.1 not owned by user",
            "deferred sender at MAIL: 553 5.7.1",
        ),
        (
            Verb::Mail,
            "550 5.1.1 no such sender",
            "deferred sender at MAIL: 550 5.1.1",
        ),
        (
            Verb::Rcpt,
            "451 4.7.1 greylisted",
            "deferred later at RCPT: 451 4.7.1",
        ),
        (
            Verb::Rcpt,
            "554 5.7.1 relay access denied",
            "deferred policy at RCPT: 554 5.7.1",
        ),
        (
            Verb::Rcpt,
            "552 5.2.2 mailbox full",
            "deferred mailbox_full at RCPT: 552 5.2.2",
        ),
        (
            Verb::Rcpt,
            "550 5.1.1 no such mailbox",
            "refused no_such_recipient at RCPT: 550 5.1.1",
        ),
        (
            Verb::Rcpt,
            "550-5.1.1 no such mailbox\r\n550 5.1.1 at all",
            "refused no_such_recipient at RCPT: 550 5.1.1",
        ),
        (
            Verb::Data,
            "451 4.3.0 later",
            "deferred server_busy at DATA: 451 4.3.0",
        ),
        (
            Verb::Data,
            "550 5.7.1 by a rule",
            "deferred policy at DATA: 550 5.7.1",
        ),
        (
            Verb::Content,
            "550 5.7.26 unauthenticated",
            "deferred sender_authentication at content: 550 5.7.26",
        ),
        (
            Verb::Content,
            "552 5.3.4 too large",
            "deferred size at content: 552 5.3.4",
        ),
        (
            Verb::Content,
            "550 5.1.1 no such mailbox",
            "deferred policy at content: 550 5.1.1",
        ),
    ] {
        let (outcome, taken) = outcome_of(Act::answer(verb, line)).await;
        assert_eq!((told(outcome).as_str(), taken), (expected, 0), "{line}");
    }
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    // A port that was just ours and is nobody's now.
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap();
    let outcome = transport(&format!("smtp://{address}")).send(&mail(), go()).await;
    assert_eq!(told(outcome), "unreachable nobody_listens at EHLO");
    let outcome = transport("smtp://relay.invalid").send(&mail(), go()).await;
    assert_eq!(told(outcome), "unreachable name_not_found");
}

#[tokio::test]
async fn a_silent_server_is_given_up_and_the_command_tells_what_is_known() {
    for (act, expected) in [
        (
            Act::Drip(Duration::from_millis(100)),
            "unreachable silent at EHLO",
        ),
        (Act::Hang(Verb::Greeting), "unreachable silent at EHLO"),
        (Act::Hang(Verb::Ehlo), "unreachable silent at EHLO"),
        (Act::Hang(Verb::Mail), "deferred silent at MAIL"),
        (Act::Hang(Verb::Rcpt), "deferred silent at RCPT"),
        (Act::Hang(Verb::Data), "deferred silent at DATA"),
        (Act::Hang(Verb::Content), "unknown"),
    ] {
        let (outcome, _) = outcome_of(act.clone()).await;
        assert_eq!(told(outcome), expected, "{act:?}");
    }
}

#[tokio::test]
async fn a_server_that_filters_for_longer_than_a_command_may_take_is_waited_for() {
    let sink = SmtpSink::start([Act::Ponder(Duration::from_millis(1_200))]).await;
    let limits = Limits {
        content: Duration::from_secs(600),
        ..LIMITS
    };
    let transport = transport(&sink.url()).with_limits(limits);
    assert_eq!(
        transport.send(&mail(), go()).await,
        Outcome::Accepted { code: 250 }
    );
    assert_eq!((sink.connections(), sink.mails().len()), (1, 1));
}

#[tokio::test]
async fn the_limits_are_those_of_the_standard() {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let limits = Limits::default();
    assert_eq!(
        (limits.command, limits.data, limits.block, limits.content),
        (minutes(5), minutes(2), minutes(3), minutes(10))
    );
    assert_eq!(Limits::of_command(minutes(5)), limits);
}

#[tokio::test]
async fn a_connection_cut_short_tells_by_the_command_what_is_known() {
    for (act, expected, taken) in [
        (Act::Close(Verb::Greeting), "unreachable cut at EHLO", 0),
        (Act::Close(Verb::Rcpt), "deferred cut at RCPT", 0),
        (Act::Close(Verb::Data), "deferred cut at DATA", 0),
        (Act::TakeAndClose, "unknown", 1),
        (Act::AcceptAndClose, "sent", 1),
        (Act::AcceptAndHangAtQuit, "sent", 1),
    ] {
        let (outcome, mails) = outcome_of(act.clone()).await;
        assert_eq!((told(outcome).as_str(), mails), (expected, taken), "{act:?}");
    }
}

#[tokio::test]
async fn a_mail_that_is_held_back_is_not_handed_over() {
    let sink = SmtpSink::start([Act::Accept]).await;
    for (nth, obstacle) in [Obstacle::NotWanted, Obstacle::LeaseLost, Obstacle::Unclear]
        .into_iter()
        .enumerate()
    {
        let outcome = transport(&sink.url())
            .send(&mail(), async { Err(obstacle) })
            .await;
        assert_eq!(outcome, Outcome::HeldBack(obstacle));
        assert_eq!((sink.connections(), sink.mails().len()), (nth + 1, 0));
    }
}

#[tokio::test]
async fn after_a_timeout_the_next_mail_does_not_read_old_answers() {
    let sink = SmtpSink::start([Act::Hang(Verb::Content), Act::Accept]).await;
    let transport = transport(&sink.url());
    assert_eq!(transport.send(&mail(), go()).await, Outcome::Unknown);
    assert_eq!(
        transport.send(&mail(), go()).await,
        Outcome::Accepted { code: 250 }
    );
    assert_eq!(sink.connections(), 2);
}

#[tokio::test]
async fn tls_is_used_as_the_url_says() {
    let home = tempfile::tempdir().unwrap();
    for (mode, scheme, query) in [
        (TlsMode::StartTls, "smtp", "tls=required"),
        (TlsMode::StartTls, "smtp", "tls=opportunistic"),
        (TlsMode::FromTheStart, "smtps", "x"),
    ] {
        let sink = SmtpSink::start_with(mode, [Act::Accept]).await;
        let authority = home.path().join(format!("{}.pem", sink.address.port()));
        std::fs::write(&authority, &sink.authority_pem).unwrap();
        let query = if query == "x" {
            String::new()
        } else {
            format!("{query}&")
        };
        let port = sink.address.port();
        let url = format!(
            "{scheme}://user:pass@localhost:{port}?{query}ca_file={}",
            authority.display()
        );
        assert_eq!(
            transport(&url).send(&mail(), go()).await,
            Outcome::Accepted { code: 250 },
            "{scheme} {query}"
        );
        let taken = &sink.mails()[0];
        assert!(taken.over_tls);
        assert_eq!(taken.credentials.as_deref(), Some("AHVzZXIAcGFzcw=="));
    }
}

#[tokio::test]
async fn nothing_is_sent_in_clear_when_tls_is_required() {
    let sink = SmtpSink::start([Act::Accept]).await;
    let port = sink.address.port();
    let url = format!("smtp://user:pass@localhost:{port}?tls=required");
    let outcome = transport(&url).send(&mail(), go()).await;
    assert_eq!(told(outcome), "unreachable no_starttls at EHLO");
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn what_stands_in_the_way_is_named_before_a_mail_is_sent() {
    let home = tempfile::tempdir().unwrap();
    let authority = |sink: &SmtpSink| {
        let path = home.path().join(format!("{}.pem", sink.address.port()));
        std::fs::write(&path, &sink.authority_pem).unwrap();
        path.display().to_string()
    };
    let probe = async |url: String| match transport(&url).probe().await {
        Ok(greeted) => Ok(greeted),
        Err(failure) => Err(failure.trouble.to_string()),
    };
    let plain = SmtpSink::start([Act::Accept]).await;
    let starttls = SmtpSink::start_with(TlsMode::StartTls, [Act::Accept]).await;
    let tls = SmtpSink::start_with(TlsMode::FromTheStart, [Act::Accept]).await;
    let port = |sink: &SmtpSink| sink.address.port();

    let well = probe(format!(
        "smtp://a:b@localhost:{}?tls=required&ca_file={}",
        port(&starttls),
        authority(&starttls)
    ));
    let sealed_and_signed_in = Greeted {
        over_tls: true,
        signed_in: true,
    };
    assert_eq!(well.await, Ok(sealed_and_signed_in));
    for (url, expected) in [
        (
            format!("smtp://localhost:{}?tls=required", port(&starttls)),
            "certificate_issuer at STARTTLS",
        ),
        (
            format!("smtps://localhost:{}", port(&tls)),
            "certificate_issuer at EHLO",
        ),
        (
            format!("smtps://127.0.0.1:{}?ca_file={}", port(&tls), authority(&tls)),
            "certificate_name at EHLO",
        ),
        (
            format!("smtps://localhost:{}", port(&starttls)),
            "no_tls_at_first at EHLO",
        ),
        (format!("smtp://localhost:{}", port(&tls)), "not_smtp at EHLO"),
        (
            format!("smtp://a:b@localhost:{}", port(&starttls)),
            "auth_needs_tls at AUTH",
        ),
        (
            format!("smtp://localhost:{}?tls=required", port(&plain)),
            "no_starttls at EHLO",
        ),
    ] {
        assert_eq!(probe(url.clone()).await, Err(expected.to_owned()), "{url}");
    }
    plain.play([Act::answer(Verb::Ehlo, "250-sink.example\r\n250 AUTH XOAUTH2")]);
    let url = format!("smtp://a:b@localhost:{}", port(&plain));
    assert_eq!(
        probe(url.clone()).await,
        Err("auth_only_xoauth2 at AUTH".to_owned())
    );
    assert!(Cause::AuthOnlyXoauth2.remedy().contains("application password"));
    plain.play([Act::answer(Verb::Auth, "535 5.7.8 no")]);
    assert_eq!(
        probe(url).await,
        Err("authentication at AUTH: 535 5.7.8".to_owned())
    );
    assert!(plain.mails().is_empty() && starttls.mails().is_empty() && tls.mails().is_empty());
}
