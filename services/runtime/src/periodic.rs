//! Jobs that come by from time to time.

use std::time::Duration;

use rand::Rng;
use tokio_util::sync::CancellationToken;

/// Repeats a job, first after a wait of its own, so that programs started together do not work together. A job that fails
/// is tried again at its next turn.
pub async fn every<Job, Doing>(pause: Duration, stop: &CancellationToken, job: Job)
where
    Job: Fn() -> Doing,
    Doing: Future<Output = anyhow::Result<()>>,
{
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause.mul_f64(rand::rng().random_range(0.8..1.2))) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            done = job() => {
                if let Err(error) = done {
                    tracing::warn!(error = AsRef::<dyn std::error::Error>::as_ref(&error), "a periodic job failed");
                }
            }
        }
    }
}
