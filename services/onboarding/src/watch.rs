//! What every process tells of itself beside its work.

use runtime::admin::Readiness;
use runtime::{CancellationToken, postgres};

use crate::epoch_exchange::Exchange;
use crate::ground::Ground;

/// Measures how old transactions and waits for locks are.
pub fn tell_ages(
    ground: &Ground,
    name: &'static str,
    stop: &CancellationToken,
) -> impl Future<Output = anyhow::Result<()>> + use<> {
    let (url, stop) = (ground.servers.postgres_url.clone(), stop.clone());
    async move {
        postgres::tell_ages(url, name, stop).await;
        Ok(())
    }
}

/// Gives other machines the keys of epochs that they lack, and takes those that this one lacks.
pub fn exchange_epochs(
    ground: &Ground,
    stop: &CancellationToken,
) -> impl Future<Output = anyhow::Result<()>> + use<> {
    Exchange::of(&ground.pool, &ground.store, &ground.keyring, &ground.epochs).run(stop.clone())
}

/// Adds "every epoch's key is here".
pub fn epochs_are_here(readiness: Readiness, ground: &Ground) -> Readiness {
    let health = ground.epochs.clone();
    readiness.check("epochs", move || {
        let health = health.clone();
        async move { health.check() }
    })
}

/// Adds "the logs may be signed", where the relay runs.
pub fn signing_goes_on(readiness: Readiness, ground: &Ground) -> Readiness {
    let health = ground.signing.clone();
    readiness.check("signing", move || {
        let health = health.clone();
        async move { health.check() }
    })
}

/// Adds "steps can be written down": a table that somebody has locked keeps everybody waiting.
pub fn appends_pass(readiness: Readiness, ground: &Ground) -> Readiness {
    let store = ground.store.clone();
    readiness.check("appends", move || {
        let store = store.clone();
        async move { store.appends_pass().await }
    })
}
