//! PgBouncer before PostgreSQL: in session mode the service works as without it, in any other it refuses to start and says
//! what to do. `script/test` fetches PgBouncer and runs this.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

use std::path::Path;
use std::process::{Command, Output};

use runtime::Secret;
use sqlx::Row;
use tests::binary::BINARY;
use tests::journey::{me, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::pooler::Pooler;
use tests::postgres::Cluster;
use tests::run;
use tests::world::{Plan, World};

fn onboarding(folder: &Path, url: &str, arguments: &[&str]) -> Output {
    Command::new(&*BINARY)
        .args(arguments)
        .env_clear()
        .env("ONBOARDING_DATA_DIR", folder.join("data"))
        .env("ONBOARDING_POSTGRES_URL", url)
        .env("ONBOARDING_NATS_URL", "nats://127.0.0.1:1")
        .output()
        .unwrap()
}

#[test]
#[ignore = "needs PgBouncer: script/test fetches it"]
fn sessions_of_its_own_are_all_that_the_service_needs_of_a_pooler() {
    run(async {
        let world = World::start(Plan {
            pooled: true,
            ..Plan::default()
        })
        .await;
        let person = newcomer();
        newcomer_with_account(&world, &person).await;
        let session = sign_in(&world, &person.email, PASSWORD).await;
        assert_eq!(me(&world, &session).await["person"]["email"], person.email);
        world.command(&["doctor"], 0);
        world.command(&["audit", "verify"], 0);
        let url = Secret::new(world.database_url());
        let pool = runtime::postgres::connect(&url, "tests", 2).await.unwrap();
        let asked = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), current_user::text";
        let told = sqlx::query(asked).fetch_one(&pool).await.unwrap();
        let told: Vec<String> = (0..3).map(|place| told.get(place)).collect();
        assert_eq!(told, ["15s", "5s", "onboarding_service"]);
    });
}

#[test]
#[ignore = "needs PgBouncer: script/test fetches it"]
fn sessions_that_are_shared_are_refused_in_one_sentence_that_says_what_to_do() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(folder.path()).await;
        for mode in ["transaction", "statement"] {
            let pooler = Pooler::start(folder.path(), &cluster, mode, "").await;
            let url = pooler.url("postgres");
            for asked in ["api", "mailer"] {
                let refused = onboarding(folder.path(), &url, &[asked]);
                let said = String::from_utf8(refused.stderr).unwrap();
                assert_eq!(refused.status.code(), Some(1), "{said}");
                assert!(
                    said.lines().count() == 1 && said.contains("`pool_mode = session`"),
                    "{mode}: {said}"
                );
            }
            let seen = onboarding(folder.path(), &url, &["doctor"]);
            let said = String::from_utf8(seen.stdout).unwrap();
            assert!(
                said.contains("FAULT  servers and keys: a connection pooler stands at"),
                "{said}"
            );
        }
    });
}

#[test]
#[ignore = "needs PgBouncer: script/test fetches it"]
fn parameters_of_the_url_that_a_pooler_refuses_are_told_with_the_line_that_lets_them_pass() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(folder.path()).await;
        let strict = Pooler::start(folder.path(), &cluster, "session", "").await;
        let url = format!("{}?options=-c%20jit%3Doff", strict.url("postgres"));
        let refused = onboarding(folder.path(), &url, &["subscriber", "list"]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(
            said.contains("refuses a start-up parameter") && said.contains("ignore_startup_parameters = "),
            "{said}"
        );
        drop(strict);
        let lenient = Pooler::start(folder.path(), &cluster, "session", "options").await;
        let url = format!("{}?options=-c%20jit%3Doff", lenient.url("postgres"));
        let listed = onboarding(folder.path(), &url, &["subscriber", "list"]);
        assert!(listed.status.success(), "{listed:?}");
    });
}
