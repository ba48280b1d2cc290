//! Where requests come in: what the API and the pages share before either knows what is asked.
//!
//! They are two faces of one service to a browser: the same cookies, the same origin, and one count of what a network
//! does, so that neither is a way around the other's limits.

pub mod completion;
pub mod connections;
pub mod cookies;
pub mod limits;
pub mod listener;
pub mod network;
pub mod origin;
pub mod protect;
pub mod proxies;
pub mod site;
