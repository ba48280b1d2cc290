//! Traces by OTLP, in JSON over HTTP, when an endpoint is set.

use std::{env, fmt, time::Duration};

use async_trait::async_trait;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tokio::runtime::Handle;
use tracing_subscriber::{Layer, Registry};

use super::TelemetryError;

/// One batch of spans may take this long to leave.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// The exporter, when a collector is set; it names the service `onboarding-<role>` unless `OTEL_SERVICE_NAME` does.
pub(super) fn provider(role: &str) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if !is_set("OTEL_EXPORTER_OTLP_ENDPOINT") && !is_set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
        return Ok(None);
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpJson)
        .with_http_client(Courier::new()?)
        .build()?;
    let resource = Resource::builder();
    let resource = if is_set("OTEL_SERVICE_NAME") {
        resource
    } else {
        resource.with_service_name(format!("onboarding-{role}"))
    };
    Ok(Some(
        SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build(),
    ))
}

/// The layer that turns spans into traces.
pub(super) fn layer(provider: &SdkTracerProvider) -> Box<dyn Layer<Registry> + Send + Sync> {
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("onboarding"))
        .boxed()
}

/// Sends batches on our own runtime: the exporter's thread has none, and the HTTP client needs one.
struct Courier {
    client: reqwest::Client,
    runtime: Handle,
}

impl Courier {
    fn new() -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: crate::http::client(EXPORT_TIMEOUT)?,
            runtime: Handle::current(),
        })
    }
}

impl fmt::Debug for Courier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Courier")
    }
}

#[async_trait]
impl HttpClient for Courier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        Ok(self
            .runtime
            .spawn(async move { client.send_bytes(request).await })
            .await??)
    }
}
