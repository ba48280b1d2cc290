//! Being forgotten: after a waiting time, under a hold, wholly.

use reqwest::Method;
use serde_json::json;
use tests::eventually::until_equal;
use tests::journey::{me, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::run;
use tests::subscriber::Reader;
use tests::world::{Plan, World};

use super::{ask_to_be_erased, is_alive, told, told_lines};

#[test]
fn an_erasure_waits_where_it_is_set_to_and_can_be_called_off() {
    run(async {
        let world = World::start(Plan {
            settings: vec![("ONBOARDING_ERASURE_WAIT", "30d".to_owned())],
            ..Plan::default()
        })
        .await;
        let person = newcomer();
        let visitor = newcomer_with_account(&world, &person).await;
        let session = sign_in(&world, &person.email, PASSWORD).await;
        ask_to_be_erased(&world, &session)
            .await
            .expect(202)
            .in_state("closed");
        let signing_in = json!({"email": person.email, "password": PASSWORD});
        let asked = world.client.ask(Method::GET, "/v1/me").bearer(&session).send();
        asked.await.problem(401, "unauthorized");
        let refused = world.client.post("/v1/sessions", &signing_in).await;
        refused.problem(401, "sign-in-refused");
        for table in ["credentials", "sessions"] {
            assert_eq!(world.count(&format!("SELECT count(*) FROM {table}")).await, 0);
        }
        assert!(is_alive(&world, &visitor.id).await, "it can still be called off");
        world.until_projected().await;
        let waiting = told(&world, &["erasure", "list"]);
        assert_eq!(waiting[0]["registration"], visitor.id);
        assert!(
            told(&world, &["retention", "dry-run"])
                .as_array()
                .unwrap()
                .is_empty()
        );
        let due = told(&world, &["retention", "dry-run", "--by", "2100-01-01"]);
        assert_eq!(due[0]["step"], "complete_erasure");

        let cancel = [
            "erasure",
            "cancel",
            &visitor.id,
            "--reason",
            "withdrawn in writing",
        ];
        let crm = Reader::add(&world, "crm").await;
        let read = crm.read(&visitor.id).send().await;
        read.problem(409, "erasure-pending");
        world.command(&cancel, 0);
        crm.read(&visitor.id).send().await.expect(200);
        world.command(&cancel, 1);
        let acts = told_lines(&world, &["audit", "accesses", "--registration", &visitor.id]);
        assert_eq!(
            acts,
            ["erasure.cancelled", "person"],
            "what did not happen is not told"
        );
        let seen = world.mails_to(&person.email).len();
        let reset = json!({"email": person.email});
        world.client.post("/v1/password-resets", &reset).await.expect(202);
        let mail = world.mail_after(&person.email, seen).await;
        visitor.choose_password(mail.token(), PASSWORD).await.expect(200);
        let session = sign_in(&world, &person.email, PASSWORD).await;
        assert_eq!(me(&world, &session).await["person"]["email"], person.email);

        // Asked again, and an operator keeps no waiting time.
        ask_to_be_erased(&world, &session)
            .await
            .expect(202)
            .in_state("closed");
        world.command(
            &["erase", &visitor.id, "--reason", "agreed by letter", "--now"],
            0,
        );
        assert!(!is_alive(&world, &visitor.id).await);
    });
}

#[test]
fn a_legal_hold_keeps_a_person_until_it_is_lifted() {
    run(async {
        let world = World::start(Plan::default()).await;
        let person = newcomer();
        let visitor = newcomer_with_account(&world, &person).await;
        let session = sign_in(&world, &person.email, PASSWORD).await;
        let hold = |verb: &str, code| {
            world.command(
                &["hold", verb, &visitor.id, "--reason", "court case", "--by", "joe"],
                code,
            )
        };
        world.command(
            &["erasure", "cancel", &visitor.id, "--reason", "nothing waits"],
            1,
        );
        hold("set", 0);
        hold("set", 1);
        let again = world.count("SELECT count(*) FROM legal_holds").await;
        assert_eq!(again, 1, "one hold at a time");
        ask_to_be_erased(&world, &session)
            .await
            .expect(202)
            .in_state("closed");
        world.until_projected().await;
        let round = told(&world, &["retention", "run"]);
        assert_eq!(round["completed"], 0);
        world.command(&["erase", &visitor.id, "--reason", "asked by letter", "--now"], 0);
        world.until_projected().await;
        assert!(
            is_alive(&world, &visitor.id).await,
            "a hold stands against everybody"
        );
        hold("lift", 0);
        hold("lift", 1);
        // The mailer's chore does it; nobody need ask again.
        until_equal("the key lives", false, async || {
            is_alive(&world, &visitor.id).await
        })
        .await;
        let acts = told_lines(&world, &["audit", "accesses", "--registration", &visitor.id]);
        assert_eq!(acts, ["hold.set", "erasure", "hold.lifted"]);
        world.command(&["hold", "set", &visitor.id, "--reason", "court case"], 1);
    });
}

#[test]
fn a_wait_is_shortened_under_a_hold_and_ends_with_it() {
    run(async {
        let world = World::start(Plan {
            settings: vec![("ONBOARDING_ERASURE_WAIT", "30d".to_owned())],
            ..Plan::default()
        })
        .await;
        let visitor = newcomer_with_account(&world, &newcomer()).await;
        let erase = ["erase", &visitor.id, "--reason", "asked by letter"];
        world.command(&erase, 0);
        world.command(&["hold", "set", &visitor.id, "--reason", "court case"], 0);
        world.command(&[&erase[..], &["--now"]].concat(), 0);
        assert!(is_alive(&world, &visitor.id).await);
        world.until_projected().await;
        world.command(&["hold", "lift", &visitor.id, "--reason", "case closed"], 0);
        until_equal("the key lives", false, async || {
            is_alive(&world, &visitor.id).await
        })
        .await;
    });
}

#[test]
fn an_erasure_leaves_no_row_of_the_person_but_the_events() {
    run(async {
        let world = World::start(Plan::default()).await;
        let person = newcomer();
        let visitor = newcomer_with_account(&world, &person).await;
        let session = sign_in(&world, &person.email, PASSWORD).await;
        world.until_settled().await;
        ask_to_be_erased(&world, &session)
            .await
            .expect(202)
            .in_state("erased");
        world.until_projected().await;
        for (table, left) in [
            ("public.accounts", 0),
            ("public.credentials", 0),
            ("public.sessions", 0),
            ("public.address_uses", 0),
            ("public.last_seen", 0),
            ("public.commands", 0),
            ("mailer.ledger", 0),
            ("read.people", 0),
            ("read.people_establishments", 0),
            ("read.registrations", 1),
        ] {
            let count = world.count(&format!("SELECT count(*) FROM {table}")).await;
            assert_eq!(count, left, "{table}");
        }
        let tombstones = world.data_folder().join("master.key.erased");
        let written = std::fs::read_to_string(tombstones).unwrap();
        assert!(written.starts_with(&visitor.id), "{written}");
    });
}

#[test]
fn an_erasure_that_a_full_disk_could_not_remember_is_refused_as_a_whole() {
    run(async {
        let world = World::start(Plan {
            small_disks: true,
            ..Plan::default()
        })
        .await;
        let Some([_, _, data]) = &world.disks else {
            return eprintln!("disks of their own are mounted by root alone: not tried here");
        };
        let person = newcomer();
        let visitor = newcomer_with_account(&world, &person).await;
        let session = sign_in(&world, &person.email, PASSWORD).await;
        data.fill();
        let refused = ask_to_be_erased(&world, &session).await;
        assert!(!refused.header("retry-after").is_empty());
        refused.problem(503, "service-unavailable");
        assert!(is_alive(&world, &visitor.id).await, "nothing was done");
        data.clear();
        ask_to_be_erased(&world, &session)
            .await
            .expect(202)
            .in_state("erased");
        let written = std::fs::read_to_string(world.data_folder().join("master.key.erased")).unwrap();
        assert!(written.contains(&visitor.id), "{written}");
    });
}
