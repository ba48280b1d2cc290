//! Contacts that the organisation's system brings, and the accounts that they attach.

use directory::{ContactChange, Written};
use domain::registration::command::Command;
use domain::values::RegistrationId;

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::upkeep::worker;
use crate::{Denied, Ground, Onboarding};

/// Addresses looked at with one question to the database.
const LOOKED_AT_ONCE: u32 = 1_000;

impl Onboarding {
    /// Keeps and removes contacts, all of these or none. Accounts that they concern are attached by a chore.
    ///
    /// # Errors
    /// Faults of ours only; [`Denied::Unavailable`] while a long import is writing.
    pub async fn change_contacts(&self, changes: &[ContactChange]) -> Result<Written, Denied> {
        Ok(self.ground.directory.change_contacts(changes).await?)
    }

    /// Attaches the person to every establishment that has a contact of their address now. True when one was new. What
    /// they were attached to before stays.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn attach_contact(&self, id: RegistrationId) -> Result<bool, Denied> {
        let outcome = execute(&self.ground, id, &worker(id), &Attach).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Looks at every address whose contacts have changed, and attaches the accounts among them. Answers how many were.
    ///
    /// # Errors
    /// Faults that end the round; a fault of one registration is logged, and comes again later.
    pub async fn attach_changed_contacts(&self) -> Result<u64, Denied> {
        let (directory, store) = (&self.ground.directory, &self.ground.store);
        let mut attached = 0;
        loop {
            let changed = directory.changed_contacts(LOOKED_AT_ONCE).await?;
            let addresses: Vec<_> = changed.iter().map(|it| it.address).collect();
            let accounts = store.accounts_of(&addresses).await?;
            let (owned, nobodys): (Vec<_>, Vec<_>) = changed
                .iter()
                .copied()
                .partition(|it| accounts.contains_key(&it.address));
            let told = directory.nobodys(&nobodys).await?;
            for seen in &owned {
                let Some(id) = accounts.get(&seen.address) else {
                    continue;
                };
                match self.attach_contact(*id).await {
                    Ok(is_new) => attached += u64::from(is_new),
                    // Erased meanwhile.
                    Err(Denied::NotFound | Denied::Refused(_)) => {}
                    Err(fault @ Denied::Unavailable(_)) => return Err(fault),
                    Err(fault) => {
                        tracing::error!(
                            registration = %id,
                            error = &fault as &dyn std::error::Error,
                            "an account could not be attached to what its contacts may act for"
                        );
                        directory.put_off(seen).await?;
                        continue;
                    }
                }
                directory.dealt_with(seen).await?;
            }
            // Whoever is being written to at this moment waits for the next round.
            if changed.len() < LOOKED_AT_ONCE as usize || told < nobodys.len() {
                return Ok(attached);
            }
        }
    }
}

struct Attach;

impl Step for Attach {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        if before.key.is_none() {
            return Ok(Prepared::nothing());
        }
        let index = ground.keyring.blind_index(&before.identity()?.email);
        let contact = ground.directory.contacts_of(&index).await?;
        Ok(match contact {
            Some(contact) => Prepared::new(Command::AttachContact(contact.sirets)),
            None => Prepared::nothing(),
        })
    }
}
