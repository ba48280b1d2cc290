//! What nobody asks for and still must be done: registers asked again, unfinished registrations closed.

use domain::registration::command::{Command, CompleteRegisterCheck, Expire};
use domain::values::{RegistrationId, Siret};

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::mail_outcomes::Record;
use crate::{Actor, Ask, Denied, Ground, Onboarding};

impl Onboarding {
    /// Asks the registers again about an establishment that was accepted while they were silent. True once answered.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn complete_register_check(&self, id: RegistrationId, siret: &Siret) -> Result<bool, Denied> {
        let now = self.before(id).await?.now;
        let check = self.ground.registers.check(siret, now).await.check;
        let command = Command::CompleteRegisterCheck(CompleteRegisterCheck { siret: siret.clone(), check });
        let outcome = execute(&self.ground, id, &worker(id), &Record(command)).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Closes a registration that has rested too long. True when it was.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn expire(&self, id: RegistrationId) -> Result<bool, Denied> {
        let outcome = execute(&self.ground, id, &worker(id), &ExpireUnfinished).await?;
        Ok(!outcome.events.is_empty())
    }
}

fn worker(id: RegistrationId) -> Ask {
    Ask::by(Actor::Worker, id.to_string(), None)
}

struct ExpireUnfinished;

impl Step for ExpireUnfinished {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        Ok(Prepared::new(Command::Expire(Expire {
            idle_since: before.idle_since(),
            now: before.now,
            lifetime: ground.settings.unfinished_lifetime,
        })))
    }
}
