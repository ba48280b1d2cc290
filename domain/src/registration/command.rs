//! What is asked. A command carries the order and every fact its decision needs: time, look-ups, sealed identity.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::event::{Delivery, DeliveryFailure, ErasedBy, LinkPurpose, LinkedBy, Notice, RegisterCheck};
use crate::values::{
    Flow, Idcc, Locale, PolicyName, ProfileCode, RequestId, SealedPersonalData, Siret, TopicCode,
};

/// An order to a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Fill in step 1, or fill it in again.
    SubmitIdentity(SubmitIdentity),
    /// Choose the topics to be written about.
    ChooseTopics(ChooseTopics),
    /// Name one's establishment.
    DeclareEstablishment(DeclareEstablishment),
    /// Give the known establishment's number.
    GiveMemberNumber(GiveMemberNumber),
    /// Give the unknown establishment's collective agreement.
    GiveIdcc(GiveIdcc),
    /// Ask for the mail once more.
    RequestVerificationMail(MailRequest),
    /// Ask for a mail because the password is not known: to choose another one or, where there is none yet, to go on.
    RequestPasswordReset(MailRequest),
    /// Write down that a mail with a link was taken by a server.
    RecordMailSent(RequestId, Delivery),
    /// Write down that a mail with a link was given up.
    RecordMailFailed(RequestId, DeliveryFailure),
    /// Write down that a mail with a link, which a server had taken, came back: there is no such recipient.
    RecordMailReturned(RequestId, DeliveryFailure),
    /// Write down that a notice was taken by a server.
    RecordNoticeSent(Notice, u64, Delivery),
    /// Write down that a notice was given up.
    RecordNoticeFailed(Notice, u64, DeliveryFailure),
    /// A notice came back after a mail server had taken it.
    RecordNoticeReturned(Notice, u64, DeliveryFailure),
    /// Prove the address by the link of its mail.
    VerifyEmail(VerifyEmail),
    /// Choose a password, and prove the address if that was not done.
    SetPassword(SetPassword),
    /// Write down what a register said after all.
    CompleteRegisterCheck(CompleteRegisterCheck),
    /// Attach the person to establishments for which they have become a contact.
    AttachContact(Vec<Siret>),
    /// Remind the person of a registration that rests unfinished.
    Remind(Remind),
    /// Close a registration that was left unfinished.
    Expire(Expire),
    /// Forget the person.
    Erase(Erase),
    /// Correct the civility or names of an account.
    RectifyIdentity(RectifyIdentity),
    /// Warn the person of an account that has not been used for long.
    WarnInactive(WarnInactive),
    /// Close the account, to be forgotten later.
    RequestErasure(RequestErasure),
    /// Call an erasure off that is waiting; why.
    CancelErasure(String),
}

/// See [`Command::SubmitIdentity`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitIdentity {
    /// The profile's code.
    pub profile: ProfileCode,
    /// The language of mails.
    pub locale: Locale,
    /// The flow that the service runs; a registration keeps the flow that it was started in.
    pub flow: Flow,
    /// How the identity differs from the one held.
    pub change: IdentityChange,
    /// Civility, names and address, sealed for the next sequence.
    pub sealed: SealedPersonalData,
    /// Whether the address is a contact's.
    pub contact: ContactLookup,
    /// The mail that may have to be asked for.
    pub mail: MailRequest,
}

/// How a submitted identity differs from the one held before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityChange {
    /// Nothing was held, or the address differs.
    NewAddress,
    /// The same address, with another name, civility, profile or language.
    Details,
    /// The same in everything.
    Same,
}

/// What the directory says of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactLookup {
    /// The address of one or more contacts.
    Matched {
        /// Of how many establishments.
        establishments: u32,
        /// References and SIRETs, sealed for the sequence after the identity's.
        sealed: SealedPersonalData,
    },
    /// Nobody's.
    NotMatched,
}

/// The facts of a mail that may have to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRequest {
    /// A fresh identifier.
    pub request_id: RequestId,
    /// The store's clock.
    pub now: DateTime<Utc>,
    /// Whether another registration of this address is already an account.
    pub address_has_account: bool,
}

