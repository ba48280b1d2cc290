//! What a browser keeps for us between two pages: the last answer until it is confirmed, and the token of its forms.
//!
//! The last answer asks for the mail, so it is given when the person has looked everything over. Until then it is with
//! them, sealed, and not with us.

use domain::values::{EstablishmentNumber, Idcc, RegistrationId, Siret};
use domain::{Registration, Stage};
use serde::{Deserialize, Serialize};

use crate::{Denied, Onboarding};

/// The form's last answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastAnswer {
    /// The number of an establishment that is known.
    Number(EstablishmentNumber),
    /// The collective agreement of one that is not.
    Agreement(Idcc),
}

#[derive(Serialize, Deserialize)]
struct Held {
    siret: Siret,
    answer: LastAnswer,
}

impl Onboarding {
    /// Seals the last answer about this establishment, for the browser to keep.
    ///
    /// # Errors
    /// Faults of ours only.
    pub fn hold_answer(
        &self,
        id: RegistrationId,
        siret: &Siret,
        answer: LastAnswer,
    ) -> Result<String, Denied> {
        let held = Held {
            siret: siret.clone(),
            answer,
        };
        Ok(self.ground.keyring.seal_answer(id, &held)?)
    }

    /// The answer that a browser kept, while it still answers the open question: another establishment, another kind
    /// of question or another registration make it nothing.
    pub fn held_answer(&self, id: RegistrationId, state: &Registration, sealed: &str) -> Option<LastAnswer> {
        let held: Held = self.ground.keyring.open_answer(id, sealed)?;
        let is_about = state.establishment.as_ref()?.siret == held.siret;
        let is_asked = match held.answer {
            LastAnswer::Number(_) => state.stage() == Stage::AwaitingMemberNumber,
            LastAnswer::Agreement(_) => state.stage() == Stage::AwaitingIdcc,
        };
        (is_about && is_asked).then_some(held.answer)
    }

    /// The token that forms carry beside the cookie with this mark.
    pub fn form_token(&self, mark: &str) -> String {
        self.ground.keyring.form_token(mark)
    }

    /// Whether a form carries the token of the cookie beside it.
    pub fn is_form_token(&self, mark: &str, token: &str) -> bool {
        self.ground.keyring.is_form_token(mark, token)
    }
}
