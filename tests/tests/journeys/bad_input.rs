//! Whatever is sent: a clear problem, and nothing is stored.

use reqwest::Method;
use serde_json::{Value, json};
use tests::client::Answer;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};

const REGISTRATIONS: &str = "/v1/registrations";

fn with(member: &str, value: Value) -> Value {
    let mut form = newcomer().form();
    form[member] = value;
    form
}

async fn send(world: &World, body: impl Into<Vec<u8>>) -> Answer {
    world
        .client
        .ask(Method::POST, REGISTRATIONS)
        .raw("application/json", body)
        .send()
        .await
}

#[test]
fn bad_forms_get_a_clear_problem_and_leave_nothing_behind() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        every_bad_field_is_named(&world).await;
        bodies_that_are_no_forms(&world).await;
        assert_eq!(world.events().await, 0, "nothing of all this was stored");
        let people = world.count("SELECT count(*) FROM keyring.person_keys").await;
        assert_eq!(people, 0, "and no key was made");
        assert!(!world.log("api").contains("panicked"), "nothing panicked");
    });
}

async fn every_bad_field_is_named(world: &World) {
    let long = "a".repeat(10_000);
    let cases = [
        ("last_name", json!("")),
        ("last_name", json!(" ")),
        ("last_name", json!(7)),
        ("last_name", json!(null)),
        ("last_name", json!(["x"])),
        ("last_name", json!(long)),
        ("last_name", json!("Dur\u{0}and")),
        ("last_name", json!("Durand\r\nBcc: a@b.fr")),
        ("last_name", json!("x\u{202e}y")),
        ("first_name", json!({"a": 1})),
        ("first_name", json!("Ève\u{7}")),
        ("email", json!("no-at")),
        ("email", json!("a@b")),
        ("email", json!("a b@example.org")),
        ("email", json!("a@example.org\r\nRCPT TO:<x@y.z>")),
        ("email", json!(format!("{long}@example.org"))),
        ("civility", json!("dr")),
        ("profile", json!("king")),
        ("profile", json!(true)),
        ("locale", json!("no language")),
    ];
    for (field, value) in cases {
        let shown = value.to_string().chars().take(40).collect::<String>();
        let answer = world
            .client
            .post(REGISTRATIONS, &with(field, value))
            .await
            .problem(422, "invalid");
        let fields: Vec<String> = answer.faults().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, [field], "{shown}: {}", answer.text);
    }
    let empty = world
        .client
        .post(REGISTRATIONS, &json!({}))
        .await
        .problem(422, "invalid");
    assert_eq!(empty.faults().len(), 5, "every bad field at once: {}", empty.text);
    let unknown = world
        .client
        .post(REGISTRATIONS, &with("admin", json!(true)))
        .await
        .problem(422, "invalid");
    assert_eq!(unknown.faults()[0].0, "admin");
    let answer = world
        .client
        .post(REGISTRATIONS, &with("email", json!("canary-bad@@example.org")))
        .await;
    assert!(
        !answer.text.contains("canary"),
        "a problem does not repeat what was sent: {}",
        answer.text
    );
}

async fn bodies_that_are_no_forms(world: &World) {
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"x\"",
        "{\"a\":1}}",
        "\u{feff}{}",
        "{'a':1}",
        "{\"last_name\":\"\\ud800\"}",
    ] {
        let answer = send(world, body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        answer.problem(400, "malformed-body");
    }
    send(world, vec![0xff, 0xfe, b'{', b'}'])
        .await
        .problem(400, "malformed-body");
    let form = newcomer().form().to_string();
    let doubled = format!("{}, \"last_name\": \"Autre\"}}", form.trim_end_matches('}'));
    let doubled = send(world, doubled).await.problem(422, "invalid");
    assert_eq!(
        doubled.faults(),
        [("last_name".to_owned(), "duplicate-field".to_owned())]
    );
    let deep = "[".repeat(100_000);
    send(world, format!("{{\"a\":{deep}")).await;
    send(world, vec![b' '; 4 * 1024 * 1024])
        .await
        .problem(413, "body-too-large");
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
    ] {
        let answer = world
            .client
            .ask(Method::POST, REGISTRATIONS)
            .raw(kind, form.clone())
            .send()
            .await;
        answer.problem(415, "unsupported-media-type");
    }
    world
        .client
        .ask(Method::DELETE, REGISTRATIONS)
        .send()
        .await
        .problem(405, "method-not-allowed");
    world.client.get("/v1/nothing").await.problem(404, "not-found");
    let key = world
        .client
        .ask(Method::POST, REGISTRATIONS)
        .header("Idempotency-Key", &"k".repeat(300));
    key.json(&newcomer().form()).send().await.problem(422, "invalid");
    world
        .client
        .get("/v1/registrations/not-a-uuid")
        .await
        .problem(401, "unauthorized");
}
