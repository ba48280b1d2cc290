//! Other systems that register people by a proven address, asked over HTTP as their own clients ask them. `bench/peers/` has their settings.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};

use crate::mailbox::Mailbox;
use crate::people::{PASSWORD, Person};
use crate::service::Running;

/// How long a server may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// A system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// django-allauth, headless, on gunicorn.
    Allauth,
    /// Better Auth on Node.
    BetterAuth,
}

/// Which password hash it uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// What it ships with.
    Shipped,
    /// Django's second choice, which its documentation recommends.
    Argon2,
    /// None worth the name, to see everything else.
    None,
}

/// Where a peer's files and servers are.
pub struct Surroundings<'a> {
    /// The folder that `bench/peers/run` has filled: one folder a peer, and Python's packages.
    pub home: &'a Path,
    /// PostgreSQL, without a database.
    pub postgres: String,
    /// The mail server.
    pub smtp_url: &'a str,
}

impl Peer {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Allauth, Self::BetterAuth];

    /// As its own page calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allauth => "django-allauth",
            Self::BetterAuth => "Better Auth",
        }
    }

    /// Its folder's name.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Allauth => "allauth",
            Self::BetterAuth => "better-auth",
        }
    }

    /// Its database.
    pub fn database(self) -> &'static str {
        match self {
            Self::Allauth => "peer_allauth",
            Self::BetterAuth => "peer_better_auth",
        }
    }

    fn command(self, what: &str, hash: Hash, around: &Surroundings<'_>) -> Command {
        let mut command = Command::new(around.home.join(self.folder()).join(what));
        command
            .env("PEER_HOME", around.home)
            .env(
                "PEER_POSTGRES_URL",
                format!("{}/{}", around.postgres, self.database()),
            )
            .env("PEER_SMTP_URL", around.smtp_url)
            .env(
                "PEER_HASH",
                match hash {
                    Hash::Shipped => "shipped",
                    Hash::Argon2 => "argon2",
                    Hash::None => "none",
                },
            );
        command
    }

    /// Makes its tables, with so many people in them.
    ///
    /// # Errors
    /// When its program says so.
    pub fn fill(self, people: u64, around: &Surroundings<'_>) -> anyhow::Result<()> {
        let output = self
            .command("fill", Hash::Shipped, around)
            .env("PEER_PEOPLE", people.to_string())
            .output()?;
        ensure!(
            output.status.success(),
            "{}: {}",
            self.name(),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    /// Starts it, and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn serve(self, hash: Hash, around: &Surroundings<'_>) -> anyhow::Result<Served> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = around.home.join(format!("{}.log", self.folder()));
        let child = self
            .command("serve", hash, around)
            .arg(port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()
            .with_context(|| format!("{} does not start", self.name()))?;
        let served = Served {
            peer: self,
            running: Running::of(child),
            asker: Asker {
                peer: self,
                http: client()?,
                base: format!("http://127.0.0.1:{port}"),
            },
            log,
        };
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if served.asker.http.get(&served.asker.base).send().await.is_ok() {
                return Ok(served);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!(
            "{} did not get ready: {}",
            self.name(),
            std::fs::read_to_string(&served.log)?
        )
    }
}

/// A peer at work. It ends when dropped.
pub struct Served {
    /// Which.
    pub peer: Peer,
    /// Its first process.
    pub running: Running,
    /// Asks it.
    pub asker: Asker,
    log: PathBuf,
}

/// Asks a peer, over connections that stay open.
#[derive(Clone)]
pub struct Asker {
    peer: Peer,
    http: reqwest::Client,
    base: String,
}

fn client() -> anyhow::Result<reqwest::Client> {
    // Installed once for the program; a second attempt finds the first one's work.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .build()?)
}

impl Asker {
    /// Signs up: the answer comes when the row is stored.
    ///
    /// # Errors
    /// When the answer is not the good one.
    pub async fn sign_up(&self, person: &Person) -> anyhow::Result<()> {
        let body = json!({ "email": person.address, "password": PASSWORD, "name": "Camille Exemplard" });
        match self.peer {
            // "Unauthorised" is the good answer: the address is to be proven first.
            Peer::Allauth => self
                .post("/_allauth/app/v1/auth/signup", &body, 401)
                .await
                .map(drop),
            Peer::BetterAuth => self.post("/api/auth/sign-up/email", &body, 200).await.map(drop),
        }
    }

    /// From the first form to a session: signs up, reads the mail, proves the address, signs in, asks who that is.
    ///
    /// # Errors
    /// When an answer is not the good one, or no mail comes.
    pub async fn journey(&self, person: &Person, mailbox: &Mailbox) -> anyhow::Result<()> {
        self.sign_up(person).await?;
        let token = mailbox.token(&person.address).await?;
        let credentials = json!({ "email": person.address, "password": PASSWORD });
        match self.peer {
            Peer::Allauth => {
                let key = token.replace("%3A", ":");
                self.post("/_allauth/app/v1/auth/email/verify", &json!({ "key": key }), 401)
                    .await?;
                let (_, body) = self
                    .post("/_allauth/app/v1/auth/login", &credentials, 200)
                    .await?;
                let session = body["meta"]["session_token"].as_str().context("no session")?;
                let path = "/_allauth/app/v1/auth/session";
                let request = self.http.get(format!("{}{path}", self.base));
                self.answer(path, request.header("x-session-token", session), 200)
                    .await?;
            }
            Peer::BetterAuth => {
                let path = format!("/api/auth/verify-email?token={token}");
                let request = self.http.get(format!("{}{path}", self.base));
                self.answer("/api/auth/verify-email", request, 200).await?;
                let (cookie, _) = self.post("/api/auth/sign-in/email", &credentials, 200).await?;
                let path = "/api/auth/get-session";
                let request = self.http.get(format!("{}{path}", self.base));
                let (_, who) = self.answer(path, request.header(COOKIE, cookie), 200).await?;
                ensure!(
                    who["user"]["email"] == json!(person.address),
                    "the session is nobody's"
                );
            }
        }
        Ok(())
    }

    async fn post(&self, path: &str, body: &Value, good: u16) -> anyhow::Result<(String, Value)> {
        let request = self.http.post(format!("{}{path}", self.base)).json(body);
        self.answer(path, request, good).await
    }

    /// The cookie that it sets, if any, and the body.
    async fn answer(
        &self,
        path: &str,
        request: reqwest::RequestBuilder,
        good: u16,
    ) -> anyhow::Result<(String, Value)> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let cookie = response.headers().get(SET_COOKIE).and_then(|it| it.to_str().ok());
        let cookie = cookie
            .and_then(|it| it.split(';').next())
            .unwrap_or_default()
            .to_owned();
        let bytes = response.bytes().await?;
        ensure!(
            status == good,
            "{path}: {status} instead of {good}: {}",
            String::from_utf8_lossy(&bytes)
        );
        Ok((cookie, serde_json::from_slice(&bytes)?))
    }
}
