//! A database that answers and does not commit, or has no room: readiness, doctor and metrics say so, and nothing piles up.

use std::fs;

use serde_json::json;
use tests::eventually::eventually;
use tests::journey::Visitor;
use tests::people::{contact, newcomer};
use tests::run;
use tests::world::{Plan, ROLES, World};

use crate::faults_servers::until_ready_is;

/// Probes of readiness that have not come to an end.
const PROBES: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%readiness_room%' AND state = 'active'
    AND pid <> pg_backend_pid()";

async fn world() -> World {
    World::start(Plan {
        own_cluster: true,
        ..Plan::default()
    })
    .await
}

fn doctor(world: &World) -> String {
    String::from_utf8(world.command(&["doctor"], 1).stdout).unwrap()
}

#[test]
fn while_commits_hang_no_role_says_that_it_is_ready_and_doctor_names_the_standby() {
    run(async {
        let world = world().await;
        let visitor = Visitor::start(&world, &newcomer()).await;
        // A synchronous standby that is not there: each commit waits for it, whatever the timeouts say.
        world.cluster().set("synchronous_standby_names", "nobody").await;
        for role in ROLES {
            until_ready_is(&world, role, 503).await;
            world.admin(role).get("/healthz").await.expect(200);
        }
        for _ in 0..10 {
            for role in ROLES {
                world.admin(role).get("/readyz").await.expect(503);
            }
        }
        let processes = i64::try_from(ROLES.len()).unwrap();
        let probes: i64 = world.cluster().ask(PROBES).await;
        assert_eq!(probes, processes, "one a process, however often it is asked");
        eventually("the age of the oldest transaction is told", async || {
            let metrics = world.admin("relay").get("/metrics").await.expect(200).text;
            let age = metrics
                .lines()
                .find_map(|line| line.strip_prefix("onboarding_postgres_oldest_transaction_seconds "))?;
            (age.parse::<f64>().ok()? > 5.0).then_some(())
        })
        .await;
        let told = doctor(&world);
        assert!(told.contains("synchronous_standby_names"), "{told}");
        assert!(
            !told.contains("log_origin"),
            "no new log is begun for a stall: {told}"
        );
        let probes: i64 = world.cluster().ask(PROBES).await;
        assert_eq!(probes, processes, "doctor adds none");
        world.cluster().set("synchronous_standby_names", "").await;
        for role in ROLES {
            until_ready_is(&world, role, 200).await;
        }
        visitor.put("topics", json!({"topics": []})).await.expect(200);
    });
}

#[test]
fn a_server_that_takes_no_writes_is_told_everywhere() {
    run(async {
        let world = world().await;
        let visitor = Visitor::start(&world, &newcomer()).await;
        world.cluster().set("default_transaction_read_only", "on").await;
        for role in ROLES {
            until_ready_is(&world, role, 503).await;
        }
        let refused = visitor.put("topics", json!({"topics": []})).await;
        let refused = refused.expect(503);
        assert!(!refused.header("retry-after").is_empty());
        refused.problem(503, "service-unavailable");
        let told = doctor(&world);
        assert!(
            told.contains("read only") && told.contains("name the primary"),
            "{told}"
        );
        assert!(!told.contains("log_origin"), "{told}");
        world.cluster().set("default_transaction_read_only", "off").await;
        for role in ROLES {
            until_ready_is(&world, role, 200).await;
        }
        visitor.put("topics", json!({"topics": []})).await.expect(200);
    });
}

#[test]
fn a_lock_that_is_waited_for_is_told_by_who_holds_it_and_the_asker_hears_503() {
    run(async {
        let world = world().await;
        let visitor = Visitor::start(&world, &newcomer()).await;
        let mut holder = database::begin(&world.pool).await.unwrap();
        sqlx::query("SET LOCAL application_name = 'somebody at a desk'")
            .execute(&mut *holder)
            .await
            .unwrap();
        sqlx::query("LOCK TABLE events IN EXCLUSIVE MODE")
            .execute(&mut *holder)
            .await
            .unwrap();
        let told = async {
            eventually("somebody waits", async || {
                let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
                (world.cluster().ask::<i64>(waiting).await > 0).then_some(())
            })
            .await;
            tokio::task::block_in_place(|| String::from_utf8(world.try_command(&["doctor"]).stdout).unwrap())
        };
        let (refused, told) = tokio::join!(visitor.put("topics", json!({"topics": []})), told);
        let refused = refused.expect(503);
        assert!(!refused.header("retry-after").is_empty());
        refused.problem(503, "service-unavailable");
        assert!(
            told.contains("waits for") && told.contains("somebody at a desk"),
            "{told}"
        );
        assert!(!told.contains("log_origin"), "{told}");
        for (role, status) in [("api", 503), ("mailer", 503), ("worker", 503), ("relay", 200)] {
            until_ready_is(&world, role, status).await;
        }
        holder.rollback().await.unwrap();
        for role in ROLES {
            until_ready_is(&world, role, 200).await;
        }
        visitor.put("topics", json!({"topics": []})).await.expect(200);
    });
}

