//! What every request goes through: whose it is, in which language, and whether our own page sent it.

pub mod asset;
pub mod denied;
pub mod visit;
