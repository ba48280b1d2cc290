//! What each behaviour of a mail server means for a mail, over real connections.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

mod smtp_sink;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::values::{Locale, RegistrationId};
use mailer::compose::{Mail, Sender, TextForm, compose};
use mailer::examples::letter_at;
use mailer::letter::{LetterKind, write};
use mailer::stationery::Stationery;
use mailer::transport::smtp::SmtpTransport;
use mailer::transport::smtp_url::SmtpServer;
use mailer::transport::{Obstacle, Outcome};
use smtp_sink::{Act, SmtpSink, TlsMode, Verb};

/// Long enough for a dialogue on loopback, short enough for a test that waits for it.
const TIMEOUT: Duration = Duration::from_millis(800);

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
    SmtpTransport::new(SmtpServer::from_url(url).unwrap()).with_timeout(TIMEOUT)
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
async fn not_now_is_surely_not_sent_at_every_verb() {
    for verb in [Verb::Mail, Verb::Rcpt, Verb::Data, Verb::Content] {
        let answer = outcome_of(Act::answer(verb, "451 4.7.1 later")).await;
        assert_eq!(answer, (Outcome::Deferred { code: Some(451) }, 0), "{verb:?}");
    }
}

#[tokio::test]
async fn never_is_for_good_at_every_verb_of_the_mail() {
    for verb in [Verb::Mail, Verb::Rcpt, Verb::Data, Verb::Content] {
        let answer = outcome_of(Act::answer(verb, "550 5.1.1 no such mailbox")).await;
        assert_eq!(answer, (Outcome::Refused { code: 550 }, 0), "{verb:?}");
    }
}

#[tokio::test]
async fn a_server_that_will_not_talk_to_us_says_nothing_of_the_mail() {
    for (verb, line, code) in [
        (Verb::Greeting, "421 too busy", 421),
        (Verb::Greeting, "554 no service here", 554),
        (Verb::Ehlo, "550 who are you", 550),
        (Verb::Mail, "530 5.7.0 sign in first", 530),
    ] {
        assert_eq!(
            outcome_of(Act::answer(verb, line)).await,
            (Outcome::Unreachable { code: Some(code) }, 0),
            "{line}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    // A port that was just ours and is nobody's now.
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap();
    let outcome = transport(&format!("smtp://{address}")).send(&mail(), go()).await;
    assert_eq!(outcome, Outcome::Unreachable { code: None });
}

#[tokio::test]
async fn a_silent_server_is_given_up_in_time_and_the_verb_tells_what_is_known() {
    for (act, expected) in [
        (
            Act::Drip(Duration::from_millis(100)),
            Outcome::Unreachable { code: None },
        ),
        (Act::Hang(Verb::Greeting), Outcome::Unreachable { code: None }),
        (Act::Hang(Verb::Ehlo), Outcome::Unreachable { code: None }),
        (Act::Hang(Verb::Mail), Outcome::Deferred { code: None }),
        (Act::Hang(Verb::Rcpt), Outcome::Deferred { code: None }),
        (Act::Hang(Verb::Data), Outcome::Deferred { code: None }),
        (Act::Hang(Verb::Content), Outcome::Unknown),
    ] {
        let begun = Instant::now();
        let (outcome, _) = outcome_of(act.clone()).await;
        assert_eq!(outcome, expected, "{act:?}");
        assert!(
            begun.elapsed() < TIMEOUT * 3,
            "{act:?} took {:?}",
            begun.elapsed()
        );
    }
}

#[tokio::test]
async fn a_connection_cut_short_tells_by_the_verb_what_is_known() {
    for (act, expected, taken) in [
        (Act::Close(Verb::Greeting), Outcome::Unreachable { code: None }, 0),
        (Act::Close(Verb::Rcpt), Outcome::Deferred { code: None }, 0),
        (Act::Close(Verb::Data), Outcome::Deferred { code: None }, 0),
        (Act::TakeAndClose, Outcome::Unknown, 1),
        (Act::AcceptAndClose, Outcome::Accepted { code: 250 }, 1),
        (Act::AcceptAndHangAtQuit, Outcome::Accepted { code: 250 }, 1),
    ] {
        assert_eq!(outcome_of(act.clone()).await, (expected, taken), "{act:?}");
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
    assert_eq!(
        transport(&url).send(&mail(), go()).await,
        Outcome::Unreachable { code: None }
    );
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn a_certificate_of_nobody_we_trust_is_refused() {
    let sink = SmtpSink::start_with(TlsMode::StartTls, [Act::Accept]).await;
    let url = format!("smtp://localhost:{}?tls=required", sink.address.port());
    assert_eq!(
        transport(&url).send(&mail(), go()).await,
        Outcome::Unreachable { code: None }
    );
    assert!(sink.mails().is_empty());
}
