//! The stream as an operator handles it: compared with the log, made again from it, and kept on more servers or fewer.

mod copies;
mod parting;
mod plan;
mod rebuild;
mod replicas;
mod verify;

pub use copies::{Copies, copies, set_copies};
pub use rebuild::{Rebuilding, Rebuilt, rebuild};
pub use verify::{Difference, Replica, Verified, verify};

/// Called now and then with how many events are done, and out of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);
