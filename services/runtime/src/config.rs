//! The configuration: one TOML file, each key also an environment variable that overrides it.
//!
//! Unknown keys are refused, so that a slip of the pen cannot leave a protection off in silence, and every fault is
//! told at once. `onboarding.example.toml` at the root of the repository documents each key; a test reads it.

mod cleartext;
mod fault;
pub mod keys;
mod mail;
mod parse;
mod secret;
mod sources;
mod webhooks;

use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::TimeDelta;
use domain::values::{Flow, PolicyName};

use crate::edge::proxies::TrustedProxies;
use crate::edge::site::Site;
pub use cleartext::Cleartext;
pub use fault::{ConfigError, Fault};
pub use mail::{Mail, is_loopback_host, is_reserved_domain};
pub use secret::Secret;
use sources::Sources;
pub use webhooks::Webhooks;

/// Every event is covered by a checkpoint within 10 s; this leaves room for a slow round.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(2);

/// Whether attempts are counted by network and by address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limits {
    /// Counted: the only setting for a service that others can reach.
    #[default]
    On,
    /// Not counted: for load and fault runs, on loopback only.
    Off,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// Readable lines, for a terminal.
    Text,
}

/// Everything an operator can set. `Debug` hides keys and server URLs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the portal and the API listen.
    pub listen: SocketAddr,
    /// Where `/metrics`, `/healthz` and `/readyz` listen.
    pub admin_listen: SocketAddr,
    /// The base of every link in a mail, without a slash at its end; never taken from a request.
    pub public_url: String,
    /// Whether `public_url` was set, rather than made from `listen`.
    public_url_is_set: bool,
    /// What may go over the network in clear, beyond this machine; nothing unless set.
    pub cleartext: Vec<Cleartext>,
    /// The proxies whose word about their visitors counts; none unless set.
    pub trusted_proxies: TrustedProxies,
    /// Origins of browser applications that may use the API by a bearer's token; none unless set.
    pub allowed_origins: Vec<String>,
    /// Where embedded servers, the master key, tools and undelivered mails live.
    pub data_dir: PathBuf,
    /// PostgreSQL; unset: that of a running `up`, or embedded.
    pub postgres_url: Option<Secret>,
    /// NATS; unset: that of a running `up`, or embedded.
    pub nats_url: Option<Secret>,
    /// NATS, as a user of its system account; unset: that of a running `up`, or of the embedded server, else none.
    pub nats_system_url: Option<Secret>,
    /// The mail server; unset: mails become files in [`Config::mail_dir`].
    pub smtp_url: Option<Secret>,
    /// The sender of every mail; unset: the catalogue's.
    pub mail_from: Option<String>,
    /// How the mail server is talked to.
    pub mail: Mail,
    /// INSEE's Sirene API, before `/siret/…`; unset: not asked.
    pub sirene_url: Option<String>,
    /// The key of INSEE's API.
    pub sirene_key: Option<Secret>,
    /// The "recherche d'entreprises" API; unset: not asked.
    pub recherche_url: Option<String>,
    /// The master key of personal data and tokens; made when missing.
    pub master_key_file: PathBuf,
    /// When the address is proven.
    pub flow: Flow,
    /// The rule for passwords.
    pub password_policy: PolicyName,
    /// Holds the console's token; unset: `operator.token` in the data directory.
    pub operator_token_file: PathBuf,
    /// Holds the token by which the organisation's system writes contacts; unset: `directory.token` in the data directory.
    pub directory_token_file: PathBuf,
    /// How long an erasure waits after its account is closed; nothing: done at once.
    pub erasure_wait: TimeDelta,
    /// How old the epoch of personal keys in use may become.
    pub epoch_rotation: TimeDelta,
    /// How old an epoch may become before its key is destroyed.
    pub epoch_horizon: TimeDelta,
    /// How long what is kept; unset: the built-in policy.
    pub retention_file: Option<PathBuf>,
    /// Whether attempts are counted.
    pub limits: Limits,
    /// Topics, profiles and wording; unset: the built-in catalogue.
    pub catalogue_file: Option<PathBuf>,
    /// The `nats-server` to embed; unset: searched.
    pub nats_bin: Option<PathBuf>,
    /// The folder of the `postgres` to embed; unset: searched.
    pub postgres_bin_dir: Option<PathBuf>,
    /// How webhooks are called.
    pub webhooks: Webhooks,
    /// The form of log lines; unset: text on a terminal, else JSON.
    pub log_format: Option<LogFormat>,
    /// The name of the log of events, under which checkpoints are signed; unset: made from the signing key.
    pub log_origin: Option<String>,
    /// The keys of witnesses whose cosignatures are taken (C2SP vkeys).
    pub log_witnesses: Vec<String>,
    /// How often checkpoints are signed.
    pub checkpoint_interval: Duration,
}

