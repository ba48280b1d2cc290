//! Connections to PostgreSQL: bounded in number and in time, and with no more rights than their work needs.
//!
//! The one place where connections are made. A URL may name several servers: then the one that is wanted is found, and
//! found again after a failover.

mod commit;
mod follow;
mod look;
mod meeting;
mod passage;
mod sessions;
mod url;
mod wanted;

use std::time::Duration;

use sqlx::{ConnectOptions, Executor, PgConnection, PgPool};
use tokio::time::timeout;

use crate::config::Secret;
pub use commit::{session_that_writes, write};
use look::Outlook;
pub use look::ask;
pub use meeting::ConnectError;
pub use sessions::{LockWait, OpenTransaction, Sessions, tell_ages};
use url::Server;
pub use url::{Servers, UrlFault};
pub use wanted::{Seen, Wanted};

/// The role that services act in: made by the migrations, which may add and read events and never change them.
pub const SERVICE_ROLE: &str = "onboarding_service";

/// How long a request may wait for a free connection before it is told to come back.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// The same for the owner's work, which nobody waits for.
const OWNER_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that has rested this long is tested before it is used: the server may have been restarted meanwhile. Under
/// load connections do not rest, and no round trip is spent.
const REST_BEFORE_TEST: Duration = Duration::from_secs(1);

/// A test that takes longer has failed: what is left of [`ACQUIRE_TIMEOUT`] is for a new connection.
const TEST_TIMEOUT: Duration = Duration::from_millis(750);

/// What a service's session is told before anything else. Not among the start-up parameters: a connection pooler refuses
/// or drops those, and the limits would hold nowhere.
///
/// A statement that takes longer, or waits longer for a lock, is a fault; a transaction left open stalls vacuum, and whoever
/// waits for its rows. Daily work reads pages: beyond some millions of events PostgreSQL would start two workers for each
/// page of the log, which takes longer than the page. Statements are written so that one plan fits every argument; left to
/// itself PostgreSQL plans those with arrays anew at each call, which takes longer than the call. Last, the service's role;
/// a database that is not migrated yet has none, and keeps the owner's.
const SESSION: &str = "
    SET statement_timeout = '15s';
    SET idle_in_transaction_session_timeout = '5s';
    SET lock_timeout = '5s';
    SET max_parallel_workers_per_gather = 0;
    SET plan_cache_mode = force_generic_plan;
    SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = 'onboarding_service'";

/// A pool for a service's daily work, in the role [`SERVICE_ROLE`] when that exists (it does after the migrations).
///
/// Connections are not tested before each use, which would cost a round trip, but after a rest: a dead one is then replaced
/// and nobody notices. Of several servers the pool follows the one that is wanted, until it is closed.
///
/// # Errors
/// When the URL is wrong or no server as wanted can be reached within two seconds.
pub async fn connect(
    url: &Secret,
    application_name: &str,
    max_connections: u32,
) -> Result<PgPool, sqlx::Error> {
    let servers = servers(url, application_name)?;
    for parameter in &servers.ignored {
        tracing::warn!(parameter, "a parameter of PostgreSQL's URL has no effect here");
    }
    let pool = database::pool_options()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false);
    if servers.is_a_choice() {
        return follow::connect(pool, servers, ACQUIRE_TIMEOUT).await;
    }
    pool.before_acquire(|connection, use_so_far| Box::pin(is_alive(connection, use_so_far.idle_for)))
        .after_connect(|connection, _| Box::pin(set_up(connection)))
        .connect_with(servers.all[0].options.clone())
        .await
}

/// A small pool for migrations, keys of erasure and other work of the owner: the URL's own role, no limit of time on a
/// statement, since building an index over a year of events takes as long as it takes. It is for one piece of work, and
/// stays with the server that is found first.
///
/// # Errors
/// [`ConnectError`], at once: whoever can wait for the server tries again.
pub async fn connect_as_owner(url: &Secret, application_name: &str) -> Result<PgPool, ConnectError> {
    let servers = servers(url, application_name).map_err(ConnectError::Unfound)?;
    let options = meeting::meet(&servers).await?;
    database::pool_options()
        .max_connections(2)
        .acquire_timeout(OWNER_ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
        .map_err(ConnectError::Unfound)
}

/// One connection with the URL's own role and settings, for tools.
///
/// # Errors
/// When the URL is wrong or no server as wanted can be reached.
pub async fn connect_once(url: &Secret, application_name: &str) -> Result<PgConnection, sqlx::Error> {
    let servers = servers(url, application_name)?;
    find(&servers).await?.options.connect().await
}

/// The server that is wanted, after one look at each.
async fn find(servers: &Servers) -> Result<&Server, sqlx::Error> {
    let chosen = match servers.is_a_choice() {
        true => Outlook::new(servers).now().await?,
        false => 0,
    };
    Ok(&servers.all[chosen])
}

fn servers(url: &Secret, application_name: &str) -> Result<Servers, sqlx::Error> {
    let mut servers: Servers = url
        .expose()
        .parse()
        .map_err(|fault: UrlFault| sqlx::Error::Configuration(fault.into()))?;
    for server in &mut servers.all {
        server.options = server
            .options
            .clone()
            .application_name(application_name)
            // As above: PostgreSQL writes floats in full by itself, and poolers refuse the parameter.
            .extra_float_digits(None)
            .disable_statement_logging();
    }
    Ok(servers)
}

/// Tests a connection that has rested.
async fn is_alive(connection: &mut PgConnection, rested: Duration) -> Result<bool, sqlx::Error> {
    if rested >= REST_BEFORE_TEST {
        timeout(TEST_TIMEOUT, sqlx::Connection::ping(connection))
            .await
            .map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))??;
    }
    Ok(true)
}

/// Makes a new connection one of the service's.
async fn set_up(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.execute(SESSION).await.map(|_| ())
}
