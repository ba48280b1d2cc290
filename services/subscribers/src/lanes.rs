//! The order kept for each subscriber: at most one event of a registration is under way to it.
//!
//! Each registration with something under way has a lane. What comes later of it waits, without a row, until the event
//! under way is acknowledged; an event that is refused parks its lane, and only that. All other registrations flow.
//! Whoever delivers, over NATS or HTTP, lives by turns: [`Lanes::turn`] says what came of earlier tickets and gets new
//! ones. A turn is one statement, so that a crash leaves either all of it or nothing.

use std::time::Duration;

use domain::values::RegistrationId;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use crate::{SubscriberError, SubscriberName};

/// Longest reason kept, in characters. It is the subscriber's word and is read by operators.
const REASON_MAX: usize = 300;
/// How far ahead the log is read in one turn.
const SCAN: i32 = 1_000;

/// What is to be handed over, under a ticket. The ticket is what an outcome is told by; it is given out once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The ticket; in an own stream, the sequence that the message must get.
    pub ticket: u64,
    /// Whose event it is.
    pub registration: RegistrationId,
    /// Its place in the log.
    pub position: u64,
    /// The replay for which it is sent again.
    pub replay: Option<Uuid>,
    /// The how manieth hand-over of this event it is, from 1.
    pub attempt: u32,
}

/// What came of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The subscriber has it: the registration's next event may go.
    Acknowledged,
    /// The subscriber will not have it, or could not take it however often it was tried: the registration is parked.
    Refused {
        /// In the words of whoever refused. Shortened when long.
        reason: String,
        /// How often it was delivered.
        deliveries: u32,
    },
    /// It could not be delivered now: again after this time, under another ticket.
    Later {
        /// What was in the way. Shortened when long.
        reason: String,
        /// How long to wait.
        after: Duration,
    },
}

/// How much may be under way to one subscriber.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// New events.
    pub live: u32,
    /// Replayed ones, counted apart, so that a replay leaves the feed its place.
    pub replayed: u32,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            live: 1_000,
            replayed: 200,
        }
    }
}

/// What a turn came to.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// Every event up to here is acknowledged, under way, parked or held behind one that is.
    pub position: u64,
    /// Where the log ends.
    pub log_end: u64,
    /// How many new events were under way before this turn's were added.
    pub under_way: u64,
    /// What is to be handed over now, in the order of tickets.
    pub due: Vec<Due>,
}

/// The lanes of every subscriber. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Lanes {
    pool: PgPool,
}

