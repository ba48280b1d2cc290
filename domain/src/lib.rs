//! The domain of account onboarding: one story, told without I/O.
//!
//! Read [`registration`] first: the drawing at its top is the whole life of a registration, and beside it
//! lie short files that answer one question each. Then [`values`]: what a form field becomes once it is trusted,
//! and [`message`]: how an event travels to others.
//!
//! Nothing here waits, looks up, logs, reads a clock or rolls a die. Whatever a decision must know (time,
//! look-ups, sealed identity) arrives inside the command, so that replaying last year gives last year's answer.

pub mod inbound;
pub mod message;
pub mod registration;
pub mod values;

pub use message::EventMessage;
pub use registration::{Command, Event, Refusal, Registration, Stage, decide, evolve};
