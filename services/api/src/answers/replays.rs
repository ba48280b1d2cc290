//! Replays, as the subscriber that asked for them sees them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use subscribers::Replay;
use utoipa::ToSchema;
use uuid::Uuid;

use super::vocabulary;

/// A replay, and how far it is.
#[derive(Serialize, ToSchema)]
pub struct ReplayAnswer {
    /// Its id: each of its messages bears it in the header `Onboarding-Replay`.
    id: Uuid,
    /// The first position.
    #[schema(example = 1)]
    from: u64,
    /// The last position.
    #[schema(example = 120)]
    to: u64,
    /// Only events of these registrations; absent: of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    registrations: Option<Vec<Uuid>>,
    /// Events a second at most.
    #[schema(example = 100)]
    rate: i32,
    /// Every event up to here was taken up.
    #[schema(example = 60)]
    position: u64,
    /// How many events were taken up.
    #[schema(example = 60)]
    taken: i64,
    /// How many registrations have events of it under way, held or parked.
    #[schema(example = 2)]
    open: i64,
    /// Who asked for it.
    #[schema(value_type = vocabulary::ReplayRequester)]
    requested_by: String,
    /// When it was asked for.
    requested_at: DateTime<Utc>,
    /// When its last event was taken up. It is over when `open` is 0 too.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_up_at: Option<DateTime<Utc>>,
}

/// A subscriber's replays.
#[derive(Serialize, ToSchema)]
pub struct ReplaysAnswer {
    /// The latest first, at most 100.
    pub replays: Vec<ReplayAnswer>,
}

impl From<Replay> for ReplayAnswer {
    fn from(it: Replay) -> Self {
        Self {
            id: it.id,
            from: it.from_position.0,
            to: it.to_position.0,
            registrations: it.registrations,
            rate: it.rate,
            position: it.position.0,
            taken: it.taken,
            open: it.open,
            requested_by: it.requested_by,
            requested_at: it.requested_at,
            taken_up_at: it.taken_up_at,
        }
    }
}
