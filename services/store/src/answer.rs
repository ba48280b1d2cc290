//! Answers to requests that change no registration. They are kept with those of commands, and for as long.

use sqlx::Row;
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::replicated::until_replicated;
use crate::unit_of_work::NewCommand;

impl Store {
    /// What this request was answered before, once that outlives a failover.
    ///
    /// # Errors
    /// [`StoreError::Database`]; [`StoreError::Corrupt`].
    pub async fn answer(&self, id: Uuid) -> Result<Option<NewCommand>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let found = sqlx::query(
            "SELECT request_hash, status, code FROM public.commands WHERE command_id = $1 AND registration_id IS NULL",
        )
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?;
        let Some(row) = found else { return Ok(None) };
        until_replicated(&mut connection).await?;
        Ok(Some(NewCommand {
            id,
            request_hash: row.try_get("request_hash")?,
            status: u16::try_from(row.try_get::<i16, _>("status")?)
                .map_err(|_| StoreError::Corrupt("commands.status"))?,
            code: row.try_get("code")?,
        }))
    }

    /// Keeps an answer. Of two to the same request the first stays.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn keep_answer(&self, answer: &NewCommand) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO public.commands (command_id, request_hash, status, code) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(answer.id)
        .bind(answer.request_hash)
        .bind(i16::try_from(answer.status).map_err(|_| StoreError::Corrupt("a status"))?)
        .bind(&answer.code)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
