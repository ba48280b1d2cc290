//! The console: pages for those who look after the service and those who look at it.
//!
//! Everything shown comes from read models, the log and the ledgers; no sealed member is opened here. Whoever signs in
//! says why, and that stands beside each look at a registration in the access log, before the page is handed out.
//! Pages are rendered here, without scripts; every chart has a table beside it.
//!
//! - [`staff`]: who may sign in, their roles, their sessions;
//! - `web`: whose request it is, in which language;
//! - `read`: questions to the database, one file a subject;
//! - `health`: the examination that `onboarding doctor` makes, shared by those who look;
//! - `views`: one file a page; `routes`: what their addresses do.

mod health;
mod read;
mod routes;
pub mod staff;
mod state;
mod views;
mod web;

pub use health::Examine;
pub use routes::router;
pub use state::{ConsoleState, Ground, Setting, SettingValue};

/// Where the console begins.
pub const HOME: &str = "/console";
