//! The distributor: brings every subscriber on NATS what is due to it.
//!
//! One process leads; the others wait for it to end. It lives by what it hears: outcomes from the server, new events from
//! the relay, and a short look at which subscribers have something waiting. Whom nothing concerns costs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{Consumer, pull};
use domain::message::PUBLISHED_SUBJECT;
use futures::FutureExt;
use futures::stream::{self, StreamExt};
use runtime::CancellationToken;
use runtime::calls::Calls;
use runtime::outage::Outage;
use sqlx::PgPool;
use store::Store;
use tokio::time::{Instant, MissedTickBehavior};

use crate::lanes::Lanes;
use crate::lead::Lead;
use crate::line::{Line, Turned, Works};
use crate::message::Shelf;
use crate::outcomes::{self, Heard};
use crate::{SubscriberError, SubscriberName, status};

/// Core NATS subject on which a command says that it changed something for subscribers. Nothing is lost with a nudge:
/// the distributor also looks by itself.
pub const NUDGE_SUBJECT: &str = "onboarding.subscribers.nudge";

/// How often it is looked who has something waiting, without being called.
const LOOK_AFTER: Duration = Duration::from_millis(250);
/// How often each stream is compared with its lanes.
const COMPARE_AFTER: Duration = Duration::from_secs(3);
/// How often another process tries to lead.
const LEAD_AFTER: Duration = Duration::from_millis(500);
/// So many subscribers are served at a time. Each needs a connection to the database while it is.
const AT_A_TIME: usize = 8;
/// So many outcomes are settled in one go.
const OUTCOMES_MAX: usize = 1_000;
/// A pull for outcomes lasts this long, and proves itself alive this often; two proofs that do not come end it, as when the server
/// that led went away.
const PULL_EXPIRES: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(1);

/// What the distributor works with.
#[derive(Clone, Debug)]
pub struct DistributorSettings {
    /// The event store: events are read from its log.
    pub store: Store,
    /// The connection to NATS.
    pub client: async_nats::Client,
    /// Ends the distributor.
    pub shutdown: CancellationToken,
}

