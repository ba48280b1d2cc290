//! The flow that proves the address first.

use serde_json::json;
use tests::journey::{MEMBER, Visitor};
use tests::people::{PASSWORD, contact, newcomer};
use tests::run;

use crate::shared::private;

#[test]
fn a_known_and_an_unknown_address_look_the_same_from_outside() {
    run(async {
        let world = private().await;
        let mut seen = Vec::new();
        for person in [newcomer(), contact(2)] {
            let mut answer = world
                .client
                .post("/v1/registrations", &person.form())
                .await
                .expect(201);
            for member in ["id", "continuation_token"] {
                answer.body[member].take();
            }
            answer.body["verification"].take();
            seen.push((answer.body, answer.text.len()));
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0].0["state"], "awaiting_email_verification");
    });
}

#[test]
fn a_newcomer_proves_the_address_then_fills_in_the_form() {
    run(async {
        let world = private().await;
        let visitor = Visitor::start(world, &newcomer()).await;
        visitor
            .put("topics", json!({"topics": []}))
            .await
            .problem(409, "step-out-of-order");
        let mail = visitor.recorded_mail().await;
        let verified = visitor
            .verify(mail.token())
            .await
            .expect(200)
            .in_state("awaiting_topics");
        assert!(
            !verified.text_at("continuation_token").is_empty(),
            "the link proves who asks, on any device"
        );
        visitor
            .put("topics", json!({"topics": ["payments"]}))
            .await
            .expect(200);
        visitor
            .put("establishment", json!({"siret": MEMBER.0}))
            .await
            .expect(200);
        let answer = visitor
            .put("member-number", json!({"number": MEMBER.1}))
            .await
            .expect(200);
        answer.in_state("awaiting_password");
        visitor
            .choose_password(mail.token(), PASSWORD)
            .await
            .expect(200)
            .in_state("active");
    });
}

#[test]
fn a_contact_goes_from_the_link_to_the_password() {
    run(async {
        let visitor = Visitor::start(private().await, &contact(3)).await;
        visitor.finish().await;
    });
}
