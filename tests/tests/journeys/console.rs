//! The console: who is let in, what each role may see, what is recorded, and what never stands on a page.

mod lists;

use reqwest::Method;
use serde_json::Value;
use tests::client::Answer;
use tests::journey::newcomer_with_account;
use tests::people::newcomer;
use tests::run;
use tests::world::World;

use crate::shared::guide;

const HOME: &str = "/console";
const SIGN_IN: &str = "/console/sign-in";
const REGISTRATIONS: &str = "/console/registrations";
const ACCESSES: &str = "/console/accesses";

/// Somebody who has signed in.
struct Reader<'w> {
    world: &'w World,
    cookie: String,
}

/// Adds somebody and answers with their secret.
fn add(world: &World, name: &str, role: &str) -> String {
    let added = world.command(&["console", "add", name, "--role", role, "--json"], 0);
    let added: Value = serde_json::from_slice(&added.stdout).expect("JSON");
    added["secret"].as_str().expect("a secret").to_owned()
}

async fn try_to_enter(world: &World, name: &str, secret: &str, purpose: &str) -> Answer {
    form(
        world,
        SIGN_IN,
        &[("name", name), ("secret", secret), ("purpose", purpose)],
        "",
    )
    .await
}

async fn form(world: &World, path: &str, fields: &[(&str, &str)], cookie: &str) -> Answer {
    let asked = world
        .client
        .ask(Method::POST, path)
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
        .form(fields);
    asked.send().await
}

impl<'w> Reader<'w> {
    async fn enter(world: &'w World, name: &str, role: &str) -> Self {
        let secret = add(world, name, role);
        let entered = try_to_enter(world, name, &secret, "the yearly inspection")
            .await
            .expect(303);
        let cookie = entered
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap_or_default()
            .to_owned();
        assert!(entered.header("set-cookie").contains("HttpOnly; SameSite=Strict"));
        Self { world, cookie }
    }

    async fn open(&self, path: &str) -> Answer {
        let asked = self
            .world
            .client
            .ask(Method::GET, path)
            .header("cookie", &self.cookie);
        asked.header("accept-language", "en").send().await
    }

    async fn search(&self, sought: &str) -> Answer {
        form(self.world, REGISTRATIONS, &[("sought", sought)], &self.cookie).await
    }
}

#[test]
fn nobody_sees_a_page_without_a_name_a_secret_and_a_purpose() {
    run(async {
        let world = guide().await;
        let person = newcomer_with_account(world, &newcomer()).await;
        for path in [
            HOME,
            "/console/funnel",
            "/console/mails",
            REGISTRATIONS,
            "/console/registrations.csv",
            "/console/settings",
            ACCESSES,
            &format!("{REGISTRATIONS}/{}", person.id),
        ] {
            let turned_away = world.client.get(path).await.expect(303);
            assert_eq!(turned_away.header("location"), SIGN_IN);
        }
        let secret = add(world, "entrant", "auditor");
        for (name, secret, purpose) in [
            ("entrant", "wrong", "the yearly inspection"),
            ("stranger", secret.as_str(), "the yearly inspection"),
            ("entrant", secret.as_str(), "so"),
            ("entrant", secret.as_str(), "call 06 12 34 56 78"),
            ("entrant", secret.as_str(), "about eve@example.org"),
        ] {
            let refused = try_to_enter(world, name, secret, purpose).await.expect(422);
            assert!(refused.headers.get("set-cookie").is_none());
        }
        let by_nobody = world
            .client
            .ask(Method::GET, HOME)
            .bearer("not-the-token")
            .send()
            .await;
        by_nobody.expect(303);
    });
}

#[test]
fn each_role_sees_its_own_pages_and_every_look_is_recorded() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        world.until_projected().await;
        let operator = Reader::enter(world, "olga", "operator").await;
        let officer = Reader::enter(world, "paul", "privacy_officer").await;
        for path in [HOME, "/console/funnel", "/console/mails"] {
            operator.open(path).await.expect(200);
        }
        operator.open(ACCESSES).await.expect(403);

        let found = operator.search(&person.email).await.expect(200);
        assert!(found.text.contains(&visitor.id), "found by the address");
        assert!(!found.text.contains(&person.email) && !found.text.contains(&person.last_name));
        operator.search("neither this nor that").await.expect(422);
        let straight = operator.search(&visitor.id).await.expect(303);
        let page = operator.open(straight.header("location")).await.expect(200);
        assert!(
            page.text.contains("PasswordSet") && page.text.contains("Position"),
            "{}",
            page.text
        );
        for secret in [&person.email, &person.last_name, &person.first_name] {
            assert!(
                !page.text.contains(secret.as_str()),
                "what is sealed stays sealed"
            );
        }

        let looks = officer.open(ACCESSES).await.expect(200);
        for trace in [
            "staff:olga",
            "search by address",
            "one registration",
            &visitor.id,
            "the yearly inspection",
        ] {
            assert!(looks.text.contains(trace), "{trace}");
        }
        assert!(
            !looks.text.contains(&person.email),
            "what was looked for is not recorded"
        );
        operator
            .open(&format!("{REGISTRATIONS}/{}", uuid::Uuid::now_v7()))
            .await
            .expect(404);
    });
}

