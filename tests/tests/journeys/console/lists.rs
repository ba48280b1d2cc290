//! The console's lists: registrations by filter and as a file, mails sent again, health, settings.

use serde_json::Value;
use tests::journey::{Visitor, newcomer_with_account};
use tests::people::{contact, newcomer};
use tests::run;

use super::{HOME, REGISTRATIONS, Reader, form};
use crate::shared::guide;

#[test]
fn registrations_are_listed_by_what_is_asked_for_and_found_by_the_end_of_their_number() {
    run(async {
        let world = guide().await;
        let account = newcomer_with_account(world, &newcomer()).await;
        let begun = Visitor::start(world, &newcomer()).await;
        world.until_projected().await;
        let operator = Reader::enter(world, "odile", "operator").await;
        let list = async |query: &str| {
            let page = operator
                .open(&format!("{REGISTRATIONS}?{query}"))
                .await
                .expect(200);
            [&account.id, &begun.id].map(|id| page.text.contains(id.as_str()))
        };
        assert_eq!(list("").await, [true, true]);
        assert_eq!(list("stage=active").await, [true, false]);
        assert_eq!(list("stage=awaiting_topics&journey=unknown").await, [false, true]);
        assert_eq!(list("journey=known").await, [false, false]);
        assert_eq!(list("day=2020-01-01").await, [false, false]);
        assert_eq!(list("mail=failed").await, [false, false]);
        assert_eq!(list("before=1").await, [false, false]);
        let file = operator
            .open("/console/registrations.csv?stage=active")
            .await
            .expect(200);
        assert!(file.header("content-type").starts_with("text/csv"));
        let line = file
            .text
            .lines()
            .find(|line| line.starts_with(&account.id))
            .expect("a line");
        assert!(
            line.starts_with(&format!("{},active,unknown,sent,", account.id)),
            "{line}"
        );

        let simple = begun.id.replace('-', "");
        let found = operator.search(&simple[24..]).await.expect(200);
        assert!(found.text.contains(&begun.id));
        let nothing = operator.search("130 025 265 00013").await.expect(200);
        assert!(!nothing.text.contains("Une inscription"), "{}", nothing.text);
    });
}

#[test]
fn an_operator_has_a_mail_sent_again_while_it_is_due() {
    run(async {
        let world = guide().await;
        let visitor = Visitor::start(world, &contact(31)).await;
        let first = visitor.mail().await;
        let operator = Reader::enter(world, "oriane", "operator").await;
        let officer = Reader::enter(world, "pia", "privacy_officer").await;
        let again = format!("{REGISTRATIONS}/{}/resend", visitor.id);
        form(world, &again, &[], &officer.cookie).await.expect(403);
        form(world, &again, &[], &operator.cookie).await.expect(303);
        let second = world.mail_after(&visitor.person.email, 1).await;
        assert_ne!(first.text, second.text, "another link");
        let account = newcomer_with_account(world, &newcomer()).await;
        let refused = format!("{REGISTRATIONS}/{}/resend", account.id);
        form(world, &refused, &[], &operator.cookie).await.expect(422);
    });
}

#[test]
fn the_first_page_and_the_doctor_judge_alike_and_settings_keep_their_secrets() {
    run(async {
        let world = guide().await;
        world.until_settled().await;
        let operator = Reader::enter(world, "ottilie", "operator").await;
        let overview = operator.open(HOME).await.expect(200);
        assert!(overview.text.contains("All is well."), "{}", overview.text);
        let examined: Vec<Value> =
            serde_json::from_slice(&world.command(&["doctor", "--json"], 0).stdout).expect("JSON");
        for finding in examined {
            assert_eq!(finding["level"], "fine", "{finding}");
        }
        let settings = operator.open("/console/settings").await.expect(200);
        for shown in ["public_url", "postgres_url", "set, not shown"] {
            assert!(settings.text.contains(shown), "{shown}");
        }
        assert!(!settings.text.contains("nats://") && !settings.text.contains("postgres://"));
    });
}
