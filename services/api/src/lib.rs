//! The HTTP API under `/v1`: JSON over the same use cases as the pages.
//!
//! A route reads its body into values (every bad field at once), checks who asks, calls one use case and words the
//! answer; nothing is decided here. What the routes share lies beside them:
//!
//! - `body`, `ndjson` and `fields`: JSON into fields, with every fault found; `forms`, `contact_forms`: fields into values;
//! - `call`, `if_match`, `cookies`, `credentials`: what the headers say;
//! - `problem`: why not, as `application/problem+json`, from one exhaustive match;
//! - `middleware`: request id, span, metrics, limits by network, time limit, words of problems, protective headers, origins of
//!   browser applications elsewhere;
//! - `answers` and `requests`: the shapes on the wire, from which [`openapi()`] is generated.
//!
//! Deliberately missing: whom a proxy asks for, which the listener finds (`runtime::edge::proxies`).

pub mod answers;
mod body;
mod call;
mod contact_forms;
mod credentials;
mod fields;
mod forms;
mod if_match;
mod middleware;
mod ndjson;
mod openapi;
mod problem;
pub mod requests;
mod routes;
mod state;
mod subscriber_limit;

pub use openapi::{openapi, openapi_3_0};
pub use routes::log::PublicLog;
pub use routes::router;
pub use state::ApiState;
