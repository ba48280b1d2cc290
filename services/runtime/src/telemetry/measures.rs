//! Metrics: recorded with the `metrics` macros anywhere, kept here, rendered in Prometheus's text form.

use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::help::describe;

/// Limits between which durations are counted, in seconds: from an append on a fast disk to a step that waits for a
/// register.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// Recorded durations are folded into their counts this often, rendered or not, so that memory stays bounded.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// A view of the recorded metrics.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Makes the recorder of this program and keeps it tidy. Must be called inside the runtime.
    pub(super) fn install(role: &str) -> Result<Self, BuildError> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
            .install_recorder()?;
        describe();
        metrics::gauge!("onboarding_build_info", "role" => role.to_owned(), "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        let kept = handle.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(UPKEEP_INTERVAL);
            loop {
                ticks.tick().await;
                kept.run_upkeep();
            }
        });
        Ok(Self(handle))
    }

    /// All metrics, in Prometheus's text exposition format.
    pub fn render(&self) -> String {
        self.0.render()
    }
}
