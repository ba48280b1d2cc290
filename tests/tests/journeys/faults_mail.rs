//! Mail servers as awkward as real ones.

use serde_json::json;
use tests::eventually::{eventually, within};
use tests::feed::Message;
use tests::inbox::Mail;
use tests::journey::Visitor;
use tests::people::contact;
use tests::plain_browser::PlainBrowser;
use tests::run;
use tests::smtp_sink::{Act, Verb};
use tests::world::{Plan, World};

async fn world() -> World {
    World::start(Plan {
        no_limits: true,
        ..Plan::default()
    })
    .await
}

/// What the feed tells of the outcome of a registration's mail.
async fn outcome(visitor: &Visitor<'_>, name: &str) -> Message {
    within(
        std::time::Duration::from_secs(90),
        &format!("{name} is told"),
        async || {
            let feed = visitor.world.feed().await;
            feed.into_iter()
                .find(|message| message.registration() == visitor.id && message.name() == name)
        },
    )
    .await
}

#[test]
fn a_mail_put_off_is_tried_again_and_sent_once() {
    run(async {
        let world = world().await;
        world.mail_server().play([
            Act::answer(Verb::Rcpt, "451 4.7.1 greylisted, come back"),
            Act::Accept,
        ]);
        let visitor = Visitor::start(&world, &contact(14)).await;
        let sent = outcome(&visitor, "VerificationMailSent").await;
        assert_eq!(
            (sent.data("attempts"), sent.data("server_code")),
            (&json!(2), &json!(250))
        );
        assert_eq!(world.mails_to(&visitor.person.email).len(), 1);
        visitor.finish().await;
    });
}

#[test]
fn a_refused_mail_is_told_and_the_person_may_correct_the_address() {
    run(async {
        let world = world().await;
        world
            .mail_server()
            .play([Act::answer(Verb::Rcpt, "550 5.1.1 no such user"), Act::Accept]);
        let visitor = Visitor::start(&world, &contact(15)).await;
        let failed = outcome(&visitor, "VerificationMailFailed").await;
        assert_eq!(
            (
                failed.data("reason"),
                failed.data("server_code"),
                failed.data("enhanced_code")
            ),
            (&json!("refused"), &json!(550), &json!("5.1.1"))
        );
        assert_eq!(visitor.look().await.body["verification"]["mail"], "failed");
        let corrected = visitor.person.at("contact16@example.org");
        visitor.put("identity", corrected.form()).await.expect(200);
        let mail = world.mail_to(&corrected.email).await;
        visitor
            .verify(mail.token())
            .await
            .expect(200)
            .in_state("awaiting_password");
    });
}

#[test]
fn the_page_that_waits_for_a_mail_tells_that_it_is_put_off_and_that_it_came_back() {
    run(async {
        let world = world().await;
        world.mail_server().play([
            Act::answer(Verb::Rcpt, "451 4.7.1 greylisted, come back"),
            Act::answer(Verb::Rcpt, "550 5.1.1 no such user"),
            Act::Accept,
        ]);
        let person = contact(17);
        let mut browser = PlainBrowser::new(&world.client);
        browser.open("/inscription").await;
        let fields = [
            ("profile", "membre"),
            ("civility", person.civility),
            ("last_name", &person.last_name),
            ("first_name", &person.first_name),
            ("email", &person.email),
        ];
        browser
            .send("/inscription", &fields)
            .await
            .at("/inscription/merci");
        for (word, told) in [
            ("put-off", "Nous réessayons"),
            ("failed", "Votre message n’est pas arrivé"),
        ] {
            within(std::time::Duration::from_secs(90), word, async || {
                let page = &browser.open("/inscription/merci/etat").await.page;
                (page == word).then_some(())
            })
            .await;
            browser.open("/inscription/merci").await.shows(told);
        }
        browser.leads_to("/inscription");
        browser
            .open("/")
            .await
            .shows("n’a pas pu être remis à c•••@")
            .leads_to("/inscription");
    });
}

