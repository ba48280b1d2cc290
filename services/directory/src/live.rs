//! Establishments as the organisation's system publishes them: one message each, the latest state of it.
//!
//! [`message`] reads one, [`take`](mod@take) puts a batch in place in one transaction, [`parked`] is what could not be
//! read. Whose messages they are and how they arrive is the projector's business.

pub mod message;
pub mod parked;
pub mod take;

pub use message::{LiveFault, LiveMessage};
pub use parked::{Parked, ParkedMessage};
pub use take::{StreamPlace, Taken};
