//! The exhaustive walk: every short path of commands, also those that nobody thought of.
//!
//! From a blank registration every command of a small vocabulary is tried in every state that is reached, breadth
//! first, each state once. Time stands still but for commands that come "later", so that states meet again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

use std::collections::{HashMap, HashSet, VecDeque};

use domain::{Command, Registration, decide};

#[path = "walk/invariants.rs"]
mod invariants;
#[path = "walk/random.rs"]
mod random;
#[path = "walk/vocabulary.rs"]
mod vocabulary;

use invariants::Step;

/// So many commands in a row.
const DEPTH: usize = 6;

/// A path, for whoever must understand a failure.
fn path_to(key: &str, parents: &HashMap<String, (String, String)>) -> Vec<String> {
    let mut path = vec![];
    let mut at = key;
    while let Some((parent, command)) = parents.get(at) {
        path.push(command.clone());
        at = parent;
    }
    path.reverse();
    path
}

/// Two registrations with the same key are the same in all that a decision can see.
fn key_of(state: &Registration) -> String {
    format!("{state:?}")
}

#[test]
fn no_short_path_breaks_a_promise() {
    let blank = Registration::default();
    let mut parents = HashMap::new();
    let mut seen = HashSet::from([key_of(&blank)]);
    let mut unvisited = VecDeque::from([(blank, 0)]);
    let mut decisions = 0_u32;
    let mut reached = HashSet::new();

    while let Some((before, depth)) = unvisited.pop_front() {
        reached.insert(before.stage());
        let key = key_of(&before);
        for (name, command) in &vocabulary::commands(&before) {
            decisions += 1;
            let step = take(&before, command);
            if let Err(broken) = step.check() {
                panic!("{broken}\nafter {:#?}\nwhen {name}", path_to(&key, &parents));
            }
            let after_key = key_of(&step.after);
            if depth + 1 < DEPTH && seen.insert(after_key.clone()) {
                parents.insert(after_key, (key.clone(), (*name).to_owned()));
                unvisited.push_back((step.after, depth + 1));
            }
        }
    }
    assert_eq!(reached.len(), 11, "every stage is reached: {reached:?}");
    assert!(
        decisions > 10_000,
        "the walk is wide enough to mean something: {decisions}"
    );
}

/// One command, taken as the service takes it.
fn take<'a>(before: &'a Registration, command: &'a Command) -> Step<'a> {
    Step::new(before, command, decide(before, command.clone()))
}
