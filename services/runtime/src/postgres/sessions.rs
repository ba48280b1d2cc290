//! What the service's own sessions are doing, and who waits for whom: the ages that tell of a stall.

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, Executor, FromRow, PgConnection};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{ask, find, servers};
use crate::config::Secret;

/// How often the gauges are brought up to date.
const INTERVAL: Duration = Duration::from_secs(5);

/// A look that takes longer is given up.
const LOOK_TIMEOUT: Duration = Duration::from_secs(3);

/// Sessions of the same login as this one. PostgreSQL tells a role no more than names of others' sessions, so whoever asks
/// must act as the login, not as the service's role.
const OLDEST_TRANSACTION: &str = "
    SELECT pid, coalesce(application_name, '') AS who, coalesce(state, '') AS state,
           coalesce(wait_event = 'SyncRep', false) AS waits_for_standby,
           extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
      FROM pg_stat_activity
     WHERE datname = current_database() AND usename = session_user AND backend_type = 'client backend'
       AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
     ORDER BY xact_start LIMIT 1";

const LONGEST_WAIT: &str = "
    SELECT waits.pid, waits.who, waits.seconds,
           coalesce((SELECT extract(epoch FROM clock_timestamp() - min(holder.xact_start))
                       FROM pg_stat_activity holder WHERE holder.pid = ANY (pg_blocking_pids(waits.pid))), 0)::float8
           AS held_seconds,
           coalesce((SELECT string_agg(DISTINCT coalesce(nullif(holder.application_name, ''), 'another login')
                            || ' (pid ' || holder.pid || coalesce(', ' || holder.state, '') || ')', ', ')
                       FROM pg_stat_activity holder WHERE holder.pid = ANY (pg_blocking_pids(waits.pid))), 'nobody any more')
           AS holders
      FROM (SELECT waiter.pid, coalesce(nullif(waiter.application_name, ''), 'another login') AS who,
                   extract(epoch FROM clock_timestamp() - lock.waitstart)::float8 AS seconds
              FROM pg_locks lock JOIN pg_stat_activity waiter ON waiter.pid = lock.pid
             WHERE NOT lock.granted AND lock.waitstart IS NOT NULL AND waiter.datname = current_database()
             ORDER BY lock.waitstart LIMIT 1) AS waits";

/// A transaction of one of the service's sessions.
#[derive(Clone, Debug, FromRow, PartialEq)]
pub struct OpenTransaction {
    /// The session, for `pg_terminate_backend`.
    pub pid: i32,
    /// The role or command, as its `application_name` says.
    pub who: String,
    /// As PostgreSQL says it: `active`, `idle in transaction`.
    pub state: String,
    /// It has written everything and waits for a synchronous standby to say so too.
    pub waits_for_standby: bool,
    /// How long it has been open.
    pub seconds: f64,
}

/// A lock that somebody waits for, whoever it is.
#[derive(Clone, Debug, FromRow, PartialEq)]
pub struct LockWait {
    /// The session that waits.
    pub pid: i32,
    /// Its role or command.
    pub who: String,
    /// How long it has waited.
    pub seconds: f64,
    /// How long the oldest transaction in its way has been open; 0 where another login's rights hide it.
    pub held_seconds: f64,
    /// Who is in its way.
    pub holders: String,
}

/// How the sessions are doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sessions {
    /// The oldest transaction of our own sessions.
    pub oldest_transaction: Option<OpenTransaction>,
    /// The lock that is waited for longest in this database.
    pub longest_wait: Option<LockWait>,
}

impl Sessions {
    /// Looks, over a session of the login's own rights.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn look(connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        Ok(Self {
            oldest_transaction: sqlx::query_as(OLDEST_TRANSACTION)
                .fetch_optional(&mut *connection)
                .await?,
            longest_wait: sqlx::query_as(LONGEST_WAIT).fetch_optional(connection).await?,
        })
    }
}

/// Keeps the gauges `onboarding_postgres_oldest_transaction_seconds` and `onboarding_postgres_longest_lock_wait_seconds` up
/// to date until `shutdown`, over a session of its own: one that waits for a free connection would be silent when it is
/// needed. While the database is away they keep their last values, and readiness tells.
pub async fn tell_ages(url: Secret, application_name: &str, shutdown: CancellationToken) {
    let mut session = None;
    while !shutdown.is_cancelled() {
        session = tokio::select! {
            looked = timeout(LOOK_TIMEOUT, look_once(&url, application_name, session.take())) => {
                looked.ok().and_then(Result::ok)
            }
            () = shutdown.cancelled() => return,
        };
        tokio::select! {
            () = sleep(INTERVAL) => {}
            () = shutdown.cancelled() => {}
        }
    }
    if let Some(session) = session {
        // The server closes it otherwise.
        let _ = session.close().await;
    }
}

async fn look_once(
    url: &Secret,
    application_name: &str,
    session: Option<PgConnection>,
) -> Result<PgConnection, sqlx::Error> {
    let servers = servers(url, application_name)?;
    // One that was moved away from may still answer.
    let kept = match session {
        Some(mut session) => servers
            .wanted
            .accepts(ask(&mut session).await?)
            .then_some(session),
        None => None,
    };
    let mut session = match kept {
        Some(session) => session,
        None => {
            let mut session = find(&servers).await?.options.connect().await?;
            session.execute("SET statement_timeout = '3s'").await?;
            session
        }
    };
    let sessions = Sessions::look(&mut session).await?;
    let age = sessions.oldest_transaction.map_or(0.0, |it| it.seconds);
    metrics::gauge!("onboarding_postgres_oldest_transaction_seconds").set(age);
    let wait = sessions.longest_wait.map_or(0.0, |it| it.seconds);
    metrics::gauge!("onboarding_postgres_longest_lock_wait_seconds").set(wait);
    Ok(session)
}
