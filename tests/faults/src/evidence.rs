//! What there is to see when all is quiet: the ledger, the tables as they stand, the stream, the mails.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::{self, consumer::pull::OrderedConfig};
use futures::StreamExt;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;

use crate::injector::Band;
use crate::installation::{Installation, STREAM};
use crate::ledger::Request;
use crate::smtp::Taken;

/// Everything that the checker looks at.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Every request, with its answer.
    pub requests: Vec<Request>,
    /// Every fault, as it was.
    pub bands: Vec<Band>,
    /// Table `events`, by insertion.
    pub events: Vec<StoredEvent>,
    /// Table `log`, by position.
    pub places: Vec<Place>,
    /// Table `checkpoints`: size and root of the log as signed.
    pub signed: Vec<(u64, Vec<u8>)>,
    /// The stream, in its order.
    pub stream: Vec<Message>,
    /// The read models.
    pub tables: Tables,
    /// Every mail that the mail server took, in the order of arrival.
    pub mails: Vec<Taken>,
    /// Table `accounts`: the registrations.
    pub accounts: Vec<String>,
    /// Registrations whose personal key can still be used.
    pub living_keys: Vec<String>,
}

/// A row of `events`, every column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StoredEvent {
    /// `registration`.
    pub aggregate_type: String,
    /// The registration.
    pub aggregate_id: String,
    /// Its place within the registration.
    pub sequence: i64,
    /// Its name.
    pub event_type: String,
    /// Its version.
    pub event_version: String,
    /// The text as stored.
    pub payload: String,
    /// The text as stored.
    pub metadata: String,
    /// The order of insertion.
    pub insert_order: i64,
    /// Its identifier.
    pub event_id: String,
    /// Microseconds since 1970.
    pub recorded_at: i64,
}

/// The place of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub position: i64,
    /// Whose place it is.
    pub insert_order: i64,
    /// The leaf's hash.
    pub leaf_hash: Vec<u8>,
}

/// A message of the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its number in the stream.
    pub stream_sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its headers.
    pub headers: BTreeMap<String, String>,
    /// The CloudEvent.
    pub event: Value,
}

/// The read models. Instants are microseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// The last position that is folded in.
    pub position: i64,
    /// `read.registrations`, by the registration, without the column `memory`.
    pub registrations: BTreeMap<String, Value>,
    /// `read.people`, by the registration.
    pub people: BTreeMap<String, Value>,
    /// `read.people_establishments`, by registration and SIRET.
    pub attachments: BTreeMap<String, Value>,
    /// `read.funnel`, by day, journey and step.
    pub funnel: BTreeMap<String, Value>,
}

const EVENTS: &str = "SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text, metadata::text,
    insert_order, event_id::text, (extract(epoch FROM recorded_at) * 1000000)::bigint FROM events ORDER BY position";

const REGISTRATIONS: &str = "SELECT registration_id::text, json_build_object('stage', stage, 'version', version, 'position', position,
    'journey', journey, 'flow', flow, 'started_at', (extract(epoch FROM started_at) * 1000000)::bigint,
    'last_event_at', (extract(epoch FROM last_event_at) * 1000000)::bigint,
    'idle_since', (extract(epoch FROM idle_since) * 1000000)::bigint, 'reminded', reminded, 'mail', mail,
    'establishments', establishments, 'pending_check', pending_check) FROM read.registrations";

const PEOPLE: &str = "SELECT registration_id::text, json_build_object(
    'active_since', (extract(epoch FROM active_since) * 1000000)::bigint, 'topics', topics) FROM read.people";

const ATTACHMENTS: &str = "SELECT registration_id || ' ' || siret, json_build_object('linked_by', linked_by,
    'linked_at', (extract(epoch FROM linked_at) * 1000000)::bigint) FROM read.people_establishments";

const FUNNEL: &str = "SELECT day || ' ' || journey || ' ' || step, to_json(reached) FROM read.funnel";

type EventRow = (
    String,
    String,
    i64,
    String,
    String,
    String,
    String,
    i64,
    String,
    i64,
);

