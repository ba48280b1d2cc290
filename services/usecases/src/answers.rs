//! What a person has answered so far, for pages that show it to them again ("Précédent", "corriger mon adresse").

use chrono::{DateTime, Utc};
use domain::values::{RegistrationId, RequestId};

use crate::{Denied, IdentityForm, Onboarding, Outcome};

/// A registration with the content of its step 1, opened. Debug shows nothing of the person.
#[derive(Debug)]
pub struct Answers {
    /// Where the registration stands, and what is remembered of it.
    pub outcome: Outcome,
    /// The content of step 1.
    pub identity: IdentityForm,
    /// The store's clock.
    pub now: DateTime<Utc>,
}

impl Onboarding {
    /// Whether the mail of this request was tried, and its next try is waited for.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn mail_is_put_off(&self, request: RequestId) -> Result<bool, Denied> {
        Ok(self.ground.store.mail_is_put_off(request).await?)
    }

    /// What whoever goes on with this registration has answered. It is told to the holder of its continuation token
    /// only, who typed it or proved the address.
    ///
    /// # Errors
    /// [`Denied::NotFound`] when there is no such registration, or its person is forgotten.
    pub async fn answers(&self, id: RegistrationId) -> Result<Answers, Denied> {
        let before = self.before(id).await?;
        let identity = before.identity()?;
        let (_, submitted) = before.submitted().ok_or(Denied::NotFound)?;
        let identity = IdentityForm {
            identity,
            profile: submitted.profile.clone(),
            locale: submitted.locale,
        };
        let now = before.now;
        let outcome = Outcome {
            id: before.id,
            version: before.version,
            state: before.state,
            status: 200,
            replayed: false,
            events: vec![],
        };
        Ok(Answers {
            outcome,
            identity,
            now,
        })
    }
}
