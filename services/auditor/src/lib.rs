//! What an auditor asks of the log, and nothing that changes it.
//!
//! [`replay`] hands out every event in the order of the log; [`verify()`] checks that each stands as it was written;
//! [`Reader::show`] tells one registration as a story; [`conformance()`] reads registrations through postgres-es as
//! published and compares, so that what this service believes can be had without any of its own code.
//!
//! Deliberately missing: opening what is sealed. An auditor follows a path without knowing who walked it.

mod accesses;
mod conformance;
mod error;
pub mod export;
mod history;
mod latest;
mod replay;
pub mod rules;
mod standing;
mod story;
mod verify;

pub use accesses::{AccessReport, verify_accesses};
pub use conformance::{Conformance, conformance};
pub use error::AuditError;
pub use export::{Exported, Extras, export};
pub use history::unknown_among;
pub use latest::{Latest, latest};
pub use replay::{Range, replay};
pub use rules::{Otherwise, Rejudged, rejudge};
pub use standing::standing_at;
pub use story::{Chapter, Reader, Story};
pub use verify::folder::verify_folder;
pub use verify::{Difference, Trust, VerifyReport, verify};
