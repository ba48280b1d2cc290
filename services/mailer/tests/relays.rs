//! Postfix, Exim and OpenSMTPD of Debian, as they truly answer. `script/test` fetches them and runs this.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on ends here"
)]

#[path = "relays/servers.rs"]
mod servers;

use std::time::Duration;

use chrono::TimeDelta;
use domain::values::{Locale, RegistrationId};
use lettre::transport::smtp::extension::ClientId;
use mailer::compose::{Mail, Sender, TextForm, compose};
use mailer::examples::letter_at;
use mailer::letter::{LetterKind, write};
use mailer::stationery::Stationery;
use mailer::transport::limits::Limits;
use mailer::transport::smtp::SmtpTransport;
use mailer::transport::smtp_url::SmtpServer;
use mailer::transport::{Obstacle, Outcome};
use servers::Relay;

fn mail_from(sender: &str, recipient: &str) -> Mail {
    let at = "2026-11-23T07:00:00Z".parse().unwrap();
    let mut letter = letter_at(LetterKind::VerifyEmail, Locale::Fr, at).unwrap();
    letter.recipient.email = domain::values::EmailAddress::parse(recipient).unwrap();
    let stationery = Stationery {
        catalogue: catalogue::Catalogue::load(None).unwrap().into(),
        words: catalogue::Words::load().unwrap().into(),
        public_url: "https://espace.example.org".to_owned(),
    };
    compose(
        &Sender::parse(sender).unwrap(),
        (RegistrationId(uuid::Uuid::nil()), "request@example.org"),
        at + TimeDelta::seconds(1),
        &letter,
        &write(&letter, &stationery),
        TextForm::Ascii,
    )
    .unwrap()
}

fn transport(url: &str) -> SmtpTransport {
    let server = SmtpServer::from_url(url)
        .unwrap()
        .introducing("espace.example.org");
    SmtpTransport::new(server).with_limits(LIMITS)
}

/// Long enough for any step of theirs, short enough for a test that waits for one that does not come.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(10),
    command: Duration::from_secs(20),
    data: Duration::from_secs(20),
    block: Duration::from_secs(20),
    content: Duration::from_secs(40),
};

/// What became of a mail to this recipient, in words.
async fn tried(transport: &SmtpTransport, recipient: &str) -> String {
    let mail = mail_from("Mon Espace <ne-pas-repondre@example.org>", recipient);
    told(transport.send(&mail, go()).await)
}

fn told(outcome: Outcome) -> String {
    match outcome {
        Outcome::Refused(trouble) | Outcome::Deferred(trouble) | Outcome::Unreachable(trouble) => {
            format!("{} {trouble}", outcome.code())
        }
        _ => outcome.code().to_owned(),
    }
}

/// Nothing stands against it.
async fn go() -> Result<(), Obstacle> {
    Ok(())
}

#[tokio::test]
#[ignore = "needs Debian's relays: script/test"]
async fn postfix_is_read_by_command_and_enhanced_code() {
    let relay = Relay::postfix(
        "smtpd_recipient_restrictions = check_recipient_access inline:{ \
           {greylisted@recipient.example = 450 4.7.1 Greylisted, come back}, {rule@recipient.example = 554 5.7.1 By a rule}, \
           {full@recipient.example = 552 5.2.2 Mailbox full}, {quota@recipient.example = 550 5.4.5 Daily quota exceeded}, \
           {content@recipient.example = FILTER discard:} }, permit_auth_destination, reject\n\
         smtpd_relay_restrictions =\nrelay_domains = recipient.example\nrelay_recipient_maps = inline:{ \
           {known@recipient.example = x}, {greylisted@recipient.example = x}, {rule@recipient.example = x}, \
           {full@recipient.example = x}, {quota@recipient.example = x} }\n\
         smtpd_helo_restrictions = reject_non_fqdn_helo_hostname\n\
         smtpd_sender_restrictions = check_sender_access inline:{ {refused@example.org = 553 5.7.1 Not owned} }",
    );
    let server = transport(&relay.url("smtp", "", ""));
    for (recipient, expected) in [
        ("known@recipient.example", "sent"),
        (
            "nobody@recipient.example",
            "refused no_such_recipient at RCPT: 550 5.1.1",
        ),
        (
            "greylisted@recipient.example",
            "deferred later at RCPT: 450 4.7.1",
        ),
        ("rule@recipient.example", "deferred policy at RCPT: 554 5.7.1"),
        (
            "full@recipient.example",
            "deferred mailbox_full at RCPT: 552 5.2.2",
        ),
        ("quota@recipient.example", "deferred quota at RCPT: 550 5.4.5"),
        ("a@elsewhere.example", "deferred policy at RCPT: 554 5.7.1"),
    ] {
        assert_eq!(tried(&server, recipient).await, expected, "{recipient}");
    }
    let mail = mail_from("refused@example.org", "known@recipient.example");
    // Postfix keeps its word about the sender until the recipient is named.
    assert_eq!(
        told(server.send(&mail, go()).await),
        "deferred policy at RCPT: 553 5.7.1"
    );
    let mut container = SmtpServer::from_url(&relay.url("smtp", "", "")).unwrap();
    container.hello = ClientId::Domain("3f2a".to_owned());
    assert_eq!(
        tried(&SmtpTransport::new(container), "known@recipient.example").await,
        "deferred protocol at RCPT: 504 5.5.2"
    );
}

