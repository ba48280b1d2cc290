//! Registrations as a start leaves them, made without the service: every row that a newcomer's start writes, in the same form.

use std::collections::BTreeMap;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use domain::Event;
use domain::registration::event::{ContactNotMatched, IdentitySubmitted};
use domain::values::{
    Civility, EmailAddress, Fault, Flow, Identity, Locale, PersonName, ProfileCode, RegistrationId,
};
use keyring::{Keyring, Place, WrappedKey};
use projections::{Happened, Memory, apply, registrations::fold};
use store::NewEvent;
use store::leaf::LeafColumns;
use uuid::Uuid;

use super::binary::Rows;

/// Events of one registration: what the person said, and that no contact has the address.
pub const EVENTS_EACH: u64 = 2;

/// Where a chunk goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// The number of the first person, which makes the address.
    pub first_person: u64,
    /// How many registrations.
    pub count: u64,
    /// The place of the first event in the log.
    pub position: u64,
    /// What the table's own counter is to say of the first event.
    pub insert_order: i64,
}

/// The rows of some registrations, ready to be copied.
pub(super) struct Chunk {
    pub events: Vec<u8>,
    pub keys: Vec<u8>,
    pub uses: Vec<u8>,
    pub registrations: Vec<u8>,
    /// The hashes of the events, in order.
    pub leaves: Vec<tlog::Hash>,
    /// How many reached which step of the funnel on which journey.
    pub reached: BTreeMap<(&'static str, &'static str), i64>,
    /// When all of it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The place of the last event.
    pub last_position: u64,
}

impl Chunk {
    /// Makes these registrations, all recorded at this moment.
    pub fn make(keyring: &Keyring, room: Room, recorded_at: DateTime<Utc>) -> anyhow::Result<Self> {
        let count = usize::try_from(room.count)?;
        let mut making = Making {
            keyring,
            recorded_at,
            metadata: serde_json::json!({ "actor": "person", "correlation_id": Uuid::now_v7().to_string() })
                .to_string(),
            events: Rows::with_capacity(count * 1_600),
            keys: Rows::with_capacity(count * 200),
            uses: Rows::with_capacity(count * 100),
            registrations: Rows::with_capacity(count * 900),
            leaves: Vec::with_capacity(count * 2),
            reached: BTreeMap::new(),
            position: room.position,
            insert_order: room.insert_order,
        };
        for person in room.first_person..room.first_person + room.count {
            making.registration(person)?;
        }
        Ok(Self {
            events: making.events.end(),
            keys: making.keys.end(),
            uses: making.uses.end(),
            registrations: making.registrations.end(),
            leaves: making.leaves,
            reached: making.reached,
            recorded_at,
            last_position: making.position - 1,
        })
    }
}

struct Making<'a> {
    keyring: &'a Keyring,
    recorded_at: DateTime<Utc>,
    metadata: String,
    events: Rows,
    keys: Rows,
    uses: Rows,
    registrations: Rows,
    leaves: Vec<tlog::Hash>,
    reached: BTreeMap<(&'static str, &'static str), i64>,
    position: u64,
    insert_order: i64,
}

