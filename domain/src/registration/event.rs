//! What happened. Stored for ever and pinned in `schemas/events/`: never rename, never remove, add a version.
//!
//! Each payload carries its own name in `type`, so that any reader of the table can tell what it is. Personal
//! data stands only inside a [`SealedPersonalData`] member, readable while the person's own key lives.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use crate::values::{
    EnhancedCode, Flow, Idcc, Locale, PolicyName, ProfileCode, RequestId, SealedPersonalData, Siret,
    TopicCode,
};

/// An event of a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum Event {
    /// Step 1 was filled in, for the first time or again.
    IdentitySubmitted(IdentitySubmitted),
    /// The address is that of one or more contacts in the organisation's system.
    ContactMatched(ContactMatched),
    /// No contact of the organisation has this address.
    ContactNotMatched(ContactNotMatched),
    /// The topics that the person wants mail about, replacing any earlier choice.
    TopicsChosen(TopicsChosen),
    /// The person named their establishment by its SIRET.
    EstablishmentDeclared(EstablishmentDeclared),
    /// A register that had not answered in time has answered.
    RegisterCheckCompleted(RegisterCheckCompleted),
    /// An official register says that the establishment is closed, or does not know it: the step was refused.
    EstablishmentRefused(EstablishmentRefused),
    /// A number was given that is not the declared establishment's.
    MemberNumberRefused(MemberNumberRefused),
    /// The person is attached to an establishment.
    EstablishmentLinked(EstablishmentLinked),
    /// A mail with a link was asked for. It replaces the link of any earlier request.
    VerificationRequested(VerificationRequested),
    /// A mail server took the mail of a request.
    VerificationMailSent(VerificationMailSent),
    /// The mail of a request was refused for good, or given up.
    VerificationMailFailed(VerificationMailFailed),
    /// A link was used that is no longer good.
    LinkRefused(LinkRefused),
    /// The address is proven: its reader followed the link and acted.
    EmailVerified(EmailVerified),
    /// A password was chosen. The hash lives apart and is never in an event.
    PasswordSet(PasswordSet),
    /// A mail server took a mail that carries no link, such as "your password was set".
    NoticeMailSent(NoticeMailSent),
    /// A mail that carries no link was refused for good, or given up.
    NoticeMailFailed(NoticeMailFailed),
    /// Left unfinished for too long.
    RegistrationExpired(RegistrationExpired),
    /// The person's key is destroyed: every sealed member of this registration is unreadable from here on.
    PersonErased(PersonErased),
    /// The person of an account corrected their civility or names. The address stays.
    IdentityRectified(IdentityRectified),
    /// The person of an account has not signed in for long, and is told that it will be forgotten.
    InactivityWarned(InactivityWarned),
    /// The account is closed and is to be forgotten once a waiting time or a legal hold is over.
    ErasureRequested(ErasureRequested),
    /// An erasure that was waiting is called off: the account is open again.
    ErasureCancelled(ErasureCancelled),
    /// A mail server took the warning that the account is not used.
    InactivityMailSent(InactivityMailSent),
    /// The warning that the account is not used was refused for good, or given up.
    InactivityMailFailed(InactivityMailFailed),
}

/// Data of [`Event::IdentitySubmitted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IdentitySubmitted {
    /// Answer to "Vous êtes (ou votre client est)": a code of the catalogue. Changes no rule.
    pub profile: ProfileCode,
    /// Language that the person is written to in.
    pub locale: Locale,
    /// Whether the address is proven first (`private`) or last (`guide`).
    pub flow: Flow,
    /// True on the first submission and whenever the address differs from the one before; any earlier link is then void.
    pub new_address: bool,
    /// Sealed: civility, last and first name, e-mail address.
    #[schemars(extend("x-personal-data" = "sealed"))]
    pub sealed: SealedPersonalData,
}

