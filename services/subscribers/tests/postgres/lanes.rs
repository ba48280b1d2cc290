//! The order kept: one thing after another, told as stories. `walk.rs` tries what nobody thought of.

use std::time::Duration;

use domain::values::RegistrationId;
use store::Store;
use subscribers::{Due, Lanes, Outcome, Registry, Subscriber, Turn, Window, parcels};
use uuid::Uuid;

use crate::cluster::{Database, migrated_database};
use crate::path::append;
use crate::registry::asked;

/// One subscriber, which wants topics and passwords, over an empty log.
pub struct Ground {
    pub database: Database,
    pub lanes: Lanes,
    pub subscriber: Subscriber,
}

impl Ground {
    pub async fn new() -> Self {
        let database = migrated_database().await;
        let pool = database.store.pool().clone();
        let registry = Registry::new(pool.clone());
        let (subscriber, _) = registry
            .add(&asked("crm", &["TopicsChosen", "PasswordSet"]))
            .await
            .expect("added");
        Self {
            database,
            lanes: Lanes::new(pool),
            subscriber,
        }
    }

    pub fn store(&self) -> &Store {
        &self.database.store
    }

    pub async fn turn(&self, outcomes: &[(u64, Outcome)]) -> Turn {
        self.lanes
            .turn(&self.subscriber.name, outcomes, 0, Window::default())
            .await
            .expect("a turn")
    }

