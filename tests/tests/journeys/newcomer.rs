//! Somebody whom the organisation does not know, from an establishment that it knows or not.

use serde_json::json;
use tests::journey::{MEMBER, TRAINING_ORGANISATION, Visitor, me, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::register::{ACTIVE, ANOTHER_ACTIVE, CLOSED, SILENT, UNKNOWN};
use tests::run;

use crate::shared::guide;

/// A newcomer who has chosen topics.
async fn at_the_establishment() -> Visitor<'static> {
    let visitor = Visitor::start(guide().await, &newcomer()).await;
    visitor
        .put("topics", json!({"topics": []}))
        .await
        .expect(200)
        .in_state("awaiting_establishment");
    visitor
}

#[test]
fn a_member_gives_the_establishment_then_its_number_then_follows_the_mail() {
    run(async {
        let world = guide().await;
        let visitor = newcomer_with_account(world, &newcomer()).await;
        let session = sign_in(world, &visitor.person.email, PASSWORD).await;
        let me = me(world, &session).await;
        assert_eq!(
            me["establishments"],
            json!([{"siret": MEMBER.0, "name": "CANTINE MODELE", "linked_by": "member_number"}])
        );
        assert_eq!(me["topics"], json!(["payments"]));
        let story = [
            "IdentitySubmitted",
            "ContactNotMatched",
            "TopicsChosen",
            "EstablishmentDeclared",
            "EstablishmentLinked",
            "VerificationRequested",
            "VerificationMailSent",
            "EmailVerified",
            "PasswordSet",
            "NoticeMailSent",
        ];
        world.until_told(&visitor.id, &story).await;
    });
}

#[test]
fn a_training_organisation_gives_its_declaration_number() {
    run(async {
        let (siret, number) = TRAINING_ORGANISATION;
        let visitor = at_the_establishment().await;
        visitor
            .put("establishment", json!({"siret": siret}))
            .await
            .expect(200)
            .in_state("awaiting_member_number");
        let answer = visitor
            .put("member-number", json!({"number": number}))
            .await
            .expect(200);
        assert_eq!(
            answer.body["establishment"]["linked_by"],
            "training_organisation_number"
        );
        visitor.finish().await;
    });
}

#[test]
fn wrong_numbers_are_counted_point_to_the_contact_page_and_end_at_a_limit() {
    run(async {
        let visitor = at_the_establishment().await;
        visitor
            .put("establishment", json!({"siret": MEMBER.0}))
            .await
            .expect(200);
        for _ in 0..5 {
            let refused = visitor.put("member-number", json!({"number": "9999999"})).await;
            let refused = refused.problem(422, "member-number-mismatch");
            assert!(
                refused.text_at("contact_url").starts_with("https://"),
                "{}",
                refused.text
            );
        }
        let right = visitor.put("member-number", json!({"number": MEMBER.1})).await;
        right.problem(429, "too-many-attempts");
        visitor.look().await.in_state("awaiting_member_number");
        let refusals = visitor.world.story(&visitor.id).await;
        assert!(refusals.len() <= 9, "{refusals:?}");
        let mut story = vec![
            "IdentitySubmitted",
            "ContactNotMatched",
            "TopicsChosen",
            "EstablishmentDeclared",
        ];
        story.extend(["MemberNumberRefused"; 5]);
        visitor.world.until_told(&visitor.id, &story).await;
    });
}

#[test]
fn wrong_numbers_for_one_establishment_end_at_a_limit_whoever_gives_them() {
    run(async {
        // One that no other test gives numbers for.
        let (siret, number) = ("00000049700016", "1000334");
        for _ in 0..6 {
            let visitor = at_the_establishment().await;
            visitor
                .put("establishment", json!({"siret": siret}))
                .await
                .expect(200);
            for _ in 0..5 {
                visitor
                    .put("member-number", json!({"number": "9999999"}))
                    .await
                    .problem(422, "member-number-mismatch");
            }
        }
        let visitor = at_the_establishment().await;
        visitor
            .put("establishment", json!({"siret": siret}))
            .await
            .expect(200);
        let right = visitor.put("member-number", json!({"number": number})).await;
        let right = right.problem(429, "too-many-attempts");
        assert!(
            right.text_at("contact_url").starts_with("https://"),
            "{}",
            right.text
        );
        let elsewhere = at_the_establishment().await;
        elsewhere
            .put("establishment", json!({"siret": MEMBER.0}))
            .await
            .expect(200);
        // A number of another establishment says no more than that it does not match.
        let refused = elsewhere.put("member-number", json!({"number": number})).await;
        refused.problem(422, "member-number-mismatch");
    });
}

