//! Registration here and in two other systems, in one run: the same PostgreSQL, the same people, each measured while the others rest.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bench::client::Client;
use bench::family;
use bench::filling;
use bench::load::{Measured, closed_loop};
use bench::mailbox::Mailbox;
use bench::peers::{Hash, Peer, Surroundings};
use bench::people::{PASSWORD, People, Person, contacts_csv};
use bench::report::{Report, figure};
use bench::rounds::Spread;
use bench::service::Service;
use bench::settings::Settings;
use clap::Parser;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

const CLIENTS: usize = 8;
const OURS: &str = "onboarding";
/// Contacts that ask again and again; those after them register once each.
const ASKING: u64 = 5_000;
const CONTACTS: u64 = 40_000;

#[derive(Parser)]
struct Asked {
    #[command(flatten)]
    settings: Settings,
    /// The folder that `bench/peers/run` has made.
    #[arg(long)]
    home: PathBuf,
    /// How many people are in each store beforehand.
    #[arg(long, default_value_t = 200_000)]
    people: u64,
    /// How often everything is measured.
    #[arg(long, default_value_t = 1)]
    rounds: usize,
}

#[derive(Clone, Serialize)]
struct Row {
    work: &'static str,
    system: String,
    clients: usize,
    measured: Measured,
    cpu_ms: CpuMs,
}

#[derive(Clone, Serialize)]
struct CpuMs {
    server: f64,
    postgres: f64,
    client: f64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let settings = &asked.settings;
    let mailbox = Mailbox::open().await?;
    let folder = filling::folder_of(&settings.folder, asked.people);
    let made = !folder.exists();
    if made {
        drop(Service::start_in(settings, &folder, mailbox.url())?);
        filling::fill(&folder, asked.people, |_| ()).await?;
    }
    let service = Service::start_in(settings, &folder, mailbox.url())?;
    let file = service.folder().join("contacts.csv");
    std::fs::write(&file, contacts_csv(CONTACTS))?;
    service.command(&["directory", "import", "contacts", &file.display().to_string()])?;
    let (postgres, _) = service
        .postgres_url
        .rsplit_once('/')
        .context("no database named")?;
    let around = Surroundings {
        home: &asked.home.canonicalize()?,
        postgres: postgres.to_owned(),
        smtp_url: mailbox.url(),
    };
    let pool = database::pool_options().connect(&service.postgres_url).await?;
    for peer in Peer::ALL {
        for statement in ["DROP DATABASE IF EXISTS", "CREATE DATABASE"] {
            sqlx::raw_sql(&format!("{statement} {}", peer.database()))
                .execute(&pool)
                .await?;
        }
        peer.fill(asked.people, &around)?;
    }
    service.at_rest().await?;

    let bench = Bench {
        settings,
        mailbox: &mailbox,
        service: &service,
        around: &around,
        newcomers: Arc::new(People::newcomers()),
        registering: Arc::new(People::contacts()),
    };
    for _ in 0..ASKING {
        bench.registering.next();
    }
    let mut rows = Vec::new();
    for _ in 0..asked.rounds.max(1) {
        rows.extend(bench.ours().await?);
        for peer in Peer::ALL {
            let rest = service.rest()?;
            rows.extend(bench.theirs(peer).await?);
            drop(rest);
        }
    }
    for peer in Peer::ALL {
        sqlx::raw_sql(&format!("DROP DATABASE {}", peer.database()))
            .execute(&pool)
            .await?;
    }
    pool.close().await;
    drop(service);
    if made {
        std::fs::remove_dir_all(folder)?;
    }
    tell(&rows, asked.people)
}

const START: &str = "start, without a password hash";
const JOURNEY: &str = "journey, from the form to a session";

struct Bench<'a> {
    settings: &'a Settings,
    mailbox: &'a Mailbox,
    service: &'a Service,
    around: &'a Surroundings<'a>,
    newcomers: Arc<People>,
    registering: Arc<People>,
}

