//! Who receives the feed, how far each has come, and what is held back for them.
//!
//! The [registry](Registry) knows each subscriber by a secret: the same one is its NATS password and its bearer over
//! HTTP. Only the secret's SHA-256 is kept, and the secret is shown once.

mod error;
mod name;
mod registry;
mod secret;

pub use error::SubscriberError;
pub use name::SubscriberName;
pub use registry::{Kind, NewSubscriber, Registry, Subscriber, known_events};
pub use secret::SubscriberSecret;
