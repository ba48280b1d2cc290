//! A registration: from the first form to a usable account.
//!
//! ```text
//!                    SubmitIdentity
//!                          │
//!        address is a contact's │ address is unknown
//!            ┌─────────────┴──────────────┐
//!            │                    awaiting_topics
//!            │                            │ ChooseTopics
//!            │                 awaiting_establishment
//!            │        known here          │ DeclareEstablishment     active at INSEE, or INSEE silent
//!            │              ┌─────────────┴───────────────┐
//!            │    awaiting_member_number            awaiting_idcc
//!            │              │ GiveMemberNumber            │ GiveIdcc
//!            │              └─────────────┬───────────────┘
//!            └──────────────┬─────────────┘   (a mail is requested on entry)
//!              awaiting_email_verification
//!                           │ VerifyEmail            SetPassword does both
//!                   awaiting_password
//!                           │ SetPassword
//!                         active
//!
//!   unfinished ── Expire ──> expired          anything ── Erase ──> erased
//!                                             anything ── RequestErasure ──> closed ── Erase ──> erased
//!                                             closed ── CancelErasure ──> where it stood
//! ```
//! In the flow `private` the address is proven first, whoever asks, and the steps follow from the link.
//!
//! The stage is never stored: it is the first unanswered question ([`state`]). [`decide`](decide()) says what
//! happens, [`evolve`](evolve()) remembers it, [`registers`] says what a register's answer may do.

pub mod aggregate;
pub mod command;
pub mod decide;
pub mod event;
pub mod evolve;
pub mod limits;
pub mod reading;
pub mod refusal;
pub mod registers;
mod rights;
pub mod state;
mod throttle;

pub use command::Command;
pub use decide::decide;
pub use event::Event;
pub use evolve::evolve;
pub use refusal::Refusal;
pub use state::{Registration, Stage};
