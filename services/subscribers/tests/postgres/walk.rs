//! A long random walk of a subscriber: whatever happens in whatever order, each registration's events arrive in order,
//! none is left out, and never two of one at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::values::RegistrationId;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use subscribers::{Due, NewReplay, Outcome, ReplayRange, Window};
use uuid::Uuid;

use crate::lanes::Ground;

const STEPS: usize = 400;
const REGISTRATIONS: usize = 8;

#[tokio::test]
async fn order_holds_whatever_happens() {
    for seed in [1, 2] {
        Walk::new(seed).await.run().await;
    }
}

struct Walk {
    ground: Ground,
    chance: StdRng,
    people: Vec<RegistrationId>,
    appended: BTreeMap<RegistrationId, u64>,
    out: BTreeMap<u64, Due>,
    /// What was acknowledged or skipped of each registration, first times and replays apart.
    done: BTreeMap<(Option<Uuid>, RegistrationId), Vec<u64>>,
    skipped: BTreeSet<u64>,
    replays: Vec<(Uuid, u64, u64)>,
}

impl Walk {
    async fn new(seed: u64) -> Self {
        Self {
            ground: Ground::new().await,
            chance: StdRng::seed_from_u64(seed),
            people: (0..REGISTRATIONS)
                .map(|_| RegistrationId(Uuid::now_v7()))
                .collect(),
            appended: BTreeMap::new(),
            out: BTreeMap::new(),
            done: BTreeMap::new(),
            skipped: BTreeSet::new(),
            replays: Vec::new(),
        }
    }

    async fn run(mut self) {
        for _ in 0..STEPS {
            match self.chance.random_range(0..20) {
                0..=5 => self.append().await,
                6 => self.ask_for_a_replay().await,
                7 => {
                    let (lanes, subscriber) = (&self.ground.lanes, &self.ground.subscriber);
                    lanes.retry(subscriber, None).await.expect("tried again");
                }
                8 => self.skip().await,
                9 if self.chance.random_bool(0.2) => self.lose_everything().await,
                _ => self.turn(0.6).await,
            }
        }
        // Calm comes: everything is tried again and taken.
        for _ in 0..10_000 {
            let (lanes, subscriber) = (&self.ground.lanes, &self.ground.subscriber);
            lanes.retry(subscriber, None).await.expect("tried again");
            self.turn(1.0).await;
            let left: i64 = sqlx::query_scalar(
                "SELECT (SELECT count(*) FROM feed.lanes) + (SELECT count(*) FROM feed.replays WHERE taken_up_at IS NULL)",
            )
            .fetch_one(&self.ground.database.owner)
            .await
            .expect("a number");
            if left == 0 {
                break;
            }
        }
        self.judge().await;
    }

    async fn append(&mut self) {
        let id = *self.people.choose(&mut self.chance).expect("somebody");
        let sequence = self.appended.entry(id).or_default();
        let times = self.chance.random_range(1..4);
        self.ground.choose_topics(id, times, *sequence).await;
        *sequence += 2 * times;
    }

    async fn ask_for_a_replay(&mut self) {
        let end = self.ground.store().log_head().await.expect("a head").position();
        if end == 0 {
            return;
        }
        let from = self.chance.random_range(1..=end);
        let asked = NewReplay {
            range: ReplayRange { from, to: None },
            registrations: None,
            rate: 100_000,
            requested_by: "operator",
        };
        // So many may wait and no more.
        if let Ok(replay) = self.ground.lanes.replay(&self.ground.subscriber, &asked).await {
            self.replays.push((replay.id, from, end));
        }
    }

    async fn skip(&mut self) {
        let parked = self
            .ground
            .lanes
            .parked(&self.ground.subscriber, 1)
            .await
            .expect("a list");
        let Some(first) = parked.first() else { return };
        let id = RegistrationId(first.registration);
        let skipped = self
            .ground
            .lanes
            .skip(&self.ground.subscriber, id, "test")
            .await
            .expect("skipped");
        assert_eq!(skipped, Some(first.position.0));
        self.done
            .entry((first.replay, id))
            .or_default()
            .push(first.position.0);
        self.skipped.insert(first.position.0);
    }

    async fn lose_everything(&mut self) {
        let base = self.chance.random_range(0..2_000);
        self.ground
            .lanes
            .reopen(&self.ground.subscriber.name, base)
            .await
            .expect("reopened");
        self.out.clear();
    }

    async fn turn(&mut self, good: f64) {
        let tickets: Vec<u64> = self.out.keys().copied().collect();
        let mut outcomes = Vec::new();
        for ticket in tickets {
            if good < 1.0 && self.chance.random_bool(0.5) {
                continue; // Nothing heard of it yet.
            }
            let due = self.out.remove(&ticket).expect("it is out");
            let outcome = if self.chance.random_bool(good) {
                self.done
                    .entry((due.replay, due.registration))
                    .or_default()
                    .push(due.position);
                Outcome::Acknowledged
            } else if self.chance.random_bool(0.5) {
                let reason = "no".to_owned();
                Outcome::Refused {
                    reason,
                    deliveries: 1,
                }
            } else {
                let (reason, after) = ("later".to_owned(), Duration::ZERO);
                Outcome::Later { reason, after }
            };
            outcomes.push((ticket, outcome));
        }
        let window = Window { live: 5, replayed: 3 };
        let name = &self.ground.subscriber.name;
        let turn = self
            .ground
            .lanes
            .turn(name, &outcomes, 0, window)
            .await
            .expect("a turn");
        for due in turn.due {
            let two = self
                .out
                .values()
                .any(|other| other.registration == due.registration);
            assert!(!two, "two of one registration are under way");
            assert!(
                self.out.insert(due.ticket, due).is_none(),
                "a ticket was given out twice"
            );
        }
    }

    async fn judge(&self) {
        let log = self.ground.store().read_log(1, 1_000_000).await.expect("the log");
        let wanted = |id: RegistrationId, from: u64, to: u64| -> Vec<u64> {
            log.iter()
                .filter(|entry| entry.registration_id == id && entry.event_type == "TopicsChosen")
                .map(|entry| entry.position)
                .filter(|position| (from..=to).contains(position))
                .collect()
        };
        for id in &self.people {
            let live = self.done.get(&(None, *id)).cloned().unwrap_or_default();
            assert_eq!(live, wanted(*id, 1, u64::MAX), "each once and in order");
            // What a parked registration still held of one replay may come with the next that covers it.
            let mut replayed = BTreeSet::new();
            for (replay, _, _) in &self.replays {
                let theirs = self.done.get(&(Some(*replay), *id)).cloned().unwrap_or_default();
                assert!(
                    theirs.is_sorted_by(|one, next| one < next),
                    "each once and in order: {theirs:?}"
                );
                replayed.extend(theirs);
            }
            for (_, from, to) in &self.replays {
                let asked: BTreeSet<u64> = wanted(*id, *from, *to).into_iter().collect();
                let missing: Vec<_> = asked.difference(&replayed).collect();
                assert!(missing.is_empty(), "asked for and not replayed: {missing:?}");
            }
        }
        assert!(
            !self.replays.is_empty() && !self.skipped.is_empty(),
            "the walk went everywhere"
        );
    }
}
