//! Connections to PostgreSQL: bounded in number and in time, and with no more rights than their work needs.

use std::{str::FromStr, time::Duration};

use sqlx::{ConnectOptions, PgPool, postgres::PgConnectOptions};

use crate::config::Secret;

/// The role that services act in: made by the migrations, which may add and read events and never change them.
pub const SERVICE_ROLE: &str = "onboarding_service";

/// How long a request may wait for a free connection before it is told to come back.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection that has rested this long is tested before it is used: the server may have been restarted meanwhile. Under
/// load connections do not rest, and no round trip is spent.
const REST_BEFORE_TEST: Duration = Duration::from_secs(1);

/// A statement of a service that takes longer is a fault; milliseconds, as PostgreSQL counts.
const STATEMENT_TIMEOUT: &str = "15000";

/// A transaction left open stalls vacuum, and whoever waits for its rows; milliseconds.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "5000";

/// Waiting longer than this for a lock is a fault; milliseconds.
const LOCK_TIMEOUT: &str = "5000";

/// A pool for a service's daily work, in the role [`SERVICE_ROLE`] when that exists (it does after the migrations).
///
/// Connections are not tested before each use, which would cost a round trip, but after a rest: a dead one is then replaced
/// and nobody notices.
///
/// # Errors
/// When the URL is wrong or the server cannot be reached within two seconds.
pub async fn connect(
    url: &Secret,
    application_name: &str,
    max_connections: u32,
) -> Result<PgPool, sqlx::Error> {
    let options = options(url, application_name)?.options([
        ("statement_timeout", STATEMENT_TIMEOUT),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT),
        ("lock_timeout", LOCK_TIMEOUT),
        // Daily work reads pages. Beyond some millions of events PostgreSQL would start two workers for each page of the log,
        // which takes longer than the page.
        ("max_parallel_workers_per_gather", "0"),
    ]);
    database::pool_options()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, use_so_far| {
            let rested = use_so_far.idle_for >= REST_BEFORE_TEST;
            Box::pin(async move {
                if rested {
                    sqlx::Connection::ping(connection).await?;
                }
                Ok(true)
            })
        })
        .after_connect(|connection, _| Box::pin(async move { lower_rights(connection).await }))
        .connect_with(options)
        .await
}

/// A small pool for migrations, keys of erasure and other work of the owner: the URL's own role, no limit of time on a
/// statement, since building an index over a year of events takes as long as it takes.
///
/// # Errors
/// When the URL is wrong or the server cannot be reached.
pub async fn connect_as_owner(url: &Secret, application_name: &str) -> Result<PgPool, sqlx::Error> {
    database::pool_options()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options(url, application_name)?)
        .await
}

/// Whether the database answers a query; for the readiness check.
///
/// # Errors
/// When it does not.
pub async fn answers(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT 1").execute(pool).await.map(|_| ())
}

fn options(url: &Secret, application_name: &str) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(PgConnectOptions::from_str(url.expose())?
        .application_name(application_name)
        .disable_statement_logging())
}

/// Takes the service's role for the whole session; a database that is not migrated yet has none, and keeps the owner's.
async fn lower_rights(connection: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = $1")
        .bind(SERVICE_ROLE)
        .persistent(false)
        .execute(connection)
        .await
        .map(|_| ())
}
