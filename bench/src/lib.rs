//! How fast the service is, measured on the real binary from outside, and beside the limits of what it stands on.
//!
//! Each measurement is a small program of its own in `bin/`; here is what they share: [`service`] starts the binary,
//! [`load`] asks it and takes the times, [`report`] writes the table. `bench/README.md` says what the figures mean.

pub mod chart;
pub mod client;
pub mod disk;
pub mod family;
pub mod filling;
pub mod limits;
pub mod load;
pub mod long_log;
pub mod mailbox;
pub mod peers;
pub mod people;
pub mod report;
pub mod rounds;
pub mod service;
pub mod settings;
pub mod stock_file;
pub mod visitor;
