//! What comes in live, on a real PostgreSQL: establishments from the stream, contacts and who is told of them.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test says what it relies on by failing where it does not hold"
)]

#[path = "../../../store/tests/postgres/cluster.rs"]
#[allow(dead_code, reason = "the store's own tests use all of it")]
mod cluster;
mod contacts;
mod establishments;
mod schema;
