//! What the mailer's ledger tells of a mail that has no outcome yet.

use domain::values::RequestId;

use crate::Store;
use crate::error::StoreError;

impl Store {
    /// Whether a mail was tried, and waits for its next try for a cause that a mail server gave or was.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn mail_is_put_off(&self, request: RequestId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM mailer.ledger
                             WHERE mail_key = $1 AND state = 'waiting' AND cause IS NOT NULL)",
        )
        .bind(request.to_string())
        .fetch_one(&self.pool)
        .await?)
    }
}
