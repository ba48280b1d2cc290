//! Accounts: since when, the topics they want mail about, and the establishments they are attached to. No names.

pub mod ask;
pub mod fold;
pub mod store;

pub use ask::{Attached, attached_to};
pub use fold::{EstablishmentRow, PersonRow};
