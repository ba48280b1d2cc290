//! How far registrations get: for each day, journey and step, how many reached the step for the first time.
//!
//! Steps are `identity` (the first form is filled in and its address looked up) and every stage by its name. A
//! registration counts once a step, on the day (Europe/Paris) when it first stood there, under the journey that it
//! was on then. Counts are never taken back: neither by erasure nor by a corrected address.

pub mod ask;
pub mod fold;
pub mod store;

pub use ask::{Count, between};
pub use fold::Reached;
