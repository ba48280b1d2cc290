//! What an append commits, and what it refuses.

use sqlx::Executor;
use store::{AppendError, KeyUse, PersonKeyRow, SignedLog, UnitOfWork};

use crate::cluster::migrated_database;
use crate::story::*;

#[tokio::test]
async fn what_is_appended_is_loaded_back_to_the_byte() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = new_registration();
    let key = wrapped_key();
    let command = command();
    let unit = UnitOfWork {
        command: Some(command.clone()),
        key: KeyUse::New(key.clone()),
        ..UnitOfWork::default()
    };

    let appended = store
        .append(id, 0, several(3), unit.clone())
        .await
        .expect("appended");
    assert_eq!(appended.last_sequence, 3);

    let loaded = store.load(id, Some(command.id)).await.expect("loaded");
    assert_eq!(loaded.version(), 3);
    assert_eq!(
        loaded
            .events
            .iter()
            .map(|event| event.sequence)
            .collect::<Vec<_>>(),
        [1, 2, 3]
    );
    for event in &loaded.events {
        assert_eq!(event.payload, TOPICS_PAYLOAD);
        assert_eq!(event.recorded_at, appended.recorded_at);
        assert_eq!(event.event_id.get_version_num(), 7);
    }
    assert_eq!(loaded.key, PersonKeyRow::Live(key));
    assert!(loaded.now >= appended.recorded_at);
    let record = loaded.command.expect("the answer is remembered");
    assert_eq!(
        (
            record.registration,
            record.request_hash,
            record.status,
            record.last_sequence
        ),
        (id, [3; 32], 201, 3)
    );
    let positions: Vec<u64> = loaded.events.iter().map(|event| event.position).collect();
    assert_eq!(positions, [1, 2, 3], "placed as soon as written");
}

#[tokio::test]
async fn an_unknown_registration_loads_as_nothing() {
    let database = migrated_database().await;
    let loaded = database
        .store
        .load(new_registration(), None)
        .await
        .expect("loaded");
    assert_eq!(
        (loaded.version(), loaded.key, loaded.command),
        (0, PersonKeyRow::Absent, None)
    );
}

#[tokio::test]
async fn a_stale_version_and_a_hole_are_conflicts_and_leave_nothing() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = new_registration();
    store
        .append(id, 0, several(2), UnitOfWork::default())
        .await
        .expect("appended");
    for (expected, count) in [(0, 1), (0, 0), (1, 1), (1, 3), (1, 0), (3, 1), (3, 0), (9, 1)] {
        let unit = UnitOfWork {
            command: Some(command()),
            account: Some(address()),
            credential: Some("phc".into()),
            key: KeyUse::New(wrapped_key()),
            ..UnitOfWork::default()
        };
        let refusal = store
            .append(id, expected, several(count), unit.clone())
            .await
            .expect_err("refused");
        assert!(
            matches!(refusal, AppendError::VersionConflict),
            "{expected} + {count}: {refusal:?}"
        );
    }
    let left: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM commands), (SELECT count(*) FROM accounts),
                (SELECT count(*) FROM credentials), (SELECT count(*) FROM keyring.person_keys)",
    )
    .fetch_one(&database.owner)
    .await
    .expect("counts");
    assert_eq!(left, (2, 0, 0, 0, 0));
    assert_eq!(store.log_head().await.expect("read").position(), 2);
}

#[tokio::test]
async fn a_command_is_answered_once_even_when_it_changed_nothing() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = new_registration();
    store
        .append(id, 0, several(1), UnitOfWork::default())
        .await
        .expect("appended");
    let unit = UnitOfWork {
        command: Some(command()),
        ..UnitOfWork::default()
    };
    assert_eq!(
        store
            .append(id, 1, vec![], unit.clone())
            .await
            .expect("recorded")
            .last_sequence,
        1
    );
    // The twin learns that it is one, not that the registration has moved on.
    let refusal = store
        .append(id, 0, several(1), unit.clone())
        .await
        .expect_err("refused");
    assert!(matches!(refusal, AppendError::DuplicateCommand), "{refusal:?}");
}

#[tokio::test]
async fn of_many_rivals_at_one_version_exactly_one_wins() {
    let database = migrated_database().await;
    let id = new_registration();
    let rivals = (0..30).map(|_| {
        let store = database.store.clone();
        tokio::spawn(async move { store.append(id, 0, several(2), UnitOfWork::default()).await })
    });
    let mut won = 0;
    for rival in rivals.collect::<Vec<_>>() {
        match rival.await.expect("no panic") {
            Ok(_) => won += 1,
            Err(AppendError::VersionConflict) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(database.store.load(id, None).await.expect("loaded").version(), 2);
}

#[tokio::test]
async fn nothing_is_sealed_for_a_person_whose_key_is_destroyed() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = new_registration();
    let key = wrapped_key();
    store
        .append(id, 0, several(1), with_key(KeyUse::New(key.clone())))
        .await
        .expect("appended");
    store
        .append(id, 1, several(1), with_key(KeyUse::Existing(key.key_id)))
        .await
        .expect("the key lives");
    store
        .append(id, 2, several(1), with_key(KeyUse::Destroy))
        .await
        .expect("destroyed");
    assert_eq!(
        store.load(id, None).await.expect("loaded").key,
        PersonKeyRow::Destroyed
    );
    for key_use in [KeyUse::Existing(key.key_id), KeyUse::New(wrapped_key())] {
        let refusal = store
            .append(id, 3, several(1), with_key(key_use))
            .await
            .expect_err("refused");
        assert!(matches!(refusal, AppendError::KeyDestroyed), "{refusal:?}");
    }
    // What holds nothing sealed may still be told, and a second erasure is no fault.
    store
        .append(id, 3, several(1), with_key(KeyUse::Destroy))
        .await
        .expect("again");
    assert!(
        !store
            .rewrap_person_key(id, &key.epoch, &key)
            .await
            .expect("asked"),
        "no way back"
    );
}

#[tokio::test]
async fn a_registration_without_a_key_gets_a_tombstone_too() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = new_registration();
    store
        .append(id, 0, several(1), UnitOfWork::default())
        .await
        .expect("appended");
    store
        .append(id, 1, several(1), with_key(KeyUse::Destroy))
        .await
        .expect("destroyed");
    let refusal = store
        .append(id, 2, several(1), with_key(KeyUse::New(wrapped_key())))
        .await;
    assert!(matches!(refusal, Err(AppendError::KeyDestroyed)), "{refusal:?}");
}

