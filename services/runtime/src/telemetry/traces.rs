//! Traces by OTLP, in JSON over HTTP, when an endpoint is set.

use std::env;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing_subscriber::{Layer, Registry};

use super::TelemetryError;
use super::collector::Courier;

/// Where a collector is set.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];
/// How it is spoken to.
const PROTOCOLS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
];

/// The exporter, when a collector is set; it names the service `onboarding-<role>` unless `OTEL_SERVICE_NAME` does.
pub(super) fn provider(role: &str) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    if !is_wanted(variable)? {
        return Ok(None);
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpJson)
        .with_http_client(Courier::new()?)
        .build()?;
    let resource = Resource::builder();
    let resource = match variable("OTEL_SERVICE_NAME") {
        Some(_) => resource,
        None => resource.with_service_name(format!("onboarding-{role}")),
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

/// Whether traces are wanted: where a collector is set, or OTLP is asked for by name.
fn is_wanted(variable: impl Fn(&str) -> Option<String>) -> Result<bool, TelemetryError> {
    let refused = |name, wanted| Err(TelemetryError::Unsupported { name, wanted });
    if variable("OTEL_SDK_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
        return Ok(false);
    }
    let is_set = ENDPOINTS.iter().any(|name| variable(name).is_some());
    let is_wanted = match variable("OTEL_TRACES_EXPORTER").as_deref() {
        None => is_set,
        Some("otlp") => true,
        Some("none") => false,
        Some(_) => return refused("OTEL_TRACES_EXPORTER", "otlp or none"),
    };
    // The one for traces stands above the one for all signals.
    let protocol = PROTOCOLS
        .into_iter()
        .find_map(|name| Some((name, variable(name)?)));
    match protocol {
        Some((name, protocol)) if is_wanted && protocol != "http/json" => refused(name, "http/json"),
        _ => Ok(is_wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(variables: &[(&str, &str)]) -> Result<bool, String> {
        let value = |name: &str| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        is_wanted(value).map_err(|fault| fault.to_string())
    }

    #[test]
    fn the_standard_variables_are_honoured() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
        assert_eq!(wanted(&[]), Ok(false));
        assert_eq!(wanted(&[endpoint]), Ok(true));
        assert_eq!(wanted(&[("OTEL_TRACES_EXPORTER", "otlp")]), Ok(true));
        assert_eq!(wanted(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")]), Ok(false));
        assert_eq!(wanted(&[endpoint, ("OTEL_SDK_DISABLED", "TRUE")]), Ok(false));
        assert_eq!(wanted(&[endpoint, ("OTEL_SDK_DISABLED", "1")]), Ok(true));
        let json = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json");
        let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        assert_eq!(wanted(&[endpoint, grpc, json]), Ok(true));
        assert_eq!(wanted(&[grpc]), Ok(false), "nothing is sent");
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_by_name() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
        for (name, value, right) in [
            ("OTEL_TRACES_EXPORTER", "zipkin", "otlp or none"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/json"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf", "http/json"),
        ] {
            let told = wanted(&[endpoint, (name, value)]).unwrap_err();
            assert!(told.contains(name) && told.contains(right), "{told}");
        }
    }
}
