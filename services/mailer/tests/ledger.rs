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
#[path = "ground/rows.rs"]
mod rows;

use std::time::Duration;

use domain::registration::event::FailureReason;
use mailer::ledger::{End, Settled, Settlement, Standing};
use mailer::transport::reply::Reply;

use rows::{REFUSED, SENT, ended, is_open, ledger, let_time_pass, mail, put_off_by};

#[tokio::test]
async fn a_mail_is_claimed_sent_recorded_and_swept() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    assert!(is_open(ledger.standing(&mail).await.unwrap()));
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    assert_eq!(claim.attempts, 1);
    assert!(
        matches!(ledger.standing(&mail).await.unwrap(), Standing::Later(wait) if wait > Duration::from_secs(30))
    );

    let ended = ended(ledger.settle(&mail, Some(&claim), SENT).await.unwrap());
    assert_eq!(
        (ended.end, ended.attempts, ended.possibly_twice),
        (End::Sent { code: Some(250) }, 1, false)
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

    // The dead one was only asleep: it cannot settle another's row.
    for settlement in [SENT, Settlement::Withdrawn, REFUSED] {
        assert_eq!(
            ledger.settle(&mail, Some(&dead), settlement).await.unwrap(),
            Settled::NotOurs
        );
    }
    let ended = ended(ledger.settle(&mail, Some(&heir), SENT).await.unwrap());
    assert!(ended.possibly_twice);
}

#[tokio::test]
async fn a_mail_that_was_sent_after_all_is_not_sent_again() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let asleep = ledger.claim(&mail).await.unwrap().unwrap();
    let_time_pass(&owner).await;
    let heir = ledger.claim(&mail).await.unwrap().unwrap();
    let put_off = Settlement::Again {
        after: Duration::from_secs(600),
        trouble: Some(put_off_by(451)),
    };
    assert_eq!(
        ledger.settle(&mail, Some(&heir), put_off).await.unwrap(),
        Settled::Waiting
    );
    let ended = ended(ledger.settle(&mail, Some(&asleep), SENT).await.unwrap());
    assert_eq!(
        (ended.end, ended.possibly_twice),
        (End::Sent { code: Some(250) }, true)
    );
    let_time_pass(&owner).await;
    assert!(ledger.claim(&mail).await.unwrap().is_none());
}

#[tokio::test]
async fn a_lease_that_ended_before_the_mail_went_leaves_it_single_and_waiting() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    let_time_pass(&owner).await;
    let again = Settlement::Again {
        after: Duration::ZERO,
        trouble: None,
    };
    assert_eq!(
        ledger.settle(&mail, Some(&claim), again).await.unwrap(),
        Settled::Waiting
    );
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    let ended = ended(ledger.settle(&mail, Some(&claim), SENT).await.unwrap());
    assert_eq!((ended.attempts, ended.possibly_twice), (2, false));
}

#[tokio::test]
async fn a_try_that_takes_long_keeps_its_mail_by_renewing_the_lease() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    sqlx::query("UPDATE mailer.ledger SET lease_until = clock_timestamp() + interval '5 seconds'")
        .execute(&owner)
        .await
        .unwrap();
    ledger.renew(&claim).await.unwrap();
    let left = async || match ledger.standing(&mail).await.unwrap() {
        Standing::Later(left) => left,
        other => panic!("not under way: {other:?}"),
    };
    assert!(left().await > Duration::from_secs(30));

    let_time_pass(&owner).await;
    ledger.renew(&claim).await.unwrap();
    assert!(
        is_open(ledger.standing(&mail).await.unwrap()),
        "what was lost is not taken back"
    );
}

#[tokio::test]
async fn a_try_that_did_not_come_as_far_as_a_claim_leaves_no_doubt() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let put_off = Settlement::Again {
        after: Duration::from_secs(10),
        trouble: Some(put_off_by(451)),
    };
    for attempts in 1..=2 {
        let settled = ledger.settle(&mail, None, put_off).await.unwrap();
        assert_eq!(settled, Settled::Waiting);
        assert!(matches!(
            ledger.standing(&mail).await.unwrap(),
            Standing::Later(_)
        ));
        let_time_pass(&owner).await;
        let standing = ledger.standing(&mail).await.unwrap();
        assert!(
            matches!(standing, Standing::Open { attempts: tried } if tried == attempts),
            "{standing:?}"
        );
    }
    let refused = ended(ledger.settle(&mail, None, REFUSED).await.unwrap());
    assert_eq!((refused.attempts, refused.possibly_twice), (3, false));
    let again = ledger.settle(&mail, None, put_off).await.unwrap();
    assert_eq!(again, Settled::NotOurs, "what is over stays over");
}

#[tokio::test]
async fn a_rival_without_a_claim_leaves_a_try_alone_and_inherits_its_doubt() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    ledger.claim(&mail).await.unwrap().unwrap();
    let refused = ledger.settle(&mail, None, REFUSED).await.unwrap();
    assert_eq!(refused, Settled::NotOurs, "a try is under way");
    let_time_pass(&owner).await;
    let refused = ended(ledger.settle(&mail, None, REFUSED).await.unwrap());
    assert!(refused.possibly_twice);
}