/// Data of [`Event::ContactMatched`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContactMatched {
    /// How many establishments the contacts of this address belong to.
    pub establishments: u32,
    /// Sealed: the contacts' references and their establishments' SIRETs.
    #[schemars(extend("x-personal-data" = "sealed"))]
    pub sealed: SealedPersonalData,
}

/// Data of [`Event::ContactNotMatched`]: none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContactNotMatched {}

/// Data of [`Event::TopicsChosen`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TopicsChosen {
    /// Codes of the catalogue, in its order, each once. May be empty.
    pub topics: Vec<TopicCode>,
}

/// Data of [`Event::EstablishmentDeclared`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EstablishmentDeclared {
    /// The establishment's SIRET (INSEE, 14 digits).
    pub siret: Siret,
    /// True when the organisation knows the establishment: its number is asked for. Otherwise its IDCC is.
    pub known: bool,
    /// What the official register said; absent when the organisation knows the establishment, since none is then asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_check: Option<RegisterCheck>,
    /// Collective agreements that a source names for this establishment, best first.
    #[serde(default)]
    pub suggested_idcc: Vec<Idcc>,
}

/// What an official register answered about an establishment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RegisterCheck {
    /// The answer; `pending` when no register answered in time.
    pub status: RegisterStatus,
    /// The source that answered, such as `insee`; `none` while pending.
    pub source: RegisterSource,
    /// When the source was asked (UTC).
    pub checked_at: DateTime<Utc>,
    /// How old the source's own data was when it answered, in seconds; 0 for a live answer.
    #[serde(default)]
    pub age_seconds: u64,
    /// Closing date, where the register gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<NaiveDate>,
    /// The establishment that took over, where the register names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Siret>,
    /// What a source said whose word stops nobody; only while pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<RegisterHint>,
}

/// What a source said that may lag behind the register, while the register itself has not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RegisterHint {
    /// What it said: `closed` or `not_found`.
    pub status: RegisterStatus,
    /// The source.
    pub source: RegisterSource,
    /// How old the source's own data was, in seconds; 0 for a live answer.
    #[serde(default)]
    pub age_seconds: u64,
    /// Closing date, where the source gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<NaiveDate>,
}

/// Where an establishment stands in the official register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegisterStatus {
    /// Active.
    Active,
    /// No register answered in time: asked again later.
    Pending,
    /// Closed, or its legal unit ceased.
    Closed,
    /// No such establishment.
    NotFound,
}

/// A source of register answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegisterSource {
    /// INSEE's Sirene interface.
    Insee,
    /// The public search for enterprises.
    RechercheEntreprises,
    /// A local copy of INSEE's stock file.
    LocalCopy,
    /// The invented register of the demonstration.
    Demonstration,
    /// No source answered.
    None,
}

impl RegisterSource {
    /// Its code, as in events.
    pub fn code(self) -> &'static str {
        match self {
            Self::Insee => "insee",
            Self::RechercheEntreprises => "recherche_entreprises",
            Self::LocalCopy => "local_copy",
            Self::Demonstration => "demonstration",
            Self::None => "none",
        }
    }
}

/// Data of [`Event::RegisterCheckCompleted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RegisterCheckCompleted {
    /// The establishment that had been accepted while the register was silent.
    pub siret: Siret,
    /// The answer. `closed` or `not_found` takes the establishment away: the person is told and may name another.
    pub register_check: RegisterCheck,
}

/// Data of [`Event::EstablishmentRefused`]. The same answer about the same establishment is written down once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EstablishmentRefused {
    /// The establishment that the person named.
    pub siret: Siret,
    /// The answer, `closed` or `not_found`, with its source and age.
    pub register_check: RegisterCheck,
}

impl EstablishmentRefused {
    /// The answer to the person.
    pub fn refusal(&self) -> Refusal {
        match self.register_check.status {
            RegisterStatus::Closed => Refusal::EstablishmentClosed {
                said_by: Some(self.register_check.source),
                closed_on: self.register_check.closed_on,
                successor: self.register_check.successor.clone(),
            },
            _ => Refusal::EstablishmentNotFound,
        }
    }
}

