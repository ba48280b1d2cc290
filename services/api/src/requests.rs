//! The shapes of request bodies, for OpenAPI. Bodies are read field by field (`forms`), so that every fault is told;
//! a test reads these examples through the forms and so keeps both the same.

use serde::Deserialize;
use utoipa::ToSchema;

/// Step 1: who the person is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "civility": "mme", "last_name": "Démonval", "first_name": "Ève", "email": "eve.demonval@example.org",
    "profile": "generaliste", "locale": "fr"
}))]
pub struct IdentityRequest {
    /// `mme` or `m`.
    pub civility: String,
    /// Last name, as its bearer writes it.
    #[schema(max_length = 100)]
    pub last_name: String,
    /// First name, as its bearer writes it.
    #[schema(max_length = 100)]
    pub first_name: String,
    /// The address to prove; the account is known by it.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// A code of the catalogue's profiles.
    pub profile: String,
    /// The language of mails: `fr` or `en`. By default the language preferred by `Accept-Language`.
    pub locale: Option<String>,
}

/// Step 2: topics to be written to about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "topics": ["payments", "reminders"] }))]
pub struct TopicsRequest {
    /// Codes of the catalogue's topics; may be empty.
    pub topics: Vec<String>,
}

/// Step 3: the person's establishment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "siret": "130 025 265 00013" }))]
pub struct EstablishmentRequest {
    /// Its SIRET. Spaces, dots and dashes are dropped.
    pub siret: String,
}

/// Step 4, where the organisation knows the establishment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "number": "M0001234" }))]
pub struct MemberNumberRequest {
    /// Its member number, or its number as a training organisation.
    pub number: String,
}

/// Step 4, where the organisation does not know the establishment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "idcc": "1979" }))]
pub struct IdccRequest {
    /// Its collective agreement's number; `9999` where none applies.
    pub idcc: String,
}

/// The token of a mailed link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "token": "AZjyxHpSex6PTi8dmms8EQGY8sR6Unsej04vHZprPBEBmPLEelJ7Ho9OLx2aazwR" }))]
pub struct TokenRequest {
    /// The last segment of the link.
    pub token: String,
}

/// A password, and the token of the link that lets one set it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "token": "AZjyxHpSex6PTi8dmms8EQGY8sR6Unsej04vHZprPBEBmPLEelJ7Ho9OLx2aazwR", "password": "un trombone à 2 coulisses"
}))]
pub struct NewPasswordRequest {
    /// The last segment of the link.
    pub token: String,
    /// The password, as typed.
    #[schema(format = "password", max_length = 256)]
    pub password: String,
}

/// An address whose owner wants another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "eve.demonval@example.org" }))]
pub struct AddressRequest {
    /// The account's address.
    #[schema(format = "email")]
    pub email: String,
}

/// Asks for the mail by which another password can be set, or sets it by that mail's link.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(example = json!({ "email": "eve.demonval@example.org" }))]
pub enum PasswordResetRequest {
    /// Asks for the mail.
    #[schema(title = "ask")]
    Ask(AddressRequest),
    /// Sets the password.
    #[schema(title = "set")]
    Set(NewPasswordRequest),
}

/// An address and a password to sign in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "eve.demonval@example.org", "password": "un trombone à 2 coulisses" }))]
pub struct SignInRequest {
    /// The account's address.
    #[schema(format = "email")]
    pub email: String,
    /// Its password.
    #[schema(format = "password")]
    pub password: String,
}

/// The password, once more, since erasure cannot be undone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "password": "un trombone à 2 coulisses" }))]
pub struct ErasureRequest {
    /// The account's password.
    #[schema(format = "password")]
    pub password: String,
}
