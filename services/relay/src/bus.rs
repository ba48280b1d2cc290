//! The stream as an operator handles it: compared with the log, and made again from it.

mod rebuild;
mod verify;

pub use rebuild::{Rebuilt, rebuild};
pub use verify::{Difference, Verified, verify};

/// Called now and then with how many events are done, and out of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);
