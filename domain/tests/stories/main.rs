//! Stories: given these events, when this is asked, then these events, or this refusal.
//!
//! Each name is a rule of the service, said as one would say it to the office that runs it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

mod given;

mod contact_journey;
mod erasure;
mod expiry;
mod first_step;
mod mails_and_links;
mod newcomer_journey;
mod numbers_and_agreements;
mod password;
mod private_flow;
mod redoing_steps;
mod register_checks;
mod reminders;
mod rights;
