#!/usr/bin/env bash
# sqlx 0.8.6 with PostgreSQL (any version from 14).
#
# When the future of `Pool::begin` is dropped while its BEGIN is on the wire, the connection goes back to the pool
# inside an open transaction. A ping passes, `is_in_transaction` says false, and whoever gets the connection next has
# their statements reported as done, though nobody else sees them and they are rolled back when the connection ends.
#
# Seen on 2026-11-29:
#   the pool's next connection pings: true
#   sqlx says it is in a transaction: false
#   an INSERT without a transaction of its own succeeds: true
#   rows that others see: 0
#   rows once the pool is closed: 0
#
# One would have guessed that a dropped `begin` is rolled back before the connection is used again, as a dropped
# `Transaction` is.
#
# Why it matters here: a client that hangs up drops the future of its request. So transactions are begun in a task of
# their own, and a pool takes a connection back only when PostgreSQL says that it is idle: services/database/src/lib.rs.
#
# Needs Rust and what script/lib/tools.sh finds or fetches. Exits with another code than 0 when it is no longer so.
set -euo pipefail
cd "$(dirname "$0")/.."
. script/lib/tools.sh
need_build_tools
need_postgres
need_account
programs=$(cd "$(postgres_folder)" && pwd)

work=$(mktemp -d)
chmod 755 "$work"
as_server() {
  if is_root; then
    id postgres >/dev/null 2>&1 && set -- setpriv --reuid postgres --regid postgres --clear-groups "$@" ||
      set -- setpriv --reuid onboarding --regid onboarding --clear-groups "$@"
  fi
  (cd "$work/server" && "$@")
}
trap 'as_server "$programs/pg_ctl" -D "$work/server/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

mkdir "$work/server" "$work/probe" "$work/probe/src"
if is_root; then chown "$(id -un postgres 2>/dev/null || echo onboarding)" "$work/server"; fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_server "$programs/initdb" -D data -U postgres -A trust >/dev/null
as_server "$programs/pg_ctl" -D data -w -l log \
  -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=" start >/dev/null

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
use std::future::{Future, poll_fn};
use std::task::Poll;

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

async fn rows(url: &str) -> i64 {
    let mut apart = PgConnection::connect(url).await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut apart).await.unwrap()
}

/// Polls so often at the most, then drops the future where it stands.
async fn cut_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (Box::pin(future), polls);
    poll_fn(|context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    for polls in 1..40 {
        let options = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
        let pool = options.connect(&url).await.unwrap();
        sqlx::query("DROP TABLE IF EXISTS kept").execute(&pool).await.unwrap();
        sqlx::query("CREATE TABLE kept (n int)").execute(&pool).await.unwrap();
        if cut_after(polls, pool.begin()).await.is_some() {
            break;
        }
        let mut connection = pool.acquire().await.unwrap();
        let (pings, is_in_transaction) = (connection.ping().await.is_ok(), connection.is_in_transaction());
        drop(connection);
        let written = sqlx::query("INSERT INTO kept VALUES (1)").execute(&pool).await;
        let seen = rows(&url).await;
        pool.close().await;
        if seen == 1 {
            continue;
        }
        println!("the pool's next connection pings: {pings}");
        println!("sqlx says it is in a transaction: {is_in_transaction}");
        println!("an INSERT without a transaction of its own succeeds: {}", written.is_ok());
        println!("rows that others see: {seen}");
        println!("rows once the pool is closed: {}", rows(&url).await);
        return;
    }
    println!("wherever it is dropped, the connection is idle again");
}
RUST
say "building a small program with sqlx 0.8.6 (a minute or two)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$work/target}"
cargo build --quiet --manifest-path "$work/probe/Cargo.toml"
found=$("$CARGO_TARGET_DIR/debug/probe" "postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable")
printf '%s\n' "$found"
cat >"$work/before" <<'BEFORE'
the pool's next connection pings: true
sqlx says it is in a transaction: false
an INSERT without a transaction of its own succeeds: true
rows that others see: 0
rows once the pool is closed: 0
BEFORE
printf '%s\n' "$found" | diff "$work/before" - >&2 || stop "no longer so"
echo "as it was"
