//! Webhooks, received by real servers: what is sent, in which order, and what comes of an endpoint that does not do well.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use tests::eventually::{eventually, until_equal};
use tests::hook::{Hook, Manner};
use tests::journey::{Visitor, newcomer_with_account};
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};

const EVERYTHING: &str = "IdentitySubmitted,ContactNotMatched,TopicsChosen,EstablishmentDeclared,EstablishmentLinked,\
    VerificationRequested,VerificationMailSent,EmailVerified,PasswordSet,NoticeMailSent,PersonErased";

/// A service whose webhooks are tried again after a second or so, and given up after some.
async fn hasty() -> World {
    let settings = vec![
        ("ONBOARDING_WEBHOOK_TIMEOUT", "2s".to_owned()),
        ("ONBOARDING_WEBHOOK_FIRST_RETRY", "1s".to_owned()),
        ("ONBOARDING_WEBHOOK_LONGEST_RETRY", "1s".to_owned()),
        ("ONBOARDING_WEBHOOK_GIVE_UP_AFTER", "8s".to_owned()),
    ];
    World::start(Plan {
        settings,
        ..Plan::default()
    })
    .await
}

fn add(world: &World, url: &str, more: &[&str]) -> Value {
    let arguments = [
        "--json",
        "subscriber",
        "add",
        "crm",
        "--events",
        EVERYTHING,
        "--from",
        "start",
        "--webhook",
        url,
    ];
    let added = world.command(&[&arguments, more].concat(), 0);
    serde_json::from_slice(&added.stdout).unwrap()
}

fn deliveries(world: &World, more: &[&str]) -> Vec<Value> {
    let arguments = [&["--json", "subscriber", "deliveries", "crm"], more].concat();
    serde_json::from_slice(&world.command(&arguments, 0).stdout).unwrap()
}

/// The sequences of a registration's events, as the feed has them.
async fn sequences(world: &World, registration: &str) -> Vec<u64> {
    (1..=world.story(registration).await.len() as u64).collect()
}

#[test]
fn every_event_is_called_out_once_signed_and_in_order() {
    run(async {
        let world = hasty().await;
        let hook = Hook::start().await;
        let added = add(&world, &hook.url(), &["--allow-private"]);
        let key = added["signing_secret"].as_str().unwrap();
        assert!(key.starts_with("whsec_"));
        let people: Vec<String> = {
            let (one, two) = (newcomer(), newcomer());
            let (one, two) = tokio::join!(
                newcomer_with_account(&world, &one),
                newcomer_with_account(&world, &two)
            );
            vec![one.id, two.id]
        };
        let feed = world.until_settled().await;
        until_equal("calls", feed.len(), async || hook.calls().len()).await;
        for id in &people {
            assert_eq!(hook.taken(id), sequences(&world, id).await);
        }
        for call in hook.calls() {
            let published = feed.iter().find(|it| it.event["id"] == call.event["id"]).unwrap();
            assert_eq!(call.event, published.event, "the body is the feed's message");
            assert_eq!(call.header("webhook-id"), call.event["id"].as_str().unwrap());
            assert_eq!(call.header("content-type"), "application/cloudevents+json");
            assert_eq!(
                call.header("onboarding-position"),
                call.event["position"].to_string()
            );
            verify(&world, key, &call);
        }
        let kept = deliveries(&world, &[]);
        assert_eq!(kept.len(), feed.len());
        assert!(
            kept.iter()
                .all(|it| it["outcome"] == "acknowledged" && it["status"] == 204)
        );
        let stored: Vec<u8> = sqlx::query_scalar("SELECT sealed_key FROM feed.webhooks")
            .fetch_one(&world.pool)
            .await
            .unwrap();
        let clear = key.trim_start_matches("whsec_");
        assert!(
            !String::from_utf8_lossy(&stored).contains(clear),
            "the key is sealed at rest"
        );
        // Sent again on request: marked, and under another identifier, or the receiver would drop it.
        world.command(&["subscriber", "pause", "crm"], 0);
        let newest = Visitor::start(&world, &newcomer()).await;
        world.until_settled().await;
        world.command(&["subscriber", "resume", "crm"], 0);
        until_equal(
            "the calls after a pause",
            sequences(&world, &newest.id).await,
            async || hook.taken(&newest.id),
        )
        .await;
    });
}

