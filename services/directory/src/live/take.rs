//! Puts a batch of messages in place: establishments, deletions and parked messages, in the caller's one transaction.
//!
//! Each establishment remembers the place of its latest message, so that a message that comes again, or late from another
//! projector, changes nothing. A file that is imported after a message stands above it, and a message after a file: the
//! later act holds.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::values::{EstablishmentNumber, Idcc, Siret};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use super::message::{LiveFault, LiveMessage, read, siret_of};
use super::parked;
use crate::DirectoryError;
use crate::contacts::write_alone;
use crate::import::EstablishmentLine;

/// Where a message stands: streams are told apart by when they were made, since one made anew counts from 1 again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamPlace {
    /// When its stream was made; to the microsecond.
    pub stream_made: DateTime<Utc>,
    /// Its sequence there.
    pub sequence: i64,
}

/// What became of a batch, in messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Establishments that stand as told now.
    pub kept: u64,
    /// Establishments that are known no longer.
    pub deleted: u64,
    /// Messages that could not be read.
    pub parked: u64,
    /// Messages that were taken before, or are older than what was.
    pub passed_over: u64,
}

/// What a subject's latest message of a batch comes to.
enum Said {
    Good(LiveMessage),
    Bad(Vec<LiveFault>),
}

/// Takes these messages (place, subject, body), in any order; the latest of each establishment holds. All or none.
///
/// # Errors
/// The database does not answer.
pub async fn take(pool: &PgPool, messages: &[(StreamPlace, &str, &[u8])]) -> Result<Taken, DirectoryError> {
    let mut transaction = begin(pool).await?;
    let taken = take_within(&mut transaction, messages).await?;
    transaction.commit().await?;
    Ok(taken)
}

/// Takes a message that was parked once more, as this release reads it.
///
/// # Errors
/// The database does not answer.
pub async fn take_again(
    pool: &PgPool,
    (place, subject, body): (StreamPlace, &str, &[u8]),
) -> Result<Taken, DirectoryError> {
    let mut transaction = begin(pool).await?;
    sqlx::query(
        "DELETE FROM directory.establishment_messages WHERE siret = $1 AND stream_made = $2 AND sequence = $3",
    )
    .bind(siret_of(subject).as_ref().map(Siret::as_str))
    .bind(place.stream_made)
    .bind(place.sequence)
    .execute(&mut *transaction)
    .await?;
    let taken = take_within(&mut transaction, &[(place, subject, body)]).await?;
    transaction.commit().await?;
    Ok(taken)
}

async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, DirectoryError> {
    let mut transaction = database::begin(pool).await?;
    // An import of a large file may be writing; the stream waits as long as it takes.
    sqlx::query(
        "SELECT set_config('lock_timeout', '10min', true), set_config('statement_timeout', '10min', true)",
    )
    .execute(&mut *transaction)
    .await?;
    write_alone(&mut transaction).await?;
    Ok(transaction)
}

async fn take_within(
    transaction: &mut PgConnection,
    messages: &[(StreamPlace, &str, &[u8])],
) -> Result<Taken, DirectoryError> {
    let mut latest: BTreeMap<Siret, (StreamPlace, &[u8])> = BTreeMap::new();
    let mut nameless = Vec::new();
    for &(place, subject, body) in messages {
        match siret_of(subject) {
            None if body.is_empty() => {}
            None => nameless.push(place),
            Some(siret) => {
                let held = latest.entry(siret).or_insert((place, body));
                if held.0 < place {
                    *held = (place, body);
                }
            }
        }
    }
    let fresh = claim(transaction, &latest).await?;
    let mut taken = Taken {
        passed_over: messages.len() as u64,
        ..Taken::default()
    };
    let (mut kept, mut deleted, mut bad) = (Vec::new(), Vec::new(), Vec::new());
    for siret in &fresh {
        let Some((place, body)) = latest.get(siret) else {
            continue;
        };
        match read(siret, body).map_or_else(Said::Bad, Said::Good) {
            Said::Good(LiveMessage::Known(line, closed_on)) => kept.push((line, closed_on)),
            Said::Good(LiveMessage::Deleted) => deleted.push(siret.as_str()),
            Said::Bad(faults) => bad.push((siret, *place, faults)),
        }
    }
    upsert(transaction, &kept).await?;
    sqlx::query("DELETE FROM directory.establishments WHERE siret = ANY($1)")
        .bind(&deleted)
        .execute(&mut *transaction)
        .await?;
    parked::clear(transaction, &fresh).await?;
    for (siret, place, faults) in &bad {
        taken.parked += parked::park(transaction, *place, Some(siret), faults).await?;
    }
    for place in &nameless {
        taken.parked += parked::park(transaction, *place, None, &parked::no_siret()).await?;
    }
    taken.kept = kept.len() as u64;
    taken.deleted = deleted.len() as u64;
    taken.passed_over -= taken.kept + taken.deleted + taken.parked;
    Ok(taken)
}

