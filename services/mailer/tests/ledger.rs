//! The ledger on a real PostgreSQL: who may send a mail, and what the next one finds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on ends here"
)]

#[path = "../../store/tests/postgres/cluster.rs"]
#[allow(
    dead_code,
    missing_docs,
    reason = "shared with the store's tests, which use all of it"
)]
mod cluster;

use std::time::Duration;

use domain::registration::event::FailureReason;
use domain::values::RegistrationId;
use mailer::ledger::{End, Ledger, MailKey, Settlement, Standing};
use sqlx::PgPool;
use uuid::Uuid;

/// The ledger as the service uses it, and the pool that may change a row behind its back.
async fn ledger() -> (Ledger, PgPool, cluster::Database) {
    let database = cluster::migrated_database().await;
    let service = database::pool_options()
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::Executor::execute(connection, "SET ROLE onboarding_service")
                    .await
                    .map(|_| ())
            })
        })
        .connect_lazy_with(database.options.clone());
    (Ledger::new(service), database.owner.clone(), database)
}

fn mail() -> MailKey {
    let key = Uuid::now_v7().to_string();
    MailKey {
        message_id: format!("{key}@example.org"),
        key,
        registration: RegistrationId(Uuid::now_v7()),
    }
}

/// Lets every lease and wait end.
async fn let_time_pass(owner: &PgPool) {
    sqlx::query(
        "UPDATE mailer.ledger SET not_before = '-infinity',
                lease_until = CASE WHEN lease IS NOT NULL THEN clock_timestamp() - interval '1 second' END,
                recorded_at = recorded_at - interval '31 days'",
    )
    .execute(owner)
    .await
    .unwrap();
}

fn is_open(standing: Standing) -> bool {
    matches!(standing, Standing::Open { .. })
}

#[tokio::test]
async fn a_mail_is_claimed_sent_recorded_and_swept() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    assert!(is_open(ledger.standing(&mail).await.unwrap()));
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    assert_eq!(claim.attempts, 1);
    assert!(ledger.still_holds(&claim).await.unwrap());
    assert!(
        matches!(ledger.standing(&mail).await.unwrap(), Standing::Later(wait) if wait > Duration::from_secs(30))
    );

    let settlement = Settlement::Ended(End::Sent { code: 250 });
    let ended = ledger.settle(&claim, settlement).await.unwrap().unwrap();
    assert_eq!(
        (ended.end, ended.attempts, ended.possibly_twice),
        (End::Sent { code: 250 }, 1, false)
    );
    assert_eq!(ledger.standing(&mail).await.unwrap(), Standing::Ended(ended));
    assert!(
        ledger.claim(&mail).await.unwrap().is_none(),
        "what is sent is not sent again"
    );

    let_time_pass(&owner).await;
    assert_eq!(
        ledger.sweep(chrono::TimeDelta::days(30)).await.unwrap(),
        0,
        "a row stays until its outcome is recorded"
    );
    ledger.recorded(&mail).await.unwrap();
    assert!(matches!(ledger.standing(&mail).await.unwrap(), Standing::Ended(ended) if ended.is_recorded));
    assert_eq!(ledger.sweep(chrono::TimeDelta::days(30)).await.unwrap(), 0);
    let_time_pass(&owner).await;
    assert_eq!(ledger.sweep(chrono::TimeDelta::days(30)).await.unwrap(), 1);
}

#[tokio::test]
async fn of_many_mailers_one_gets_the_mail() {
    let (ledger, _, _database) = ledger().await;
    let mail = mail();
    let rivals = (0..20).map(|_| {
        let (ledger, mail) = (ledger.clone(), mail.clone());
        tokio::spawn(async move { ledger.claim(&mail).await.unwrap().is_some() })
    });
    let mut winners = 0;
    for rival in rivals.collect::<Vec<_>>() {
        winners += u32::from(rival.await.unwrap());
    }
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn a_mailer_that_died_leaves_a_mail_that_may_go_out_twice() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let dead = ledger.claim(&mail).await.unwrap().unwrap();
    let_time_pass(&owner).await;
    let heir = ledger.claim(&mail).await.unwrap().unwrap();
    assert_eq!(heir.attempts, 2);

    // The dead one was only asleep: it finds out before it hands the mail over, and cannot settle another's row.
    assert!(!ledger.still_holds(&dead).await.unwrap());
    assert!(
        ledger
            .settle(&dead, Settlement::Ended(End::Sent { code: 250 }))
            .await
            .unwrap()
            .is_none()
    );
    let ended = ledger
        .settle(&heir, Settlement::Ended(End::Sent { code: 250 }))
        .await
        .unwrap()
        .unwrap();
    assert!(ended.possibly_twice);
}

