//! Services that sleep while others take over, and streams that are not what the log says.

use async_nats::jetstream;
use tests::eventually::eventually;
use tests::journey::{Visitor, newcomer_with_account};
use tests::people::{contact, newcomer};
use tests::run;
use tests::smtp_sink::{Act, Verb};
use tests::world::{Plan, World};

use crate::faults_servers::until_ready_is;
use crate::load::{register_many, unfinished};

async fn world() -> World {
    World::start(Plan {
        no_limits: true,
        ..Plan::default()
    })
    .await
}

#[test]
fn a_relay_and_a_projector_that_wake_up_after_others_took_over_do_no_harm() {
    run(async {
        let world = world().await;
        let mut people = register_many(&world, 10).await;
        for role in ["relay", "projector"] {
            world.pause(role);
        }
        world.run("relay.2").await;
        world.run("projector.2").await;
        people.extend(register_many(&world, 20).await);
        for role in ["relay", "projector"] {
            world.wake(role);
        }
        people.extend(register_many(&world, 20).await);
        let feed = world.until_mailed(people.len()).await;
        assert_eq!(unfinished(&world, &people, &feed), Vec::<String>::new());
        world.until_projected().await;
        world.command(&["projections", "verify"], 0);
    });
}

#[test]
fn a_stream_rolled_back_to_an_older_copy_gets_the_missing_positions_again() {
    run(async {
        let world = world().await;
        newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
        world.nats.kill();
        let copy = world.folder.join("older copy");
        world.nats.copy_the_store(&copy);
        world.nats.run().await;
        let visitor = Visitor::start(&world, &contact(13)).await;
        visitor.finish().await;
        let told = world.until_settled().await;
        world.nats.kill();
        world.nats.put_back_the_store(&copy);
        world.nats.run().await;
        let again = world.until_settled().await;
        assert_eq!(told.len(), again.len());
        assert!(
            told.iter()
                .zip(&again)
                .all(|(one, other)| one.event == other.event)
        );
        newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
        assert_eq!(
            world.mails_to(&visitor.person.email).len(),
            2,
            "nobody gets an old mail again"
        );
    });
}

#[test]
fn a_stranger_s_message_stops_the_relay_and_a_rebuild_mends_the_stream() {
    run(async {
        let world = world().await;
        Visitor::start(&world, &newcomer()).await;
        world.until_settled().await;
        let client = async_nats::connect(world.nats.url()).await.unwrap();
        let subject = format!(
            "onboarding.v1.registration.{}.EmailVerified",
            uuid::Uuid::now_v7()
        );
        jetstream::new(client)
            .publish(subject, "{}".into())
            .await
            .unwrap()
            .await
            .unwrap();
        eventually("the relay says that it stands still", async || {
            let metrics = world.admin("relay").get("/metrics").await.text;
            metrics
                .lines()
                .any(|line| line.starts_with("onboarding_relay_standstill") && line.ends_with(" 1"))
                .then_some(())
        })
        .await;
        until_ready_is(&world, "relay", 503).await;
        // Registrations go on, and the log with them.
        Visitor::start(&world, &newcomer()).await;
        world.command(&["bus", "verify"], 3);
        world.command(&["bus", "rebuild"], 0);
        world.command(&["bus", "verify"], 0);
        until_ready_is(&world, "relay", 200).await;
        newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
    });
}

#[test]
fn a_mailer_that_sleeps_in_the_middle_of_a_mail_leaves_it_to_another() {
    run(async {
        let world = world().await;
        world.mail_server().play([Act::Hang(Verb::Rcpt), Act::Accept]);
        let visitor = Visitor::start(&world, &contact(23)).await;
        eventually("the mail is under way", async || {
            (world.mail_server().connections() == 1).then_some(())
        })
        .await;
        world.pause("mailer");
        world.run("mailer.2").await;
        let mail = tests::eventually::within(
            std::time::Duration::from_secs(120),
            "the other mailer takes over",
            async || world.mails_to(&visitor.person.email).into_iter().next(),
        )
        .await;
        world.wake("mailer");
        visitor.verify(mail.token()).await.expect(200);
        world.until_settled().await;
        assert_eq!(
            world.mails_to(&visitor.person.email).len(),
            1,
            "the one that woke up sent nothing"
        );
    });
}
