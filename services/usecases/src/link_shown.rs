//! A link as the page behind it shows it: what it is for and whether it is still good. Looking changes nothing.

use domain::Registration;
use domain::registration::event::{LinkPurpose, LinkRefusal};
use domain::values::{EmailAddress, RegistrationId};

use crate::history::Before;
use crate::links::{genuine_purpose, hide_missing};
use crate::{Denied, Ground, Onboarding, mails};

/// Whether a link is still good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStanding {
    /// It may be acted on.
    Good,
    /// Its time is over, and no other took its place.
    Expired,
    /// A newer link took its place.
    Replaced,
    /// It has served.
    Used,
    /// It is good, but another registration of this address became the account meanwhile.
    AccountExists,
}

/// A genuine link. Debug shows nothing of the person.
#[derive(Debug)]
pub struct LinkShown {
    /// The registration or account that it belongs to.
    pub id: RegistrationId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whether it is still good.
    pub standing: LinkStanding,
    /// The address that it was sent to; only while it is good, since a replaced link may have gone to another.
    pub email: Option<EmailAddress>,
    /// What is remembered of the registration.
    pub state: Registration,
}

impl Onboarding {
    /// Looks at a link without changing anything.
    ///
    /// # Errors
    /// `link-invalid` when this service never made it, or its person is forgotten.
    pub async fn link_shown(&self, token: &str) -> Result<LinkShown, Denied> {
        let claim = self.read_link(token)?;
        let before = self.before(claim.registration).await.map_err(hide_missing)?;
        let purpose = genuine_purpose(&self.ground, &before, &claim)?;
        if before.key.is_none() {
            return Err(domain::Refusal::LinkInvalid.into());
        }
        let current = before
            .state
            .request
            .as_ref()
            .filter(|request| request.id == claim.request_id);
        let standing = match current {
            Some(request) if request.is_good(before.now) => good(&self.ground, &before, purpose).await?,
            Some(_) => LinkStanding::Expired,
            None => match before.state.past_requests.get(&claim.request_id) {
                Some(LinkRefusal::Used) => LinkStanding::Used,
                Some(LinkRefusal::Expired) => LinkStanding::Expired,
                Some(LinkRefusal::Replaced) | None => LinkStanding::Replaced,
            },
        };
        let email = match standing {
            LinkStanding::Good => Some(before.identity()?.email),
            _ => None,
        };
        Ok(LinkShown {
            id: before.id,
            purpose,
            standing,
            email,
            state: before.state,
        })
    }
}

async fn good(ground: &Ground, before: &Before, purpose: LinkPurpose) -> Result<LinkStanding, Denied> {
    let proves = purpose == LinkPurpose::VerifyEmail && !before.state.email_verified;
    let index = ground.keyring.blind_index(&before.identity()?.email);
    let taken =
        proves && mails::is_another_account(before.id, &mails::address_facts(ground, before, index).await?);
    Ok(if taken {
        LinkStanding::AccountExists
    } else {
        LinkStanding::Good
    })
}
