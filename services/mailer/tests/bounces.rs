//! Mails that come back after a relay had taken them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on ends here"
)]

#[path = "../../store/tests/postgres/cluster.rs"]
#[allow(
    dead_code,
    missing_docs,
    reason = "shared with the store's tests, which use all of it"
)]
mod cluster;
#[allow(
    dead_code,
    reason = "shared with the tests of deliveries, which use all of it"
)]
mod ground;
mod smtp_sink;

use domain::Event;
use domain::registration::event::FailureReason;
use domain::values::EnhancedCode;
use mailer::bounce::{self, Taken};
use smtp_sink::{Act, SmtpSink};

use ground::{Ground, walk_to_the_end};

/// A bounce as a relay writes it, that returns the headers of a mail.
fn notification(status: &str, action: &str, mail: &[u8]) -> Vec<u8> {
    let mail = String::from_utf8_lossy(mail);
    let headers = mail.split("\r\n\r\n").next().unwrap();
    format!(
        "From: MAILER-DAEMON@relay.example\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; clare.dupont@example.com\r\n\
         Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} <clare.dupont@example.com>: no\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{headers}\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_mail_that_comes_back_is_told_once_and_a_forged_bounce_changes_nothing() {
    let ground = Ground::new(SmtpSink::start([Act::Accept]).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let errand = ground.errands(registration).await.remove(0);
    walk_to_the_end(ground.postman(), errand.clone()).await;
    let mail = ground.sink.mails().remove(0).bytes;
    let taken = async |message: Vec<u8>| {
        let pool = ground.database.store.pool();
        bounce::take(&ground.onboarding, pool, &message).await.unwrap()
    };
    let forged =
        String::from_utf8_lossy(&mail).replace(&errand.mail.key, "0198f000-0000-7000-8000-000000000002");
    for (message, expected) in [
        (b"Subject: hello\r\n\r\nhello".to_vec(), Taken::Foreign),
        (notification("5.1.1", "failed", forged.as_bytes()), Taken::Foreign),
        (notification("4.4.1", "delayed", &mail), Taken::NotFinal),
        (
            notification("5.7.1", "failed", &mail),
            Taken::AboutUs(EnhancedCode::parse("5.7.1").unwrap()),
        ),
    ] {
        assert_eq!(taken(message).await, expected);
    }
    let events = ground.events(registration).await.len();

    assert_eq!(
        taken(notification("5.1.1", "failed", &mail)).await,
        Taken::Recorded(registration)
    );
    assert_eq!(taken(notification("5.1.1", "failed", &mail)).await, Taken::Past);
    let after = ground.events(registration).await;
    assert_eq!(after.len(), events + 1);
    let Some(Event::VerificationMailFailed(failed)) = after.last() else {
        panic!("not told: {after:?}");
    };
    assert_eq!(
        (failed.failure.reason, failed.failure.server_code),
        (FailureReason::Refused, Some(550))
    );
}

#[tokio::test]
async fn a_mail_without_a_link_that_comes_back_is_told_once_too() {
    let ground = Ground::new(SmtpSink::start([Act::Accept]).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let payload = r#"{"type":"PasswordSet","policy":"guide","algorithm":"argon2id","request_id":"0198f000-0000-7000-8000-000000000002"}"#;
    ground.add(registration, payload).await;
    let errand = ground.errands(registration).await.pop().unwrap();
    walk_to_the_end(ground.postman(), errand).await;
    let mail = ground.sink.mails().remove(0).bytes;
    let taken = async || {
        let pool = ground.database.store.pool();
        let message = notification("5.1.1", "failed", &mail);
        bounce::take(&ground.onboarding, pool, &message).await.unwrap()
    };
    assert_eq!(taken().await, Taken::Recorded(registration));
    assert_eq!(taken().await, Taken::Past);
    let events = ground.events(registration).await;
    let Some(Event::NoticeMailFailed(failed)) = events.last() else {
        panic!("not told: {events:?}");
    };
    assert_eq!(failed.failure.reason, FailureReason::Refused);
}
