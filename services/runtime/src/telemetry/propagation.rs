//! The thread through a walking request: W3C `traceparent` carried beside commands, events and messages.

use std::collections::HashMap;

use opentelemetry::{global, propagation::TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

pub(super) fn install() {
    global::set_text_map_propagator(TraceContextPropagator::new());
}

/// The current span as headers (`traceparent`, `tracestate`); empty while traces are off.
pub fn current() -> HashMap<String, String> {
    let mut headers = HashMap::new();
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut headers);
    headers
}

/// Makes `span` a child of the span that `headers` (names in lower case) tell about. Headers without one change nothing.
pub fn continue_from(span: &Span, headers: &HashMap<String, String>) {
    // A span that was entered already, or that no layer records, cannot be moved; it then stands alone.
    let _ = span.set_parent(TraceContextPropagator::new().extract(headers));
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::layer::SubscriberExt;

    #[test]
    fn a_trace_goes_on_where_the_headers_say() {
        let provider = SdkTracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = tracing::info_span!("step");
            continue_from(
                &span,
                &HashMap::from([("traceparent".to_owned(), parent.to_owned())]),
            );
            let _entered = span.enter();
            let carried = current();
            assert!(
                carried["traceparent"].starts_with("00-0af7651916cd43dd8448eb211c80319c-"),
                "{carried:?}"
            );
        });
    }

    #[test]
    fn without_traces_nothing_is_carried() {
        assert!(current().is_empty());
    }
}
