//! Step 2: the topics that the person wants mail about; and changing them later, once signed in.

use domain::registration::command::{ChooseTopics, Command};
use domain::values::{RegistrationId, TopicCode};
use domain::{Refusal, Stage};

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::{Ask, Denied, Form, Ground, Onboarding, Outcome};

impl Onboarding {
    /// Chooses topics. `topics` are of the catalogue, in its order, each once.
    ///
    /// # Errors
    /// `step-out-of-order` before step 1 is open to it or after a mail was asked for.
    pub async fn choose_topics(
        &self,
        id: RegistrationId,
        ask: &Ask,
        topics: Form<Vec<TopicCode>>,
    ) -> Result<Outcome, Denied> {
        execute(
            &self.ground,
            id,
            ask,
            &Topics {
                form: topics,
                account: false,
            },
        )
        .await
    }

    /// Changes the topics of an account.
    ///
    /// # Errors
    /// As for [`Self::choose_topics`].
    pub async fn change_topics(
        &self,
        id: RegistrationId,
        ask: &Ask,
        topics: Form<Vec<TopicCode>>,
    ) -> Result<Outcome, Denied> {
        execute(
            &self.ground,
            id,
            ask,
            &Topics {
                form: topics,
                account: true,
            },
        )
        .await
    }
}

struct Topics {
    form: Form<Vec<TopicCode>>,
    account: bool,
}

impl Step for Topics {
    async fn gather(&self, _: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let stage = before.state.stage();
        let open = if self.account {
            stage == Stage::Active
        } else {
            stage.is_form_open()
        };
        match &self.form {
            Ok(topics) if open || before.state.topics.as_ref() == Some(topics) => {
                Ok(Prepared::new(Command::ChooseTopics(ChooseTopics {
                    topics: topics.clone(),
                })))
            }
            Err(faults) if open => Err(Denied::Invalid(faults.clone())),
            _ => Err(Refusal::StepOutOfOrder.into()),
        }
    }
}
