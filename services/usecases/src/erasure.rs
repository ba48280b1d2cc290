//! Being forgotten: at once, after a waiting time, or once a legal hold is over; and again when a restored database has
//! brought somebody back.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::registration::command::{Command, Erase, RequestErasure};
use domain::registration::event::{ErasedBy, PersonErased};
use domain::values::password_policy::normalise;
use domain::values::{Identity, RegistrationId};
use domain::{Event, Stage};
use keyring::Keyring;
use store::{ActingAs, AppendError, KeyUse, NewEvent, Store, UnitOfWork};

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::upkeep::worker;
use crate::{Actor, Ask, Denied, FieldFault, Ground, Onboarding, Outcome};

/// What the event says when the person asked.
const REQUESTED: &str = "requested";
/// What the event says of somebody whom a restored database had brought back.
const RESTORED: &str = "erased before this database was restored";
/// How many registrations are looked up with one question.
const LOOKED_UP_AT_ONCE: usize = 10_000;
/// How often a registration is tried that moves on meanwhile.
const ATTEMPTS_MAX: usize = 5;

impl Onboarding {
    /// Closes the account and forgets its person: the key is destroyed in the same transaction, unless a waiting time is
    /// set or a hold stands against it. Then the account is closed at once and the key goes later.
    ///
    /// # Errors
    /// [`Denied::Unauthorized`] when the password is not the account's.
    pub async fn erase_me(&self, id: RegistrationId, ask: &Ask, password: &str) -> Result<Outcome, Denied> {
        let ground = &self.ground;
        let credential = ground.store.credential(id).await?.ok_or(Denied::Unauthorized)?;
        if !ground
            .hashing
            .verify(&normalise(password), &credential.phc)
            .await?
        {
            return Err(Denied::SignInRefused);
        }
        let forget = Forget {
            by: ErasedBy::Person,
            reason: REQUESTED.to_owned(),
            wait: ground.settings.erasure_wait,
        };
        execute(ground, id, ask, &forget).await
    }

    /// Forgets a person on an operator's reason. The reason stands in an event for ever, so it may not name them. With
    /// `now` no waiting time is kept; a hold always is.
    ///
    /// # Errors
    /// [`Denied::NotFound`]; [`Denied::Invalid`] when the reason holds their name or address.
    pub async fn erase(
        &self,
        id: RegistrationId,
        by: &ActingAs,
        reason: &str,
        now: bool,
    ) -> Result<Outcome, Denied> {
        self.refuse_a_reason_that_names(id, reason).await?;
        self.note_act(id, by, "erasure", reason).await?;
        let wait = if now {
            TimeDelta::zero()
        } else {
            self.ground.settings.erasure_wait
        };
        let forget = Forget {
            by: ErasedBy::Operator,
            reason: reason.to_owned(),
            wait,
        };
        execute(&self.ground, id, &operators(id), &forget).await
    }