/// Data of [`Event::MemberNumberRefused`]. The number itself is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MemberNumberRefused {
    /// The establishment that the number was given for.
    pub siret: Siret,
    /// When (UTC), as the store's clock had it; attempts within an hour are limited.
    pub at: DateTime<Utc>,
}

/// Data of [`Event::EstablishmentLinked`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EstablishmentLinked {
    /// The establishment.
    pub siret: Siret,
    /// What the attachment rests on.
    pub by: LinkedBy,
    /// The collective agreement given by the person; only with `by = idcc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idcc: Option<Idcc>,
    /// What the register had said when the link was made; only with `by = idcc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_check: Option<RegisterCheck>,
}

/// What an attachment rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkedBy {
    /// The person's address is that of a contact of this establishment.
    Contact,
    /// The person gave its member number.
    MemberNumber,
    /// The person gave its training-organisation number.
    TrainingOrganisationNumber,
    /// The establishment is unknown here; the person gave its collective agreement.
    Idcc,
}

/// Data of [`Event::VerificationRequested`]. The link itself is derived when needed and stored nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerificationRequested {
    /// Identifies the request and, with the service's key, its link.
    pub request_id: RequestId,
    /// What the link is for.
    pub purpose: LinkPurpose,
    /// When it was asked for (UTC), as the store's clock had it.
    pub requested_at: DateTime<Utc>,
    /// When the link stops being good (UTC).
    pub expires_at: DateTime<Utc>,
}

/// What the link of a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Proves the address and lets its owner choose a password.
    VerifyEmail,
    /// The address already has an account: the mail says so and leads to sign-in; nothing can be verified with it.
    AlreadyRegistered,
    /// Lets the owner of an account choose another password.
    ResetPassword,
    /// Takes an unfinished registration up again.
    Resume,
}

/// Data of [`Event::VerificationMailSent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerificationMailSent {
    /// The request whose mail it is.
    pub request_id: RequestId,
    /// What became of the mail.
    #[serde(flatten)]
    pub delivery: Delivery,
}

/// How a mail reached a mail server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// The server's three-digit answer, such as 250; 0 when the mail became a file. With `possibly_twice`, 0 also says that
    /// nobody heard the answer: the try was cut short, and no other followed because the mail was no longer wanted.
    pub server_code: u16,
    /// How many times it was tried, this one included.
    pub attempts: u32,
    /// True when an earlier try ended without a known outcome, so that the person may have the same mail twice.
    #[serde(default)]
    pub possibly_twice: bool,
}

/// Data of [`Event::VerificationMailFailed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerificationMailFailed {
    /// The request whose mail it is.
    pub request_id: RequestId,
    /// Why.
    #[serde(flatten)]
    pub failure: DeliveryFailure,
}

/// Why a mail was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryFailure {
    /// A stable code: `refused`, `expired`, `unsendable`.
    pub reason: FailureReason,
    /// The server's last three-digit answer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_code: Option<u16>,
    /// The enhanced status code of that answer (RFC 3463), such as 5.1.1, where the server gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enhanced_code: Option<EnhancedCode>,
    /// How many times it was tried.
    pub attempts: u32,
}

/// Why a mail was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The server refused this recipient for good, at once or by a bounce that came back later.
    Refused,
    /// No server took it before the link expired.
    Expired,
    /// It cannot be written as a mail.
    Unsendable,
}

/// Data of [`Event::LinkRefused`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkRefused {
    /// The request whose link was used.
    pub request_id: RequestId,
    /// Why it is not good.
    pub reason: LinkRefusal,
}

/// Why a link is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkRefusal {
    /// Its time is over.
    Expired,
    /// A later request replaced it, or the address has changed.
    Replaced,
    /// It has served.
    Used,
}

