//! Delivers to one webhook: turn by turn, many registrations at once and never two events of one.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use runtime::CancellationToken;
use store::Store;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::call::{Answer, Called, Caller};
use super::deliveries::{self, Delivery};
use super::endpoint::Endpoints;
use super::patience::Patience;
use crate::lanes::{Due, Lanes, Outcome, Window};
use crate::{SubscriberError, SubscriberName, parcels};

/// Calls of one endpoint at once.
const AT_ONCE: usize = 16;
/// What may be waited for at once: also what an endpoint does not take for the moment, so that it holds up nothing else.
const WINDOW: Window = Window {
    live: 1_000,
    replayed: 200,
};
/// How long nothing is looked at when nobody says that there is something new.
const POLL: Duration = Duration::from_millis(500);
/// Between tries after a fault of ours.
const FAULT_PAUSE: Duration = Duration::from_secs(1);
/// So many failures in a row, and the endpoint is taken for broken rather than unwilling.
const BROKEN_AFTER: u32 = 5;

/// What every deliverer works with.
#[derive(Clone)]
pub(super) struct Ground {
    pub store: Store,
    pub lanes: Lanes,
    pub endpoints: Endpoints,
    pub caller: Caller,
    pub patience: Patience,
    /// Changes when there may be something new in the log.
    pub news: watch::Receiver<()>,
    pub stop: CancellationToken,
}

/// A call that ended, and what it was for.
type Ended = (Due, Called);

/// Delivers until told to stop. Faults of ours are told and tried again.
pub(super) async fn run(name: SubscriberName, ground: Ground) {
    let mut deliverer = Deliverer {
        name,
        ground,
        calls: JoinSet::new(),
        places: Arc::new(Semaphore::new(AT_ONCE)),
        failures: BROKEN_AFTER,
    };
    deliverer.run().await;
}

struct Deliverer {
    name: SubscriberName,
    ground: Ground,
    calls: JoinSet<Ended>,
    places: Arc<Semaphore>,
    /// Failures in a row. It begins as if there had been some: what was put off before the start is tried at the first success.
    failures: u32,
}

impl Deliverer {
    async fn run(&mut self) {
        while !self.ground.stop.is_cancelled() {
            // What was out when the last deliverer ended has nobody to tell of it.
            let reopened = self.ground.lanes.reopen(&self.name, 0).await;
            let outcome = match reopened {
                Ok(_) => self.deliver().await,
                Err(fault) => Err(fault),
            };
            // Calls under way end by themselves; nobody counts on their outcome, since the lanes are opened again.
            self.calls.abort_all();
            while self.calls.join_next().await.is_some() {}
            if let Err(fault) = outcome {
                tracing::warn!(subscriber = %self.name, error = &fault as &dyn std::error::Error, "a webhook waits");
                tokio::select! {
                    () = self.ground.stop.cancelled() => {}
                    () = tokio::time::sleep(FAULT_PAUSE) => {}
                }
            }
        }
    }

    async fn deliver(&mut self) -> Result<(), SubscriberError> {
        let mut ended = Vec::new();
        let mut position = 0;
        while !self.ground.stop.is_cancelled() {
            let outcomes = self.settle(&ended).await?;
            ended.clear();
            self.ground.news.mark_unchanged();
            let turn = self.ground.lanes.turn(&self.name, &outcomes, 0, WINDOW).await?;
            self.begin(&turn.due).await?;
            // The log is read on at once; not by one that is paused, which comes no further.
            let reads_on = turn.position > position && turn.position < turn.log_end;
            position = turn.position;
            if !reads_on || !turn.due.is_empty() {
                ended = self.until_something_happens().await;
            }
        }
        // In good order: what is under way may end, and is settled.
        while let Some(call) = self.calls.join_next().await {
            ended.extend(call.ok());
        }
        let outcomes = self.settle(&ended).await?;
        self.ground
            .lanes
            .turn(&self.name, &outcomes, 0, Window { live: 0, replayed: 0 })
            .await?;
        Ok(())
    }

