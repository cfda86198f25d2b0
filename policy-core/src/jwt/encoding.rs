//! base64url without padding, in the one canonical spelling of each byte string.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Decodes base64url. RFC 7515 section 2: "with all trailing '=' characters omitted [...] and without the
/// inclusion of any line breaks, whitespace, or other additional characters". Unused bits of the last
/// character must be zero, so no two texts stand for the same bytes.
pub(crate) fn base64url(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn canonical_text_only() {
        assert_eq!(base64url(b"-_8"), Some(vec![0xfb, 0xff]));
        for text in ["-_8=", "-_9", "+/8", "-_ 8", "-_8\n", "A", "AA==", "AB", "é"] {
            assert_eq!(base64url(text.as_bytes()), None, "{text}");
        }
    }
}
