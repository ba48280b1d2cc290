//! Migrating: once, again, at once, in several databases of one cluster, and by an ordinary login.

use std::path::Path;

use chrono::{DateTime, Utc};
use sqlx::migrate::Migrator;
use sqlx::{Connection, Executor, PgConnection};
use store::{Frontier, LogEntry, MigrationError, Store, UnitOfWork, newest_migration};
use uuid::Uuid;

use crate::cluster::{Database, empty_database, migrated_database};
use crate::log::assert_log_is_sound;
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

/// The tables as they were while a sequencer gave places: so many registrations of three events placed, first all first
/// events, then all second ones; and so many that wait.
async fn log_of_the_release_before(database: &Database, placed: usize, waiting: usize) -> Vec<LogEntry> {
    let mut before = Migrator::new(Path::new("../../migrations")).await.expect("read");
    before.migrations.to_mut().retain(|it| it.version < 100);
    before.run(&database.owner).await.expect("migrated");
    let append = "
        INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata)
        SELECT 'registration', r.id, n, 'TopicsChosen', '1', $2::json, '{\"actor\":\"test\"}'
          FROM (SELECT gen_random_uuid()::text AS id FROM generate_series(1, $1)) r, generate_series(1, 3) n ORDER BY r.id, n";
    let append = async |registrations: usize| {
        sqlx::query(append)
            .bind(i32::try_from(registrations).expect("few"))
            .bind(TOPICS_PAYLOAD)
            .execute(&database.owner)
            .await
            .expect("inserted");
    };
    append(placed).await;
    let columns = "SELECT insert_order, event_id, aggregate_id, sequence, recorded_at, payload::text, metadata::text FROM events
                    ORDER BY sequence, insert_order";
    type Columns = (i64, Uuid, String, i64, DateTime<Utc>, String, String);
    let rows: Vec<Columns> = sqlx::query_as(columns)
        .fetch_all(&database.owner)
        .await
        .expect("read");
    let (mut tree, mut entries) = (Frontier::default(), Vec::new());
    for (insert_order, event_id, id, sequence, recorded_at, payload, metadata) in rows {
        let mut entry = LogEntry {
            position: tree.size() + 1,
            event_id,
            aggregate_type: "registration".to_owned(),
            registration_id: id.parse().expect("a UUID"),
            sequence: sequence.unsigned_abs(),
            event_type: "TopicsChosen".to_owned(),
            event_version: "1".to_owned(),
            recorded_at,
            payload,
            metadata,
            insert_order,
            leaf_hash: [0; 32],
        };
        entry.leaf_hash = entry.recomputed_leaf_hash();
        tree.push(entry.leaf_hash);
        sqlx::query("INSERT INTO log (position, insert_order, leaf_hash) VALUES ($1, $2, $3)")
            .bind(i64::try_from(entry.position).expect("small"))
            .bind(insert_order)
            .bind(&entry.leaf_hash[..])
            .execute(&database.owner)
            .await
            .expect("placed");
        entries.push(entry);
    }
    let subtrees: Vec<&[u8]> = tree.subtrees().iter().map(|it| &it[..]).collect();
    sqlx::query("UPDATE log_head SET size = $1, frontier = $2")
        .bind(i64::try_from(tree.size()).expect("small"))
        .bind(subtrees)
        .execute(&database.owner)
        .await
        .expect("head");
    sqlx::raw_sql("TRUNCATE outbox")
        .execute(&database.owner)
        .await
        .expect("emptied");
    append(waiting).await;
    entries
}

#[tokio::test]
async fn a_log_of_the_release_before_keeps_its_places_and_what_waited_gets_one() {
    let database = empty_database().await;
    let placed = log_of_the_release_before(&database, 50, 4).await;
    database.store.migrate(&database.owner).await.expect("migrated");
    let store = &database.store;
    let after = store.read_log(1, u32::MAX).await.expect("read");
    assert_eq!(after.len(), placed.len() + 12);
    assert_eq!(
        after[..placed.len()],
        placed[..],
        "to the byte, in the same places"
    );
    let id = new_registration();
    store
        .append(id, 0, several(2), UnitOfWork::default())
        .await
        .expect("goes on");
    let log = store.read_log(1, u32::MAX).await.expect("read");
    assert_log_is_sound(store, &log).await;
    let fresh: Vec<i64> = log[after.len()..]
        .iter()
        .map(|entry| entry.insert_order)
        .collect();
    assert!(
        log[..after.len()]
            .iter()
            .all(|entry| entry.insert_order < fresh[0])
    );
}

#[tokio::test]
async fn a_log_that_is_not_whole_is_left_as_it_is() {
    let database = empty_database().await;
    log_of_the_release_before(&database, 3, 0).await;
    sqlx::raw_sql("ALTER TABLE log DISABLE TRIGGER USER; DELETE FROM log WHERE position = 4")
        .execute(&database.owner)
        .await
        .expect("tampered");
    let refusal = database
        .store
        .migrate(&database.owner)
        .await
        .expect_err("refused");
    assert!(
        refusal
            .to_string()
            .contains("is not whole (1 events without a place, 0 places"),
        "{refusal}"
    );
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM log")
        .fetch_one(&database.owner)
        .await
        .expect("counted");
    assert_eq!(left, 8);
}