#[test]
fn a_balancer_without_a_server_is_an_absent_database() {
    run(async {
        let world = World::start(Plan {
            balanced: true,
            ..Plan::default()
        })
        .await;
        let visitor = Visitor::start(&world, &newcomer()).await;
        world.balancer().set_server(false);
        for path in ["/v1/idcc?q=transport", "/sign-in"] {
            let answer = world.client.get(path).await;
            assert_ne!(answer.status, 500, "{path}: {}", answer.text);
        }
        for _ in 0..20 {
            let refused = visitor.put("topics", json!({"topics": []})).await;
            let refused = refused.expect(503);
            assert!(!refused.header("retry-after").is_empty());
            refused.problem(503, "service-unavailable");
        }
        for role in ROLES {
            until_ready_is(&world, role, 503).await;
        }
        world.balancer().set_server(true);
        visitor.put("topics", json!({"topics": []})).await.expect(200);
        for role in ROLES {
            until_ready_is(&world, role, 200).await;
        }
        let log = fs::read_to_string(world.folder.join("api.log")).unwrap();
        assert!(!log.contains("a fault of ours"), "{log}");
    });
}

#[test]
fn a_full_disk_is_told_and_all_goes_on_by_itself_when_there_is_room_again() {
    run(async {
        let world = World::start(Plan {
            small_disks: true,
            ..Plan::default()
        })
        .await;
        let Some([postgres, nats, _]) = &world.disks else {
            return eprintln!("disks of their own are mounted by root alone: not tried here");
        };
        let visitor = Visitor::start(&world, &newcomer()).await;
        postgres.fill();
        for role in ROLES {
            until_ready_is(&world, role, 503).await;
        }
        let told = doctor(&world);
        assert!(told.contains("out of disk"), "{told}");
        postgres.clear();
        for role in ROLES {
            until_ready_is(&world, role, 200).await;
        }
        visitor.put("topics", json!({"topics": []})).await.expect(200);

        nats.fill();
        for role in ["relay", "projector", "feed", "mailer"] {
            until_ready_is(&world, role, 503).await;
        }
        let told = doctor(&world);
        assert!(told.contains("disk of nats-server"), "{told}");
        nats.clear();
        for role in ROLES {
            until_ready_is(&world, role, 200).await;
        }
        Visitor::start(&world, &contact(16)).await.finish().await;
        world.until_settled().await;
    });
}

#[test]
fn a_stream_that_met_a_full_disk_is_told_until_its_server_is_started_again() {
    run(async {
        let world = World::start(Plan {
            small_disks: true,
            ..Plan::default()
        })
        .await;
        let Some([_, nats, _]) = &world.disks else {
            return eprintln!("disks of their own are mounted by root alone: not tried here");
        };
        Visitor::start(&world, &newcomer()).await;
        world.until_settled().await;
        nats.fill();
        // More than any room that a block has left: certain not to be stored, and the stream's last write for long.
        let client = async_nats::connect(world.nats.url()).await.unwrap();
        let too_much = vec![b' '; 200 << 10];
        let published = client
            .request("onboarding.v1.registration.x", too_much.into())
            .await;
        assert!(published.is_err(), "{published:?}");
        nats.clear();
        assert!(!world.nats.is_healthy().await);
        Visitor::start(&world, &newcomer()).await;
        until_ready_is(&world, "relay", 503).await;
        eventually("the doctor knows what to do", async || {
            let told = world.try_command(&["doctor"]).stdout;
            let told = String::from_utf8(told).unwrap();
            told.contains("restart nats-server").then_some(())
        })
        .await;
        world.nats.kill();
        world.nats.run().await;
        for role in ROLES {
            until_ready_is(&world, role, 200).await;
        }
        world.until_settled().await;
    });
}
