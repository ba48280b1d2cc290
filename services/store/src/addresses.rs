//! What the database knows of an address before somebody's first step: one question, and one statement for all that stand
//! ready.

use chrono::{DateTime, TimeDelta, Utc};
use domain::values::RegistrationId;
use futures::future::BoxFuture;
use keyring::BlindIndex;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::load::{CommandRecord, command_record};

/// Each subquery is a look-up by key or index for one question, whatever the statistics say.
const ASK: &str = "
    SELECT clock_timestamp() AS now,
           c.command_id, c.registration_id AS command_registration, c.request_hash, c.status, c.code,
           c.last_sequence AS command_sequence,
           (SELECT count(*) FROM public.address_uses u
             WHERE u.address_index = a.address AND u.kind = a.kind
               AND u.used_at >= clock_timestamp() - a.within_us * interval '1 microsecond') AS uses,
           (SELECT o.registration_id FROM public.accounts o WHERE o.address_index = a.address) AS account,
           k.indexes, k.sealed
      FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::uuid[])
             WITH ORDINALITY AS a(address, kind, within_us, command, place)
      LEFT JOIN LATERAL (SELECT * FROM public.commands r WHERE r.command_id = a.command LIMIT 1) c ON true
      LEFT JOIN LATERAL (SELECT array_agg(d.contact_index ORDER BY d.arrival) AS indexes,
                                array_agg(d.sealed ORDER BY d.arrival) AS sealed
                           FROM directory.contacts d WHERE d.email_index = a.address) k ON true
     ORDER BY a.place";

/// What is asked of an address.
#[derive(Clone, Copy, Debug)]
pub struct AddressQuestion {
    /// The address.
    pub index: BlindIndex,
    /// The kind of use to be counted.
    pub kind: &'static str,
    /// How far back it is counted.
    pub within: TimeDelta,
    /// The command that may have been answered already.
    pub command: Option<Uuid>,
}

/// What the database knows of an address.
#[derive(Clone, Debug)]
pub struct AddressFacts {
    /// The time by the database's clock.
    pub now: DateTime<Utc>,
    /// The earlier answer to the same command, if there was one.
    pub command: Option<CommandRecord>,
    /// How often the address was used.
    pub uses: u64,
    /// The registration that is its account.
    pub account: Option<RegistrationId>,
    /// Its contacts in the organisation's directory, in the order of import.
    pub contacts: Vec<SealedContact>,
}

/// A contact as the directory keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedContact {
    /// Its keyed index.
    pub index: [u8; 32],
    /// What is sealed under that index.
    pub sealed: Vec<u8>,
}

impl Store {
    /// Everything that a first step is judged by.
    ///
    /// # Errors
    /// [`StoreError::Shared`], or [`StoreError::Corrupt`] when a row is not of the store's making.
    pub async fn address_facts(&self, question: AddressQuestion) -> Result<AddressFacts, StoreError> {
        self.addresses.ask(question).await
    }
}

/// What the database knows of these addresses.
pub(crate) fn find<'a>(
    connection: &'a mut PgConnection,
    questions: &'a [AddressQuestion],
) -> BoxFuture<'a, Result<Vec<Result<AddressFacts, StoreError>>, sqlx::Error>> {
    Box::pin(async move {
        let micros = |it: &AddressQuestion| it.within.num_microseconds().unwrap_or(i64::MAX);
        let indexes: Vec<&[u8]> = questions.iter().map(|it| &it.index.as_bytes()[..]).collect();
        let rows = sqlx::query(ASK)
            .bind(indexes)
            .bind(questions.iter().map(|it| it.kind).collect::<Vec<_>>())
            .bind(questions.iter().map(micros).collect::<Vec<_>>())
            .bind(questions.iter().map(|it| it.command).collect::<Vec<_>>())
            .fetch_all(connection)
            .await?;
        Ok(rows.iter().map(facts_of).collect())
    })
}

fn facts_of(row: &PgRow) -> Result<AddressFacts, StoreError> {
    let indexes: Option<Vec<[u8; 32]>> = row.try_get("indexes")?;
    let sealed: Option<Vec<Vec<u8>>> = row.try_get("sealed")?;
    let contacts = indexes
        .unwrap_or_default()
        .into_iter()
        .zip(sealed.unwrap_or_default());
    let uses: i64 = row.try_get("uses")?;
    Ok(AddressFacts {
        now: row.try_get("now")?,
        command: command_record(row)?,
        uses: u64::try_from(uses).map_err(|_| StoreError::Corrupt("count of address_uses"))?,
        account: row.try_get::<Option<Uuid>, _>("account")?.map(RegistrationId),
        contacts: contacts
            .map(|(index, sealed)| SealedContact { index, sealed })
            .collect(),
    })
}
