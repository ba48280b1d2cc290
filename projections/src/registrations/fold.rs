//! What a memory means to the model `registrations`.

use chrono::{DateTime, Utc};
use domain::Stage;
use domain::registration::state::MailState;
use domain::values::{Flow, RegistrationId, Siret};
use serde::Serialize;

use crate::{Journey, Memory};

/// A row of `registrations`; the columns have these names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegistrationRow<'a> {
    /// The registration.
    pub registration_id: RegistrationId,
    /// Its first unanswered question.
    pub stage: Stage,
    /// Sequence of its last event.
    pub version: u64,
    /// Place of its last event in the log.
    pub position: u64,
    /// Whether its address is a contact's; absent until looked up.
    pub journey: Option<Journey>,
    /// Whether the address is proven first or last.
    pub flow: Flow,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// When its last event was stored.
    pub last_event_at: DateTime<Utc>,
    /// When the person last did something.
    pub idle_since: DateTime<Utc>,
    /// Whether the person was reminded of it.
    pub reminded: bool,
    /// What became of the mail of its latest request.
    pub mail: Option<MailState>,
    /// How many establishments the person is attached to.
    pub establishments: usize,
    /// The establishment whose register still owes an answer.
    pub pending_check: Option<&'a Siret>,
    /// What the fold must remember.
    pub memory: &'a Memory,
}

/// The row of a registration.
pub fn row(registration_id: RegistrationId, memory: &Memory) -> RegistrationRow<'_> {
    let state = &memory.registration;
    let stage = state.stage();
    let given_up = matches!(stage, Stage::Expired | Stage::Erased | Stage::Closed);
    RegistrationRow {
        registration_id,
        stage,
        version: memory.version,
        position: memory.position,
        journey: memory.journey,
        flow: state.flow,
        started_at: memory.started_at,
        last_event_at: memory.last_event_at,
        idle_since: memory.idle_since,
        reminded: state.reminded,
        mail: state.mail,
        establishments: state.links.len(),
        pending_check: state
            .establishment
            .as_ref()
            .filter(|it| it.is_pending() && !given_up)
            .map(|it| &it.siret),
        memory,
    }
}
