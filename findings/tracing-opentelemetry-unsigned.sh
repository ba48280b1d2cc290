#!/usr/bin/env bash
# tracing-opentelemetry 0.34.0, with tracing 0.1.44 and opentelemetry_sdk 0.33.1.
#
# An unsigned number in a span becomes a text: whatever was recorded as u16, u32, u64 or usize is exported as a string
# attribute, silently. A signed number stays a number.
#
# Seen on 2026-11-30:
#   u16: String(Owned("200"))
#   u64: String(Owned("200"))
#   i64: I64(200)
#
# One would have guessed that a number is a number, at least as long as it fits the 64 signed bits of OpenTelemetry.
#
# Why it matters here: `http.response.status_code` is an integer by the conventions of OpenTelemetry, and collectors that
# filter by `>= 500` pass over strings. services/api/src/middleware/observe.rs records it signed.
#
# Needs Rust. Exits with another code than 0 when it is no longer so.
set -euo pipefail
cd "$(dirname "$0")/.."
. script/lib/tools.sh
need_build_tools

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/probe/src"
cat >"$work/probe/Cargo.toml" <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2024"

[dependencies]
opentelemetry = { version = "=0.33.1", default-features = false, features = ["trace"] }
opentelemetry_sdk = { version = "=0.33.1", default-features = false, features = ["trace", "testing"] }
tracing = "=0.1.44"
tracing-opentelemetry = { version = "=0.34.0", default-features = false }
tracing-subscriber = { version = "=0.3.23", default-features = false, features = ["registry"] }

[workspace]
TOML
# The versions beneath them are those that the service is built with.
cp Cargo.lock "$work/probe/Cargo.lock"
cat >"$work/probe/src/main.rs" <<'RUST'
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing_subscriber::layer::SubscriberExt;

fn main() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("probe"));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        tracing::info_span!("answered", u16 = 200_u16, u64 = 200_u64, i64 = 200_i64).in_scope(|| ());
    });
    let span = exporter.get_finished_spans().unwrap().remove(0);
    let of = |name: &str| span.attributes.iter().find(|it| it.key.as_str() == name).unwrap().value.clone();
    for name in ["u16", "u64", "i64"] {
        println!("{name}: {:?}", of(name));
    }
}
RUST
say "building a small program with tracing-opentelemetry 0.34.0 (a minute or two)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$work/target}"
cargo build --quiet --manifest-path "$work/probe/Cargo.toml"
found=$("$CARGO_TARGET_DIR/debug/probe")
printf '%s\n' "$found"
cat >"$work/before" <<'BEFORE'
u16: String(Owned("200"))
u64: String(Owned("200"))
i64: I64(200)
BEFORE
printf '%s\n' "$found" | diff "$work/before" - >&2 || stop "no longer so"
echo "as it was"
