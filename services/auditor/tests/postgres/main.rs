//! Audits on a real PostgreSQL: one server for this binary, one database for each test.

#![expect(
    clippy::expect_used,
    reason = "a test says what it relies on by failing where it does not hold"
)]

mod accesses;
#[path = "../../../store/tests/postgres/cluster.rs"]
#[expect(dead_code, reason = "the store's own tests use the rest")]
mod cluster;
mod folders;
mod path;
mod replays;
mod stories;
mod tampering;
mod verifications;
