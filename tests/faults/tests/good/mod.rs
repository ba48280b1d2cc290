//! Evidence of two people who registered and of a service that did all it promised, made by hand.

use std::collections::BTreeMap;

use faults::checker::fold::fold;
use faults::checker::leaf;
use faults::evidence::{Evidence, Message, Place, StoredEvent};
use faults::ledger::{Answer, Outcome, Request};
use faults::smtp::Taken;
use serde_json::{Value, json};

const FIRST: &str = "0198f000-0000-7000-8000-00000000000a";
const SECOND: &str = "0198f000-0000-7000-8000-00000000000b";
const BEGUN: i64 = 1_790_000_000_000_000;

/// The address of a person.
pub fn address(person: u64) -> String {
    format!("plain+new{person}@quxwyz.example")
}

/// A request that was acknowledged.
pub fn request(person: u64, key: &str, registration: Option<&str>, version: u64) -> Request {
    let what = match key.rsplit('-').next() {
        Some("registrations") => "POST /v1/registrations",
        Some("erasure") => "POST /v1/me/erasure",
        _ => "PUT /v1/registrations/{id}/password",
    };
    Request {
        number: 0,
        person,
        what,
        instance: "api.1".to_owned(),
        key: Some(key.to_owned()),
        sent: 1.0,
        ended: 1.1,
        outcome: Outcome::Answered(Answer {
            status: 201,
            registration: registration.map(str::to_owned),
            version: Some(version),
            ..Answer::default()
        }),
    }
}

/// An erasure that was promised.
pub fn erasure_of(person: u64) -> Request {
    request(person, &format!("{person}-a-erasure"), None, 0)
}

/// The evidence.
pub fn evidence() -> Evidence {
    let mut evidence = Evidence::default();
    for (person, id) in [(0, FIRST), (1, SECOND)] {
        for (name, data) in story(person) {
            add(&mut evidence, id, name, data);
        }
        let link = |at| Taken {
            at,
            recipient: address(person),
            key: request_id(person),
            token: Some(format!("token-{person}")),
        };
        let notice = |at| Taken {
            at,
            recipient: address(person),
            key: format!("{id}.7.password_set"),
            token: None,
        };
        evidence.mails.extend([link(2.0), notice(3.0)]);
        evidence.accounts.push(id.to_owned());
        evidence.living_keys.push(id.to_owned());
        evidence
            .requests
            .push(request(person, &format!("{person}-a-registrations"), Some(id), 3));
        evidence
            .requests
            .push(request(person, &format!("{person}-a-password"), Some(id), 8));
    }
    seal(&mut evidence);
    evidence
}

/// What happened to each of the two, in eight events.
fn story(person: u64) -> Vec<(&'static str, Value)> {
    let request_id = request_id(person);
    let example = |name: &str| {
        let file = tests::programs::repository().join(format!("schemas/examples/{name}.v1.json"));
        let example: Value = serde_json::from_slice(&std::fs::read(file).expect("an example")).expect("JSON");
        example["data"].clone()
    };
    let with = |name: &'static str, members: &[(&str, Value)]| {
        let mut data = example(name);
        for (member, value) in members {
            data[*member] = value.clone();
        }
        (name, data)
    };
    vec![
        with(
            "IdentitySubmitted",
            &[("new_address", json!(true)), ("flow", json!("guide"))],
        ),
        with("ContactMatched", &[]),
        with(
            "VerificationRequested",
            &[
                ("request_id", json!(request_id)),
                ("purpose", json!("verify_email")),
            ],
        ),
        with(
            "VerificationMailSent",
            &[
                ("request_id", json!(request_id)),
                ("possibly_twice", json!(false)),
            ],
        ),
        with("EmailVerified", &[("request_id", json!(request_id))]),
        with("EstablishmentLinked", &[("by", json!("contact"))]),
        with("PasswordSet", &[("request_id", json!(request_id))]),
        with(
            "NoticeMailSent",
            &[
                ("about", json!(7)),
                ("notice", json!("password_set")),
                ("possibly_twice", json!(false)),
            ],
        ),
    ]
}

