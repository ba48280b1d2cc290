//! What an operator types.

pub mod audit;
pub mod bus;
pub mod console;
pub mod directory;
pub mod doctor;
pub mod mail;
pub mod projections;
pub mod reason;
pub mod rights;
pub mod rules;
pub mod subscriber;
pub mod witness;
