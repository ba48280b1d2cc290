//! One row a registration: where it stands, and since when. The base of the other models, since its rows carry the
//! memory that all of them are folded from.

pub mod ask;
pub mod fold;
pub mod store;

pub use ask::{
    Listed, Unfinished, count_pending_register_checks, counts_by_stage, latest, pending_register_checks,
    unreminded_since,
};
pub use fold::RegistrationRow;
