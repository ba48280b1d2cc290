#!/usr/bin/env bash
# sqlx 0.8.6 with PostgreSQL.
#
# Where nobody listens, one connection says so at once. `PoolOptions::connect` to the same address tries on in silence
# for the whole `acquire_timeout`, and then answers PoolTimedOut, "pool timed out while waiting for an open connection":
# neither the address nor that it was refused. A missing host name, in contrast, is told at once by both.
#
# Seen on 2026-11-30:
#   one connection, within a second true: error communicating with database: Connection refused (os error 111)
#   a pool, after its three seconds true: pool timed out while waiting for an open connection
#   the pool's error is PoolTimedOut: true
#   a pool to no host is told at once: true
#   and by its cause: true
#
# One would have guessed that the first connection of a new pool is an ordinary one whose error comes back, and that the
# time limit is for waiting while all connections of the pool are in use, as its name and its error say.
#
# Why it matters here: a command whose database is away stood still for ten seconds and then spoke of a pool. So the
# first connection of each process is made by itself: services/runtime/src/postgres/meeting.rs.
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
sqlx = { version = "=0.8.6", default-features = false, features = ["postgres", "runtime-tokio"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }

[workspace]
TOML
# The versions beneath them are those that the service is built with.
cp Cargo.lock "$work/probe/Cargo.lock"
cat >"$work/probe/src/main.rs" <<'RUST'
use std::net::TcpListener;
use std::time::{Duration, Instant};

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

async fn pool(url: &str) -> sqlx::Error {
    let options = PgPoolOptions::new().acquire_timeout(Duration::from_secs(3));
    options.connect(url).await.unwrap_err()
}

#[tokio::main]
async fn main() {
    // A port that was free a moment ago, and at which nobody listens now.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://somebody@127.0.0.1:{port}/somewhere");
    let begun = Instant::now();
    let refused = PgConnection::connect(&url).await.unwrap_err();
    println!("one connection, within a second {}: {refused}", begun.elapsed() < Duration::from_secs(1));
    let begun = Instant::now();
    let hidden = pool(&url).await;
    println!("a pool, after its three seconds {}: {hidden}", begun.elapsed() >= Duration::from_millis(2_500));
    println!("the pool's error is PoolTimedOut: {}", matches!(hidden, sqlx::Error::PoolTimedOut));
    let begun = Instant::now();
    let unknown = pool("postgres://somebody@nowhere.invalid/somewhere").await;
    println!("a pool to no host is told at once: {}", begun.elapsed() < Duration::from_secs(2));
    println!("and by its cause: {}", matches!(unknown, sqlx::Error::Io(_)));
}
RUST
say "building a small program with sqlx 0.8.6 (a minute or two)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$work/target}"
cargo build --quiet --manifest-path "$work/probe/Cargo.toml"
found=$("$CARGO_TARGET_DIR/debug/probe")
printf '%s\n' "$found"
cat >"$work/before" <<'BEFORE'
one connection, within a second true: error communicating with database: Connection refused (os error 111)
a pool, after its three seconds true: pool timed out while waiting for an open connection
the pool's error is PoolTimedOut: true
a pool to no host is told at once: true
and by its cause: true
BEFORE
printf '%s\n' "$found" | diff "$work/before" - >&2 || stop "no longer so"
echo "as it was"
