//! Signing in and out. A session is an opaque token, hashed at rest, that ends with the password that opened it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::values::password_policy::normalise;
use domain::values::{EmailAddress, RegistrationId};
use store::SignIn;

use crate::limits::Purpose;
use crate::{Denied, Form, Onboarding};

/// How long a session lasts.
const SESSION_LIFETIME: TimeDelta = TimeDelta::hours(12);

/// A session just opened.
pub struct SignedIn {
    /// The account.
    pub id: RegistrationId,
    /// The session's token, known to its holder alone.
    pub token: String,
}

/// A session that is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// The account.
    pub id: RegistrationId,
    /// When it was opened (UTC).
    pub since: DateTime<Utc>,
}

impl Onboarding {
    /// Opens a session. Takes as long for an unknown address as for a wrong password, and says the same.
    ///
    /// # Errors
    /// [`Denied::SignInRefused`], [`Denied::TooManyAttempts`], [`Denied::Busy`].
    pub async fn sign_in(&self, email: Form<EmailAddress>, password: &str) -> Result<SignedIn, Denied> {
        let ground = &self.ground;
        let password = normalise(password);
        let Ok(email) = email else {
            ground.hashing.verify_decoy(&password).await?;
            return Err(Denied::SignInRefused);
        };
        let index = ground.keyring.blind_index(&email);
        let attempt = Purpose::FailedSignIn.of(index);
        let (max, window) = Purpose::FailedSignIn.limit();
        let max = ground.settings.limits.then_some(max);
        // Counted before the slow check of the password, so that many at once cannot slip past the limit. A right password
        // takes the count back.
        let SignIn::Allowed(credential) = ground.store.begin_sign_in(&attempt, max, window).await? else {
            return Err(Purpose::FailedSignIn.too_often());
        };
        let Some((id, credential)) = credential else {
            ground.hashing.verify_decoy(&password).await?;
            return Err(Denied::SignInRefused);
        };
        if !ground.hashing.verify(&password, &credential.phc).await? {
            return Err(Denied::SignInRefused);
        }
        if ground.hashing.is_outdated(&credential.phc) {
            let stronger = ground.hashing.hash(&password).await?;
            ground
                .store
                .rehash_credential(id, credential.version, &stronger)
                .await?;
        }
        let (token, hash) = ground.keyring.session_token()?;
        let opened = ground
            .store
            .create_session(&hash, id, credential.version, SESSION_LIFETIME, &attempt)
            .await?;
        match opened {
            Some(_) => Ok(SignedIn {
                id,
                token: token.as_str().to_owned(),
            }),
            // The password was changed, or the account closed, while this one was being checked.
            None => Err(Denied::SignInRefused),
        }
    }

    /// Closes a session. Closing it twice is fine.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn sign_out(&self, token: &str) -> Result<(), Denied> {
        Ok(self
            .ground
            .store
            .delete_session(&self.ground.keyring.session_hash(token))
            .await?)
    }

    /// The account that a session is of.
    ///
    /// # Errors
    /// [`Denied::Unauthorized`] when there is none, or it has ended.
    pub async fn signed_in(&self, token: &str) -> Result<RegistrationId, Denied> {
        Ok(self.session(token).await?.id)
    }

    /// The same, with when it was opened.
    ///
    /// # Errors
    /// As for [`Self::signed_in`].
    pub async fn session(&self, token: &str) -> Result<OpenSession, Denied> {
        let hash = self.ground.keyring.session_hash(token);
        let found = self.ground.store.find_session(&hash).await?;
        let session = found.ok_or(Denied::Unauthorized)?;
        Ok(OpenSession {
            id: session.registration,
            since: session.expires_at - SESSION_LIFETIME,
        })
    }
}
