//! JSON for what an attacker or an operator hands us: no duplicate member, no depth, no rounding.
//!
//! RFC 7519 section 4: "The Claim Names within a JWT Claims Set MUST be unique; JWT parsers MUST either
//! reject JWTs with duplicate Claim Names or use a JSON parser that returns only the lexically last duplicate
//! member name". We reject, at every level: two readers that disagree on which one counts is how a claim is
//! smuggled past a check.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::limits::MAX_JSON_DEPTH;

/// Member names by which serde_json's optional features pass numbers and raw text through its own data model.
/// A document that holds one could turn into something else when it is serialised again.
const RESERVED_PREFIX: &str = "$serde_json::private::";

/// 2^64: integers from here on do not fit `u64` and would be rounded.
const FIRST_ROUNDED_ABOVE: f64 = 18_446_744_073_709_551_616.0;

/// -2^63: integers below do not fit `i64` and would be rounded.
const FIRST_ROUNDED_BELOW: f64 = -9_223_372_036_854_775_808.0;

/// Why a text is not the strict JSON object that we accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// Longer than the limit of its place.
    #[error("too long")]
    TooLarge,
    /// Not JSON by the grammar of RFC 8259, not UTF-8, or followed by something.
    #[error("not valid JSON")]
    Syntax,
    /// JSON, but not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// The same member name twice in one object.
    #[error("a member name stands twice in one object")]
    DuplicateMember,
    /// More levels than [`MAX_JSON_DEPTH`].
    #[error("nested too deeply")]
    TooDeep,
    /// A number outside of the 64-bit integers, which would be rounded.
    #[error("a number is too large to be kept exactly")]
    NumberRange,
    /// A member name that the JSON library keeps for itself.
    #[error("a member name is reserved")]
    ReservedName,
}

/// Reads one strict JSON object of at most `max_bytes` bytes.
///
/// # Errors
/// The first rule of [`JsonError`] that the text breaks.
pub(crate) fn object(text: &[u8], max_bytes: usize) -> Result<Map<String, Value>, JsonError> {
    if text.len() > max_bytes {
        return Err(JsonError::TooLarge);
    }
    let broken = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Strict { levels_left: MAX_JSON_DEPTH, broken: &broken }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match value {
        Ok(Value::Object(members)) => Ok(members),
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Err(JsonError::NotAnObject)
        }
        Err(_) => Err(broken.take().unwrap_or(JsonError::Syntax)),
    }
}

/// Builds a [`Value`] under the rules; the rule that was broken is left in `broken`.
#[derive(Clone, Copy)]
struct Strict<'a> {
    levels_left: usize,
    broken: &'a Cell<Option<JsonError>>,
}

impl Strict<'_> {
    fn refuse<E: serde::de::Error>(self, rule: JsonError) -> E {
        self.broken.set(Some(rule));
        E::custom(rule)
    }

    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.levels_left.checked_sub(1) {
            Some(levels_left) => Ok(Self { levels_left, ..self }),
            None => Err(self.refuse(JsonError::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("strict JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        if value >= FIRST_ROUNDED_ABOVE || value <= FIRST_ROUNDED_BELOW {
            return Err(self.refuse(JsonError::NumberRange));
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| self.refuse(JsonError::NumberRange))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if name.starts_with(RESERVED_PREFIX) {
                return Err(self.refuse(JsonError::ReservedName));
            }
            if members.contains_key(&name) {
                return Err(self.refuse(JsonError::DuplicateMember));
            }
            let value = map.next_value_seed(inner)?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn read(text: &str) -> Result<Value, JsonError> {
        object(text.as_bytes(), 4096).map(Value::Object)
    }

    fn nested(levels: usize) -> String {
        let arrays = levels.saturating_sub(1);
        format!("{{\"a\":{}{}}}", "[".repeat(arrays), "]".repeat(arrays))
    }

    #[test]
    fn values_are_kept_exactly() {
        let text =
            r#"{"a":[1,-2,3.5,null,true,"x\u0041"],"b":{"a":18446744073709551615,"c":-9223372036854775808}}"#;
        let plain: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text), Ok(plain));
    }

    #[test]
    fn depth_up_to_the_limit() {
        assert!(read(&nested(MAX_JSON_DEPTH)).is_ok());
        assert_eq!(read(&nested(MAX_JSON_DEPTH + 1)), Err(JsonError::TooDeep));
        assert_eq!(read(&nested(2000)), Err(JsonError::TooDeep));
        assert_eq!(object("{\"a\":".repeat(50_000).as_bytes(), usize::MAX), Err(JsonError::TooDeep));
    }

    #[test]
    fn duplicate_members_at_every_level() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"b":{"a":1,"c":2,"a":3}}"#,
            r#"{"b":[{"a":1,"a":3}]}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"":1,"":2}"#,
        ] {
            assert_eq!(read(text), Err(JsonError::DuplicateMember), "{text}");
        }
    }

    #[test]
    fn numbers_that_would_be_rounded() {
        for number in ["18446744073709551616", "-9223372036854775809", "1e300", "-1e300", "1e20"] {
            assert_eq!(read(&format!("{{\"a\":{number}}}")), Err(JsonError::NumberRange), "{number}");
        }
        assert_eq!(read(r#"{"a":1e400}"#), Err(JsonError::Syntax));
    }

    #[test]
    fn names_of_the_library() {
        for name in ["$serde_json::private::Number", "$serde_json::private::RawValue"] {
            assert_eq!(read(&format!("{{\"a\":{{\"{name}\":\"1\"}}}}")), Err(JsonError::ReservedName));
        }
    }

    #[test]
    fn only_objects() {
        for text in ["null", "1", "\"a\"", "[]", "[{}]", "true"] {
            assert_eq!(read(text), Err(JsonError::NotAnObject), "{text}");
        }
    }

    #[test]
    fn only_the_grammar() {
        for text in [
            "",
            " ",
            "{",
            "}",
            "{}{}",
            "{} x",
            "{a:1}",
            "{'a':1}",
            r#"{"a":1,}"#,
            r#"{"a":01}"#,
            r#"{"a":NaN}"#,
            r#"{"a":Infinity}"#,
            r#"{"a":+1}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":"\x41"}"#,
            "{\"a\":\"\n\"}",
            "\u{feff}{}",
            r#"{"a":1}/**/"#,
            r#"{1:1}"#,
        ] {
            assert_eq!(read(text), Err(JsonError::Syntax), "{text}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}", 100), Err(JsonError::Syntax));
        assert_eq!(object(b"{\"\xc3\":1}", 100), Err(JsonError::Syntax));
    }

    #[test]
    fn size() {
        assert_eq!(object(b"{}", 2), Ok(Map::new()));
        assert_eq!(object(b"{} ", 2), Err(JsonError::TooLarge));
    }
}