/// See [`Command::ChooseTopics`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChooseTopics {
    /// Codes of the catalogue, in its order, each once.
    pub topics: Vec<TopicCode>,
}

/// See [`Command::DeclareEstablishment`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclareEstablishment {
    /// The establishment.
    pub siret: Siret,
    /// What the directory, or else the registers, say of it.
    pub standing: EstablishmentStanding,
    /// Agreements that a source names for it, best first.
    pub suggested_idcc: Vec<Idcc>,
}

/// Where an establishment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EstablishmentStanding {
    /// Known to the organisation.
    Known,
    /// Known to the organisation, as closed.
    KnownClosed {
        /// Since when, where known.
        closed_on: Option<NaiveDate>,
    },
    /// Not known here; this is what a register said.
    Unknown(RegisterCheck),
}

/// See [`Command::GiveMemberNumber`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveMemberNumber {
    /// The number's kind when it is the declared establishment's; nothing when it is not.
    pub matches: Option<LinkedBy>,
    /// The mail that may have to be asked for.
    pub mail: MailRequest,
}

/// See [`Command::GiveIdcc`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveIdcc {
    /// The code.
    pub idcc: Idcc,
    /// What the list of agreements says of it.
    pub standing: IdccStanding,
    /// The mail that may have to be asked for.
    pub mail: MailRequest,
}

/// What the list of agreements says of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdccStanding {
    /// In force, or `9999` (none).
    Current,
    /// No longer in force.
    Ended {
        /// Its title, as the list has it.
        title: String,
        /// What applies instead, best first; nothing where nothing is known to.
        successors: Vec<Idcc>,
    },
    /// Not in the list.
    Unknown,
}

/// See [`Command::VerifyEmail`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyEmail {
    /// The request whose link was used.
    pub request_id: RequestId,
    /// The purpose that the link was made for.
    pub purpose: LinkPurpose,
    /// The store's clock.
    pub now: DateTime<Utc>,
    /// Whether another registration of this address is already an account.
    pub address_has_account: bool,
    /// Every establishment that has a contact of this address.
    pub contact_of: Vec<Siret>,
}

/// See [`Command::SetPassword`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPassword {
    /// The proof that comes with it.
    pub proof: VerifyEmail,
    /// The policy that the password meets.
    pub policy: PolicyName,
    /// The hash algorithm.
    pub algorithm: String,
}

/// See [`Command::CompleteRegisterCheck`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompleteRegisterCheck {
    /// The establishment that was asked about.
    pub siret: Siret,
    /// The answer.
    pub check: RegisterCheck,
}

/// See [`Command::Remind`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remind {
    /// When the person last did something.
    pub idle_since: DateTime<Utc>,
    /// How long a registration rests before its person is reminded.
    pub rest: TimeDelta,
    /// The mail that may have to be asked for.
    pub mail: MailRequest,
}

/// See [`Command::Expire`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expire {
    /// When the person last did something.
    pub idle_since: DateTime<Utc>,
    /// The store's clock.
    pub now: DateTime<Utc>,
    /// How long a registration may rest.
    pub lifetime: TimeDelta,
}

/// See [`Command::Erase`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erase {
    /// Who asks.
    pub by: ErasedBy,
    /// Why.
    pub reason: String,
}

/// See [`Command::RectifyIdentity`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RectifyIdentity {
    /// Whether anything differs from the identity held.
    pub changed: bool,
    /// The whole identity, sealed for the next sequence.
    pub sealed: SealedPersonalData,
}

/// See [`Command::WarnInactive`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarnInactive {
    /// The first day of the month in which the person last signed in.
    pub last_seen: NaiveDate,
    /// The day from which the person is forgotten unless they sign in before.
    pub erase_from: NaiveDate,
}

/// See [`Command::RequestErasure`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestErasure {
    /// Who asks.
    pub by: ErasedBy,
    /// Why.
    pub reason: String,
    /// When the waiting time is over.
    pub due_at: DateTime<Utc>,
}
