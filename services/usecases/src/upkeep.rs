//! What nobody asks for and still must be done: registers asked again, unfinished registrations closed.

use directory::Urgency;
use domain::registration::command::{Command, CompleteRegisterCheck, Expire, Remind};
use domain::values::{RegistrationId, Siret};

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::mail_outcomes::Record;
use crate::{Actor, Ask, Denied, Ground, Onboarding, mails};

impl Onboarding {
    /// Asks the registers again about an establishment that was accepted while they were silent. True once answered.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn complete_register_check(&self, id: RegistrationId, siret: &Siret) -> Result<bool, Denied> {
        let now = self.before(id).await?.now;
        let registers = &self.ground.registers;
        let check = registers.check(siret, now, Urgency::Chore).await.check;
        let command = Command::CompleteRegisterCheck(CompleteRegisterCheck {
            siret: siret.clone(),
            check,
        });
        let outcome = execute(&self.ground, id, &worker(id), &Record::of(command)).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Forgets answers, sessions and counts that are past their time. Answers how many rows went.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn prune(&self) -> Result<u64, Denied> {
        let records = &self.ground.settings.retention.records;
        let pruned = self
            .ground
            .store
            .prune(records.answers, records.address_uses)
            .await?;
        Ok(pruned.commands + pruned.sessions + pruned.address_uses)
    }

    /// Closes a registration that has rested too long. True when it was.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn expire(&self, id: RegistrationId) -> Result<bool, Denied> {
        let outcome = execute(&self.ground, id, &worker(id), &ExpireUnfinished).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Reminds the person of a registration that rests unfinished, once. True when a mail was asked for.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn remind(&self, id: RegistrationId) -> Result<bool, Denied> {
        let outcome = execute(&self.ground, id, &worker(id), &RemindUnfinished).await?;
        Ok(!outcome.events.is_empty())
    }
}

pub(crate) fn worker(id: RegistrationId) -> Ask {
    Ask::by(Actor::Worker, id.to_string(), None)
}

struct ExpireUnfinished;

impl Step for ExpireUnfinished {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        Ok(Prepared::new(Command::Expire(Expire {
            idle_since: before.idle_since(),
            now: before.now,
            lifetime: ground.settings.retention.unfinished.expire_after,
        })))
    }
}

struct RemindUnfinished;

impl Step for RemindUnfinished {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        if before.key.is_none() || before.state.stage().is_final() {
            return Ok(Prepared::nothing());
        }
        let index = ground.keyring.blind_index(&before.identity()?.email);
        let address = mails::address_facts(ground, before, index).await?;
        Ok(Prepared::new(Command::Remind(Remind {
            idle_since: before.idle_since(),
            rest: ground.settings.retention.unfinished.remind_after,
            mail: mails::request_to(before, &address),
        })))
    }
}
