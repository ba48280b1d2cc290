//! Read models and the stream: as the log says, made again from it, and checked against it.

use async_nats::jetstream;
use serde_json::Value;
use tests::journey::{Visitor, newcomer_with_account};
use tests::people::{contact, newcomer};
use tests::run;
use tests::world::{Plan, World};

/// A finished newcomer, a finished contact, and one who has only begun.
async fn with_three_people() -> World {
    let world = World::start(Plan::default()).await;
    newcomer_with_account(&world, &newcomer()).await;
    Visitor::start(&world, &contact(13)).await.finish().await;
    Visitor::start(&world, &newcomer()).await;
    world.until_settled().await;
    world.until_projected().await;
    world
}

async fn rows(world: &World, query: &str) -> Value {
    sqlx::query_scalar(&format!(
        "SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') FROM ({query}) AS t"
    ))
    .fetch_one(&world.pool)
    .await
    .unwrap()
}

const EVERYTHING: [&str; 4] = [
    "SELECT * FROM read.registrations ORDER BY registration_id",
    "SELECT * FROM read.people ORDER BY registration_id",
    "SELECT * FROM read.people_establishments ORDER BY registration_id, siret",
    "SELECT * FROM read.funnel ORDER BY day, journey, step",
];

#[test]
fn read_models_tell_what_happened_and_come_out_the_same_when_made_again() {
    run(async {
        let world = with_three_people().await;
        assert_eq!(world.count("SELECT count(*) FROM read.registrations").await, 3);
        assert_eq!(
            world
                .count("SELECT count(*) FROM read.registrations WHERE stage = 'active'")
                .await,
            2
        );
        assert_eq!(world.count("SELECT count(*) FROM read.people").await, 2);
        assert_eq!(
            world
                .count("SELECT count(*) FROM read.people_establishments")
                .await,
            7
        );
        let mut before = Vec::new();
        for query in EVERYTHING {
            before.push(rows(&world, query).await);
        }
        world.command(&["projections", "verify"], 0);
        world.command(&["projections", "rebuild"], 0);
        for (query, before) in EVERYTHING.into_iter().zip(before) {
            assert_eq!(rows(&world, query).await, before, "{query}");
        }
    });
}

#[test]
fn a_row_that_was_tampered_with_is_named_and_mended() {
    run(async {
        let world = with_three_people().await;
        let tampering =
            "UPDATE read.people_establishments SET siret = '00000051300010' WHERE siret = '00000041400037'";
        sqlx::query(tampering).execute(&world.pool).await.unwrap();
        let said = world.command(&["projections", "verify"], 3);
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(
            said.contains("people_establishments") && said.contains("00000041400037"),
            "{said}"
        );
        let json = world.command(&["--json", "projections", "verify"], 3);
        serde_json::from_slice::<Value>(&json.stdout).unwrap();
        world.command(&["projections", "rebuild"], 0);
        world.command(&["projections", "verify"], 0);
    });
}

#[test]
fn a_stream_that_was_tampered_with_is_found_out_and_made_again() {
    run(async {
        let world = with_three_people().await;
        let before = world.feed().await;
        world.command(&["bus", "verify"], 0);
        let client = async_nats::connect(world.nats.url()).await.unwrap();
        let stream = jetstream::new(client).get_stream("ONBOARDING").await.unwrap();
        stream.delete_message(3).await.unwrap();
        let said = world.command(&["bus", "verify"], 3);
        assert!(String::from_utf8(said.stdout).unwrap().contains("position 3"));
        world.command(&["bus", "rebuild"], 0);
        world.command(&["bus", "verify"], 0);
        let after = world.until_settled().await;
        assert_eq!(before.len(), after.len());
        assert_eq!(before[2].event, after[2].event);
        newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
    });
}
