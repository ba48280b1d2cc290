//! One whole service of a test's own.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::sync::{Arc, Mutex};

use nix::sys::signal::Signal;
use sqlx::PgPool;

use crate::binary::BINARY;
use crate::client::Client;
use crate::eventually::{eventually, until_equal};
use crate::feed;
use crate::guard::{Guarded, Start, log_file, sweep_at_the_end};
use crate::inbox::Mail;
use crate::nats::NatsServer;
use crate::ports::free_port;
use crate::postgres::Cluster;
use crate::programs::repository;
use crate::register::Register;
use crate::smtp_sink::{Act, SmtpSink, TlsMode};

/// Every role.
pub const ROLES: [&str; 4] = ["api", "relay", "projector", "mailer"];

/// How a world is to be.
#[derive(Default)]
pub struct Plan {
    /// Settings beside the usual ones, as environment variables.
    pub settings: Vec<(&'static str, String)>,
    /// A PostgreSQL cluster of its own, which the test may kill.
    pub own_cluster: bool,
    /// No mail server at first; see [`World::open_the_mail_server`].
    pub no_mail_server: bool,
    /// Attempts are not counted: for tests that flood.
    pub no_limits: bool,
    /// No role runs yet.
    pub nothing_runs: bool,
}

/// A service with everything around it. It ends when dropped, and with the program.
pub struct World {
    /// Where everything of it lies.
    pub folder: PathBuf,
    /// Its NATS server.
    pub nats: NatsServer,
    /// Its register.
    pub register: Register,
    /// Asks its API.
    pub client: Client,
    /// Its database, as the owner.
    pub pool: PgPool,
    cluster: Option<Cluster>,
    database_url: String,
    smtp_port: u16,
    sink: Mutex<Option<Arc<SmtpSink>>>,
    settings: Vec<(String, String)>,
    roles: Mutex<BTreeMap<String, Role>>,
    _sweeper: Option<Sweeper>,
}

/// A role as a process.
struct Role {
    runs: Option<Guarded>,
    admin: SocketAddr,
    extra: Vec<(String, String)>,
}

struct Sweeper(Child);

impl Drop for Sweeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl World {
    /// Starts a world: servers, directory, roles, and waits until each role is ready.
    pub async fn start(plan: Plan) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("journey-")
            .tempdir()
            .expect("a folder")
            .keep();
        let sweeper = sweep_at_the_end(&folder).map(Sweeper);
        let nats = NatsServer::new(&folder);
        let cluster = match plan.own_cluster {
            true => Some(Cluster::start(&folder).await),
            false => None,
        };
        let servers = match &cluster {
            Some(cluster) => cluster,
            None => Cluster::shared().await,
        };
        let database = servers.new_database().await;
        let (database_url, pool) = (servers.url(&database), servers.pool(&database));
        let register = Register::start().await;
        nats.run().await;
        let smtp_port = free_port();
        let port = free_port();
        let public_url = format!("http://127.0.0.1:{port}");
        let mut settings = vec![
            ("ONBOARDING_LISTEN", format!("127.0.0.1:{port}")),
            ("ONBOARDING_PUBLIC_URL", public_url.clone()),
            ("ONBOARDING_DATA_DIR", folder.join("data").display().to_string()),
            ("ONBOARDING_POSTGRES_URL", database_url.clone()),
            ("ONBOARDING_NATS_URL", nats.url()),
            ("ONBOARDING_SMTP_URL", format!("smtp://127.0.0.1:{smtp_port}")),
            ("ONBOARDING_SIRENE_URL", register.url().to_owned()),
            (
                "RUST_LOG",
                "info,store=debug,usecases=debug,api=debug,mailer=debug,relay=debug".to_owned(),
            ),
        ];
        if plan.no_limits {
            settings.push(("ONBOARDING_LIMITS", "off".to_owned()));
        }
        settings.extend(plan.settings);
        let world = Self {
            client: Client::new(&public_url),
            settings: settings
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            sink: Mutex::new(None),
            roles: Mutex::default(),
            _sweeper: sweeper,
            folder,
            nats,
            register,
            pool,
            cluster,
            database_url,
            smtp_port,
        };
        world.import_demonstration();
        if !plan.no_mail_server {
            world.open_the_mail_server([Act::Accept]).await;
        }
        if !plan.nothing_runs {
            for role in ROLES {
                world.begin(role);
            }
            for role in ROLES {
                world.until_ready(role).await;
            }
        }
        world
    }

