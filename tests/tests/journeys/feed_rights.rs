//! What a subscriber's credential can do on NATS, and everything else that it cannot.

use async_nats::jetstream::consumer::PullConsumer;
use tests::eventually::eventually;
use tests::fetching::Fetching;
use tests::journey::Visitor;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};

async fn world() -> World {
    World::start(Plan {
        nats_asks: true,
        ..Plan::default()
    })
    .await
}

#[test]
fn a_credential_fetches_looks_and_acknowledges_and_does_nothing_else() {
    run(async {
        let world = world().await;
        let crm = Fetching::add(&world, "crm", "IdentitySubmitted", &[]);
        let other = Fetching::add(&world, "other", "IdentitySubmitted", &[]);
        Visitor::start(&world, &newcomer()).await;
        let line = crm.connect().await;
        line.take(1).await;
        assert!(line.complaints().is_empty(), "{:?}", line.complaints());

        let (own, theirs) = (crm.told("stream"), other.told("stream"));
        let publish = [
            format!("$JS.API.CONSUMER.CREATE.{own}"),
            format!("$JS.API.CONSUMER.CREATE.{own}.mine"),
            format!("$JS.API.CONSUMER.DURABLE.CREATE.{own}.crm"),
            format!("$JS.API.CONSUMER.DELETE.{own}.crm"),
            format!("$JS.API.CONSUMER.PAUSE.{own}.crm"),
            format!("$JS.API.CONSUMER.RESET.{own}.crm"),
            format!("$JS.API.CONSUMER.NAMES.{own}"),
            format!("$JS.API.CONSUMER.LIST.{own}"),
            format!("$JS.API.CONSUMER.INFO.{theirs}.other"),
            format!("$JS.API.CONSUMER.MSG.NEXT.{theirs}.other"),
            "$JS.API.CONSUMER.CREATE.ONBOARDING".to_owned(),
            "$JS.API.CONSUMER.MSG.NEXT.FEED_OUTCOMES.distributor".to_owned(),
            format!("$JS.API.STREAM.INFO.{own}"),
            "$JS.API.STREAM.INFO.ONBOARDING".to_owned(),
            "$JS.API.STREAM.NAMES".to_owned(),
            "$JS.API.STREAM.LIST".to_owned(),
            "$JS.API.STREAM.CREATE.MINE".to_owned(),
            format!("$JS.API.STREAM.UPDATE.{own}"),
            format!("$JS.API.STREAM.DELETE.{own}"),
            format!("$JS.API.STREAM.PURGE.{own}"),
            format!("$JS.API.STREAM.MSG.GET.{own}"),
            "$JS.API.STREAM.MSG.GET.ONBOARDING".to_owned(),
            format!("$JS.API.STREAM.MSG.DELETE.{own}"),
            "$JS.API.DIRECT.GET.ONBOARDING".to_owned(),
            "$JS.API.DIRECT.GET.ONBOARDING.onboarding.v1.registration.x.PasswordSet".to_owned(),
            "$JS.API.INFO".to_owned(),
            "$JS.API.STREAM.CREATE.KV_MINE".to_owned(),
            "$KV.mine.key".to_owned(),
            format!("$JS.ACK.{theirs}.other.1.1.1.1.0"),
            "$JS.ACK.ONBOARDING.mailer.1.1.1.1.0".to_owned(),
            format!("$JS.EVENT.METRIC.CONSUMER.ACK.{own}.crm"),
            format!("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.{own}.crm"),
            "onboarding.v1.registration.x.PasswordSet".to_owned(),
            "onboarding.nudge".to_owned(),
            "onboarding.subscribers.nudge".to_owned(),
            "subscriber.crm.x".to_owned(),
            "subscriber.other.x".to_owned(),
            "crm.v1.establishment.x".to_owned(),
            "_INBOX.somebody.x".to_owned(),
            "_INBOX_other.x".to_owned(),
            "$SYS.REQ.USER.AUTH".to_owned(),
            "$SYS.REQ.SERVER.PING".to_owned(),
            // The same by the domain that it fetches through.
            format!("$JS.feed.API.CONSUMER.MSG.NEXT.{theirs}.other"),
            format!("$JS.feed.API.CONSUMER.INFO.{theirs}.other"),
            format!("$JS.feed.API.CONSUMER.DELETE.{own}.crm"),
            format!("$JS.feed.API.STREAM.INFO.{own}"),
            "$JS.feed.API.STREAM.PURGE.ONBOARDING".to_owned(),
            "$JS.feed.API.INFO".to_owned(),
        ];
        for subject in publish {
            let seen = line.complaints().len();
            line.client
                .publish(subject.clone(), "{}".into())
                .await
                .expect("sent");
            let complaint = eventually(&format!("publishing to {subject} is refused"), async || {
                line.complaints().get(seen).cloned()
            })
            .await;
            assert!(
                complaint.to_lowercase().contains("permissions violation"),
                "{subject}: {complaint}"
            );
        }
        let subscribe = [
            ">",
            "*",
            "onboarding.>",
            "onboarding.v1.registration.>",
            "subscriber.crm.*",
            "_INBOX.>",
            "_INBOX_other.>",
            "$JS.>",
            "$JS.ACK.>",
            "$JS.EVENT.>",
            "$SYS.>",
            "$SYS.REQ.USER.AUTH",
            "$KV.>",
            "crm.v1.>",
        ];
        for subject in subscribe {
            let seen = line.complaints().len();
            let _subscription = line.client.subscribe(subject).await.expect("sent");
            let complaint = eventually(&format!("listening on {subject} is refused"), async || {
                line.complaints().get(seen).cloned()
            })
            .await;
            assert!(
                complaint.to_lowercase().contains("permissions violation"),
                "{subject}: {complaint}"
            );
        }
        assert_eq!(
            world.feed().await.len() as u64,
            world.events().await,
            "nothing was added to the feed"
        );

        for secret in ["", "wrong", other.told("secret"), &crm.told("secret")[1..]] {
            let refused = crm.try_connect_with(secret).await.expect_err("refused");
            assert_eq!(
                refused.kind(),
                async_nats::ConnectErrorKind::AuthorizationViolation,
                "{refused}"
            );
        }
    });
}

