//! Looking at every server of a URL, again and again: who answers, and what each says of itself.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{BoxStream, select_all, unfold};
use sqlx::{ConnectOptions, PgConnection};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::url::{Server, Servers};
use super::wanted::{Seen, Wanted};

/// How often each server is asked. Cheap: one connection a server, and a question that reads no table.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A server that was let in has this long to answer; one that does not is not there.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

const QUESTION: &str = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean,
    CASE WHEN pg_is_in_recovery() THEN 0
         ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint END";

/// The servers as they were last seen, and the looking that goes on for as long as it is polled.
pub struct Outlook {
    wanted: Wanted,
    seen: Vec<Result<Seen, String>>,
    names: Vec<String>,
    looks: BoxStream<'static, (usize, Result<Seen, String>)>,
}

impl Outlook {
    /// Begins to look at all of them at once, so that one that is silent holds up nobody.
    pub fn new(servers: &Servers) -> Self {
        let each = servers.all.iter().enumerate().map(|(index, server)| {
            let link = Link {
                server: server.clone(),
                connect_timeout: servers.connect_timeout,
                connection: None,
                looked_before: false,
            };
            Box::pin(unfold(link, move |mut link| async move {
                let seen = link.look().await;
                Some(((index, seen), link))
            }))
        });
        Self {
            wanted: servers.wanted,
            seen: servers
                .all
                .iter()
                .map(|_| Err("not asked yet".to_owned()))
                .collect(),
            names: servers.all.iter().map(ToString::to_string).collect(),
            looks: select_all(each).boxed(),
        }
    }

    /// The server to use, once there is one: each was asked once, and one of them will do.
    ///
    /// # Errors
    /// When there is none by the deadline: what each of them says.
    pub async fn first(&mut self, deadline: Instant) -> Result<usize, sqlx::Error> {
        let found = timeout_at(deadline, async {
            self.each_once().await;
            loop {
                match self.choice(None) {
                    Some(chosen) => return chosen,
                    None => self.next().await,
                };
            }
        })
        .await;
        found.map_err(|_| self.fault())
    }

    /// The server to use as things are now.
    ///
    /// # Errors
    /// When none will do: what each of them says.
    pub async fn now(&mut self) -> Result<usize, sqlx::Error> {
        self.each_once().await;
        self.choice(None).ok_or_else(|| self.fault())
    }

    async fn each_once(&mut self) {
        let mut unasked: BTreeSet<usize> = (0..self.seen.len()).collect();
        while !unasked.is_empty() {
            unasked.remove(&self.next().await);
        }
    }

    /// Waits for the next answer, or silence, of one of them; whose it is.
    pub async fn next(&mut self) -> usize {
        match self.looks.next().await {
            Some((index, seen)) => {
                self.seen[index] = seen;
                index
            }
            // The looking has no end.
            None => std::future::pending().await,
        }
    }

    /// The server to use, when this one is used now.
    pub fn choice(&self, current: Option<usize>) -> Option<usize> {
        let seen: Vec<Option<Seen>> = self.seen.iter().map(|it| it.as_ref().ok().copied()).collect();
        self.wanted.choose(&seen, current)
    }

    /// Whether this one answered when it was asked last.
    pub fn answers(&self, index: usize) -> bool {
        self.seen[index].is_ok()
    }

    fn fault(&self) -> sqlx::Error {
        let each = self.names.iter().zip(&self.seen).map(|(name, seen)| match seen {
            Ok(Seen { recovering: true, .. }) => format!("{name} is a standby"),
            Ok(Seen { read_only: true, .. }) => format!("{name} is read only"),
            Ok(_) => format!("{name} takes writes"),
            Err(fault) => format!("{name}: {fault}"),
        });
        let each: Vec<String> = each.collect();
        sqlx::Error::Io(std::io::Error::new(
            std::io::ErrorKind::NotConnected,
            format!("no server of the URL is as wanted: {}", each.join("; ")),
        ))
    }
}

/// The connection by which one server is asked.
struct Link {
    server: Server,
    connect_timeout: Duration,
    connection: Option<PgConnection>,
    looked_before: bool,
}

impl Link {
    async fn look(&mut self) -> Result<Seen, String> {
        if std::mem::replace(&mut self.looked_before, true) {
            sleep(LOOK_EVERY).await;
        }
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => timeout(self.connect_timeout, self.server.options.connect())
                .await
                .map_err(|_| "does not let us in within its time".to_owned())?
                .map_err(|fault| fault.to_string())?,
        };
        let seen = timeout(ANSWER_TIMEOUT, ask(&mut connection))
            .await
            .map_err(|_| "does not answer".to_owned())?
            .map_err(|fault| fault.to_string())?;
        self.connection = Some(connection);
        Ok(seen)
    }
}

/// What a server says of itself over this connection.
///
/// # Errors
/// When it does not answer.
pub async fn ask(connection: &mut PgConnection) -> Result<Seen, sqlx::Error> {
    let (recovering, read_only, timeline) = sqlx::query_as(QUESTION).fetch_one(connection).await?;
    Ok(Seen {
        recovering,
        read_only,
        timeline,
    })
}