    /// Imports the demonstration's directory, as an operator does.
    fn import_demonstration(&self) {
        let demonstration = repository().join("services/directory/data/demo");
        for kind in ["establishments", "contacts"] {
            let file = demonstration.join(format!("{kind}.csv"));
            self.command(&["directory", "import", kind, &file.display().to_string()], 0);
        }
    }

    /// Runs a command to its end, which must be this exit code.
    #[track_caller]
    pub fn command(&self, arguments: &[&str], code: i32) -> Output {
        let output = self.try_command(arguments);
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(
            output.status.code(),
            Some(code),
            "onboarding {}\n{}\n{}",
            arguments.join(" "),
            said(&output.stdout),
            said(&output.stderr)
        );
        output
    }

    /// Runs a command to its end.
    pub fn try_command(&self, arguments: &[&str]) -> Output {
        Command::new(&*BINARY)
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .output()
            .expect("the program runs")
    }

    /// Starts a role without waiting for it. Several of one role run under names such as `relay.2`.
    pub fn begin(&self, name: &str) {
        self.begin_with(name, &[]);
    }

    /// The same with settings of its own.
    pub fn begin_with(&self, name: &str, extra: &[(&str, &str)]) {
        let mut roles = self.roles.lock().unwrap();
        let role = roles.entry(name.to_owned()).or_insert_with(|| Role {
            runs: None,
            admin: SocketAddr::from(([127, 0, 0, 1], free_port())),
            extra: Vec::new(),
        });
        if !extra.is_empty() {
            role.extra = extra
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
        }
        let mut environment = self.settings.clone();
        environment.push(("ONBOARDING_ADMIN_LISTEN".to_owned(), role.admin.to_string()));
        environment.extend(role.extra.iter().cloned());
        let kind = name.split('.').next().unwrap_or(name).to_owned();
        let start = Start {
            name,
            folder: &self.folder,
            end_signal: "KILL",
            account: None,
        };
        role.runs = Some(start.spawn(&BINARY, &[kind], &environment));
    }

    /// Waits until a role says that it is ready.
    pub async fn until_ready(&self, name: &str) {
        let admin = self.admin(name);
        eventually(&format!("{name} is ready"), async || {
            if !self.is_running(name) {
                panic!("{name} has ended:\n{}", self.log(name));
            }
            let answer = admin.ask(reqwest::Method::GET, "/readyz").try_send().await.ok()?;
            (answer.status == 200).then_some(())
        })
        .await;
    }

    /// Starts a role and waits until it is ready.
    pub async fn run(&self, name: &str) {
        self.begin(name);
        self.until_ready(name).await;
    }

    /// Kills a role as a power failure would.
    pub fn kill(&self, name: &str) {
        let runs = self
            .roles
            .lock()
            .unwrap()
            .get_mut(name)
            .and_then(|role| role.runs.take());
        runs.expect("it runs").kill();
    }

    /// Stops a role in good order.
    pub fn stop(&self, name: &str) {
        let runs = self
            .roles
            .lock()
            .unwrap()
            .get_mut(name)
            .and_then(|role| role.runs.take());
        let runs = runs.expect("it runs");
        runs.signal(Signal::SIGTERM);
        runs.wait();
    }

    /// Whether a role runs.
    pub fn is_running(&self, name: &str) -> bool {
        let roles = self.roles.lock().unwrap();
        roles
            .get(name)
            .and_then(|role| role.runs.as_ref())
            .is_some_and(Guarded::is_running)
    }

    /// The base of the service's addresses.
    pub fn base(&self) -> &str {
        self.client.base()
    }

    /// Asks the listener of a role for operators.
    pub fn admin(&self, name: &str) -> Client {
        Client::new(&format!("http://{}", self.roles.lock().unwrap()[name].admin))
    }

    /// What a role has said.
    pub fn log(&self, name: &str) -> String {
        fs::read_to_string(log_file(&self.folder, name)).unwrap_or_default()
    }