impl Making<'_> {
    fn registration(&mut self, person: u64) -> anyhow::Result<()> {
        let id = RegistrationId(Uuid::now_v7());
        let identity = identity(person).map_err(|fault| anyhow!(fault.code()))?;
        let (key, wrapped) = self.keyring.new_person_key(id)?;
        let place = Place {
            registration: id,
            sequence: 1,
            event: "IdentitySubmitted",
            field: "sealed",
        };
        let events = [
            Event::IdentitySubmitted(IdentitySubmitted {
                profile: ProfileCode::parse("membre").map_err(|fault| anyhow!(fault.code()))?,
                locale: Locale::Fr,
                flow: Flow::Guide,
                new_address: true,
                sealed: key.seal(&place, &identity)?,
            }),
            Event::ContactNotMatched(ContactNotMatched {}),
        ];
        let mut happened = Vec::with_capacity(events.len());
        for (event, sequence) in events.into_iter().zip(1..) {
            self.event(id, sequence, &event)?;
            happened.push(Happened {
                position: self.position,
                registration: id,
                sequence,
                recorded_at: self.recorded_at,
                event,
            });
            self.position += 1;
            self.insert_order += 1;
        }
        self.key(id, &wrapped);
        self.uses.row(4);
        self.uses
            .bytes(self.keyring.blind_index(&identity.email).as_bytes());
        self.uses.text("mail");
        self.uses.uuid(id.0);
        self.uses.time(self.recorded_at);
        self.read_model(id, &happened)
    }

    fn event(&mut self, id: RegistrationId, sequence: u64, event: &Event) -> anyhow::Result<()> {
        let new = NewEvent::of(event, &self.metadata)?;
        let aggregate_id = id.to_string();
        let event_id = Uuid::now_v7();
        let leaf = LeafColumns {
            aggregate_type: "registration",
            aggregate_id: &aggregate_id,
            sequence,
            event_type: &new.event_type,
            event_version: &new.event_version,
            payload: &new.payload,
            metadata: &new.metadata,
            insert_order: self.insert_order,
            event_id,
            recorded_at: self.recorded_at,
        }
        .hash();
        let rows = &mut self.events;
        rows.row(12);
        rows.text("registration");
        rows.text(&aggregate_id);
        rows.bigint(i64::try_from(sequence)?);
        rows.text(&new.event_type);
        rows.text(&new.event_version);
        rows.text(&new.payload);
        rows.text(&new.metadata);
        rows.bigint(self.insert_order);
        rows.uuid(event_id);
        rows.time(self.recorded_at);
        rows.bigint(i64::try_from(self.position)?);
        rows.bytes(&leaf);
        self.leaves.push(leaf);
        Ok(())
    }

    fn key(&mut self, id: RegistrationId, wrapped: &WrappedKey) {
        let rows = &mut self.keys;
        rows.row(5);
        rows.uuid(id.0);
        rows.uuid(wrapped.key_id);
        rows.text(&wrapped.epoch);
        rows.bytes(&wrapped.wrapped);
        rows.time(self.recorded_at);
    }

    fn read_model(&mut self, id: RegistrationId, happened: &[Happened]) -> anyhow::Result<()> {
        let mut memories: BTreeMap<RegistrationId, Memory> = BTreeMap::new();
        for reached in apply::fold(&mut memories, happened)? {
            *self
                .reached
                .entry((reached.journey.name(), reached.step))
                .or_default() += 1;
        }
        let memory = &memories[&id];
        let row = fold::row(id, memory);
        anyhow::ensure!(
            row.mail.is_none() && row.pending_check.is_none() && row.journey.is_some(),
            "a start leaves another row than it did"
        );
        let rows = &mut self.registrations;
        rows.row(12);
        rows.uuid(id.0);
        rows.text(row.stage.name());
        rows.bigint(i64::try_from(row.version)?);
        rows.bigint(i64::try_from(row.position)?);
        rows.text(row.journey.map_or("", projections::Journey::name));
        rows.text("guide");
        rows.time(row.started_at);
        rows.time(row.last_event_at);
        rows.time(row.idle_since);
        rows.boolean(row.reminded);
        rows.integer(i32::try_from(row.establishments)?);
        rows.jsonb(&serde_json::to_string(memory)?);
        Ok(())
    }
}

/// Somebody invented, each with another address (RFC 2606).
fn identity(person: u64) -> Result<Identity, Fault> {
    Ok(Identity {
        civility: Civility::Mme,
        last_name: PersonName::parse("Exemplard")?,
        first_name: PersonName::parse("Camille")?,
        email: EmailAddress::parse(&format!("rempli{person}@example.org"))?,
    })
}
