//! The scenarios that `script/test` runs, and the one that a soak repeats.

use std::time::Duration;

use crate::fault::{DiskOf, Fault, Link, NatsTarget, Trouble};
use crate::installation::Plan;
use crate::load::Pressure;
use crate::proxy::Way;
use crate::run::Scenario;
use crate::schedule::Card;
use crate::smtp::Mood;

const CALM: Pressure = Pressure {
    people_at_once: 10,
    hang_ups: 3,
    erasures: 15,
    glances: true,
    pause: Duration::from_millis(150),
};

fn link(from: &str, to: &str) -> Link {
    Link {
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn kill(role: &str) -> Card {
    Card::new(Fault::KillRole(role.to_owned()), 100, 900)
}

/// Longer than the leases of relay and projector.
fn stop(role: &str, least: u64, most: u64) -> Card {
    Card::new(Fault::StopRole(role.to_owned()), least, most)
}

fn way(from: &str, to: &str, way: Way, least: u64, most: u64) -> Card {
    let trouble = Trouble::Way(way);
    Card::new(
        Fault::Link {
            link: link(from, to),
            trouble,
        },
        least,
        most,
    )
}

fn trouble(from: &str, to: &str, trouble: Trouble) -> Card {
    Card::new(
        Fault::Link {
            link: link(from, to),
            trouble,
        },
        600,
        1_500,
    )
}

/// A subscriber whose client hangs up early, and clients that hang up, while others register: no fault but theirs. A round
/// trip to PostgreSQL takes some milliseconds, as it does between two machines.
pub fn hang_ups() -> Scenario {
    let far = Way::Delay {
        least: milliseconds(2),
        jitter: milliseconds(6),
    };
    Scenario {
        name: "hang-ups",
        plan: Plan {
            contacts: 600,
            ..Plan::default()
        },
        deck: Vec::new(),
        length: Duration::from_secs(10),
        pressure: Pressure { hang_ups: 12, ..CALM },
        ways: vec![(link("api.1", "postgres"), far)],
        rest_within: Duration::from_secs(60),
    }
}

/// Two of each role, killed and stopped; a zombie wakes with what it held.
pub fn roles() -> Scenario {
    let mut deck: Vec<Card> = [
        "api.1",
        "api.2",
        "relay.1",
        "relay.2",
        "projector.1",
        "projector.2",
        "mailer.1",
        "mailer.2",
        "feed.1",
        "worker.1",
    ]
    .into_iter()
    .map(kill)
    .collect();
    deck.extend(
        ["relay.1", "projector.1", "mailer.1", "api.1", "worker.2"].map(|role| stop(role, 2_500, 6_000)),
    );
    deck.extend(["relay.1", "mailer.2"].map(kill));
    Scenario {
        name: "roles",
        plan: Plan {
            two_of_each: true,
            contacts: 600,
            ..Plan::default()
        },
        deck,
        length: Duration::from_secs(17),
        pressure: CALM,
        ways: Vec::new(),
        rest_within: Duration::from_secs(100),
    }
}

/// PostgreSQL's primary dies and its standby takes over; the standby falls silent; sessions end by storms.
pub fn failover() -> Scenario {
    Scenario {
        name: "failover",
        plan: Plan {
            standby: true,
            two_of_each: true,
            contacts: 600,
            ..Plan::default()
        },
        deck: vec![
            Card::new(Fault::FailOver, 500, 2_500),
            Card::new(Fault::SilenceStandby, 3_000, 6_000),
            Card::new(Fault::EndSessions, 800, 1_500),
            Card::new(Fault::KillPostgres, 200, 1_000),
            Card::new(Fault::StopPostgres, 1_000, 3_000),
        ],
        length: Duration::from_secs(20),
        pressure: CALM,
        ways: Vec::new(),
        rest_within: Duration::from_secs(100),
    }
}

/// Three NATS servers that keep three copies, with leaders killed and stopped.
pub fn cluster() -> Scenario {
    Scenario {
        name: "cluster",
        plan: Plan {
            three_nats: true,
            contacts: 600,
            ..Plan::default()
        },
        deck: vec![
            Card::new(Fault::KillNats(NatsTarget::Leader), 500, 2_500),
            Card::new(Fault::KillNats(NatsTarget::Follower), 500, 2_500),
            Card::new(Fault::StopNats(NatsTarget::Leader), 2_000, 5_000),
        ],
        length: Duration::from_secs(18),
        pressure: CALM,
        ways: Vec::new(),
        rest_within: Duration::from_secs(60),
    }
}

/// Every kind of trouble between any two, and every mood of a mail server.
pub fn network() -> Scenario {
    let slow = Way::Delay {
        least: milliseconds(80),
        jitter: milliseconds(250),
    };
    let drip = Way::Drip {
        bytes: 64,
        pause: milliseconds(4),
    };
    let hole = |up, down| Way::BlackHole { up, down };
    Scenario {
        name: "network",
        plan: Plan {
            contacts: 600,
            ..Plan::default()
        },
        deck: vec![
            way("api.1", "postgres", slow, 800, 2_000),
            way("relay.1", "postgres", hole(true, true), 1_500, 4_000),
            way("projector.1", "postgres", Way::AcceptAndClose, 500, 1_500),
            trouble("mailer.1", "postgres", Trouble::Cut),
            way("relay.1", "nats", hole(false, true), 1_500, 4_000),
            way("projector.1", "nats", drip, 1_000, 2_500),
            trouble("mailer.1", "nats", Trouble::HalfClose),
            trouble("relay.1", "nats", Trouble::Cut),
            way("mailer.1", "smtp", hole(true, false), 1_000, 2_500),
            trouble("api.1", "postgres", Trouble::Cut),
            way("client", "api.1", drip, 500, 1_500),
            Card::new(Fault::KillNats(NatsTarget::Leader), 500, 2_000),
            Card::new(Fault::Mail(Mood::Away), 500, 2_000),
            Card::new(Fault::Mail(Mood::Answers("RCPT", "451 4.3.0 later")), 500, 1_200),
            Card::new(Fault::Mail(Mood::ClosesAt("DATA")), 500, 1_200),
        ],
        length: Duration::from_secs(20),
        pressure: CALM,
        ways: Vec::new(),
        rest_within: Duration::from_secs(100),
    }
}

/// Disks without room, one after the other. Many ask to be erased, which the data directory must have room for.
pub fn disks() -> Scenario {
    let all = [
        DiskOf::Tables,
        DiskOf::WriteAheadLog,
        DiskOf::Stream,
        DiskOf::DataFolder,
    ];
    Scenario {
        name: "disks",
        plan: Plan {
            disks: all.to_vec(),
            contacts: 600,
            ..Plan::default()
        },
        deck: all
            .map(|disk| Card::new(Fault::FillDisk(disk), 2_000, 4_000))
            .to_vec(),
        length: Duration::from_secs(20),
        pressure: Pressure { erasures: 60, ..CALM },
        ways: Vec::new(),
        rest_within: Duration::from_secs(100),
    }
}

/// Everything that may go together, two of each role: for as long as somebody has patience.
pub fn soak() -> Scenario {
    let (mut deck, every) = (
        roles().deck,
        [
            "api.1",
            "api.2",
            "relay.1",
            "projector.1",
            "feed.1",
            "mailer.1",
            "worker.1",
        ],
    );
    deck.extend(failover().deck);
    deck.extend(every.map(|role| trouble(role, "postgres", Trouble::Cut)));
    deck.extend(every.map(|role| {
        way(
            role,
            "postgres",
            Way::BlackHole { up: true, down: true },
            1_500,
            6_000,
        )
    }));
    let slow = Way::Delay {
        least: milliseconds(40),
        jitter: milliseconds(200),
    };
    deck.extend(every.map(|role| way(role, "postgres", slow, 2_000, 6_000)));
    deck.extend([
        way(
            "mailer.2",
            "smtp",
            Way::BlackHole {
                up: false,
                down: true,
            },
            1_000,
            4_000,
        ),
        way(
            "client",
            "api.1",
            Way::BlackHole {
                up: false,
                down: true,
            },
            1_000,
            3_000,
        ),
        trouble("client", "api.2", Trouble::Cut),
        Card::new(Fault::KillNats(NatsTarget::Leader), 500, 5_000),
        Card::new(Fault::KillNats(NatsTarget::Follower), 500, 5_000),
        Card::new(Fault::StopNats(NatsTarget::Leader), 1_000, 8_000),
        Card::new(Fault::Mail(Mood::Away), 1_000, 6_000),
        Card::new(Fault::Mail(Mood::Silent), 1_000, 3_000),
        Card::new(Fault::Mail(Mood::HangsAt("content")), 300, 1_000),
        Card::new(Fault::Mail(Mood::ClosesAt("content")), 300, 1_000),
        Card::new(
            Fault::Mail(Mood::Answers("RCPT", "451 4.3.0 later")),
            1_000,
            3_000,
        ),
        Card::new(Fault::Mail(Mood::Drips(milliseconds(20))), 1_000, 4_000),
    ]);
    Scenario {
        name: "soak",
        plan: Plan {
            two_of_each: true,
            three_nats: true,
            standby: true,
            contacts: 20_000,
            ..Plan::default()
        },
        deck,
        length: Duration::from_secs(100),
        pressure: Pressure {
            people_at_once: 16,
            ..CALM
        },
        ways: Vec::new(),
        rest_within: Duration::from_secs(240),
    }
}
