//! The ground the services stand on: configuration, telemetry, connections, embedded servers, and the way to stop.
//!
//! A service reads its [`Config`], calls [`telemetry::init`], finds its servers with [`servers::resolve`], connects,
//! serves [`admin`] beside its own work, and stops when [`shutdown::signal`] says so. Nothing here knows about
//! registrations; nothing here may log a person's name, address or token, nor a URL that holds a password.

pub mod accounts;
pub mod admin;
pub mod calls;
pub mod config;
pub mod edge;
pub mod embedded;
pub mod files;
pub mod health;
pub mod http;
pub mod issuer;
pub mod nats;
pub mod outage;
pub mod periodic;
pub mod postgres;
pub mod servers;
pub mod shutdown;
pub mod stream;
pub mod telemetry;

pub use config::{
    Cleartext, Config, ConfigError, Limits, LogFormat, Secret, is_loopback_host, is_reserved_domain,
};
pub use servers::Servers;
pub use tokio_util::sync::CancellationToken;