#[tokio::test]
async fn a_mail_put_off_waits_and_one_that_was_surely_not_sent_stays_single() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    let again = Settlement::Again {
        after: Duration::from_secs(10),
        trouble: Some(put_off_by(451)),
    };
    assert_eq!(
        ledger.settle(&mail, Some(&claim), again).await.unwrap(),
        Settled::Waiting
    );
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
    let ended = ended(ledger.settle(&mail, Some(&claim), REFUSED).await.unwrap());
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
            &mail,
            Some(&claim),
            Settlement::Unknown {
                after: Duration::from_secs(2),
            },
        )
        .await
        .unwrap();
    let_time_pass(&owner).await;
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    assert!(ended(ledger.settle(&mail, Some(&claim), SENT).await.unwrap()).possibly_twice);
}

#[tokio::test]
async fn giving_up_keeps_the_last_answer_and_leaves_a_try_alone() {
    let (ledger, owner, _database) = ledger().await;
    let mail = mail();
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    assert_eq!(
        ledger.give_up(&mail, FailureReason::Expired).await.unwrap(),
        Settled::NotOurs,
        "a try is under way"
    );
    ledger
        .settle(
            &mail,
            Some(&claim),
            Settlement::Again {
                after: Duration::from_secs(600),
                trouble: Some(put_off_by(421)),
            },
        )
        .await
        .unwrap();
    let given_up = ended(ledger.give_up(&mail, FailureReason::Expired).await.unwrap());
    assert_eq!(
        given_up.end,
        End::Failed {
            reason: FailureReason::Expired,
            reply: Some(Reply {
                code: 421,
                enhanced: None
            })
        }
    );
    assert_eq!(given_up.attempts, 1);

    let never_tried = rows::mail();
    let ended = ended(
        ledger
            .give_up(&never_tried, FailureReason::Unsendable)
            .await
            .unwrap(),
    );
    assert_eq!(
        (ended.end, ended.attempts),
        (
            End::Failed {
                reason: FailureReason::Unsendable,
                reply: None
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
    assert_eq!(
        ledger.withdraw(&withdrawn).await.unwrap(),
        Settled::NotOurs,
        "a try is under way, and may yet tell of a mail"
    );
    assert_eq!(
        ledger
            .settle(&withdrawn, Some(&claim), Settlement::Withdrawn)
            .await
            .unwrap(),
        Settled::Withdrawn
    );
    for closed in [&withdrawn, &unseen] {
        assert_eq!(ledger.withdraw(closed).await.unwrap(), Settled::Withdrawn);
    }
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM mailer.ledger")
        .fetch_one(&owner)
        .await
        .unwrap();
    assert_eq!(rows, 1, "nothing is written about a mail that was never begun");
    let_time_pass(&owner).await;
    assert_eq!(ledger.sweep(chrono::TimeDelta::days(30)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_row_that_was_withdrawn_keeps_no_wanted_mail_back() {
    let (ledger, _, _database) = ledger().await;
    let mail = mail();
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    ledger
        .settle(&mail, Some(&claim), Settlement::Withdrawn)
        .await
        .unwrap();
    assert!(is_open(ledger.standing(&mail).await.unwrap()));
    let claim = ledger.claim(&mail).await.unwrap().unwrap();
    let ended = ended(ledger.settle(&mail, Some(&claim), SENT).await.unwrap());
    assert_eq!((ended.possibly_twice, ended.is_recorded), (false, false));
}

/// However a mail that may have been sent stops being wanted, the events are to tell the doubt.
#[tokio::test]
async fn a_mail_that_may_have_been_sent_is_told_though_it_is_no_longer_wanted() {
    let (ledger, owner, _database) = ledger().await;
    let doubt = (End::Sent { code: None }, true, false);
    let told = |settled| {
        let ended = ended(settled);
        (ended.end, ended.possibly_twice, ended.is_recorded)
    };

    let (cut_short, known_at_the_end, unknown, too_old) = (mail(), mail(), mail(), mail());
    for mail in [&cut_short, &known_at_the_end, &unknown, &too_old] {
        ledger.claim(mail).await.unwrap().unwrap();
    }
    let_time_pass(&owner).await;
    assert_eq!(told(ledger.withdraw(&cut_short).await.unwrap()), doubt);
    let heir = ledger.claim(&known_at_the_end).await.unwrap().unwrap();
    assert_eq!(
        told(
            ledger
                .settle(&known_at_the_end, Some(&heir), Settlement::Withdrawn)
                .await
                .unwrap()
        ),
        doubt
    );
    let heir = ledger.claim(&unknown).await.unwrap().unwrap();
    let put_off = Settlement::Again {
        after: Duration::ZERO,
        trouble: Some(put_off_by(451)),
    };
    ledger.settle(&unknown, Some(&heir), put_off).await.unwrap();
    assert_eq!(told(ledger.withdraw(&unknown).await.unwrap()), doubt);
    assert_eq!(
        told(ledger.give_up(&too_old, FailureReason::Expired).await.unwrap()),
        doubt
    );
    for mail in [&cut_short, &known_at_the_end, &unknown, &too_old] {
        assert!(
            matches!(ledger.standing(mail).await.unwrap(), Standing::Ended(ended) if !ended.is_recorded),
            "whoever comes next tells it"
        );
    }
}
