//! What every role and command stands on: servers, connections, tables that are up to date, keys, use cases.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::Context;
use api::PublicLog;
use catalogue::{Catalogue, Legal, Words};
use directory::{Directory, RegisterSettings, Registers, Stock};
use keyring::Keyring;
use mailer::compose::Sender;
use mailer::dkim::Dkim;
use relay::{SigningHealth, SigningSettings};
use runtime::outage::Outage;
use runtime::postgres::ConnectError;
use runtime::servers::Asker;
use runtime::{Config, Limits, Secret, Servers, nats, postgres, servers};
use sqlx::PgPool;
use store::{SignedLog, Store, Unavailable};
use tlog::Verifier;
use usecases::{HashingGate, Nudge, Onboarding, Retention, Settings};

use crate::epoch_exchange::{EpochHealth, Exchange};

/// Connections to PostgreSQL for a process that runs every role, or a busy one.
const CONNECTIONS_MAX: u32 = 24;

/// How long a role waits for its database: they are started together and in any order. Then it ends, and whoever supervises
/// it starts it afresh.
pub const START_PATIENCE: Duration = Duration::from_secs(10);

/// Servers found or started, tables migrated, keys open.
pub struct Ground {
    pub config: Config,
    pub servers: Servers,
    pub pool: PgPool,
    pub store: Store,
    pub keyring: Keyring,
    pub catalogue: Arc<Catalogue>,
    pub words: Arc<Words>,
    /// Whether the logs are being signed by this process.
    pub signing: SigningHealth,
    /// Whether every epoch's key is here.
    pub epochs: EpochHealth,
    /// Whether the invented register answers.
    demonstration: bool,
}

impl Ground {
    /// Finds or starts the servers, migrates under a lock, and opens or makes the keys. A database that is away is waited for
    /// as long as `patience`.
    pub async fn lay(
        config: &Config,
        asker: Asker,
        name: &'static str,
        demonstration: bool,
        patience: Duration,
    ) -> anyhow::Result<Self> {
        let mut catalogue =
            Catalogue::load(config.catalogue_file.as_deref()).context("the catalogue cannot be used")?;
        if demonstration && catalogue.legal == Legal::default() {
            catalogue.legal = Legal::demonstration();
        }
        let words = Words::load().context("the words cannot be used")?;
        let servers = servers::resolve(config, asker).await?;
        match Self::on(config, &servers, name, patience).await {
            Ok((pool, store, keyring)) => Ok(Self {
                config: config.clone(),
                servers,
                pool,
                store,
                keyring,
                catalogue: Arc::new(catalogue),
                words: Arc::new(words),
                signing: SigningHealth::default(),
                epochs: EpochHealth::default(),
                demonstration,
            }),
            Err(fault) => {
                servers.stop().await;
                Err(fault)
            }
        }
    }

    async fn on(
        config: &Config,
        servers: &Servers,
        name: &'static str,
        patience: Duration,
    ) -> anyhow::Result<(PgPool, Store, Keyring)> {
        runtime::embedded::make_data_dir(&config.data_dir).context("the data directory cannot be used")?;
        let owner = database_once_there(&servers.postgres_url, name, patience).await?;
        Store::new(owner.clone())
            .migrate(&owner)
            .await
            .context("the tables cannot be brought up to date")?;
        owner.close().await;
        let pool = postgres::connect(&servers.postgres_url, name, CONNECTIONS_MAX).await?;
        let store = Store::new(pool.clone());
        let keyring = keyring_of(config, &pool, &store).await?;
        usecases::shred_again(&store, &keyring)
            .await
            .context("it cannot be made sure that whoever was erased is still forgotten")?;
        Ok((pool, store, keyring))
    }

    /// A checked connection to NATS.
    pub async fn nats(&self, name: &str) -> anyhow::Result<async_nats::Client> {
        Ok(nats::connect(&self.servers.nats_url, name).await?)
    }

    /// A checked connection to NATS for a role: the stream is there, and is the one that it should be.
    pub async fn nats_with_stream(&self, name: &str) -> anyhow::Result<async_nats::Client> {
        let client = self.nats(name).await?;
        relay::stream::ensure(&nats::jetstream(&client)).await?;
        Ok(client)
    }

