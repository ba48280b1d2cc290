//! Brings to the stream what the log has and the stream lacks.

use std::time::Duration;

use async_nats::{Client, jetstream};
use runtime::CancellationToken;
use runtime::outage::Outage;
use store::{LogEntry, Store};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::failure::{RelayError, Standstill};
use crate::outgoing::Outgoing;
use crate::publish::{BATCH_MAX, batch_length, publish};
use crate::tip;
use crate::watch::Reached;

/// How often the log is looked at without being called: for events that another relay placed there and did not publish.
const LOOK_AFTER: Duration = Duration::from_millis(250);
/// How often the stream is looked at while nothing happens, so that a lost stream is made again without waiting for an event.
const DOUBT_AFTER: Duration = Duration::from_secs(5);
/// How long to leave the stream to a rival whose publication is under way.
const RACE_PAUSE: Duration = Duration::from_millis(20);
/// Losing more races in a row than this is an outage of its own: somebody wins them, or the server refuses for ever.
const RACES_MAX: u32 = 100;
/// How often a stream that somebody has to look at is looked at again.
const STANDSTILL_PAUSE: Duration = Duration::from_secs(2);

/// The publishing loop.
pub(crate) struct Publisher {
    store: Store,
    client: Client,
    context: jetstream::Context,
    reached: Reached,
    /// The stream's last sequence; unknown after any error.
    tip: Option<u64>,
    standstill: Option<Standstill>,
}

impl Publisher {
    pub fn new(store: Store, client: Client, context: jetstream::Context, reached: Reached) -> Self {
        Self {
            store,
            client,
            context,
            reached,
            tip: None,
            standstill: None,
        }
    }

    /// Runs until `shutdown`. Batches that come in are only a shortcut: whatever is not there is read from the log.
    pub async fn run(mut self, mut waiting: mpsc::Receiver<Vec<LogEntry>>, shutdown: CancellationToken) {
        let mut outage = Outage::of("publisher");
        let mut races_lost = 0;
        let mut doubt_at = Instant::now() + DOUBT_AFTER;
        loop {
            let fresh = tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                fresh = waiting.recv() => match fresh {
                    Some(fresh) => fresh,
                    None => return,
                },
                () = tokio::time::sleep(LOOK_AFTER) => Vec::new(),
            };
            if Instant::now() >= doubt_at {
                self.tip = None;
                doubt_at = Instant::now() + DOUBT_AFTER;
            }
            let pause = match self.catch_up(fresh).await {
                Ok(()) => {
                    outage.over();
                    self.stand(None);
                    races_lost = 0;
                    continue;
                }
                Err(RelayError::Standstill(standstill)) => {
                    outage.failed(&standstill);
                    self.stand(Some(standstill));
                    STANDSTILL_PAUSE
                }
                Err(RelayError::Moved) if races_lost < RACES_MAX => {
                    races_lost += 1;
                    RACE_PAUSE
                }
                Err(error) => outage.failed(&error),
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Publishes until the stream has everything, or until the batch at hand is there: then the next one calls again.
    pub async fn catch_up(&mut self, fresh: Vec<LogEntry>) -> Result<(), RelayError> {
        let outcome = self.publish_what_lacks(fresh).await;
        if outcome.is_err() {
            self.tip = None;
            metrics::counter!("onboarding_relay_resyncs_total").increment(1);
        }
        outcome
    }

    async fn publish_what_lacks(&mut self, mut fresh: Vec<LogEntry>) -> Result<(), RelayError> {
        let mut refused_at = None;
        loop {
            let certain = self.tip.is_none();
            let tip = self.tip().await?;
            if fresh.last().is_some_and(|entry| entry.position <= tip) {
                return Ok(()); // A rival was quicker.
            }
            let at_hand = fresh.first().is_some_and(|entry| entry.position == tip + 1);
            let entries = if at_hand {
                std::mem::take(&mut fresh)
            } else {
                self.store.read_log(tip + 1, BATCH_MAX as u32).await?
            };
            if entries.is_empty() {
                return Ok(());
            }
            if !at_hand && !certain {
                // Somebody else placed these events and is most likely publishing them: look before competing.
                self.tip = None;
                continue;
            }
            match self.publish(&entries, tip).await {
                Ok(()) if at_hand => return Ok(()),
                Ok(()) => {}
                // Losing a race is no failure, as long as somebody wins it.
                Err(RelayError::Moved) if refused_at != Some(tip) => {
                    refused_at = Some(tip);
                    self.tip = None;
                    metrics::counter!("onboarding_relay_resyncs_total").increment(1);
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn publish(&mut self, entries: &[LogEntry], mut tip: u64) -> Result<(), RelayError> {
        let messages: Vec<Outgoing> = entries.iter().map(Outgoing::of).collect::<Result<_, _>>()?;
        let mut rest = &messages[..];
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(batch_length(rest));
            publish(&self.client, batch, tip).await?;
            tip += batch.len() as u64;
            rest = later;
            self.tip = Some(tip);
            self.reached.set(tip);
        }
        Ok(())
    }

    /// The stream's last sequence, asked for when it is not known.
    pub async fn tip(&mut self) -> Result<u64, RelayError> {
        if let Some(tip) = self.tip {
            return Ok(tip);
        }
        let tip = tip::read(&self.context, &self.store).await?;
        self.tip = Some(tip);
        self.reached.set(tip);
        Ok(tip)
    }

    /// Keeps the metric of a standstill: that it is one, and why, is told as an outage.
    fn stand(&mut self, standstill: Option<Standstill>) {
        let reason = standstill.as_ref().map(Standstill::reason);
        if reason == self.standstill.as_ref().map(Standstill::reason) {
            return;
        }
        if let Some(over) = &self.standstill {
            metrics::gauge!("onboarding_relay_standstill", "reason" => over.reason()).set(0);
        }
        if let Some(now) = &standstill {
            metrics::gauge!("onboarding_relay_standstill", "reason" => now.reason()).set(1);
        }
        self.standstill = standstill;
    }
}
