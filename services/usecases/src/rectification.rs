//! Correcting who one is. The address stays: another one has to be proven first.

use domain::Refusal;
use domain::registration::command::{Command, RectifyIdentity};
use domain::values::{Civility, Identity, PersonName, RegistrationId};
use store::KeyUse;

use crate::execute::{Prepared, Step, execute};
use crate::history::{Before, rectified_place};
use crate::{Ask, Denied, Form, Ground, Onboarding, Outcome};

/// What may be corrected.
#[derive(Clone)]
pub struct Correction {
    /// Civility.
    pub civility: Civility,
    /// Last name.
    pub last_name: PersonName,
    /// First name.
    pub first_name: PersonName,
}

impl Onboarding {
    /// Corrects the civility and names of an account.
    ///
    /// # Errors
    /// [`Denied::Invalid`] with every fault; `step-out-of-order` when it is no account (any more).
    pub async fn rectify(
        &self,
        id: RegistrationId,
        ask: &Ask,
        correction: Form<Correction>,
    ) -> Result<Outcome, Denied> {
        execute(&self.ground, id, ask, &Rectify(correction)).await
    }
}

struct Rectify(Form<Correction>);

impl Step for Rectify {
    async fn gather(&self, _: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let Some(key) = &before.key else {
            return Err(Refusal::StepOutOfOrder.into());
        };
        let correction = match &self.0 {
            Ok(correction) => correction,
            Err(faults) => return Err(Denied::Invalid(faults.clone())),
        };
        let held = before.identity()?;
        let corrected = Identity {
            civility: correction.civility,
            last_name: correction.last_name.clone(),
            first_name: correction.first_name.clone(),
            email: held.email.clone(),
        };
        let sealed = key.seal(&rectified_place(before.id, before.version + 1), &corrected)?;
        let mut prepared = Prepared::new(Command::RectifyIdentity(RectifyIdentity {
            changed: corrected != held,
            sealed,
        }));
        prepared.unit.key = KeyUse::Existing(key.id());
        Ok(prepared)
    }
}
