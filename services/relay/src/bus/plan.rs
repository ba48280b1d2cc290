//! What only the old stream knows, written down before it is deleted.

use async_nats::jetstream;
use async_nats::jetstream::consumer::{self, DeliverPolicy};
use async_nats::jetstream::stream::Config;
use domain::message::STREAM;
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use store::Store;

use super::parting::parting;
use crate::failure::RelayError;

/// What is to be made again, and where. It outlives the process: the stream that it was read from is gone by then.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The stream's settings; none when there was no stream.
    pub chosen: Option<Config>,
    /// Its durable consumers. Others belong to readers that make them as they need them.
    pub consumers: Vec<Place>,
    /// Where the stream and the log parted.
    pub parted_at: Option<u64>,
}

/// A consumer and its place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    /// Its name.
    pub name: String,
    /// Its settings.
    pub config: consumer::Config,
    /// The first position that it is to be given: after what it had acknowledged of the history that the log tells.
    pub begins_at: u64,
    /// Whether it had acknowledged messages of a history that the log does not tell.
    pub is_set_back: bool,
}

impl Plan {
    /// The plan that is remembered, brought up to what is there now; remembered when this returns.
    pub async fn make(store: &Store, context: &jetstream::Context) -> Result<Self, RelayError> {
        let found = Self::found(store, context).await?;
        let plan = match store.unfinished_bus_rebuild().await? {
            None => found,
            Some((plan, begun_at)) => {
                tracing::info!(%begun_at, "going on with a rebuild that was begun and not finished");
                serde_json::from_value::<Self>(plan)
                    .map_err(RelayError::Plan)?
                    .joined_by(found)
            }
        };
        let value = serde_json::to_value(&plan).map_err(RelayError::Plan)?;
        store.remember_bus_rebuild(&value).await?;
        Ok(plan)
    }

    async fn found(store: &Store, context: &jetstream::Context) -> Result<Self, RelayError> {
        let stream = match context.get_stream(STREAM).await {
            Ok(stream) => stream,
            Err(error) if runtime::stream::is_missing(&error.kind()) => return Ok(Self::default()),
            Err(error) => return Err(RelayError::bus("asking for the stream", error)),
        };
        // Places are asked for first: what is acknowledged while the histories are compared is delivered once more.
        let all: Vec<consumer::Info> = stream
            .consumers()
            .try_collect()
            .await
            .map_err(|error| RelayError::bus("listing consumers", error))?;
        let parted_at = parting(store, &stream).await?;
        let durable = all.into_iter().filter(|info| info.config.durable_name.is_some());
        Ok(Self {
            chosen: Some(stream.cached_info().config.clone()),
            consumers: durable.map(|info| Place::of(info, parted_at)).collect(),
            parted_at,
        })
    }

    /// What was remembered first holds: what is there by now may have been made by roles at work since, from the first
    /// message on. A database that was put back once more parts earlier.
    fn joined_by(mut self, found: Self) -> Self {
        self.chosen = self.chosen.or(found.chosen);
        self.parted_at = self.parted_at.into_iter().chain(found.parted_at).min();
        for place in &mut self.consumers {
            place.not_after(found.parted_at);
        }
        for place in found.consumers {
            if self.consumers.iter().all(|known| known.name != place.name) {
                self.consumers.push(place);
            }
        }
        self
    }
}

impl Place {
    fn of(info: consumer::Info, parted_at: Option<u64>) -> Self {
        let mut place = Self {
            begins_at: info.ack_floor.stream_sequence + 1,
            name: info.name,
            config: info.config,
            is_set_back: false,
        };
        place.not_after(parted_at);
        place
    }

    fn not_after(&mut self, parted_at: Option<u64>) {
        if let Some(parted_at) = parted_at.filter(|parted_at| *parted_at < self.begins_at) {
            self.begins_at = parted_at;
            self.is_set_back = true;
        }
    }

    /// Its settings on a stream that ends at `last`. A start beyond the stream's end would be taken back to the end by the
    /// server, hence the minimum.
    pub fn config_on(&self, last: u64) -> consumer::Config {
        consumer::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: self.begins_at.min(last + 1),
            },
            ..self.config.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, begins_at: u64) -> Place {
        Place {
            name: name.to_owned(),
            config: consumer::Config::default(),
            begins_at,
            is_set_back: false,
        }
    }

    fn plan(parted_at: Option<u64>, consumers: Vec<Place>) -> Plan {
        Plan {
            chosen: None,
            consumers,
            parted_at,
        }
    }

    #[test]
    fn what_was_remembered_holds_and_what_is_new_is_added() {
        let remembered = plan(Some(40), vec![place("mailer", 40)]);
        let found = plan(None, vec![place("mailer", 1), place("late", 90)]);
        let joined = remembered.joined_by(found);
        let places: Vec<(&str, u64)> = joined
            .consumers
            .iter()
            .map(|it| (it.name.as_str(), it.begins_at))
            .collect();
        assert_eq!(places, [("mailer", 40), ("late", 90)]);
        assert_eq!(joined.parted_at, Some(40));
    }

    #[test]
    fn a_database_put_back_once_more_parts_earlier() {
        let remembered = plan(Some(40), vec![place("mailer", 40), place("slow", 7)]);
        let joined = remembered.joined_by(plan(Some(20), vec![]));
        let places: Vec<u64> = joined.consumers.iter().map(|it| it.begins_at).collect();
        assert_eq!((places, joined.parted_at), (vec![20, 7], Some(20)));
    }
}
