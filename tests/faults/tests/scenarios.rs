//! A fixed seed of each scenario. `FAULTS_SEED` names another seed; a run that failed tells its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use faults::disk::Disk;
use faults::run::{Outcome, STEPS_MIN, Scenario, report_folder, run};
use faults::{report, scenarios};

/// At most two run at once: each waits much for leases and breakers, and neither should wait for the other's work.
const AT_ONCE: u32 = 2;
static RUNNING: Mutex<u32> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// A place among those that run, given back when dropped.
struct Turn;

impl Turn {
    fn take() -> Self {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |count: &mut u32| *count >= AT_ONCE;
        *ENDED
            .wait_while(running, full)
            .unwrap_or_else(PoisonError::into_inner) += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_one();
    }
}

fn holds(scenario: &Scenario, seed: u64) -> Outcome {
    let _turn = Turn::take();
    let named = std::env::var("FAULTS_SEED");
    let seed = named.map_or(seed, |text| text.parse().expect("FAULTS_SEED is a whole number"));
    let folder = report_folder(&format!("faults/{}-{seed}", scenario.name));
    let outcome = tests::run(run(scenario, seed, Duration::ZERO, &folder));
    assert!(
        outcome.findings.is_empty(),
        "{} with FAULTS_SEED={seed}, told in {}:\n{}",
        scenario.name,
        folder.join("report.md").display(),
        outcome.told()
    );
    let steps = outcome.acknowledged();
    assert!(steps > STEPS_MIN, "{steps} acknowledged steps prove little");
    outcome
}

#[test]
fn clients_that_hang_up_cost_nobody_a_registration() {
    holds(&scenarios::hang_ups(), 1);
}

#[test]
fn roles_killed_and_stopped_lose_and_double_nothing() {
    let outcome = holds(&scenarios::roles(), 2);
    assert_eq!(outcome.counts()["roles killed"], 12);
}

#[test]
fn a_database_that_fails_over_falls_silent_and_cuts_off_loses_nothing() {
    let outcome = holds(&scenarios::failover(), 3);
    assert_eq!(outcome.counts()["failovers"], 1);
}

#[test]
fn a_bus_of_three_whose_leaders_die_loses_and_doubles_nothing() {
    holds(&scenarios::cluster(), 4);
}

#[test]
fn networks_and_mail_servers_that_misbehave_lose_and_double_nothing() {
    holds(&scenarios::network(), 5);
}

#[test]
fn full_disks_lose_nothing_and_all_goes_on_when_there_is_room() {
    if !Disk::can_be_made() {
        report::say(
            "full disks are not tried here: only root may mount the small disks it takes. CI runs as root.",
        );
        return;
    }
    let outcome = holds(&scenarios::disks(), 6);
    assert_eq!(outcome.counts()["full disks"], 4);
}
