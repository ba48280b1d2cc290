//! The store on a real PostgreSQL: one server for this binary, one database for each test.

mod accounts;
mod append;
mod cluster;
mod compatibility;
mod migration;
mod sequencer;
mod story;
mod streaming;
