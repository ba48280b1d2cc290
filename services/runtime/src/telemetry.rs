//! What the service tells about itself: log lines, traces, metrics. Never anything about a person.
//!
//! Log lines go to standard error. Traces are sent by OTLP (http/json) only when `OTEL_EXPORTER_OTLP_ENDPOINT` is set, or
//! `OTEL_TRACES_EXPORTER` is `otlp`, and nothing with `OTEL_SDK_DISABLED`; the other standard `OTEL_*` variables are read by the
//! OpenTelemetry library. Metrics are recorded anywhere with the
//! macros of the `metrics` crate and rendered at the admin listener.

mod collector;
mod help;
mod measures;
mod propagation;
mod traces;

use std::{
    io::IsTerminal,
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::{EnvFilter, Layer, Registry, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Config, LogFormat};
pub use help::{Kind, METRICS};
pub use measures::Metrics;
pub use propagation::{continue_from, current};

/// The level when `RUST_LOG` is unset: our own news, and only complaints from the libraries.
const DEFAULT_FILTER: &str = "info,sqlx=warn,async_nats=warn,hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,\
                              opentelemetry=warn,opentelemetry_sdk=warn,opentelemetry-otlp=warn,h2=warn,tower=warn";
/// The same for a command, whose answer is what somebody waits for: our own complaints alone.
const COMMAND_FILTER: &str =
    "warn,sqlx=error,async_nats=error,hyper=error,hyper_util=error,reqwest=error,rustls=error";

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// A role: it tells what it does, to whoever collects logs.
    Role,
    /// A command: somebody reads along.
    Command,
}

/// The last spans get this long to leave.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

/// One program has one subscriber and one recorder, whatever number of roles it runs.
static STARTED: OnceLock<Metrics> = OnceLock::new();
static STARTING: Mutex<()> = Mutex::new(());

/// Why telemetry could not start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The trace exporter refuses its settings.
    #[error("traces cannot be exported: check the OTEL_EXPORTER_OTLP_* variables")]
    Traces(#[from] opentelemetry_otlp::ExporterBuildError),
    /// A standard variable asks for what this service does not do.
    #[error("{name} must be {wanted}, or unset")]
    Unsupported {
        /// The variable.
        name: &'static str,
        /// What would be right.
        wanted: &'static str,
    },
    /// The client that would carry traces cannot be made.
    #[error("traces cannot be sent")]
    HttpClient(#[from] reqwest::Error),
    /// The level is not one.
    #[error("RUST_LOG is not a filter such as `info` or `info,relay=debug`")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Another recorder stands already.
    #[error("metrics cannot be recorded")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// Keeps telemetry going; what is still to be sent leaves when it is dropped.
pub struct TelemetryGuard {
    metrics: Metrics,
    traces: Option<SdkTracerProvider>,
}

impl TelemetryGuard {
    /// The recorded metrics, for [`crate::admin::serve`].
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }
}

impl Drop for TelemetryGuard {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces {
            // A collector that is away must not keep the service from stopping.
            let _ = traces.shutdown_with_timeout(FLUSH_TIMEOUT);
        }
    }
}

/// Starts logs, traces and metrics for this program. Call it inside the runtime; the first call of a program counts, and
/// later ones only hand out the metrics.
///
/// # Errors
/// [`TelemetryError`]: settings that cannot be used.
pub fn init(name: &str, speaker: Speaker, config: &Config) -> Result<TelemetryGuard, TelemetryError> {
    let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(metrics) = STARTED.get() {
        return Ok(TelemetryGuard {
            metrics: metrics.clone(),
            traces: None,
        });
    }
    let traces = traces::provider(name)?;
    let filter = match std::env::var("RUST_LOG") {
        Ok(wanted) if !wanted.trim().is_empty() => EnvFilter::try_new(wanted)?,
        _ => EnvFilter::new(match speaker {
            Speaker::Role => DEFAULT_FILTER,
            Speaker::Command => COMMAND_FILTER,
        }),
    };
    let layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = [
        Some(log_lines(speaker, config)),
        traces.as_ref().map(traces::layer),
    ]
    .into_iter()
    .flatten()
    .collect();
    // A test harness may have its own subscriber: then it keeps it.
    let _ = tracing_subscriber::registry()
        .with(layers.with_filter(filter))
        .try_init();
    propagation::install();
    let metrics = Metrics::install(name)?;
    let _ = STARTED.set(metrics.clone());
    Ok(TelemetryGuard { metrics, traces })
}

fn log_lines(speaker: Speaker, config: &Config) -> Box<dyn Layer<Registry> + Send + Sync> {
    let on_terminal = std::io::stderr().is_terminal();
    let format = config
        .log_format
        .unwrap_or(if on_terminal || speaker == Speaker::Command {
            LogFormat::Text
        } else {
            LogFormat::Json
        });
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
        LogFormat::Text => layer.with_ansi(on_terminal).with_target(false).boxed(),
    }
}
