//! Subscribers on a real PostgreSQL: one server for this binary, one database for each test.

#![expect(
    clippy::expect_used,
    reason = "a test says what it relies on by failing where it does not hold"
)]

#[path = "../../../store/tests/postgres/cluster.rs"]
#[expect(dead_code, reason = "the store's own tests use the rest")]
mod cluster;
mod lanes;
#[path = "../../../auditor/tests/postgres/path.rs"]
#[expect(dead_code, reason = "the auditor's own tests use the rest")]
mod path;
mod registry;
mod walk;