#[test]
fn an_active_establishment_that_nobody_here_knows_is_attached_by_its_agreement() {
    run(async {
        let visitor = at_the_establishment().await;
        let declared = visitor
            .put("establishment", json!({"siret": "130 025 265 00013"}))
            .await
            .expect(200);
        assert_eq!(declared.body["establishment"]["register_check"], "active");
        assert_eq!(declared.body["establishment"]["siret"], ACTIVE);
        let declared = declared.in_state("awaiting_idcc");
        assert_eq!(
            declared.body["next"]["href"],
            format!("/v1/registrations/{}/idcc", visitor.id)
        );
        visitor
            .put("idcc", json!({"idcc": "9876"}))
            .await
            .problem(422, "idcc-unknown");
        let replaced = visitor.put("idcc", json!({"idcc": "IDCC 1710"})).await;
        let replaced = replaced.problem(422, "idcc-replaced");
        assert_eq!(replaced.body["successors"], json!(["3245"]));
        let ended = visitor.put("idcc", json!({"idcc": "779"})).await;
        let ended = ended.problem(422, "idcc-replaced");
        assert_eq!(ended.body["successors"], json!([]));
        let detail = ended.body["detail"].as_str().unwrap_or_default();
        assert!(
            detail.contains("Voies ferrées d'intérêt local") && !detail.contains("9999"),
            "{detail}"
        );
        visitor
            .put("idcc", json!({"idcc": "1979 - HCR"}))
            .await
            .expect(200)
            .in_state("awaiting_email_verification");
        visitor.finish().await;
        let session = sign_in(visitor.world, &visitor.person.email, PASSWORD).await;
        let me = me(visitor.world, &session).await;
        assert_eq!(
            me["establishments"],
            json!([{"siret": ACTIVE, "name": null, "linked_by": "idcc"}])
        );
    });
}

#[test]
fn a_closed_establishment_is_refused_with_its_date() {
    run(async {
        let visitor = at_the_establishment().await;
        let refused = visitor.put("establishment", json!({"siret": CLOSED})).await;
        let refused = refused.problem(422, "establishment-closed");
        assert_eq!(refused.text_at("closed_on"), "2024-07-01");
        visitor.look().await.in_state("awaiting_establishment");
        visitor
            .put("establishment", json!({"siret": CLOSED}))
            .await
            .problem(422, "establishment-closed");
        // The same refusal is written down once.
        let story = [
            "IdentitySubmitted",
            "ContactNotMatched",
            "TopicsChosen",
            "EstablishmentRefused",
        ];
        visitor.world.until_told(&visitor.id, &story).await;
    });
}

#[test]
fn an_establishment_that_no_register_knows_is_refused() {
    run(async {
        let visitor = at_the_establishment().await;
        visitor
            .put("establishment", json!({"siret": UNKNOWN}))
            .await
            .problem(422, "establishment-not-found");
    });
}

#[test]
fn a_register_that_is_silent_keeps_nobody_waiting() {
    run(async {
        let visitor = at_the_establishment().await;
        let declared = visitor
            .put("establishment", json!({"siret": SILENT}))
            .await
            .expect(200);
        assert_eq!(declared.body["establishment"]["register_check"], "pending");
        declared.in_state("awaiting_idcc");
        visitor.put("idcc", json!({"idcc": "1979"})).await.expect(200);
        visitor.finish().await;
    });
}

#[test]
fn steps_may_be_redone_until_the_mail_and_a_changed_siret_drops_its_number() {
    run(async {
        let visitor = at_the_establishment().await;
        visitor
            .put("establishment", json!({"siret": ANOTHER_ACTIVE}))
            .await
            .expect(200)
            .in_state("awaiting_idcc");
        visitor
            .put("topics", json!({"topics": ["payments"]}))
            .await
            .expect(200)
            .in_state("awaiting_idcc");
        let again = visitor
            .put("topics", json!({"topics": ["payments"]}))
            .await
            .expect(200);
        let changed = visitor
            .put("establishment", json!({"siret": MEMBER.0}))
            .await
            .expect(200);
        assert_eq!(
            changed.version(),
            again.version() + 1,
            "the same topics again make no event"
        );
        changed.in_state("awaiting_member_number");
        visitor
            .put("member-number", json!({"number": MEMBER.1}))
            .await
            .expect(200);
        for (step, body) in [
            ("topics", json!({"topics": []})),
            ("establishment", json!({"siret": ACTIVE})),
            ("member-number", json!({"number": "1"})),
            ("idcc", json!({"idcc": "1979"})),
        ] {
            visitor.put(step, body).await.problem(409, "step-out-of-order");
        }
    });
}

#[test]
fn a_corrected_address_gets_a_mail_of_its_own_and_the_old_link_is_void() {
    run(async {
        let world = guide().await;
        let visitor = Visitor::start(world, &newcomer()).await;
        visitor.fill_in_as_member().await;
        let old = visitor.recorded_mail().await;
        let corrected = visitor.person.at(&newcomer().email);
        visitor
            .put("identity", corrected.form())
            .await
            .expect(200)
            .in_state("awaiting_email_verification");
        let new = world.mail_to(&corrected.email).await;
        assert_ne!(old.token(), new.token());
        visitor.verify(old.token()).await.problem(422, "link-invalid");
        visitor
            .verify(new.token())
            .await
            .expect(200)
            .in_state("awaiting_password");
        visitor
            .put("identity", newcomer().form())
            .await
            .problem(409, "step-out-of-order");
    });
}