/// Permissions hold for the subject and not for the reply subject, at which the server itself publishes its answer.
#[test]
fn a_reply_subject_reaches_nothing_either() {
    run(async {
        let world = world().await;
        let crm = Fetching::add(&world, "crm", "IdentitySubmitted", &[]);
        let other = Fetching::add(&world, "other", "IdentitySubmitted", &[]);
        let (line, theirs) = (crm.connect().await, other.connect().await);
        for _ in 0..20 {
            Visitor::start(&world, &newcomer()).await;
        }
        world.until_settled().await;
        let admin = async_nats::jetstream::new(async_nats::connect(world.nats.url()).await.expect("NATS"));
        let standing = async || {
            let mut all = Vec::new();
            for stream in ["ONBOARDING", "CRM", other.told("stream"), crm.told("stream")] {
                let stream = admin.get_stream(stream).await.expect("it is there");
                let state = &stream.cached_info().state;
                all.push((state.messages, state.last_sequence));
            }
            let consumer = admin.get_consumer_from_stream(other.told("consumer"), other.told("stream"));
            let consumer: PullConsumer = consumer.await.expect("it is there");
            let info = consumer.cached_info();
            (all, info.delivered.consumer_sequence, info.num_waiting)
        };
        eventually("the events are in both streams", async || {
            let (all, ..) = standing().await;
            (all[2].0 == 20 && all[3].0 == 20).then_some(())
        })
        .await;
        let before = standing().await;
        let (own, others) = (crm.told("stream"), other.told("stream"));
        let next = format!("$JS.feed.API.CONSUMER.MSG.NEXT.{own}.crm");
        let info = format!("$JS.feed.API.CONSUMER.INFO.{own}.crm");
        let aims = [
            "$JS.API.STREAM.PURGE.ONBOARDING".to_owned(),
            "$JS.API.STREAM.DELETE.ONBOARDING".to_owned(),
            format!("$JS.API.STREAM.DELETE.{others}"),
            format!("$JS.API.CONSUMER.DELETE.{others}.other"),
            format!("$JS.API.CONSUMER.MSG.NEXT.{others}.other"),
            format!("$JS.feed.API.CONSUMER.MSG.NEXT.{others}.other"),
            "onboarding.v1.registration.x.PasswordSet".to_owned(),
            "crm.v1.establishment.00000040600017".to_owned(),
            "subscriber.other.x".to_owned(),
            "onboarding.subscribers.nudge".to_owned(),
        ];
        // With a message as the answer, and, once all are out, with an empty one, which the interface takes for a request.
        let mut handed_out = None;
        for round in 0..3 {
            if round == 2 {
                line.fetch(20).await;
            }
            for aim in &aims {
                for (subject, body) in [(&next, r#"{"batch":1,"no_wait":true}"#), (&info, "")] {
                    let sent = line
                        .client
                        .publish_with_reply(subject.clone(), aim.clone(), body.into());
                    sent.await.expect("sent");
                }
            }
            line.client.flush().await.expect("flushed");
            // Answers come in turn: whatever the asks led to, they led to it before this one.
            let answer = line.client.request(info.clone(), "".into()).await;
            let told: serde_json::Value =
                serde_json::from_slice(&answer.expect("an answer").payload).expect("JSON");
            handed_out = told["delivered"]["consumer_seq"].as_u64();
        }
        assert_eq!(
            handed_out,
            Some(20),
            "what was asked for was handed out, to nobody"
        );
        assert_eq!(standing().await, before);
        theirs.take(20).await;
        assert_eq!(world.feed().await.len() as u64, world.events().await);

        let directory = world.nats.connect_as_directory().await;
        let before = standing().await;
        let state = r#"{"siret":"00000040600017","deleted":true}"#;
        for aim in &aims {
            let subject = "crm.v1.establishment.00000040600017";
            let sent = directory.publish_with_reply(subject, aim.clone(), state.into());
            sent.await.expect("sent");
        }
        let context = async_nats::jetstream::new(directory);
        let told = context.publish("crm.v1.establishment.1", "x".into());
        told.await
            .expect("sent")
            .await
            .expect("its own messages are taken");
        let after = standing().await;
        assert_eq!(after.0[0], before.0[0], "the feed is as it was");
        assert_eq!(after.0[2], before.0[2]);
        assert_eq!(after.0[1].1, before.0[1].1 + aims.len() as u64 + 1);
    });
}

#[test]
fn revoking_cuts_a_live_connection_and_lets_nobody_in_again() {
    run(async {
        let world = world().await;
        let crm = Fetching::add(&world, "crm", "IdentitySubmitted", &[]);
        let other = Fetching::add(&world, "other", "IdentitySubmitted", &[]);
        let (line, theirs) = (crm.connect().await, other.connect().await);
        let output = world.command(&["--json", "subscriber", "revoke", "crm"], 0);
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(told["connections_cut"], 1);
        eventually("the connection ends", async || {
            line.complaints().iter().any(|it| it == "closed").then_some(())
        })
        .await;
        let refused = crm
            .try_connect_with(crm.told("secret"))
            .await
            .expect_err("refused");
        assert_eq!(
            refused.kind(),
            async_nats::ConnectErrorKind::AuthorizationViolation
        );
        world.command(&["subscriber", "revoke", "crm"], 0);
        world.command(&["subscriber", "replay", "crm", "--from", "1"], 2);
        Visitor::start(&world, &newcomer()).await;
        theirs.take(1).await;
        assert!(theirs.complaints().is_empty());
        let admin = async_nats::jetstream::new(async_nats::connect(world.nats.url()).await.expect("NATS"));
        assert!(
            admin.get_stream(crm.told("stream")).await.is_err(),
            "its stream is gone, and stays so"
        );

        let output = world.command(&["--json", "subscriber", "rotate", "other"], 0);
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(other.try_connect_with(other.told("secret")).await.is_err());
        let changed = told["secret"].as_str().expect("a secret");
        other
            .try_connect_with(changed)
            .await
            .expect("the new secret opens");
    });
}
