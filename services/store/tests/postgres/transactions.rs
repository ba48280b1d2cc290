//! Futures that are dropped midway: whatever stood on the wire, what others commit afterwards stays committed.

use domain::values::RegistrationId;
use sqlx::PgPool;
use store::AccessEntry;
use uuid::Uuid;

use crate::cluster::{Database, migrated_database};
use crate::cut::cut_after;

/// More than any call here is polled.
const POLLS_MAX: usize = 40;

/// A database whose service has one connection, so that whoever comes next gets the one that was dropped.
async fn with_one_connection() -> (Database, PgPool) {
    let database = migrated_database().await;
    let one = ::database::pool_options()
        .max_connections(1)
        .connect_with(database.options.clone())
        .await
        .expect("connected");
    (database, one)
}

/// Whether a row that this pool's statement was told to have written is there for everybody.
async fn writes_stay(database: &Database, pool: &PgPool) -> bool {
    let id: Uuid = sqlx::query_scalar(
        "INSERT INTO public.last_seen VALUES (gen_random_uuid(), '2026-01-01') RETURNING registration_id",
    )
    .fetch_one(pool)
    .await
    .expect("written");
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM public.last_seen WHERE registration_id = $1)")
        .bind(id)
        .fetch_one(&database.owner)
        .await
        .expect("read")
}

#[tokio::test]
async fn a_transaction_dropped_at_any_point_leaves_nothing_open() {
    let (database, pool) = with_one_connection().await;
    for polls in 1..=POLLS_MAX {
        let work = async {
            let mut transaction = ::database::begin(&pool).await?;
            sqlx::query("SELECT FROM public.access_log_head FOR UPDATE")
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await
        };
        let ended = cut_after(polls, work).await;
        assert!(writes_stay(&database, &pool).await, "cut after {polls} polls");
        if ended.is_some() {
            return;
        }
    }
    panic!("it never came to its end");
}

/// The second line of defence, for whoever finds another way into a transaction.
#[tokio::test]
async fn a_connection_that_comes_back_within_a_transaction_is_closed() {
    let (database, pool) = with_one_connection().await;
    let backend = async || -> i32 {
        sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&pool)
            .await
            .expect("asked")
    };
    for ways_in in ["BEGIN", "BEGIN; SELECT 1/0"] {
        let before = backend().await;
        let _maybe_an_error = sqlx::raw_sql(ways_in).execute(&pool).await;
        assert!(writes_stay(&database, &pool).await, "{ways_in}");
        assert_ne!(backend().await, before, "{ways_in}");
    }
    let before = backend().await;
    assert!(writes_stay(&database, &pool).await);
    assert_eq!(backend().await, before, "an idle connection is kept");
}

#[tokio::test]
async fn a_look_dropped_at_any_point_holds_nobody_up() {
    let (database, pool) = with_one_connection().await;
    let store = store::Store::new(pool.clone());
    let look = AccessEntry {
        actor: "subscriber:crm".to_owned(),
        role: "subscriber".to_owned(),
        purpose: "a file".to_owned(),
        registration: Some(RegistrationId(Uuid::now_v7())),
        what: "person".to_owned(),
        grant: None,
    };
    for polls in 1..=POLLS_MAX {
        let ended = cut_after(polls, store.record_access(&look)).await;
        let place = store.record_access(&look).await.expect("recorded");
        let seen = database.store.access_log_head().await.expect("read").position();
        assert_eq!(seen, place, "cut after {polls} polls");
        if ended.is_some() {
            return;
        }
    }
    panic!("it never came to its end");
}
