//! Who registers meanwhile: known contacts and newcomers, each from the first step to the account; some twice at once, some
//! with a client that hangs up; and a subscriber that reads people and hangs up early.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::people::{MEMBER, Person};
use crate::seed::Seed;
use crate::visit::{Ask, Clients, Visit};

/// How long somebody waits for a mail: longer than a try that hangs, its lease and the wait for the next one.
const MAIL_WITHIN: Duration = Duration::from_secs(90);
/// The subscriber hangs up within one of these times, in milliseconds: wherever its request may be by then.
const GLANCES: [u64; 4] = [4, 12, 40, 160];

/// How much is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Pressure {
    /// How many people register at once.
    pub people_at_once: u64,
    /// How many requests in a hundred are hung up on.
    pub hang_ups: u64,
    /// How many accounts in a hundred ask to be erased after they signed in.
    pub erasures: u64,
    /// Whether the subscriber reads people and hangs up.
    pub glances: bool,
    /// The pause after each person, at most.
    pub pause: Duration,
}

/// The load of a run.
pub struct Load<'a> {
    installation: &'a Installation,
    clients: Clients,
    seed: Seed,
    contacts: u64,
    pressure: Pressure,
    next: AtomicU64,
    subscriber: String,
    stop: watch::Sender<bool>,
}

impl<'a> Load<'a> {
    /// Prepares clients and a subscriber.
    pub fn new(
        installation: &'a Installation,
        ledger: Arc<Ledger>,
        seed: &Seed,
        (contacts, pressure): (u64, Pressure),
    ) -> Self {
        let stop = watch::Sender::new(false);
        Self {
            installation,
            clients: Clients {
                instances: installation.api_instances(),
                ledger,
                stop: stop.subscribe(),
                hang_ups: pressure.hang_ups,
                http: reqwest::Client::new(),
            },
            seed: seed.clone(),
            contacts,
            pressure,
            stop,
            next: AtomicU64::new(0),
            subscriber: add_subscriber(installation),
        }
    }

    /// Tells everybody to come to an end.
    pub fn end(&self) {
        self.stop.send_replace(true);
    }

    /// Runs until told to end, and until everybody has.
    pub async fn run(&self) {
        self.stop.send_replace(false);
        let pressure = self.pressure;
        let people = (0..pressure.people_at_once).map(|place| self.register_people(place, pressure.pause));
        let subscriber = async {
            if pressure.glances {
                futures::future::join_all((0..4).map(|place| self.glance(place))).await;
            }
        };
        tokio::join!(futures::future::join_all(people), subscriber);
    }

    fn is_over(&self) -> bool {
        *self.clients.stop.borrow()
    }

    async fn register_people(&self, place: u64, pause: Duration) {
        let mut chance = self.seed.branch(&format!("load {place}"));
        while !self.is_over() {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let is_known = number < self.contacts && chance.percent(60);
            let person = Person::new(&self.seed, number, is_known);
            if chance.percent(5) {
                // Two devices, one address: at most one account comes of it.
                tokio::join!(self.register(&person, "a"), self.register(&person, "b"));
            } else {
                self.register(&person, "a").await;
            }
            tokio::time::sleep(chance.between(Duration::ZERO, pause)).await;
        }
    }

    async fn register(&self, person: &Person, device: &str) -> Option<()> {
        let visit = Visit {
            clients: &self.clients,
            person: person.number,
            seed: self.seed.branch(&format!("visit {} {device}", person.number)),
        };
        Walk {
            visit,
            load: self,
            person,
            device,
        }
        .run()
        .await
    }

    /// Reads people as a subscriber does whose client has little patience.
    async fn glance(&self, place: u64) {
        let mut visit = Visit {
            clients: &self.clients,
            person: u64::MAX,
            seed: self.seed.branch(&format!("subscriber {place}")),
        };
        let mut latest = None;
        while !self.is_over() {
            let seen = self.clients.ledger.latest_registration(latest.take());
            if let Some(id) = &seen {
                let ask = Ask {
                    method: Method::GET,
                    what: "GET /v1/people/{registration}",
                    path: format!("/v1/people/{id}"),
                    token: Some(&self.subscriber),
                    key: None,
                    body: Value::Null,
                };
                let most = Duration::from_millis(*visit.seed.pick(&GLANCES));
                let patience = visit.seed.between(Duration::ZERO, most);
                let _ = visit.once(&ask, patience).await;
            }
            latest = seen;
            tokio::time::sleep(visit.seed.between(Duration::ZERO, Duration::from_millis(60))).await;
        }
    }
}

