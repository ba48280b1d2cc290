//! The fault harness: the released roles as processes, between proxies, beside servers that are killed, stopped, cut off and
//! filled up by a schedule that one seed makes, under load; and afterwards a checker that reads log, stream, tables, mails
//! and bytes.
//!
//! | file | holds |
//! | --- | --- |
//! | `seed`, `fault`, `schedule` | what will go wrong, and when: pure |
//! | `installation`, `supervisor`, `proxy`, `smtp`, `disk` | what runs, and what stands between |
//! | `injector` | carries the schedule out |
//! | `load`, `people`, `ledger` | who registers meanwhile, and what they were promised |
//! | `evidence`, `checker/` | what was found afterwards, and whether it is as promised |
//! | `run`, `report`, `timeline` | a run from its start to its report |
//!
//! The checker uses none of the service's code: it knows the tables, the stream, `schemas/events` and the written form of a
//! leaf. The names of its invariants (I1 to I12) are told in `docs/reliability.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what stands behind tests may end them; the message says what was not as it should be"
)]

pub mod checker;
pub mod disk;
pub mod drain;
pub mod evidence;
pub mod fault;
pub mod injector;
pub mod installation;
pub mod ledger;
pub mod load;
pub mod people;
pub mod proxy;
pub mod report;
pub mod run;
pub mod scenarios;
pub mod schedule;
pub mod seed;
pub mod smtp;
pub mod supervisor;
pub mod timeline;
pub mod usage;
pub mod visit;
