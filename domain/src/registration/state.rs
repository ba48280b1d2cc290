//! What is remembered of a registration: enough to decide, and nothing of the person.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::event::{
    ErasedBy, EstablishmentRefused, LinkPurpose, LinkRefusal, LinkedBy, Notice, RegisterCheck, RegisterStatus,
};
use crate::values::{Flow, Idcc, Locale, RequestId, Siret, TopicCode};

/// A registration as its events leave it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Set by the first event.
    pub started: bool,
    /// Whether the address is proven first or last.
    pub flow: Flow,
    /// The language of mails.
    pub locale: Locale,
    /// Whether the address is a contact's.
    pub contact_matched: bool,
    /// The chosen topics, once chosen.
    pub topics: Option<Vec<TopicCode>>,
    /// The declared establishment, until a register takes it away.
    pub establishment: Option<Establishment>,
    /// Every establishment that the person is attached to, in the order of attachment.
    pub links: Vec<Link>,
    /// The request whose link is good, if any.
    pub request: Option<Request>,
    /// Earlier requests, and why their links are no longer good.
    pub past_requests: BTreeMap<RequestId, LinkRefusal>,
    /// When mails were asked for, the latest few.
    pub mails_requested: Vec<DateTime<Utc>>,
    /// What became of the mail of the latest request.
    pub mail: Option<MailState>,
    /// Requests whose mail has an outcome.
    pub mails_recorded: BTreeSet<RequestId>,
    /// Notices that have an outcome, with the sequence of what they tell of.
    pub notices_recorded: BTreeSet<(Notice, u64)>,
    /// Warnings of inactivity whose mail has an outcome, by their sequence.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub inactivity_mails: BTreeSet<u64>,
    /// Notices that a mail server took and that have not come back, by the sequence of what they tell of.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub notices_sent: BTreeSet<u64>,
    /// The latest establishment that a register refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_refusal: Option<EstablishmentRefused>,
    /// When wrong numbers were given, the latest few.
    pub number_refusals: Vec<DateTime<Utc>>,
    /// Refused links already written down.
    pub links_refused: BTreeSet<(RequestId, LinkRefusal)>,
    /// Whether the address is proven.
    pub email_verified: bool,
    /// Whether a password was chosen.
    pub password_set: bool,
    /// Whether the person was reminded of it.
    pub reminded: bool,
    /// What became of the mail that reminded them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder_mail: Option<MailState>,
    /// Whether it was left unfinished for too long.
    pub expired: bool,
    /// The erasure that waits, if any.
    pub closing: Option<Closing>,
    /// The latest warning that the account is not used.
    pub inactivity: Option<Inactivity>,
    /// Whether the person is forgotten.
    pub erased: bool,
}

/// An erasure that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Who asked.
    pub by: ErasedBy,
    /// Why.
    pub reason: String,
    /// When the waiting time is over.
    pub due_at: DateTime<Utc>,
}

/// A warning that an account is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inactivity {
    /// The first day of the month in which the person had last signed in.
    pub last_seen: NaiveDate,
    /// The day from which the person is forgotten.
    pub erase_from: NaiveDate,
}

/// The establishment that the person declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Establishment {
    /// Its SIRET.
    pub siret: Siret,
    /// Whether the organisation knows it.
    pub known: bool,
    /// What the register said, where it was asked.
    pub register_check: Option<RegisterCheck>,
    /// Agreements that a source names for it.
    pub suggested_idcc: Vec<Idcc>,
    /// What the attachment rests on, once the number or the agreement is accepted.
    pub linked_by: Option<LinkedBy>,
    /// The agreement that was given.
    pub idcc: Option<Idcc>,
}

impl Establishment {
    /// Whether a register still owes an answer.
    pub fn is_pending(&self) -> bool {
        self.register_check
            .as_ref()
            .is_some_and(|it| it.status == RegisterStatus::Pending)
    }
}

/// An attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The establishment.
    pub siret: Siret,
    /// What it rests on.
    pub by: LinkedBy,
}

