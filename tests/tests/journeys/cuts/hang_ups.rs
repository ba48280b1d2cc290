//! The real service beyond a database that is some milliseconds away, and clients that hang up at a random moment.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use futures::StreamExt;
use reqwest::Method;
use serde_json::json;
use tests::client::Answer;
use tests::journey::MEMBER;
use tests::people::newcomer;
use tests::run;
use tests::slow_link::SlowLink;
use tests::world::{Plan, World};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::assert_kept;
use super::errands::{self, Errand};
use crate::load::until_answered;

/// As between two machines of one data centre, on a bad day.
const DELAY: Duration = Duration::from_millis(2);
/// A request is over after some ten round trips at the most.
const PATIENCE_MAX_US: u64 = 40_000;
/// People who register meanwhile.
const PEOPLE: usize = 40;
const AT_ONCE: usize = 4;
/// Clients that hang up. More of them would only find out how busy the service can be kept.
const HURRIED_AT_ONCE: usize = 2;
/// Every route is cut so often.
const ROUNDS: usize = 3;

#[test]
fn what_is_acknowledged_stays_whoever_hangs_up() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        let errands = errands::all(&world).await;
        let look = errands::look(&world).await;
        let _link = slow_database(&world).await;

        let acknowledged = Mutex::new(Vec::new());
        let done = AtomicBool::new(false);
        let api = world.base().trim_start_matches("http://").parse().unwrap();
        let registering = async {
            let all = (0..PEOPLE).map(|_| register(&world, &acknowledged));
            futures::stream::iter(all)
                .buffer_unordered(AT_ONCE)
                .collect::<Vec<()>>()
                .await;
            done.store(true, Ordering::Relaxed);
        };
        let round = (0..ROUNDS).flat_map(|_| errands.iter().cloned());
        // The errand that is known to do harm goes on as long as people register.
        let hurried = round
            .chain(std::iter::repeat(look))
            .take_while(|_| !done.load(Ordering::Relaxed));
        let hanging_up =
            futures::stream::iter(hurried).for_each_concurrent(HURRIED_AT_ONCE, |errand| async move {
                hang_up(api, &errand).await
            });
        tokio::join!(registering, hanging_up);

        let acknowledged = acknowledged.into_inner().unwrap();
        assert_kept(&world.pool, &acknowledged).await;
        world.until_settled().await;
        world.until_projected().await;
        assert_kept(&world.pool, &acknowledged).await;
        for verify in ["projections", "audit", "bus"] {
            world.command(&[verify, "verify"], 0);
        }
    });
}

/// The API's database from now on.
async fn slow_database(world: &World) -> SlowLink {
    let url = url::Url::parse(world.database_url()).unwrap();
    let link = SlowLink::to(url.port().unwrap(), DELAY).await;
    let mut slow = url;
    slow.set_port(Some(link.address.port())).unwrap();
    world.stop("api");
    world.begin_with("api", &[("ONBOARDING_POSTGRES_URL", slow.as_str())]);
    world.until_ready("api").await;
    link
}

/// The form of somebody who waits for every answer, and asks again where the service is too busy; what was acknowledged.
async fn register(world: &World, acknowledged: &Mutex<Vec<(String, u64)>>) {
    let note = |answer: &Answer| {
        let told = (answer.text_at("id").to_owned(), answer.version());
        acknowledged.lock().unwrap().push(told);
    };
    let (person, key) = (newcomer(), errands::key());
    let start = "/v1/registrations";
    let started = until_answered(world, Method::POST, start, None, &key, &person.form()).await;
    note(&started);
    let token = started.text_at("continuation_token");
    for (step, body) in [
        ("topics", json!({"topics": ["payments"]})),
        ("establishment", json!({"siret": MEMBER.0})),
        ("member-number", json!({"number": MEMBER.1})),
    ] {
        let path = format!("{start}/{}/{step}", started.text_at("id"));
        note(&until_answered(world, Method::PUT, &path, Some(token), &key, &body).await);
    }
}

/// Sends the request and is gone before the answer, mostly.
async fn hang_up(api: SocketAddr, errand: &Errand) {
    let mut connection = TcpStream::connect(api).await.unwrap();
    let body = errand.body();
    let mut text = format!(
        "{} {} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n",
        errand.method,
        errand.path,
        body.len()
    );
    for (name, value) in &errand.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&body);
    let _ = connection.write_all(text.as_bytes()).await;
    let moment = moment();
    tokio::time::sleep(Duration::from_micros(moment)).await;
    drop(connection);
    tokio::time::sleep(Duration::from_micros(PATIENCE_MAX_US - moment)).await;
}

/// Moments spread evenly over the time that a request takes, the same in each run.
fn moment() -> u64 {
    static MOMENTS: AtomicU32 = AtomicU32::new(0);
    let step = u64::from(MOMENTS.fetch_add(1, Ordering::Relaxed));
    // Multiples of the golden ratio never repeat, and leave no gap.
    (step * 24_721) % PATIENCE_MAX_US
}
