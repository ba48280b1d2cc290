//! Transactions and pooled connections that a dropped future cannot leave half done.
//!
//! A future may be dropped at any `.await`: a client hangs up, a timeout ends, a `select!` takes its other branch. sqlx
//! (0.8.6 and 0.9.0) does not bear that everywhere: when the future of `Pool::begin` is dropped while `BEGIN` is on the
//! wire, the connection goes back to the pool inside an open transaction, and whoever gets it next has their statement
//! acknowledged and later rolled back. Hence two rules, kept here for every crate:
//!
//! - [`begin`] is the only way into a transaction: it runs to its end in a task of its own;
//! - a pool is made from [`pool_options`]: a connection returns to it only when PostgreSQL itself says that it is idle.
//!
//! clippy's `disallowed-methods` forbids the ways around them.

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction};
use tracing::Instrument;

/// PostgreSQL's code for a statement in a transaction that has failed.
const IN_FAILED_TRANSACTION: &str = "25P02";

/// Begins a transaction. The caller may be dropped at any point: then it is rolled back before anybody else gets its
/// connection.
///
/// # Errors
/// As for `Pool::begin`: no connection in time, or the server does not answer.
pub async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place, in a task that nobody drops"
    )]
    let begun = async move { pool.begin().await }.in_current_span();
    match tokio::spawn(begun).await {
        Ok(begun) => begun,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => Err(sqlx::Error::WorkerCrashed),
        },
    }
}

/// What every pool is made from: connections that come back in a transaction are closed, and told.
#[must_use]
pub fn pool_options() -> PgPoolOptions {
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    let options = PgPoolOptions::new();
    options.after_release(|connection, _| {
        Box::pin(async move {
            let idle = is_idle(connection).await?;
            if !idle {
                metrics::counter!("onboarding_connections_discarded_total").increment(1);
                tracing::error!("a connection came back within a transaction and was closed");
            }
            Ok(idle)
        })
    })
}

/// Whether the server has no transaction open on this connection, once it has answered everything that was sent before.
/// One round trip.
///
/// sqlx keeps the server's word to itself, save here: `begin_with` looks whether its statement opened a transaction. A
/// statement that opens none is refused on an idle connection, and taken within a transaction.
async fn is_idle(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    #[expect(clippy::disallowed_methods, reason = "it begins nothing")]
    let asked = connection.begin_with("SELECT").await;
    match asked {
        Err(sqlx::Error::BeginFailed) => Ok(true),
        // Dropping what was asked sends a ROLLBACK; the connection is closed all the same.
        Ok(_) => Ok(false),
        Err(sqlx::Error::Database(refusal))
            if refusal.code().is_some_and(|code| code == IN_FAILED_TRANSACTION) =>
        {
            Ok(false)
        }
        // Some sqlx::Transaction is still open: it belongs to somebody who will never end it.
        Err(sqlx::Error::InvalidSavePointStatement) => Ok(false),
        Err(error) => Err(error),
    }
}
