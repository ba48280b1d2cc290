//! Scratch.
#![allow(clippy::all, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]
use futures::StreamExt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use tokio::sync::Notify;
const PG: &str = "postgres://postgres@127.0.0.1:15999/";
async fn pool(db: &str) -> sqlx::PgPool {
    sqlx::postgres::PgPoolOptions::new().max_connections(8).test_before_acquire(false).acquire_timeout(Duration::from_secs(2))
      .after_connect(|c,_| Box::pin(async move { sqlx::query("SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = 'onboarding_service'").execute(c).await.map(|_|()) }))
      .connect(&format!("{PG}{db}")).await.unwrap()
}
const SEALED: &str = r#"{"v":1,"key":"00000000-0000-0000-0000-000000000009","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"}"#;
fn story() -> Vec<(&'static str, String)> {
    let r = uuid::Uuid::now_v7();
    vec![
        (
            "IdentitySubmitted",
            format!(
                r#"{{"type":"IdentitySubmitted","profile":"membre","locale":"fr","flow":"guide","new_address":true,"sealed":{SEALED}}}"#
            ),
        ),
        (
            "ContactMatched",
            format!(r#"{{"type":"ContactMatched","establishments":1,"sealed":{SEALED}}}"#),
        ),
        (
            "VerificationRequested",
            format!(
                r#"{{"type":"VerificationRequested","request_id":"{r}","purpose":"verify_email","requested_at":"2026-11-23T07:00:00Z","expires_at":"2026-11-24T07:00:00Z"}}"#
            ),
        ),
        (
            "VerificationMailSent",
            format!(
                r#"{{"type":"VerificationMailSent","request_id":"{r}","server_code":250,"attempts":1,"possibly_twice":false}}"#
            ),
        ),
        (
            "EmailVerified",
            format!(r#"{{"type":"EmailVerified","request_id":"{r}"}}"#),
        ),
        (
            "EstablishmentLinked",
            r#"{"type":"EstablishmentLinked","siret":"73282932000074","by":"contact"}"#.to_owned(),
        ),
        (
            "PasswordSet",
            format!(r#"{{"type":"PasswordSet","policy":"guide","algorithm":"argon2id","request_id":"{r}"}}"#),
        ),
    ]
}
async fn append(pool: &sqlx::PgPool, stories: usize, erase: bool) {
    let (mut ids, mut seqs, mut types, mut payloads, mut eids) = (vec![], vec![], vec![], vec![], vec![]);
    for n in 0..stories {
        let id = uuid::Uuid::now_v7().to_string();
        let mut s = story();
        if erase && n % 10 == 0 {
            s.push((
                "PersonErased",
                r#"{"type":"PersonErased","by":"person","reason":"requested"}"#.to_owned(),
            ));
        }
        for (i, (t, p)) in s.into_iter().enumerate() {
            ids.push(id.clone());
            seqs.push(i as i64 + 1);
            types.push(t);
            payloads.push(p);
            eids.push(uuid::Uuid::now_v7());
        }
    }
    sqlx::query("INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, event_id) SELECT 'registration', i, s, t, '1', p::json, '{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}', e FROM unnest($1::text[],$2::bigint[],$3::text[],$4::text[],$5::uuid[]) WITH ORDINALITY AS u(i,s,t,p,e,n) ORDER BY n")
      .bind(ids).bind(seqs).bind(types).bind(payloads).bind(eids).execute(pool).await.unwrap();
}
#[tokio::main]
async fn main() {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(std::io::stderr)
        .init();
    let args: Vec<String> = std::env::args().collect();
    let db = args[1].clone();
    let num = |i: usize, d: usize| args.get(i).and_then(|a| a.parse().ok()).unwrap_or(d);
    if args[2] == "migrate" {
        let admin = sqlx::PgPool::connect(&format!("{PG}postgres")).await.unwrap();
        let _ = sqlx::query(&format!("CREATE DATABASE {db}"))
            .execute(&admin)
            .await;
        let own = sqlx::PgPool::connect(&format!("{PG}{db}")).await.unwrap();
        Store::new(own.clone()).migrate(&own).await.unwrap();
        return;
    }
    let pool = pool(&db).await;
    let store = Store::new(pool.clone());
    let client = async_nats::connect("127.0.0.1:14999").await.unwrap();
    let js = async_nats::jetstream::new(client.clone());
    let shutdown = runtime::CancellationToken::new();
    let notify = Arc::new(Notify::new());
    let relay = |notify: Arc<Notify>| {
        relay::run(relay::RelaySettings {
            store: store.clone(),
            client: client.clone(),
            notify,
            shutdown: shutdown.clone(),
        })
    };
    let projector = || {
        projector::run(projector::ProjectorSettings {
            store: store.clone(),
            pool: pool.clone(),
            client: client.clone(),
            shutdown: shutdown.clone(),
        })
    };
    match args[2].as_str() {
        "relay" => {
            relay(notify).await.unwrap();
        }
        "projector" => {
            projector().await.unwrap();
        }
        "both" => {
            let (a, b) = tokio::join!(relay(notify), projector());
            a.unwrap();
            b.unwrap();
        }
        "append" => {
            let n = num(3, 100);
            let chunk = num(4, 100);
            let t = Instant::now();
            let mut left = n;
            while left > 0 {
                let c = left.min(chunk);
                append(&pool, c, true).await;
                left -= c;
            }
            println!("appended {n} stories in {:?}", t.elapsed());
        }
        "trickle" => {
            let n = num(3, 100);
            let ms = num(4, 10);
            for _ in 0..n {
                append(&pool, 1, false).await;
                let _ = client.publish("onboarding.nudge", "".into()).await;
                tokio::time::sleep(Duration::from_millis(ms as u64)).await;
            }
            println!("trickled");
        }
        "status" => {
            let head = store.log_head().await.unwrap().position();
            let s = js
                .get_stream("ONBOARDING")
                .await
                .map(|s| s.cached_info().state.last_sequence);
            let p = projector::position(&pool).await.unwrap();
            println!(
                "log {head} stream {s:?} projector {p} outbox {}",
                store.outbox_size().await.unwrap()
            );
        }
        "wait" => {
            let t = Instant::now();
            loop {
                let head = store.log_head().await.unwrap().position();
                let s = js
                    .get_stream("ONBOARDING")
                    .await
                    .map(|s| s.cached_info().state.last_sequence)
                    .unwrap_or(0);
                let p = projector::position(&pool).await.unwrap();
                if store.outbox_size().await.unwrap() == 0 && head == s && p == s {
                    println!("all at {head} after {:?}", t.elapsed());
                    break;
                }
                if t.elapsed() > Duration::from_secs(60) {
                    println!("TIMEOUT log {head} stream {s} projector {p}");
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        "pub" => {
            let t = Instant::now();
            let sd = shutdown.clone();
            let r = tokio::spawn(relay(notify));
            loop {
                let head = store.log_head().await.unwrap().position();
                let s = js
                    .get_stream("ONBOARDING")
                    .await
                    .map(|s| s.cached_info().state.last_sequence)
                    .unwrap_or(0);
                if store.outbox_size().await.unwrap() == 0 && head == s {
                    println!(
                        "published {head} in {:?}: {:.0}/s",
                        t.elapsed(),
                        head as f64 / t.elapsed().as_secs_f64()
                    );
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            sd.cancel();
            r.await.unwrap().unwrap();
        }
        "proj" => {
            let t = Instant::now();
            let from = projector::position(&pool).await.unwrap();
            let sd = shutdown.clone();
            let r = tokio::spawn(projector());
            loop {
                let head = store.log_head().await.unwrap().position();
                let p = projector::position(&pool).await.unwrap();
                if head == p {
                    println!(
                        "projected {} in {:?}: {:.0}/s",
                        head - from,
                        t.elapsed(),
                        (head - from) as f64 / t.elapsed().as_secs_f64()
                    );
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            sd.cancel();
            r.await.unwrap().unwrap();
        }
        "latency" => {
            let in_process = args.get(3).map(String::as_str) == Some("notify");
            let how = args.get(3).cloned().unwrap_or_default();
            let sd = shutdown.clone();
            let r = tokio::spawn(relay(notify.clone()));
            tokio::time::sleep(Duration::from_millis(700)).await;
            let stream = js.get_stream("ONBOARDING").await.unwrap();
            let consumer = stream
                .create_consumer(async_nats::jetstream::consumer::pull::Config {
                    deliver_policy: async_nats::jetstream::consumer::DeliverPolicy::New,
                    ack_policy: async_nats::jetstream::consumer::AckPolicy::None,
                    ..Default::default()
                })
                .await
                .unwrap();
            let mut messages = consumer.messages().await.unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
            let mut took = vec![];
            for i in 0..200u64 {
                let (ids, p) = (uuid::Uuid::now_v7(), story().remove(0).1);
                sqlx::query("INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata) VALUES ('registration',$1,1,'IdentitySubmitted','1',$2::json,'{}')").bind(ids.to_string()).bind(p).execute(&pool).await.unwrap();
                let t = Instant::now();
                if in_process {
                    notify.notify_one();
                } else if how == "nudge" {
                    client.publish("onboarding.nudge", "".into()).await.unwrap();
                }
                messages.next().await.unwrap().unwrap();
                took.push(t.elapsed());
                tokio::time::sleep(Duration::from_millis(20 + i % 17)).await;
            }
            took.sort();
            println!(
                "{how}: p50 {:?} p99 {:?} max {:?}",
                took[100], took[197], took[199]
            );
            sd.cancel();
            r.await.unwrap().unwrap();
        }
        "verify" => println!(
            "{:?}",
            relay::bus::verify(&store, &js, &|a, b| eprintln!("{a}/{b}")).await
        ),
        "rebuild" => println!("{:?}", relay::bus::rebuild(&store, &client, &|_, _| {}).await),
        "pverify" => println!(
            "{:#?}",
            projector::verify(&store, args.get(3).map(String::as_str), &|_, _| {}).await
        ),
        "prebuild" => println!(
            "{:#?}",
            projector::rebuild(&store, args.get(3).map(String::as_str), &|_, _| {}).await
        ),
        "durable" => {
            use async_nats::jetstream::consumer::{AckPolicy, pull};
            let stream = js.get_stream("ONBOARDING").await.unwrap();
            let c = stream
                .create_consumer(pull::Config {
                    durable_name: Some("crm".into()),
                    ack_policy: AckPolicy::Explicit,
                    filter_subjects: vec![
                        "onboarding.v1.registration.*.EmailVerified".into(),
                        "onboarding.v1.registration.*.PasswordSet".into(),
                    ],
                    max_ack_pending: 321,
                    ..Default::default()
                })
                .await
                .unwrap();
            let mut b = c.fetch().max_messages(10).messages().await.unwrap();
            while let Some(m) = b.next().await {
                m.unwrap().double_ack().await.unwrap();
            }
            let show = |c: &async_nats::jetstream::consumer::Info| {
                println!(
                    "floor {:?} filters {:?} pending {} policy {:?} {}",
                    c.ack_floor,
                    c.config.filter_subjects,
                    c.num_pending,
                    c.config.deliver_policy,
                    c.config.max_ack_pending
                )
            };
            let mut c: async_nats::jetstream::consumer::PullConsumer =
                stream.get_consumer("crm").await.unwrap();
            show(c.info().await.unwrap());
            println!("{:?}", relay::bus::rebuild(&store, &client, &|_, _| {}).await);
            let mut c: async_nats::jetstream::consumer::PullConsumer = js
                .get_stream("ONBOARDING")
                .await
                .unwrap()
                .get_consumer("crm")
                .await
                .unwrap();
            show(c.info().await.unwrap());
        }
        "drop" => {
            js.delete_stream("ONBOARDING").await.unwrap();
        }
        "foreign" => {
            js.publish("onboarding.v1.registration.x.Foreign", "hello".into())
                .await
                .unwrap()
                .await
                .unwrap();
        }
        "delmsg" => {
            js.get_stream("ONBOARDING")
                .await
                .unwrap()
                .delete_message(num(3, 1) as u64)
                .await
                .unwrap();
        }
        other => panic!("{other}"),
    }
}
