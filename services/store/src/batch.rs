//! Appends as one statement carries them: a column for each parameter of `append_commands`, which holds the rules.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::append::Appended;
use crate::error::AppendError;
use crate::event::NewEvent;
use crate::unit_of_work::KeyUse;
use crate::writer::Waiting;

macro_rules! append {
    () => {
        "SELECT outcomes, recorded_at FROM public.append_commands(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
    };
}
/// With the rows of mails that end with what is stored.
const APPEND_AND_END_MAILS: &str = concat!(
    "WITH appended AS MATERIALIZED (",
    append!(),
    "), ended AS (
      UPDATE mailer.ledger l
         SET state = CASE WHEN m.failure IS NULL THEN 'sent' ELSE 'failed' END, failure = m.failure,
             server_code = m.server_code, enhanced_code = m.enhanced_code, cause = NULL, command = NULL,
             finished_at = clock_timestamp(), recorded_at = clock_timestamp(), lease = NULL, lease_until = NULL
        FROM appended, unnest($22::integer[], $23::text[], $24::uuid[], $25::text[], $26::smallint[], $27::text[])
               AS m(command, key, lease, failure, server_code, enhanced_code)
       WHERE appended.outcomes[m.command] = 'stored' AND l.mail_key = m.key AND l.lease = m.lease
    )
    SELECT outcomes, recorded_at FROM appended"
);

/// The columns: one element a command, then one an event.
#[derive(Default)]
pub(crate) struct Batch<'a> {
    registrations: Vec<Uuid>,
    expected: Vec<i64>,
    last_sequences: Vec<u64>,

    commands: Vec<Option<Uuid>>,
    request_hashes: Vec<Option<&'a [u8]>>,
    statuses: Vec<Option<i16>>,
    codes: Vec<Option<&'a str>>,

    key_uses: Vec<&'static str>,
    key_ids: Vec<Option<Uuid>>,
    key_epochs: Vec<Option<&'a str>>,
    wrapped_keys: Vec<Option<&'a [u8]>>,

    accounts: Vec<Option<&'a [u8]>>,
    credentials: Vec<Option<&'a str>>,
    use_indexes: Vec<Option<&'a [u8]>>,
    use_kinds: Vec<Option<&'static str>>,

    mails: Mails<'a>,

    event_commands: Vec<i32>,
    event_sequences: Vec<i64>,
    event_ids: Vec<Uuid>,
    event_types: Vec<&'a str>,
    event_versions: Vec<&'a str>,
    payloads: Vec<&'a str>,
    metadata: Vec<&'a str>,
}

/// One element a mail that ends.
#[derive(Default)]
struct Mails<'a> {
    commands: Vec<i32>,
    keys: Vec<&'a str>,
    leases: Vec<Uuid>,
    failures: Vec<Option<&'static str>>,
    server_codes: Vec<Option<i16>>,
    enhanced_codes: Vec<Option<&'a str>>,
}

impl<'a> Batch<'a> {
    /// The columns of these appends.
    ///
    /// # Errors
    /// [`AppendError::Unfit`] when a number is out of range.
    pub fn of(ready: &'a [Waiting]) -> Result<Self, AppendError> {
        let mut batch = Self::default();
        for waiting in ready {
            batch.push(waiting)?;
        }
        Ok(batch)
    }

