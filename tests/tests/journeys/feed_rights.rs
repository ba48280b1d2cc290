//! What a subscriber's credential can do on NATS, and everything else that it cannot.

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
