//! Whether this process can do its work now, by named checks.
//!
//! A check runs in a task of its own and is never cut in the middle. While it has not come to an end nobody begins it
//! again, however often it is asked for: its age decides. So a server that hangs collects no hanging checks.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared, join_all},
};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

/// A check that takes longer has failed.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

type Outcome = Result<(), String>;
type Begin = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// The named checks that must pass before work is sent here.
#[derive(Clone, Default)]
pub struct Readiness {
    checks: Vec<Check>,
}

#[derive(Clone)]
struct Check {
    name: &'static str,
    begin: Begin,
    /// The run that was begun last.
    last: Arc<Mutex<Option<Run>>>,
}

#[derive(Clone)]
struct Run {
    begun: Instant,
    outcome: Shared<BoxFuture<'static, Outcome>>,
}

impl Readiness {
    /// No checks yet: ready as soon as it listens.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check. It must ask the real thing, and its error must be fit for an operator's eyes.
    #[must_use]
    pub fn check<F, Fut, E>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: std::fmt::Display,
    {
        let begin: Begin = Arc::new(move || {
            let asked = check();
            Box::pin(async move { asked.await.map_err(|error| error.to_string()) })
        });
        self.checks.push(Check {
            name,
            begin,
            last: Arc::default(),
        });
        self
    }

    /// Runs all of them beside one another, each for a second at most.
    pub(super) async fn report(&self) -> Report {
        let checks = join_all(self.checks.iter().map(Check::report)).await;
        let ready = checks.iter().all(|check| check.ok);
        Report {
            status: if ready { "ready" } else { "not-ready" },
            checks,
        }
    }
}

impl Check {
    async fn report(&self) -> CheckReport {
        let asked = Instant::now();
        let run = self.under_way();
        let fault = match timeout_at(run.begun + CHECK_TIMEOUT, run.outcome).await {
            Ok(outcome) => outcome.err(),
            Err(_) => Some(format!(
                "no answer for {:.1} s",
                run.begun.elapsed().as_secs_f64()
            )),
        };
        CheckReport {
            name: self.name,
            ok: fault.is_none(),
            milliseconds: asked.elapsed().as_millis(),
            fault,
        }
    }

    /// The run that has not ended yet, or a new one.
    fn under_way(&self) -> Run {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = &*last
            && run.outcome.clone().now_or_never().is_none()
        {
            return run.clone();
        }
        let task = tokio::spawn((self.begin)());
        let outcome = async move {
            task.await
                .unwrap_or_else(|_| Err("the check itself broke".to_owned()))
        };
        let run = Run {
            begun: Instant::now(),
            outcome: outcome.boxed().shared(),
        };
        *last = Some(run.clone());
        run
    }
}

/// The answer of `/readyz`.
#[derive(Serialize)]
pub(super) struct Report {
    status: &'static str,
    checks: Vec<CheckReport>,
}

impl Report {
    pub(super) fn is_ready(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }
}

#[derive(Serialize)]
struct CheckReport {
    name: &'static str,
    ok: bool,
    milliseconds: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}
