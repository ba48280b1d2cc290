//! Who receives the feed, how far each has come, and what is held back for them.
//!
//! The [registry](Registry) knows each subscriber by a secret: the same one is its NATS password and its bearer over
//! HTTP. Only the secret's SHA-256 is kept, and the secret is shown once.
//!
//! The [lanes](Lanes) keep the order: of one registration at most one event is under way to a subscriber, and one that it
//! refuses holds up that registration alone. They know nothing of how events travel.

mod callout;
mod cut;
mod distributor;
mod error;
mod hand_over;
mod lanes;
mod lead;
mod line;
mod message;
mod name;
mod outcomes;
mod own_stream;
mod parked;
mod registry;
mod replay;
mod secret;
mod status;
pub mod webhook;

pub use callout::{CalloutSettings, answer_callouts, callout_answers, may_publish, may_subscribe};
pub use cut::cut_connections;
pub use distributor::{DistributorSettings, NUDGE_SUBJECT, distribute};
pub use error::SubscriberError;
pub use lanes::{Due, Lanes, Outcome, Turn, Window};
pub use lead::Lead;
pub use message::{Parcel, parcels};
pub use name::{STREAM_PREFIX, SUBJECT_PREFIX, SubscriberName};
pub use outcomes::STREAM as OUTCOMES_STREAM;
pub use own_stream::{ACK_WAIT, DELIVERIES_MAX, make_stream, remove_stream};
pub use parked::{Parked, Position, Skipped};
pub use registry::{Kind, NewSubscriber, Registry, Subscriber, known_events};
pub use replay::{
    NewReplay, REPLAY_RATE, REPLAY_RATE_MAX, REPLAY_REGISTRATIONS_MAX, Replay, ReplayKey, ReplayRange,
    position_at,
};
pub use secret::SubscriberSecret;
pub use status::{SubscriberStatus, status};
