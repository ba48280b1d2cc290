//! What an operator types.

use std::process::Output;

use reqwest::Method;
use tests::eventually::{eventually, within};
use tests::journey::{MEMBER, Visitor, me, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::register::SILENT;
use tests::run;
use tests::world::{Plan, World};

use crate::shared::guide;

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn the_doctor_finds_a_running_service_in_good_health() {
    run(async {
        let said = guide().await.command(&["doctor"], 0).stdout;
        let said = String::from_utf8(said).unwrap();
        let last = said.lines().last().unwrap_or_default();
        assert!(
            last.ends_with(" fine, 0 warnings, 0 faults") && !said.contains('\u{1b}'),
            "{said}"
        );
    });
}

#[test]
fn a_database_that_is_away_is_named_at_once_with_the_cause() {
    run(async {
        let port = tests::ports::free_port();
        let folder = tempfile::tempdir().unwrap();
        let mut command = std::process::Command::new(&*tests::binary::BINARY);
        command
            .args(["subscriber", "list"])
            .env_clear()
            .env("ONBOARDING_DATA_DIR", folder.path())
            .env(
                "ONBOARDING_POSTGRES_URL",
                format!("postgres://x:hush@127.0.0.1:{port}/x"),
            )
            .env("ONBOARDING_NATS_URL", "nats://127.0.0.1:1");
        let said = said(&command.output().unwrap());
        assert_eq!(
            said,
            format!(
                "subscriber: PostgreSQL at 127.0.0.1:{port} cannot be reached: error communicating with database: Connection refused (os error 111)\n"
            )
        );
    });
}

#[test]
fn commands_answer_without_log_lines_and_say_that_a_list_is_empty() {
    run(async {
        let world = World::start(Plan {
            nothing_runs: true,
            settings: vec![("RUST_LOG", String::new())],
            ..Plan::default()
        })
        .await;
        for (arguments, answer) in [
            (
                vec!["subscriber", "list"],
                "no subscriber yet: `onboarding subscriber add`\n",
            ),
            (vec!["console", "list"], "nobody yet: `onboarding console add`\n"),
            (vec!["hold", "list"], "no registration is held\n"),
            (vec!["grant", "list", "--past"], "no grant was given yet\n"),
            (vec!["erasure", "list"], "no erasure waits\n"),
            (vec!["audit", "replay"], "no event of the log is asked for\n"),
            (vec!["hold", "list", "--json"], "[]\n"),
        ] {
            assert_eq!(said(&world.command(&arguments, 0)), answer, "{arguments:?}");
        }
    });
}

#[test]
fn an_unknown_setting_and_an_unknown_command_are_wrong_usage() {
    run(async {
        let world = guide().await;
        world.command(&["no-such-command"], 2);
        let file = world.folder.join("wrong.toml");
        std::fs::write(&file, "lisen = \"127.0.0.1:1\"\nflow = \"sideways\"\n").unwrap();
        let refused = said(&world.command(&["--config", &file.display().to_string(), "doctor"], 2));
        assert!(
            refused.contains("listen") && refused.contains("flow"),
            "every fault at once: {refused}"
        );
    });
}

#[test]
fn a_database_is_opened_with_its_own_master_key_only() {
    run(async {
        let world = guide().await;
        let file = world.folder.join("other-key.toml");
        let key = world.folder.join("elsewhere.key");
        std::fs::write(&file, format!("master_key_file = \"{}\"\n", key.display())).unwrap();
        let refused = said(&world.command(&["--config", &file.display().to_string(), "doctor"], 1));
        assert!(refused.contains("belongs to a master key"), "{refused}");
        assert!(!key.exists(), "a key was made at a mistyped path");
    });
}

#[test]
fn a_reason_for_erasure_names_nobody() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let id = visitor.id.clone();
        for reason in ["demande de 06 12 34 56 78", "a@b.fr", ""] {
            world.command(&["erase", &id, "--reason", reason], 2);
        }
    });
}

