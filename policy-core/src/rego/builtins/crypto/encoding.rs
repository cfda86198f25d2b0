//! Base64 as Go decodes it: line ends are skipped anywhere, unused bits of the last digit are ignored.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Alphabet and padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego::builtins) enum Base64 {
    /// `+` and `/`, with `=`.
    Standard,
    /// `+` and `/`, without `=`.
    RawStandard,
    /// `-` and `_`, with `=`.
    Url,
    /// `-` and `_`, without `=`.
    RawUrl,
}

const fn config(padding: DecodePaddingMode) -> GeneralPurposeConfig {
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(padding)
}

const PADDED: GeneralPurposeConfig = config(DecodePaddingMode::RequireCanonical);
const RAW: GeneralPurposeConfig = config(DecodePaddingMode::RequireNone);

/// The bytes, or nothing if the text is not of this form.
pub(in crate::rego::builtins) fn base64_decode(form: Base64, text: &[u8]) -> Option<Vec<u8>> {
    let engine = match form {
        Base64::Standard => GeneralPurpose::new(&alphabet::STANDARD, PADDED),
        Base64::RawStandard => GeneralPurpose::new(&alphabet::STANDARD, RAW),
        Base64::Url => GeneralPurpose::new(&alphabet::URL_SAFE, PADDED),
        Base64::RawUrl => GeneralPurpose::new(&alphabet::URL_SAFE, RAW),
    };
    if text.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
        let text: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        return engine.decode(text).ok();
    }
    engine.decode(text).ok()
}

/// The bytes of a text whose form shows in it, as the members of a JWK are read: `=` at the end is padding, `+` or `/`
/// is the standard alphabet.
pub(in crate::rego::builtins) fn base64_any(text: &[u8]) -> Option<Vec<u8>> {
    let padded = text.last() == Some(&b'=');
    let standard = text.iter().any(|byte| matches!(byte, b'+' | b'/'));
    let form = match (standard, padded) {
        (true, true) => Base64::Standard,
        (true, false) => Base64::RawStandard,
        (false, true) => Base64::Url,
        (false, false) => Base64::RawUrl,
    };
    base64_decode(form, text)
}

/// Bytes as text; each that is not part of a character becomes U+FFFD by itself.
pub(in crate::rego::builtins) fn text_as_in_go(mut bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    loop {
        let valid = match std::str::from_utf8(bytes) {
            Ok(rest) => {
                text.push_str(rest);
                return text;
            }
            Err(error) => error.valid_up_to(),
        };
        let (good, rest) = bytes.split_at_checked(valid).unwrap_or((bytes, &[]));
        text.push_str(std::str::from_utf8(good).unwrap_or_default());
        text.push(char::REPLACEMENT_CHARACTER);
        bytes = rest.get(1..).unwrap_or_default();
    }
}
