//! Brings to the stream what the log has and the stream lacks.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, jetstream};
use bytes::Bytes;
use domain::message::{NUDGE_SUBJECT, PUBLISHED_SUBJECT};
use runtime::CancellationToken;
use runtime::calls::Calls;
use runtime::outage::Outage;
use store::{LogEntry, Store};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::failure::{RelayError, Standstill};
use crate::outgoing::Outgoing;
use crate::publish::{BATCH_MAX, CHAIN_MAX, batch_length, publish};
use crate::tip;
use crate::watch::Reached;

/// How often the log is looked at without being called: what calls may get lost.
const LOOK_AFTER: Duration = Duration::from_millis(50);
/// How long to let events gather after a batch: the server assembles each in a store of its own, which costs it what sixteen
/// messages do (`findings/nats-small-atomic-batches.sh`).
const GATHER: Duration = Duration::from_millis(5);
/// The same after a batch of so many: then the service is busy, and whoever waits for events waits for the rest as well.
const GATHER_UNDER_LOAD: Duration = Duration::from_millis(20);
const UNDER_LOAD: usize = 64;
/// How long to leave new events to a rival that won the last race, before looking whether it still publishes.
const STAND_BY: Duration = Duration::from_millis(250);
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
    /// The page after the one that was published last.
    ahead: Option<Vec<LogEntry>>,
    /// How long to let events gather: the last page went as a batch, and more is to be expected.
    gathers: Option<Duration>,
    /// A rival publishes: this one only looks, now and then, whether it still does.
    stands_by: bool,
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
            ahead: None,
            gathers: None,
            stands_by: false,
            standstill: None,
        }
    }

    /// Runs until `shutdown`. Being called is only quicker: whatever the stream lacks is read from the log.
    pub async fn run(mut self, called: Arc<Notify>, shutdown: CancellationToken) {
        // Without the subscription the look every 50 ms remains.
        let nudges = Calls::on(&self.client, NUDGE_SUBJECT).await.ok();
        let mut outage = Outage::of("publisher");
        let mut races_lost = 0;
        let mut doubt_at = Instant::now() + DOUBT_AFTER;
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(STAND_BY), if self.stands_by => {}
                () = called.notified(), if !self.stands_by => {}
                () = nudged(nudges.as_ref()), if !self.stands_by => {}
                () = tokio::time::sleep(LOOK_AFTER), if !self.stands_by => {}
            }
            if let Some(gather) = self.gathers {
                tokio::time::sleep(gather).await;
            }
            if let Some(nudges) = &nudges {
                nudges.forget();
            }
            if self.stands_by || Instant::now() >= doubt_at {
                self.tip = None;
                doubt_at = Instant::now() + DOUBT_AFTER;
            }
            let pause = match self.catch_up().await {
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
                    self.stands_by = true;
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

    /// Publishes until the stream has everything.
    async fn catch_up(&mut self) -> Result<(), RelayError> {
        while self.publish_next().await? {}
        Ok(())
    }

    /// Publishes what comes next, up to a page of it. False when the stream has everything.
    pub async fn publish_next(&mut self) -> Result<bool, RelayError> {
        let outcome = self.publish_page().await;
        if outcome.is_err() {
            self.tip = None;
            metrics::counter!("onboarding_relay_resyncs_total").increment(1);
        }
        outcome
    }

    async fn publish_page(&mut self) -> Result<bool, RelayError> {
        let next = self.tip().await? + 1;
        let page = match self.ahead.take() {
            Some(page) if page.first().is_some_and(|entry| entry.position == next) => page,
            // What a failover takes away must not be on the stream.
            _ => self.store.read_replicated_log(next, BATCH_MAX as u32).await?,
        };
        self.gathers = match page.len() {
            UNDER_LOAD.. => Some(GATHER_UNDER_LOAD),
            it => (it > CHAIN_MAX).then_some(GATHER),
        };
        if page.is_empty() {
            return Ok(false);
        }
        let is_full = page.len() == BATCH_MAX;
        let store = self.store.clone();
        let read_ahead = async {
            match is_full {
                true => store
                    .read_replicated_log(next + BATCH_MAX as u64, BATCH_MAX as u32)
                    .await
                    .map(Some),
                false => Ok(None),
            }
        };
        let (published, ahead) = tokio::join!(self.publish(&page, next - 1), read_ahead);
        published?;
        self.ahead = ahead?;
        // Whoever published last goes on.
        self.stands_by = false;
        Ok(is_full)
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
            // Nothing is lost with it: whoever listens also looks by itself.
            let _told = self.client.publish(PUBLISHED_SUBJECT, Bytes::new()).await;
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

/// Waits for a nudge; without a subscription for ever.
async fn nudged(nudges: Option<&Calls>) {
    match nudges {
        Some(nudges) => nudges.next().await,
        None => std::future::pending().await,
    }
}
