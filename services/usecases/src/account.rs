//! What a signed-in person sees and may do: their establishments, everything held on them, and being forgotten.

use chrono::{DateTime, Utc};
use domain::registration::command::{Command, Erase};
use domain::registration::event::{ErasedBy, LinkedBy};
use domain::values::password_policy::normalise;
use domain::values::{Civility, ContactReferences, Identity, RegistrationId, Siret, TopicCode};
use domain::{Event, Stage};
use serde::Serialize;
use store::KeyUse;

use crate::execute::{Prepared, Step, execute};
use crate::history::{Before, contact_place, identity_place};
use crate::{Actor, Ask, Denied, FieldFault, Ground, Onboarding, Outcome, RegistrationView};

/// "Mon espace".
#[derive(Clone, Serialize)]
pub struct Me {
    /// Who they are.
    pub person: Person,
    /// The topics that they are written to about.
    pub topics: Vec<TopicCode>,
    /// Every establishment that they are attached to.
    pub establishments: Vec<Attachment>,
}

/// Who a person is.
#[derive(Clone, Serialize)]
pub struct Person {
    /// Civility.
    pub civility: Civility,
    /// Last name.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// E-mail address.
    pub email: String,
}

/// An establishment that a person is attached to.
#[derive(Clone, Serialize)]
pub struct Attachment {
    /// Its SIRET.
    pub siret: Siret,
    /// Its name, where the organisation knows it.
    pub name: Option<String>,
    /// What the attachment rests on.
    pub linked_by: LinkedBy,
}

/// Everything held on a person.
#[derive(Serialize)]
pub struct Export {
    /// As "Mon espace" shows it.
    pub me: Me,
    /// Where the registration stands.
    pub registration: RegistrationView,
    /// Every event of it, in order, with what is sealed opened.
    pub events: Vec<ExportedEvent>,
}

/// An event, as its person may read it.
#[derive(Serialize)]
pub struct ExportedEvent {
    /// Its place in the registration.
    pub sequence: u64,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// What it says; `sealed` stands as stored.
    pub event: Event,
    /// The sealed member, opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<serde_json::Value>,
}

impl From<Identity> for Person {
    fn from(it: Identity) -> Self {
        Self {
            civility: it.civility,
            last_name: it.last_name.as_str().to_owned(),
            first_name: it.first_name.as_str().to_owned(),
            email: it.email.as_str().to_owned(),
        }
    }
}

impl Onboarding {
    /// "Mon espace" of an account.
    ///
    /// # Errors
    /// [`Denied::Unauthorized`] when it is no account (any more).
    pub async fn me(&self, id: RegistrationId) -> Result<Me, Denied> {
        self.me_of(&self.active(id).await?).await
    }

    /// Everything held on the person of an account.
    ///
    /// # Errors
    /// As for [`Self::me`].
    pub async fn export(&self, id: RegistrationId) -> Result<Export, Denied> {
        let before = self.active(id).await?;
        let mut events = Vec::with_capacity(before.events.len());
        for (sequence, recorded_at, event) in &before.events {
            let opened = opened(&before, *sequence, event)?;
            events.push(ExportedEvent {
                sequence: *sequence,
                recorded_at: *recorded_at,
                event: event.clone(),
                opened,
            });
        }
        Ok(Export {
            me: self.me_of(&before).await?,
            registration: RegistrationView::of(id, before.version, &before.state),
            events,
        })
    }

    /// Closes the account and forgets its person: the key is destroyed in the same transaction.
    ///
    /// # Errors
    /// [`Denied::Unauthorized`] when the password is not the account's.
    pub async fn erase_me(&self, id: RegistrationId, ask: &Ask, password: &str) -> Result<Outcome, Denied> {
        let credential = self
            .ground
            .store
            .credential(id)
            .await?
            .ok_or(Denied::Unauthorized)?;
        if !self
            .ground
            .hashing
            .verify(&normalise(password), &credential.phc)
            .await?
        {
            return Err(Denied::SignInRefused);
        }
        execute(
            &self.ground,
            id,
            ask,
            &Forget {
                by: ErasedBy::Person,
                reason: "requested".to_owned(),
            },
        )
        .await
    }

    /// Forgets a person on an operator's reason. The reason stands in an event for ever, so it may not name them.
    ///
    /// # Errors
    /// [`Denied::NotFound`]; [`Denied::Invalid`] when the reason holds their name or address.
    pub async fn erase(&self, id: RegistrationId, reason: &str) -> Result<Outcome, Denied> {
        let before = self.before(id).await?;
        if before.key.is_some() && names_the_person(reason, &before.identity()?) {
            return Err(Denied::Invalid(vec![FieldFault::new(
                "reason",
                "password-personal",
            )]));
        }
        let ask = Ask::by(Actor::Operator, id.to_string(), None);
        execute(
            &self.ground,
            id,
            &ask,
            &Forget {
                by: ErasedBy::Operator,
                reason: reason.to_owned(),
            },
        )
        .await
    }

    async fn active(&self, id: RegistrationId) -> Result<Before, Denied> {
        let before = self.before(id).await?;
        if before.state.stage() == Stage::Active && before.key.is_some() {
            Ok(before)
        } else {
            Err(Denied::Unauthorized)
        }
    }

    pub(crate) async fn me_of(&self, before: &Before) -> Result<Me, Denied> {
        let sirets: Vec<Siret> = before.state.links.iter().map(|link| link.siret.clone()).collect();
        let names = self.ground.directory.names_of(&sirets).await?;
        Ok(Me {
            person: before.identity()?.into(),
            topics: before.state.topics.clone().unwrap_or_default(),
            establishments: before
                .state
                .links
                .iter()
                .map(|link| Attachment {
                    siret: link.siret.clone(),
                    name: names.get(&link.siret).cloned(),
                    linked_by: link.by,
                })
                .collect(),
        })
    }
}

fn opened(before: &Before, sequence: u64, event: &Event) -> Result<Option<serde_json::Value>, Denied> {
    let key = before.person_key()?;
    let value = match event {
        Event::IdentitySubmitted(it) => {
            serde_json::to_value(key.open::<Identity>(&identity_place(before.id, sequence), &it.sealed)?)
        }
        Event::ContactMatched(it) => serde_json::to_value(
            key.open::<ContactReferences>(&contact_place(before.id, sequence), &it.sealed)?,
        ),
        _ => return Ok(None),
    };
    value.map(Some).map_err(Denied::fault)
}

/// Whether a text holds a name or the address of this person.
pub(crate) fn names_the_person(text: &str, person: &Identity) -> bool {
    let text = text.to_lowercase();
    [
        person.last_name.as_str(),
        person.first_name.as_str(),
        person.email.as_str(),
        person.email.local_part(),
    ]
    .iter()
    .any(|word| word.chars().count() > 2 && text.contains(&word.to_lowercase()))
}

struct Forget {
    by: ErasedBy,
    reason: String,
}

impl Step for Forget {
    const STATUS: u16 = 202;

    async fn gather(&self, _: &Ground, _: &Before) -> Result<Prepared, Denied> {
        let mut prepared = Prepared::new(Command::Erase(Erase {
            by: self.by,
            reason: self.reason.clone(),
        }));
        prepared.key = KeyUse::Destroy;
        Ok(prepared)
    }
}