#[tokio::test]
async fn a_mail_put_off_waits_and_one_that_was_surely_not_sent_stays_single() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    let again = Settlement::Again {
        after: Duration::from_secs(10),
        code: Some(451),
    };
    assert!(ledger.settle(&claim, again).await.unwrap().is_none());
    let standing = ledger.standing(&mail).await.unwrap();
    assert!(
        matches!(standing, Standing::Later(wait) if wait <= Duration::from_secs(10) && wait > Duration::from_secs(8)),
        "{standing:?}"
    );
    assert!(
        ledger.claim(&mail).await.unwrap().is_none(),
        "not before its time"
    );

    let_time_pass(&owner).await;
    assert!(is_open(ledger.standing(&mail).await.unwrap()));
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    let refused = Settlement::Ended(End::Failed {
        reason: FailureReason::Refused,
        code: Some(550),
    });
    let ended = ledger.settle(&claim, refused).await.unwrap().unwrap();
    assert_eq!((ended.attempts, ended.possibly_twice), (2, false));
    assert_eq!(ledger.standing(&mail).await.unwrap(), Standing::Ended(ended));
}

#[tokio::test]
async fn an_unknown_outcome_is_remembered() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    ledger
        .settle(
            &claim,
            Settlement::Unknown {
                after: Duration::from_secs(2),
            },
        )
        .await
        .unwrap();
    let_time_pass(&owner).await;
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    let ended = ledger
        .settle(&claim, Settlement::Ended(End::Sent { code: 250 }))
        .await
        .unwrap()
        .unwrap();
    assert!(ended.possibly_twice);
}

#[tokio::test]
async fn giving_up_keeps_the_last_answer_and_leaves_a_try_alone() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    assert!(
        ledger
            .give_up(&mail, FailureReason::Expired)
            .await
            .unwrap()
            .is_none(),
        "a try is under way"
    );
    ledger
        .settle(
            &claim,
            Settlement::Again {
                after: Duration::from_secs(600),
                code: Some(421),
            },
        )
        .await
        .unwrap();
    let ended = ledger
        .give_up(&mail, FailureReason::Expired)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        ended.end,
        End::Failed {
            reason: FailureReason::Expired,
            code: Some(421)
        }
    );
    assert_eq!(ended.attempts, 1);

    let never_tried = self::mail();
    let ended = ledger
        .give_up(&never_tried, FailureReason::Unsendable)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (ended.end, ended.attempts),
        (
            End::Failed {
                reason: FailureReason::Unsendable,
                code: None
            },
            0
        )
    );
    let_time_pass(&owner).await;
    assert!(ledger.claim(&never_tried).await.unwrap().is_none());
}

#[tokio::test]
async fn a_mail_no_longer_wanted_is_closed_and_swept() {
    let (ledger, owner, _database) = ledger().await;
    let (withdrawn, unseen) = (mail(), mail());
    let claim = ledger.claim(&withdrawn).await.unwrap().unwrap();
    ledger.settle(&claim, Settlement::Withdrawn).await.unwrap();
    assert_eq!(ledger.standing(&withdrawn).await.unwrap(), Standing::Withdrawn);
    ledger.withdraw(&unseen).await.unwrap();
    assert!(
        is_open(ledger.standing(&unseen).await.unwrap()),
        "nothing is written about a mail that was never begun"
    );
    let_time_pass(&owner).await;
    assert_eq!(ledger.sweep(chrono::TimeDelta::days(30)).await.unwrap(), 1);
}
