//! Padding to blocks of 64 bytes, so that a ciphertext's length tells little about a name's.
//!
//! One byte 0x80, then zeros (ISO/IEC 7816-4). The tag of the cipher is checked first, so no oracle arises here.

use zeroize::Zeroizing;

use crate::KeyringError;

/// Bytes of a block.
pub(crate) const BLOCK: usize = 64;
const MARK: u8 = 0x80;

/// Pads in place to a whole number of blocks, by one byte at least.
pub(crate) fn pad(clear: &mut Zeroizing<Vec<u8>>) {
    clear.push(MARK);
    let length = clear.len().next_multiple_of(BLOCK);
    clear.resize(length, 0);
}

/// The bytes before the padding.
pub(crate) fn unpad(padded: &[u8]) -> Result<&[u8], KeyringError> {
    let mark = padded
        .iter()
        .rposition(|byte| *byte != 0)
        .ok_or(KeyringError::Shape)?;
    match padded[mark] {
        MARK => Ok(&padded[..mark]),
        _ => Err(KeyringError::Shape),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        for length in 0..=3 * BLOCK {
            for filling in [b'a', 0, MARK] {
                let clear = vec![filling; length];
                let mut padded = Zeroizing::new(clear.clone());
                pad(&mut padded);
                assert_eq!(padded.len() % BLOCK, 0);
                assert!(padded.len() > length && padded.len() <= length + BLOCK);
                assert_eq!(unpad(&padded).unwrap(), clear);
            }
        }
    }

    #[test]
    fn what_was_never_padded_is_refused() {
        for bytes in [&b""[..], &[0; BLOCK], b"{}"] {
            assert!(matches!(unpad(bytes), Err(KeyringError::Shape)));
        }
    }
}
