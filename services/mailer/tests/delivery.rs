//! The walk of a mail where the ground gives way under it: a mailer that dies after the server's word, messages that never
//! come.

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
mod ground;
mod smtp_sink;

use std::time::Duration;

use domain::Event;
use domain::registration::event::{DeliveryFailure, FailureReason, VerificationMailSent};
use domain::values::RegistrationId;
use mailer::delivery::Verdict;
use mailer::ledger::Settlement;
use mailer::transport::cause::Cause;
use mailer::{overdue, watch};
use smtp_sink::{Act, SmtpSink, Verb};

use ground::{Ground, ask, walk_to_the_end};

/// The outcome that the events tell.
async fn told(ground: &Ground, registration: RegistrationId) -> Vec<VerificationMailSent> {
    let events = ground.events(registration).await;
    let sent = events.into_iter().filter_map(|event| match event {
        Event::VerificationMailSent(sent) => Some(sent),
        _ => None,
    });
    sent.collect()
}

#[tokio::test]
async fn the_end_of_a_mail_and_the_event_that_tells_it_are_one_transaction() {
    let ground = Ground::new(SmtpSink::start([Act::Accept]).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let errand = ground.errands(registration).await.remove(0);
    assert_eq!(ground.postman().deliver(&errand).await.unwrap(), Verdict::Done);
    let together: Vec<bool> = sqlx::query_scalar(
        "SELECT l.xmin = e.xmin AND l.state = 'sent' AND l.recorded_at IS NOT NULL
           FROM mailer.ledger l JOIN events e ON e.event_type = 'VerificationMailSent'",
    )
    .fetch_all(ground.owner())
    .await
    .unwrap();
    assert_eq!(together, [true]);
}

#[tokio::test]
async fn a_message_that_seems_new_sends_nothing_that_was_sent_or_is_being_tried() {
    let ground = Ground::new(SmtpSink::start([Act::Accept]).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let errand = ground.errands(registration).await.remove(0);
    let postman = ground.postman();
    let claim = postman.ledger.claim(&errand.mail).await.unwrap().unwrap();
    assert!(matches!(
        postman.deliver_new(&errand).await.unwrap(),
        Verdict::Later(_)
    ));
    assert_eq!(ground.sink.mails().len(), 0, "another try has it");

    let lost = Settlement::Again {
        after: Duration::ZERO,
        trouble: None,
    };
    postman
        .ledger
        .settle(&errand.mail, Some(&claim), lost)
        .await
        .unwrap();
    assert_eq!(postman.deliver_new(&errand).await.unwrap(), Verdict::Done);
    // The stream was made again, and its messages come as if for the first time.
    while let Verdict::Later(_) = postman.deliver_new(&errand).await.unwrap() {
        if postman.deliver(&errand).await.unwrap() == Verdict::Done {
            break;
        }
    }
    assert_eq!(
        (ground.sink.mails().len(), told(&ground, registration).await.len()),
        (1, 1)
    );
}

/// A mail that the server has, and a mailer that dies before it hears so.
async fn cut_short() -> (Ground, RegistrationId) {
    let ground = Ground::new(SmtpSink::start([Act::Hang(Verb::Content), Act::Accept]).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let errand = ground.errands(registration).await.remove(0);
    let postman = ground.postman();
    let walk = tokio::spawn(async move { postman.deliver(&errand).await.map(drop).unwrap() });
    while ground.sink.mails().is_empty() {
        assert!(!walk.is_finished(), "the server took no mail");
        tokio::task::yield_now().await;
    }
    walk.abort();
    let _ = walk.await;
    (ground, registration)
}

#[tokio::test]
async fn a_mail_whose_link_was_used_before_its_lease_was_over_is_told_with_the_doubt() {
    let (ground, registration) = cut_short().await;
    let mail = ground.sink.mails().remove(0);
    let text = mail_parser::MessageParser::default()
        .parse(&mail.bytes)
        .unwrap()
        .body_text(0)
        .unwrap()
        .into_owned();
    let token = text
        .split_whitespace()
        .find_map(|word| word.strip_prefix("https://espace.example.org/verify/"))
        .unwrap()
        .to_owned();
    ground
        .onboarding
        .verify_email(&ask(), &token)
        .await
        .map(drop)
        .unwrap();
    let errand = ground.errands(registration).await.remove(0);
    let request = &errand.mail.key;
    let password = format!(
        r#"{{"type":"PasswordSet","policy":"guide","algorithm":"argon2id","request_id":"{request}"}}"#
    );
    ground.add(registration, &password).await;
    ground.let_leases_end().await;
    let verdict = ground.postman().deliver(&errand).await.unwrap();
    assert_eq!(verdict, Verdict::Done);
    assert_eq!(ground.sink.mails().len(), 1, "nobody wants it again");
    let told = told(&ground, registration).await;
    assert_eq!(told.len(), 1);
    let delivery = &told[0].delivery;
    assert_eq!(
        (delivery.server_code, delivery.attempts, delivery.possibly_twice),
        (0, 1, true)
    );
    assert_eq!(ground.postman().deliver(&errand).await.unwrap(), Verdict::Done);
}

#[tokio::test]
async fn a_mail_that_was_never_tried_and_is_no_longer_wanted_leaves_nothing() {
    let ground = Ground::new(SmtpSink::start([Act::Accept]).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    ground
        .onboarding
        .request_verification_mail(registration, &ask())
        .await
        .map(drop)
        .unwrap();
    let errands = ground.errands(registration).await;
    for errand in &errands {
        assert_eq!(ground.postman().deliver(errand).await.unwrap(), Verdict::Done);
    }
    let told = told(&ground, registration).await;
    assert_eq!((errands.len(), told.len(), ground.sink.mails().len()), (2, 1, 1));
}

#[tokio::test]
async fn a_mail_that_the_server_took_without_a_word_waits_for_hours() {
    let ground = Ground::new(SmtpSink::start([Act::TakeAndClose, Act::Accept]).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let errand = ground.errands(registration).await.remove(0);
    let verdict = ground.postman().deliver(&errand).await.unwrap();
    assert!(
        matches!(verdict, Verdict::Later(wait) if wait > Duration::from_secs(3 * 3_600)),
        "{verdict:?}"
    );
    assert!(told(&ground, registration).await.is_empty());
    let held = watch::held(ground.owner()).await.unwrap();
    assert_eq!((held[0].cause.as_str(), held[0].mails), ("unknown", 1));

    ground.let_leases_end().await;
    walk_to_the_end(ground.postman(), errand).await;
    let told = told(&ground, registration).await;
    assert!(told[0].delivery.possibly_twice);
    assert_eq!(ground.sink.mails().len(), 2);
}

#[tokio::test]
async fn a_refusal_of_ours_is_kept_and_only_one_of_the_recipient_is_told() {
    let script = [
        Act::answer(Verb::Rcpt, "554 5.7.1 relay access denied"),
        Act::answer(Verb::Rcpt, "550 5.1.1 no such user"),
    ];
    let ground = Ground::new(SmtpSink::start(script).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let errand = ground.errands(registration).await.remove(0);
    let failures = async || -> Vec<DeliveryFailure> {
        let events = ground.events(registration).await.into_iter();
        let failed = events.filter_map(|event| match event {
            Event::VerificationMailFailed(failed) => Some(failed.failure),
            _ => None,
        });
        failed.collect()
    };
    let verdict = ground.postman().deliver(&errand).await.unwrap();
    assert!(matches!(verdict, Verdict::Later(_)));
    assert!(failures().await.is_empty());
    let held = watch::held(ground.owner()).await.unwrap();
    assert_eq!(
        (
            held[0].cause(),
            held[0].command.as_deref(),
            held[0].enhanced_code.as_deref()
        ),
        (Some(Cause::Policy), Some("RCPT"), Some("5.7.1"))
    );

    ground.let_leases_end().await;
    assert_eq!(ground.postman().deliver(&errand).await.unwrap(), Verdict::Done);
    let failure = failures().await.remove(0);
    assert_eq!(
        (failure.reason, failure.server_code, failure.attempts),
        (FailureReason::Refused, Some(550), 2)
    );
    assert_eq!(failure.enhanced_code.unwrap().to_string(), "5.1.1");
}

/// Makes what was asked for older.
async fn let_minutes_pass(ground: &Ground, minutes: i32) {
    sqlx::query("UPDATE mailer.wanted SET asked_at = asked_at - $1 * interval '1 minute'")
        .bind(minutes)
        .execute(ground.owner())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_mail_whose_message_never_came_is_seen_and_walked() {
    let ground = Ground::new(SmtpSink::start([Act::Accept]).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let open = async || watch::look(ground.owner()).await.unwrap();
    assert_eq!((open().await.waiting, open().await.overdue), (1, 0));
    let postman = ground.postman();
    let pool = ground.database.store.pool();
    assert_eq!(overdue::round(&postman, pool).await.unwrap(), 0, "it is young");

    let_minutes_pass(&ground, 6).await;
    assert_eq!(open().await.overdue, 1);
    assert!(open().await.oldest_overdue_seconds >= 360.0);
    assert_eq!(overdue::round(&postman, pool).await.unwrap(), 1);
    assert_eq!(told(&ground, registration).await.len(), 1);
    assert_eq!((ground.sink.mails().len(), open().await.waiting), (1, 0));
}

#[tokio::test]
async fn a_mail_with_a_try_under_way_or_planned_is_waited_for() {
    let script = [
        Act::answer(Verb::Rcpt, "451 4.7.1 greylisted, come back"),
        Act::Accept,
    ];
    let ground = Ground::new(SmtpSink::start(script).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let errand = ground.errands(registration).await.remove(0);
    let_minutes_pass(&ground, 6).await;
    let verdict = ground.postman().deliver(&errand).await.unwrap();
    assert!(matches!(verdict, Verdict::Later(_)));
    let open = watch::look(ground.owner()).await.unwrap();
    assert_eq!((open.waiting, open.overdue), (1, 0), "the next try is planned");

    sqlx::query("UPDATE mailer.ledger SET not_before = clock_timestamp() - interval '3 minutes'")
        .execute(ground.owner())
        .await
        .unwrap();
    let open = watch::look(ground.owner()).await.unwrap();
    assert_eq!(open.overdue, 1, "nobody came to make it");

    sqlx::query("UPDATE mailer.ledger SET state = 'withdrawn', recorded_at = clock_timestamp()")
        .execute(ground.owner())
        .await
        .unwrap();
    let open = watch::look(ground.owner()).await.unwrap();
    assert_eq!(open.overdue, 1, "a row that hides a wanted mail");
    let pool = ground.database.store.pool();
    assert_eq!(overdue::round(&ground.postman(), pool).await.unwrap(), 1);
    assert_eq!(ground.sink.mails().len(), 1);
}

#[tokio::test]
async fn what_is_asked_for_and_no_longer_wanted_is_not_waited_for() {
    let ground = Ground::new(SmtpSink::start([Act::Accept]).await).await;
    let registration = ground.start("clare.dupont@example.com").await;
    let keys = async || -> Vec<String> {
        sqlx::query_scalar("SELECT mail_key FROM mailer.wanted ORDER BY slot")
            .fetch_all(ground.owner())
            .await
            .unwrap()
    };
    let asked = async || -> Vec<String> {
        let errands = ground.errands(registration).await;
        errands.into_iter().map(|errand| errand.mail.key).collect()
    };
    assert_eq!(keys().await, asked().await);
    ground
        .onboarding
        .request_verification_mail(registration, &ask())
        .await
        .map(drop)
        .unwrap();
    assert_eq!(keys().await, asked().await[1..], "the second replaced the first");

    let errand = ground.errands(registration).await.remove(1);
    walk_to_the_end(ground.postman(), errand).await;
    assert!(keys().await.is_empty());
    let first = ground.sink.mails().remove(0);
    assert_eq!(first.to, ["clare.dupont@example.com"]);

    ground.add(registration, r#"{"type":"PasswordSet","policy":"guide","algorithm":"argon2id","request_id":"0198f000-0000-7000-8000-000000000002"}"#).await;
    ground.add(registration, r#"{"type":"RegisterCheckCompleted","siret":"00000000000018","register_check":{"status":"closed","source":"insee","checked_at":"2026-11-23T07:00:00Z"}}"#).await;
    ground.add(registration, r#"{"type":"RegisterCheckCompleted","siret":"00000000000018","register_check":{"status":"active","source":"insee","checked_at":"2026-11-23T07:00:00Z"}}"#).await;
    ground
        .add(
            registration,
            r#"{"type":"InactivityWarned","last_seen":"2024-03-01","erase_from":"2026-04-01"}"#,
        )
        .await;
    let notices = keys().await;
    assert_eq!(notices, asked().await[2..], "one for each notice");
    assert_eq!(notices.len(), 3);
    for (event, kind) in [
        ("NoticeMailSent", r#""notice":"password_set","#),
        ("InactivityMailFailed", ""),
    ] {
        let about = match kind {
            "" => notices[2].split('.').nth(1).unwrap(),
            _ => notices[0].split('.').nth(1).unwrap(),
        };
        let rest = r#""server_code":250,"attempts":1,"possibly_twice":false,"reason":"refused""#;
        ground
            .add(
                registration,
                &format!(r#"{{"type":"{event}",{kind}"about":{about},{rest}}}"#),
            )
            .await;
    }
    assert_eq!(keys().await, notices[1..2]);
    ground
        .add(
            registration,
            r#"{"type":"PersonErased","by":"operator","reason":"requested"}"#,
        )
        .await;
    assert!(keys().await.is_empty());
}