/// Checks a signature with an implementation that is not ours.
fn verify(world: &World, key: &str, call: &tests::hook::Call) {
    let body = world.folder.join("call.json");
    std::fs::write(&body, &call.body).unwrap();
    let script = "import base64,hmac,hashlib,sys\n\
        key,mid,stamp,sent,path=sys.argv[1:]\n\
        body=open(path,'rb').read()\n\
        mac=hmac.new(base64.b64decode(key[6:]),f'{mid}.{stamp}.'.encode()+body,hashlib.sha256).digest()\n\
        assert sent=='v1,'+base64.b64encode(mac).decode(), sent";
    let header = |name| call.header(name);
    let output = Command::new("python3")
        .args([
            "-c",
            script,
            key,
            header("webhook-id"),
            header("webhook-timestamp"),
            header("webhook-signature"),
        ])
        .arg(&body)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn what_an_endpoint_does_not_take_is_tried_again_and_holds_up_that_registration_alone() {
    run(async {
        let world = hasty().await;
        let hook = Hook::start().await;
        let manners = [
            Manner::Status(500),
            Manner::Elsewhere,
            Manner::Busy(1),
            Manner::Hang,
            Manner::Endless,
        ];
        let first = Visitor::start(&world, &newcomer()).await;
        world.until_settled().await;
        hook.answers_in_turn(manners);
        add(&world, &hook.url(), &["--allow-private"]);
        until_equal("what was taken", sequences(&world, &first.id).await, async || {
            hook.taken(&first.id)
        })
        .await;
        let obstacles: BTreeSet<String> = deliveries(&world, &["--failed"])
            .iter()
            .map(|it| it["obstacle"].as_str().unwrap().to_owned())
            .collect();
        for told in [
            "answered 500",
            "answered 302: no redirect is followed",
            "answered 503",
            "no answer in time",
        ] {
            assert!(obstacles.contains(told), "{told}: {obstacles:?}");
        }
        let ids: BTreeSet<String> = hook
            .calls()
            .iter()
            .take(4)
            .map(|it| it.header("webhook-id").to_owned())
            .collect();
        assert_eq!(ids.len(), 1, "one identifier however often it is tried");

        // One registration is refused for as long as it takes; everybody else's events flow.
        let stubborn = first.id.clone();
        hook.answers(move |event| {
            Manner::Status(if event["subject"] == stubborn.as_str() {
                422
            } else {
                200
            })
        });
        let before = hook.taken(&first.id).len();
        first.fill_in_as_member().await;
        let other = newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
        until_equal(
            "the other's events",
            sequences(&world, &other.id).await,
            async || hook.taken(&other.id),
        )
        .await;
        let parked = "SELECT count(*) FROM feed.lanes WHERE state = 'parked'";
        until_equal("parked registrations", 1, async || world.count(parked).await).await;
        assert_eq!(hook.taken(&first.id).len(), before);
        assert!(
            deliveries(&world, &["--failed"])
                .iter()
                .any(|it| it["outcome"] == "refused")
        );
    });
}

#[test]
fn an_endpoint_that_is_gone_is_left_alone_until_it_is_resumed() {
    run(async {
        let world = hasty().await;
        let hook = Hook::start().await;
        hook.answers(|_| Manner::Status(410));
        let visitor = Visitor::start(&world, &newcomer()).await;
        add(&world, &hook.url(), &["--allow-private"]);
        let paused = "SELECT count(*) FROM feed.subscribers WHERE paused_at IS NOT NULL";
        until_equal("paused subscribers", 1, async || world.count(paused).await).await;
        visitor.fill_in_as_member().await;
        world.until_settled().await;
        assert_eq!(hook.calls().len(), 1, "it was not called again");
        let told = world.command(&["subscriber", "deliveries", "crm"], 0).stdout;
        assert!(String::from_utf8(told).unwrap().contains("subscriber resume crm"));
        hook.answers(|_| Manner::Status(200));
        world.command(&["subscriber", "resume", "crm"], 0);
        until_equal(
            "what was taken",
            sequences(&world, &visitor.id).await,
            async || hook.taken(&visitor.id),
        )
        .await;
    });
}

#[test]
fn a_deliverer_that_is_killed_is_followed_by_another_and_nothing_is_lost() {
    run(async {
        let world = hasty().await;
        let hook = Hook::start().await;
        add(&world, &hook.url(), &["--allow-private"]);
        world.run("projector.2").await;
        let first = newcomer_with_account(&world, &newcomer()).await;
        eventually("some calls came", async || {
            (!hook.calls().is_empty()).then_some(())
        })
        .await;
        world.kill("projector");
        let second = newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
        for id in [&first.id, &second.id] {
            let expected = sequences(&world, id).await;
            until_equal("what was taken, repetitions left out", expected, async || {
                let mut taken = hook.taken(id);
                taken.dedup();
                taken
            })
            .await;
        }
    });
}

#[test]
fn private_addresses_and_certificates_that_nobody_vouches_for_are_refused() {
    run(async {
        let world = hasty().await;
        let refused = |url: &str| {
            let output = world.command(
                &[
                    "subscriber",
                    "add",
                    "bad",
                    "--events",
                    "PasswordSet",
                    "--webhook",
                    url,
                ],
                2,
            );
            String::from_utf8(output.stderr).unwrap()
        };
        let hook = Hook::start().await;
        assert!(refused(&hook.url()).contains("https://"));
        assert!(refused("https://127.0.0.1/hooks").contains("--allow-private"));
        assert!(refused("https://[::ffff:169.254.169.254]/").contains("--allow-private"));
        Visitor::start(&world, &newcomer()).await;
        // A name that leads to this machine is told by the address that it leads to.
        add(
            &world,
            &hook.url().replace("http://127.0.0.1", "https://localhost"),
            &[],
        );
        let told = async |words: &str| {
            eventually(words, async || {
                let failed = deliveries(&world, &["--failed"]);
                failed.iter().any(|it| it["obstacle"] == words).then_some(())
            })
            .await;
        };
        told("the name leads to an address of a private network").await;
        assert!(hook.calls().is_empty());
        let port = tls_server().await;
        sqlx::query("UPDATE feed.webhooks SET url = $1, allow_private = true")
            .bind(format!("https://localhost:{port}/hooks"))
            .execute(&world.pool)
            .await
            .unwrap();
        told("the endpoint's certificate is not trusted").await;
    });
}

/// A TLS server with a certificate of its own making.
async fn tls_server() -> u16 {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key =
        tokio_rustls::rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let settings = tokio_rustls::rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(settings));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let _refused_by_the_client = acceptor.accept(connection).await;
        }
    });
    port
}
