//! The writer: takes whatever appends stand ready and commits them together.
//!
//! A commit costs a flush of the disk, a round trip and the head's lock, however many commands it carries. One command
//! alone waits for nobody; those that come while a commit is under way share the next one. The work runs in tasks of its
//! own, so that whoever asked may be dropped, and a task ends when nothing waits.

use std::collections::HashSet;

use domain::values::RegistrationId;
use keyring::BlindIndex;
use sqlx::PgPool;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::append::Appended;
use crate::batch::Batch;
use crate::error::AppendError;
use crate::event::NewEvent;
use crate::line::Line;
use crate::unavailable::Unavailable;
use crate::unit_of_work::UnitOfWork;

/// The most commands of one commit: far more brings little, and whoever comes next waits for all of it.
const BATCH_MAX: usize = 64;
/// Commits that this process has under way at once. The head's lock lets one at a time write; the other stands in line
/// meanwhile, so that the lock never waits for the network.
const WRITERS: usize = 2;
/// So many must wait for a second writer: fewer are better off in one commit.
const WORTH_ANOTHER: usize = 24;

/// An append that waits for its commit.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub registration: RegistrationId,
    pub expected: u64,
    pub events: Vec<NewEvent>,
    pub unit: UnitOfWork,
    pub answer: oneshot::Sender<Result<Appended, AppendError>>,
}

/// Cheap to clone; all clones share one line.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    pool: PgPool,
    line: Line<Waiting>,
}

impl Writer {
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            line: Line::of(WRITERS, WORTH_ANOTHER),
        }
    }

    /// Puts an append in line, and sees to it that somebody writes.
    pub fn put(&self, waiting: Waiting) {
        if self.line.put(waiting) {
            tokio::spawn(self.clone().write());
        }
    }

    /// Commits until nothing waits, over one connection for as long as it serves.
    async fn write(self) {
        let mut connection = None;
        while let Some(ready) = self.take().await {
            let mut held = match connection.take() {
                Some(held) => held,
                None => match self.pool.acquire().await {
                    Ok(acquired) => acquired,
                    Err(error) => {
                        refuse(ready, error);
                        continue;
                    }
                },
            };
            if commit(&mut held, ready).await {
                connection = Some(held);
            }
        }
    }

    /// The next commands that may share a commit; without any, this writer is done.
    ///
    /// They are judged together, so no two of them may be about the same registration, command or account: a second one
    /// stays in line.
    async fn take(&self) -> Option<Vec<Waiting>> {
        let mut taken = Taken::default();
        self.line.take(BATCH_MAX, |next| taken.admits(next)).await
    }
}

/// What the commands of one commit are about.
#[derive(Default)]
struct Taken {
    registrations: HashSet<RegistrationId>,
    commands: HashSet<Uuid>,
    accounts: HashSet<BlindIndex>,
}

impl Taken {
    fn admits(&mut self, next: &Waiting) -> bool {
        let command = next.unit.command.as_ref().map(|it| it.id);
        let is_taken = self.registrations.contains(&next.registration)
            || command.is_some_and(|it| self.commands.contains(&it))
            || next.unit.account.is_some_and(|it| self.accounts.contains(&it));
        // A refused one counts as well: those after it must not overtake it.
        self.registrations.insert(next.registration);
        self.commands.extend(command);
        self.accounts.extend(next.unit.account);
        !is_taken
    }
}

/// Commits these together. When the database refuses their statement, one of them may be unfit: each is then tried by
/// itself. False when the connection is not to be used again.
async fn commit(connection: &mut sqlx::PgConnection, ready: Vec<Waiting>) -> bool {
    let answered = match Batch::of(&ready) {
        Ok(batch) => batch.append(connection).await,
        Err(unfit) => Err(unfit),
    };
    match answered {
        Ok(outcomes) => {
            for (waiting, outcome) in ready.into_iter().zip(outcomes) {
                // Whoever asked may have gone.
                let _gone = waiting.answer.send(outcome);
            }
            true
        }
        Err(error) if ready.len() > 1 && !is_away(&error) => {
            for alone in ready {
                let answered = match Batch::of(std::slice::from_ref(&alone)) {
                    Ok(batch) => batch.append(connection).await,
                    Err(unfit) => Err(unfit),
                };
                let outcome = answered.and_then(|outcomes| outcomes.into_iter().next().unwrap_or(NO_OUTCOME));
                let _gone = alone.answer.send(outcome);
            }
            false
        }
        Err(error) => {
            for waiting in ready {
                let _gone = waiting.answer.send(Err(error.clone()));
            }
            false
        }
    }
}

const NO_OUTCOME: Result<Appended, AppendError> = Err(AppendError::Unfit("the database gave it no outcome"));

fn is_away(error: &AppendError) -> bool {
    matches!(error, AppendError::Database(error) if Unavailable::of(error).is_some())
}

fn refuse(ready: Vec<Waiting>, error: sqlx::Error) {
    let error = AppendError::from(error);
    for waiting in ready {
        let _gone = waiting.answer.send(Err(error.clone()));
    }
}