    /// Begins the calls of these tickets.
    async fn begin(&mut self, due: &[Due]) -> Result<(), SubscriberError> {
        if due.is_empty() {
            return Ok(());
        }
        let Some((endpoint, keys)) = self.ground.endpoints.with_keys(&self.name).await? else {
            return Err(SubscriberError::Unknown(self.name.to_string()));
        };
        let keys = Arc::new(keys);
        for parcel in parcels(&self.ground.store, due).await? {
            let (caller, places) = (self.ground.caller.clone(), Arc::clone(&self.places));
            let (endpoint, keys) = (endpoint.clone(), Arc::clone(&keys));
            self.calls.spawn(async move {
                let _place = places.acquire_owned().await;
                let called = caller.call(&endpoint, &keys, &parcel).await;
                (parcel.due, called)
            });
        }
        Ok(())
    }

    /// Every call that has ended, once one has, or once it is time to look again.
    async fn until_something_happens(&mut self) -> Vec<Ended> {
        let mut ended = Vec::new();
        tokio::select! {
            Some(call) = self.calls.join_next() => ended.extend(call.ok()),
            Ok(()) = self.ground.news.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            () = self.ground.stop.cancelled() => {}
        }
        while let Some(call) = self.calls.try_join_next() {
            ended.extend(call.ok());
        }
        ended
    }

    /// Writes down what came of these calls; what the lanes are to be told.
    async fn settle(&mut self, ended: &[Ended]) -> Result<Vec<(u64, Outcome)>, SubscriberError> {
        if ended.is_empty() {
            return Ok(Vec::new());
        }
        let mut kept = Vec::with_capacity(ended.len());
        let mut outcomes = Vec::with_capacity(ended.len());
        let mut recovered = false;
        for (due, called) in ended {
            let (name, outcome) = self.outcome(due, called);
            metrics::counter!("onboarding_webhook_calls_total", "outcome" => name).increment(1);
            if called.answer == Answer::Taken {
                recovered |= self.failures >= BROKEN_AFTER;
                self.failures = 0;
            } else {
                self.failures = self.failures.saturating_add(1);
            }
            kept.push(row(due, called, name, &outcome));
            outcomes.push((due.ticket, outcome));
        }
        metrics::gauge!("onboarding_webhook_failures_in_a_row", "subscriber" => self.name.to_string())
            .set(f64::from(self.failures));
        if ended.iter().any(|(_, called)| called.answer == Answer::Gone) {
            tracing::warn!(subscriber = %self.name, "the endpoint says that it is gone; the subscriber is paused");
            self.ground.endpoints.gone(&self.name).await?;
        }
        deliveries::keep(self.ground.store.pool(), &self.name, &kept).await?;
        if recovered {
            self.ground.endpoints.try_all_again(&self.name).await?;
        }
        Ok(outcomes)
    }

    fn outcome(&self, due: &Due, called: &Called) -> (&'static str, Outcome) {
        match &called.answer {
            Answer::Taken => ("acknowledged", Outcome::Acknowledged),
            // Tried again when an operator resumes the subscriber.
            Answer::Gone => (
                "gone",
                Outcome::Later {
                    reason: "answered 410: gone".to_owned(),
                    after: Duration::ZERO,
                },
            ),
            Answer::NotNow { obstacle, asked } => match self.ground.patience.wait(due.attempt, *asked) {
                Some(after) => (
                    "later",
                    Outcome::Later {
                        reason: obstacle.clone(),
                        after,
                    },
                ),
                None => (
                    "refused",
                    Outcome::Refused {
                        reason: obstacle.clone(),
                        deliveries: due.attempt,
                    },
                ),
            },
        }
    }
}

fn row(due: &Due, called: &Called, outcome: &str, told: &Outcome) -> Delivery {
    let (obstacle, wait) = match told {
        Outcome::Acknowledged => (None, None),
        Outcome::Refused { reason, .. } => (Some(reason.clone()), None),
        Outcome::Later { reason, after } => (Some(reason.clone()), (outcome == "later").then_some(*after)),
    };
    Delivery {
        registration: due.registration,
        position: due.position,
        webhook_id: called.webhook_id.clone(),
        attempt: due.attempt,
        called_at: called.at,
        milliseconds: u32::try_from(called.took.as_millis()).unwrap_or(u32::MAX),
        status: called.status.map(|it| it.as_u16()),
        outcome: outcome.to_owned(),
        obstacle,
        next_at: wait.and_then(|wait| Some(called.at + TimeDelta::from_std(wait).ok()?)),
    }
}