#[tokio::test]
#[ignore = "needs Debian's relays: script/test"]
async fn postfix_refuses_at_once_at_data_and_by_size() {
    let at_once = Relay::postfix(
        "smtpd_delay_reject = no\nsmtpd_relay_restrictions = permit_mynetworks, reject\n\
         smtpd_sender_restrictions = check_sender_access inline:{ {refused@example.org = 553 5.7.1 Not owned} }\n\
         smtpd_data_restrictions = check_recipient_access inline:{ {data@recipient.example = 550 5.7.1 No mail today} }",
    );
    let server = transport(&at_once.url("smtp", "", ""));
    let mail = mail_from("refused@example.org", "known@recipient.example");
    assert_eq!(
        told(server.send(&mail, go()).await),
        "deferred sender at MAIL: 553 5.7.1"
    );
    assert_eq!(
        tried(&server, "data@recipient.example").await,
        "deferred policy at DATA: 550 5.7.1"
    );

    let small =
        Relay::postfix("message_size_limit = 2000\nsmtpd_relay_restrictions = permit_mynetworks, reject");
    let server = transport(&small.url("smtp", "", ""));
    assert_eq!(
        tried(&server, "known@recipient.example").await,
        "deferred size at content: 552 5.3.4"
    );
}

#[tokio::test]
#[ignore = "needs Debian's relays: script/test"]
async fn postfix_over_tls_with_an_authority_of_its_own() {
    let lines = |certificate: &str| {
        format!(
            "smtpd_relay_restrictions = permit_mynetworks, reject\nsmtpd_tls_security_level = encrypt\n\
             smtpd_tls_cert_file = $queue_directory/../{certificate}.pem\n\
             smtpd_tls_key_file = $queue_directory/../{certificate}.key"
        )
    };
    let relay = Relay::postfix(&lines("good"));
    let own = "?tls=required&ca_file=AUTHORITY";
    assert_eq!(
        tried(&transport(&relay.url("smtp", "", own)), "known@recipient.example").await,
        "sent"
    );
    for (scheme, query, expected) in [
        (
            "smtp",
            "?tls=required",
            "unreachable certificate_issuer at STARTTLS",
        ),
        (
            "smtps",
            "?ca_file=AUTHORITY",
            "unreachable no_tls_at_first at EHLO",
        ),
        ("smtp", "", "deferred auth_needs_tls at MAIL: 530 5.7.0"),
    ] {
        let url = relay.url(scheme, "", query);
        assert_eq!(
            tried(&transport(&url), "known@recipient.example").await,
            expected,
            "{scheme} {query}"
        );
    }
    let other_name = relay.url("smtp", "", own).replace("localhost", "127.0.0.1");
    assert_eq!(
        tried(&transport(&other_name), "known@recipient.example").await,
        "unreachable certificate_name at STARTTLS"
    );
    let old = Relay::postfix(&lines("expired"));
    assert_eq!(
        tried(&transport(&old.url("smtp", "", own)), "known@recipient.example").await,
        "unreachable certificate_expired at STARTTLS"
    );
}

/// Access control that takes everything but what its local parts ask for.
const ACCESS: &str = "acl_mail:\n  deny senders = refused@example.org\n    message = Sender not permitted\n  accept\n\
    acl_rcpt:\n  defer local_parts = greylisted\n    message = Greylisted, come back\n\
    \x20 deny local_parts = unknown\n    message = Unknown user\n\
    \x20 deny local_parts = relay\n    message = relay not permitted\n  deny local_parts = rule\n  accept\n";

