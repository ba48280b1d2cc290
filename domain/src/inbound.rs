//! What the organisation's own system publishes to the service: where, and in which form. Promised in `schemas/`.
//!
//! Establishments only. No address may stand in clear in a stream, so contacts come over HTTP.

/// The JetStream stream that holds the latest message of each establishment, and nothing else.
pub const STREAM: &str = "CRM";
/// What every subject begins with; the establishment's SIRET follows.
pub const SUBJECT_PREFIX: &str = "crm.v1.establishment";
/// Every subject of the stream.
pub const SUBJECTS: &str = "crm.v1.establishment.*";
/// Content type of a message.
pub const CONTENT_TYPE: &str = "application/json";
/// Identifies the schema of a message: its `$id` in `schemas/inbound/`.
pub const ESTABLISHMENT_SCHEMA: &str = "urn:onboarding:schema:inbound:establishment:v1";
/// Longest name of an establishment, in characters; INSEE's own have at most 100.
pub const NAME_LENGTH_MAX: usize = 200;
