//! Epochs of personal keys: a new one every day, living keys wrapped anew under it, and the old ones' end, after which
//! nothing that was erased before can be opened from any copy.

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use keyring::{Epoch, Keyring};
use serde::Serialize;
use store::{Store, StoreError};

use crate::{Denied, Onboarding};

/// Keys wrapped anew with one statement.
const BATCH: u32 = 500;

/// An epoch as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EpochStanding {
    /// Its name.
    pub epoch: String,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// How many living keys it wraps.
    pub living_keys: u64,
    /// Whether it is the one in use.
    pub in_use: bool,
    /// From when on it may be destroyed; none for the one in use.
    pub destroyed_from: Option<DateTime<Utc>>,
}

/// What a round over the epochs did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EpochRound {
    /// Whether a new epoch was begun.
    pub begun: bool,
    /// How many keys were wrapped anew.
    pub rewrapped: u64,
    /// How many epochs were destroyed.
    pub destroyed: u64,
}

impl Onboarding {
    /// Every epoch whose key exists, oldest first.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn epochs(&self) -> Result<Vec<EpochStanding>, Denied> {
        let living = self.ground.store.living_keys_by_epoch().await?;
        let epochs = self.ground.keyring.epochs()?;
        let newest = epochs.len().saturating_sub(1);
        Ok(epochs
            .into_iter()
            .enumerate()
            .map(|(place, epoch)| EpochStanding {
                began_at: began(&epoch),
                living_keys: living.get(&epoch.name).copied().unwrap_or(0),
                in_use: place == newest,
                destroyed_from: (place != newest).then(|| began(&epoch) + self.ground.settings.epoch_horizon),
                epoch: epoch.name,
            })
            .collect())
    }

    /// The chore: begins an epoch when the one in use is old enough, wraps every living key under it, and destroys the
    /// epochs that are past the horizon.
    ///
    /// # Errors
    /// Faults of ours only; what was done stays done.
    pub async fn tend_epochs(&self) -> Result<EpochRound, Denied> {
        let settings = &self.ground.settings;
        let due = self.ground.store.now().await? - settings.epoch_rotation;
        let epochs = self.ground.keyring.epochs()?;
        let begun = epochs.last().is_none_or(|newest| began(newest) <= due);
        let mut round = self.rotate(begun).await?;
        round.destroyed = self.destroy_epochs(settings.epoch_horizon).await?;
        Ok(round)
    }

    /// Wraps every living key under the epoch in use; with `begin` a new one is begun first.
    ///
    /// # Errors
    /// Faults of ours only; what was done stays done.
    pub async fn rotate(&self, begin: bool) -> Result<EpochRound, Denied> {
        let (store, keyring) = (&self.ground.store, &self.ground.keyring);
        if begin {
            keyring.begin_epoch()?;
        }
        let epochs = keyring.epochs()?;
        let older = epochs.split_last().map_or(&[][..], |(_, older)| older);
        let mut rewrapped = 0;
        for epoch in older {
            rewrapped += rewrap_all(store, keyring, epoch).await?;
        }
        Ok(EpochRound {
            begun: begin,
            rewrapped,
            destroyed: 0,
        })
    }

    /// Destroys every epoch that began longer ago than `horizon` and that no living key needs. Answers how many.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn destroy_epochs(&self, horizon: TimeDelta) -> Result<u64, Denied> {
        let (store, keyring) = (&self.ground.store, &self.ground.keyring);
        let past = store.now().await? - horizon;
        let epochs = keyring.epochs()?;
        let older = epochs.split_last().map_or(&[][..], |(_, older)| older);
        let mut destroyed = 0;
        for epoch in older.iter().filter(|epoch| began(epoch) <= past) {
            rewrap_all(store, keyring, epoch).await?;
            if store.end_epoch(&epoch.name).await? {
                keyring.destroy_epoch(&epoch.name)?;
                destroyed += 1;
            }
        }
        metrics::counter!("onboarding_epochs_destroyed_total").increment(destroyed);
        Ok(destroyed)
    }
}

async fn rewrap_all(store: &Store, keyring: &Keyring, epoch: &Epoch) -> Result<u64, Denied> {
    let mut rewrapped = 0;
    loop {
        let keys = store.live_keys_of_epoch(&epoch.name, BATCH).await?;
        if keys.is_empty() {
            return Ok(rewrapped);
        }
        let anew = keys
            .iter()
            .map(|(id, key)| Ok((*id, keyring.rewrap(*id, key)?)))
            .collect::<Result<Vec<_>, keyring::KeyringError>>()?;
        let done = store.rewrap_person_keys(&epoch.name, &anew).await?;
        // Nobody else's progress either: the newest epoch is this one, which another program has begun meanwhile.
        if done == 0 && anew.iter().all(|(_, key)| key.epoch == epoch.name) {
            return Err(StoreError::Corrupt("person_keys.epoch").into());
        }
        rewrapped += done;
    }
}

fn began(epoch: &Epoch) -> DateTime<Utc> {
    let since = epoch
        .began_at
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    DateTime::from_timestamp(
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        since.subsec_nanos(),
    )
    .unwrap_or_default()
}
