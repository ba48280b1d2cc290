//! Sweeping what is only kept for a while.

use chrono::TimeDelta;

use crate::Store;
use crate::error::StoreError;

/// How many rows a sweep deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Answers to commands.
    pub commands: u64,
    /// Sessions that are over, or whose password has changed.
    pub sessions: u64,
    /// Uses of addresses.
    pub address_uses: u64,
}

impl Store {
    /// Deletes what is past its time: answers and uses of addresses that are older than this, sessions when they end.
    /// The mails of a registration that is no account stay as long as it does: by them its address finds it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn prune(&self, answers: TimeDelta, address_uses: TimeDelta) -> Result<Pruned, StoreError> {
        let commands = sqlx::query(
            "DELETE FROM public.commands WHERE created_at < clock_timestamp() - $1 * interval '1 second'",
        )
        .bind(answers.num_seconds())
        .execute(&self.pool)
        .await?;
        let address_uses = sqlx::query(
            "DELETE FROM public.address_uses u
              WHERE u.used_at < clock_timestamp() - $1 * interval '1 second'
                AND (u.kind <> 'mail' OR u.registration_id IS NULL
                     OR EXISTS (SELECT FROM public.accounts a WHERE a.registration_id = u.registration_id))",
        )
        .bind(address_uses.num_seconds())
        .execute(&self.pool)
        .await?;
        let sessions = sqlx::query(
            "DELETE FROM public.sessions s USING public.credentials c
              WHERE c.registration_id = s.registration_id
                AND (s.expires_at <= clock_timestamp() OR s.credential_version < c.version)",
        )
        .execute(&self.pool)
        .await?;
        Ok(Pruned {
            commands: commands.rows_affected(),
            sessions: sessions.rows_affected(),
            address_uses: address_uses.rows_affected(),
        })
    }
}
