//! Asking for mails with a link: once more, or to choose another password.

use domain::registration::command::{Command, MailRequest};
use domain::values::{EmailAddress, RegistrationId, RequestId};
use keyring::BlindIndex;
use store::AddressFacts;
use uuid::Uuid;

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::limits::Purpose;
use crate::{Ask, Denied, Form, Ground, Onboarding, Outcome, limits};

/// How many registrations of one address are looked at for the one that goes on.
const UNFINISHED_MAX: i64 = 5;

impl Onboarding {
    /// Asks for the mail once more; its link replaces the one before.
    ///
    /// # Errors
    /// `step-out-of-order` when no mail is due; `too-many-attempts` by registration or by address.
    pub async fn request_verification_mail(&self, id: RegistrationId, ask: &Ask) -> Result<Outcome, Denied> {
        execute(&self.ground, id, ask, &Resend).await
    }

    /// Asks for a mail to choose another password, or for the link that fits a registration which has none yet. Says the
    /// same of every address.
    ///
    /// # Errors
    /// Only a fault in the form, or too many asks for one address.
    pub async fn request_password_reset(&self, ask: &Ask, email: Form<EmailAddress>) -> Result<(), Denied> {
        let email = email.map_err(Denied::Invalid)?;
        let index = self.ground.keyring.blind_index(&email);
        let address = self
            .ground
            .store
            .address_facts(Purpose::Mail.question(index, None))
            .await?;
        limits::judge(&self.ground, Purpose::Mail, address.uses)?;
        let found = match address.account {
            Some(account) => Some(account),
            None => self.unfinished_of(&index).await?,
        };
        let Some(id) = found else {
            // Counted all the same: a limit that only accounts reach would tell who has one.
            self.ground
                .store
                .record_address_use(&Purpose::Mail.of(index), None)
                .await?;
            return Ok(());
        };
        let ask = self.in_the_name_of(&email, ask);
        match execute(&self.ground, id, &ask, &Reset).await {
            // Too many resets of one account must not be told apart from an address without account.
            Ok(_) => Ok(()),
            // Refused asks are counted as well, or the address's own limit would never be reached, and that would tell.
            Err(Denied::Refused(_) | Denied::NotFound | Denied::IdempotencyKeyReused) => Ok(self
                .ground
                .store
                .record_address_use(&Purpose::Mail.of(index), None)
                .await?),
            Err(denied) => Err(denied),
        }
    }

    /// The unfinished registration of an address: the latest one that waits for its mail, else the latest one.
    async fn unfinished_of(&self, index: &BlindIndex) -> Result<Option<RegistrationId>, Denied> {
        let mut newest = None;
        for id in self.ground.store.unfinished_of(index, UNFINISHED_MAX).await? {
            let before = match self.before(id).await {
                Err(Denied::NotFound) => continue,
                other => other?,
            };
            let stage = before.state.stage();
            if stage.is_final()
                || before.key.is_none()
                || self.ground.keyring.blind_index(&before.identity()?.email) != *index
            {
                continue;
            }
            if !stage.is_form_open() {
                return Ok(Some(id));
            }
            newest = newest.or(Some(id));
        }
        Ok(newest)
    }

    /// The same ask with a key of the address's own. Were it anybody's, using it for two addresses at once would tell which
    /// has an account.
    fn in_the_name_of(&self, email: &EmailAddress, ask: &Ask) -> Ask {
        let mut ask = ask.clone();
        if let Some(key) = &mut ask.idempotency {
            let (address, of_anybody) = (email.canonical(), key.command_id.to_string());
            key.command_id = self.ground.keyring.command_id(&address, "", "", &of_anybody);
        }
        ask
    }
}

struct Resend;

impl Step for Resend {
    const STATUS: u16 = 202;

    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        ask_for(ground, before, Command::RequestVerificationMail).await
    }
}

struct Reset;

impl Step for Reset {
    const STATUS: u16 = 202;

    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        ask_for(ground, before, Command::RequestPasswordReset).await
    }
}

async fn ask_for(
    ground: &Ground,
    before: &Before,
    command: fn(MailRequest) -> Command,
) -> Result<Prepared, Denied> {
    if before.key.is_none() {
        return Err(domain::Refusal::StepOutOfOrder.into());
    }
    let index = ground.keyring.blind_index(&before.identity()?.email);
    let address = address_facts(ground, before, index).await?;
    let mail = request_to(before, &address);
    // What the domain refuses must not count as a mail, so it is asked before the address's limit is.
    domain::decide(&before.state, command(mail.clone()))?;
    limits::judge(ground, Purpose::Mail, address.uses)?;
    let mut prepared = Prepared::new(command(mail));
    prepared.unit.address_use = Some(Purpose::Mail.of(index));
    Ok(prepared)
}

/// What is known of an address. A registration that begins has asked already.
pub(crate) async fn address_facts(
    ground: &Ground,
    before: &Before,
    index: BlindIndex,
) -> Result<AddressFacts, Denied> {
    match &before.address {
        Some(known) => Ok(known.clone()),
        None => Ok(ground
            .store
            .address_facts(Purpose::Mail.question(index, None))
            .await?),
    }
}

/// The facts of a mail that may have to be asked for.
pub(crate) fn request_to(before: &Before, address: &AddressFacts) -> MailRequest {
    MailRequest {
        request_id: RequestId(Uuid::now_v7()),
        now: before.now,
        address_has_account: is_another_account(before.id, address),
    }
}

/// Whether another registration of this address is already an account.
pub(crate) fn is_another_account(id: RegistrationId, address: &AddressFacts) -> bool {
    address.account.is_some_and(|owner| owner != id)
}