fn request_id(person: u64) -> String {
    format!("0198f000-0000-7000-8000-0000000000c{person}")
}

fn add(evidence: &mut Evidence, id: &str, name: &str, data: Value) {
    let order = evidence.events.len() as i64 + 1;
    let sequence = evidence
        .events
        .iter()
        .filter(|event| event.aggregate_id == id)
        .count() as i64
        + 1;
    evidence.events.push(StoredEvent {
        aggregate_type: "registration".to_owned(),
        aggregate_id: id.to_owned(),
        sequence,
        event_type: name.to_owned(),
        event_version: "1".to_owned(),
        payload: data.to_string(),
        metadata: "{}".to_owned(),
        insert_order: order,
        event_id: format!("0198f000-0000-7000-8000-0000000001{order:02}"),
        recorded_at: BEGUN + order,
    });
}

/// Makes log, signature, stream and tables of the events, as a sound service does.
pub fn seal(evidence: &mut Evidence) {
    let mut tree = leaf::Tree::default();
    evidence.places.clear();
    for (event, position) in evidence.events.iter().zip(1..) {
        let hash = leaf::of(event).expect("an identifier");
        tree.push(hash);
        evidence.places.push(Place {
            position,
            insert_order: event.insert_order,
            leaf_hash: hash.to_vec(),
        });
    }
    evidence.signed = vec![(evidence.places.len() as u64, tree.root().to_vec())];
    evidence.stream = evidence
        .in_order()
        .into_iter()
        .map(|(position, event)| message(position, event))
        .collect();
    evidence.tables = fold(evidence).1;
}

fn message(position: i64, event: &StoredEvent) -> Message {
    let StoredEvent {
        aggregate_id: id,
        event_type: name,
        sequence,
        event_id,
        ..
    } = event;
    let headers = [
        ("Nats-Msg-Id", event_id.clone()),
        ("Content-Type", "application/cloudevents+json".to_owned()),
        ("Onboarding-Position", position.to_string()),
        ("Onboarding-Sequence", sequence.to_string()),
    ];
    Message {
        stream_sequence: position.unsigned_abs(),
        subject: format!("onboarding.v1.registration.{id}.{name}"),
        headers: headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
        event: json!({
            "specversion": "1.0", "id": event_id, "source": "/onboarding", "subject": id,
            "type": format!("onboarding.registration.{name}.v1"), "time": "2026-09-21T13:46:40.000001Z",
            "datacontenttype": "application/json", "dataschema": format!("urn:onboarding:schema:registration:{name}:v1"),
            "sequence": sequence, "position": position, "data": event.parsed(),
        }),
    }
}

/// Takes the events of a name out, as if they had never been written; all else is as a sound service leaves it.
pub fn leave_out(evidence: &mut Evidence, name: &str) {
    take_out(evidence, |event| event.event_type == name);
}

/// The same for the second person's alone.
pub fn leave_out_of_the_second(evidence: &mut Evidence, name: &str) {
    take_out(evidence, |event| {
        event.event_type == name && event.aggregate_id == SECOND
    });
}

fn take_out(evidence: &mut Evidence, gone: impl Fn(&StoredEvent) -> bool) {
    evidence.events.retain(|event| !gone(event));
    let mut counted: BTreeMap<String, i64> = BTreeMap::new();
    for event in &mut evidence.events {
        let sequence = counted.entry(event.aggregate_id.clone()).or_default();
        *sequence += 1;
        event.sequence = *sequence;
    }
    seal(evidence);
}

/// Erases the second person, who asked for it; their registration.
pub fn erase_the_second(evidence: &mut Evidence) -> String {
    add(
        evidence,
        SECOND,
        "PersonErased",
        json!({"type": "PersonErased", "by": "person", "reason": "requested"}),
    );
    seal(evidence);
    evidence.accounts.retain(|id| id != SECOND);
    evidence.living_keys.retain(|id| id != SECOND);
    evidence.requests.push(erasure_of(1));
    assert_eq!(
        faults::checker::check(evidence),
        Vec::new(),
        "a sound erasure is good"
    );
    SECOND.to_owned()
}
