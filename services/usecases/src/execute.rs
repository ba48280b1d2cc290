//! How every command runs: load, gather facts, decide, append; again when somebody else was quicker.
//!
//! One load brings events, earlier answer and key; one append commits everything that must be true together. The
//! aggregate is cqrs-es's; its `execute` loads, handles and commits the same way, but returns nothing, retries nothing,
//! folds the history twice and tells its queries after the commit, where a crash forgets them.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use domain::values::RegistrationId;
use domain::{Command, Event, Refusal, Registration};
use keyring::TombstoneRoom;
use store::{AppendError, CommandRecord, KeyUse, NewCommand, NewEvent, UnitOfWork};

use crate::history::Before;
use crate::{Ask, Denied, Ground, RegistrationView};

/// How often a command is tried against somebody quicker before it is given up.
const ATTEMPTS_MAX: usize = 4;

/// A command with its facts, and what must be committed with its events.
#[derive(Default)]
pub(crate) struct Prepared {
    /// Nothing when it turned out that nothing is to be done.
    pub command: Option<Command>,
    pub unit: UnitOfWork,
}

impl Prepared {
    pub fn new(command: Command) -> Self {
        Self {
            command: Some(command),
            ..Self::default()
        }
    }

    pub fn nothing() -> Self {
        Self::default()
    }
}

/// One thing that is asked for: gathers the facts of its command from what stood before.
pub(crate) trait Step: Sync {
    /// The HTTP status of the good answer; kept beside the idempotency key.
    const STATUS: u16 = 200;

    /// Finds what stood before, or that the command has been answered.
    fn find(
        &self,
        ground: &Ground,
        id: RegistrationId,
        ask: &Ask,
    ) -> impl Future<Output = Result<Found, Denied>> + Send {
        load(ground, id, ask)
    }

    fn gather(
        &self,
        ground: &Ground,
        before: &Before,
    ) -> impl Future<Output = Result<Prepared, Denied>> + Send;
}

/// What a command finds.
pub(crate) enum Found {
    /// The same command has been answered already.
    Answered(CommandRecord),
    /// The registration as it stood before.
    Before(Box<Before>),
}

pub(crate) async fn load(ground: &Ground, id: RegistrationId, ask: &Ask) -> Result<Found, Denied> {
    let command_id = ask.idempotency.as_ref().map(|it| it.command_id);
    let mut loaded = ground.store.load(id, command_id).await?;
    if let Some(record) = loaded.command.take() {
        return Ok(Found::Answered(record));
    }
    let before = Before::of(ground, id, &loaded, None)?;
    match before.state.started {
        true => Ok(Found::Before(Box::new(before))),
        false => Err(Denied::NotFound),
    }
}

/// What a command came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The registration.
    pub id: RegistrationId,
    /// The sequence of its last event.
    pub version: u64,
    /// What is remembered of it.
    pub state: Registration,
    /// The HTTP status of the answer.
    pub status: u16,
    /// True when the answer is an earlier one, given again.
    pub replayed: bool,
    /// What happened; empty when it was already so.
    pub events: Vec<Event>,
}

impl Outcome {
    /// What is told of it.
    pub fn view(&self) -> RegistrationView {
        RegistrationView::of(self.id, self.version, &self.state)
    }
}

/// Runs a step. A refusal that is itself an event is committed first and then answered.
pub(crate) async fn execute<S: Step>(
    ground: &Ground,
    id: RegistrationId,
    ask: &Ask,
    step: &S,
) -> Result<Outcome, Denied> {
    for _ in 0..ATTEMPTS_MAX {
        match attempt(ground, id, ask, step).await? {
            Attempt::Done(outcome) => return Ok(*outcome),
            Attempt::Overtaken => metrics::counter!("onboarding_conflicts_total").increment(1),
        }
    }
    Err(Denied::Unavailable("overtaken too often".into()))
}

enum Attempt {
    Done(Box<Outcome>),
    Overtaken,
}