impl Config {
    /// Reads the file, when one is named, and the environment of this program.
    ///
    /// # Errors
    /// Every fault of both, at once.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = match file {
            None => None,
            Some(path) => Some((path, read_file(path)?)),
        };
        Self::from_sources(
            text.as_ref().map(|(path, text)| (*path, text.as_str())),
            std::env::vars_os(),
        )
    }

    /// Reads a file's text (with its name for messages) and the variables given; what [`Config::load`] does, without
    /// touching the outside.
    ///
    /// # Errors
    /// Every fault of both, at once.
    pub fn from_sources(
        file: Option<(&Path, &str)>,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut sources = Sources::gather(file, variables);
        let config = Self::read(&mut sources);
        config.refuse_contradictions(&mut sources);
        if sources.faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(sources.faults))
        }
    }

    fn read(sources: &mut Sources) -> Self {
        let listen = sources
            .read("listen", parse::socket_address)
            .unwrap_or(loopback(8080));
        let data_dir = sources
            .read("data_dir", parse::path)
            .unwrap_or_else(|| PathBuf::from(".onboarding"));
        let public_url = sources.read("public_url", parse::public_url);
        Self {
            admin_listen: sources
                .read("admin_listen", parse::socket_address)
                .unwrap_or(loopback(8081)),
            allowed_origins: sources
                .read("allowed_origins", parse::origins)
                .unwrap_or_default(),
            cleartext: sources.read("cleartext", cleartext::parse).unwrap_or_default(),
            trusted_proxies: sources
                .read("trusted_proxies", parse::trusted_proxies)
                .unwrap_or_default(),
            public_url_is_set: public_url.is_some(),
            public_url: public_url.unwrap_or_else(|| url_of(listen)),
            postgres_url: sources.read("postgres_url", parse::postgres_url),
            nats_url: sources.read("nats_url", parse::nats_urls),
            nats_system_url: sources.read("nats_system_url", parse::nats_urls),
            smtp_url: sources.read("smtp_url", mail::relay_url),
            mail_from: sources.read("mail_from", parse::sender),
            mail: Mail::read(sources),
            sirene_url: sources.read("sirene_url", parse::web_url),
            sirene_key: sources.read("sirene_key", parse::secret),
            recherche_url: sources.read("recherche_url", parse::web_url),
            master_key_file: sources
                .read("master_key_file", parse::path)
                .unwrap_or_else(|| data_dir.join("master.key")),
            flow: sources.read("flow", parse::flow).unwrap_or_default(),
            password_policy: sources
                .read("password_policy", parse::password_policy)
                .unwrap_or_default(),
            operator_token_file: sources
                .read("operator_token_file", parse::path)
                .unwrap_or_else(|| data_dir.join("operator.token")),
            directory_token_file: sources
                .read("directory_token_file", parse::path)
                .unwrap_or_else(|| data_dir.join("directory.token")),
            erasure_wait: sources.read("erasure_wait", parse::span).unwrap_or_default(),
            epoch_rotation: sources
                .read("epoch_rotation", parse::span)
                .unwrap_or(TimeDelta::days(1)),
            epoch_horizon: sources
                .read("epoch_horizon", parse::span)
                .unwrap_or(TimeDelta::days(7)),
            retention_file: sources.read("retention_file", parse::path),
            limits: sources.read("limits", parse::limits).unwrap_or_default(),
            catalogue_file: sources.read("catalogue_file", parse::path),
            nats_bin: sources.read("nats_bin", parse::path),
            postgres_bin_dir: sources.read("postgres_bin_dir", parse::path),
            webhooks: Webhooks::read(sources),
            log_format: sources.read("log_format", parse::log_format),
            log_origin: sources.read("log_origin", parse::log_origin),
            log_witnesses: sources.read("log_witnesses", parse::vkeys).unwrap_or_default(),
            checkpoint_interval: sources
                .read("checkpoint_interval", parse::checkpoint_interval)
                .unwrap_or(CHECKPOINT_INTERVAL),
            listen,
            data_dir,
        }
    }

    /// Settings that are each fine and together are not.
    fn refuse_contradictions(&self, sources: &mut Sources) {
        if self.limits == Limits::Off && !self.listen.ip().is_loopback() {
            sources.fault(
                "limits",
                "off is accepted only while `listen` is a loopback address".to_owned(),
            );
        }
        self.refuse_cleartext(sources);
        if self.listen == self.admin_listen && self.listen.port() != 0 {
            sources.fault("admin_listen", "must differ from `listen`".to_owned());
        }
        if self.nats_system_url.is_some() && self.nats_url.is_none() {
            sources.fault("nats_system_url", "has no use without `nats_url`".to_owned());
        }
        self.mail.refuse_contradictions(self.smtp_url.as_ref(), sources);
        if self.webhooks.first_retry > self.webhooks.longest_retry {
            sources.fault(
                "webhook_first_retry",
                "must not exceed `webhook_longest_retry`".to_owned(),
            );
        }
        if self.sirene_key.is_some() && self.sirene_url.is_none() {
            sources.fault("sirene_key", "has no use without `sirene_url`".to_owned());
        }
    }

    /// Whether people reach the pages over a network, and not by TLS.
    pub fn pages_are_far_and_clear(&self) -> bool {
        let site = Site::of(&self.public_url);
        !site.is_https() && !site.is_near()
    }

    /// Takes note of the address that was really bound: port 0 asks the system for a free one.
    pub fn listening_at(&mut self, bound: SocketAddr) {
        self.listen = bound;
        if !self.public_url_is_set {
            self.public_url = url_of(bound);
        }
    }

    /// Where mails go as files when no mail server is set.
    pub fn mail_dir(&self) -> PathBuf {
        self.data_dir.join("mail")
    }
}

impl Default for Config {
    /// What holds when nothing is set.
    fn default() -> Self {
        Self::read(&mut Sources::gather(None, std::iter::empty()))
    }
}

fn read_file(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| {
        ConfigError(vec![Fault {
            place: path.display().to_string(),
            message: format!("cannot be read: {error}"),
        }])
    })
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// The URL of an address for a browser on this machine; "any address" is no place to go to, so it becomes localhost.
fn url_of(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}
