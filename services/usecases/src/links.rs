//! What comes of the link in a mail: proving the address, and taking an unfinished registration up again.
//!
//! Opening a link changes nothing; these are the acts that follow.

use domain::Refusal;
use domain::registration::command::{Command, VerifyEmail};
use domain::registration::event::LinkPurpose;
use domain::values::{ContactReferences, RegistrationId};
use keyring::LinkClaim;
use store::AddressFacts;

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::{Ask, Denied, Ground, Onboarding, Outcome, mails};

impl Onboarding {
    /// Proves an address by the token of its link. Twice is no error.
    ///
    /// # Errors
    /// `link-invalid`, `link-expired`, `account-exists`.
    pub async fn verify_email(&self, ask: &Ask, token: &str) -> Result<Outcome, Denied> {
        let claim = self.read_link(token)?;
        execute(&self.ground, claim.registration, ask, &Verify(claim))
            .await
            .map_err(hide_missing)
    }

    /// Takes an unfinished registration up again by the link of its reminder: a new continuation token.
    ///
    /// # Errors
    /// `link-invalid`, `link-expired`.
    pub async fn resume(&self, ask: &Ask, token: &str) -> Result<(Outcome, String), Denied> {
        let claim = self.read_link(token)?;
        let (id, request_id) = (claim.registration, claim.request_id);
        let outcome = execute(&self.ground, id, ask, &Resume(claim))
            .await
            .map_err(hide_missing)?;
        let continuation = self.ground.keyring.continuation_token(id, Some(request_id));
        Ok((outcome, continuation))
    }

    /// The token by which the client that started a registration goes on with it.
    pub fn continuation_token(&self, id: RegistrationId) -> String {
        self.ground.keyring.continuation_token(id, None)
    }

    /// The registration that a continuation token opens.
    pub fn continued_by(&self, token: &str) -> Option<RegistrationId> {
        self.ground.keyring.read_continuation_token(token)
    }

    pub(crate) fn read_link(&self, token: &str) -> Result<LinkClaim, Denied> {
        keyring::read_link_token(token).ok_or(Denied::Refused(Refusal::LinkInvalid))
    }

    pub(crate) async fn before(&self, id: RegistrationId) -> Result<Before, Denied> {
        let loaded = self.ground.store.load(id, None).await?;
        let before = Before::of(&self.ground, id, &loaded, None)?;
        if before.state.started {
            Ok(before)
        } else {
            Err(Denied::NotFound)
        }
    }

    /// A registration as it stands.
    ///
    /// # Errors
    /// [`Denied::NotFound`].
    pub async fn registration(&self, id: RegistrationId) -> Result<Outcome, Denied> {
        let before = self.before(id).await?;
        Ok(Outcome {
            id,
            version: before.version,
            state: before.state,
            status: 200,
            replayed: false,
            events: vec![],
        })
    }
}

/// A link to nothing is an invalid link, not a missing page.
pub(crate) fn hide_missing(denied: Denied) -> Denied {
    match denied {
        Denied::NotFound => Refusal::LinkInvalid.into(),
        other => other,
    }
}

/// The purpose of a link, when the link is one that this service made for this registration.
pub(crate) fn genuine_purpose(
    ground: &Ground,
    before: &Before,
    claim: &LinkClaim,
) -> Result<LinkPurpose, Denied> {
    let request = before.request(claim.request_id).ok_or(Refusal::LinkInvalid)?;
    if claim.is_genuine(&ground.keyring, request.purpose, request.expires_at) {
        Ok(request.purpose)
    } else {
        Err(Refusal::LinkInvalid.into())
    }
}

/// The facts of a proof.
pub(crate) async fn proof(
    ground: &Ground,
    before: &Before,
    claim: &LinkClaim,
) -> Result<VerifyEmail, Denied> {
    let purpose = genuine_purpose(ground, before, claim)?;
    if before.key.is_none() {
        return Err(Refusal::LinkInvalid.into());
    }
    let index = ground.keyring.blind_index(&before.identity()?.email);
    let address = mails::address_facts(ground, before, index).await?;
    Ok(VerifyEmail {
        request_id: claim.request_id,
        purpose,
        now: before.now,
        address_has_account: mails::is_another_account(before.id, &address),
        contact_of: contacts_among(ground, &address)?
            .map(|it| it.sirets)
            .unwrap_or_default(),
    })
}

/// What the organisation's contacts at an address stand for; nothing where it has none.
pub(crate) fn contacts_among(
    ground: &Ground,
    address: &AddressFacts,
) -> Result<Option<ContactReferences>, Denied> {
    let sealed = address.contacts.iter();
    Ok(ground
        .directory
        .opened(sealed.map(|it| (it.index, it.sealed.clone())))?)
}

/// Changes nothing: only the link is judged.
struct Resume(LinkClaim);

impl Step for Resume {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        if genuine_purpose(ground, before, &self.0)? != LinkPurpose::Resume {
            return Err(Refusal::LinkInvalid.into());
        }
        let request = before.state.request.as_ref();
        match request.filter(|request| request.id == self.0.request_id) {
            None => Err(Refusal::LinkInvalid.into()),
            Some(request) if before.now >= request.expires_at => Err(Refusal::LinkExpired.into()),
            Some(_) => Ok(Prepared::nothing()),
        }
    }
}

struct Verify(LinkClaim);

impl Step for Verify {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        Ok(Prepared::new(Command::VerifyEmail(
            proof(ground, before, &self.0).await?,
        )))
    }
}
