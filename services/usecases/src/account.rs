//! What a signed-in person sees: their establishments, and everything held on them.

use chrono::{DateTime, Utc};
use domain::registration::event::LinkedBy;
use domain::values::{Civility, ContactReferences, Idcc, Identity, RegistrationId, Siret, TopicCode};
use domain::{Event, Stage};
use serde::Serialize;
use store::Held;

use crate::history::{Before, contact_place, identity_place, rectified_place};
use crate::{Denied, Looker, Onboarding, RegistrationView};

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
    /// Its agreement, from the organisation or from the person.
    pub idcc: Option<Idcc>,
    /// Whether it is in order.
    pub standing: AttachmentStanding,
    /// What the attachment rests on.
    pub linked_by: LinkedBy,
}

/// Whether an establishment that a person is attached to is in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentStanding {
    /// Nothing is known against it.
    Good,
    /// The organisation has it as closed.
    Closed,
    /// A register still owes its answer.
    ToBeVerified,
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
    /// What is kept beside the events: sessions, mails, counts, answers.
    pub kept: Held,
    /// Who looked at the person, subscribers included, and what operators did about the registration.
    pub looked_at_by: Vec<Looker>,
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
            kept: self.ground.store.held(id).await?,
            looked_at_by: self.lookers_at(id).await?,
        })
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
        let mut profiles = self.ground.directory.profiles_of(&sirets).await?;
        let declared = before.state.establishment.as_ref();
        Ok(Me {
            person: before.identity()?.into(),
            topics: before.state.topics.clone().unwrap_or_default(),
            establishments: before
                .state
                .links
                .iter()
                .map(|link| {
                    let own = declared.filter(|it| it.siret == link.siret);
                    let profile = profiles.remove(&link.siret);
                    let standing = match &profile {
                        Some(profile) if profile.is_closed => AttachmentStanding::Closed,
                        None if own.is_some_and(|it| it.is_pending()) => AttachmentStanding::ToBeVerified,
                        _ => AttachmentStanding::Good,
                    };
                    let (name, idcc) = profile.map_or((None, None), |it| (Some(it.name), it.idcc));
                    Attachment {
                        siret: link.siret.clone(),
                        name,
                        idcc: idcc.or_else(|| own.and_then(|it| it.idcc.clone())),
                        standing,
                        linked_by: link.by,
                    }
                })
                .collect(),
        })
    }
}

/// The sealed member of an event, opened; none where it has none.
pub(crate) fn opened(
    before: &Before,
    sequence: u64,
    event: &Event,
) -> Result<Option<serde_json::Value>, Denied> {
    let key = before.person_key()?;
    let value = match event {
        Event::IdentitySubmitted(it) => {
            serde_json::to_value(key.open::<Identity>(&identity_place(before.id, sequence), &it.sealed)?)
        }
        Event::IdentityRectified(it) => {
            serde_json::to_value(key.open::<Identity>(&rectified_place(before.id, sequence), &it.sealed)?)
        }
        Event::ContactMatched(it) => serde_json::to_value(
            key.open::<ContactReferences>(&contact_place(before.id, sequence), &it.sealed)?,
        ),
        _ => return Ok(None),
    };
    value.map(Some).map_err(Denied::fault)
}
