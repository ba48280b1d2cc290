//! Plans by shape: no statement of the daily work scans a table, whatever PostgreSQL believes of its size.
//!
//! Nothing is ever analysed here. The roles first work on tables that are all but empty, so that their prepared statements
//! settle on plans made for that; then the tables grow, and the same sessions go on. PostgreSQL counts the rows that it
//! reads by scanning, inside functions too.

use std::collections::BTreeMap;

use sqlx::PgPool;
use tests::eventually::until_equal;
use tests::fetching::{Fetching, Line};
use tests::journey::{Visitor, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, contact, newcomer};
use tests::run;
use tests::world::{Plan, ROLES, World};

/// Registrations that the tables grow by.
const MANY: u32 = 2_000;
/// More than PostgreSQL tries before it keeps a plan for good.
const UNTIL_PLANS_ARE_KEPT: usize = 8;

/// Rows that were read by scanning, by table.
async fn scanned(world: &World) -> BTreeMap<String, i64> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT schemaname || '.' || relname, seq_tup_read FROM pg_stat_user_tables")
            .fetch_all(&world.pool)
            .await
            .unwrap();
    rows.into_iter().collect()
}

/// The same pool, whose own statements are not counted.
async fn uncounted(pool: &PgPool) -> PgPool {
    let options = pool.options().clone().after_connect(|connection, _| {
        Box::pin(async move {
            sqlx::Executor::execute(connection, "SET track_counts = off")
                .await
                .map(|_| ())
        })
    });
    options
        .connect_with(pool.connect_options().as_ref().clone())
        .await
        .unwrap()
}

/// Tables with more rows than anybody should scan.
async fn large(world: &World) -> Vec<String> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT schemaname || '.' || relname FROM pg_stat_user_tables ORDER BY 1")
            .fetch_all(&world.pool)
            .await
            .unwrap();
    let mut large = Vec::new();
    for table in tables {
        if world.count(&format!("SELECT count(*) FROM {table}")).await >= u64::from(MANY) {
            large.push(table);
        }
    }
    large
}

/// What people, a subscriber and the organisation's staff do on a day, `times` over.
async fn daily_work(world: &World, crm: &Line, times: usize) {
    for _ in 0..times {
        let person = newcomer();
        newcomer_with_account(world, &person).await;
        sign_in(world, &person.email, PASSWORD).await;
        Visitor::start(world, &contact(13)).await.mail().await;
    }
    world.until_settled().await;
    world.until_projected().await;
    crm.take(times).await;
}

/// Copies of the first registration under other numbers, by the function that all appends go through.
const GROW: &str = "
    SELECT public.append_commands(
        array_agg(c.id), array_agg(0::bigint), array_agg(c.command), array_agg(sha256(c.id::text::bytea)), array_agg(200::smallint),
        array_agg(NULL::text), array_agg('new'::text), array_agg(c.id), array_agg('epoch'::text), array_agg('\\x00'::bytea),
        array_agg(sha256(c.id::text::bytea)), array_agg('$argon2id$invented'::text), array_agg(sha256(c.id::text::bytea)), array_agg('mail'::text),
        (SELECT array_agg(n::int) FROM generate_series(1, $1) n, generate_series(1, 2)),
        (SELECT array_agg(s::bigint) FROM generate_series(1, $1), generate_series(1, 2) s),
        (SELECT array_agg(gen_random_uuid()) FROM generate_series(1, $1 * 2)),
        (SELECT array_agg(e.event_type ORDER BY n, e.sequence) FROM generate_series(1, $1) n, first e),
        (SELECT array_agg(e.event_version ORDER BY n, e.sequence) FROM generate_series(1, $1) n, first e),
        (SELECT array_agg(e.payload::text ORDER BY n, e.sequence) FROM generate_series(1, $1) n, first e),
        (SELECT array_agg(e.metadata::text ORDER BY n, e.sequence) FROM generate_series(1, $1) n, first e))
      FROM (SELECT gen_random_uuid() AS id, gen_random_uuid() AS command FROM generate_series(1, $1)) c";

#[test]
fn no_daily_work_scans_a_table_that_has_grown_and_was_never_analysed() {
    run(async {
        let mut world = World::start(Plan {
            own_cluster: true,
            nats_asks: true,
            no_limits: true,
            ..Plan::default()
        })
        .await;
        world.pool = uncounted(&world.pool).await;
        for setting in ["ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()"] {
            sqlx::query(setting).execute(&world.pool).await.unwrap();
        }
        let crm = Fetching::add(&world, "crm", "PasswordSet", &[]).connect().await;
        daily_work(&world, &crm, UNTIL_PLANS_ARE_KEPT).await;

        sqlx::query(&format!(
            "WITH first AS MATERIALIZED (
               SELECT e.* FROM events e WHERE e.sequence <= 2 AND e.aggregate_id = (
                 SELECT o.aggregate_id FROM events o WHERE o.event_type = 'ContactNotMatched' ORDER BY o.position LIMIT 1)
             ) {GROW}"
        ))
        .bind(i32::try_from(MANY).unwrap())
        .execute(&world.pool)
        .await
        .unwrap();
        world.until_projected().await;
        // What the copies have not come to.
        for grown in [
            "INSERT INTO read.people SELECT registration_id, started_at, '{}' FROM read.registrations ON CONFLICT DO NOTHING",
            "INSERT INTO read.people_establishments SELECT registration_id, '00000000000018', 'contact', started_at
               FROM read.registrations",
            "INSERT INTO mailer.ledger (mail_key, registration_id, message_id, state, attempts, recorded_at)
             SELECT registration_id, registration_id, registration_id, 'sent', 1, clock_timestamp() FROM read.registrations",
        ] {
            sqlx::query(grown).execute(&world.pool).await.unwrap();
        }
        let large = large(&world).await;
        for expected in [
            "keyring.person_keys",
            "mailer.ledger",
            "public.accounts",
            "public.address_uses",
            "public.commands",
            "public.credentials",
            "public.events",
            "read.people",
            "read.people_establishments",
            "read.registrations",
        ] {
            assert!(
                large.contains(&expected.to_owned()),
                "{expected} has not grown: {large:?}"
            );
        }

        let before = scanned(&world).await;
        daily_work(&world, &crm, 2).await;
        // Sessions count for themselves and tell at their end.
        for role in ROLES {
            world.stop(role);
        }
        until_equal("sessions of the roles", 0, async || {
            world
                .count("SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('api', 'relay', 'projector', 'feed', 'mailer', 'worker')")
                .await
        })
        .await;
        let after = scanned(&world).await;
        let scans: Vec<_> = large
            .iter()
            .map(|table| (table, after[table] - before[table]))
            .filter(|(_, rows)| *rows > 0)
            .collect();
        assert!(scans.is_empty(), "rows read by scanning: {scans:?}");
    });
}
