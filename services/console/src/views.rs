//! What the pages look like, one file a page.

pub mod accesses;
pub mod chart;
pub mod erasures;
pub mod funnel;
pub mod layout;
pub mod mails;
pub mod overview;
pub mod person;
pub mod registration;
pub mod search;
pub mod settings;
pub mod sign_in;
pub mod subscribers;
pub mod trouble;