    fn push(&mut self, waiting: &'a Waiting) -> Result<(), AppendError> {
        let unit = &waiting.unit;
        self.registrations.push(waiting.registration.0);
        let expected =
            i64::try_from(waiting.expected).map_err(|_| AppendError::Unfit("sequence is out of range"))?;
        self.expected.push(expected);
        self.last_sequences
            .push(waiting.expected + waiting.events.len() as u64);

        let command = unit.command.as_ref();
        self.commands.push(command.map(|it| it.id));
        self.request_hashes.push(command.map(|it| &it.request_hash[..]));
        let status = command.map(|it| i16::try_from(it.status)).transpose();
        self.statuses
            .push(status.map_err(|_| AppendError::Unfit("status is out of range"))?);
        self.codes.push(command.and_then(|it| it.code.as_deref()));

        let (key_use, key_id, wrapped) = match &unit.key {
            KeyUse::None => ("none", None, None),
            KeyUse::Existing(key_id) => ("existing", Some(*key_id), None),
            KeyUse::New(wrapped) => ("new", Some(wrapped.key_id), Some(wrapped)),
            KeyUse::Close => ("close", None, None),
            KeyUse::Destroy => ("destroy", None, None),
        };
        self.key_uses.push(key_use);
        self.key_ids.push(key_id);
        self.key_epochs.push(wrapped.map(|it| it.epoch.as_str()));
        self.wrapped_keys.push(wrapped.map(|it| it.wrapped.as_slice()));

        self.accounts
            .push(unit.account.as_ref().map(|it| &it.as_bytes()[..]));
        self.credentials.push(unit.credential.as_deref());
        self.use_indexes
            .push(unit.address_use.as_ref().map(|it| &it.index.as_bytes()[..]));
        self.use_kinds.push(unit.address_use.as_ref().map(|it| it.kind));

        let place =
            i32::try_from(self.registrations.len()).map_err(|_| AppendError::Unfit("too many commands"))?;
        for (event, sequence) in waiting.events.iter().zip(expected + 1..) {
            self.push_event(event, place, sequence);
        }
        if let Some(mail) = &unit.mail {
            let server_code = mail.server_code.map(i16::try_from).transpose();
            let mails = &mut self.mails;
            mails.commands.push(place);
            mails.keys.push(&mail.key);
            mails.leases.push(mail.lease);
            mails.failures.push(mail.failure);
            mails
                .server_codes
                .push(server_code.map_err(|_| AppendError::Unfit("server code is out of range"))?);
            mails.enhanced_codes.push(mail.enhanced_code.as_deref());
        }
        Ok(())
    }

    fn push_event(&mut self, event: &'a NewEvent, command: i32, sequence: i64) {
        self.event_commands.push(command);
        self.event_sequences.push(sequence);
        self.event_ids.push(Uuid::now_v7());
        self.event_types.push(&event.event_type);
        self.event_versions.push(&event.event_version);
        self.payloads.push(&event.payload);
        self.metadata.push(&event.metadata);
    }

    /// One statement, one round trip, one transaction: an outcome for each append, in their order.
    ///
    /// # Errors
    /// The database's; then nothing was written, save that a lost connection leaves the outcome unknown.
    pub async fn append(
        self,
        connection: &mut PgConnection,
    ) -> Result<Vec<Result<Appended, AppendError>>, AppendError> {
        metrics::histogram!("onboarding_append_batch_commands").record(self.registrations.len() as f64);
        let ends_mails = !self.mails.commands.is_empty();
        let statement = match ends_mails {
            true => APPEND_AND_END_MAILS,
            false => append!(),
        };
        let mut query = sqlx::query(statement)
            .bind(self.registrations)
            .bind(self.expected)
            .bind(self.commands)
            .bind(self.request_hashes)
            .bind(self.statuses)
            .bind(self.codes)
            .bind(self.key_uses)
            .bind(self.key_ids)
            .bind(self.key_epochs)
            .bind(self.wrapped_keys)
            .bind(self.accounts)
            .bind(self.credentials)
            .bind(self.use_indexes)
            .bind(self.use_kinds)
            .bind(self.event_commands)
            .bind(self.event_sequences)
            .bind(self.event_ids)
            .bind(self.event_types)
            .bind(self.event_versions)
            .bind(self.payloads)
            .bind(self.metadata);
        if ends_mails {
            query = query
                .bind(self.mails.commands)
                .bind(self.mails.keys)
                .bind(self.mails.leases)
                .bind(self.mails.failures)
                .bind(self.mails.server_codes)
                .bind(self.mails.enhanced_codes);
        }
        let row = query.fetch_one(connection).await?;
        let outcomes: Vec<String> = row.try_get(0)?;
        let recorded_at: DateTime<Utc> = row.try_get(1)?;
        Ok(outcomes
            .iter()
            .zip(self.last_sequences)
            .map(|(outcome, last_sequence)| match outcome.as_str() {
                "stored" => Ok(Appended {
                    last_sequence,
                    recorded_at,
                }),
                refused => Err(AppendError::named(refused)),
            })
            .collect())
    }
}
