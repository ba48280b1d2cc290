//! Choosing a password by the link of a mail: the first, or another one.

use domain::registration::command::{Command, SetPassword};
use domain::registration::event::LinkRefusal;
use domain::values::RegistrationId;
use domain::{Event, decide};
use keyring::LinkClaim;
use tokio::sync::Mutex;

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::links::{hide_missing, proof};
use crate::{Ask, Denied, Ground, Onboarding, Outcome};

/// A token and the password that it lets one choose.
#[derive(Clone)]
pub struct PasswordForm {
    /// The token of the link.
    pub token: String,
    /// The password, as typed.
    pub password: String,
}

impl Onboarding {
    /// Sets the password, and proves the address if that was not done. `id`, where given, must be the link's.
    ///
    /// # Errors
    /// `link-invalid`, `link-expired`, `account-exists`, `step-out-of-order`, [`Denied::PasswordRefused`] with every
    /// unmet rule, [`Denied::Busy`] when too many passwords wait to be hashed.
    pub async fn set_password(
        &self,
        id: Option<RegistrationId>,
        ask: &Ask,
        form: PasswordForm,
    ) -> Result<Outcome, Denied> {
        let claim = self.read_link(&form.token)?;
        if id.is_some_and(|id| id != claim.registration) {
            return Err(domain::Refusal::LinkInvalid.into());
        }
        let registration = claim.registration;
        let step = Choose {
            claim,
            password: domain::values::password_policy::normalise(&form.password),
            hash: Mutex::default(),
        };
        let outcome = execute(&self.ground, registration, ask, &step)
            .await
            .map_err(hide_missing)?;
        Ok(outcome)
    }
}

struct Choose {
    claim: LinkClaim,
    password: String,
    /// Hashed once, however often the command is tried.
    hash: Mutex<Option<String>>,
}

impl Step for Choose {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let proof = proof(ground, before, &self.claim).await?;
        let policy = ground.settings.password_policy();
        let command = Command::SetPassword(SetPassword {
            proof,
            policy: policy.name,
            algorithm: crate::hashing::ALGORITHM.to_owned(),
        });
        if self.already_chosen(ground, before).await? {
            return Ok(Prepared::nothing());
        }
        // Hashing is dear: the domain is asked first whether there is anything to hash for.
        let accepted = decide(&before.state, command.clone())?
            .iter()
            .any(|event| matches!(event, Event::PasswordSet(_)));
        if !accepted {
            return Ok(Prepared::new(command));
        }
        let identity = before.identity()?;
        let unmet = policy.unmet(&self.password, &identity);
        if !unmet.is_empty() {
            return Err(Denied::PasswordRefused(unmet));
        }
        let mut prepared = Prepared::new(command);
        prepared.unit.account = Some(ground.keyring.blind_index(&identity.email));
        prepared.unit.credential = Some(self.hashed(ground).await?);
        Ok(prepared)
    }
}

impl Choose {
    async fn hashed(&self, ground: &Ground) -> Result<String, Denied> {
        let mut hash = self.hash.lock().await;
        if let Some(hash) = hash.as_ref() {
            return Ok(hash.clone());
        }
        let fresh = ground.hashing.hash(&self.password).await?;
        *hash = Some(fresh.clone());
        Ok(fresh)
    }

    /// A double click sends the same password with the same link twice; the second changes nothing.
    async fn already_chosen(&self, ground: &Ground, before: &Before) -> Result<bool, Denied> {
        if before.state.past_requests.get(&self.claim.request_id) != Some(&LinkRefusal::Used) {
            return Ok(false);
        }
        match ground.store.credential(before.id).await? {
            Some(credential) => ground.hashing.verify(&self.password, &credential.phc).await,
            None => Ok(false),
        }
    }
}
