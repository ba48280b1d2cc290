//! A subscriber of the feed, as far as HTTP goes: it has a credential, and reads people with it.

use reqwest::Method;
use subscribers::{Kind, NewSubscriber, Registry};

use crate::client::Request;
use crate::world::World;

/// A subscriber with its credential.
pub struct Reader<'w> {
    world: &'w World,
    /// Its name.
    pub name: String,
    /// Its secret.
    pub secret: String,
}

impl<'w> Reader<'w> {
    /// Adds a subscriber.
    pub async fn add(world: &'w World, name: &str) -> Self {
        let asked = NewSubscriber {
            name: name.parse().expect("a name"),
            kind: Kind::Nats,
            events: vec!["PersonErased".to_owned()],
            begins_after: 0,
        };
        let registry = Registry::new(world.pool.clone());
        let (_, secret) = registry.add(&asked).await.expect("added");
        Self {
            world,
            name: name.to_owned(),
            secret: secret.expose().to_owned(),
        }
    }

    /// A request about a person, with the credential.
    pub fn ask(&self, method: Method, registration: &str, step: &str) -> Request {
        let path = format!("/v1/people/{registration}{step}");
        self.world.client.ask(method, &path).bearer(&self.secret)
    }

    /// Reads a person.
    pub fn read(&self, registration: &str) -> Request {
        let request = self.ask(Method::GET, registration, "");
        request.header("onboarding-purpose", "open the file of a new account")
    }
}