#[tokio::test]
#[ignore = "needs Debian's relays: script/test"]
async fn exim_is_read_without_enhanced_codes() {
    let access = format!(
        "{ACCESS}acl_data:\n  deny condition = ${{if eq{{$recipients}}{{data@recipient.example}}}}\n  accept"
    );
    let relay = Relay::exim("tls_advertise_hosts =", &access);
    let server = transport(&relay.url("smtp", "", ""));
    for (recipient, expected) in [
        ("known@recipient.example", "sent"),
        (
            "unknown@recipient.example",
            "refused no_such_recipient at RCPT: 550",
        ),
        ("greylisted@recipient.example", "deferred later at RCPT: 451"),
        ("relay@recipient.example", "deferred policy at RCPT: 550"),
        ("rule@recipient.example", "deferred policy at RCPT: 550"),
        ("data@recipient.example", "deferred content at content: 550"),
    ] {
        assert_eq!(tried(&server, recipient).await, expected, "{recipient}");
    }
    let mail = mail_from("refused@example.org", "known@recipient.example");
    assert_eq!(
        told(server.send(&mail, go()).await),
        "deferred sender at MAIL: 550"
    );
}

#[tokio::test]
#[ignore = "needs Debian's relays: script/test"]
async fn exim_takes_passwords_behind_starttls_only() {
    let relay = Relay::exim(
        "tls_advertise_hosts = *\ntls_certificate = HOME/good.pem\n\
         tls_privatekey = HOME/good.key",
        "acl_mail:\n  accept authenticated = *\n  deny message = sign in first\nacl_rcpt:\n  accept\nacl_data:\n  accept",
    );
    let own = "?tls=required&ca_file=AUTHORITY";
    let signed_in = |password: &str| {
        let server = SmtpServer::from_url(&relay.url("smtp", "", own)).unwrap();
        SmtpTransport::new(server.signing_in("key".to_owned(), password.to_owned()))
    };
    assert_eq!(
        tried(&signed_in("12/ab+c="), "known@recipient.example").await,
        "sent"
    );
    assert_eq!(
        tried(&signed_in("other"), "known@recipient.example").await,
        "unreachable authentication at AUTH: 535"
    );
    let in_clear = transport(&relay.url("smtp", "key:pw@", ""));
    assert_eq!(
        tried(&in_clear, "known@recipient.example").await,
        "unreachable auth_needs_tls at AUTH"
    );
    let anonymous = transport(&relay.url("smtp", "", own));
    assert_eq!(
        tried(&anonymous, "known@recipient.example").await,
        "deferred sender at MAIL: 550"
    );
}

#[tokio::test]
#[ignore = "needs Debian's relays: script/test"]
async fn a_filter_that_takes_longer_than_a_command_may_is_waited_for() {
    let access = format!("{ACCESS}acl_data:\n  accept delay = 3s");
    let relay = Relay::exim("tls_advertise_hosts =", &access);
    let limits = Limits {
        command: Duration::from_secs(2),
        ..LIMITS
    };
    let server = transport(&relay.url("smtp", "", "")).with_limits(limits);
    assert_eq!(tried(&server, "known@recipient.example").await, "sent");

    let impatient = Limits {
        content: Duration::from_millis(500),
        ..limits
    };
    assert_eq!(
        tried(&server.with_limits(impatient), "known@recipient.example").await,
        "unknown"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Debian's relays: script/test"]
async fn a_connection_cut_in_the_middle_leaves_the_mail_in_doubt() {
    let access = format!("{ACCESS}acl_data:\n  accept delay = 10m");
    let relay = Relay::exim("tls_advertise_hosts =", &access);
    let server = transport(&relay.url("smtp", "", ""));
    let sending = tokio::spawn(async move { tried(&server, "known@recipient.example").await });
    let spool = relay.path("spool/input");
    let has_the_mail = || {
        let files = std::fs::read_dir(&spool).into_iter().flatten().flatten();
        files
            .into_iter()
            .any(|file| file.file_name().to_string_lossy().ends_with("-D"))
    };
    while !has_the_mail() {
        assert!(!sending.is_finished());
        tokio::task::yield_now().await;
    }
    relay.cut();
    assert_eq!(sending.await.unwrap(), "unknown");
}

#[tokio::test]
#[ignore = "needs Debian's relays: script/test"]
async fn opensmtpd_says_of_no_mailbox_that_it_is_missing() {
    let relay = Relay::opensmtpd(
        "listen on 127.0.0.1 port PORT hostname relay.example\n\
         action \"hole\" maildir \"/dev/null/nowhere\" virtual { \"known@recipient.example\" = \"root\" }\n\
         match from any for domain \"recipient.example\" action \"hole\"\n",
    );
    let server = transport(&relay.url("smtp", "", ""));
    assert_eq!(tried(&server, "known@recipient.example").await, "sent");
    for (recipient, expected) in [
        ("unknown@recipient.example", "deferred policy at RCPT: 524 5.2.4"),
        ("known@elsewhere.example", "deferred policy at RCPT: 550"),
    ] {
        assert_eq!(tried(&server, recipient).await, expected, "{recipient}");
    }
}
