//! A person as a subscriber of the feed may know them, and a subscriber's word that it has erased them too.

use chrono::{DateTime, Utc};
use domain::Stage;
use domain::values::{RegistrationId, TopicCode};
use store::AccessEntry;

use crate::erasure::names_the_person;
use crate::{Attachment, Denied, FieldFault, Onboarding, Person};

/// What a subscriber is told of a person.
#[derive(Clone)]
pub struct KnownPerson {
    /// The registration.
    pub registration: RegistrationId,
    /// The sequence of its last event: what a subscriber that has seen this one already knows as well.
    pub version: u64,
    /// Where the registration stands.
    pub state: Stage,
    /// Who they are.
    pub person: Person,
    /// The topics that they are written to about.
    pub topics: Vec<TopicCode>,
    /// Every establishment that they are attached to.
    pub establishments: Vec<Attachment>,
}

impl Onboarding {
    /// What a subscriber is told of a person, for a stated purpose. The read is written down before it is answered: in
    /// the access log, and in the list of those who must acknowledge an erasure.
    ///
    /// # Errors
    /// [`Denied::NotFound`]; [`Denied::ErasurePending`]; [`Denied::Erased`] when the person is forgotten; [`Denied::Invalid`] when the purpose, which
    /// came in this field, names the person: the access log outlives them.
    pub async fn person_for(
        &self,
        id: RegistrationId,
        subscriber: &str,
        (purpose_field, purpose): (&str, &str),
    ) -> Result<KnownPerson, Denied> {
        let before = self.before(id).await?;
        if before.key.is_none() {
            return Err(Denied::Erased);
        }
        // Whoever waits to be erased is nobody's to look up; should the erasure be called off, they are there again.
        if before.state.stage() == Stage::Closed {
            return Err(Denied::ErasurePending);
        }
        let me = self.me_of(&before).await?;
        if names_the_person(purpose, &before.identity()?) {
            return Err(Denied::Invalid(vec![FieldFault::new(purpose_field, "purpose")]));
        }
        let store = &self.ground.store;
        store.note_person_read(subscriber, id).await?;
        store
            .record_access(&AccessEntry {
                actor: format!("subscriber:{subscriber}"),
                role: "subscriber".to_owned(),
                purpose: purpose.to_owned(),
                registration: Some(id),
                what: "person".to_owned(),
                grant: None,
            })
            .await?;
        Ok(KnownPerson {
            registration: id,
            version: before.version,
            state: before.state.stage(),
            person: me.person,
            topics: me.topics,
            establishments: me.establishments,
        })
    }

    /// How many acknowledgements of erasures are missing, and since when the longest awaited one is.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn missing_acknowledgements(&self) -> Result<(u64, Option<DateTime<Utc>>), Denied> {
        Ok(self.ground.store.missing_acknowledgements().await?)
    }

    /// Takes a subscriber's word that it has erased a person. Saying so twice is fine.
    ///
    /// # Errors
    /// [`Denied::NotFound`]; [`Denied::NotErased`] while the person is not erased here.
    pub async fn acknowledge_erasure(&self, id: RegistrationId, subscriber: &str) -> Result<(), Denied> {
        let before = self.before(id).await?;
        if before.state.stage() != Stage::Erased {
            return Err(Denied::NotErased);
        }
        Ok(self.ground.store.acknowledge_erasure(subscriber, id).await?)
    }
}
