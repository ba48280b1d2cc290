//! Two installations in one PostgreSQL cluster: they share the names of roles, and nothing else.

use std::path::Path;
use std::process::{Command, Output};

use sqlx::{Connection, Executor, PgConnection};
use tests::binary::BINARY;
use tests::postgres::Cluster;
use tests::run;

/// A login that owns a database of its own; the database's URL.
async fn installation(cluster: &Cluster, name: &str) -> String {
    let mut owner = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    for statement in [
        format!("CREATE ROLE {name} LOGIN CREATEROLE"),
        format!("CREATE DATABASE {name} OWNER {name}"),
    ] {
        owner.execute(statement.as_str()).await.unwrap();
    }
    cluster.url(name).replace("postgres@", &format!("{name}@"))
}

fn onboarding(folder: &Path, url: &str, arguments: &[&str]) -> Output {
    Command::new(&*BINARY)
        .args(arguments)
        .env_clear()
        .env("ONBOARDING_DATA_DIR", folder)
        .env("ONBOARDING_POSTGRES_URL", url)
        .env("ONBOARDING_NATS_URL", "nats://127.0.0.1:1")
        .output()
        .unwrap()
}

#[test]
fn the_login_of_one_installation_gets_nowhere_near_another() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(folder.path()).await;
        let (one, other) = (
            installation(&cluster, "one").await,
            installation(&cluster, "other").await,
        );
        for (name, url) in [("one", &one), ("other", &other)] {
            let listed = onboarding(&folder.path().join(name), url, &["subscriber", "list"]);
            assert!(listed.status.success(), "{name}: {listed:?}");
        }
        for (login, database) in [("one", "other"), ("other", "one")] {
            let foreign = cluster.url(database).replace("postgres@", &format!("{login}@"));
            let refused = PgConnection::connect(&foreign).await.map(|_| ()).unwrap_err();
            let code = refused.as_database_error().and_then(|it| it.code()).unwrap();
            // insufficient_privilege
            assert_eq!(code, "42501", "{refused}");
        }
        let doctor = |url: &str| {
            let told = onboarding(&folder.path().join("one"), url, &["doctor"]).stdout;
            String::from_utf8(told).unwrap()
        };
        assert!(doctor(&one).contains("ok     neighbours"), "{}", doctor(&one));

        // Somebody opens the door again.
        let mut owner = PgConnection::connect(&one).await.unwrap();
        owner
            .execute("GRANT CONNECT ON DATABASE one TO PUBLIC")
            .await
            .unwrap();
        let told = doctor(&one);
        assert!(
            told.contains("neighbours") && told.contains("REVOKE CONNECT ON DATABASE"),
            "{told}"
        );
        assert!(
            PgConnection::connect(&cluster.url("one").replace("postgres@", "other@"))
                .await
                .is_ok()
        );
    });
}

#[test]
fn a_login_that_cannot_have_the_roles_is_told_what_an_administrator_says() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(folder.path()).await;
        let one = installation(&cluster, "one").await;
        assert!(
            onboarding(&folder.path().join("one"), &one, &["subscriber", "list"])
                .status
                .success()
        );
        // As PostgreSQL 16 has it by default: who makes a role is the only one to hand it on.
        let other = installation(&cluster, "other").await;
        let mut administrator = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
        administrator
            .execute("ALTER ROLE other NOCREATEROLE")
            .await
            .unwrap();
        let folder_of_other = folder.path().join("other");
        let refused = onboarding(&folder_of_other, &other, &["subscriber", "list"]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(
            said.contains("GRANT onboarding_service, onboarding_keyring TO"),
            "{said}"
        );
        let granted = "GRANT onboarding_service, onboarding_keyring TO other";
        administrator.execute(granted).await.unwrap();
        let listed = onboarding(&folder_of_other, &other, &["subscriber", "list"]);
        assert!(listed.status.success(), "{listed:?}");
    });
}
