//! Our mails before judges that know nothing of us: a verifier of DKIM and SpamAssassin, from Debian's packages.
//! `script/test` installs them and runs this.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on ends here"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::TimeDelta;
use domain::values::{Locale, RegistrationId};
use mailer::compose::{Sender, TextForm, compose};
use mailer::dkim::{Dkim, DkimError};
use mailer::examples::letter_at;
use mailer::letter::{LetterKind, write};
use mailer::stationery::Stationery;

/// Every letter in every language, as it goes to a server.
fn mails(sender: &Sender) -> Vec<(String, Vec<u8>)> {
    let at = chrono::Utc::now();
    let stationery = Stationery {
        catalogue: catalogue::Catalogue::load(None).unwrap().into(),
        words: catalogue::Words::load().unwrap().into(),
        public_url: "https://espace.example.org".to_owned(),
    };
    let every = LetterKind::ALL
        .into_iter()
        .flat_map(|kind| [(kind, Locale::Fr), (kind, Locale::En)]);
    every
        .map(|(kind, locale)| {
            let letter = letter_at(kind, locale, at).unwrap();
            let mail = compose(
                sender,
                (
                    RegistrationId(uuid::Uuid::nil()),
                    "0198f000-0000-7000-8000-000000000002@example.org",
                ),
                at + TimeDelta::seconds(1),
                &letter,
                &write(&letter, &stationery),
                TextForm::Ascii,
            );
            (format!("{}-{}", locale.code(), kind.code()), mail.unwrap().bytes)
        })
        .collect()
}

fn sender() -> Sender {
    Sender::parse("Mon Espace <ne-pas-repondre@example.org>").unwrap()
}

/// What a program says of a text.
fn said(program: &str, arguments: &[&str], input: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout).into_owned()
}

fn key(folder: &Path, arguments: &[&str]) -> std::path::PathBuf {
    let file = folder.join(format!("{}.pem", arguments.join("-")));
    let made = Command::new("openssl")
        .args(arguments)
        .arg("-out")
        .arg(&file)
        .output()
        .unwrap();
    assert!(made.status.success());
    file
}

/// Prints whether a mail's signature stands, with the record that DNS would answer.
const VERIFY: &str = "
import sys, dkim
name, record = sys.argv[1].encode(), sys.argv[2].encode()
answers = {name + b'.': record}
print(dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda asked, timeout=5: answers.get(asked if isinstance(asked, bytes) else asked.encode())))
";

#[test]
#[ignore = "needs Debian's python3-dkim: script/test"]
fn a_signature_stands_before_another_verifier() {
    let home = tempfile::tempdir().unwrap();
    for form in [
        &["genpkey", "-algorithm", "RSA"][..],
        &["genrsa", "-traditional"],
        &["genpkey", "-algorithm", "ed25519"],
    ] {
        let dkim = Dkim::open(&key(home.path(), form), "onboarding", "example.org").unwrap();
        let (name, record) = dkim.record();
        assert_eq!(name, "onboarding._domainkey.example.org");
        for (letter, bytes) in mails(&sender().signing(Some(dkim.clone()))) {
            let judged = |bytes: &[u8]| said("/usr/bin/python3", &["-c", VERIFY, name, record], bytes);
            assert_eq!(judged(&bytes).trim(), "True", "{letter}");
            if letter != "fr-verify_email" {
                continue;
            }
            let text = String::from_utf8(bytes).unwrap();
            let forged = text.replacen("Subject: ", "Subject: Re: ", 1);
            assert_eq!(judged(forged.as_bytes()).trim(), "False", "{letter}");
            let added = format!("From: eve@example.net\r\n{text}");
            assert_eq!(
                judged(added.as_bytes()).trim(),
                "False",
                "{letter}: a sender was added"
            );
        }
    }
}

#[test]
#[ignore = "needs openssl: script/test"]
fn a_key_that_is_none_is_refused_with_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let open = |file: &Path| Dkim::open(file, "onboarding", "example.org").unwrap_err();
    assert!(matches!(open(&home.path().join("missing")), DkimError::File(..)));
    let text = home.path().join("text");
    std::fs::write(&text, "not a key").unwrap();
    assert!(open(&text).to_string().contains("openssl genrsa"));
    let short = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:512"];
    assert!(matches!(open(&key(home.path(), &short)), DkimError::Short(_)));
    let foreign = ["genpkey", "-algorithm", "X25519"];
    assert!(matches!(open(&key(home.path(), &foreign)), DkimError::Key(_)));
}

#[test]
#[ignore = "needs Debian's spamassassin: script/test"]
fn a_spam_filter_without_a_network_has_nothing_against_any_letter() {
    for (letter, bytes) in mails(&sender()) {
        let report = said(
            "spamassassin",
            &["--local", "--test-mode", "--nocreate-prefs"],
            &bytes,
        );
        let score: f64 = report
            .lines()
            .filter_map(|line| line.split("score=").nth(1))
            .find_map(|rest| rest.split_whitespace().next()?.parse().ok())
            .expect("a score");
        assert!(score < 1.0, "{letter}: {score}\n{report}");
    }
}
