//! PostgreSQL and NATS going away, coming back, and losing what they held.

use serde_json::json;
use tests::eventually::eventually;
use tests::feed;
use tests::journey::{Visitor, newcomer_with_account};
use tests::people::{contact, newcomer};
use tests::run;
use tests::world::{Plan, ROLES, World};

use crate::load::{register_many, unfinished};

#[test]
fn a_database_killed_under_load_costs_no_registration() {
    run(async {
        let world = World::start(Plan {
            own_cluster: true,
            no_limits: true,
            ..Plan::default()
        })
        .await;
        let registering = register_many(&world, 60);
        let killing = async {
            for _ in 0..3 {
                eventually("some work is done", async || {
                    (world.mail_server().connections() > 2).then_some(())
                })
                .await;
                world.cluster().kill();
                world.cluster().run().await;
            }
        };
        let (people, ()) = tokio::join!(registering, killing);
        let feed = world.until_mailed(people.len()).await;
        assert_eq!(unfinished(&world, &people, &feed), Vec::<String>::new());
        for role in ROLES {
            assert!(
                world.is_running(role),
                "{role} outlived the database's absence:\n{}",
                world.log(role)
            );
            world.until_ready(role).await;
        }
    });
}

#[test]
fn without_the_database_a_request_hears_503_soon_and_the_service_says_that_it_is_not_ready() {
    run(async {
        let world = World::start(Plan {
            own_cluster: true,
            ..Plan::default()
        })
        .await;
        let visitor = Visitor::start(&world, &newcomer()).await;
        world.cluster().stop();
        let begun = std::time::Instant::now();
        visitor
            .put("topics", json!({"topics": []}))
            .await
            .problem(503, "service-unavailable");
        let waited = begun.elapsed().as_secs_f64();
        assert!(waited < 3.5, "the answer took {waited:.1} s");
        for role in ROLES {
            until_ready_is(&world, role, 503).await;
            world.admin(role).get("/healthz").await.expect(200);
        }
        world.cluster().run().await;
        for role in ROLES {
            until_ready_is(&world, role, 200).await;
        }
        visitor.put("topics", json!({"topics": []})).await.expect(200);
    });
}

#[test]
fn without_nats_registrations_go_on_and_the_feed_catches_up() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        let before = newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
        world.nats.kill();
        let visitor = Visitor::start(&world, &contact(12)).await;
        register_many(&world, 5).await;
        // The worker needs PostgreSQL alone.
        for role in ROLES.into_iter().filter(|it| *it != "worker") {
            until_ready_is(&world, role, 503).await;
        }
        world.nats.run().await;
        visitor.finish().await;
        world.until_settled().await;
        assert_eq!(
            world.mails_to(&before.person.email).len(),
            2,
            "nobody gets an old mail again"
        );
        for role in ROLES {
            until_ready_is(&world, role, 200).await;
        }
    });
}

#[test]
fn a_lost_stream_is_made_again_whole_and_nobody_gets_an_old_mail_again() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        let before = newcomer_with_account(&world, &newcomer()).await;
        let told = world.until_settled().await;
        world.nats.kill();
        world.nats.lose_the_store();
        world.nats.run().await;
        let visitor = Visitor::start(&world, &contact(13)).await;
        visitor.finish().await;
        let again = world.until_settled().await;
        let bodies =
            |messages: &[feed::Message]| messages.iter().map(|it| it.event.clone()).collect::<Vec<_>>();
        assert_eq!(
            bodies(&told),
            bodies(&again[..told.len()]),
            "the same messages stand at the same positions"
        );
        assert_eq!(
            world.mails_to(&before.person.email).len(),
            2,
            "nobody gets an old mail again"
        );
        world.until_projected().await;
        world.command(&["projections", "verify"], 0);
    });
}

#[test]
fn registrations_are_taken_while_nats_and_the_mail_server_are_away_from_the_start() {
    run(async {
        let plan = Plan {
            no_mail_server: true,
            nothing_runs: true,
            no_limits: true,
            ..Plan::default()
        };
        let world = World::start(plan).await;
        world.nats.kill();
        world.begin("api");
        eventually("the API is alive", async || {
            let asked = world
                .admin("api")
                .ask(reqwest::Method::GET, "/healthz")
                .try_send()
                .await
                .ok()?;
            (asked.status == 200).then_some(())
        })
        .await;
        let people = register_many(&world, 5).await;
        until_ready_is(&world, "api", 503).await;
        world.nats.run().await;
        world.open_the_mail_server([tests::smtp_sink::Act::Accept]).await;
        for role in ["relay", "projector", "feed", "mailer"] {
            world.run(role).await;
        }
        let feed = world.until_mailed(people.len()).await;
        assert_eq!(unfinished(&world, &people, &feed), Vec::<String>::new());
        world.until_ready("api").await;
    });
}

/// Waits for an answer of `/readyz`.
pub async fn until_ready_is(world: &World, role: &str, status: u16) {
    let admin = world.admin(role);
    eventually(&format!("/readyz of {role} answers {status}"), async || {
        let asked = admin.ask(reqwest::Method::GET, "/readyz").try_send().await.ok()?;
        (asked.status == status).then_some(())
    })
    .await;
}