    /// Appends topics and something that is not wanted, and gives both their place: positions rise by two.
    pub async fn choose_topics(&self, id: RegistrationId, times: u64, sequence: u64) {
        for time in 0..times {
            let events = [
                ("TopicsChosen", r#"{"type":"TopicsChosen","topics":[]}"#),
                ("ContactNotMatched", r#"{"type":"ContactNotMatched"}"#),
            ];
            append(self.store(), id, sequence + 2 * time, &events).await;
        }
    }
}

pub fn places(due: &[Due]) -> Vec<u64> {
    due.iter().map(|it| it.position).collect()
}

fn refused(ticket: u64) -> (u64, Outcome) {
    let reason = "unknown establishment".to_owned();
    (
        ticket,
        Outcome::Refused {
            reason,
            deliveries: 3,
        },
    )
}

fn acknowledged(ticket: u64) -> (u64, Outcome) {
    (ticket, Outcome::Acknowledged)
}

fn someone() -> RegistrationId {
    RegistrationId(Uuid::now_v7())
}

#[tokio::test]
async fn of_one_registration_one_event_is_under_way() {
    let ground = Ground::new().await;
    let (one, other) = (someone(), someone());
    ground.choose_topics(one, 3, 0).await;
    ground.choose_topics(other, 1, 0).await;
    let turn = ground.turn(&[]).await;
    assert_eq!(places(&turn.due), [1, 7]);
    assert_eq!((turn.position, turn.log_end), (8, 8));
    assert_eq!(turn.due.iter().map(|it| it.ticket).collect::<Vec<_>>(), [1, 2]);
    assert!(
        ground.turn(&[]).await.due.is_empty(),
        "nothing is given out twice"
    );

    let turn = ground.turn(&[acknowledged(1)]).await;
    assert_eq!(places(&turn.due), [3]);
    assert!(
        ground.turn(&[acknowledged(1)]).await.due.is_empty(),
        "an outcome told twice counts once"
    );
    let turn = ground.turn(&[acknowledged(3), acknowledged(2)]).await;
    assert_eq!(places(&turn.due), [5]);
    ground.turn(&[acknowledged(4)]).await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM feed.lanes")
        .fetch_one(&ground.database.owner)
        .await
        .expect("a number");
    assert_eq!(left, 0, "nothing is kept of what is done");
}

#[tokio::test]
async fn what_is_refused_holds_up_its_registration_and_no_other() {
    let ground = Ground::new().await;
    let (one, other) = (someone(), someone());
    ground.choose_topics(one, 2, 0).await;
    ground.turn(&[]).await;
    ground.turn(&[refused(1)]).await;
    ground.choose_topics(one, 1, 4).await;
    ground.choose_topics(other, 1, 0).await;
    assert_eq!(places(&ground.turn(&[]).await.due), [7], "the other flows");

    let parked = ground.lanes.parked(&ground.subscriber, 10).await.expect("a list");
    assert_eq!(parked.len(), 1);
    assert_eq!(
        (parked[0].position.0, parked[0].held, parked[0].deliveries),
        (1, 2, Some(3))
    );
    assert_eq!(parked[0].reason.as_deref(), Some("unknown establishment"));
    assert_eq!(parked[0].event, "TopicsChosen");

    assert_eq!(
        ground.lanes.retry(&ground.subscriber, None).await.expect("tried"),
        1
    );
    let turn = ground.turn(&[]).await;
    assert_eq!(places(&turn.due), [1]);
    let parcel = &parcels(ground.store(), &turn.due).await.expect("a parcel")[0];
    assert!(
        parcel.message_id.ends_with(".2"),
        "a server must not take it for a double: {}",
        parcel.message_id
    );
    let turn = ground.turn(&[acknowledged(turn.due[0].ticket)]).await;
    assert_eq!(places(&turn.due), [3], "then the rest, in order");
}

#[tokio::test]
async fn what_is_skipped_is_recorded_and_the_rest_follows() {
    let ground = Ground::new().await;
    let one = someone();
    ground.choose_topics(one, 2, 0).await;
    ground.turn(&[]).await;
    let skip = async || {
        let reason = "closed before we began";
        ground
            .lanes
            .skip(&ground.subscriber, one, reason)
            .await
            .expect("an answer")
    };
    assert_eq!(skip().await, None, "only what is parked can be skipped");
    ground.turn(&[refused(1)]).await;
    assert_eq!(skip().await, Some(1));
    let kept: (i64, String, String) = sqlx::query_as("SELECT position, refused_for, reason FROM feed.skips")
        .fetch_one(&ground.database.owner)
        .await
        .expect("a row");
    assert_eq!(
        kept,
        (1, "unknown establishment".into(), "closed before we began".into())
    );
    assert_eq!(places(&ground.turn(&[]).await.due), [3]);
}

#[tokio::test]
async fn what_cannot_be_delivered_now_is_due_again_later() {
    let ground = Ground::new().await;
    ground.choose_topics(someone(), 1, 0).await;
    ground.turn(&[]).await;
    let later = |ticket, after| {
        let reason = "503".to_owned();
        (ticket, Outcome::Later { reason, after })
    };
    assert!(
        ground
            .turn(&[later(1, Duration::from_secs(3_600))])
            .await
            .due
            .is_empty()
    );
    sqlx::query("UPDATE feed.lanes SET due_at = clock_timestamp()")
        .execute(&ground.database.owner)
        .await
        .expect("an hour passes");
    let turn = ground.turn(&[]).await;
    assert_eq!((turn.due[0].ticket, turn.due[0].attempt), (2, 2));
    assert_eq!(ground.turn(&[later(2, Duration::ZERO)]).await.due[0].attempt, 3);
}

#[tokio::test]
async fn tickets_that_are_taken_back_are_given_out_anew() {
    let ground = Ground::new().await;
    ground.choose_topics(someone(), 1, 0).await;
    ground.choose_topics(someone(), 1, 0).await;
    ground.turn(&[]).await;
    let name = &ground.subscriber.name;
    assert_eq!(ground.lanes.reopen(name, 40).await.expect("reopened"), 40);
    let turn = ground.turn(&[acknowledged(1)]).await;
    assert_eq!(
        places(&turn.due),
        [1, 3],
        "an outcome of a lost ticket says nothing"
    );
    assert_eq!(turn.due[0].ticket, 41);
    assert_eq!(ground.lanes.out(name, 41).await.expect("a list"), turn.due[1..]);
    assert_eq!(ground.lanes.take_back(name, &[42]).await.expect("taken"), 1);
    assert_eq!(places(&ground.turn(&[]).await.due), [3]);
}

#[tokio::test]
async fn no_more_is_under_way_than_the_window_allows() {
    let ground = Ground::new().await;
    for _ in 0..10 {
        ground.choose_topics(someone(), 1, 0).await;
    }
    let narrow = Window { live: 4, replayed: 1 };
    let turn = async |outcomes: &[(u64, Outcome)]| {
        ground
            .lanes
            .turn(&ground.subscriber.name, outcomes, 0, narrow)
            .await
            .expect("a turn")
    };
    let mut out = Vec::new();
    for _ in 0..20 {
        out.extend(places(&turn(&[]).await.due));
    }
    assert_eq!(out, [1, 3, 5, 7]);
    for ticket in 1..=10 {
        out.extend(places(&turn(&[acknowledged(ticket)]).await.due));
        out.extend(places(&turn(&[]).await.due));
    }
    assert_eq!(out, [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
}
