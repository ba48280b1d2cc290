//! Replays come to the end of the log, or to an error.

use std::io::{Error, ErrorKind};

use auditor::{AuditError, Range, replay};
use domain::EventMessage;
use store::Store;

use crate::cluster::migrated_database;
use crate::path::registration;

async fn lines(store: &Store, range: Range) -> Vec<EventMessage> {
    let mut lines = Vec::new();
    let taken = replay(store, &range, |line| {
        lines.push(EventMessage::from_bytes(line.as_bytes()).map_err(Error::other)?);
        Ok(())
    })
    .await
    .expect("replayed");
    assert_eq!(taken, lines.len() as u64);
    lines
}

#[tokio::test]
async fn every_event_comes_in_the_order_of_the_log() {
    let store = migrated_database().await.store;
    for _ in 0..400 {
        registration(&store).await;
    }
    let messages = lines(&store, Range::all()).await;
    assert_eq!(messages.len(), 1_200);
    assert!(
        messages
            .iter()
            .zip(1..)
            .all(|(message, position)| message.position == position)
    );
    assert_eq!(
        lines(
            &store,
            Range {
                from: 1_199,
                ..Range::all()
            }
        )
        .await
        .len(),
        2
    );
    assert_eq!(
        lines(
            &store,
            Range {
                from: 5_000,
                ..Range::all()
            }
        )
        .await
        .len(),
        0
    );
}

#[tokio::test]
async fn one_registration_up_to_a_moment() {
    let store = migrated_database().await.store;
    registration(&store).await;
    let id = registration(&store).await;
    registration(&store).await;
    let one = Range {
        registrations: vec![id],
        ..Range::all()
    };
    let messages = lines(&store, one.clone()).await;
    assert_eq!(
        messages
            .iter()
            .map(|message| message.position)
            .collect::<Vec<_>>(),
        [4, 5, 6]
    );
    assert!(messages.iter().all(|message| message.subject == id));
    assert_eq!(
        lines(
            &store,
            Range {
                until: Some(messages[1].time),
                ..one.clone()
            }
        )
        .await
        .len(),
        2
    );
    assert_eq!(
        lines(
            &store,
            Range {
                until: Some(messages[1].time),
                ..Range::all()
            }
        )
        .await
        .len(),
        5
    );
    assert_eq!(
        lines(
            &store,
            Range {
                from: 6,
                ..one.clone()
            }
        )
        .await
        .len(),
        1
    );
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_the_replay() {
    let store = migrated_database().await.store;
    registration(&store).await;
    let outcome = replay(&store, &Range::all(), |_| Err(ErrorKind::BrokenPipe.into())).await;
    assert!(matches!(outcome, Err(AuditError::Output(error)) if error.kind() == ErrorKind::BrokenPipe));
}

#[tokio::test]
async fn a_hole_is_never_passed_over() {
    let database = migrated_database().await;
    for _ in 0..3 {
        registration(&database.store).await;
    }
    sqlx::raw_sql(
        "ALTER TABLE events DISABLE TRIGGER events_append_only; DELETE FROM events WHERE position = 5;
         ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only",
    )
    .execute(&database.owner)
    .await
    .expect("deleted as the owner");
    let mut taken = 0;
    let outcome = replay(&database.store, &Range::all(), |_| {
        taken += 1;
        Ok(())
    })
    .await;
    assert!(
        matches!(outcome, Err(AuditError::Gap { position: 5 })),
        "{outcome:?}"
    );
    assert_eq!(taken, 4);
}

#[tokio::test]
async fn a_replay_is_narrowed_by_place_name_time_and_several_registrations() {
    let store = migrated_database().await.store;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(registration(&store).await);
    }
    let all = lines(&store, Range::all()).await;
    let positions = async |range: Range| -> Vec<u64> {
        let found = lines(&store, range).await;
        found.iter().map(|message| message.position).collect()
    };
    let between = Range {
        from: 3,
        to: Some(5),
        ..Range::all()
    };
    assert_eq!(positions(between).await, [3, 4, 5]);
    let named = Range {
        events: vec!["TopicsChosen".to_owned(), "ContactNotMatched".to_owned()],
        ..Range::all()
    };
    assert_eq!(positions(named).await, [2, 3, 5, 6, 8, 9, 11, 12]);
    let two = Range {
        registrations: vec![ids[3], ids[0], ids[3]],
        ..Range::all()
    };
    assert_eq!(
        positions(two).await,
        [1, 2, 3, 10, 11, 12],
        "in the order of the log, each once"
    );
    let later = Range {
        since: Some(all[6].time),
        ..Range::all()
    };
    assert_eq!(positions(later).await, [7, 8, 9, 10, 11, 12]);
}

#[tokio::test]
async fn a_follower_gets_what_comes_and_ends_where_it_was_told() {
    let store = migrated_database().await.store;
    registration(&store).await;
    let range = Range {
        to: Some(6),
        follow: true,
        ..Range::all()
    };
    let (mut seen, coming) = (0, store.clone());
    let follow = replay(&store, &range, |_| {
        seen += 1;
        Ok(())
    });
    let come = async {
        registration(&coming).await;
    };
    let (taken, ()) = tokio::join!(follow, come);
    assert_eq!((taken.expect("replayed"), seen), (6, 6));
}