/// Data of [`Event::EmailVerified`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmailVerified {
    /// The request whose link proved the address.
    pub request_id: RequestId,
}

/// Data of [`Event::PasswordSet`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasswordSet {
    /// The password policy that was met: `guide` or `cnil`.
    pub policy: PolicyName,
    /// The hash algorithm, `argon2id`. Never the hash.
    pub algorithm: String,
    /// The request whose link allowed it.
    pub request_id: RequestId,
}

/// A mail that carries no link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// "Your password was set."
    PasswordSet,
    /// "The establishment you named is closed."
    EstablishmentClosed,
    /// "Your account has not been used for long and will be closed." What became of it has events of its own: the released
    /// ones know no such notice.
    #[serde(skip)]
    InactivityWarned,
}

/// Data of [`Event::NoticeMailSent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeMailSent {
    /// Which mail.
    pub notice: Notice,
    /// The sequence of the event that it tells of.
    pub about: u64,
    /// What became of the mail.
    #[serde(flatten)]
    pub delivery: Delivery,
}

/// Data of [`Event::NoticeMailFailed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeMailFailed {
    /// Which mail.
    pub notice: Notice,
    /// The sequence of the event that it tells of.
    pub about: u64,
    /// Why.
    #[serde(flatten)]
    pub failure: DeliveryFailure,
}

/// Data of [`Event::InactivityMailSent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InactivityMailSent {
    /// The sequence of the `InactivityWarned` that it tells of.
    pub about: u64,
    /// What became of the mail.
    #[serde(flatten)]
    pub delivery: Delivery,
}

/// Data of [`Event::InactivityMailFailed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InactivityMailFailed {
    /// The sequence of the `InactivityWarned` that it tells of.
    pub about: u64,
    /// Why.
    #[serde(flatten)]
    pub failure: DeliveryFailure,
}

/// Data of [`Event::RegistrationExpired`]: none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RegistrationExpired {}

/// Data of [`Event::PersonErased`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonErased {
    /// Who asked.
    pub by: ErasedBy,
    /// The operator's reason, as a short code or sentence without personal data; `requested` when the person asked.
    pub reason: String,
}

/// Data of [`Event::IdentityRectified`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IdentityRectified {
    /// Sealed: civility, last and first name as corrected, and the e-mail address, which is the one before.
    #[schemars(extend("x-personal-data" = "sealed"))]
    pub sealed: SealedPersonalData,
}

/// Data of [`Event::InactivityWarned`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InactivityWarned {
    /// The first day of the month in which the person last signed in (UTC): no more than the month is kept.
    pub last_seen: NaiveDate,
    /// The day (UTC) from which the person is forgotten unless they sign in before.
    pub erase_from: NaiveDate,
}

/// Data of [`Event::ErasureRequested`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErasureRequested {
    /// Who asked.
    pub by: ErasedBy,
    /// The operator's reason, as a short code or sentence without personal data; `requested` when the person asked.
    pub reason: String,
    /// When the waiting time is over (UTC). A legal hold may make it longer.
    pub due_at: DateTime<Utc>,
}

/// Data of [`Event::ErasureCancelled`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErasureCancelled {
    /// The operator's reason, as a short code or sentence without personal data.
    pub reason: String,
}

/// Who asked for an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasedBy {
    /// The person themselves.
    Person,
    /// An operator, on a stated reason.
    Operator,
    /// The retention policy.
    Retention,
}

