//! Personal data as it stands in an event: readable with the person's own key, and with nothing else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A sealed member of an event. The domain carries it and never looks inside.
///
/// The cipher is AES-256-GCM; its associated data bind the member to its registration, sequence, event type,
/// field and key, so that it opens nowhere else. Once the key is destroyed nobody can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SealedPersonalData {
    /// Version of the sealing, 1.
    pub v: u8,
    /// The person's key.
    pub key: Uuid,
    /// The nonce, 12 bytes in standard Base64.
    pub nonce: String,
    /// The padded data and the authentication tag, in standard Base64.
    pub ciphertext: String,
}