impl Lanes {
    /// The lanes in this database.
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// The database, for the rest of this crate.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// One turn of a subscriber: settles these tickets, takes up what is new, and gives out tickets for what is due.
    ///
    /// A ticket that is no longer out is passed over: outcomes may be told twice. `confirmed` is the last ticket of which
    /// it is certain that it was handed over; 0 where nobody asks.
    ///
    /// # Errors
    /// [`SubscriberError::Database`]; nothing has changed then.
    pub async fn turn(
        &self,
        name: &SubscriberName,
        outcomes: &[(u64, Outcome)],
        confirmed: u64,
        window: Window,
    ) -> Result<Turn, SubscriberError> {
        let settled = Settled::of(outcomes);
        let row = sqlx::query("SELECT * FROM feed.turn($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
            .bind(name.as_str())
            .bind(settled.acked)
            .bind(settled.refused)
            .bind(settled.refusals)
            .bind(settled.deliveries)
            .bind(settled.later)
            .bind(settled.obstacles)
            .bind(settled.pauses)
            .bind(signed(confirmed))
            .bind(i32::try_from(window.live).unwrap_or(i32::MAX))
            .bind(i32::try_from(window.replayed).unwrap_or(i32::MAX))
            .bind(SCAN)
            .fetch_one(&self.pool)
            .await?;
        let list = |column: &str| -> Result<Vec<i64>, sqlx::Error> {
            Ok(row.try_get::<Option<Vec<i64>>, _>(column)?.unwrap_or_default())
        };
        let (tickets, positions) = (list("tickets")?, list("positions")?);
        let registrations: Vec<Uuid> = row.try_get::<Option<_>, _>("registrations")?.unwrap_or_default();
        let replays: Vec<Option<Uuid>> = row.try_get::<Option<_>, _>("replays")?.unwrap_or_default();
        let attempts: Vec<i32> = row.try_get::<Option<_>, _>("attempts")?.unwrap_or_default();
        let due = (0..tickets.len())
            .map(|place| Due {
                ticket: tickets[place].unsigned_abs(),
                registration: RegistrationId(registrations[place]),
                position: positions[place].unsigned_abs(),
                replay: replays[place],
                attempt: attempts[place].unsigned_abs(),
            })
            .collect();
        Ok(Turn {
            position: row.try_get::<i64, _>("cursor_position")?.unsigned_abs(),
            log_end: row.try_get::<i64, _>("log_end")?.unsigned_abs(),
            under_way: row.try_get::<i64, _>("under_way")?.unsigned_abs(),
            due,
        })
    }

    /// What is out, in the order of tickets: handed over, or about to be, and nothing heard of it yet.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn out(&self, name: &SubscriberName, after_ticket: u64) -> Result<Vec<Due>, SubscriberError> {
        let rows: Vec<(i64, Uuid, i64, Option<Uuid>, i32)> = sqlx::query_as(
            "SELECT ticket, registration, position, replay, attempt FROM feed.lanes
              WHERE subscriber = $1 AND ticket > $2 ORDER BY ticket",
        )
        .bind(name.as_str())
        .bind(signed(after_ticket))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(ticket, registration, position, replay, attempt)| Due {
                ticket: ticket.unsigned_abs(),
                registration: RegistrationId(registration),
                position: position.unsigned_abs(),
                replay,
                attempt: attempt.unsigned_abs(),
            })
            .collect())
    }

    /// Takes every ticket back: what was out is due again, under tickets after `base` and after all that were given out. For a
    /// deliverer that starts and cannot know what became of them, or whose stream was lost.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn reopen(&self, name: &SubscriberName, base: u64) -> Result<u64, SubscriberError> {
        let mut transaction = database::begin(&self.pool).await?;
        let sent: i64 = sqlx::query_scalar(
            "UPDATE feed.cursors SET sent = greatest(sent, $2), confirmed = greatest(sent, $2)
              WHERE subscriber = $1 RETURNING sent",
        )
        .bind(name.as_str())
        .bind(signed(base))
        .fetch_one(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE feed.lanes SET state = 'due', ticket = NULL, due_at = clock_timestamp()
              WHERE subscriber = $1 AND state = 'sent'",
        )
        .bind(name.as_str())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(sent.unsigned_abs())
    }

    /// Takes these tickets back: what was out under them is due again.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn take_back(&self, name: &SubscriberName, tickets: &[u64]) -> Result<u64, SubscriberError> {
        let tickets: Vec<i64> = tickets.iter().map(|it| signed(*it)).collect();
        let taken = sqlx::query(
            "UPDATE feed.lanes SET state = 'due', ticket = NULL, due_at = clock_timestamp()
              WHERE subscriber = $1 AND ticket = ANY ($2)",
        )
        .bind(name.as_str())
        .bind(tickets)
        .execute(&self.pool)
        .await?;
        Ok(taken.rows_affected())
    }

    /// The last ticket given out, and the last one known to have been handed over.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn tickets(&self, name: &SubscriberName) -> Result<(u64, u64), SubscriberError> {
        let (sent, confirmed): (i64, i64) =
            sqlx::query_as("SELECT sent, confirmed FROM feed.cursors WHERE subscriber = $1")
                .bind(name.as_str())
                .fetch_one(&self.pool)
                .await?;
        Ok((sent.unsigned_abs(), confirmed.unsigned_abs()))
    }
}

/// Outcomes as the database takes them.
#[derive(Default)]
struct Settled {
    acked: Vec<i64>,
    refused: Vec<i64>,
    refusals: Vec<String>,
    deliveries: Vec<i32>,
    later: Vec<i64>,
    obstacles: Vec<String>,
    pauses: Vec<i64>,
}

impl Settled {
    fn of(outcomes: &[(u64, Outcome)]) -> Self {
        let mut settled = Self::default();
        for (ticket, outcome) in outcomes {
            let ticket = signed(*ticket);
            match outcome {
                Outcome::Acknowledged => settled.acked.push(ticket),
                Outcome::Refused { reason, deliveries } => {
                    settled.refused.push(ticket);
                    settled.refusals.push(shortened(reason));
                    settled
                        .deliveries
                        .push(i32::try_from(*deliveries).unwrap_or(i32::MAX));
                }
                Outcome::Later { reason, after } => {
                    settled.later.push(ticket);
                    settled.obstacles.push(shortened(reason));
                    settled
                        .pauses
                        .push(i64::try_from(after.as_millis()).unwrap_or(i64::MAX));
                }
            }
        }
        settled
    }
}

/// A reason as it is kept: one line, and not longer than needed.
fn shortened(reason: &str) -> String {
    reason
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .take(REASON_MAX)
        .collect()
}

pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
