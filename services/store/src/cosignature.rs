//! What witnesses said of checkpoints. Each is believed by its key, so that it matters not who brings its line.

use tlog::Hash;

use crate::Store;
use crate::error::StoreError;
use crate::signing::bigint;

impl Store {
    /// Keeps a witness's line under a checkpoint; nothing happens when there is one already. False when there is no
    /// checkpoint of this size under this name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_cosignature(
        &self,
        origin: &str,
        size: u64,
        root: &Hash,
        witness: &str,
        line: &str,
    ) -> Result<bool, StoreError> {
        let known: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM public.checkpoints WHERE origin = $1 AND size = $2 AND root = $3)",
        )
        .bind(origin)
        .bind(bigint(size))
        .bind(&root[..])
        .fetch_one(self.pool())
        .await?;
        if known {
            sqlx::query(
                "INSERT INTO public.cosignatures (origin, size, witness, line) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO NOTHING",
            )
            .bind(origin)
            .bind(bigint(size))
            .bind(witness)
            .bind(line)
            .execute(self.pool())
            .await?;
        }
        Ok(known)
    }

    /// The witnesses' lines under a checkpoint, by the witnesses' names.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn cosignatures(&self, origin: &str, size: u64) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT line FROM public.cosignatures WHERE origin = $1 AND size = $2 ORDER BY witness",
        )
        .bind(origin)
        .bind(bigint(size))
        .fetch_all(self.pool())
        .await?)
    }
}
