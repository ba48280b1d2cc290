//! Who is known by which secret.

use subscribers::{Kind, NewSubscriber, Registry, SubscriberError};

use crate::cluster::migrated_database;

pub fn asked(name: &str, events: &[&str]) -> NewSubscriber {
    NewSubscriber {
        name: name.parse().expect("a name"),
        kind: Kind::Nats,
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        begins_after: 0,
    }
}

#[tokio::test]
async fn a_secret_is_known_until_it_is_changed_or_revoked() {
    let database = migrated_database().await;
    let registry = Registry::new(database.store.pool().clone());
    let (crm, first) = registry
        .add(&asked("crm", &["PasswordSet", "PasswordSet"]))
        .await
        .expect("added");
    assert_eq!(crm.events, ["PasswordSet"]);
    let known = async |secret: &str| {
        registry
            .authenticate(secret)
            .await
            .expect("an answer")
            .map(|it| it.actor())
    };
    assert_eq!(known(first.expose()).await.as_deref(), Some("subscriber:crm"));
    assert_eq!(known("").await, None);
    assert_eq!(known(&first.expose()[1..]).await, None);

    let second = registry.rotate("crm").await.expect("changed");
    assert_eq!(known(first.expose()).await, None);
    assert_eq!(known(second.expose()).await.as_deref(), Some("subscriber:crm"));

    registry.revoke("crm").await.expect("revoked");
    registry.revoke("crm").await.expect("twice is fine");
    assert_eq!(known(second.expose()).await, None);
    assert!(registry.rotate("crm").await.is_err());
    let again = registry.add(&asked("crm", &["PasswordSet"])).await;
    assert!(
        matches!(again, Err(SubscriberError::NameTaken(_))),
        "a name stays its own"
    );
}

#[tokio::test]
async fn a_secret_stands_nowhere() {
    let database = migrated_database().await;
    let registry = Registry::new(database.store.pool().clone());
    let (_, secret) = registry
        .add(&asked("crm", &["PasswordSet"]))
        .await
        .expect("added");
    let row: String = sqlx::query_scalar("SELECT s::text FROM feed.subscribers s")
        .fetch_one(&database.owner)
        .await
        .expect("a row");
    assert!(!row.contains(secret.expose()));
    assert!(!format!("{secret:?}").contains(secret.expose()));
}

#[tokio::test]
async fn what_cannot_be_promised_is_refused_with_what_can() {
    let database = migrated_database().await;
    let registry = Registry::new(database.store.pool().clone());
    let refusal = async |asked: NewSubscriber| registry.add(&asked).await.expect_err("refused").to_string();
    let unknown = refusal(asked("crm", &["PasswordSet", "PasswordForgotten", "Nothing"])).await;
    assert!(
        unknown.starts_with("there is no event PasswordForgotten, Nothing; there are: "),
        "{unknown}"
    );
    assert!(unknown.contains("EstablishmentLinked"), "{unknown}");
    assert!(refusal(asked("crm", &[])).await.contains("at least one event"));
    let later = NewSubscriber {
        begins_after: 1,
        ..asked("crm", &["PasswordSet"])
    };
    assert!(refusal(later).await.contains("the log ends at position 0"));
}
