//! Replays come to the end of the log, or to an error.

use std::io::{Error, ErrorKind};

use auditor::{AuditError, Range, replay};
use domain::EventMessage;
use store::Store;

use crate::cluster::migrated_database;
use crate::path::{place, registration};

const ALL: Range = Range {
    from: 1,
    registration: None,
    at: None,
};

async fn lines(store: &Store, range: Range) -> Vec<EventMessage> {
    let mut lines = Vec::new();
    let taken = replay(store, range, |line| {
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
    place(&store).await;
    registration(&store).await; // waits for its place, so it is not part of the log
    let messages = lines(&store, ALL).await;
    assert_eq!(messages.len(), 1_200);
    assert!(
        messages
            .iter()
            .zip(1..)
            .all(|(message, position)| message.position == position)
    );
    assert_eq!(lines(&store, Range { from: 1_199, ..ALL }).await.len(), 2);
    assert_eq!(lines(&store, Range { from: 5_000, ..ALL }).await.len(), 0);
}

#[tokio::test]
async fn one_registration_up_to_a_moment() {
    let store = migrated_database().await.store;
    registration(&store).await;
    let id = registration(&store).await;
    registration(&store).await;
    place(&store).await;
    let one = Range {
        registration: Some(id),
        ..ALL
    };
    let messages = lines(&store, one).await;
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
                at: Some(messages[1].time),
                ..one
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
                at: Some(messages[1].time),
                ..ALL
            }
        )
        .await
        .len(),
        5
    );
    assert_eq!(lines(&store, Range { from: 6, ..one }).await.len(), 1);
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_the_replay() {
    let store = migrated_database().await.store;
    registration(&store).await;
    place(&store).await;
    let outcome = replay(&store, ALL, |_| Err(ErrorKind::BrokenPipe.into())).await;
    assert!(matches!(outcome, Err(AuditError::Output(error)) if error.kind() == ErrorKind::BrokenPipe));
}

#[tokio::test]
async fn a_hole_is_never_passed_over() {
    let database = migrated_database().await;
    for _ in 0..3 {
        registration(&database.store).await;
    }
    place(&database.store).await;
    sqlx::raw_sql(
        "ALTER TABLE log DISABLE TRIGGER log_append_only; DELETE FROM log WHERE position = 5;
         ALTER TABLE log ENABLE ALWAYS TRIGGER log_append_only",
    )
    .execute(&database.owner)
    .await
    .expect("deleted as the owner");
    let mut taken = 0;
    let outcome = replay(&database.store, ALL, |_| {
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