impl Event {
    /// The event's stable name, as in the subject of its message and the file name of its schema.
    pub fn name(&self) -> &'static str {
        match self {
            Self::IdentitySubmitted(_) => "IdentitySubmitted",
            Self::ContactMatched(_) => "ContactMatched",
            Self::ContactNotMatched(_) => "ContactNotMatched",
            Self::TopicsChosen(_) => "TopicsChosen",
            Self::EstablishmentDeclared(_) => "EstablishmentDeclared",
            Self::RegisterCheckCompleted(_) => "RegisterCheckCompleted",
            Self::MemberNumberRefused(_) => "MemberNumberRefused",
            Self::EstablishmentLinked(_) => "EstablishmentLinked",
            Self::VerificationRequested(_) => "VerificationRequested",
            Self::VerificationMailSent(_) => "VerificationMailSent",
            Self::VerificationMailFailed(_) => "VerificationMailFailed",
            Self::LinkRefused(_) => "LinkRefused",
            Self::EmailVerified(_) => "EmailVerified",
            Self::PasswordSet(_) => "PasswordSet",
            Self::NoticeMailSent(_) => "NoticeMailSent",
            Self::NoticeMailFailed(_) => "NoticeMailFailed",
            Self::RegistrationExpired(_) => "RegistrationExpired",
            Self::PersonErased(_) => "PersonErased",
            Self::IdentityRectified(_) => "IdentityRectified",
            Self::InactivityWarned(_) => "InactivityWarned",
            Self::ErasureRequested(_) => "ErasureRequested",
            Self::ErasureCancelled(_) => "ErasureCancelled",
            Self::InactivityMailSent(_) => "InactivityMailSent",
            Self::InactivityMailFailed(_) => "InactivityMailFailed",
            Self::EstablishmentRefused(_) => "EstablishmentRefused",
        }
    }

    /// Every event name, in the order in which a reader meets them; what later releases added comes last.
    pub const NAMES: [&'static str; 25] = [
        "IdentitySubmitted",
        "ContactMatched",
        "ContactNotMatched",
        "TopicsChosen",
        "EstablishmentDeclared",
        "RegisterCheckCompleted",
        "MemberNumberRefused",
        "EstablishmentLinked",
        "VerificationRequested",
        "VerificationMailSent",
        "VerificationMailFailed",
        "LinkRefused",
        "EmailVerified",
        "PasswordSet",
        "NoticeMailSent",
        "NoticeMailFailed",
        "RegistrationExpired",
        "PersonErased",
        "IdentityRectified",
        "InactivityWarned",
        "ErasureRequested",
        "ErasureCancelled",
        "InactivityMailSent",
        "InactivityMailFailed",
        "EstablishmentRefused",
    ];

    /// The version of this event's payload, as in `schemas/events/<name>.v<version>.json`.
    pub fn version(&self) -> u32 {
        Self::newest_version(self.name())
    }

    /// The version in which an event of this name is written today. Whoever raises one adds an upcaster
    /// ([`reading`](super::reading)) and a golden message of the new version; those of the old ones stay.
    pub fn newest_version(_name: &str) -> u32 {
        1
    }

    /// Whether the person did something, as opposed to a mail, a register or a chore of ours. How long a registration has
    /// rested counts from here: a reminder must not postpone the end that it warns of.
    pub fn is_by_person(&self) -> bool {
        match self {
            Self::VerificationRequested(it) => it.purpose != LinkPurpose::Resume,
            Self::VerificationMailSent(_)
            | Self::VerificationMailFailed(_)
            | Self::NoticeMailSent(_)
            | Self::NoticeMailFailed(_)
            | Self::LinkRefused(_)
            | Self::RegisterCheckCompleted(_)
            | Self::InactivityWarned(_)
            | Self::InactivityMailSent(_)
            | Self::InactivityMailFailed(_)
            | Self::ErasureCancelled(_) => false,
            Self::ErasureRequested(it) => it.by == ErasedBy::Person,
            _ => true,
        }
    }

    /// The answer to the person when this event is itself a refusal worth auditing.
    ///
    /// Such a refusal must be an event, since a command that fails commits nothing.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::MemberNumberRefused(_) => Some(Refusal::MemberNumberMismatch),
            Self::EstablishmentRefused(it) => Some(it.refusal()),
            Self::LinkRefused(it) => Some(it.reason.into()),
            _ => None,
        }
    }
}

impl cqrs_es::DomainEvent for Event {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.version().to_string()
    }
}