/// Runs until `shutdown`. PostgreSQL and NATS may go away and come back. Any number may run: one works. Whatever goes wrong
/// is told, and tried again.
pub async fn distribute(settings: DistributorSettings) {
    let mut outage = Outage::of("distributor");
    loop {
        let pause = tokio::select! {
            biased;
            () = settings.shutdown.cancelled() => return,
            ended = lead(&settings, &mut outage) => match ended {
                Ok(()) => LEAD_AFTER,
                Err(error) => outage.failed(&error),
            },
        };
        tokio::select! {
            () = settings.shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Leads until something breaks; returns at once where another leads.
async fn lead(settings: &DistributorSettings, outage: &mut Outage) -> Result<(), SubscriberError> {
    let Some(mut lead) = Lead::take(settings.store.pool(), "distributor").await? else {
        outage.over();
        return Ok(());
    };
    let ended = Distributor::start(settings).await?.serve(&mut lead, outage).await;
    lead.leave().await;
    ended
}

struct Distributor {
    works: Works,
    lines: BTreeMap<SubscriberName, Line>,
    outcomes: stream::ReadyChunks<pull::Stream>,
    /// The same consumer, to be asked whether anything of it is unsettled.
    consumer: Consumer<pull::Config>,
    wakes: Calls,
    nudges: Calls,
}

impl Distributor {
    async fn start(settings: &DistributorSettings) -> Result<Self, SubscriberError> {
        let failed = |error: &dyn std::fmt::Display| SubscriberError::bus("listening for outcomes", error);
        let context = runtime::nats::jetstream(&settings.client);
        let consumer = outcomes::consumer(&context).await?;
        let outcomes = consumer
            .stream()
            .max_messages_per_batch(OUTCOMES_MAX * 2)
            .heartbeat(HEARTBEAT)
            .expires(PULL_EXPIRES)
            .messages()
            .await
            .map_err(|error| failed(&error))?
            .ready_chunks(OUTCOMES_MAX);
        let listen = async |subject: &'static str| {
            Calls::on(&settings.client, subject)
                .await
                .map_err(|error| failed(&error))
        };
        Ok(Self {
            wakes: listen(PUBLISHED_SUBJECT).await?,
            nudges: listen(NUDGE_SUBJECT).await?,
            outcomes,
            consumer,
            works: Works {
                lanes: Lanes::new(settings.store.pool().clone()),
                store: settings.store.clone(),
                context,
                shelf: Shelf::default(),
            },
            lines: BTreeMap::new(),
        })
    }

    async fn serve(mut self, lead: &mut Lead, outage: &mut Outage) -> Result<(), SubscriberError> {
        let mut look = tokio::time::interval(LOOK_AFTER);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut compare_at = Instant::now() + COMPARE_AFTER;
        let mut more = BTreeSet::new();
        loop {
            let mut heard = Heard::default();
            let mut answers = Vec::new();
            if more.is_empty() {
                tokio::select! {
                    chunk = self.outcomes.next() => answers = note(chunk, &mut heard)?,
                    // Without subscribers nobody is to be woken.
                    () = self.wakes.next(), if !self.lines.is_empty() => {}
                    () = self.nudges.next() => {}
                    _ = look.tick() => {}
                }
            } else if let Some(chunk) = self.outcomes.next().now_or_never() {
                answers = note(chunk, &mut heard)?;
            }
            self.wakes.forget();
            self.nudges.forget();
            let serving = serving(self.works.lanes.pool()).await?;
            self.lines.retain(|name, _| serving.contains_key(name));
            let turns: Vec<SubscriberName> = serving
                .into_iter()
                .filter(|(name, served)| {
                    // What is under way may have to be handed over anew, though nothing new waits.
                    let out_of_step = || self.lines.get(name).is_none_or(Line::is_out_of_step);
                    served.waits
                        || heard.outcomes.contains_key(name)
                        || (!served.paused && (more.contains(name) || out_of_step()))
                })
                .map(|(name, _)| name)
                .collect();
            let unsettled;
            (more, unsettled) = self.turns(turns, &heard).await?;
            self.remove_exhausted(&heard, &unsettled).await?;
            for (name, answer) in &answers {
                if name.as_ref().is_none_or(|name| !unsettled.contains(name)) {
                    answer
                        .ack()
                        .await
                        .map_err(|error| SubscriberError::bus("acknowledging outcomes", error))?;
                }
            }
            outage.over();
            if Instant::now() >= compare_at {
                lead.confirm().await?;
                if self.compare().await? {
                    // Beginning again, the stream of outcomes is made as it is to be.
                    return Ok(());
                }
                compare_at = Instant::now() + COMPARE_AFTER;
            }
        }
    }

    /// A turn for each of these. Answers those who may have more waiting, and those whose outcomes are not settled.
    async fn turns(
        &mut self,
        names: Vec<SubscriberName>,
        heard: &Heard,
    ) -> Result<(BTreeSet<SubscriberName>, BTreeSet<SubscriberName>), SubscriberError> {
        let works = &self.works;
        let taken: Vec<Line> = names
            .into_iter()
            .map(|name| self.lines.remove(&name).unwrap_or_else(|| Line::new(name)))
            .collect();
        let turned: Vec<_> = stream::iter(taken)
            .map(|mut line| {
                let outcomes = heard.outcomes.get(&line.name).map_or(&[][..], Vec::as_slice);
                async move {
                    let turned = line.turn(works, outcomes).await;
                    (line, turned)
                }
            })
            .buffer_unordered(AT_A_TIME)
            .collect()
            .await;
        let (mut more, mut unsettled) = (BTreeSet::new(), BTreeSet::new());
        let mut failure = None;
        for (line, turned) in turned {
            match turned {
                Ok(Turned::Calm) => {}
                Ok(Turned::More) => {
                    more.insert(line.name.clone());
                }
                Ok(Turned::Resting) => {
                    unsettled.insert(line.name.clone());
                }
                Err(error) => failure = Some(error),
            }
            self.lines.insert(line.name.clone(), line);
        }
        match failure {
            Some(failure) => Err(failure),
            None => Ok((more, unsettled)),
        }
    }

    async fn remove_exhausted(
        &self,
        heard: &Heard,
        unsettled: &BTreeSet<SubscriberName>,
    ) -> Result<(), SubscriberError> {
        let mut by_name: BTreeMap<&SubscriberName, Vec<u64>> = BTreeMap::new();
        for (name, ticket) in heard
            .exhausted
            .iter()
            .filter(|(name, _)| !unsettled.contains(name))
        {
            by_name.entry(name).or_default().push(*ticket);
        }
        for (name, tickets) in by_name {
            if let Some(line) = self.lines.get(name) {
                line.remove(&self.works, &tickets).await?;
            }
        }
        Ok(())
    }

    /// Compares streams with lanes, when everything heard is settled. Answers whether the stream of outcomes is to be made anew.
    async fn compare(&mut self) -> Result<bool, SubscriberError> {
        let info = self
            .consumer
            .get_info()
            .await
            .map_err(|error| SubscriberError::bus("asking for outcomes", error))?;
        if info.num_pending > 0 || info.num_ack_pending > 0 {
            return Ok(false);
        }
        status::measure(self.works.lanes.pool()).await?;
        for line in self.lines.values_mut() {
            line.look(&self.works).await?;
        }
        outcomes::is_out_of_step(&self.works.context).await
    }
}

/// Notes what these messages tell, and gives them back with whom they are about.
fn note(
    chunk: Option<Vec<Result<jetstream::Message, pull::MessagesError>>>,
    heard: &mut Heard,
) -> Result<Vec<(Option<SubscriberName>, jetstream::Message)>, SubscriberError> {
    let failed = |error: &dyn std::fmt::Display| SubscriberError::bus("listening for outcomes", error);
    let chunk = chunk.ok_or_else(|| failed(&"the consumer ended"))?;
    chunk
        .into_iter()
        .map(|message| {
            let message = message.map_err(|error| failed(&error))?;
            Ok((heard.note(&message), message))
        })
        .collect()
}

/// A subscriber to be served.
struct Served {
    paused: bool,
    /// Whether something waits for it: new events, something due, a replay to take up.
    waits: bool,
}

/// Every subscriber to be served.
async fn serving(pool: &PgPool) -> Result<BTreeMap<SubscriberName, Served>, SubscriberError> {
    let rows: Vec<(String, bool, bool)> = sqlx::query_as(
        "SELECT s.name, s.paused_at IS NOT NULL, s.paused_at IS NULL
            AND (c.position < (SELECT size FROM public.log_head)
                 OR EXISTS (SELECT FROM feed.lanes l
                             WHERE l.subscriber = s.name AND l.state = 'due' AND l.due_at <= clock_timestamp())
                 OR EXISTS (SELECT FROM feed.replays r WHERE r.subscriber = s.name AND r.taken_up_at IS NULL))
           FROM feed.subscribers s JOIN feed.cursors c ON c.subscriber = s.name
          WHERE s.kind = 'nats' AND s.revoked_at IS NULL",
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|(name, paused, waits)| Ok((name.parse()?, Served { paused, waits })))
        .collect()
}
