//! `onboarding up --demo`: everything in one process, as it is tried first.

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::json;
use tests::binary::BINARY;
use tests::client::Client;
use tests::eventually::eventually;
use tests::fetching::Fetching;
use tests::guard::{Guarded, Start, log_file};
use tests::people::newcomer;
use tests::ports::free_port;
use tests::run;

struct Up {
    runs: Guarded,
    client: Client,
}

/// What `up` and the commands beside it are told alike.
fn environment(folder: &Path) -> Vec<(String, String)> {
    let programs = [
        ("ONBOARDING_DATA_DIR", folder.join("data")),
        ("ONBOARDING_NATS_BIN", tests::programs::nats_server()),
        ("ONBOARDING_POSTGRES_BIN_DIR", tests::programs::postgres_folder()),
    ];
    let told = programs.map(|(name, path)| (name.to_owned(), path.display().to_string()));
    told.to_vec()
}

/// Runs a command on the data directory; what it printed.
fn command(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = Command::new(&*BINARY)
        .args(arguments)
        .envs(environment(folder))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let logged = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}{logged}");
    said
}

async fn up(folder: &Path, name: &str) -> Up {
    let (port, admin) = (free_port(), free_port());
    let mut environment = environment(folder);
    environment.push(("ONBOARDING_LISTEN".to_owned(), format!("127.0.0.1:{port}")));
    environment.push(("ONBOARDING_ADMIN_LISTEN".to_owned(), format!("127.0.0.1:{admin}")));
    let start = Start {
        name,
        folder,
        end_signal: "TERM",
        account: None,
    };
    let runs = start.spawn(&BINARY, &["up".to_owned(), "--demo".to_owned()], &environment);
    let ready = format!("ready http://127.0.0.1:{port}");
    eventually("`up` says that it is ready", async || {
        let said = fs::read_to_string(log_file(folder, name)).unwrap_or_default();
        assert!(runs.is_running(), "`up` has ended:\n{said}");
        said.lines().any(|line| line == ready).then_some(())
    })
    .await;
    Up {
        runs,
        client: Client::new(&format!("http://127.0.0.1:{port}")),
    }
}

#[test]
fn one_command_serves_a_whole_journey_stops_cleanly_and_finds_its_data_again() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        open_the_way_to(folder.path());
        let first = up(folder.path(), "first").await;
        let said = eventually("it says where to go", async || {
            let said = fs::read_to_string(log_file(folder.path(), "first")).ok()?;
            said.contains("  console  ").then_some(said)
        })
        .await;
        for told in [
            "/dev/mail",
            "contact01@example.org",
            "000 000 406 00017",
            "1000001",
        ] {
            assert!(said.contains(told), "{told}: {said}");
        }
        let secret = said.split("secret ").nth(1).and_then(|rest| rest.lines().next());
        let form = [
            ("name", "demo"),
            ("secret", secret.expect("a secret")),
            ("purpose", "to try"),
        ];
        let enter = first
            .client
            .ask(reqwest::Method::POST, "/console/sign-in")
            .header("sec-fetch-site", "same-origin");
        enter.form(&form).send().await.expect(303);
        let person = newcomer();
        let started = first
            .client
            .post("/v1/registrations", &person.form())
            .await
            .expect(201);
        let (id, token) = (
            started.text_at("id").to_owned(),
            started.text_at("continuation_token").to_owned(),
        );
        let put = |client: &Client, step: &str, body: serde_json::Value| {
            client
                .ask(reqwest::Method::PUT, &format!("/v1/registrations/{id}/{step}"))
                .bearer(&token)
                .json(&body)
                .send()
        };
        put(&first.client, "topics", json!({"topics": []}))
            .await
            .expect(200);
        let declared = put(&first.client, "establishment", json!({"siret": "13002526500013"}))
            .await
            .expect(200);
        assert_eq!(declared.body["establishment"]["suggested_idcc"], json!(["5003"]));
        first.runs.signal(Signal::SIGTERM);
        first.runs.wait();

        let second = up(folder.path(), "second").await;
        put(&second.client, "idcc", json!({"idcc": "1979"}))
            .await
            .expect(200)
            .in_state("awaiting_email_verification");
        let mail = eventually("the mail becomes a file", async || {
            let files = fs::read_dir(folder.path().join("data/mail")).ok()?;
            let mut mails = files
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|it| it == "eml"));
            fs::read_to_string(mails.next()?).ok()
        })
        .await;
        assert!(mail.contains(&person.email));
        assert!(
            second
                .client
                .get("/dev/mail")
                .await
                .expect(200)
                .text
                .contains("/dev/mail/"),
            "mails are shown on loopback"
        );
        command(folder.path(), &["erase", &id, "--reason", "asked by letter"], 0);
        eventually("the mails of an erased person go", async || {
            let mut files = fs::read_dir(folder.path().join("data/mail")).ok()?;
            files.next().is_none().then_some(())
        })
        .await;
        second.runs.signal(Signal::SIGINT);
        second.runs.wait();
        let said = fs::read_to_string(log_file(folder.path(), "second")).unwrap();
        assert!(!said.contains("panicked"), "{said}");
    });
}

#[test]
fn the_embedded_server_lets_subscribers_in_by_the_secret_that_was_printed_and_until_it_is_revoked() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        open_the_way_to(folder.path());
        let up = up(folder.path(), "up").await;
        let elsewhere = folder.path().join("mistyped");
        let refused = Command::new(&*BINARY)
            .args(["audit", "verify"])
            .env("ONBOARDING_DATA_DIR", &elsewhere)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            refused.status.code() == Some(1) && said.contains("no installation"),
            "{said}"
        );
        assert!(!elsewhere.exists(), "a command begins no installation");
        let command = |arguments: &[&str], code| command(folder.path(), arguments, code);
        command(
            &[
                "subscriber",
                "add",
                "late",
                "--events",
                "PasswordSet",
                "--from",
                "2100-01-01",
            ],
            2,
        );
        let add = [
            "--json",
            "subscriber",
            "add",
            "crm",
            "--events",
            "IdentitySubmitted",
        ];
        let printed = serde_json::from_str(&command(&add, 0)).unwrap();
        let crm = Fetching {
            name: "crm".to_owned(),
            printed,
        };
        assert!(
            crm.printed["permissions_to_install"].is_null(),
            "the service answers for this server: nothing is to be installed"
        );
        let started = up
            .client
            .post("/v1/registrations", &newcomer().form())
            .await
            .expect(201);
        let line = crm.connect().await;
        let got = line.take(1).await;
        assert_eq!(got[0].registration(), started.text_at("id"));
        let refused = crm.try_connect_with("another-secret").await;
        assert!(refused.is_err(), "a wrong secret opens nothing");
        let doctor = command(&["doctor"], 0);
        assert!(doctor.contains("subscribers' logins: answered"), "{doctor}");
        drop(line);
        // The address that was printed outlives the process.
        up.runs.signal(Signal::SIGTERM);
        up.runs.wait();
        let up = self::up(folder.path(), "again").await;
        let line = crm.connect().await;
        command(&["subscriber", "revoke", "crm"], 0);
        eventually("the connection is cut", async || {
            line.complaints().contains(&"closed".to_owned()).then_some(())
        })
        .await;
        assert!(crm.try_connect_with(crm.told("secret")).await.is_err());
        up.runs.signal(Signal::SIGTERM);
        up.runs.wait();
    });
}

/// The embedded servers' account must be able to pass through.
fn open_the_way_to(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o711)).unwrap();
}