    /// Calls an erasure off that waits. The account is open again; its person chooses another password by mail. True when
    /// one waited.
    ///
    /// # Errors
    /// As for [`Self::erase`].
    pub async fn cancel_erasure(
        &self,
        id: RegistrationId,
        by: &ActingAs,
        reason: &str,
    ) -> Result<bool, Denied> {
        self.refuse_a_reason_that_names(id, reason).await?;
        if self.before(id).await?.state.closing.is_none() {
            return Ok(false);
        }
        self.note_act(id, by, "erasure.cancelled", reason).await?;
        let cancel = crate::mail_outcomes::Record::of(Command::CancelErasure(reason.to_owned()));
        let outcome = execute(&self.ground, id, &operators(id), &cancel).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Forgets a person whose erasure waited, when its time has come and no hold stands against it. True when it was done.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn complete_erasure(&self, id: RegistrationId) -> Result<bool, Denied> {
        let outcome = execute(&self.ground, id, &worker(id), &Complete).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Those of these registrations whose person is erased.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn erased_among(
        &self,
        ids: BTreeSet<RegistrationId>,
    ) -> Result<BTreeSet<RegistrationId>, Denied> {
        let all: Vec<RegistrationId> = ids.into_iter().collect();
        let mut erased = BTreeSet::new();
        for some in all.chunks(LOOKED_UP_AT_ONCE) {
            erased.extend(self.ground.store.destroyed_among(some).await?);
        }
        Ok(erased)
    }

    /// Refuses a reason or purpose that holds a name or the address of the person: it is kept for ever. Used for every
    /// free text that an operator gives about a registration.
    ///
    /// # Errors
    /// [`Denied::NotFound`], [`Denied::Invalid`].
    pub async fn refuse_a_reason_that_names(&self, id: RegistrationId, reason: &str) -> Result<(), Denied> {
        let before = self.before(id).await?;
        if before.key.is_some() && names_the_person(reason, &before.identity()?) {
            return Err(Denied::Invalid(vec![FieldFault::new(
                "reason",
                "password-personal",
            )]));
        }
        Ok(())
    }

    async fn note_act(
        &self,
        id: RegistrationId,
        by: &ActingAs,
        what: &str,
        reason: &str,
    ) -> Result<(), Denied> {
        let entry = by.act(id, what, reason);
        self.ground.store.record_access(&entry).await?;
        Ok(())
    }
}

/// Erases again whoever was erased and has come back with a restored database, before anything is served; and writes down
/// outside PostgreSQL whomever only PostgreSQL remembers. Answers how many had come back.
///
/// # Errors
/// When the database or the file cannot be read or written: then nothing may be served.
pub async fn shred_again(store: &Store, keyring: &Keyring) -> Result<u64, Denied> {
    let remembered = keyring.erased()?;
    let destroyed = store.destroyed_keys().await?;
    let unwritten: Vec<RegistrationId> = destroyed
        .into_iter()
        .filter(|id| !remembered.contains(id))
        .collect();
    if !unwritten.is_empty() {
        keyring.remember_erased(&unwritten)?;
    }
    let remembered: Vec<RegistrationId> = remembered.into_iter().collect();
    let mut again = 0;
    for some in remembered.chunks(LOOKED_UP_AT_ONCE) {
        for id in store.living_among(some).await? {
            store
                .lift_hold(id, RESTORED, &ActingAs::service("restore"))
                .await?;
            shred(store, id).await?;
            again += 1;
        }
    }
    if again > 0 {
        tracing::warn!(
            erased_again = again,
            "the database was restored from before these erasures; they were done again before anything was served"
        );
        metrics::counter!("onboarding_erasures_repeated_total").increment(again);
    }
    Ok(again)
}

/// Destroys what a restored database holds of somebody who was erased, and says so in an event as the first time.
async fn shred(store: &Store, id: RegistrationId) -> Result<(), Denied> {
    let event = Event::PersonErased(PersonErased {
        by: ErasedBy::Operator,
        reason: RESTORED.to_owned(),
    });
    let metadata = r#"{"actor":"worker","correlation_id":"restore"}"#;
    for _ in 0..ATTEMPTS_MAX {
        let before = store.load(id, None).await?;
        // A key without events is that of a registration whose first append was never committed: there is none such.
        let events = match before.events.last() {
            Some(last) if last.event_type != "PersonErased" => {
                vec![NewEvent::of(&event, metadata).map_err(Denied::fault)?]
            }
            _ => vec![],
        };
        let unit = UnitOfWork {
            key: KeyUse::Destroy,
            ..UnitOfWork::default()
        };
        match store.append(id, before.version(), events, unit).await {
            Ok(_) => return Ok(()),
            Err(AppendError::VersionConflict) => {}
            Err(fault) => return Err(Denied::fault(fault)),
        }
    }
    Err(Denied::Unavailable("overtaken too often".into()))
}

fn operators(id: RegistrationId) -> Ask {
    Ask::by(Actor::Operator, id.to_string(), None)
}

/// Whether a text holds a name or the address of this person.
pub(crate) fn names_the_person(text: &str, person: &Identity) -> bool {
    let text = text.to_lowercase();
    [
        person.last_name.as_str(),
        person.first_name.as_str(),
        person.email.as_str(),
        person.email.local_part(),
    ]
    .iter()
    .any(|word| word.chars().count() > 2 && text.contains(&word.to_lowercase()))
}

/// The erasure itself, with what is committed beside it.
pub(crate) fn erasure(by: ErasedBy, reason: &str) -> Prepared {
    let mut prepared = Prepared::new(Command::Erase(Erase {
        by,
        reason: reason.to_owned(),
    }));
    prepared.unit.key = KeyUse::Destroy;
    prepared
}

struct Forget {
    by: ErasedBy,
    reason: String,
    wait: TimeDelta,
}

impl Step for Forget {
    const STATUS: u16 = 202;

    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        if self.wait <= TimeDelta::zero() && !ground.store.is_held(before.id).await? {
            return Ok(erasure(self.by, &self.reason));
        }
        let mut prepared = Prepared::new(Command::RequestErasure(RequestErasure {
            by: self.by,
            reason: self.reason.clone(),
            due_at: before.now + self.wait,
        }));
        prepared.unit.key = KeyUse::Close;
        Ok(prepared)
    }
}

struct Complete;

impl Step for Complete {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        match &before.state.closing {
            Some(closing)
                if before.state.stage() == Stage::Closed
                    && closing.due_at <= before.now
                    && !ground.store.is_held(before.id).await? =>
            {
                Ok(erasure(closing.by, &closing.reason))
            }
            _ => Ok(Prepared::nothing()),
        }
    }
}