impl Bench<'_> {
    async fn ours(&self) -> anyhow::Result<Vec<Row>> {
        let client = Client::new(&self.service.url)?;
        let mut rows = Vec::new();
        let asking = Arc::new(People::contacts());
        for (system, people, among) in [
            ("a newcomer", &self.newcomers, u64::MAX),
            ("a known contact, with a mail", &asking, ASKING),
        ] {
            let (client, people) = (client.clone(), people.clone());
            let ask = move || {
                let (client, person) = (client.clone(), people.again(among));
                async move { client.start(&person).await.map(drop) }
            };
            rows.push(
                self.measured(START, &format!("{OURS}: {system}"), None, ask)
                    .await?,
            );
        }
        let (mailbox, people) = (self.mailbox.clone(), self.registering.clone());
        let ask = move || {
            let (client, mailbox, person) = (client.clone(), mailbox.clone(), people.next());
            async move { our_journey(&client, &mailbox, &person).await }
        };
        rows.push(
            self.measured(JOURNEY, &format!("{OURS}: a known contact, Argon2id"), None, ask)
                .await?,
        );
        Ok(rows)
    }

    async fn theirs(&self, peer: Peer) -> anyhow::Result<Vec<Row>> {
        let shipped = match peer {
            Peer::Allauth => "PBKDF2, as shipped",
            Peer::BetterAuth => "scrypt, as shipped",
        };
        let mut works = vec![(START, Hash::None, "no hash"), (JOURNEY, Hash::Shipped, shipped)];
        if peer == Peer::Allauth {
            works.push((JOURNEY, Hash::Argon2, "Argon2id, as recommended"));
        }
        let mut rows = Vec::new();
        for (work, hash, told) in works {
            let served = peer.serve(hash, self.around).await?;
            let (asker, mailbox, people) =
                (served.asker.clone(), self.mailbox.clone(), self.newcomers.clone());
            let ask = move || {
                let (asker, mailbox, person) = (asker.clone(), mailbox.clone(), people.next());
                async move {
                    match work {
                        START => asker.sign_up(&person).await,
                        _ => asker.journey(&person, &mailbox).await,
                    }
                }
            };
            let system = format!("{}: {told}", peer.name());
            rows.push(
                self.measured(work, &system, Some(served.running.pid()), ask)
                    .await?,
            );
        }
        Ok(rows)
    }

    /// `server` is the peer's first process; the service's own otherwise.
    async fn measured<F>(
        &self,
        work: &'static str,
        system: &str,
        server: Option<u32>,
        ask: impl Fn() -> F + Clone + Send + 'static,
    ) -> anyhow::Result<Row>
    where
        F: Future<Output = anyhow::Result<()>> + Send,
    {
        let used = || -> anyhow::Result<[Duration; 3]> {
            let ours = family::uses(self.service.pid())?;
            let of = |name: &str| ours.get(name).map_or(Duration::ZERO, |it| it.cpu);
            let server = match server {
                Some(pid) => family::uses(pid)?.values().map(|it| it.cpu).sum(),
                None => of("onboarding") + of("nats-server"),
            };
            Ok([server, of("postgres"), family::cpu_of(std::process::id())])
        };
        let (warm_up, window) = (self.settings.warm_up(), self.settings.window());
        let before = used()?;
        let measured = closed_loop(CLIENTS, warm_up, window, ask)
            .await
            .with_context(|| format!("{system}, {work}"))?;
        let after = used()?;
        let done = (measured.per_second * (warm_up + window).as_secs_f64()).max(1.0);
        let [server, postgres, client] =
            [0, 1, 2].map(|it: usize| after[it].saturating_sub(before[it]).as_secs_f64() * 1_000.0 / done);
        Ok(Row {
            work,
            system: system.to_owned(),
            clients: CLIENTS,
            measured,
            cpu_ms: CpuMs {
                server,
                postgres,
                client,
            },
        })
    }
}

/// What theirs is, with ours: start, mail, link, password, sign-in, who that is.
async fn our_journey(client: &Client, mailbox: &Mailbox, person: &Person) -> anyhow::Result<()> {
    let started = client.start(person).await?;
    let token = mailbox.token(&person.address).await?;
    client
        .ask(
            Method::POST,
            "/v1/email-verifications",
            None,
            &json!({ "token": token }),
        )
        .await?;
    client
        .step(
            &started,
            "password",
            json!({ "token": token, "password": PASSWORD }),
        )
        .await?;
    let body = json!({ "email": person.address, "password": PASSWORD });
    let session = client.ask(Method::POST, "/v1/sessions", None, &body).await?;
    client
        .ask(Method::GET, "/v1/me", session["token"].as_str(), &Value::Null)
        .await?;
    Ok(())
}

fn tell(rows: &[Row], people: u64) -> anyhow::Result<()> {
    let mut report = Report::new(
        "Peers: registration with a proven address",
        &[
            "work",
            "system",
            "a second",
            "p50 ms",
            "p99 ms",
            "CPU ms each: server / PostgreSQL / client",
        ],
    );
    let mut told: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        let this = (row.work, row.system.as_str());
        if told.contains(&this) {
            continue;
        }
        told.push(this);
        let middle = |of: fn(&Row) -> f64| {
            let values: Vec<f64> = rows
                .iter()
                .filter(|it| (it.work, it.system.as_str()) == this)
                .map(of)
                .collect();
            Spread::of(&values).map_or_else(String::new, |it| figure(it.median))
        };
        report.row([
            row.work.to_owned(),
            row.system.clone(),
            middle(|it| it.measured.per_second),
            middle(|it| it.measured.p50_ms),
            middle(|it| it.measured.p99_ms),
            format!(
                "{} / {} / {}",
                middle(|it| it.cpu_ms.server),
                middle(|it| it.cpu_ms.postgres),
                middle(|it| it.cpu_ms.client)
            ),
        ]);
    }
    report.note(format!(
        "{people} people in each store beforehand; eight clients in a closed loop; one PostgreSQL for all, with fsync and \
         synchronous_commit. While a peer is measured our service is stopped, and peers run one at a time. Mails go over SMTP to a server that \
         takes each at once. `bench/peers/README.md` says what was changed from what ships."
    ));
    report.write(&rows)
}
