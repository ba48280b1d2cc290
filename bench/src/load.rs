//! Asking many times, and the times that it took.

use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Serialize;
use tokio::task::JoinSet;

/// What a window showed.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// How many were done.
    pub count: usize,
    /// How many a second.
    pub per_second: f64,
    /// Half took no longer than this, in milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 took no longer than this, in milliseconds.
    pub p99_ms: f64,
}

impl Measured {
    /// Sums durations up that were taken in a window of this length.
    pub fn of(mut took: Vec<Duration>, window: Duration) -> Self {
        took.sort_unstable();
        let at = |share: f64| {
            // Nearest rank, so that a figure is always one that occurred.
            let rank = (took.len() as f64 * share).ceil() as usize;
            took.get(rank.saturating_sub(1))
                .map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
        };
        Self {
            count: took.len(),
            per_second: took.len() as f64 / window.as_secs_f64(),
            p50_ms: at(0.50),
            p99_ms: at(0.99),
        }
    }
}

/// Lets so many clients ask, each as soon as its last answer has come (a closed loop), and counts what ends within the
/// window. What was asked before the window and ends in it counts too: else slow answers would be lost.
///
/// # Errors
/// The first error of any client.
pub async fn closed_loop<F>(
    clients: usize,
    warm_up: Duration,
    window: Duration,
    ask: impl Fn() -> F + Clone + Send + 'static,
) -> anyhow::Result<Measured>
where
    F: Future<Output = anyhow::Result<()>> + Send,
{
    let opens = Instant::now() + warm_up;
    let closes = opens + window;
    let mut loops = JoinSet::new();
    for _ in 0..clients {
        let ask = ask.clone();
        loops.spawn(async move {
            let mut took = Vec::new();
            loop {
                let begun = Instant::now();
                if begun >= closes {
                    return anyhow::Ok(took);
                }
                ask().await?;
                let ended = Instant::now();
                if (opens..closes).contains(&ended) {
                    took.push(ended - begun);
                }
            }
        });
    }
    let mut took = Vec::new();
    while let Some(one) = loops.join_next().await {
        took.extend(one.context("a client died")??);
    }
    Ok(Measured::of(took, window))
}

/// Asks at a steady rate, whether answers have come or not (an open loop), for this long; answers how many were asked.
///
/// # Errors
/// The first error of any request.
pub async fn open_loop<F>(per_second: f64, lasting: Duration, ask: impl Fn() -> F) -> anyhow::Result<u64>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let mut beat = tokio::time::interval(Duration::from_secs_f64(1.0 / per_second));
    let begun = Instant::now();
    let mut asked = 0;
    let mut requests = JoinSet::new();
    while begun.elapsed() < lasting {
        beat.tick().await;
        asked += 1;
        requests.spawn(ask());
        while let Some(done) = requests.try_join_next() {
            done.context("a request died")??;
        }
    }
    while let Some(done) = requests.join_next().await {
        done.context("a request died")??;
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let took = (1..=100).rev().map(Duration::from_millis).collect();
        let measured = Measured::of(took, Duration::from_secs(10));
        assert_eq!((measured.p50_ms, measured.p99_ms), (50.0, 99.0));
        assert_eq!(measured.per_second, 10.0);
        assert_eq!(Measured::of(Vec::new(), Duration::from_secs(1)).p99_ms, 0.0);
    }
}
