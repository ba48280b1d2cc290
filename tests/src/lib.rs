//! What the journeys stand on: real servers, the real binary, a mail server and a register that follow a script.
//!
//! A [`world::World`] is one whole service of its own: a database, a NATS server, a data directory, a mail server, and
//! each role as a process. Nothing here knows the service from inside: it is started as an operator starts it, asked
//! over HTTP, and read where subscribers read it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what stands behind tests may end them; the message says what was not as it should be"
)]

pub mod balancer;
pub mod binary;
pub mod client;
pub mod collector;
pub mod crm;
#[path = "../../services/store/tests/postgres/cut.rs"]
pub mod cut;
pub mod eventually;
pub mod feed;
pub mod fetching;
pub mod guard;
pub mod hook;

pub mod inbox;
pub mod inside;
pub mod journey;
pub mod nats;
pub mod nats_cluster;
pub mod people;
pub mod plain_browser;
pub mod pooler;
pub mod ports;
pub mod postgres;
pub mod programs;
pub mod register;
pub mod slow_link;
pub mod small_disk;
#[path = "../../services/mailer/tests/smtp_sink.rs"]
pub mod smtp_sink;
pub mod subscriber;
pub mod web_proxy;
pub mod world;

use std::sync::LazyLock;

use tokio::runtime::Runtime;

/// One runtime for the whole program, so that a world shared by several tests outlives each of them.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    runtime::http::use_ring();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
});

/// Runs a test to its end.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    RUNTIME.block_on(test)
}
