//! What the organisation knows: its contacts and establishments, and what official registers say of the others.
//!
//! - [`Directory`] answers the steps of a registration: whose address is a contact's, which establishment is
//!   known, whether a number is its own.
//! - [`import`] fills it from the organisation's files.
//! - [`stock`] is the local copy of INSEE's stock file, an index file of its own in the data directory.
//! - [`contacts`] is how a contact is kept, whoever brings it, and [`contact_changes`] whose have changed.
//! - [`live`] takes in what the organisation's system publishes of establishments.
//! - [`idcc`] is the list of collective agreements, carried in the binary.
//! - [`register`] asks official registers about establishments that the organisation does not know. A register is
//!   a check, never a gate: whatever goes wrong there, the answer is "pending" and the registration goes on.
//!
//! Names are never stored, addresses are keyed indexes, and no log line, metric or error text of this crate
//! holds a person or a SIRET.

pub mod contact_changes;
pub mod contacts;
pub mod demonstration;
pub mod idcc;
pub mod import;
pub mod live;
mod lookups;
pub mod register;
mod status;
pub mod stock;

pub use contact_changes::ContactsChanged;
pub use contacts::{Contact, ContactChange, Written};
pub use demonstration::load_demonstration;
pub use import::{ImportError, ImportReport, Input, Options, folded, import_contacts, import_establishments};
pub use lookups::{Directory, DirectoryError, Establishment, EstablishmentState, Profile};
pub use register::{KNOWN_TO_ALL, ProbeReport, RegisterAnswer, RegisterSettings, Registers, Urgency};
pub use status::{DirectoryStatus, Holding, LastImport, LocalCopyHeld, status};
pub use stock::{Stock, import_sirene};