#[test]
fn an_operator_erases_a_person() {
    run(async {
        let world = World::start(Plan::default()).await;
        let person = newcomer();
        let visitor = newcomer_with_account(&world, &person).await;
        let session = sign_in(&world, &person.email, PASSWORD).await;
        world.until_settled().await;
        world.command(&["erase", &visitor.id, "--reason", "asked by letter"], 0);
        world
            .client
            .ask(Method::GET, "/v1/me")
            .bearer(&session)
            .send()
            .await
            .problem(401, "unauthorized");
        eventually("the erasure is told", async || {
            world
                .story(&visitor.id)
                .await
                .ends_with(&["PersonErased".to_owned()])
                .then_some(())
        })
        .await;
        let keys = "SELECT count(*) FROM keyring.person_keys WHERE wrapped IS NOT NULL";
        assert_eq!(world.count(keys).await, 0, "the key is destroyed");
        let refused = world.try_command(&["erase", &uuid::Uuid::now_v7().to_string(), "--reason", "nobody"]);
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    });
}

#[test]
fn a_directory_is_corrected_by_importing_it_again_and_bad_lines_are_named() {
    run(async {
        let world = World::start(Plan::default()).await;
        let file = world.folder.join("contacts.csv");
        let write = |lines: &str| {
            std::fs::write(
                &file,
                format!("contact_id,civility,last_name,first_name,email,sirets\n{lines}"),
            )
            .unwrap()
        };
        let import = |code| {
            said(&world.command(
                &["directory", "import", "contacts", &file.display().to_string()],
                code,
            ))
        };
        write(
            "900,Mme,Nouvelle,Venue,fresh@example.org,00000043000017\n901,Mme,Sans,Adresse,not-an-address,00000043000017\n",
        );
        let told = import(0);
        assert!(
            told.contains("line 3: email: this is no e-mail address that mail can be sent to [email-format]")
                && !told.contains("not-an-address"),
            "{told}"
        );
        let known = Visitor::start(&world, &newcomer().at("fresh@example.org")).await;
        known.look().await.in_state("awaiting_email_verification");
        write("900,Mme,Nouvelle,Venue,moved@example.org,00000043000017\n");
        import(0);
        Visitor::start(&world, &newcomer().at("moved@example.org"))
            .await
            .look()
            .await
            .in_state("awaiting_email_verification");
    });
}

#[test]
fn a_silent_register_is_asked_again_and_a_closed_establishment_is_told() {
    run(async {
        let world = World::start(Plan::default()).await;
        let visitor = Visitor::start(&world, &newcomer()).await;
        visitor
            .put("topics", serde_json::json!({"topics": []}))
            .await
            .expect(200);
        visitor
            .put("establishment", serde_json::json!({"siret": SILENT}))
            .await
            .expect(200);
        visitor
            .put("idcc", serde_json::json!({"idcc": "1979"}))
            .await
            .expect(200);
        visitor.mail().await;
        let account = Visitor::start(&world, &newcomer()).await;
        account
            .put("topics", serde_json::json!({"topics": []}))
            .await
            .expect(200);
        account
            .put("establishment", serde_json::json!({"siret": SILENT}))
            .await
            .expect(200);
        account
            .put("idcc", serde_json::json!({"idcc": "1979"}))
            .await
            .expect(200);
        account.finish().await;
        world.register.says(SILENT, "F");
        // The mailer asks about once a minute.
        let told = async |id: &str| {
            within(
                std::time::Duration::from_secs(180),
                "the register's answer is told",
                async || {
                    world
                        .story(id)
                        .await
                        .contains(&"RegisterCheckCompleted".to_owned())
                        .then_some(())
                },
            )
            .await;
        };
        told(&visitor.id).await;
        visitor.look().await.in_state("awaiting_establishment");
        let mail = world.mail_after(&visitor.person.email, 1).await;
        assert!(!mail.text.contains("/verify/"), "{}", mail.subject);
        // The same came to light for somebody whose account was made meanwhile: they too may name another.
        told(&account.id).await;
        account
            .put("establishment", serde_json::json!({"siret": MEMBER.0}))
            .await
            .expect(200)
            .in_state("active");
        account
            .put("member-number", serde_json::json!({"number": MEMBER.1}))
            .await
            .expect(200);
        let session = sign_in(&world, &account.person.email, PASSWORD).await;
        assert_eq!(me(&world, &session).await["establishments"][0]["siret"], MEMBER.0);
    });
}
