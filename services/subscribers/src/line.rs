//! One subscriber on NATS, as the distributor serves it: its stream brought in step with its lanes, then turn by turn.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::stream::{Info, Stream};
use futures::TryStreamExt;
use store::Store;
use tokio::time::Instant;

use crate::hand_over::hand_over;
use crate::lanes::{Due, Lanes, Outcome, Window};
use crate::message::Shelf;
use crate::own_stream::{begin_anew, ensure, subject};
use crate::{SubscriberError, SubscriberName};

/// How long to leave a stream to a rival whose hand-over is under way.
const RACE_PAUSE: Duration = Duration::from_millis(30);
/// How often a stream in trouble is tried again.
const TROUBLE_PAUSE: Duration = Duration::from_secs(2);

/// What lines work with.
pub(crate) struct Works {
    pub store: Store,
    pub lanes: Lanes,
    pub context: jetstream::Context,
    pub shelf: Shelf,
}

/// A subscriber being served.
pub(crate) struct Line {
    pub name: SubscriberName,
    /// The last ticket that the stream is known to have; none until stream and lanes are in step.
    confirmed: Option<u64>,
    /// Tickets that had left the stream at the last look, though nothing was heard of them.
    gone: BTreeSet<u64>,
    /// Registrations with a message in the stream at the last look, and no ticket.
    strange: BTreeSet<String>,
    rest_until: Option<Instant>,
    trouble: Option<String>,
}

/// What a turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turned {
    /// Nothing more is to be done for now.
    Calm,
    /// There may be more at once.
    More,
    /// Its stream is in trouble, and its outcomes are not settled.
    Resting,
}

impl Line {
    pub fn new(name: SubscriberName) -> Self {
        Self {
            name,
            confirmed: None,
            gone: BTreeSet::new(),
            strange: BTreeSet::new(),
            rest_until: None,
            trouble: None,
        }
    }