    /// The use cases, telling `nudge` after each commit.
    pub fn onboarding(&self, nudge: Nudge) -> anyhow::Result<Onboarding> {
        let config = &self.config;
        let width = available_parallelism().map_or(1, usize::from);
        Ok(Onboarding::new(usecases::Ground {
            store: self.store.clone(),
            keyring: self.keyring.clone(),
            directory: Directory::new(self.pool.clone(), self.keyring.clone()),
            registers: self.registers()?,
            catalogue: self.catalogue.clone(),
            hashing: HashingGate::new(width)?,
            settings: Settings {
                flow: config.flow,
                policy: config.password_policy,
                limits: config.limits == Limits::On,
                retention: Retention::load(config.retention_file.as_deref())
                    .context("the retention policy cannot be used")?,
                erasure_wait: config.erasure_wait,
                log_origin: config.log_origin.clone(),
                epoch_rotation: config.epoch_rotation,
                epoch_horizon: config.epoch_horizon,
            },
            nudge,
        }))
    }

    /// The name of the log of events.
    pub fn log_origin(&self) -> anyhow::Result<String> {
        match &self.config.log_origin {
            Some(origin) => Ok(origin.clone()),
            None => Ok(self.keyring.log_origin()?),
        }
    }

    /// How the logs are signed.
    pub fn signing(&self) -> anyhow::Result<SigningSettings> {
        Ok(SigningSettings {
            keyring: self.keyring.clone(),
            origin: self.log_origin()?,
            data_dir: self.config.data_dir.clone(),
            interval: self.config.checkpoint_interval,
            health: self.signing.clone(),
        })
    }

    /// The logs as anybody may read them.
    pub fn public_log(&self) -> anyhow::Result<PublicLog> {
        let origin = self.log_origin()?;
        let mut keys = Vec::with_capacity(2);
        for log in [SignedLog::Events, SignedLog::Accesses] {
            keys.push(self.keyring.log_signer(&log.origin(&origin))?.verifier().clone());
        }
        let witnesses = self.config.log_witnesses.iter();
        Ok(PublicLog {
            store: self.store.clone(),
            origin,
            keys: keys
                .try_into()
                .map_err(|_| anyhow::anyhow!("two logs, two keys"))?,
            witnesses: witnesses
                .map(|key| Verifier::parse(key))
                .collect::<Result<_, _>>()
                .context("log_witnesses")?,
        })
    }

    /// The official registers that are set to be asked.
    pub fn registers(&self) -> anyhow::Result<Registers> {
        let config = &self.config;
        let settings = RegisterSettings {
            sirene_url: config.sirene_url.clone(),
            sirene_key: config.sirene_key.as_ref().map(|key| key.expose().to_owned()),
            recherche_url: config.recherche_url.clone(),
            demonstration: self.demonstration,
            ..RegisterSettings::default()
        };
        Ok(Registers::new(&settings, &self.pool, Some(self.stock()))?)
    }

    /// The local copy of INSEE's stock, in the data directory that all roles share.
    pub fn stock(&self) -> Stock {
        Stock::of_data_dir(&self.config.data_dir)
    }

    /// Who mails are from: as configured, else as the catalogue says.
    pub fn mail_from(&self) -> String {
        let sender = &self.catalogue.mail;
        self.config
            .mail_from
            .clone()
            .unwrap_or_else(|| format!("{} <{}>", sender.name, sender.address.as_str()))
    }

    /// The same with the key that signs mails, where one is set.
    ///
    /// # Errors
    /// When either cannot be read.
    pub fn mail_sender(&self) -> anyhow::Result<Sender> {
        let sender = Sender::parse(&self.mail_from())?;
        let mail = &self.config.mail;
        let key = mail.dkim_key_file.as_ref();
        let dkim = key.map(|file| Dkim::open(file, &mail.dkim_selector, sender.domain()));
        Ok(sender.clone().signing(dkim.transpose()?))
    }

