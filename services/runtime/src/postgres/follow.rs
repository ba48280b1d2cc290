//! A pool that follows the server that is wanted from one host to another.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Moment};

use sqlx::postgres::PgPoolOptions;
use sqlx::{PgConnection, PgPool};
use tokio::time::Instant;

use super::look::{Outlook, ask};
use super::passage::Passage;
use super::url::Servers;
use super::wanted::Wanted;
use super::{is_alive, set_up};

/// A server that has not answered for so long is not waited for any more: longer than any statement may take.
const SILENCE_MAX: Duration = Duration::from_secs(20);

/// When the pool began to use the server that it uses now: connections that are older lead elsewhere.
#[derive(Clone)]
struct MovedAt(Arc<Mutex<Moment>>);

impl MovedAt {
    fn now() -> Self {
        Self(Arc::new(Mutex::new(Moment::now())))
    }

    fn renew(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Moment::now();
    }

    fn is_after(&self, made: Option<Moment>) -> bool {
        let moved = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.is_none_or(|made| made < moved)
    }
}

/// Connects to the server that is wanted, and stays with it wherever it goes until the pool is closed.
///
/// # Errors
/// When no server is as wanted within `patience`.
pub async fn connect(
    pool: PgPoolOptions,
    servers: Servers,
    patience: Duration,
) -> Result<PgPool, sqlx::Error> {
    let mut outlook = Outlook::new(&servers);
    let chosen = outlook.first(Instant::now() + patience).await?;
    let open = |server| Passage::open(server, servers.connect_timeout);
    let passages: Vec<Passage> = servers.all.iter().map(open).collect();
    let moved = MovedAt::now();
    let wanted = servers.wanted;
    let since = moved.clone();
    let pool = pool
        .before_acquire(move |connection, use_so_far| {
            let leads_elsewhere = since.is_after(Moment::now().checked_sub(use_so_far.age));
            Box::pin(async move { Ok(!leads_elsewhere && is_alive(connection, use_so_far.idle_for).await?) })
        })
        .after_connect(move |connection, _| Box::pin(take_up(connection, wanted)))
        .connect_with(passages[chosen].options.clone())
        .await?;
    tracing::info!(server = %servers.all[chosen], "PostgreSQL's server");
    tokio::spawn(follow(
        pool.clone(),
        Follower {
            servers,
            outlook,
            passages,
            moved,
            current: chosen,
        },
    ));
    Ok(pool)
}

/// Makes sure that a new connection leads where it should: between the last look and now the server may have changed.
async fn take_up(connection: &mut PgConnection, wanted: Wanted) -> Result<(), sqlx::Error> {
    if !wanted.accepts(ask(connection).await?) {
        let message = "the server is not, or no longer, as the URL wants it";
        return Err(sqlx::Error::Io(std::io::Error::new(
            std::io::ErrorKind::NotConnected,
            message,
        )));
    }
    set_up(connection).await
}

struct Follower {
    servers: Servers,
    outlook: Outlook,
    passages: Vec<Passage>,
    moved: MovedAt,
    current: usize,
}

async fn follow(pool: PgPool, mut follower: Follower) {
    let mut closed = pool.close_event();
    let mut answered_at = Instant::now();
    loop {
        tokio::select! {
            () = &mut closed => return,
            _ = follower.outlook.next() => {}
        }
        match follower.outlook.choice(Some(follower.current)) {
            Some(next) if next != follower.current => {
                follower.move_to(next, &pool);
                answered_at = Instant::now();
            }
            // The same one, or none: whoever connects meanwhile is told so by the server that was used last.
            _ if follower.outlook.answers(follower.current) => answered_at = Instant::now(),
            _ if answered_at.elapsed() > SILENCE_MAX => {
                follower.wait_no_longer();
                answered_at = Instant::now();
            }
            _ => {}
        }
    }
}

impl Follower {
    /// What is under way on a host that vanished would be waited for as long as the system tries, or for ever.
    fn wait_no_longer(&mut self) {
        self.passages[self.current].cut();
        tracing::warn!(
            server = %self.servers.all[self.current],
            seconds = SILENCE_MAX.as_secs(),
            "PostgreSQL has not answered for long: what was under way there is ended"
        );
    }

    fn move_to(&mut self, next: usize, pool: &PgPool) {
        let left = std::mem::replace(&mut self.current, next);
        pool.set_connect_options(self.passages[next].options.clone());
        self.moved.renew();
        self.passages[left].cut();
        metrics::counter!("onboarding_postgres_moves_total").increment(1);
        tracing::warn!(
            from = %self.servers.all[left],
            to = %self.servers.all[next],
            "PostgreSQL failed over: working with another server"
        );
    }
}
