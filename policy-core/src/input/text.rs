//! Text of bytes that a client sent.

use std::borrow::Cow;

use crate::rego::Value;

/// What is not UTF-8 becomes `!`, as Envoy does before it asks OPA.
pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let text = String::from_utf8_lossy(bytes);
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Cow::Owned(text.replace(char::REPLACEMENT_CHARACTER, "!"));
    }
    text
}

/// The same as a value: lent where it is text already.
pub(super) fn value(bytes: &[u8]) -> Value<'_> {
    match lossy(bytes) {
        Cow::Borrowed(text) => Value::text(text),
        Cow::Owned(text) => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_is_not_utf8_is_marked_and_the_rest_is_borrowed() {
        for (bytes, text) in [
            (&b"payments"[..], "payments"),
            ("ä".as_bytes(), "ä"),
            (b"a\xffb\xfe", "a!b!"),
            (b"\xff\xff", "!!"),
            ("\u{fffd}".as_bytes(), "!"),
        ] {
            assert_eq!(lossy(bytes), text);
            assert_eq!(matches!(lossy(bytes), Cow::Borrowed(_)), !text.contains('!'), "{text}");
        }
    }
}
