//! Follows the stream from where the read models stand, until something is in the way.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::{self, Message};
use domain::EventMessage;
use domain::message::STREAM;
use futures::StreamExt;
use futures::stream::ReadyChunks;
use projections::{FOLD_VERSION, Happened};
use runtime::outage::Outage;
use tokio::time::Instant;

use crate::failure::ProjectorError;
use crate::log_reader::{self, BATCH};
use crate::{ProjectorSettings, batch, checkpoint, rebuild};

/// The server says this often that it is there; two missing ones end the session. It bounds the pause after a restart.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How long one pull request waits at the server.
const PULL_EXPIRES: Duration = Duration::from_secs(30);
/// How often the lag is measured, and a silent consumer doubted.
const MEASURE_EVERY: Duration = Duration::from_secs(2);

type Feed = ReadyChunks<pull::Stream>;

/// One subscription, from connecting to the first obstacle.
pub(crate) struct Session<'a> {
    settings: &'a ProjectorSettings,
    outage: &'a mut Outage,
    position: u64,
}

impl<'a> Session<'a> {
    pub fn new(settings: &'a ProjectorSettings, outage: &'a mut Outage) -> Self {
        Self {
            settings,
            outage,
            position: 0,
        }
    }

    /// Never ends well: it follows until something is in the way.
    pub async fn follow(mut self) -> ProjectorError {
        match self.try_follow().await {
            Err(error) => error,
            Ok(never) => match never {},
        }
    }

    async fn try_follow(&mut self) -> Result<std::convert::Infallible, ProjectorError> {
        self.position = self.start().await?;
        let mut feed = self.subscribe().await?;
        let mut measure_at = Instant::now();
        let mut doubted_at = None;
        loop {
            tokio::select! {
                messages = feed.next() => {
                    let messages = messages.ok_or_else(|| ProjectorError::bus("following the stream", "it ended"))?;
                    self.take(messages).await?;
                    self.all_is_well();
                }
                () = tokio::time::sleep_until(measure_at) => {
                    let lag = self.measure().await?;
                    // Behind, and not a message for a whole interval: the consumer may have gone with its stream.
                    if lag > 0 && doubted_at == Some(self.position) {
                        return Err(ProjectorError::bus("following the stream", "it is silent, and the log is ahead"));
                    }
                    if lag == 0 {
                        self.all_is_well();
                    }
                    doubted_at = (lag > 0).then_some(self.position);
                    measure_at = Instant::now() + MEASURE_EVERY;
                }
            }
        }
    }

    /// Where the read models stand. Tables that an earlier fold wrote are made again from the log first.
    async fn start(&self) -> Result<u64, ProjectorError> {
        let found = checkpoint::read(&self.settings.pool).await?;
        if found.fold_version > FOLD_VERSION {
            return Err(ProjectorError::LaterRelease {
                found: found.fold_version,
                known: FOLD_VERSION,
            });
        }
        if found.fold_version < FOLD_VERSION {
            tracing::info!(
                from = found.fold_version,
                to = FOLD_VERSION,
                "making the read models again: their fold has changed"
            );
            return Ok(rebuild(&self.settings.store, None, &|_, _| {}).await?.position);
        }
        Ok(found.position)
    }