/// A request for a mail with a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its identifier.
    pub id: RequestId,
    /// What its link is for.
    pub purpose: LinkPurpose,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When its link stops being good.
    pub expires_at: DateTime<Utc>,
}

impl Request {
    /// Whether its link is good at this instant.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at
    }
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Asked for.
    Requested,
    /// Taken by a mail server.
    Sent,
    /// Given up.
    Failed,
}

/// Where a registration stands: its first unanswered question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing has happened yet; never seen from outside.
    Blank,
    /// Topics are asked for.
    AwaitingTopics,
    /// The establishment's SIRET is asked for.
    AwaitingEstablishment,
    /// The establishment's number is asked for.
    AwaitingMemberNumber,
    /// The establishment's collective agreement is asked for.
    AwaitingIdcc,
    /// A mail was asked for; its link proves the address.
    AwaitingEmailVerification,
    /// The address is proven; a password is asked for.
    AwaitingPassword,
    /// An account.
    Active,
    /// Left unfinished for too long.
    Expired,
    /// The person is forgotten.
    Erased,
    /// The account is closed and will be forgotten after a waiting time or a legal hold.
    Closed,
}

impl Stage {
    /// The name, as in the API and in read models.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::AwaitingTopics => "awaiting_topics",
            Self::AwaitingEstablishment => "awaiting_establishment",
            Self::AwaitingMemberNumber => "awaiting_member_number",
            Self::AwaitingIdcc => "awaiting_idcc",
            Self::AwaitingEmailVerification => "awaiting_email_verification",
            Self::AwaitingPassword => "awaiting_password",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Erased => "erased",
            Self::Closed => "closed",
        }
    }

    /// Whether the registration has come to an end, good or bad, before the account is erased.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Active | Self::Expired | Self::Erased | Self::Closed)
    }

    /// Whether one of the form's steps (topics to IDCC) is open.
    pub fn is_form_open(self) -> bool {
        matches!(
            self,
            Self::AwaitingTopics
                | Self::AwaitingEstablishment
                | Self::AwaitingMemberNumber
                | Self::AwaitingIdcc
        )
    }
}

impl Registration {
    /// The first unanswered question.
    pub fn stage(&self) -> Stage {
        match self {
            Self { erased: true, .. } => Stage::Erased,
            Self { closing: Some(_), .. } => Stage::Closed,
            Self { started: false, .. } => Stage::Blank,
            Self {
                password_set: true, ..
            } => Stage::Active,
            Self { expired: true, .. } => Stage::Expired,
            Self {
                flow: Flow::Private,
                email_verified: false,
                ..
            } => Stage::AwaitingEmailVerification,
            Self {
                contact_matched: false,
                ..
            } => self.unanswered_step().unwrap_or_else(|| self.proof_stage()),
            _ => self.proof_stage(),
        }
    }

    /// The step of the form that may be answered. Once the account is made there is one only where a register's late answer
    /// has taken the declared establishment away: then the person may name another.
    pub fn open_step(&self) -> Option<Stage> {
        match self.stage() {
            stage if stage.is_form_open() => Some(stage),
            Stage::Active if !self.contact_matched => self.unanswered_step(),
            _ => None,
        }
    }

    fn unanswered_step(&self) -> Option<Stage> {
        if self.topics.is_none() {
            return Some(Stage::AwaitingTopics);
        }
        match &self.establishment {
            None => Some(Stage::AwaitingEstablishment),
            Some(Establishment {
                linked_by: Some(_), ..
            }) => None,
            Some(Establishment { known: true, .. }) => Some(Stage::AwaitingMemberNumber),
            Some(_) => Some(Stage::AwaitingIdcc),
        }
    }

    fn proof_stage(&self) -> Stage {
        if self.email_verified {
            Stage::AwaitingPassword
        } else {
            Stage::AwaitingEmailVerification
        }
    }

    /// Whether the person is attached to this establishment.
    pub fn is_linked_to(&self, siret: &Siret) -> bool {
        self.links.iter().any(|link| link.siret == *siret)
    }
}
