//! A registration as a story, read both ways.

use auditor::{Reader, conformance};
use domain::Stage;
use domain::values::{Locale, RegistrationId};
use uuid::Uuid;

use crate::cluster::migrated_database;
use crate::path::{append, registration};

#[tokio::test]
async fn a_story_tells_every_event_and_compares_with_postgres_es() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = registration(store).await;
    append(store, id, 3, &[("LaterEvent", r#"{"type":"LaterEvent"}"#)]).await;
    let reader = Reader::new(store, store.pool());
    for locale in [Locale::Fr, Locale::En] {
        let story = reader.show(id, None, locale).await.expect("read").expect("there");
        assert!(story.conforms(), "{story}");
        assert_eq!((story.chapters.len(), story.compared), (4, 4));
        assert_eq!(story.stage, Stage::AwaitingEstablishment);
        assert_eq!(story.chapters[3].position, 4);
        assert!(story.chapters[2].says.contains("payments"));
        let told = story.to_string();
        let stage = match locale {
            Locale::Fr => {
                "Où elle en est\u{a0}: le SIRET de l’établissement est demandé (awaiting_establishment)"
            }
            Locale::En => "Where it stands: the establishment’s SIRET is asked for (awaiting_establishment)",
        };
        assert!(told.contains(stage), "{told}");
        assert!(
            !told.contains("c2VhbGVk") && told.contains("LaterEvent"),
            "{told}"
        );
        serde_json::to_string(&story).expect("JSON");
    }
    let all = reader
        .show(id, None, Locale::En)
        .await
        .expect("read")
        .expect("there");
    let early = reader
        .show(id, Some(all.chapters[1].recorded_at), Locale::En)
        .await
        .expect("read")
        .expect("there");
    assert_eq!((early.chapters.len(), early.stage), (2, Stage::AwaitingTopics));
}

#[tokio::test]
async fn there_is_no_story_of_nobody() {
    let store = migrated_database().await.store;
    let nobody = RegistrationId(Uuid::now_v7());
    assert_eq!(
        Reader::new(&store, store.pool())
            .show(nobody, None, Locale::Fr)
            .await
            .expect("read"),
        None
    );
}

#[tokio::test]
async fn the_newest_registrations_read_the_same_both_ways() {
    let store = migrated_database().await.store;
    let report = conformance(&store, store.pool()).await.expect("compared");
    assert!(report.is_equal() && report.registrations == 0, "{report}");
    for _ in 0..7 {
        registration(&store).await;
    }
    let report = conformance(&store, store.pool()).await.expect("compared");
    assert!(report.is_equal(), "{report}");
    assert_eq!((report.registrations, report.events), (5, 15));
}
