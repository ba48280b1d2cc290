//! The organisation's own system: it publishes establishments, and writes contacts with its token.

use std::fs;

use async_nats::jetstream;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Request};
use crate::eventually::eventually;
use crate::world::World;

/// The system beside one service.
pub struct Crm<'w> {
    world: &'w World,
    jetstream: jetstream::Context,
    token: String,
}

impl<'w> Crm<'w> {
    /// Connects, once the service has made its stream and its token.
    pub async fn of(world: &'w World) -> Self {
        let client = async_nats::connect(world.nats.url()).await.expect("NATS");
        let jetstream = jetstream::new(client);
        eventually("the service makes the stream CRM", async || {
            jetstream.get_stream("CRM").await.ok()
        })
        .await;
        let token = fs::read_to_string(world.data_folder().join("directory.token")).expect("a token");
        Self {
            world,
            jetstream,
            token: token.trim().to_owned(),
        }
    }

    /// Publishes under a subject's last token, and waits until the stream has it.
    pub async fn publish(&self, last_token: &str, body: impl Into<String>) {
        let subject = format!("crm.v1.establishment.{last_token}");
        let sent = self.jetstream.publish(subject, body.into().into()).await;
        sent.expect("sent").await.expect("stored");
    }

    /// Publishes the state of an establishment.
    pub async fn tell(&self, siret: &str, members: Value) {
        let mut body = json!({ "siret": siret });
        for (name, value) in members.as_object().expect("an object") {
            body[name] = value.clone();
        }
        self.publish(siret, body.to_string()).await;
    }

    /// A request about a contact, with the token.
    pub fn contact(&self, method: Method, id: &str) -> Request {
        let path = format!("/v1/directory/contacts/{id}");
        self.world.client.ask(method, &path).bearer(&self.token)
    }

    /// Keeps a contact.
    pub async fn keep(&self, id: &str, email: &str, sirets: &[&str]) -> Answer {
        let body = json!({"civility": "Mme", "last_name": "Démonval", "first_name": "Ève", "email": email, "sirets": sirets});
        self.contact(Method::PUT, id).json(&body).send().await
    }

    /// Sends many lines.
    pub async fn send_lines(&self, lines: &[String]) -> Answer {
        let request = self
            .world
            .client
            .ask(Method::POST, "/v1/directory/contacts")
            .bearer(&self.token);
        request.raw("application/x-ndjson", lines.join("\n")).send().await
    }
}

/// An invented establishment, from 1: its SIRET is well formed and in no register.
pub fn invented(number: u32) -> String {
    let body = format!("000000{number:07}");
    let digits = body.bytes().rev().map(|it| u32::from(it - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, doubled) if doubled > 9 => doubled - 9,
            (0, doubled) => doubled,
            _ => digit,
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
