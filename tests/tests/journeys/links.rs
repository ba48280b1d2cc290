//! Links of mails: opened by people, by scanners, twice, too late.

use reqwest::Method;
use serde_json::json;
use tests::journey::Visitor;
use tests::people::{PASSWORD, contact};
use tests::run;

use crate::shared::guide;

#[test]
fn a_link_leads_to_this_service_and_ends_with_its_token() {
    run(async {
        let visitor = Visitor::start(guide().await, &contact(4)).await;
        let mail = visitor.recorded_mail().await;
        let base = visitor.world.base();
        assert_eq!(mail.link(), format!("{base}/verify/{}", mail.token()));
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(
            mail.token().len() >= 43 && mail.token().bytes().all(is_base64url),
            "{}",
            mail.token().len()
        );
    });
}

#[test]
fn opening_a_link_ten_times_changes_nothing() {
    run(async {
        let visitor = Visitor::start(guide().await, &contact(5)).await;
        let mail = visitor.recorded_mail().await;
        visitor
            .world
            .until_told(
                &visitor.id,
                &[
                    "IdentitySubmitted",
                    "ContactMatched",
                    "VerificationRequested",
                    "VerificationMailSent",
                ],
            )
            .await;
        let before = visitor.look().await.version();
        let path = format!("/verify/{}", mail.token());
        for _ in 0..5 {
            visitor
                .world
                .client
                .ask(Method::HEAD, &path)
                .send()
                .await
                .expect(200);
            visitor.world.client.get(&path).await.expect(200);
        }
        let after = visitor.look().await;
        assert_eq!(after.version(), before);
        after.in_state("awaiting_email_verification");
        visitor.verify(mail.token()).await.expect(200);
    });
}

#[test]
fn following_a_link_twice_is_no_error_and_makes_one_event() {
    run(async {
        let visitor = Visitor::start(guide().await, &contact(6)).await;
        let mail = visitor.recorded_mail().await;
        let once = visitor.verify(mail.token()).await.expect(200);
        let twice = visitor
            .verify(mail.token())
            .await
            .expect(200)
            .in_state("awaiting_password");
        assert_eq!(once.version(), twice.version());
    });
}

#[test]
fn a_password_may_be_chosen_without_verifying_first() {
    run(async {
        let visitor = Visitor::start(guide().await, &contact(7)).await;
        let mail = visitor.recorded_mail().await;
        visitor
            .choose_password(mail.token(), PASSWORD)
            .await
            .expect(200)
            .in_state("active");
    });
}

#[test]
fn a_new_mail_replaces_the_link_of_the_old_one() {
    run(async {
        let visitor = Visitor::start(guide().await, &contact(8)).await;
        let old = visitor.recorded_mail().await;
        visitor
            .ask(Method::POST, "/verification-mails")
            .send()
            .await
            .expect(202);
        let new = visitor.world.mail_after(&visitor.person.email, 1).await;
        assert_ne!(old.message_id, new.message_id);
        visitor.verify(old.token()).await.problem(422, "link-invalid");
        visitor
            .choose_password(old.token(), PASSWORD)
            .await
            .problem(422, "link-invalid");
        visitor.verify(new.token()).await.expect(200);
    });
}

#[test]
fn mails_cannot_be_asked_for_without_end() {
    run(async {
        let visitor = Visitor::start(guide().await, &contact(9)).await;
        for _ in 0..5 {
            visitor
                .ask(Method::POST, "/verification-mails")
                .send()
                .await
                .expect(202);
        }
        visitor
            .ask(Method::POST, "/verification-mails")
            .send()
            .await
            .problem(429, "too-many-attempts");
    });
}

#[test]
fn a_forged_or_mangled_token_is_refused_without_a_trace() {
    run(async {
        let visitor = Visitor::start(guide().await, &contact(10)).await;
        let mail = visitor.recorded_mail().await;
        let mut forged = mail.token().to_owned();
        let last = forged.pop().unwrap();
        forged.push(if last == 'A' { 'B' } else { 'A' });
        let long = "A".repeat(10_000);
        for token in [
            forged.as_str(),
            "",
            "é",
            "../../etc/passwd",
            &mail.token()[1..],
            &long,
        ] {
            let answer = visitor.verify(token).await;
            assert!(answer.status == 422, "{}", answer.text);
            let page = visitor
                .world
                .client
                .get(&format!("/verify/{}", token.len()))
                .await;
            assert!(page.status < 500, "{}", page.status);
        }
        visitor.look().await.in_state("awaiting_email_verification");
    });
}

#[test]
fn a_password_that_breaks_rules_hears_of_each_rule_and_the_link_stays_good() {
    run(async {
        let visitor = Visitor::start(guide().await, &contact(11)).await;
        let mail = visitor.recorded_mail().await;
        let refused = visitor
            .choose_password(mail.token(), "?")
            .await
            .problem(422, "password-refused");
        let codes: Vec<String> = refused.faults().into_iter().map(|(_, code)| code).collect();
        assert!(codes.len() >= 3, "length, digit, letter: {codes:?}");
        for common in ["password1", "azerty123"] {
            visitor
                .choose_password(mail.token(), common)
                .await
                .problem(422, "password-refused");
        }
        let own_name = format!("{}1", visitor.person.email.split('@').next().unwrap());
        visitor
            .choose_password(mail.token(), &own_name)
            .await
            .problem(422, "password-refused");
        visitor
            .choose_password(mail.token(), PASSWORD)
            .await
            .expect(200)
            .in_state("active");
        let again = json!({"token": mail.token(), "password": "Another-8-password"});
        let path = format!("/v1/registrations/{}/password", visitor.id);
        visitor
            .world
            .client
            .put(&path, &again)
            .await
            .problem(422, "link-invalid");
    });
}
