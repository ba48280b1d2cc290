//! The sink into PostgreSQL as a real client: killed midway, it ends equal to the service's own read model.

use serde_json::{Value, json};
use sqlx::PgPool;
use subscribers::ACK_WAIT;
use tests::eventually::within;
use tests::fetching::Fetching;
use tests::journey::{MEMBER, TRAINING_ORGANISATION, Visitor, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, contact, newcomer};
use tests::postgres::Cluster;
use tests::register::SILENT;
use tests::run;
use tests::world::{Plan, World};

use crate::clients::{Client, example};
use crate::rights::ask_to_be_erased;

const PEOPLE: &str = "SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM
    (SELECT registration::text AS id, active_since, topics FROM crm.people ORDER BY 1) p";
const ATTACHMENTS: &str = "SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM
    (SELECT registration::text AS id, siret, linked_by, linked_at FROM crm.people_establishments ORDER BY 1, 2) p";

/// People and attachments, as one of the two tells them.
async fn told(pool: &PgPool, ours: bool) -> Option<(Value, Value)> {
    let ask = async |sql: &str| {
        let sql = match ours {
            true => sql
                .replace("registration::text", "registration_id::text")
                .replace("crm.", "read."),
            false => sql.to_owned(),
        };
        sqlx::query_scalar(&sql).fetch_one(pool).await.ok()
    };
    Some((ask(PEOPLE).await?, ask(ATTACHMENTS).await?))
}

#[test]
fn the_sink_into_postgres_ends_equal_to_the_read_model() {
    run(async {
        let world = World::start(Plan {
            settings: vec![("ONBOARDING_ERASURE_WAIT", "30d".to_owned())],
            nats_asks: true,
            ..Plan::default()
        })
        .await;
        // The events that the file itself says to ask for.
        let sql = include_str!("../../../examples/postgres-sink/sink.sql");
        let events = sql.lines().find_map(|line| line.strip_prefix("-- TopicsChosen,"));
        let events = format!("TopicsChosen,{}", events.expect("the events to ask for"));
        let crm = Fetching::add(&world, "crm", &events, &["--from", "start"]);
        let cluster = Cluster::shared().await;
        let database = cluster.new_database().await;
        let (url, theirs) = (cluster.url(&database), cluster.pool(&database));
        let program = example("postgres-sink");
        let start = || Client::start(&world, &crm, &program, &[], ("SINK_DATABASE_URL", url.as_ref()));

        Visitor::start(&world, &contact(13)).await.finish().await;
        let moved = Visitor::start(&world, &newcomer()).await;
        moved.put("topics", json!({"topics": []})).await.expect(200);
        moved
            .put("establishment", json!({"siret": MEMBER.0}))
            .await
            .expect(200);
        let (siret, number) = TRAINING_ORGANISATION;
        moved
            .put("establishment", json!({"siret": siret}))
            .await
            .expect(200);
        moved
            .put("member-number", json!({"number": number}))
            .await
            .expect(200);

        let applied = async || {
            let count = sqlx::query_scalar("SELECT sum(sequence)::bigint FROM crm.registrations");
            count.fetch_one(&theirs).await.ok().flatten().unwrap_or(0_i64)
        };
        let mut client = start();
        within(6 * ACK_WAIT, "the sink does something", async || {
            client.must_be_alive();
            (applied().await > 0).then_some(())
        })
        .await;
        client.kill();
        let mail = world.mail_after(&moved.person.email, 0).await;
        moved.choose_password(mail.token(), PASSWORD).await.expect(200);

        // Somebody whose establishment turns out to be closed.
        let closed = Visitor::start(&world, &newcomer()).await;
        closed
            .put("topics", json!({"topics": ["payments"]}))
            .await
            .expect(200);
        closed
            .put("establishment", json!({"siret": SILENT}))
            .await
            .expect(200);
        closed.put("idcc", json!({"idcc": "1979"})).await.expect(200);
        closed.finish().await;
        world.register.says(SILENT, "F");

        let (mut client, before) = (start(), applied().await);
        let [erased, spared, waiting] = [newcomer(), newcomer(), newcomer()];
        for person in [&erased, &spared, &waiting] {
            let visitor = newcomer_with_account(&world, person).await;
            let session = sign_in(&world, &person.email, PASSWORD).await;
            ask_to_be_erased(&world, &session).await.expect(202);
            let id = &visitor.id;
            if person.email == erased.email {
                world.command(&["erase", id, "--reason", "agreed by letter", "--now"], 0);
            } else if person.email == spared.email {
                world.command(&["erasure", "cancel", id, "--reason", "withdrawn in writing"], 0);
            }
        }
        within(6 * ACK_WAIT, "the sink goes on", async || {
            client.must_be_alive();
            (applied().await > before).then_some(())
        })
        .await;
        client.kill();

        let mut client = start();
        within(6 * ACK_WAIT, "the register's answer is told", async || {
            let told = world.story(&closed.id).await;
            told.contains(&"RegisterCheckCompleted".to_owned()).then_some(())
        })
        .await;
        let declared = closed.put("establishment", json!({"siret": MEMBER.0})).await;
        declared.expect(200);
        world.until_settled().await;
        world.until_projected().await;
        let (people, attachments) = told(&world.pool, true).await.expect("the read model");
        assert_eq!(people.as_array().unwrap().len(), 4, "{people}");
        assert!(attachments.as_array().unwrap().len() >= 8, "{attachments}");
        within(6 * ACK_WAIT, "the sink equals the read model", async || {
            client.must_be_alive();
            (told(&theirs, false).await? == (people.clone(), attachments.clone())).then_some(())
        })
        .await;
    });
}
