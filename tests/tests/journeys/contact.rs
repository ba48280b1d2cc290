//! Somebody whom the organisation knows.

use serde_json::json;
use tests::journey::{Visitor, me, sign_in};
use tests::people::{PASSWORD, contact, newcomer};
use tests::run;

use crate::shared::guide;

fn sirets(me: &serde_json::Value) -> Vec<&str> {
    me["establishments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["siret"].as_str().unwrap())
        .collect()
}

#[test]
fn a_contact_finds_all_six_establishments_after_the_mail_and_the_password() {
    run(async {
        let world = guide().await;
        let visitor = Visitor::start(world, &contact(13)).await;
        visitor.look().await.in_state("awaiting_email_verification");
        let mail = visitor.finish().await;
        assert_eq!(mail.subject, "Confirmez votre adresse e-mail");
        assert!(mail.html.contains(mail.link()), "both parts carry the same link");

        let session = sign_in(world, &visitor.person.email, PASSWORD).await;
        let me = me(world, &session).await;
        let expected = [
            "00000040600017",
            "00000040600025",
            "00000040600033",
            "00000041400011",
            "00000041400029",
            "00000041400037",
        ];
        assert_eq!(sirets(&me), expected);
        assert_eq!(me["establishments"][0]["linked_by"], "contact");
        assert_eq!(me["establishments"][0]["name"], "HOTEL DE LA DEMONSTRATION");
        assert_eq!(me["person"]["last_name"], visitor.person.last_name);

        let mut story = vec![
            "IdentitySubmitted",
            "ContactMatched",
            "VerificationRequested",
            "VerificationMailSent",
            "EmailVerified",
        ];
        story.extend(["EstablishmentLinked"; 6]);
        story.extend(["PasswordSet", "NoticeMailSent"]);
        world.until_told(&visitor.id, &story).await;
    });
}

#[test]
fn two_contacts_of_one_mailbox_bring_the_establishments_of_both() {
    run(async {
        let world = guide().await;
        let visitor = Visitor::start(world, &newcomer().at("partagee@example.org")).await;
        visitor.finish().await;
        let session = sign_in(world, "PARTAGEE@example.org", PASSWORD).await;
        assert_eq!(
            sirets(&me(world, &session).await),
            ["00000041400011", "00000041400029"]
        );
    });
}

#[test]
fn a_contact_may_choose_topics_once_signed_in() {
    run(async {
        let world = guide().await;
        let visitor = Visitor::start(world, &contact(1)).await;
        visitor.finish().await;
        let session = sign_in(world, &visitor.person.email, PASSWORD).await;
        let chosen = json!({"topics": ["payments", "reminders"]});
        let asked = world
            .client
            .ask(reqwest::Method::PUT, "/v1/me/topics")
            .bearer(&session);
        asked.json(&chosen).send().await.expect(200).in_state("active");
        assert_eq!(
            me(world, &session).await["topics"],
            json!(["reminders", "payments"])
        );
    });
}
