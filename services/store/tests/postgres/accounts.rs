//! Accounts, credentials, sessions and counted uses.

use chrono::TimeDelta;
use store::{AddressUse, AppendError, KeyUse, SignIn, UnitOfWork};

use crate::cluster::migrated_database;
use crate::story::*;

fn password_set(address: keyring::BlindIndex, phc: &str) -> UnitOfWork {
    UnitOfWork {
        account: Some(address),
        credential: Some(phc.into()),
        ..UnitOfWork::default()
    }
}

#[tokio::test]
async fn of_fifty_registrations_of_one_address_one_becomes_the_account() {
    let database = migrated_database().await;
    let address = address();
    let rivals = (0..50).map(|_| {
        let store = database.store.clone();
        tokio::spawn(async move {
            let id = new_registration();
            (
                id,
                store
                    .append(id, 0, several(1), password_set(address, "phc"))
                    .await,
            )
        })
    });
    let mut winners = Vec::new();
    for rival in rivals.collect::<Vec<_>>() {
        match rival.await.expect("no panic") {
            (id, Ok(_)) => winners.push(id),
            (_, Err(AppendError::AddressHasAccount)) => {}
            (_, Err(other)) => panic!("{other:?}"),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(
        database.store.account_of(&address).await.expect("asked"),
        Some(winners[0])
    );
    let rows: (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM credentials)")
            .fetch_one(&database.owner)
            .await
            .expect("counts");
    assert_eq!(rows, (1, 1));
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let database = migrated_database().await;
    let store = &database.store;
    let (id, address) = (new_registration(), address());
    store
        .append(id, 0, several(1), password_set(address, "first"))
        .await
        .expect("set");
    let first = store.credential(id).await.expect("read").expect("there");
    assert_eq!((first.phc.as_str(), first.version), ("first", 1));
    assert!(!format!("{first:?}").contains("first"));

    let hour = TimeDelta::hours(1);
    let session = store
        .create_session(&[1; 32], id, 1, hour, &attempts(address))
        .await
        .expect("made")
        .expect("the version is current");
    assert_eq!(store.find_session(&[1; 32]).await.expect("asked"), Some(session));
    assert!(
        store
            .rehash_credential(id, 1, "stronger")
            .await
            .expect("rehashed")
    );
    assert!(
        store.find_session(&[1; 32]).await.expect("asked").is_some(),
        "the password is the same"
    );

    store
        .append(id, 1, several(1), password_set(address, "second"))
        .await
        .expect("the same registration may");
    assert_eq!(
        store.credential(id).await.expect("read").expect("there").version,
        2
    );
    assert_eq!(store.find_session(&[1; 32]).await.expect("asked"), None);
    assert_eq!(
        store
            .create_session(&[2; 32], id, 1, hour, &attempts(address))
            .await
            .expect("asked"),
        None,
        "the old password"
    );
    assert!(!store.rehash_credential(id, 1, "late").await.expect("asked"));
}

/// Attempts to sign in with an address.
fn attempts(index: keyring::BlindIndex) -> AddressUse {
    AddressUse {
        index,
        kind: "failed_sign_in",
    }
}

#[tokio::test]
async fn attempts_to_sign_in_are_counted_one_after_the_other_and_forgotten_with_the_right_password() {
    let database = migrated_database().await;
    let store = &database.store;
    let (id, address, hour) = (new_registration(), address(), TimeDelta::hours(1));
    store
        .append(id, 0, several(1), password_set(address, "phc"))
        .await
        .expect("set");
    let begin = |max: Option<u64>| {
        let (store, attempt) = (store.clone(), attempts(address));
        async move { store.begin_sign_in(&attempt, max, hour).await.expect("asked") }
    };
    let at_once = futures::future::join_all((0..20).map(|_| tokio::spawn(begin(Some(5))))).await;
    let allowed = at_once.into_iter().filter(
        |it| matches!(it, Ok(SignIn::Allowed(Some((owner, found)))) if *owner == id && found.phc == "phc"),
    );
    assert_eq!(allowed.count(), 5);
    assert!(matches!(begin(None).await, SignIn::Allowed(Some(_))), "no limit");

    store
        .create_session(&[1; 32], id, 1, hour, &attempts(address))
        .await
        .expect("made")
        .expect("the version is current");
    assert!(
        matches!(begin(Some(1)).await, SignIn::Allowed(Some(_))),
        "forgotten"
    );
    assert!(store.last_seen(id).await.expect("asked").is_some());

    let nobody = attempts(keyring::BlindIndex([7; 32]));
    let unknown = store.begin_sign_in(&nobody, Some(1), hour).await.expect("asked");
    assert!(matches!(unknown, SignIn::Allowed(None)));
    let again = store.begin_sign_in(&nobody, Some(1), hour).await.expect("asked");
    assert!(
        matches!(again, SignIn::TooOften),
        "an unknown address has the same limit"
    );
}

#[tokio::test]
async fn sessions_end_by_time_by_sign_out_and_by_sweeping() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = new_registration();
    store
        .append(id, 0, several(1), password_set(address(), "phc"))
        .await
        .expect("set");
    store
        .create_session(&[1; 32], id, 1, TimeDelta::zero(), &attempts(address()))
        .await
        .expect("made");
    assert_eq!(
        store.find_session(&[1; 32]).await.expect("asked"),
        None,
        "over at once"
    );
    assert_eq!(
        store
            .prune(chrono::TimeDelta::days(3), chrono::TimeDelta::days(2))
            .await
            .expect("swept")
            .sessions,
        1
    );
    for token in [[2; 32], [3; 32], [4; 32]] {
        store
            .create_session(&token, id, 1, TimeDelta::hours(1), &attempts(address()))
            .await
            .expect("made");
    }
    store.delete_session(&[2; 32]).await.expect("signed out");
    assert_eq!(store.find_session(&[2; 32]).await.expect("asked"), None);
    assert!(store.find_session(&[3; 32]).await.expect("asked").is_some());
    store.delete_sessions(id).await.expect("all");
    assert_eq!(store.find_session(&[3; 32]).await.expect("asked"), None);
}

#[tokio::test]
async fn uses_of_an_address_are_counted_by_kind() {
    let database = migrated_database().await;
    let store = &database.store;
    let (id, address) = (new_registration(), address());
    let mail = AddressUse {
        index: address,
        kind: "mail",
    };
    let before = store.load(id, None).await.expect("loaded").now;
    let unit = UnitOfWork {
        address_use: Some(mail),
        ..UnitOfWork::default()
    };
    store
        .append(id, 0, several(1), unit.clone())
        .await
        .expect("appended");
    store.record_address_use(&mail, Some(id)).await.expect("counted");
    store
        .record_address_use(
            &AddressUse {
                kind: "sign_in",
                ..mail
            },
            None,
        )
        .await
        .expect("counted");
    assert_eq!(
        store
            .count_address_uses(&address, "mail", before)
            .await
            .expect("counted"),
        2
    );
    assert_eq!(
        store
            .count_address_uses(&address, "sign_in", before)
            .await
            .expect("counted"),
        1
    );
    let later = before + TimeDelta::hours(1);
    assert_eq!(
        store
            .count_address_uses(&address, "mail", later)
            .await
            .expect("counted"),
        0
    );
}

#[tokio::test]
async fn erasure_takes_account_credential_sessions_and_uses_with_it() {
    let database = migrated_database().await;
    let store = &database.store;
    let (id, address) = (new_registration(), address());
    let unit = UnitOfWork {
        key: KeyUse::New(wrapped_key()),
        address_use: Some(AddressUse {
            index: address,
            kind: "mail",
        }),
        ..password_set(address, "phc")
    };
    store.append(id, 0, several(1), unit.clone()).await.expect("set");
    let session = store
        .create_session(&[1; 32], id, 1, TimeDelta::hours(1), &attempts(address))
        .await
        .expect("made");
    assert!(session.is_some());
    store
        .append(id, 1, several(1), with_key(KeyUse::Destroy))
        .await
        .expect("erased");
    let left: (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM credentials), (SELECT count(*) FROM sessions),
                (SELECT count(*) FROM address_uses)",
    )
    .fetch_one(&database.owner)
    .await
    .expect("counts");
    assert_eq!(left, (0, 0, 0, 0));
    assert_eq!(
        store
            .create_session(&[2; 32], id, 1, TimeDelta::hours(1), &attempts(address))
            .await
            .expect("asked"),
        None
    );
    // The address is free again for someone's new registration.
    store
        .append(new_registration(), 0, several(1), password_set(address, "phc"))
        .await
        .expect("set anew");
}
