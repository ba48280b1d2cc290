//! Addresses whose contacts have changed, noted by triggers, until it was seen whether an account is to be attached.
//!
//! A look names the change that it has seen, so that a change that comes meanwhile is not lost. An address without an
//! account is looked at twice before it is forgotten: when a change comes to light, somebody may be between the look-up of
//! their contacts and the commit of their first password.

use std::time::Duration;

use keyring::BlindIndex;

use crate::{Directory, DirectoryError};

/// Between the two looks at an address without an account: longer than any request may take.
const SECOND_LOOK_AFTER: Duration = Duration::from_secs(120);
/// A look that failed by a fault of ours is taken again after this long.
const FAULT_WAIT: Duration = Duration::from_secs(300);

/// An address whose contacts have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactsChanged {
    /// The address.
    pub address: BlindIndex,
    /// Which change this is.
    change: i64,
}

impl Directory {
    /// Addresses that are due to be looked at, the longest waiting first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn changed_contacts(&self, limit: u32) -> Result<Vec<ContactsChanged>, DirectoryError> {
        let rows: Vec<(Vec<u8>, i64)> = sqlx::query_as(
            "SELECT address_index, change FROM directory.contact_changes
              WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(address, change)| {
                let address = address
                    .try_into()
                    .map_err(|_| DirectoryError::Column("contact_changes.address_index"))?;
                Ok(ContactsChanged {
                    address: BlindIndex(address),
                    change,
                })
            })
            .collect()
    }

    /// The change was dealt with.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn dealt_with(&self, seen: &ContactsChanged) -> Result<(), DirectoryError> {
        sqlx::query("DELETE FROM directory.contact_changes WHERE address_index = $1 AND change = $2")
            .bind(seen.address.as_bytes().as_slice())
            .bind(seen.change)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The change could not be dealt with, by a fault of ours; the others go first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn put_off(&self, seen: &ContactsChanged) -> Result<(), DirectoryError> {
        sqlx::query(
            "UPDATE directory.contact_changes SET due_at = clock_timestamp() + $3 * interval '1 second'
              WHERE address_index = $1 AND change = $2",
        )
        .bind(seen.address.as_bytes().as_slice())
        .bind(seen.change)
        .bind(FAULT_WAIT.as_secs_f64())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Nobody has an account under these addresses: those seen so once come again, the others go. Answers how many were
    /// free to be told so.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn nobodys(&self, seen: &[ContactsChanged]) -> Result<usize, DirectoryError> {
        if seen.is_empty() {
            return Ok(0);
        }
        let addresses: Vec<&[u8]> = seen.iter().map(|it| it.address.as_bytes().as_slice()).collect();
        let changes: Vec<i64> = seen.iter().map(|it| it.change).collect();
        // Rows that a writer holds at this moment are changing anyway; not waiting for them, this waits in no circle.
        let told: i64 = sqlx::query_scalar(
            "WITH seen AS (
               SELECT c.address_index, c.looks FROM directory.contact_changes AS c
                 JOIN UNNEST($1::bytea[], $2::bigint[]) AS s (address_index, change) USING (address_index, change)
                  FOR UPDATE OF c SKIP LOCKED),
             gone AS (
               DELETE FROM directory.contact_changes AS c USING seen
                WHERE c.address_index = seen.address_index AND seen.looks > 0),
             kept AS (
               UPDATE directory.contact_changes AS c
                  SET looks = c.looks + 1, due_at = clock_timestamp() + $3 * interval '1 second'
                 FROM seen WHERE c.address_index = seen.address_index AND seen.looks = 0)
             SELECT count(*) FROM seen",
        )
        .bind(addresses)
        .bind(changes)
        .bind(SECOND_LOOK_AFTER.as_secs_f64())
        .fetch_one(&self.pool)
        .await?;
        Ok(usize::try_from(told).unwrap_or_default())
    }
}