    /// The cluster of its own.
    pub fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("a plan with a cluster of its own")
    }

    /// The files of PostgreSQL's cluster.
    pub async fn postgres_files(&self) -> PathBuf {
        match &self.cluster {
            Some(cluster) => cluster.data_folder(),
            None => Cluster::shared().await.data_folder(),
        }
    }

    /// The URL of the database, as its owner.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Opens the mail server, which plays this script from then on.
    pub async fn open_the_mail_server(&self, script: impl IntoIterator<Item = Act>) {
        let address = SocketAddr::from(([127, 0, 0, 1], self.smtp_port));
        let sink = SmtpSink::start_at(address, TlsMode::None, script).await;
        *self.sink.lock().unwrap() = Some(Arc::new(sink));
    }

    /// The mail server.
    pub fn mail_server(&self) -> Arc<SmtpSink> {
        self.sink
            .lock()
            .unwrap()
            .clone()
            .expect("the mail server is open")
    }

    /// Every mail to an address so far, oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        let taken = self.mail_server().mails();
        let theirs = taken
            .iter()
            .filter(|mail| mail.to.iter().any(|to| to.eq_ignore_ascii_case(address)));
        theirs.map(Mail::read).collect()
    }

    /// Waits for a mail to an address beyond those already seen.
    pub async fn mail_after(&self, address: &str, seen: usize) -> Mail {
        eventually("a mail arrives", async || {
            self.mails_to(address).into_iter().nth(seen)
        })
        .await
    }

    /// Waits for the first mail to an address.
    pub async fn mail_to(&self, address: &str) -> Mail {
        self.mail_after(address, 0).await
    }

    /// Every message of the feed.
    pub async fn feed(&self) -> Vec<feed::Message> {
        feed::read(&self.nats.url()).await
    }

    /// The names of a registration's events, as the feed has them.
    pub async fn story(&self, registration: &str) -> Vec<String> {
        let feed = self.feed().await;
        let theirs = feed
            .iter()
            .filter(|message| message.registration() == registration);
        theirs.map(|message| message.name().to_owned()).collect()
    }

    /// Waits until the feed tells exactly this of a registration.
    pub async fn until_told(&self, registration: &str, story: &[&str]) {
        let expected: Vec<String> = story.iter().map(|name| (*name).to_owned()).collect();
        until_equal("the feed", expected, async || self.story(registration).await).await;
    }

    /// How many events are stored.
    pub async fn events(&self) -> u64 {
        self.count("SELECT count(*) FROM events").await
    }

    /// A number from the database.
    pub async fn count(&self, query: &str) -> u64 {
        let count: i64 = sqlx::query_scalar(query)
            .fetch_one(&self.pool)
            .await
            .expect("a number");
        count.try_into().expect("not below nought")
    }

    /// Waits until every stored event is in the feed and every mail that was asked for has an outcome; then checks the feed.
    pub async fn until_settled(&self) -> Vec<feed::Message> {
        let mut still = None;
        eventually("everything stored is published, and no mail is under way", async || {
            let stored = self.events().await;
            let open = self.count("SELECT count(*) FROM mailer.ledger WHERE recorded_at IS NULL AND state <> 'withdrawn'").await;
            let published = feed::last_sequence(&self.nats.url()).await?;
            let now = (stored, published, open);
            let calm = stored == published && open == 0 && still == Some(now);
            still = Some(now);
            calm.then_some(())
        })
        .await;
        let feed = self.feed().await;
        feed::check(&feed);
        feed
    }

    /// Waits until so many mails with a link are recorded as sent; then as [`World::until_settled`].
    pub async fn until_mailed(&self, count: usize) -> Vec<feed::Message> {
        let sent = "SELECT count(*) FROM events WHERE event_type = 'VerificationMailSent'";
        eventually("the mails are recorded as sent", async || {
            (self.count(sent).await >= count as u64).then_some(())
        })
        .await;
        self.until_settled().await
    }

    /// Waits until the read models stand where the log ends.
    pub async fn until_projected(&self) {
        let behind = "SELECT (SELECT size FROM log_head) - (SELECT min(position) FROM read.checkpoints)";
        until_equal("events that the read models lack", 0, async || {
            self.count(behind).await
        })
        .await;
    }

    /// Every log of this world, by its file.
    pub fn logs(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).expect("a folder");
        let files = entries.map(|entry| entry.expect("a file").path());
        let is_log = |path: &PathBuf| path.extension().is_some_and(|it| it == "log");
        files.filter(is_log).chain([self.nats.log_file()]).collect()
    }

    /// The data directory.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }
}

/// Says on failure where a world lies.
pub fn tell(folder: &Path) {
    eprintln!("this world lies in {} (kept with TESTS_KEEP=1)", folder.display());
}
