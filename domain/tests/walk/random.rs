//! Longer paths, taken at random: twelve commands in a row keep every promise, and the events tell the whole story.

use domain::{Event, Registration, evolve};
use proptest::prelude::*;

use crate::{take, vocabulary};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twelve_commands_in_any_order_keep_every_promise(
        choices in proptest::collection::vec(any::<prop::sample::Index>(), 12),
    ) {
        let mut state = Registration::default();
        let mut told: Vec<Event> = vec![];
        for choice in choices {
            let vocabulary = vocabulary::commands(&state);
            let (name, command) = choice.get(&vocabulary);
            let step = take(&state, command);
            if let Err(broken) = step.check() {
                prop_assert!(false, "{broken} when {name}, after {told:#?}");
            }
            told.extend(step.decision.iter().flatten().cloned());
            state = step.after;
        }
        let mut again = Registration::default();
        told.iter().for_each(|event| evolve(&mut again, event));
        prop_assert_eq!(again, state, "the events tell the whole story");
    }
}