async fn attempt<S: Step>(
    ground: &Ground,
    id: RegistrationId,
    ask: &Ask,
    step: &S,
) -> Result<Attempt, Denied> {
    let before = match step.find(ground, id, ask).await? {
        Found::Before(before) => *before,
        Found::Answered(record) => {
            let again = answer_again(ground, &record, ask).await?;
            return Ok(again.map_or(Attempt::Overtaken, |it| Attempt::Done(Box::new(it))));
        }
    };
    if ask
        .expected_version
        .is_some_and(|expected| expected != before.version)
    {
        return Err(Denied::PreconditionFailed);
    }
    let Prepared { command, mut unit } = step.gather(ground, &before).await?;

    let sink = EventSink::<Registration>::default();
    let mut state = before.state;
    if let Some(command) = command {
        state.handle(command, &(), &sink).await?;
    }
    let events = sink.collect().await;
    let refusal = events.iter().find_map(Event::refusal);
    let mut outcome = Outcome {
        id,
        version: before.version,
        state,
        status: S::STATUS,
        replayed: false,
        events,
    };
    if outcome.events.is_empty() {
        if ask.idempotency.is_none() {
            // "It is already so" acknowledges what was only read.
            let again = ground.store.load_replicated(id, None).await?;
            return Ok(match again.version() < outcome.version {
                true => Attempt::Overtaken,
                false => Attempt::Done(Box::new(outcome)),
            });
        }
        unit.key = KeyUse::None;
    }
    let erases = unit.key == KeyUse::Destroy;
    unit.command = ask.idempotency.as_ref().map(|it| NewCommand {
        id: it.command_id,
        request_hash: it.request_hash,
        status: if refusal.is_some() { 422 } else { S::STATUS },
        code: refusal.as_ref().map(|it| it.code().to_owned()),
    });
    let metadata = serde_json::to_string(&ask.metadata()).map_err(Denied::fault)?;
    let new_events = outcome.events.iter().map(|event| NewEvent::of(event, &metadata));
    let new_events = new_events.collect::<Result<Vec<_>, _>>().map_err(Denied::fault)?;

    let room = match erases {
        true => Some(room_for_erased(ground).await?),
        false => None,
    };

    match ground.store.append(id, outcome.version, new_events, unit).await {
        Ok(appended) => {
            outcome.version = appended.last_sequence;
            if let Some(room) = room {
                remember_erased(room, id).await?;
            }
            if !outcome.events.is_empty() {
                ground.nudge.tell();
            }
            match refusal {
                Some(refusal) => Err(refusal.into()),
                None => Ok(Attempt::Done(Box::new(outcome))),
            }
        }
        // Somebody was quicker: the same request on another connection, another step, the mailer, an erasure.
        Err(
            AppendError::VersionConflict
            | AppendError::DuplicateCommand
            | AppendError::KeyDestroyed
            | AppendError::OnHold,
        ) => Ok(Attempt::Overtaken),
        Err(AppendError::AddressHasAccount) => Err(Refusal::AccountExists.into()),
        Err(fault) => Err(Denied::fault(fault)),
    }
}

/// Taken before anything is destroyed: on a full disk nothing is, and the person is told to come again.
async fn room_for_erased(ground: &Ground) -> Result<TombstoneRoom, Denied> {
    let keyring = ground.keyring.clone();
    tokio::task::spawn_blocking(move || keyring.room_for_erased())
        .await
        .map_err(Denied::fault)?
        .map_err(Denied::from)
}

/// An erasure is acknowledged once the disk outside PostgreSQL has it. Should this die before, the next start of any role
/// writes it down from the database's own tombstone.
async fn remember_erased(room: TombstoneRoom, id: RegistrationId) -> Result<(), Denied> {
    tokio::task::spawn_blocking(move || room.remember(id))
        .await
        .map_err(Denied::fault)?
        .map_err(Denied::from)
}

/// The answer that the same command got before, told from the events as they stood then. Whoever asks again may have met a
/// failover, so it is given once it outlives one; nothing when it did not.
pub(crate) async fn answer_again(
    ground: &Ground,
    record: &CommandRecord,
    ask: &Ask,
) -> Result<Option<Outcome>, Denied> {
    if ask
        .idempotency
        .as_ref()
        .is_none_or(|it| it.request_hash != record.request_hash)
    {
        return Err(Denied::IdempotencyKeyReused);
    }
    let loaded = ground
        .store
        .load_replicated(record.registration, Some(record.id))
        .await?;
    if loaded.command.as_ref() != Some(record) {
        return Ok(None);
    }
    let before = Before::of(ground, record.registration, &loaded, Some(record.last_sequence))?;
    if let Some(refusal) = record
        .code
        .as_deref()
        .and_then(|code| refusal_of(code, &before.state))
    {
        return Err(Denied::RefusedBefore(refusal));
    }
    Ok(Some(Outcome {
        id: record.registration,
        version: before.version,
        state: before.state,
        status: record.status,
        replayed: true,
        events: vec![],
    }))
}

/// The refusals that are events, and so stand in an idempotency record. What a register said stands in the event.
fn refusal_of(code: &str, state: &Registration) -> Option<Refusal> {
    let by_register = state.register_refusal.as_ref().map(|it| it.refusal());
    [
        Refusal::MemberNumberMismatch,
        Refusal::LinkInvalid,
        Refusal::LinkExpired,
    ]
    .into_iter()
    .chain(by_register)
    .find(|it| it.code() == code)
}
