//! The SHA-256 digest of a certificate, as Envoy writes it: hexadecimal.

use sha2::{Digest, Sha256};

/// Bytes of a SHA-256 digest (FIPS 180-4).
pub(super) const DIGEST_BYTES: usize = 32;

pub(super) fn sha256(bytes: &[u8]) -> [u8; DIGEST_BYTES] {
    Sha256::digest(bytes).into()
}

/// The digest in lower-case hexadecimal: 64 characters.
pub(crate) fn to_hex(digest: &[u8; DIGEST_BYTES]) -> String {
    let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}

/// Reads exactly 64 hexadecimal digits, in either case.
pub(super) fn from_hex(text: &[u8]) -> Option<[u8; DIGEST_BYTES]> {
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != DIGEST_BYTES || !rest.is_empty() {
        return None;
    }
    let mut digest = [0; DIGEST_BYTES];
    for (byte, pair) in digest.iter_mut().zip(pairs) {
        let [high, low] =
            pair.map(|digit| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
        *byte = (high? << 4) | low?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_digest_of_a_known_text_is_the_published_one() {
        // FIPS 180-4, the example of the one-block message.
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(to_hex(&sha256(b"abc")), hex);
        assert_eq!(from_hex(hex.as_bytes()), Some(sha256(b"abc")));
        assert_eq!(from_hex(hex.to_uppercase().as_bytes()), Some(sha256(b"abc")));
    }

    #[test]
    fn only_64_hexadecimal_digits_are_a_digest() {
        let good = "0".repeat(64);
        assert!(from_hex(good.as_bytes()).is_some());
        for bad in [
            "",
            "00",
            &"0".repeat(63),
            &format!("{good}0"),
            &format!("{good}00"),
            &good.replacen('0', "g", 1),
        ] {
            assert_eq!(from_hex(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(from_hex(&[0xff; 64]), None);
        assert_eq!(from_hex(format!("0x{}", "0".repeat(62)).as_bytes()), None);
    }
}