#[tokio::test]
async fn a_key_is_wrapped_anew_without_changing() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = new_registration();
    let key = wrapped_key();
    store
        .append(id, 0, several(1), with_key(KeyUse::New(key.clone())))
        .await
        .expect("appended");
    assert_eq!(
        store.live_keys_of_epoch(&key.epoch, 10).await.expect("listed"),
        [(id, key.clone())]
    );
    let anew = keyring::WrappedKey {
        epoch: "2026-02".into(),
        wrapped: vec![8; 60],
        ..key.clone()
    };
    assert!(
        store
            .rewrap_person_key(id, &key.epoch, &anew)
            .await
            .expect("wrapped")
    );
    assert_eq!(
        store.person_key(id).await.expect("read"),
        PersonKeyRow::Live(anew.clone())
    );
    assert!(
        !store
            .rewrap_person_key(id, &key.epoch, &anew)
            .await
            .expect("asked"),
        "from a stale epoch"
    );
}

#[tokio::test]
async fn erasure_and_a_sealing_append_settle_who_was_first() {
    let database = migrated_database().await;
    let store = &database.store;
    for _ in 0..20 {
        let id = new_registration();
        let key = wrapped_key();
        store
            .append(id, 0, several(1), with_key(KeyUse::New(key.clone())))
            .await
            .expect("appended");
        let (sealing, erasing) = (with_key(KeyUse::Existing(key.key_id)), with_key(KeyUse::Destroy));
        let events = several(1);
        let (sealed, erased) = tokio::join!(
            store.append(id, 1, events.clone(), sealing),
            store.append(id, 1, events, erasing)
        );
        assert!(
            matches!(
                (&sealed, &erased),
                (Ok(_), Err(AppendError::VersionConflict)) | (Err(AppendError::KeyDestroyed), Ok(_))
            ),
            "{sealed:?} {erased:?}"
        );
    }
}

#[tokio::test]
async fn nobody_rewrites_events_or_the_log() {
    let database = migrated_database().await;
    let store = &database.store;
    store
        .append(
            new_registration(),
            0,
            several(2),
            with_key(KeyUse::New(wrapped_key())),
        )
        .await
        .expect("appended");
    let signed = tlog::Checkpoint {
        origin: "log".to_owned(),
        size: 2,
        root: [1; 32],
    };
    let turn = store
        .signing_turn(SignedLog::Events, "log")
        .await
        .expect("a turn");
    let filled = [(1, 0, [1; 32])];
    turn.record(&signed, "note", &filled).await.expect("kept");
    let line = store.record_cosignature("log", 2, &[1; 32], "witness", "line");
    assert!(line.await.expect("kept"));
    let attempts = [
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE events SET position = position + 1000",
        "UPDATE events SET leaf_hash = decode(repeat('00', 32), 'hex')",
        "DELETE FROM checkpoints",
        "UPDATE log_nodes SET hash = decode(repeat('00', 32), 'hex')",
        "DELETE FROM cosignatures",
        "DELETE FROM keyring.person_keys",
        "TRUNCATE keyring.person_keys",
        "UPDATE keyring.person_keys SET key_id = gen_random_uuid()",
    ];
    for attempt in attempts {
        let by_service = store
            .pool()
            .execute(attempt)
            .await
            .map(drop)
            .map_err(AppendError::from);
        let denied = by_service.expect_err("refused").to_string();
        assert!(
            denied.contains("permission denied"),
            "the service: {attempt}: {denied}"
        );
        // Neither the owner nor the setting that silences ordinary triggers gets past.
        let mut owner = database.owner.acquire().await.expect("a connection");
        for role in ["origin", "replica"] {
            owner
                .execute(format!("SET session_replication_role = {role}").as_str())
                .await
                .expect("a superuser");
            let by_owner = owner.execute(attempt).await.map(drop).map_err(AppendError::from);
            assert!(
                matches!(by_owner, Err(AppendError::AppendOnly)),
                "{role}: {attempt}: {by_owner:?}"
            );
        }
        owner
            .execute("RESET session_replication_role")
            .await
            .expect("reset");
    }
    for forbidden in [
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TABLE events",
        "SELECT setval('events_insert_order', 1)",
    ] {
        assert!(
            store.pool().execute(forbidden).await.is_err(),
            "the service: {forbidden}"
        );
    }
}
