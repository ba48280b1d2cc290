//! Messages about establishments: the latest holds, whatever comes again, late, bad, or from a stream made anew.

use std::io::Cursor;

use chrono::{DateTime, TimeDelta, Utc};
use directory::live::parked::parked;
use directory::live::take::{stream_ends_at, take, take_again};
use directory::live::{StreamPlace, Taken};
use directory::{Directory, EstablishmentState, Input, Options, import_establishments};
use domain::values::Siret;
use keyring::Keyring;
use sqlx::PgPool;

use crate::cluster::migrated_database;

const SIRET: &str = "00000040600017";
const OTHER: &str = "00000040600025";
const SUBJECT: &str = "crm.v1.establishment.00000040600017";
const OTHER_SUBJECT: &str = "crm.v1.establishment.00000040600025";

fn made() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_438_400, 0).unwrap()
}

fn at(sequence: i64) -> StreamPlace {
    StreamPlace {
        stream_made: made(),
        sequence,
    }
}

fn body(name: &str, more: &str) -> String {
    format!(r#"{{"siret": "{SIRET}", "name": "{name}"{more}}}"#)
}

async fn taken(pool: &PgPool, place: StreamPlace, subject: &str, body: &str) -> Taken {
    take(pool, &[(place, subject, body.as_bytes())]).await.unwrap()
}

struct Desk {
    pool: PgPool,
    directory: Directory,
    _folder: tempfile::TempDir,
}

async fn desk() -> Desk {
    let database = migrated_database().await;
    let folder = tempfile::tempdir().unwrap();
    let keyring = Keyring::open(&folder.path().join("master.key")).unwrap();
    let pool = database.store.pool().clone();
    Desk {
        directory: Directory::new(pool.clone(), keyring),
        pool,
        _folder: folder,
    }
}

impl Desk {
    async fn name(&self) -> Option<String> {
        let siret = Siret::parse(SIRET).unwrap();
        let found = self.directory.establishment(&siret).await.unwrap();
        found.map(|it| it.name)
    }

    async fn parked(&self) -> Vec<(Option<String>, i64, String)> {
        let parked = parked(&self.pool, 10).await.unwrap();
        assert_eq!(parked.count, parked.messages.len() as u64);
        let told = |faults: Vec<directory::live::LiveFault>| {
            let faults = faults
                .into_iter()
                .map(|it| format!("{}: {}", it.field, it.reason));
            faults.collect::<Vec<_>>().join(", ")
        };
        let messages = parked.messages.into_iter();
        messages
            .map(|it| (it.siret, it.sequence, told(it.faults)))
            .collect()
    }
}

#[tokio::test]
async fn the_latest_message_holds_and_what_comes_again_changes_nothing() {
    let desk = desk().await;
    let one = Taken {
        kept: 1,
        ..Taken::default()
    };
    let passed_over = Taken {
        passed_over: 1,
        ..Taken::default()
    };
    assert_eq!(taken(&desk.pool, at(1), SUBJECT, &body("A", "")).await, one);
    assert_eq!(taken(&desk.pool, at(3), SUBJECT, &body("C", "")).await, one);
    assert_eq!(
        taken(&desk.pool, at(2), SUBJECT, &body("B", "")).await,
        passed_over
    );
    assert_eq!(
        taken(&desk.pool, at(3), SUBJECT, &body("C", "")).await,
        passed_over
    );
    assert_eq!(desk.name().await.as_deref(), Some("C"));
}

#[tokio::test]
async fn of_one_batch_the_latest_message_of_each_establishment_is_taken() {
    let desk = desk().await;
    let (first, second) = (body("A", ""), body("B", ""));
    let other = format!(r#"{{"siret": "{OTHER}", "name": "Other"}}"#);
    let batch = [
        (at(2), SUBJECT, second.as_bytes()),
        (at(1), SUBJECT, first.as_bytes()),
        (at(3), OTHER_SUBJECT, other.as_bytes()),
    ];
    let taken = take(&desk.pool, &batch).await.unwrap();
    assert_eq!((taken.kept, taken.passed_over), (2, 1));
    assert_eq!(desk.name().await.as_deref(), Some("B"));
}

#[tokio::test]
async fn a_deletion_of_either_form_is_remembered_against_older_messages() {
    let desk = desk().await;
    for (first, deletion) in [
        (1, String::new()),
        (11, format!(r#"{{"siret": "{SIRET}", "deleted": true}}"#)),
    ] {
        taken(&desk.pool, at(first), SUBJECT, &body("A", "")).await;
        let gone = taken(&desk.pool, at(first + 2), SUBJECT, &deletion).await;
        assert_eq!(gone.deleted, 1);
        taken(&desk.pool, at(first + 1), SUBJECT, &body("late", "")).await;
        assert_eq!(desk.name().await, None);
    }
}

#[tokio::test]
async fn of_a_file_and_a_message_the_later_act_holds() {
    let desk = desk().await;
    let file =
        format!("siret,name,idcc,member_number,training_declaration_number,state\n{SIRET},File,,,,closed\n");
    let import = async || {
        let input = Input::new(Cursor::new(file.clone().into_bytes()));
        import_establishments(&desk.pool, input, Options::default())
            .await
            .unwrap();
    };
    taken(&desk.pool, at(1), SUBJECT, &body("Message", "")).await;
    import().await;
    assert_eq!(desk.name().await.as_deref(), Some("File"));
    taken(&desk.pool, at(1), SUBJECT, &body("Message", "")).await;
    assert_eq!(
        desk.name().await.as_deref(),
        Some("File"),
        "it came again, and is no act"
    );
    taken(&desk.pool, at(2), SUBJECT, &body("Message", "")).await;
    assert_eq!(desk.name().await.as_deref(), Some("Message"));
}

#[tokio::test]
async fn a_closing_day_is_kept_while_the_establishment_is_closed() {
    let desk = desk().await;
    let siret = Siret::parse(SIRET).unwrap();
    let state = async || desk.directory.establishment(&siret).await.unwrap().unwrap().state;
    taken(
        &desk.pool,
        at(1),
        SUBJECT,
        &body("A", r#", "state": "closed", "closed_on": "2026-01-31""#),
    )
    .await;
    let closed_on = chrono::NaiveDate::from_ymd_opt(2026, 1, 31);
    assert_eq!(state().await, EstablishmentState::Closed { closed_on });
    let active =
        format!("siret,name,idcc,member_number,training_declaration_number,state\n{SIRET},A,,,,active\n");
    let closed = active.replace(",active\n", ",closed\n");
    for (file, expected) in [
        (active, EstablishmentState::Active),
        (closed, EstablishmentState::Closed { closed_on: None }),
    ] {
        let input = Input::new(Cursor::new(file.into_bytes()));
        import_establishments(&desk.pool, input, Options::default())
            .await
            .unwrap();
        assert_eq!(
            state().await,
            expected,
            "a day of an earlier closing does not come back"
        );
    }
}

#[tokio::test]
async fn a_bad_message_is_parked_leaves_the_state_and_is_mended_by_the_next() {
    let desk = desk().await;
    taken(&desk.pool, at(1), SUBJECT, &body("A", "")).await;
    let bad = body("", r#", "idcc": "12345", "state": "ouvert", "colour": 1"#);
    let good = format!(r#"{{"siret": "{OTHER}", "name": "Other"}}"#);
    let batch = [
        (at(2), SUBJECT, bad.as_bytes()),
        (at(3), OTHER_SUBJECT, good.as_bytes()),
        (at(4), "crm.v1.establishment.nobody@example", b"{}".as_slice()),
    ];
    let result = take(&desk.pool, &batch).await.unwrap();
    assert_eq!((result.kept, result.parked, result.passed_over), (1, 2, 0));
    let again = take(&desk.pool, &batch).await.unwrap();
    assert_eq!((again.parked, again.passed_over), (0, 3));
    let faults = "name: required, idcc: idcc-format, state: unknown-value, colour: unknown-field";
    assert_eq!(
        desk.parked().await,
        [
            (Some(SIRET.to_owned()), 2, faults.to_owned()),
            (None, 4, "subject: not-a-siret".to_owned())
        ]
    );
    assert_eq!(
        desk.name().await.as_deref(),
        Some("A"),
        "the last good state stands"
    );
    taken(&desk.pool, at(5), SUBJECT, &body("B", "")).await;
    assert_eq!(desk.name().await.as_deref(), Some("B"));
    assert_eq!(desk.parked().await.len(), 1);
}

#[tokio::test]
async fn a_parked_message_can_be_taken_again_and_one_parked_anew_replaces_the_other() {
    let desk = desk().await;
    taken(&desk.pool, at(1), SUBJECT, "{").await;
    taken(&desk.pool, at(2), SUBJECT, "[]").await;
    assert_eq!(
        desk.parked().await,
        [(Some(SIRET.to_owned()), 2, "body: wrong-type".to_owned())]
    );
    // As if this release could read what the last one could not.
    let good = body("A", "");
    let taken = take_again(&desk.pool, (at(2), SUBJECT, good.as_bytes()))
        .await
        .unwrap();
    assert_eq!((taken.kept, taken.passed_over), (1, 0));
    assert!(desk.parked().await.is_empty());
}

#[tokio::test]
async fn a_stream_made_anew_or_put_back_is_heard_again() {
    let desk = desk().await;
    taken(&desk.pool, at(90), SUBJECT, &body("A", "")).await;
    let anew = StreamPlace {
        stream_made: made() + TimeDelta::days(1),
        sequence: 1,
    };
    taken(&desk.pool, anew, SUBJECT, &body("B", "")).await;
    assert_eq!(desk.name().await.as_deref(), Some("B"));
    taken(&desk.pool, at(91), SUBJECT, &body("of the old stream", "")).await;
    assert_eq!(desk.name().await.as_deref(), Some("B"));

    let moved = |sequence| StreamPlace { sequence, ..anew };
    taken(&desk.pool, moved(50), SUBJECT, &body("C", "")).await;
    assert_eq!(stream_ends_at(&desk.pool, moved(60)).await.unwrap(), 0);
    assert_eq!(stream_ends_at(&desk.pool, moved(40)).await.unwrap(), 1);
    taken(&desk.pool, moved(40), SUBJECT, &body("comes again", "")).await;
    assert_eq!(desk.name().await.as_deref(), Some("C"));
    taken(&desk.pool, moved(41), SUBJECT, &body("D", "")).await;
    assert_eq!(desk.name().await.as_deref(), Some("D"));
}

#[tokio::test]
async fn projectors_that_take_the_same_messages_at_once_agree() {
    let desk = desk().await;
    let bodies: Vec<String> = (1..=60).map(|it| body(&format!("A{it}"), "")).collect();
    let batch = |numbers: Vec<usize>| {
        let (pool, bodies) = (desk.pool.clone(), bodies.clone());
        async move {
            for number in numbers {
                let place = at(i64::try_from(number).unwrap());
                taken(&pool, place, SUBJECT, &bodies[number - 1]).await;
            }
        }
    };
    tokio::join!(batch((1..=60).collect()), batch((1..=60).rev().collect()));
    assert_eq!(desk.name().await.as_deref(), Some("A60"));
}
