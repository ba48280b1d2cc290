//! The log of who looked: places without gaps, a tree over them, nothing rewritten.

use domain::values::RegistrationId;
use store::{AccessEntry, Frontier};
use uuid::Uuid;

use crate::cluster::migrated_database;

fn look(actor: &str, registration: Option<RegistrationId>) -> AccessEntry {
    AccessEntry {
        actor: actor.to_owned(),
        role: "privacy_officer".to_owned(),
        purpose: "a complaint".to_owned(),
        registration,
        what: "person".to_owned(),
        grant: None,
    }
}

#[tokio::test]
async fn looks_get_places_without_gaps_from_many_hands_at_once() {
    let database = migrated_database().await;
    let person = RegistrationId(Uuid::now_v7());
    let looking = (0..20).map(|hand| {
        let store = database.store.clone();
        let entry = look(&format!("operator:{hand}"), (hand % 2 == 0).then_some(person));
        tokio::spawn(async move { store.record_access(&entry).await })
    });
    let mut places = Vec::new();
    for look in looking.collect::<Vec<_>>() {
        places.push(look.await.expect("no panic").expect("recorded"));
    }
    places.sort_unstable();
    assert_eq!(places, (1..=20).collect::<Vec<_>>());
    let all = database.store.read_accesses(1, 100).await.expect("read");
    let mut tree = Frontier::default();
    for access in &all {
        assert_eq!(access.leaf_hash, access.recomputed_leaf_hash());
        tree.push(access.leaf_hash);
    }
    assert_eq!(database.store.access_log_head().await.expect("read").tree, tree);
    let of_person = database.store.accesses_of(person).await.expect("read");
    assert_eq!(of_person.len(), 10);
    let latest = database.store.latest_accesses(3).await.expect("read");
    assert_eq!(
        latest.iter().map(|it| it.position).collect::<Vec<_>>(),
        [20, 19, 18]
    );
}

#[tokio::test]
async fn the_service_and_the_owner_can_rewrite_nothing() {
    let database = migrated_database().await;
    let several = [look("operator:jane", None), look("operator:jane", None)];
    assert_eq!(
        database.store.record_accesses(&several).await.expect("recorded"),
        2
    );
    for pool in [database.store.pool(), &database.owner] {
        for statement in [
            "UPDATE public.access_log SET actor = 'operator:nobody'",
            "DELETE FROM public.access_log",
            "TRUNCATE public.access_log",
        ] {
            sqlx::raw_sql(statement).execute(pool).await.expect_err(statement);
        }
    }
}
