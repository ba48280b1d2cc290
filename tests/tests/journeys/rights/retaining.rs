//! The retention policy at work. Expiry is judged by PostgreSQL's clock, so that rows are set back rather than clocks.

use serde_json::Value;
use tests::eventually::eventually;
use tests::journey::{Visitor, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::run;
use tests::world::{Plan, World};

use super::{is_alive, told};

/// Lets a registration look as if so many days had passed since its person last did something.
async fn rest(world: &World, registration: &str, days: u32) {
    let script = format!(
        "ALTER TABLE events DISABLE TRIGGER USER;
         UPDATE events SET recorded_at = recorded_at - interval '{days} days' WHERE aggregate_id = '{registration}';
         ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only;
         ALTER TABLE events ENABLE ALWAYS TRIGGER events_never_truncated;
         UPDATE read.registrations SET idle_since = idle_since - interval '{days} days' WHERE registration_id = '{registration}'"
    );
    sqlx::raw_sql(&script)
        .execute(&world.pool)
        .await
        .expect("set back");
}

async fn last_seen(world: &World, registration: &str, months: u32) {
    let query = format!(
        "UPDATE last_seen SET month = (month - interval '{months} months')::date WHERE registration_id = '{registration}'"
    );
    sqlx::raw_sql(&query)
        .execute(&world.pool)
        .await
        .expect("set back");
}

fn due(world: &World) -> Vec<(String, String)> {
    let due = told(world, &["retention", "dry-run"]);
    let due = due.as_array().expect("a list").iter();
    due.map(|it| {
        let text = |member: &str| it[member].as_str().expect("text").to_owned();
        (text("registration"), text("step"))
    })
    .collect()
}

async fn round(world: &World) -> Value {
    world.until_settled().await;
    world.until_projected().await;
    told(world, &["retention", "run"])
}

#[test]
fn an_unfinished_registration_expires_and_its_person_is_forgotten() {
    run(async {
        let world = World::start(Plan::default()).await;
        let visitor = Visitor::start(&world, &newcomer()).await;
        let young = Visitor::start(&world, &newcomer()).await;
        let held = Visitor::start(&world, &newcomer()).await;
        world.command(&["hold", "set", &held.id, "--reason", "court case"], 0);
        world.until_settled().await;
        world.until_projected().await;
        rest(&world, &visitor.id, 31).await;
        rest(&world, &held.id, 31).await;
        rest(&world, &young.id, 29).await;
        assert_eq!(due(&world).len(), 2, "a dry run lists what would go");
        assert_eq!(due(&world).len(), 2, "and changes nothing");
        assert_eq!(round(&world).await["expired"], 2);
        visitor.look().await.in_state("expired");
        assert!(is_alive(&world, &visitor.id).await);
        world.until_projected().await;
        let would_go = told(&world, &["retention", "dry-run"]);
        assert_eq!(would_go.as_array().unwrap().len(), 2, "{would_go}");
        assert_eq!(round(&world).await["erased_expired"], 1);
        assert!(!is_alive(&world, &visitor.id).await);
        assert!(
            is_alive(&world, &held.id).await,
            "a hold stands against the policy too"
        );
        young.look().await.in_state("awaiting_topics");
        world.until_settled().await;
        let told = world.story(&visitor.id).await;
        assert!(
            told.ends_with(&["RegistrationExpired".to_owned(), "PersonErased".to_owned()]),
            "{told:?}"
        );
    });
}

#[test]
fn an_unused_account_is_warned_of_by_mail_and_then_forgotten_unless_its_person_comes_back() {
    run(async {
        let world = World::start(Plan::default()).await;
        let (gone, back) = (newcomer(), newcomer());
        let forgotten = newcomer_with_account(&world, &gone).await;
        let returning = newcomer_with_account(&world, &back).await;
        world.until_settled().await;
        world.until_projected().await;
        assert!(due(&world).is_empty());
        for it in [&forgotten, &returning] {
            last_seen(&world, &it.id, 24).await;
        }
        let seen = world.mails_to(&gone.email).len();
        assert_eq!(round(&world).await["warned"], 2);
        let mail = world.mail_after(&gone.email, seen).await;
        assert!(
            mail.text.contains("n’a pas servi depuis longtemps"),
            "{}",
            mail.text
        );
        eventually("what became of the mail is told", async || {
            let story = world.story(&forgotten.id).await;
            story.ends_with(&["InactivityMailSent".to_owned()]).then_some(())
        })
        .await;
        assert_eq!(round(&world).await["warned"], 0, "each absence is warned of once");

        // One comes back; for the other the day has come.
        sign_in(&world, &back.email, PASSWORD).await;
        for it in [&forgotten, &returning] {
            let script = format!(
                "UPDATE read.registrations SET memory = jsonb_set(memory, '{{registration,inactivity,erase_from}}', '\"2026-01-01\"')
                  WHERE registration_id = '{}';
                 ALTER TABLE events DISABLE TRIGGER USER;
                 UPDATE events SET payload = jsonb_set(payload::jsonb, '{{erase_from}}', '\"2026-01-01\"')::json
                  WHERE aggregate_id = '{}' AND event_type = 'InactivityWarned';
                 ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only;
                 ALTER TABLE events ENABLE ALWAYS TRIGGER events_never_truncated",
                it.id, it.id
            );
            sqlx::raw_sql(&script)
                .execute(&world.pool)
                .await
                .expect("set back");
        }
        assert_eq!(due(&world), [(forgotten.id.clone(), "erase_inactive".to_owned())]);
        assert_eq!(told(&world, &["retention", "run"])["erased_inactive"], 1);
        assert!(!is_alive(&world, &forgotten.id).await && is_alive(&world, &returning.id).await);
        eventually("the erasure is told", async || {
            let story = world.story(&forgotten.id).await;
            story.ends_with(&["PersonErased".to_owned()]).then_some(())
        })
        .await;
    });
}

#[test]
fn a_policy_that_cannot_be_used_is_refused_with_its_fault() {
    run(async {
        let world = crate::shared::guide().await;
        let policy = world.folder.join("retention.toml");
        let built_in =
            std::fs::read_to_string(tests::programs::repository().join("services/usecases/retention.toml"))
                .unwrap();
        std::fs::write(
            &policy,
            built_in.replace("erase_after = \"730d\"", "erase_after = \"1w\""),
        )
        .unwrap();
        let config = world.folder.join("policy.toml");
        std::fs::write(&config, format!("retention_file = \"{}\"\n", policy.display())).unwrap();
        let config = config.display().to_string();
        let refused = world.command(&["--config", &config, "retention", "dry-run"], 1);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            said.contains("retention policy") && said.contains("30d, 12h"),
            "{said}"
        );
    });
}