/// Adds a subscriber; its secret. Three NATS servers that have just been given more copies to keep may need some tries.
fn add_subscriber(installation: &Installation) -> String {
    for number in 0..10 {
        let name = format!("reader-{number}");
        let add = ["--json", "subscriber", "add", &name, "--events", "PasswordSet"];
        if let Ok(printed) = installation.try_command(&add) {
            let printed: Value = serde_json::from_str(&printed).expect("JSON");
            return printed["secret"].as_str().expect("a secret").to_owned();
        }
    }
    panic!("no subscriber can be added");
}

/// A person's walk from the first step to the account.
struct Walk<'a> {
    visit: Visit<'a>,
    load: &'a Load<'a>,
    person: &'a Person,
    device: &'a str,
}

impl Walk<'_> {
    /// `None` when it ends early: refused, or the run is over.
    async fn run(&mut self) -> Option<()> {
        let smtp = &self.load.installation.smtp;
        let mails_before = smtp.count();
        let started = self
            .step(
                Method::POST,
                "POST /v1/registrations",
                "/v1/registrations".to_owned(),
                None,
                self.person.form(),
            )
            .await?;
        let id = started["id"].as_str()?.to_owned();
        let token = started["continuation_token"].as_str()?.to_owned();
        if started["state"] == "awaiting_topics" {
            self.fill_in(&id, &token).await?;
        }
        if self.person.gets_no_mail() {
            return None;
        }
        let mut stop = self.visit.clients.stop.clone();
        let link = tokio::select! {
            link = smtp.token(&self.person.email, mails_before, MAIL_WITHIN) => link?,
            _ = stop.wait_for(|stop| *stop) => return None,
        };
        if self.visit.seed.percent(70) {
            let body = json!({"token": link});
            self.step(
                Method::POST,
                "POST /v1/email-verifications",
                "/v1/email-verifications".to_owned(),
                None,
                body,
            )
            .await?;
        }
        let body = json!({"token": link, "password": self.person.password()});
        let path = format!("/v1/registrations/{id}/password");
        self.step(
            Method::PUT,
            "PUT /v1/registrations/{id}/password",
            path,
            None,
            body,
        )
        .await?;
        if self.visit.seed.percent(40) {
            let session = self.sign_in().await?;
            if self.visit.seed.percent(self.load.pressure.erasures) {
                self.ask_to_be_erased(&session).await?;
            }
        }
        Some(())
    }

    async fn fill_in(&mut self, id: &str, token: &str) -> Option<()> {
        let path = |step: &str| format!("/v1/registrations/{id}/{step}");
        let (topics, siret, number) = (
            json!({"topics": ["payments"]}),
            json!({"siret": MEMBER.0}),
            json!({"number": MEMBER.1}),
        );
        self.step(
            Method::PUT,
            "PUT /v1/registrations/{id}/topics",
            path("topics"),
            Some(token),
            topics,
        )
        .await?;
        self.step(
            Method::PUT,
            "PUT /v1/registrations/{id}/establishment",
            path("establishment"),
            Some(token),
            siret,
        )
        .await?;
        self.step(
            Method::PUT,
            "PUT /v1/registrations/{id}/member-number",
            path("member-number"),
            Some(token),
            number,
        )
        .await?;
        Some(())
    }

    async fn ask_to_be_erased(&mut self, session: &str) -> Option<Value> {
        let body = json!({"password": self.person.password()});
        self.step(
            Method::POST,
            "POST /v1/me/erasure",
            "/v1/me/erasure".to_owned(),
            Some(session),
            body,
        )
        .await
    }

    async fn sign_in(&mut self) -> Option<String> {
        let body = json!({"email": self.person.email, "password": self.person.password()});
        let session = self
            .ask(
                Method::POST,
                "POST /v1/sessions",
                "/v1/sessions".to_owned(),
                None,
                None,
                body,
            )
            .await?;
        let token = session["token"].as_str()?.to_owned();
        self.ask(
            Method::GET,
            "GET /v1/me",
            "/v1/me".to_owned(),
            Some(&token),
            None,
            Value::Null,
        )
        .await?;
        Some(token)
    }

    /// A step with an idempotency key of its own, the same however often it is asked.
    async fn step(
        &mut self,
        method: Method,
        what: &'static str,
        path: String,
        token: Option<&str>,
        body: Value,
    ) -> Option<Value> {
        let key = format!(
            "{}-{}-{}",
            self.person.number,
            self.device,
            what.rsplit('/').next().unwrap_or_default()
        );
        self.ask(method, what, path, token, Some(key), body).await
    }

    async fn ask(
        &mut self,
        method: Method,
        what: &'static str,
        path: String,
        token: Option<&str>,
        key: Option<String>,
        body: Value,
    ) -> Option<Value> {
        let ask = Ask {
            method,
            what,
            path,
            token,
            key,
            body,
        };
        let (answer, body) = self.visit.until_answered(ask).await?;
        answer.is_acknowledged().then_some(body)
    }
}
