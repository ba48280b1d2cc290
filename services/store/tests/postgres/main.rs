//! The store on a real PostgreSQL: one server for this binary, one database for each test.

#![expect(
    clippy::expect_used,
    reason = "a test says what it relies on by failing where it does not hold"
)]

mod accesses;
mod accounts;
mod append;
mod cluster;
mod compatibility;
mod cut;
mod log;
mod migration;
mod sharing;
mod story;
mod transactions;
