//! The shapes of request bodies, for OpenAPI. Bodies are read field by field (`forms`), so that every fault is told;
//! a test reads these examples through the forms and so keeps both the same.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::answers::vocabulary::CivilityCode;

/// Step 1: who the person is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "civility": "mme", "last_name": "Démonval", "first_name": "Ève", "email": "eve.demonval@example.org",
    "profile": "generaliste", "locale": "fr"
}))]
pub struct IdentityRequest {
    /// How the person is addressed.
    #[schema(value_type = CivilityCode)]
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
    /// The language of mails, as browsers send it: `fr`, `en`, `fr-FR`. By default, and for a language that is not spoken here,
    /// the one preferred by `Accept-Language`.
    pub locale: Option<String>,
}

/// What the person of an account may correct. Another address is another account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "civility": "mme", "last_name": "Démonval", "first_name": "Ève" }))]
pub struct CorrectionRequest {
    /// How the person is addressed.
    #[schema(value_type = CivilityCode)]
    pub civility: String,
    /// Last name, as its bearer writes it.
    #[schema(max_length = 100)]
    pub last_name: String,
    /// First name, as its bearer writes it.
    #[schema(max_length = 100)]
    pub first_name: String,
}

/// Events of the past, to be sent again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "from": "2026-01-31T12:00:00Z", "rate": 50 }))]
pub struct ReplayRequest {
    /// The first event: its position in the log from 1, or the time from which on it was stored (RFC 3339).
    #[schema(schema_with = position_or_date)]
    pub from: serde_json::Value,
    /// The last event: its position, or the time before which it was stored. By default where the log ends now.
    #[schema(schema_with = position_or_date)]
    pub to: Option<serde_json::Value>,
    /// Only events of these registrations, 1 to 1000. By default of all.
    #[schema(value_type = Option<Vec<uuid::Uuid>>, min_items = 1, max_items = 1000)]
    pub registrations: Option<Vec<String>>,
    /// Events a second at most. By default 100.
    #[schema(minimum = 1, maximum = 100_000)]
    pub rate: Option<u32>,
}

fn position_or_date() -> utoipa::openapi::Schema {
    use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat, Type};
    let of = |kind, format| {
        ObjectBuilder::new()
            .schema_type(kind)
            .format(Some(SchemaFormat::KnownFormat(format)))
    };
    let either = OneOfBuilder::new()
        .item(of(Type::Integer, KnownFormat::Int64).minimum(Some(1)))
        .item(of(Type::String, KnownFormat::DateTime))
        .build();
    utoipa::openapi::Schema::OneOf(either)
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

/// A contact of the organisation's.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "civility": "mme", "last_name": "Démonval", "first_name": "Ève", "email": "eve.demonval@example.org",
    "sirets": ["00000040600017", "00000040600025"]
}))]
pub struct ContactRequest {
    /// As the organisation writes it. Not kept.
    pub civility: Option<String>,
    /// Looked at, so that an address or a number in the wrong member is noticed, and not kept.
    #[schema(max_length = 200)]
    pub last_name: Option<String>,
    /// Looked at and not kept, likewise.
    #[schema(max_length = 200)]
    pub first_name: Option<String>,
    /// The address. Kept as a keyed index only.
    #[schema(format = "email", max_length = 254)]
    pub email: String,
    /// Establishments that the contact may act for; may be empty. Kept sealed.
    #[schema(max_items = 5000)]
    pub sirets: Vec<String>,
}

/// One line: a contact with its reference, or `{"id": …, "deleted": true}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "id": "C-0001", "email": "eve.demonval@example.org", "sirets": ["00000040600017"] }))]
pub struct ContactLineRequest {
    /// The organisation's own reference. Kept as a keyed index, and sealed.
    #[schema(max_length = 200)]
    pub id: String,
    /// `true` asks that the contact be forgotten; then nothing else may stand beside it but `id`.
    pub deleted: Option<bool>,
    /// As in `ContactRequest`.
    pub civility: Option<String>,
    /// As in `ContactRequest`.
    #[schema(max_length = 200)]
    pub last_name: Option<String>,
    /// As in `ContactRequest`.
    #[schema(max_length = 200)]
    pub first_name: Option<String>,
    /// The address; needed unless `deleted`.
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// Establishments; needed unless `deleted`, may be empty.
    #[schema(max_items = 5000)]
    pub sirets: Option<Vec<String>>,
}
