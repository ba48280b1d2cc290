//! Migrating: once, again, at once, in several databases of one cluster, and by an ordinary login.

use sqlx::{Connection, Executor, PgConnection};
use store::{MigrationError, Store, UnitOfWork, newest_migration};

use crate::cluster::{empty_database, migrated_database};
use crate::story::*;

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let database = migrated_database().await;
    let state =
        "SELECT string_agg(version || ':' || installed_on, ',' ORDER BY version) FROM _sqlx_migrations";
    let before: String = sqlx::query_scalar(state)
        .fetch_one(&database.owner)
        .await
        .expect("read");
    database.store.migrate(&database.owner).await.expect("again");
    // Even over a pool whose connections act as the service.
    database
        .store
        .migrate(database.store.pool())
        .await
        .expect("again");
    let after: String = sqlx::query_scalar(state)
        .fetch_one(&database.owner)
        .await
        .expect("read");
    assert_eq!(before, after);
}

#[tokio::test]
async fn rivals_migrate_one_database_and_many_databases_at_once() {
    let mut databases = Vec::new();
    for _ in 0..4 {
        databases.push(empty_database().await);
    }
    let rivals: Vec<_> = databases
        .iter()
        .flat_map(|database| (0..3).map(|_| (database.store.clone(), database.owner.clone())))
        .map(|(store, owner)| tokio::spawn(async move { store.migrate(&owner).await }))
        .collect();
    for rival in rivals {
        rival.await.expect("no panic").expect("migrated");
    }
    for database in databases {
        database
            .store
            .append(new_registration(), 0, several(1), UnitOfWork::default())
            .await
            .expect("usable");
        let newest: i64 = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(database.store.pool())
            .await
            .expect("the service may read it");
        assert_eq!(newest, newest_migration());
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let database = migrated_database().await;
    database
        .owner
        .execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '', 0)")
        .await
        .expect("inserted");
    let refusal = database
        .store
        .migrate(&database.owner)
        .await
        .expect_err("refused");
    assert!(matches!(refusal, MigrationError::Newer(9999)), "{refusal:?}");
    database
        .owner
        .execute("DELETE FROM _sqlx_migrations WHERE version = 9999")
        .await
        .expect("deleted");
    database
        .store
        .migrate(&database.owner)
        .await
        .expect("the lock was given back");
}

/// Hosted PostgreSQL rarely lends a superuser: owning the database and creating roles must do. The roles are made under
/// other eyes first, as they belong to the whole cluster and other tests make them too.
#[tokio::test]
async fn an_ordinary_owner_can_migrate() {
    let migrated = migrated_database().await;
    let database = empty_database().await;
    let name = database.options.get_database().expect("named").to_owned();
    let login = format!("{name}_owner");
    for statement in [
        format!("CREATE ROLE {login} LOGIN CREATEROLE"),
        format!("GRANT onboarding_service, onboarding_keyring TO {login} WITH ADMIN OPTION"),
        format!("ALTER DATABASE {name} OWNER TO {login}"),
    ] {
        migrated
            .owner
            .execute(statement.as_str())
            .await
            .expect("prepared");
    }
    let options = database.options.clone().username(&login);
    let pool = database::pool_options().connect_lazy_with(options.clone());
    Store::new(pool.clone()).migrate(&pool).await.expect("migrated");
    database
        .store
        .append(new_registration(), 0, several(1), UnitOfWork::default())
        .await
        .expect("usable");

    // A table that a later migration makes is the service's to use.
    let mut owner = PgConnection::connect_with(&options).await.expect("connected");
    owner
        .execute("CREATE TABLE read.later (id bigserial PRIMARY KEY)")
        .await
        .expect("made");
    database
        .store
        .pool()
        .execute("INSERT INTO read.later DEFAULT VALUES")
        .await
        .expect("used");
    database
        .store
        .pool()
        .execute("CREATE TABLE read.beside (id int)")
        .await
        .expect("the projector may rebuild beside");
}