impl Evidence {
    /// Reads everything. The installation must be quiet.
    ///
    /// # Errors
    /// When a server does not answer.
    pub async fn gather(
        installation: &Installation,
        requests: Vec<Request>,
        bands: Vec<Band>,
    ) -> Result<Self, sqlx::Error> {
        let mut owner = installation.owner().await?;
        let events: Vec<EventRow> = sqlx::query_as(EVENTS).fetch_all(&mut owner).await?;
        let places: Vec<(i64, i64, Vec<u8>)> =
            sqlx::query_as("SELECT position, insert_order, leaf_hash FROM events ORDER BY position")
                .fetch_all(&mut owner)
                .await?;
        let signed: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "SELECT size, root FROM checkpoints WHERE origin NOT LIKE '%/access' ORDER BY size",
        )
        .fetch_all(&mut owner)
        .await?;
        let position = sqlx::query_scalar("SELECT min(position) FROM read.checkpoints")
            .fetch_one(&mut owner)
            .await?;
        let tables = Tables {
            position,
            registrations: rows(&mut owner, REGISTRATIONS).await?,
            people: rows(&mut owner, PEOPLE).await?,
            attachments: rows(&mut owner, ATTACHMENTS).await?,
            funnel: rows(&mut owner, FUNNEL).await?,
        };
        let ids = |query| sqlx::query_scalar::<_, String>(query);
        let living = "SELECT registration_id::text FROM keyring.person_keys WHERE wrapped IS NOT NULL OR destroyed_at IS NULL";
        Ok(Self {
            requests,
            bands,
            events: events.into_iter().map(StoredEvent::from).collect(),
            places: places.into_iter().map(Place::from).collect(),
            signed: signed
                .into_iter()
                .map(|(size, root)| (size.unsigned_abs(), root))
                .collect(),
            stream: read_stream(&installation.nats_url()).await,
            tables,
            mails: installation.smtp.taken(),
            accounts: ids("SELECT registration_id::text FROM accounts")
                .fetch_all(&mut owner)
                .await?,
            living_keys: ids(living).fetch_all(&mut owner).await?,
        })
    }

    /// The events in the order of the log, each with its position.
    pub fn in_order(&self) -> Vec<(i64, &StoredEvent)> {
        let by_insertion: BTreeMap<i64, &StoredEvent> = self
            .events
            .iter()
            .map(|event| (event.insert_order, event))
            .collect();
        let placed = self
            .places
            .iter()
            .filter_map(|place| Some((place.position, *by_insertion.get(&place.insert_order)?)));
        placed.collect()
    }
}

async fn rows(owner: &mut PgConnection, query: &str) -> Result<BTreeMap<String, Value>, sqlx::Error> {
    let rows: Vec<(String, Value)> = sqlx::query_as(query).fetch_all(owner).await?;
    Ok(rows.into_iter().collect())
}

impl From<EventRow> for StoredEvent {
    fn from(row: EventRow) -> Self {
        Self {
            aggregate_type: row.0,
            aggregate_id: row.1,
            sequence: row.2,
            event_type: row.3,
            event_version: row.4,
            payload: row.5,
            metadata: row.6,
            insert_order: row.7,
            event_id: row.8,
            recorded_at: row.9,
        }
    }
}

impl StoredEvent {
    /// The payload, parsed.
    pub fn parsed(&self) -> Value {
        serde_json::from_str(&self.payload).unwrap_or_default()
    }
}

impl From<(i64, i64, Vec<u8>)> for Place {
    fn from((position, insert_order, leaf_hash): (i64, i64, Vec<u8>)) -> Self {
        Self {
            position,
            insert_order,
            leaf_hash,
        }
    }
}

/// Every message of the stream, in its order. What does not come within seconds is not there.
async fn read_stream(url: &str) -> Vec<Message> {
    let servers: Vec<async_nats::ServerAddr> =
        url.split(',').map(|one| one.parse().expect("a URL")).collect();
    let client = async_nats::connect(servers).await.expect("NATS answers");
    let stream = jetstream::new(client)
        .get_stream(STREAM)
        .await
        .expect("there is a stream");
    let expected = stream.cached_info().state.messages;
    let consumer = stream
        .create_consumer(OrderedConfig::default())
        .await
        .expect("a consumer can be made");
    let mut messages = consumer.messages().await.expect("messages can be asked for");
    let mut read = Vec::new();
    while (read.len() as u64) < expected {
        let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_secs(10), messages.next()).await
        else {
            break;
        };
        let headers = message.headers.iter().flat_map(async_nats::HeaderMap::iter);
        read.push(Message {
            stream_sequence: message.info().expect("a delivered message").stream_sequence,
            subject: message.subject.to_string(),
            headers: headers
                .map(|(name, values)| (name.to_string(), values[0].as_str().to_owned()))
                .collect(),
            event: serde_json::from_slice(&message.payload).unwrap_or_default(),
        });
    }
    read
}
