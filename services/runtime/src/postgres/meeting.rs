//! The first connection of a process: by itself, so that a server that is away is told at once and by name, where a pool
//! would try on in silence; and with a second one beside it, which shows a pooler that gives every transaction another session.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, Row};
use tokio::time::timeout;

use super::find;
use super::url::Servers;

/// A server that is silent for longer is away, unless the URL gives it longer.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// How often two connections are compared: others may come between them once.
const COMPARISONS: usize = 3;

/// Refused by a pooler before any server was asked, or by a balancer (protocol violation).
const PROTOCOL_VIOLATION: &str = "08P01";

/// Why there is no connection, in a sentence for whoever started the service.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is wrong, no server of it is as wanted, or the one that was went away again.
    #[error("PostgreSQL cannot be reached")]
    Unfound(#[source] sqlx::Error),
    /// Nobody there, or we are not let in.
    #[error("PostgreSQL at {server} cannot be reached")]
    Refused {
        /// As the URL names it.
        server: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// A pooler does not take what a session begins with.
    #[error(
        "a connection pooler stands at {server} and refuses a start-up parameter ({cause}): for PgBouncer set \
         `pool_mode = session` and `ignore_startup_parameters = extra_float_digits,options`, or let the URL lead to \
         PostgreSQL itself"
    )]
    StartUp {
        /// As the URL names it.
        server: String,
        /// The pooler's words.
        cause: String,
    },
    /// A pooler gives each transaction whichever session is free.
    #[error(
        "a connection pooler stands at {server} and shares sessions between its clients; the service needs its own, for \
         locks, settings and prepared statements: for PgBouncer set `pool_mode = session`, or let the URL lead to PostgreSQL \
         itself"
    )]
    Shared {
        /// As the URL names it.
        server: String,
    },
}

impl ConnectError {
    fn of(server: String, source: sqlx::Error) -> Self {
        let refusal = source
            .as_database_error()
            .filter(|it| it.code().as_deref() == Some(PROTOCOL_VIOLATION));
        match refusal.map(|it| it.message().to_owned()) {
            Some(cause) if cause.contains("startup parameter") => Self::StartUp { server, cause },
            _ => Self::Refused { server, source },
        }
    }
}

/// How to get to the server that is wanted, which has let us in, and gives us sessions of our own.
pub async fn meet(servers: &Servers) -> Result<PgConnectOptions, ConnectError> {
    let patience = servers.connect_timeout.max(SILENCE_MAX);
    let server = find(servers).await.map_err(ConnectError::Unfound)?;
    let silent = |_| sqlx::Error::Io(std::io::Error::new(ErrorKind::TimedOut, "no answer in time"));
    let met = timeout(patience, server.options.connect()).await.map_err(silent);
    let first = met
        .flatten()
        .map_err(|fault| ConnectError::of(server.to_string(), fault))?;
    // Where a second connection is not to be had now, nothing is known, and the pool will tell.
    match timeout(patience, is_shared(first, &server.options)).await {
        Ok(Ok(true)) => Err(ConnectError::Shared {
            server: server.to_string(),
        }),
        _ => Ok(server.options.clone()),
    }
}

/// Whether two connections that are open at once are served by one session. The second holds a transaction open, so that a
/// pooler must give the first another one meanwhile. No statement is prepared: such a pooler would lose it.
async fn is_shared(mut first: PgConnection, options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let mut second = options.connect().await?;
    let mut is_shared = false;
    for _ in 0..COMPARISONS {
        let before = session(&mut first).await?;
        let begun = sqlx::raw_sql("BEGIN").execute(&mut second).await;
        if matches!(begun, Err(sqlx::Error::Database(_))) {
            // Only a pooler that gives each statement another session says no.
            return Ok(true);
        }
        begun?;
        let beside = session(&mut second).await?;
        let after = session(&mut first).await?;
        sqlx::raw_sql("COMMIT").execute(&mut second).await?;
        is_shared |= before == beside || before != after;
    }
    first.close().await?;
    second.close().await?;
    Ok(is_shared)
}

async fn session(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    let asked = sqlx::raw_sql("SELECT pg_backend_pid()");
    asked.fetch_one(connection).await?.try_get(0)
}
