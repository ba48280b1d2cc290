//! What a form field becomes once it is trusted: parsed once at the door, never checked again.
//!
//! Each parser answers a fault code that the API hands on beside the field's name, so that the person is
//! told what is wrong and not merely that something is.

pub mod codes;
pub mod edges;
pub mod email;
pub mod enhanced_code;
pub mod establishment_number;
pub mod idcc;
pub mod identity;
pub mod ids;
pub mod password_policy;
pub mod person_name;
pub mod sealed;
pub mod siret;
pub mod span;
pub mod stated_reason;
pub mod written_number;

pub use codes::{Civility, Flow, Locale, PolicyName, ProfileCode, TopicCode};
pub use edges::{is_invisible, trim_edges};
pub use email::EmailAddress;
pub use enhanced_code::EnhancedCode;
pub use establishment_number::{EstablishmentNumber, TrainingOrganisationNumber};
pub use idcc::Idcc;
pub use identity::{ContactReferences, Identity};
pub use ids::{RegistrationId, RequestId};
pub use password_policy::{PasswordPolicy, PasswordRule};
pub use person_name::PersonName;
pub use sealed::SealedPersonalData;
pub use siret::Siret;
pub use span::parse_span;
pub use stated_reason::StatedReason;
pub use written_number::{is_cell_error, unwrapped};

/// Why a text is not the value it should be: a stable code, such as `siret-checksum`, that has words in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub &'static str);

impl Fault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        self.0
    }
}

/// Gives a text value its serde form: written as text, parsed again when read.
macro_rules! text_value {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = crate::values::Fault;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
    };
}
pub(crate) use text_value;
