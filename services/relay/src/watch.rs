//! What an operator watches: how far the stream is behind the log, in events and in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use runtime::CancellationToken;
use store::{Store, StoreError};

/// How often the gauges are brought up to date.
const INTERVAL: Duration = Duration::from_secs(1);

/// How far the stream has come, told by the publisher.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reached(Arc<AtomicU64>);

impl Reached {
    /// The stream's last sequence is this.
    pub fn set(&self, sequence: u64) {
        self.0.store(sequence, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs until `shutdown`.
pub(crate) async fn run(store: Store, reached: Reached, shutdown: CancellationToken) {
    loop {
        // When the database is away, the publisher says so; the gauges keep their last values.
        let _said_by_the_publisher = measure(&store, &reached).await;
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

async fn measure(store: &Store, reached: &Reached) -> Result<(), StoreError> {
    let log = store.log_head().await?.position();
    let reached = reached.get();
    metrics::gauge!("onboarding_log_position").set(log as f64);
    metrics::gauge!("onboarding_relay_lag_events").set(log.saturating_sub(reached) as f64);
    let age = store.age_of(reached + 1).await?.unwrap_or_default();
    metrics::gauge!("onboarding_relay_lag_seconds").set(age.as_secs_f64());
    Ok(())
}