#[test]
fn whoever_is_removed_is_out_at_once_and_their_name_is_not_given_again() {
    run(async {
        let world = guide().await;
        let auditor = Reader::enter(world, "anna", "auditor").await;
        auditor.open(ACCESSES).await.expect(200);
        world.command(&["console", "remove", "anna"], 0);
        auditor.open(HOME).await.expect(303);
        world.command(&["console", "add", "anna", "--role", "auditor"], 2);
        world.command(&["console", "add", "Not A Name", "--role", "auditor"], 2);
        world.command(&["console", "remove", "nobody-of-ours"], 1);
        let listed = world.command(&["console", "list", "--json"], 0);
        let listed: Vec<Value> = serde_json::from_slice(&listed.stdout).expect("JSON");
        let anna = listed
            .iter()
            .find(|it| it["name"] == "anna")
            .expect("she is listed");
        assert!(anna["removed_at"].is_string());
    });
}

#[test]
fn a_privacy_officer_holds_an_erasure_back_and_opens_a_person_under_a_grant_in_their_name() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let officer = Reader::enter(world, "petra", "privacy_officer").await;
        let operator = Reader::enter(world, "oscar", "operator").await;
        let page = format!("{REGISTRATIONS}/{}", visitor.id);
        let send = async |reader: &Reader<'_>, path: &str, fields: &[(&str, &str)]| {
            form(world, &format!("{page}/{path}"), fields, &reader.cookie).await
        };
        send(
            &operator,
            "hold",
            &[("act", "set"), ("reason", "a court's order")],
        )
        .await
        .expect(403);
        let naming = format!("{} owes money", person.last_name);
        for bad in ["no", naming.as_str()] {
            send(&officer, "hold", &[("act", "set"), ("reason", bad)])
                .await
                .expect(422);
        }
        send(&officer, "hold", &[("act", "set"), ("reason", "a court's order")])
            .await
            .expect(303);
        let held = officer.open("/console/erasures").await.expect(200);
        assert!(
            held.text.contains(&visitor.id) && held.text.contains("a court&#39;s order")
                || held.text.contains("a court's order")
        );
        send(
            &officer,
            "hold",
            &[("act", "lift"), ("reason", "the case is closed")],
        )
        .await
        .expect(303);

        let give = |to: &str| {
            let given = world.command(
                &[
                    "grant",
                    "give",
                    "--to",
                    to,
                    "--role",
                    "privacy_officer",
                    "--purpose",
                    "a request by telephone",
                    "--registration",
                    &visitor.id,
                    "--for",
                    "1h",
                    "--json",
                ],
                0,
            );
            let given: Value = serde_json::from_slice(&given.stdout).expect("JSON");
            given["grant_id"].as_str().expect("a number").to_owned()
        };
        let (hers, another_s) = (give("petra"), give("somebody"));
        let offered = officer.open(&page).await.expect(200);
        assert!(
            offered.text.contains(&hers) && !offered.text.contains(&another_s),
            "she chooses among the grants in her name"
        );
        let nobody = uuid::Uuid::now_v7().to_string();
        for bad in ["nonsense", nobody.as_str(), another_s.as_str()] {
            let refused = send(&officer, "person", &[("grant", bad)]).await.expect(422);
            assert!(!refused.text.contains(&person.email));
        }
        let opened = send(&officer, "person", &[("grant", &hers)]).await.expect(200);
        assert!(opened.text.contains(&person.email) && opened.header("cache-control") == "no-store");
        let looks = officer.open(&page).await.expect(200);
        assert!(
            looks.text.contains("a request by telephone"),
            "the look is recorded"
        );
        let log = world.command(&["audit", "accesses", "--registration", &visitor.id, "--json"], 0);
        let log = String::from_utf8(log.stdout).expect("text");
        let held = log
            .lines()
            .find(|line| line.contains("hold.set"))
            .expect("it is recorded");
        let held: Value = serde_json::from_str(held).expect("JSON");
        assert_eq!(
            (&held["actor"], &held["role"]),
            (&"staff:petra".into(), &"privacy_officer".into())
        );
    });
}

#[test]
fn another_site_can_use_nobody_s_session() {
    run(async {
        let world = guide().await;
        let officer = Reader::enter(world, "rosa", "privacy_officer").await;
        let from_elsewhere = |headers: [(&'static str, &'static str); 1]| {
            let mut asked = world
                .client
                .ask(Method::POST, REGISTRATIONS)
                .header("cookie", &officer.cookie);
            for (name, value) in headers {
                asked = asked.header(name, value);
            }
            asked.form(&[("sought", "eve@example.org")]).send()
        };
        from_elsewhere([("sec-fetch-site", "cross-site")])
            .await
            .expect(403);
        from_elsewhere([("origin", "https://evil.example")])
            .await
            .expect(403);
        from_elsewhere([("origin", "null")]).await.expect(403);
    });
}

#[test]
fn the_operator_s_token_opens_the_console_for_a_program() {
    run(async {
        let world = guide().await;
        let token =
            std::fs::read_to_string(world.data_folder().join("operator.token")).expect("the API made it");
        let ask = |path: &str| world.client.ask(Method::GET, path).bearer(token.trim());
        let overview = ask(HOME).header("accept-language", "en").send().await.expect(200);
        assert!(overview.text.contains("Divergence"));
        ask(ACCESSES).send().await.expect(403);
    });
}
