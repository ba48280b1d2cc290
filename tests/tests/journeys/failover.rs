//! A primary that goes away, in every manner, and a standby that takes over: the service finds it by itself.

use serde_json::json;
use tests::eventually::eventually;
use tests::journey::Visitor;
use tests::people::{Person, contact, newcomer};
use tests::postgres::Cluster;
use tests::run;
use tests::world::{Plan, ROLES, World};

use crate::load::{register_many, unfinished};

async fn world() -> World {
    let world = World::start(Plan {
        standby: true,
        no_limits: true,
        ..Plan::default()
    })
    .await;
    world.cluster().commit_synchronously(true).await;
    world
}

/// Who registered while something befell the primary in the midst of it, and the standby took over.
async fn registered_meanwhile(world: &World, befalls: impl FnOnce(&Cluster)) -> Vec<Person> {
    let taking_over = async {
        eventually("some work is done", async || {
            (world.mail_server().connections() > 2).then_some(())
        })
        .await;
        befalls(world.cluster());
        world.standby().promote().await;
    };
    let (people, ()) = tokio::join!(register_many(world, 40), taking_over);
    goes_on(world, people.len()).await;
    people
}

#[test]
fn a_primary_that_dies_under_load_is_followed_by_its_standby_and_nothing_is_lost() {
    run(async {
        let world = world().await;
        let people = registered_meanwhile(&world, Cluster::kill).await;
        let feed = world.until_mailed(people.len()).await;
        assert_eq!(unfinished(&world, &people, &feed), Vec::<String>::new());
        world.command(&["bus", "verify"], 0);
        world.command(&["projections", "verify"], 0);
    });
}

#[test]
fn a_primary_that_falls_silent_is_left_and_not_gone_back_to_when_it_wakes() {
    run(async {
        let world = world().await;
        // Connections stay open, statements are under way, and nothing answers any more.
        registered_meanwhile(&world, Cluster::freeze).await;
        // Two servers take writes now: the one with the later history is right.
        world.cluster().thaw();
        world.cluster().commit_synchronously(false).await;
        eventually("what was under way has ended", async || {
            let active = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid()
                AND application_name IN ('api', 'relay', 'projector', 'feed', 'mailer', 'worker') AND query NOT LIKE 'SELECT pg_is_in_recovery%'";
            (world.cluster().ask::<i64>(active).await == 0).then_some(())
        })
        .await;
        let old = world.cluster().pool(world.database());
        let events = async || -> i64 {
            let counted = sqlx::query_scalar("SELECT count(*) FROM events").fetch_one(&old);
            counted.await.unwrap()
        };
        let left_at = events().await;
        Visitor::start(&world, &newcomer()).await;
        for role in ROLES {
            world.kill(role);
            world.run(role).await;
        }
        Visitor::start(&world, &newcomer()).await;
        world.until_settled().await;
        assert_eq!(events().await, left_at, "nothing is written to the old primary");
    });
}

#[test]
fn sessions_of_a_primary_that_becomes_read_only_are_left_for_the_new_one() {
    run(async {
        let world = world().await;
        let visitor = Visitor::start(&world, &newcomer()).await;
        world.cluster().commit_synchronously(false).await;
        // A switch-over by hand: the old primary lives, its sessions too, and may no longer write.
        world.cluster().set("default_transaction_read_only", "on").await;
        for role in ROLES {
            crate::faults_servers::until_ready_is(&world, role, 503).await;
        }
        visitor
            .put("topics", json!({"topics": []}))
            .await
            .problem(503, "service-unavailable");
        world.standby().promote().await;
        goes_on(&world, 0).await;
        visitor.put("topics", json!({"topics": []})).await.expect(200);
    });
}

/// Every role lives, is ready, and does its work.
async fn goes_on(world: &World, mails: usize) {
    for role in ROLES {
        assert!(world.is_running(role), "{role} outlived it:\n{}", world.log(role));
        world.until_ready(role).await;
    }
    let visitor = Visitor::start(world, &contact(15)).await;
    visitor.mail().await;
    world.until_mailed(mails + 1).await;
}
