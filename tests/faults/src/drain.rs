//! I10: after the last fault everything comes to rest by itself, within a bound.

use std::fmt;
use std::time::{Duration, Instant};

use async_nats::jetstream;

use crate::checker::Finding;
use crate::installation::{Installation, STREAM};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How far everything has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Events that are stored.
    pub stored: i64,
    /// Events with a place in the log.
    pub placed: i64,
    /// Messages on the stream.
    pub published: Option<u64>,
    /// The last position in the read models.
    pub projected: i64,
    /// The size of the log that was signed last.
    pub signed: i64,
    /// Mails that are begun and without a recorded outcome.
    pub open_mails: i64,
    /// Messages that the mailer is not done with.
    pub unread: Option<u64>,
    /// Roles that are not ready, each with what it says.
    pub not_ready: Vec<String>,
}

impl Standing {
    /// Whether nothing is left to be done.
    pub fn is_quiet(&self) -> bool {
        let rest = Self {
            stored: self.stored,
            placed: self.stored,
            published: Some(self.stored.unsigned_abs()),
            projected: self.stored,
            signed: self.stored,
            open_mails: 0,
            unread: Some(0),
            not_ready: Vec::new(),
        };
        *self == rest
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stored,
            placed,
            published,
            projected,
            signed,
            open_mails,
            unread,
            not_ready,
        } = self;
        let count = |number: &Option<u64>| number.map_or("an unknown number".to_owned(), |it| it.to_string());
        write!(
            text,
            "of {stored} events {placed} are in the log, {signed} signed, {} on the stream, {projected} in the read models; \
             {open_mails} mails are open, {} messages are before the mailer; not ready: {not_ready:?}",
            count(published),
            count(unread)
        )
    }
}

/// Waits until all is quiet, twice in a row. How long it took.
///
/// # Errors
/// What is left after so long.
pub async fn until_quiet(installation: &Installation, bound: Duration) -> Result<Duration, Finding> {
    let (begun, mut before) = (Instant::now(), None);
    loop {
        let standing = look(installation).await;
        match &standing {
            Some(now) if now.is_quiet() && before.as_ref() == Some(now) => return Ok(begun.elapsed()),
            _ if begun.elapsed() > bound => {
                let left = standing.map_or("PostgreSQL does not answer".to_owned(), |it| it.to_string());
                return Err(Finding::new(
                    "I10",
                    format!("{} s after the last fault {left}", bound.as_secs()),
                ));
            }
            _ => {}
        }
        before = standing;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Looks once. Nothing when PostgreSQL does not answer.
pub async fn look(installation: &Installation) -> Option<Standing> {
    let counts = "SELECT (SELECT count(*) FROM events), (SELECT size FROM log_head), (SELECT min(position) FROM read.checkpoints),
        (SELECT coalesce(max(size), 0) FROM checkpoints WHERE origin NOT LIKE '%/access'),
        (SELECT count(*) FROM mailer.ledger WHERE recorded_at IS NULL AND state <> 'withdrawn')";
    let mut owner = installation.owner().await.ok()?;
    let (stored, placed, projected, signed, open_mails) =
        sqlx::query_as(counts).fetch_one(&mut owner).await.ok()?;
    let bus = look_at_the_bus(&installation.nats_url()).await;
    let mut not_ready = Vec::new();
    for name in installation.supervisor.names() {
        if let Some(why) = installation.supervisor.why_not_ready(&name).await {
            not_ready.push(format!("{name}: {why}"));
        }
    }
    Some(Standing {
        stored,
        placed,
        projected,
        signed,
        open_mails,
        published: bus.map(|(published, _)| published),
        unread: bus.map(|(_, unread)| unread),
        not_ready,
    })
}

async fn look_at_the_bus(url: &str) -> Option<(u64, u64)> {
    let servers: Vec<async_nats::ServerAddr> = url.split(',').filter_map(|one| one.parse().ok()).collect();
    let context = jetstream::new(async_nats::connect(servers).await.ok()?);
    let stream = context.get_stream(STREAM).await.ok()?;
    let consumer = stream.consumer_info("mailer").await.ok()?;
    let unread = consumer.num_pending + consumer.num_ack_pending as u64;
    Some((stream.cached_info().state.last_sequence, unread))
}