    async fn subscribe(&self) -> Result<Feed, ProjectorError> {
        let failed = |error: &dyn std::fmt::Display| ProjectorError::bus("subscribing to the stream", error);
        let context = jetstream::new(self.settings.client.clone());
        // The stream's sequence is the position. Were it not, positions would still decide what is folded in.
        let config = pull::Config {
            description: Some("the read models".to_owned()),
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: self.position + 1,
            },
            ack_policy: AckPolicy::None,
            memory_storage: true,
            num_replicas: 1,
            inactive_threshold: Duration::from_secs(300),
            ..pull::Config::default()
        };
        let consumer = context
            .create_consumer_on_stream(config, STREAM)
            .await
            .map_err(|error| failed(&error))?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(BATCH as usize * 2)
            .heartbeat(HEARTBEAT)
            .expires(PULL_EXPIRES)
            .messages()
            .await
            .map_err(|error| failed(&error))?;
        Ok(messages.ready_chunks(BATCH as usize))
    }

    /// Folds in what these messages tell; those before an obstacle are folded in before it is told.
    async fn take(
        &mut self,
        messages: Vec<Result<Message, pull::MessagesError>>,
    ) -> Result<(), ProjectorError> {
        let mut events: Vec<Happened> = Vec::with_capacity(messages.len());
        let mut obstacle = None;
        for message in messages {
            let after = events.last().map_or(self.position, |event| event.position);
            match message.map_err(|error| ProjectorError::bus("following the stream", error)) {
                Ok(message) => match read(&message) {
                    Ok(event) if event.position <= after => {}
                    Ok(event) => events.push(event),
                    Err(source) => obstacle = Some(ProjectorError::Unreadable { after, source }),
                },
                Err(error) => obstacle = Some(error),
            }
            if obstacle.is_some() {
                break;
            }
        }
        for run in runs(&events) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            self.fill_gap_before(first.position).await?;
            log_reader::confirm(&self.settings.store, last).await?;
            self.apply(run).await?;
        }
        obstacle.map_or(Ok(()), Err)
    }

    /// Folds in from the log what the stream did not deliver.
    async fn fill_gap_before(&mut self, position: u64) -> Result<(), ProjectorError> {
        while self.position + 1 < position {
            let lacking = position - self.position - 1;
            let limit = u32::try_from(lacking).unwrap_or(BATCH).min(BATCH);
            let events = log_reader::read(&self.settings.store, self.position + 1, limit).await?;
            if events.is_empty() {
                let log = self.settings.store.log_head().await?.position();
                return Err(ProjectorError::AheadOfLog {
                    stream: position,
                    log,
                });
            }
            metrics::counter!("onboarding_projector_gap_events_total").increment(events.len() as u64);
            tracing::warn!(
                after = self.position,
                lacking,
                "the stream left events out; reading them from the log"
            );
            self.apply(&events).await?;
        }
        Ok(())
    }

    async fn apply(&mut self, events: &[Happened]) -> Result<(), ProjectorError> {
        self.position = batch::apply(&self.settings.pool, events).await?;
        metrics::gauge!("onboarding_projector_position").set(self.position as f64);
        Ok(())
    }

    /// An obstacle is over when something was folded in, or nothing is left to fold: subscribing alone proves nothing.
    fn all_is_well(&mut self) {
        self.outage.over();
        metrics::gauge!("onboarding_projector_standstill").set(0);
    }

    async fn measure(&self) -> Result<u64, ProjectorError> {
        let log = self.settings.store.log_head().await?.position();
        let lag = log.saturating_sub(self.position);
        metrics::gauge!("onboarding_projector_position").set(self.position as f64);
        metrics::gauge!("onboarding_projector_lag_events").set(lag as f64);
        Ok(lag)
    }
}

fn read(message: &Message) -> Result<Happened, serde_json::Error> {
    Happened::of_message(&EventMessage::from_bytes(&message.payload)?)
}

/// The stretches of these events without a gap within.
fn runs(events: &[Happened]) -> impl Iterator<Item = &[Happened]> {
    events.chunk_by(|one, next| next.position == one.position + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(position: u64) -> Happened {
        let payload = r#"{"type":"ContactNotMatched"}"#;
        let id = uuid::Uuid::from_u128(u128::from(position));
        Happened {
            position,
            id,
            registration: domain::values::RegistrationId(id),
            sequence: 1,
            recorded_at: chrono::DateTime::UNIX_EPOCH,
            event: serde_json::from_str(payload).unwrap(),
        }
    }

    #[test]
    fn a_gap_begins_another_stretch() {
        let events = [at(3), at(4), at(7)];
        let stretches: Vec<Vec<u64>> = runs(&events)
            .map(|run| run.iter().map(|event| event.position).collect())
            .collect();
        assert_eq!(stretches, [vec![3, 4], vec![7]]);
        assert_eq!(runs(&[]).count(), 0);
    }
}