    /// The mail server, where one is set, with its password read.
    ///
    /// # Errors
    /// When the file with the password cannot be read.
    pub fn mail_relay(&self) -> anyhow::Result<Option<mailer::Relay>> {
        let Config { smtp_url, mail, .. } = &self.config;
        let Some(url) = smtp_url else { return Ok(None) };
        let password = match (&mail.password, &mail.password_file) {
            (Some(password), _) => Some(password.expose().to_owned()),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path).with_context(|| {
                    format!(
                        "the mail server's password cannot be read from {}",
                        path.display()
                    )
                })?;
                Some(text.trim_end_matches(['\r', '\n']).to_owned())
            }
            (None, None) => None,
        };
        Ok(Some(mailer::Relay {
            url: url.expose().to_owned(),
            login: mail.user.clone().zip(password),
            hello: mail.hello.clone(),
            command_timeout: mail.command_timeout,
        }))
    }

    /// The same for a task beside, which stops no server.
    pub fn shared(&self, config: &Config) -> Self {
        Self {
            config: config.clone(),
            servers: self.servers.shared(),
            pool: self.pool.clone(),
            store: self.store.clone(),
            keyring: self.keyring.clone(),
            catalogue: Arc::clone(&self.catalogue),
            words: Arc::clone(&self.words),
            signing: self.signing.clone(),
            epochs: self.epochs.clone(),
            demonstration: self.demonstration,
        }
    }

    /// Closes connections, and stops servers that are ours.
    pub async fn leave(self) {
        self.pool.close().await;
        self.servers.stop().await;
    }
}

/// The owner's connections. Only what passes by itself is waited for, and each cause is told.
async fn database_once_there(
    url: &Secret,
    name: &'static str,
    patience: Duration,
) -> Result<PgPool, ConnectError> {
    let begun = Instant::now();
    let mut outage = Outage::of(name);
    loop {
        let fault = match postgres::connect_as_owner(url, name).await {
            Ok(pool) => {
                outage.over();
                return Ok(pool);
            }
            Err(fault) => fault,
        };
        if begun.elapsed() >= patience || Unavailable::within(&fault) != Some(Unavailable::Away) {
            return Err(fault);
        }
        tokio::time::sleep(outage.failed(&fault)).await;
    }
}

/// Runs a command on its ground, and leaves the ground in order whatever comes of it.
pub async fn standing<T>(
    config: &Config,
    name: &'static str,
    work: impl AsyncFnOnce(&Ground) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let ground = Ground::lay(config, Asker::Command, name, false, Duration::ZERO).await?;
    let outcome = work(&ground).await;
    ground.leave().await;
    outcome
}

/// The keys that this database belongs to. Other keys are refused: every address would look new under them.
async fn keyring_of(config: &Config, pool: &PgPool, store: &Store) -> anyhow::Result<Keyring> {
    let file = config.master_key_file.display();
    if !config.master_key_file.exists() && store.belongs_to_a_master_key().await? {
        anyhow::bail!(
            "{file} is missing, and this database belongs to a master key: bring that file and its epochs folder back"
        );
    }
    // Before the keyring is opened, which would begin an epoch where there is none.
    let mut lost = lost_keys(config, store).await?;
    if lost.unreadable > 0 {
        // Another machine may have what this one lacks.
        let keyring = Keyring::open_as_it_is(&config.master_key_file)?;
        let exchange = Exchange::of(pool, store, &keyring, &EpochHealth::default());
        exchange.take(START_PATIENCE).await?;
        lost = lost_keys(config, store).await?;
    }
    if lost.all > 0 && lost.unreadable == lost.all {
        anyhow::bail!(
            "the folder {file}.epochs is missing or another one: the keys of {} living persons are wrapped under epochs that are not in it, and no other machine hands them out; bring it back",
            lost.all
        );
    }
    let keyring = Keyring::open(&config.master_key_file)?;
    if !store.belongs_to(&keyring.fingerprint()).await? {
        anyhow::bail!(
            "{file} is not the master key of this database: name the right file, or another database"
        );
    }
    Ok(keyring)
}

/// How many living persons have keys, and those of how many are wrapped under an epoch whose key is not here.
pub struct LostKeys {
    pub all: u64,
    pub unreadable: u64,
}

/// Counts them.
pub async fn lost_keys(config: &Config, store: &Store) -> anyhow::Result<LostKeys> {
    let here = keyring::epochs_beside(&config.master_key_file)?;
    let needed = store.living_keys_by_epoch().await?;
    let unreadable = needed.iter().filter(|(epoch, _)| !here.contains(*epoch));
    Ok(LostKeys {
        unreadable: unreadable.map(|(_, count)| count).sum(),
        all: needed.values().sum(),
    })
}
