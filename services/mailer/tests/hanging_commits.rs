//! The walk of a mail while commits hang. A program of its own: all databases of the server hang together, and tests beside
//! it would meet that.

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
#[allow(dead_code, reason = "shared with the tests of delivery, which use all of it")]
mod ground;
mod smtp_sink;
mod stall;

use domain::Event;
use ground::{Ground, LEASE, walk_to_the_end};
use mailer::watch;
use smtp_sink::{Act, SmtpSink};
use stall::Stall;

async fn mails_outlive_commits_that_hang_for_longer_than_a_lease(mailers: usize) {
    let ground = Ground::new(SmtpSink::start([Act::Accept]).await).await;
    let mut registrations = Vec::new();
    let mut errands = Vec::new();
    for number in 1..=4 {
        let registration = ground.start(&format!("person{number}@example.org")).await;
        errands.extend(ground.errands(registration).await);
        registrations.push(registration);
    }
    assert_eq!(errands.len(), 4);
    let stall = Stall::begin(&ground.database).await;
    let postmen: Vec<_> = (0..mailers).map(|_| ground.postman()).collect();
    let walks: Vec<_> = postmen
        .iter()
        .flat_map(|postman| errands.iter().map(|errand| (postman.clone(), errand.clone())))
        .map(|(postman, errand)| tokio::spawn(walk_to_the_end(postman, errand)))
        .collect();
    stall.until_hanging(errands.len()).await;
    stall.until_older_than(LEASE).await;
    stall.end().await;
    for walk in walks {
        walk.await.unwrap();
    }
    let mails = ground.sink.mails();
    assert_eq!(mails.len(), 4, "one mail each");
    for (number, registration) in (1..).zip(registrations) {
        let address = format!("person{number}@example.org");
        assert!(mails.iter().any(|mail| mail.to == [address.clone()]), "{address}");
        let events = ground.events(registration).await;
        let told = events
            .iter()
            .filter(|it| matches!(it, Event::VerificationMailSent(_)));
        assert_eq!(told.count(), 1, "{address}");
    }
    assert_eq!(watch::look(ground.owner()).await.unwrap().waiting, 0);
}

#[tokio::test]
async fn one_mailer_sends_every_mail_though_its_claims_hung_for_longer_than_their_leases() {
    mails_outlive_commits_that_hang_for_longer_than_a_lease(1).await;
}

#[tokio::test]
async fn two_mailers_send_every_mail_once_though_their_claims_hung_for_longer_than_their_leases() {
    mails_outlive_commits_that_hang_for_longer_than_a_lease(2).await;
}
