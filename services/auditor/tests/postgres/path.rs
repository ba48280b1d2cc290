//! Short paths of registrations.

use domain::values::RegistrationId;
use store::{NewEvent, Store, UnitOfWork};
use uuid::Uuid;

const IDENTITY: &str = r#"{"type":"IdentitySubmitted","profile":"membre","locale":"fr","flow":"guide","new_address":true,
 "sealed":{"v":1,"key":"00000000-0000-0000-0000-000000000001","nonce":"bm9uY2U=","ciphertext":"c2VhbGVk"}}"#;
const NOT_MATCHED: &str = r#"{"type":"ContactNotMatched"}"#;
const TOPICS: &str = r#"{"type":"TopicsChosen","topics":["payments"]}"#;

/// Three events of a new registration, in two commands.
pub async fn registration(store: &Store) -> RegistrationId {
    let id = RegistrationId(Uuid::now_v7());
    append(
        store,
        id,
        0,
        &[
            ("IdentitySubmitted", IDENTITY),
            ("ContactNotMatched", NOT_MATCHED),
        ],
    )
    .await;
    append(store, id, 2, &[("TopicsChosen", TOPICS)]).await;
    id
}

pub async fn append(store: &Store, id: RegistrationId, expected: u64, events: &[(&str, &str)]) {
    let events: Vec<NewEvent> = events
        .iter()
        .map(|(name, payload)| NewEvent {
            event_type: (*name).to_owned(),
            event_version: "1".into(),
            payload: (*payload).to_owned(),
            metadata: r#"{"actor":"test"}"#.into(),
        })
        .collect();
    store
        .append(id, expected, events, UnitOfWork::default())
        .await
        .expect("appended");
}