#[test]
fn what_the_server_holds_against_us_is_not_written_down_against_the_person() {
    run(async {
        let world = world().await;
        world
            .mail_server()
            .play([Act::answer(Verb::Mail, "553 5.7.1 sender not owned"), Act::Accept]);
        let visitor = Visitor::start(&world, &contact(22)).await;
        let held = "SELECT count(*) FROM mailer.ledger WHERE cause = 'sender' AND command = 'MAIL' AND server_code = 553
                       AND enhanced_code = '5.7.1'";
        eventually("the mail is held", async || {
            (world.count(held).await == 1).then_some(())
        })
        .await;
        assert_eq!(visitor.look().await.body["verification"]["mail"], "requested");
        let doctor = String::from_utf8(world.command(&["doctor"], 1).stdout).unwrap();
        assert!(
            doctor.contains("FAULT  mails held: 1 wait: sender at MAIL 553 5.7.1"),
            "{doctor}"
        );
        let sent = outcome(&visitor, "VerificationMailSent").await;
        assert_eq!(
            (sent.data("attempts"), sent.data("possibly_twice")),
            (&json!(2), &json!(false))
        );
        visitor.finish().await;
    });
}

#[test]
fn a_mail_whose_fate_is_unknown_goes_out_again_under_the_same_identifier() {
    run(async {
        // Hours, unless it is set.
        let world = World::start(Plan {
            no_limits: true,
            settings: vec![("ONBOARDING_MAIL_UNKNOWN_RETRY", "2s".to_owned())],
            ..Plan::default()
        })
        .await;
        world.mail_server().play([Act::TakeAndClose, Act::Accept]);
        let visitor = Visitor::start(&world, &contact(17)).await;
        let sent = outcome(&visitor, "VerificationMailSent").await;
        assert_eq!(sent.data("possibly_twice"), true);
        assert_twins(&world.mails_to(&visitor.person.email));
        visitor.finish().await;
    });
}

#[test]
fn a_server_that_falls_silent_after_the_mail_holds_up_nobody_else() {
    run(async {
        let world = world().await;
        world.mail_server().play([Act::Hang(Verb::Content), Act::Accept]);
        let stuck = Visitor::start(&world, &contact(18)).await;
        eventually("the mail hangs", async || {
            (world.mail_server().connections() == 1).then_some(())
        })
        .await;
        Visitor::start(&world, &contact(19)).await.finish().await;
        assert_eq!(stuck.look().await.body["verification"]["mail"], "requested");
        assert_eq!(
            world.mails_to(&stuck.person.email).len(),
            1,
            "it has time, and is not sent again"
        );
    });
}

#[test]
fn mails_wait_for_a_server_that_is_away() {
    run(async {
        let world = World::start(Plan {
            no_mail_server: true,
            no_limits: true,
            ..Plan::default()
        })
        .await;
        let visitor = Visitor::start(&world, &contact(20)).await;
        let tried = "SELECT count(*) FROM mailer.ledger WHERE attempts > 0 AND state = 'waiting'";
        eventually("a try has failed", async || {
            (world.count(tried).await == 1).then_some(())
        })
        .await;
        world.open_the_mail_server([Act::Accept]).await;
        visitor.finish().await;
    });
}

#[test]
fn a_mailer_killed_between_the_servers_250_and_its_own_record_sends_the_same_mail_again() {
    run(async {
        let world = world().await;
        // The answer is held back, so that the mailer dies when the server has the mail and the mailer does not know.
        world.mail_server().play([Act::Hang(Verb::Content), Act::Accept]);
        let visitor = Visitor::start(&world, &contact(21)).await;
        visitor.mail().await;
        world.kill("mailer");
        world.run("mailer").await;
        let sent = outcome(&visitor, "VerificationMailSent").await;
        assert_eq!(
            sent.data("possibly_twice"),
            true,
            "the event says that the person may have it twice"
        );
        assert_twins(&world.mails_to(&visitor.person.email));
        visitor.finish().await;
    });
}

/// Two copies of one mail: a reader's mailbox may show them as one, and either link will do.
fn assert_twins(mails: &[Mail]) {
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].message_id, mails[1].message_id);
    assert_eq!(mails[0].token(), mails[1].token());
}
