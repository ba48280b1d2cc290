//! Keys of epochs, from machine to machine: whoever lacks one asks, whoever has it hands it out, sealed under the master key.
//!
//! They travel by LISTEN and NOTIFY and never stand in the database, whose backups would bring erased people back. Which epochs
//! there are stands there by name, so that a machine knows what it lacks, and it is not ready meanwhile. What was destroyed on one
//! machine is destroyed on all.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring::Keyring;
use runtime::CancellationToken;
use runtime::outage::Outage;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use store::Store;
use tokio::time::{Instant, timeout};

const CHANNEL: &str = "onboarding_epochs";
/// How often the folder is looked at: what another program of this machine begins is told to the others.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often it is compared with what other machines have.
const COMPARE_EVERY: Duration = Duration::from_secs(1);

/// Whether every epoch that is known to be somewhere is here. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct EpochHealth(Arc<Mutex<Vec<String>>>);

impl EpochHealth {
    /// For readiness.
    ///
    /// # Errors
    /// Which are not.
    pub fn check(&self) -> Result<(), String> {
        let missing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match missing.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "the keys of these epochs are not here yet, and another machine has them: {}",
                missing.join(", ")
            )),
        }
    }

    fn set(&self, missing: Vec<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = missing;
    }
}

/// One machine's part in the exchange.
pub struct Exchange {
    pool: PgPool,
    store: Store,
    keyring: Keyring,
    health: EpochHealth,
}

impl Exchange {
    /// Of the keys beside this keyring's master key.
    pub fn of(pool: &PgPool, store: &Store, keyring: &Keyring, health: &EpochHealth) -> Self {
        Self {
            pool: pool.clone(),
            store: store.clone(),
            keyring: keyring.clone(),
            health: health.clone(),
        }
    }

    /// Gives and takes until told to stop.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut outage = Outage::of("epochs");
        loop {
            let fault = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                ended = self.give_and_take(&mut outage) => match ended {
                    Ok(never) => match never {},
                    Err(fault) => fault,
                },
            };
            let pause = outage.failed(fault.as_ref());
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Takes what other machines have and this one lacks, at a start: for as long as `patience`, while there is anything to take.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&self, patience: Duration) -> anyhow::Result<()> {
        let until = Instant::now() + patience;
        let mut listener = self.listen().await?;
        loop {
            let missing = self.compare(&self.here()?).await?;
            if missing.is_empty() || Instant::now() >= until {
                return Ok(());
            }
            for name in missing {
                self.say(&format!("ask {name}")).await?;
            }
            while let Ok(heard) = timeout(LOOK_EVERY, listener.recv()).await {
                self.hear(heard?.payload()).await?;
            }
        }
    }

    async fn give_and_take(&self, outage: &mut Outage) -> anyhow::Result<std::convert::Infallible> {
        let mut listener = self.listen().await?;
        let mut told = BTreeSet::new();
        let mut compare_at = Instant::now();
        loop {
            let here = self.here()?;
            for name in here.iter().filter(|name| !told.contains(*name)) {
                // Before anybody meets a key that is wrapped under it.
                self.hand_out(name).await?;
            }
            told = here.iter().cloned().collect();
            if Instant::now() >= compare_at {
                for name in self.compare(&here).await? {
                    self.say(&format!("ask {name}")).await?;
                }
                compare_at = Instant::now() + COMPARE_EVERY;
                outage.over();
            }
            if let Ok(heard) = timeout(LOOK_EVERY, listener.recv()).await
                && self.hear(heard?.payload()).await?
            {
                compare_at = Instant::now();
            }
        }
    }

    async fn listen(&self) -> anyhow::Result<PgListener> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }

    fn here(&self) -> anyhow::Result<Vec<String>> {
        Ok(self
            .keyring
            .epochs()?
            .into_iter()
            .map(|epoch| epoch.name)
            .collect())
    }

    /// Says what is here, destroys what was destroyed elsewhere, and answers what is missing.
    async fn compare(&self, here: &[String]) -> anyhow::Result<Vec<String>> {
        let elsewhere = self.store.compare_epochs(here).await?;
        for name in &elsewhere.destroyed {
            // The youngest is in use here until a younger one comes.
            if here.last() != Some(name) {
                self.keyring.destroy_epoch(name)?;
            }
        }
        self.health.set(elsewhere.missing.clone());
        Ok(elsewhere.missing)
    }

    /// Does what another machine asks, or takes what it hands out. True when something was taken.
    async fn hear(&self, said: &str) -> anyhow::Result<bool> {
        let mut words = said.splitn(3, ' ');
        match (words.next(), words.next(), words.next()) {
            (Some("ask"), Some(name), None) => {
                self.hand_out(name).await?;
                Ok(false)
            }
            (Some("have"), Some(name), Some(line)) => {
                if self.here()?.iter().any(|it| it == name) || self.store.is_destroyed(name).await? {
                    return Ok(false);
                }
                // What is of another master key is somebody's mistake, and told; it stops nobody.
                let taken = self.keyring.take_in_epoch(name, line);
                Ok(taken.unwrap_or_else(|fault| {
                    tracing::warn!(%fault, "a key of an epoch that was handed out cannot be used here");
                    false
                }))
            }
            _ => Ok(false),
        }
    }

    async fn hand_out(&self, name: &str) -> anyhow::Result<()> {
        match self.keyring.hand_out_epoch(name) {
            Ok(Some(line)) => self.say(&format!("have {name} {line}")).await,
            // Another machine may have it.
            Ok(None) | Err(keyring::KeyringError::EpochUnknown { .. }) => Ok(()),
            Err(fault) => Err(fault.into()),
        }
    }

    async fn say(&self, word: &str) -> anyhow::Result<()> {
        sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(word)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
