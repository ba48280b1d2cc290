//! Looking at a person, their own export, and correcting it.

use reqwest::Method;
use serde_json::{Value, json};
use tests::eventually::eventually;
use tests::journey::{me, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::run;

use super::{export, give_grant, told};
use crate::shared::guide;

#[test]
fn looking_at_a_person_takes_a_grant_and_the_person_reads_who_looked() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let other = newcomer_with_account(world, &newcomer()).await;
        let grant = give_grant(world, &visitor.id, "1h");
        let seen = told(world, &["person", "show", &visitor.id, "--grant", &grant]);
        assert_eq!(seen["person"]["email"], person.email);
        assert_eq!(seen["opened"][0]["opened"]["last_name"], person.last_name);

        // Another registration, an unknown grant, a grant whose time is over, one that was taken back: nothing is shown.
        let short = give_grant(world, &visitor.id, "1s");
        eventually("the short grant is over", async || {
            world
                .count("SELECT count(*) FROM access_grants WHERE expires_at <= clock_timestamp()")
                .await
                .checked_sub(1)
        })
        .await;
        world.command(&["grant", "revoke", &grant, "--by", "joe"], 0);
        for (id, grant) in [
            (&other.id, &grant),
            (&visitor.id, &uuid::Uuid::now_v7().to_string()),
            (&visitor.id, &short),
            (&visitor.id, &grant),
        ] {
            let refused = world.command(&["person", "show", id, "--grant", grant], 1);
            assert!(!String::from_utf8_lossy(&refused.stdout).contains(&person.last_name));
        }

        let session = sign_in(world, &person.email, PASSWORD).await;
        let looks = export(world, &session).await["looked_at_by"].clone();
        let acts: Vec<_> = looks
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["what"].as_str().unwrap())
            .collect();
        let all = ["grant.given", "person", "grant.given", "grant.revoked"];
        assert_eq!(acts, all, "{looks}");
        assert_eq!(looks[1]["actor"], "operator:jane");
        assert_eq!(looks[1]["purpose"], "a complaint");
        let listed = world.command(&["audit", "accesses", "--registration", &visitor.id], 0);
        assert!(String::from_utf8_lossy(&listed.stdout).contains("operator:jane (privacy_officer)  person"));
    });
}

#[test]
fn a_grant_has_a_purpose_that_names_nobody_and_an_end() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let give = |purpose: &str, lifetime: &str| {
            let arguments = [
                "grant",
                "give",
                "--to",
                "jane",
                "--purpose",
                purpose,
                "--registration",
                &visitor.id,
                "--for",
                lifetime,
            ];
            world.command(&arguments, 2);
        };
        give("about a@b.fr", "1h");
        give(
            &format!("about {}", person.email.split('@').next().unwrap()),
            "1h",
        );
        give("a complaint", "8d");
        give("a complaint", "soon");
        give("", "1h");
    });
}

#[test]
fn the_export_holds_everything_that_is_held() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let session = sign_in(world, &person.email, PASSWORD).await;
        let export = export(world, &session).await;
        let kept = &export["kept"];
        assert_eq!(kept["sessions"].as_array().unwrap().len(), 1);
        assert!(!kept["mails"].as_array().unwrap().is_empty(), "{kept}");
        assert!(!kept["address_uses"].as_array().unwrap().is_empty(), "{kept}");
        assert!(kept["account_since"].is_string() && kept["last_seen_month"].is_string());
        // Every table that has rows of this registration is in the export, or holds nothing that the events do not say.
        let tables = "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.columns
             WHERE column_name = 'registration_id' AND table_schema IN ('public', 'keyring', 'mailer', 'directory', 'read')";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&world.pool).await.unwrap();
        let told = [
            "public.accounts",
            "public.credentials",
            "public.sessions",
            "public.address_uses",
            "public.commands",
            "public.last_seen",
            "public.access_log",
            "public.access_grants",
            "public.legal_holds",
            "mailer.ledger",
        ];
        let of_the_events = [
            "read.registrations",
            "read.people",
            "read.people_establishments",
            "keyring.person_keys",
        ];
        for table in tables {
            let is_known = told.contains(&table.as_str()) || of_the_events.contains(&table.as_str());
            let query = format!(
                "SELECT count(*) FROM {table} WHERE registration_id = '{}'",
                visitor.id
            );
            assert!(
                is_known || world.count(&query).await == 0,
                "{table} is not in the export"
            );
        }
    });
}

#[test]
fn a_name_is_corrected_and_the_correction_is_an_event() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let session = sign_in(world, &person.email, PASSWORD).await;
        let correct = async |body: Value| {
            world
                .client
                .ask(Method::PUT, "/v1/me/identity")
                .bearer(&session)
                .json(&body)
                .send()
                .await
        };
        let corrected = json!({"civility": "m", "last_name": "Rectifié", "first_name": "Noé"});
        correct(corrected.clone()).await.expect(200).in_state("active");
        correct(corrected).await.expect(200);
        let seen = me(world, &session).await["person"].clone();
        assert_eq!(
            seen,
            json!({"civility": "m", "last_name": "Rectifié", "first_name": "Noé", "email": person.email})
        );
        let refused = correct(json!({"civility": "x", "last_name": "", "email": "a@b.fr"})).await;
        refused.problem(422, "invalid");
        let export = export(world, &session).await;
        let events = export["events"].as_array().unwrap();
        let corrections: Vec<&Value> = events
            .iter()
            .filter(|it| it["event"]["type"] == "IdentityRectified")
            .collect();
        let [correction] = corrections[..] else {
            panic!("the same again is no event: {corrections:?}")
        };
        assert_eq!(correction["opened"]["last_name"], "Rectifié");
        assert!(!correction["event"].to_string().contains("Rectifié"));
        eventually("the feed tells it", async || {
            let story = world.story(&visitor.id).await;
            story.contains(&"IdentityRectified".to_owned()).then_some(())
        })
        .await;
        world
            .client
            .ask(Method::PUT, "/v1/me/identity")
            .json(&json!({}))
            .send()
            .await
            .problem(401, "unauthorized");
    });
}
