//! An address has one account, whatever is tried.

use reqwest::Method;
use serde_json::json;
use tests::eventually::eventually;
use tests::journey::{Visitor, me, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::run;

use crate::shared::guide;

#[test]
fn an_address_with_an_account_looks_the_same_and_gets_another_mail() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let first = newcomer_with_account(world, &person).await;
        let seen = world.mails_to(&person.email).len();
        let again = Visitor::start(world, &person).await;
        assert_ne!(first.id, again.id);
        again.fill_in_as_member().await;
        let told = eventually("the mail about the account", async || {
            world
                .mails_to(&person.email)
                .into_iter()
                .skip(seen)
                .find(|mail| mail.subject == "Vous avez déjà un compte")
        })
        .await;
        assert!(!told.text.contains("/verify/"), "nothing can be verified with it");
        sign_in(world, &person.email, PASSWORD).await;
    });
}

#[test]
fn two_registrations_of_one_address_at_once_make_one_account() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let other_case = person.at(&person.email.to_uppercase());
        let (one, other) = tokio::join!(Visitor::start(world, &person), Visitor::start(world, &other_case));
        tokio::join!(one.fill_in_as_member(), other.fill_in_as_member());
        world.mail_after(&person.email, 1).await;
        let mut mails = world.mails_to(&person.email);
        let outcomes = futures::future::join_all(mails.iter().map(|mail| one.verify(mail.token()))).await;
        assert!(
            outcomes.iter().all(|answer| answer.status == 200),
            "both prove the address: {outcomes:?}"
        );
        if outcomes[0].text_at("id") != one.id {
            mails.swap(0, 1);
        }
        // The address becomes an account's with the password: one of both, never both.
        let (first, second) = tokio::join!(
            one.choose_password(mails[0].token(), PASSWORD),
            other.choose_password(mails[1].token(), PASSWORD),
        );
        let mut seen = [&first, &second].map(|answer| (answer.status, answer.text_at("code").to_owned()));
        seen.sort();
        let both = [(200, String::new()), (409, "account-exists".to_owned())];
        assert_eq!(seen, both);
    });
}

#[test]
fn a_forgotten_password_is_replaced_by_mail_and_old_sessions_end() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        newcomer_with_account(world, &person).await;
        let session = sign_in(world, &person.email, PASSWORD).await;
        let nobody = world
            .client
            .post("/v1/password-resets", &json!({"email": "nobody@example.org"}))
            .await
            .expect(202);
        let asked = world
            .client
            .post("/v1/password-resets", &json!({"email": person.email}))
            .await
            .expect(202);
        assert_eq!(nobody.text, asked.text, "nobody learns who has an account");
        let mail = eventually("the mail with the link", async || {
            world
                .mails_to(&person.email)
                .into_iter()
                .find(|mail| mail.subject.contains("mot de passe") && mail.text.contains("/verify/"))
        })
        .await;
        let new = json!({"token": mail.token(), "password": "Autre-8-boussole"});
        world
            .client
            .post("/v1/password-resets", &new)
            .await
            .expect(200)
            .in_state("active");
        world
            .client
            .ask(Method::GET, "/v1/me")
            .bearer(&session)
            .send()
            .await
            .problem(401, "unauthorized");
        let old = json!({"email": person.email, "password": PASSWORD});
        world
            .client
            .post("/v1/sessions", &old)
            .await
            .problem(401, "sign-in-refused");
        sign_in(world, &person.email, "Autre-8-boussole").await;
    });
}

#[test]
fn a_forgotten_password_of_an_unfinished_registration_brings_the_link_that_fits() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let ask = async || {
            let address = json!({"email": person.email});
            let answer = world
                .client
                .post("/v1/password-resets", &address)
                .await
                .expect(202);
            assert_eq!(answer.body, json!({"status": "accepted"}));
        };
        let mail = async |number: usize| {
            eventually("the mail", async || {
                world.mails_to(&person.email).into_iter().nth(number)
            })
            .await
        };
        // Another one of the same address, left before: the one that waits for its mail goes first.
        Visitor::start(world, &person).await;
        let started = Visitor::start(world, &person).await;
        ask().await;
        let resumed = json!({"token": mail(0).await.token()});
        let answer = world.client.post("/v1/resumptions", &resumed).await.expect(200);
        let answer = answer.in_state("awaiting_topics");
        assert_eq!(answer.text_at("id"), started.id);

        started.fill_in_as_member().await;
        mail(1).await;
        Visitor::start(world, &person).await;
        ask().await;
        let link = mail(2).await;
        started
            .verify(link.token())
            .await
            .expect(200)
            .in_state("awaiting_password");
        ask().await;
        let link = mail(3).await;
        started
            .choose_password(link.token(), PASSWORD)
            .await
            .expect(200)
            .in_state("active");
        sign_in(world, &person.email, PASSWORD).await;
    });
}

#[test]
fn signing_in_says_the_same_of_an_unknown_address_and_a_wrong_password() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        newcomer_with_account(world, &person).await;
        let wrong = json!({"email": person.email, "password": "Wrong-1-password"});
        let unknown = json!({"email": "nobody@example.org", "password": "Wrong-1-password"});
        let wrong = world
            .client
            .post("/v1/sessions", &wrong)
            .await
            .problem(401, "sign-in-refused");
        let unknown = world
            .client
            .post("/v1/sessions", &unknown)
            .await
            .problem(401, "sign-in-refused");
        assert_eq!(wrong.text, unknown.text);
    });
}

#[test]
fn signing_out_ends_the_session() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        newcomer_with_account(world, &person).await;
        let session = sign_in(world, &person.email, PASSWORD).await;
        me(world, &session).await;
        world
            .client
            .ask(Method::DELETE, "/v1/sessions/current")
            .bearer(&session)
            .send()
            .await
            .expect(204);
        world
            .client
            .ask(Method::GET, "/v1/me")
            .bearer(&session)
            .send()
            .await
            .problem(401, "unauthorized");
    });
}

#[test]
fn an_erased_person_is_gone_and_may_come_back() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let session = sign_in(world, &person.email, PASSWORD).await;
        let export = world
            .client
            .ask(Method::GET, "/v1/me/export")
            .bearer(&session)
            .send()
            .await
            .expect(200);
        assert!(export.text.contains(&person.last_name), "the export is in clear");
        let erase = |password: &'static str| {
            world
                .client
                .ask(Method::POST, "/v1/me/erasure")
                .bearer(&session)
                .json(&json!({"password": password}))
                .send()
        };
        erase("Wrong-1-password").await.problem(401, "sign-in-refused");
        erase(PASSWORD).await.expect(202);
        world
            .client
            .ask(Method::GET, "/v1/me")
            .bearer(&session)
            .send()
            .await
            .problem(401, "unauthorized");
        let signing_in = json!({"email": person.email, "password": PASSWORD});
        world
            .client
            .post("/v1/sessions", &signing_in)
            .await
            .problem(401, "sign-in-refused");
        eventually("the erasure is told", async || {
            world
                .story(&visitor.id)
                .await
                .ends_with(&["PersonErased".to_owned()])
                .then_some(())
        })
        .await;
        let seen = world.mails_to(&person.email).len();
        let again = Visitor::start(world, &person).await;
        again.fill_in_as_member().await;
        let mail = world.mail_after(&person.email, seen).await;
        again
            .choose_password(mail.token(), PASSWORD)
            .await
            .expect(200)
            .in_state("active");
    });
}
