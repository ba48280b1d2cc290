//! Signatures after Standard Webhooks 1.0: `v1`, HMAC-SHA-256 over identifier, timestamp and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What the text of a key begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a key; the specification asks for 24 to 64.
pub const KEY_LENGTH: usize = 32;

/// The key as it is told, once.
pub fn told(key: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(key)))
}

/// The header `webhook-signature` of a call: a signature by each key. One space stands between them; a library of Standard
/// Webhooks takes no more.
pub fn by_all(keys: &[Zeroizing<Vec<u8>>], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signatures = keys.iter().map(|key| of(key, id, timestamp, body));
    signatures.collect::<Vec<_>>().join(" ")
}

fn of(key: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("an HMAC takes a key of any length"),
    };
    for part in [id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body] {
        mac.update(part);
    }
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification and of its libraries.
    #[test]
    fn the_example_of_the_specification_is_met() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            of(
                &key,
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                br#"{"test": 2432232314}"#
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert_eq!(*told(&key), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
}
