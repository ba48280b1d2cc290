//! Questions to the database, one file a subject. They read, and decide nothing.

pub mod funnel;
pub mod mails;
pub mod numbers;
pub mod search;
