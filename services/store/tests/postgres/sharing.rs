//! Appends that share a commit.

use store::{HoldSet, KeyUse, NewCommand, NewEvent, UnitOfWork};
use uuid::Uuid;

use crate::cluster::migrated_database;
use crate::story::*;

#[tokio::test]
async fn commands_that_share_a_commit_are_judged_each_by_itself() {
    let database = migrated_database().await;
    let store = &database.store;
    let key = wrapped_key();
    let (held, taken) = (new_registration(), address());
    let account = UnitOfWork {
        account: Some(taken),
        key: KeyUse::New(key.clone()),
        ..UnitOfWork::default()
    };
    store
        .append(held, 0, several(1), account)
        .await
        .expect("appended");
    let holding = store
        .set_hold(held, "a dispute", &store::ActingAs::operator("anne"))
        .await;
    assert_eq!(holding.expect("set"), HoldSet::Set);

    let claiming = UnitOfWork {
        account: Some(taken),
        ..UnitOfWork::default()
    };
    let (good, twin) = (command(), command());
    let answering = |command: &NewCommand| UnitOfWork {
        command: Some(command.clone()),
        ..UnitOfWork::default()
    };
    let append = |id, expected, unit| {
        let store = store.clone();
        tokio::spawn(async move { store.append(id, expected, several(2), unit).await })
    };
    // The first keeps the line's one or two writers busy, so that the others stand ready together.
    let asked = [
        append(new_registration(), 0, UnitOfWork::default()),
        append(new_registration(), 0, answering(&good)),
        append(new_registration(), 0, claiming),
        append(held, 1, with_key(KeyUse::Destroy)),
        append(held, 1, with_key(KeyUse::Existing(Uuid::now_v7()))),
        append(new_registration(), 7, UnitOfWork::default()),
        append(new_registration(), 0, answering(&twin)),
        append(new_registration(), 0, answering(&twin)),
        append(held, 1, with_key(KeyUse::Existing(key.key_id))),
        append(new_registration(), 0, with_key(KeyUse::New(wrapped_key()))),
    ];
    let mut outcomes = Vec::new();
    for asked in asked {
        outcomes.push(match asked.await.expect("no panic") {
            Ok(_) => "stored",
            Err(refusal) => refusal.outcome(),
        });
    }
    assert_eq!(
        outcomes,
        [
            "stored",
            "stored",
            "address_has_account",
            "on_hold",
            "key_destroyed",
            "version_conflict",
            "stored",
            "duplicate_command",
            "stored",
            "stored",
        ]
    );
    assert_eq!(store.log_head().await.expect("read").position(), 1 + 2 * 5);
}

#[tokio::test]
async fn an_event_that_cannot_be_stored_takes_nobody_with_it() {
    let database = migrated_database().await;
    let store = &database.store;
    let unfit = NewEvent {
        payload: "{".to_owned(),
        ..topics_chosen()
    };
    let asked: Vec<_> = (0..20)
        .map(|nth| {
            let events = if nth == 7 { vec![unfit.clone()] } else { several(1) };
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .append(new_registration(), 0, events, UnitOfWork::default())
                    .await
            })
        })
        .collect();
    for (nth, asked) in asked.into_iter().enumerate() {
        let outcome = asked.await.expect("no panic");
        assert_eq!(outcome.is_err(), nth == 7, "{nth}: {outcome:?}");
    }
    assert_eq!(store.log_head().await.expect("read").position(), 19);
}