    /// Settles outcomes, takes up what is new, and hands over what is due. What is wrong with this subscriber's stream alone
    /// lets it rest and does not concern the others.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn turn(
        &mut self,
        works: &Works,
        outcomes: &[(u64, Outcome)],
    ) -> Result<Turned, SubscriberError> {
        if self.rest_until.is_some_and(|until| Instant::now() < until) {
            return Ok(Turned::Resting);
        }
        match self.try_turn(works, outcomes).await {
            Ok(more) => {
                self.is_well();
                Ok(if more { Turned::More } else { Turned::Calm })
            }
            Err(error) => self.failed(error).map(|()| Turned::Resting),
        }
    }

    /// Whether its stream is not known to be in step with its lanes: a turn brings it there.
    pub fn is_out_of_step(&self) -> bool {
        self.confirmed.is_none()
    }

    fn is_well(&mut self) {
        self.rest_until = None;
        if self.trouble.take().is_some() {
            tracing::info!(subscriber = %self.name, "handing over again");
        }
    }

    /// Takes note of a failure; those of PostgreSQL are everybody's and are passed on.
    fn failed(&mut self, error: SubscriberError) -> Result<(), SubscriberError> {
        self.confirmed = None;
        match error {
            SubscriberError::Database(_) | SubscriberError::Store(_) => Err(error),
            // Somebody else was there, or the stream was lost: the next turn brings it in step.
            SubscriberError::Moved(_) => {
                self.rest_until = Some(Instant::now() + RACE_PAUSE);
                Ok(())
            }
            error => {
                let trouble = error.to_string();
                if self.trouble.as_ref() != Some(&trouble) {
                    tracing::error!(subscriber = %self.name, %trouble, "nothing can be handed over; trying again until it works");
                    self.trouble = Some(trouble);
                }
                self.rest_until = Some(Instant::now() + TROUBLE_PAUSE);
                Ok(())
            }
        }
    }

    async fn try_turn(
        &mut self,
        works: &Works,
        outcomes: &[(u64, Outcome)],
    ) -> Result<bool, SubscriberError> {
        let confirmed = match self.confirmed {
            Some(confirmed) => confirmed,
            None => self.fall_in_step(works).await?,
        };
        let window = Window::default();
        let turn = works.lanes.turn(&self.name, outcomes, confirmed, window).await?;
        self.confirmed = Some(confirmed);
        self.hand_over(works, &turn.due).await?;
        let room = turn.under_way + (turn.due.len() as u64) < u64::from(window.live);
        Ok(!turn.due.is_empty() || (turn.position < turn.log_end && room))
    }

    async fn hand_over(&mut self, works: &Works, due: &[Due]) -> Result<(), SubscriberError> {
        let Some(last) = due.last() else {
            return Ok(());
        };
        let parcels = works.shelf.parcels(&works.store, due).await?;
        hand_over(&works.context, &self.name, &parcels).await?;
        metrics::counter!("onboarding_subscriber_handed_over_total", "subscriber" => self.name.to_string())
            .increment(due.len() as u64);
        self.confirmed = Some(last.ticket);
        Ok(())
    }

    /// Brings the stream in step with the lanes: what was given out and not stored is handed over; a stream that was lost,
    /// rolled back or written to by somebody else is emptied, and what is under way is handed over anew.
    async fn fall_in_step(&mut self, works: &Works) -> Result<u64, SubscriberError> {
        let stream = ensure(&works.context, &self.name, None).await?;
        let (sent, confirmed) = works.lanes.tickets(&self.name).await?;
        let last = stream.cached_info().state.last_sequence;
        let lacking = works.lanes.out(&self.name, last).await?;
        let one_chain = (last + 1..=sent).eq(lacking.iter().map(|it| it.ticket));
        if (confirmed..=sent).contains(&last) && one_chain {
            self.hand_over(works, &lacking).await?;
            return Ok(sent);
        }
        self.begin_anew(works, &stream, sent.max(last)).await
    }

    async fn begin_anew(
        &mut self,
        works: &Works,
        stream: &Stream<Info>,
        base: u64,
    ) -> Result<u64, SubscriberError> {
        tracing::warn!(subscriber = %self.name, "the subscriber's stream is not what was handed over, as after losing its store; filling it anew");
        metrics::counter!("onboarding_subscriber_streams_filled_anew_total").increment(1);
        let base = works.lanes.reopen(&self.name, base).await?;
        begin_anew(&works.context, &self.name, stream, base).await?;
        Ok(base)
    }

    /// Looks whether the stream holds what it should: to be asked when everything heard was settled. What has left the
    /// stream without a word twice in a row is handed over again; what is there without a ticket is removed.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn look(&mut self, works: &Works) -> Result<(), SubscriberError> {
        match self.try_look(works).await {
            Ok(()) => Ok(()),
            Err(error) => self.failed(error),
        }
    }

    async fn try_look(&mut self, works: &Works) -> Result<(), SubscriberError> {
        let Some(confirmed) = self.confirmed else {
            return Ok(());
        };
        let out = works.lanes.out(&self.name, 0).await?;
        let stream = works
            .context
            .get_stream(self.name.stream())
            .await
            .map_err(|error| SubscriberError::bus("asking for a subscriber's stream", error))?;
        let state = &stream.cached_info().state;
        if state.last_sequence != confirmed || state.consumer_count == 0 {
            self.confirmed = None;
            return Ok(());
        }
        if state.messages == out.len() as u64 {
            self.gone.clear();
            self.strange.clear();
            return Ok(());
        }
        let there = self.subjects(&stream).await?;
        let wanted: BTreeMap<String, &Due> = out
            .iter()
            .map(|due| (subject(&self.name, due.registration), due))
            .collect();
        let gone: BTreeSet<u64> = wanted
            .iter()
            .filter(|(subject, _)| !there.contains(*subject))
            .map(|(_, due)| due.ticket)
            .collect();
        let strange: BTreeSet<String> = there
            .into_iter()
            .filter(|subject| !wanted.contains_key(subject))
            .collect();
        let unheard: Vec<u64> = gone.intersection(&self.gone).copied().collect();
        if !unheard.is_empty() {
            tracing::warn!(subscriber = %self.name, events = unheard.len(), "events left the stream and nothing was heard of them; handing them over again");
            metrics::counter!("onboarding_subscriber_unheard_total").increment(unheard.len() as u64);
            works.lanes.take_back(&self.name, &unheard).await?;
        }
        for subject in strange.intersection(&self.strange) {
            let message = stream.get_last_raw_message_by_subject(subject).await;
            if let Ok(message) = message {
                remove_message(&stream, message.sequence).await?;
            }
        }
        (self.gone, self.strange) = (gone, strange);
        Ok(())
    }

    async fn subjects(&self, stream: &Stream<Info>) -> Result<BTreeSet<String>, SubscriberError> {
        let failed = |error: &dyn std::fmt::Display| {
            SubscriberError::bus("asking what a subscriber's stream holds", error)
        };
        let subjects = stream
            .info_with_subjects(">")
            .await
            .map_err(|error| failed(&error))?;
        subjects
            .map_ok(|(subject, _)| subject)
            .try_collect()
            .await
            .map_err(|error| failed(&error))
    }

    /// Removes messages that were delivered as often as allowed, and so are parked: the server leaves them where they are.
    pub async fn remove(&self, works: &Works, tickets: &[u64]) -> Result<(), SubscriberError> {
        let stream = works
            .context
            .get_stream(self.name.stream())
            .await
            .map_err(|error| SubscriberError::bus("asking for a subscriber's stream", error))?;
        for ticket in tickets {
            remove_message(&stream, *ticket).await?;
        }
        Ok(())
    }
}

async fn remove_message(stream: &Stream<Info>, sequence: u64) -> Result<(), SubscriberError> {
    match stream.delete_message(sequence).await {
        Ok(_) => Ok(()),
        // It may be gone already: then there is nothing to remove.
        Err(error) if stream.get_raw_message(sequence).await.is_ok() => {
            Err(SubscriberError::bus("removing a message", error))
        }
        Err(_) => Ok(()),
    }
}
