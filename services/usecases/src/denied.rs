//! Why a use case did not do what was asked: a refusal of the domain, a fault in the form, or a fault of ours.

use domain::Refusal;
use domain::values::{EmailAddress, PasswordRule, PersonName};
use store::Unavailable;

/// One bad field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name, as in the request.
    pub field: String,
    /// A stable code, such as `siret-checksum`.
    pub code: &'static str,
    /// A number that the words need, such as the fewest characters of a password.
    pub bound: Option<u64>,
    /// The character that is not taken, where it is one.
    pub character: Option<char>,
}

impl FieldFault {
    /// A fault of this field.
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        Self {
            field: field.into(),
            code,
            bound: None,
            character: None,
        }
    }

    /// A fault of this field, whose text is known: a character that is not taken can be told.
    pub fn of_text(field: impl Into<String>, code: &'static str, text: &str) -> Self {
        let fault = Self::new(field, code);
        let character = match (code, fault.field.as_str()) {
            ("invalid-character", "last_name" | "first_name") => PersonName::refused_character(text),
            ("invalid-character", "email") => EmailAddress::refused_character(text),
            _ => None,
        };
        Self { character, ..fault }
    }
}

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The domain says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The domain said no to this very request before, and that no was written down: the same answer again.
    #[error(transparent)]
    RefusedBefore(Refusal),
    /// The form has faults: all of them.
    #[error("the form has faults")]
    Invalid(Vec<FieldFault>),
    /// The password does not meet these rules.
    #[error("the password is refused")]
    PasswordRefused(Vec<PasswordRule>),
    /// There is no such registration, or it is not the asker's.
    #[error("no such registration")]
    NotFound,
    /// The person is erased: nobody can tell who they were.
    #[error("the person is erased")]
    Erased,
    /// The account is closed and waits to be erased: meanwhile nobody is told who it is.
    #[error("the account is closed, to be erased")]
    ErasurePending,
    /// The person is not erased, so that there is no erasure to acknowledge.
    #[error("the person is not erased")]
    NotErased,
    /// The token, session or password does not open this.
    #[error("not signed in")]
    Unauthorized,
    /// The address and password do not open an account.
    #[error("sign-in refused")]
    SignInRefused,
    /// The registration has moved on since the client last saw it.
    #[error("the version is another")]
    PreconditionFailed,
    /// The idempotency key was used with another content.
    #[error("the idempotency key was used with another content")]
    IdempotencyKeyReused,
    /// Too many tries from this address or network.
    #[error("too many attempts")]
    TooManyAttempts {
        /// Seconds after which another try is accepted.
        retry_after_seconds: u64,
    },
    /// More passwords are waiting to be hashed than can be in good time.
    #[error("busy")]
    Busy {
        /// Seconds after which another try is worth it.
        retry_after_seconds: u64,
    },
    /// A store or key does not answer.
    #[error("unavailable")]
    Unavailable(#[source] Fault),
    /// A fault of ours.
    #[error("fault")]
    Fault(#[source] Fault),
}

/// The cause of a fault, for the log at the boundary.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

impl Denied {
    /// What went wrong beneath a use case: the database is not there for the moment, or a fault of ours.
    pub fn fault(cause: impl Into<Fault>) -> Self {
        let cause = cause.into();
        match Unavailable::within(&*cause) {
            Some(_) => Self::Unavailable(cause),
            None => Self::Fault(cause),
        }
    }
}

impl From<store::StoreError> for Denied {
    fn from(cause: store::StoreError) -> Self {
        Self::fault(cause)
    }
}

impl From<keyring::KeyringError> for Denied {
    fn from(cause: keyring::KeyringError) -> Self {
        // A key that another machine has is here in a moment.
        let passes =
            cause.is_for_want_of_room() || matches!(cause, keyring::KeyringError::EpochUnknown { .. });
        match passes {
            true => Self::Unavailable(cause.into()),
            false => Self::Fault(cause.into()),
        }
    }
}

impl From<directory::DirectoryError> for Denied {
    fn from(cause: directory::DirectoryError) -> Self {
        match &cause {
            directory::DirectoryError::Busy => Self::Unavailable(cause.into()),
            _ => Self::fault(cause),
        }
    }
}
