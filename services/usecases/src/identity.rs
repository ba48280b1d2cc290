//! Step 1: who the person is. Starts a registration, and redoes its first step until the address is proven.

use domain::Refusal;
use domain::registration::command::{Command, ContactLookup, IdentityChange, SubmitIdentity};
use domain::values::{Identity, Locale, ProfileCode, RegistrationId};
use keyring::PersonKey;
use store::{AddressFacts, KeyUse};
use uuid::Uuid;

use crate::execute::{Found, Prepared, Step, execute};
use crate::history::{Before, contact_place, identity_place};
use crate::limits::Purpose;
use crate::{Ask, Denied, Form, Ground, Onboarding, Outcome, limits, links, mails};

/// The content of step 1.
#[derive(Clone, Debug)]
pub struct IdentityForm {
    /// Civility, names and address.
    pub identity: Identity,
    /// Answer to "Vous êtes (ou votre client est)".
    pub profile: ProfileCode,
    /// The language of mails.
    pub locale: Locale,
}

impl Onboarding {
    /// Starts a registration.
    ///
    /// # Errors
    /// [`Denied::Invalid`] with every bad field; [`Denied::TooManyAttempts`] when the address is used too often.
    pub async fn start(&self, ask: &Ask, form: Form<IdentityForm>) -> Result<Outcome, Denied> {
        let form = form.map_err(Denied::Invalid)?;
        let id = RegistrationId(Uuid::now_v7());
        execute(&self.ground, id, ask, &Start(form)).await
    }

    /// Redoes step 1: "Précédent", "corriger mon adresse".
    ///
    /// # Errors
    /// [`Refusal::StepOutOfOrder`] once the address is proven, whatever the form holds.
    pub async fn submit_identity(
        &self,
        id: RegistrationId,
        ask: &Ask,
        form: Form<IdentityForm>,
    ) -> Result<Outcome, Denied> {
        execute(&self.ground, id, ask, &Resubmit(form)).await
    }
}

struct Start(IdentityForm);

impl Step for Start {
    const STATUS: u16 = 201;

    /// Nothing is there to be loaded: one statement asks everything about the address.
    async fn find(&self, ground: &Ground, id: RegistrationId, ask: &Ask) -> Result<Found, Denied> {
        let index = ground.keyring.blind_index(&self.0.identity.email);
        let command = ask.idempotency.as_ref().map(|it| it.command_id);
        let question = Purpose::Mail.question(index, command);
        let mut address = ground.store.address_facts(question).await?;
        match address.command.take() {
            Some(record) => Ok(Found::Answered(record)),
            None => Ok(Found::Before(Box::new(Before::nothing(id, address)))),
        }
    }

    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let (key, wrapped) = ground.keyring.new_person_key(before.id)?;
        gather(
            ground,
            before,
            &self.0,
            IdentityChange::NewAddress,
            &key,
            KeyUse::New(wrapped),
        )
        .await
    }
}

struct Resubmit(Form<IdentityForm>);

impl Step for Resubmit {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let closed = before.state.email_verified || before.state.stage().is_final();
        let form = match &self.0 {
            Ok(form) => form,
            Err(_) if closed => return Err(Refusal::StepOutOfOrder.into()),
            Err(faults) => return Err(Denied::Invalid(faults.clone())),
        };
        let Some(key) = &before.key else {
            return Err(Refusal::StepOutOfOrder.into());
        };
        let change = how_it_differs(before, form)?;
        gather(ground, before, form, change, key, KeyUse::Existing(key.id())).await
    }
}

fn how_it_differs(before: &Before, form: &IdentityForm) -> Result<IdentityChange, Denied> {
    let held = before.identity()?;
    if held.email.canonical() != form.identity.email.canonical() {
        return Ok(IdentityChange::NewAddress);
    }
    let same_words = before
        .submitted()
        .is_some_and(|(_, it)| it.profile == form.profile && it.locale == form.locale);
    Ok(if held == form.identity && same_words {
        IdentityChange::Same
    } else {
        IdentityChange::Details
    })
}

async fn gather(
    ground: &Ground,
    before: &Before,
    form: &IdentityForm,
    change: IdentityChange,
    key: &PersonKey,
    use_of_key: KeyUse,
) -> Result<Prepared, Denied> {
    let index = ground.keyring.blind_index(&form.identity.email);
    let new_address = change == IdentityChange::NewAddress;
    let address = mails::address_facts(ground, before, index).await?;
    if new_address {
        limits::judge(ground, Purpose::Mail, address.uses)?;
    }
    let sealed = key.seal(&identity_place(before.id, before.version + 1), &form.identity)?;
    let contact = if new_address {
        contact_lookup(ground, before, &address, key)?
    } else {
        ContactLookup::NotMatched
    };
    let mut prepared = Prepared::new(Command::SubmitIdentity(SubmitIdentity {
        profile: form.profile.clone(),
        locale: form.locale,
        flow: ground.settings.flow,
        change,
        sealed,
        contact,
        mail: mails::request_to(before, &address),
    }));
    prepared.unit.key = use_of_key;
    prepared.unit.address_use = new_address.then_some(Purpose::Mail.of(index));
    Ok(prepared)
}

/// Sealed for the sequence after the identity's, where `decide` puts it.
fn contact_lookup(
    ground: &Ground,
    before: &Before,
    address: &AddressFacts,
    key: &PersonKey,
) -> Result<ContactLookup, Denied> {
    let Some(found) = links::contacts_among(ground, address)? else {
        return Ok(ContactLookup::NotMatched);
    };
    let establishments = u32::try_from(found.sirets.len()).unwrap_or(u32::MAX);
    let sealed = key.seal(&contact_place(before.id, before.version + 2), &found)?;
    Ok(ContactLookup::Matched {
        establishments,
        sealed,
    })
}
