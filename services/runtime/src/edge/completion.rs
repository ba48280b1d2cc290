//! Requests run to their end, whatever their client does.
//!
//! hyper drops a request's future when the client hangs up, wherever it stands. What changes anything would then stop
//! between two of its steps: recorded and not done, or done and not told to whoever waits for it. So each request is a task
//! of its own; its answer is handed over if anybody still wants it.

use std::future::Future;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// The requests that are running, whether or not their clients are still there. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Requests(TaskTracker);

impl Requests {
    /// Resolves once no request runs, after the listener has ended.
    pub async fn ended(&self) {
        self.0.close();
        self.0.wait().await;
    }
}

/// The layer around all routes.
pub async fn run_to_completion(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    completed(requests.0.spawn(next.run(request).in_current_span())).await
}

/// Runs work to its end, though whoever waits for it here may stop waiting.
pub async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    completed(tokio::spawn(work.in_current_span())).await
}

async fn completed<T>(task: tokio::task::JoinHandle<T>) -> T {
    match task.await {
        Ok(done) => done,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down, and nobody is left who could be answered.
            Err(_) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits_for_it_any_more() {
        let (begun, go_on, done) = (
            Arc::new(Notify::new()),
            Arc::new(Notify::new()),
            Arc::new(Notify::new()),
        );
        let work = {
            let (begun, go_on, done) = (begun.clone(), go_on.clone(), done.clone());
            async move {
                begun.notify_one();
                go_on.notified().await;
                done.notify_one();
            }
        };
        tokio::select! {
            () = to_its_end(work) => unreachable!("it waits for us"),
            () = begun.notified() => {}
        }
        go_on.notify_one();
        done.notified().await;
    }

    #[tokio::test]
    #[should_panic(expected = "of the work")]
    async fn a_panic_is_the_waiters() {
        to_its_end(async { panic!("of the work") }).await
    }
}