/// The establishments whose message here is later than any taken before; it is remembered as the latest.
async fn claim(
    transaction: &mut PgConnection,
    latest: &BTreeMap<Siret, (StreamPlace, &[u8])>,
) -> Result<Vec<Siret>, DirectoryError> {
    let fresh: Vec<String> = sqlx::query_scalar(
        "INSERT INTO directory.establishment_messages AS held (siret, stream_made, sequence)
         SELECT * FROM UNNEST($1::text[], $2::timestamptz[], $3::bigint[])
         ON CONFLICT (siret) DO UPDATE
            SET (stream_made, sequence, taken_at) = (excluded.stream_made, excluded.sequence, clock_timestamp())
          WHERE (held.stream_made, held.sequence) < (excluded.stream_made, excluded.sequence)
         RETURNING siret",
    )
    .bind(latest.keys().map(Siret::as_str).collect::<Vec<_>>())
    .bind(latest.values().map(|it| it.0.stream_made).collect::<Vec<_>>())
    .bind(latest.values().map(|it| it.0.sequence).collect::<Vec<_>>())
    .fetch_all(transaction)
    .await?;
    fresh
        .into_iter()
        .map(|siret| Siret::kept(siret).map_err(|_| DirectoryError::Column("establishment_messages.siret")))
        .collect()
}

async fn upsert(
    transaction: &mut PgConnection,
    kept: &[(Box<EstablishmentLine>, Option<NaiveDate>)],
) -> Result<(), sqlx::Error> {
    let column = |of: fn(&EstablishmentLine) -> Option<&str>| {
        kept.iter().map(|(line, _)| of(line)).collect::<Vec<_>>()
    };
    sqlx::query(
        "INSERT INTO directory.establishments
                (siret, name, idcc, member_number, training_declaration_number, state, closed_on)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[])
         ON CONFLICT (siret) DO UPDATE
            SET (name, idcc, member_number, training_declaration_number, state, closed_on, imported_at)
              = (excluded.name, excluded.idcc, excluded.member_number, excluded.training_declaration_number,
                 excluded.state, excluded.closed_on, clock_timestamp())",
    )
    .bind(column(|it| Some(it.siret.as_str())))
    .bind(column(|it| Some(&it.name)))
    .bind(column(|it| it.idcc.as_ref().map(Idcc::as_str)))
    .bind(column(|it| it.member_number.as_ref().map(EstablishmentNumber::as_str)))
    .bind(column(|it| it.training_number.as_ref().map(EstablishmentNumber::as_str)))
    .bind(column(|it| Some(it.state)))
    .bind(kept.iter().map(|(_, closed_on)| *closed_on).collect::<Vec<_>>())
    .execute(transaction)
    .await?;
    Ok(())
}

/// The last place of this stream that the directory knows of: taken, or parked; 0 when it knows of none.
///
/// # Errors
/// The database does not answer.
pub async fn known_up_to(pool: &PgPool, stream_made: DateTime<Utc>) -> Result<i64, DirectoryError> {
    let known = sqlx::query_scalar(
        "SELECT greatest(0, (SELECT max(sequence) FROM directory.establishment_messages WHERE stream_made = $1),
                            (SELECT max(sequence) FROM directory.parked_messages WHERE stream_made = $1))",
    )
    .bind(stream_made)
    .fetch_one(pool)
    .await?;
    Ok(known)
}

/// Takes note that the stream ends before messages that were taken from it: it was put back from a backup, and what comes
/// next under these sequences is new.
///
/// # Errors
/// The database does not answer.
pub async fn stream_ends_at(pool: &PgPool, last: StreamPlace) -> Result<u64, DirectoryError> {
    let set_back = sqlx::query(
        "UPDATE directory.establishment_messages SET sequence = $2 WHERE stream_made = $1 AND sequence > $2",
    )
    .bind(last.stream_made)
    .bind(last.sequence)
    .execute(pool)
    .await?;
    Ok(set_back.rows_affected())
}
