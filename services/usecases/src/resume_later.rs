//! Leaving a form and asking for the link that takes it up again, on whatever device: the reminder, sent at once instead
//! of after a while. Its limits are the reminder's: one for each registration, and none that would take a good link away.

use chrono::TimeDelta;
use domain::Refusal;
use domain::registration::command::{Command, Remind};
use domain::values::RegistrationId;

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::limits::Purpose;
use crate::{Ask, Denied, Ground, Onboarding, limits, mails};

impl Onboarding {
    /// Asks for the mail that takes an unfinished registration up again. Says the same whether or not one is sent: none
    /// is when it was sent before, or when the address has an account.
    ///
    /// # Errors
    /// `step-out-of-order` once the registration is over; `too-many-attempts` by address.
    pub async fn resume_later(&self, id: RegistrationId, ask: &Ask) -> Result<(), Denied> {
        execute(&self.ground, id, ask, &RemindAtOnce).await.map(|_| ())
    }
}

struct RemindAtOnce;

impl Step for RemindAtOnce {
    const STATUS: u16 = 202;

    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        if before.key.is_none() || before.state.stage().is_final() {
            return Err(Refusal::StepOutOfOrder.into());
        }
        let index = ground.keyring.blind_index(&before.identity()?.email);
        let address = mails::address_facts(ground, before, index).await?;
        let command = Command::Remind(Remind {
            idle_since: before.now,
            rest: TimeDelta::zero(),
            mail: mails::request_to(before, &address),
        });
        // What is not sent does not count as a mail.
        if domain::decide(&before.state, command.clone())?.is_empty() {
            return Ok(Prepared::nothing());
        }
        limits::judge(ground, Purpose::Mail, address.uses)?;
        let mut prepared = Prepared::new(command);
        prepared.unit.address_use = Some(Purpose::Mail.of(index));
        Ok(prepared)
    }
}
