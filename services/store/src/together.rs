//! Questions that share a statement: one alone is asked at once, those that come while others are under way go together.

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::{PgConnection, PgPool};
use tokio::sync::oneshot;

use crate::error::StoreError;
use crate::line::Line;

/// The most questions of one statement.
const TOGETHER_MAX: usize = 64;
/// Statements that this process has under way at once, of one kind.
const ASKERS: usize = 4;
/// So many must wait for another statement beside those under way: starting one costs as much as several questions in it.
const WORTH_ANOTHER: usize = 8;

/// Asks all of these by one statement: an answer for each, in order.
pub(crate) type Statement<Q, A> =
    for<'a> fn(
        &'a mut PgConnection,
        &'a [Q],
    ) -> BoxFuture<'a, Result<Vec<Result<A, StoreError>>, sqlx::Error>>;

#[derive(Debug)]
struct Asked<Q, A> {
    question: Q,
    answer: oneshot::Sender<Result<A, StoreError>>,
}

/// Cheap to clone; all clones share one line.
#[derive(Debug)]
pub(crate) struct Together<Q, A> {
    pool: PgPool,
    line: Line<Asked<Q, A>>,
    statement: Statement<Q, A>,
}

impl<Q, A> Clone for Together<Q, A> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            line: self.line.clone(),
            statement: self.statement,
        }
    }
}

impl<Q: Send + Sync + 'static, A: Send + 'static> Together<Q, A> {
    pub fn new(pool: PgPool, statement: Statement<Q, A>) -> Self {
        Self {
            pool,
            line: Line::of(ASKERS, WORTH_ANOTHER),
            statement,
        }
    }

    /// The answer to one question. Whoever asks may be dropped.
    ///
    /// # Errors
    /// [`StoreError::Shared`] where the statement failed, or what is wrong with this answer.
    pub async fn ask(&self, question: Q) -> Result<A, StoreError> {
        let (answer, answered) = oneshot::channel();
        if self.line.put(Asked { question, answer }) {
            tokio::spawn(self.clone().work());
        }
        // Without an answer the runtime is shutting down.
        answered
            .await
            .unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
    }

    /// Asks until nothing waits, over one connection for as long as it serves.
    async fn work(self) {
        let mut connection = None;
        while let Some(asked) = self.line.take(TOGETHER_MAX, |_| true).await {
            let (questions, waiting): (Vec<Q>, Vec<_>) =
                asked.into_iter().map(|it| (it.question, it.answer)).unzip();
            let answered = match connection.take() {
                Some(held) => Ok(held),
                None => self.pool.acquire().await,
            };
            let answered = match answered {
                Ok(mut held) => {
                    let answered = (self.statement)(&mut held, &questions).await;
                    connection = answered.is_ok().then_some(held);
                    answered
                }
                Err(error) => Err(error),
            };
            match answered {
                Ok(answers) => {
                    for (waiting, answer) in waiting.into_iter().zip(answers) {
                        // Whoever asked may have gone.
                        let _gone = waiting.send(answer);
                    }
                }
                Err(error) => {
                    let error = Arc::new(error);
                    for waiting in waiting {
                        let _gone = waiting.send(Err(StoreError::Shared(Arc::clone(&error))));
                    }
                }
            }
        }
    }
}
