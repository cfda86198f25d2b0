//! From bytes to [`RawConfig`]: JSON syntax, unknown fields, wrong types.

use super::error::{ConfigError, ConfigErrors};
use super::raw::RawConfig;
use super::unique;
use crate::limits::CONFIG_BYTES;

/// Reads a JSON document.
///
/// # Errors
/// One [`ConfigError`] with the path of the field, or the line and column where the JSON ends to be JSON.
pub(super) fn parse(document: &[u8]) -> Result<RawConfig, ConfigErrors> {
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(fault(
            "configuration",
            "is empty",
            "give the filter a configuration; an empty one never means \"allow\"",
        ));
    }
    if document.len() > CONFIG_BYTES {
        return Err(fault(
            "configuration",
            format!("is larger than {CONFIG_BYTES} bytes"),
            "move large data out of the configuration",
        ));
    }
    let mut json = serde_json::Deserializer::from_slice(document);
    let raw = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if (inner.is_syntax() || inner.is_eof()) && is_json(document) {
            // serde_json's word for an object that should have exactly one member and has another number of them.
            return fault(path, "must have exactly one of its members", "see the configuration reference");
        }
        if inner.is_syntax() || inner.is_eof() {
            let place = format!("line {}, column {}", inner.line(), inner.column());
            return fault(place, "is not JSON", "check the document with `doorward check`");
        }
        let place = if path == "." { "configuration".to_owned() } else { path };
        fault(place, without_values(&inner.to_string()), "see the configuration reference")
    })?;
    json.end().map_err(|error| {
        fault(
            format!("line {}, column {}", error.line(), error.column()),
            "text after the document",
            "remove it",
        )
    })?;
    unique::check(document).map_err(|(path, words)| {
        fault(path, words, "keep one: readers disagree about which of two counts")
    })?;
    Ok(raw)
}

fn is_json(document: &[u8]) -> bool {
    let text = std::str::from_utf8(document).ok();
    text.is_some_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
}

fn fault(place: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> ConfigErrors {
    ConfigErrors::one(ConfigError::new(place, message, hint))
}

/// serde's words without the value that it found: `invalid type: string "hunter2", expected u64` becomes
/// `expected u64, found a string`.
fn without_values(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(words, _)| words);
    for start in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some(found) = message.strip_prefix(start) {
            let Some((found, expected)) = found.rsplit_once(", expected ") else {
                return "is malformed".to_owned();
            };
            let kind = match found.split([' ', '`']).next().unwrap_or_default() {
                "string" => "a string",
                "integer" if start == "invalid value: " => "a number outside of that",
                "integer" => "a number",
                "floating" => "a number with a fraction",
                "boolean" => "a boolean",
                "null" | "unit" => "null",
                "map" => "an object",
                "sequence" => "an array",
                _ if start == "invalid length " => "an array",
                _ => "another value",
            };
            return format!("expected {}, found {kind}", in_json(expected));
        }
    }
    if let Some(rest) = message.strip_prefix("unknown variant `") {
        return rest
            .rsplit_once("`, ")
            .map_or_else(|| "unknown value".to_owned(), |_| format!("unknown value, {}", options(rest)));
    }
    message.to_owned()
}

/// What serde expected, in the words of JSON instead of Rust's.
fn in_json(expected: &str) -> &str {
    match expected {
        "u64" => "a whole number, 0 or more",
        "i64" => "a whole number",
        "a sequence" => "an array",
        "a map" => "an object",
        tagged if tagged.starts_with("internally tagged enum ") => "an object with a `type`",
        object if object.starts_with("struct ") => "an object",
        other => other,
    }
}

/// The end of an `unknown variant` message, from `expected` on: serde's own list of names.
fn options(rest: &str) -> &str {
    rest.rfind("`, expected ").and_then(|at| rest.get(at.saturating_add(3)..)).unwrap_or("expected another")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn error(document: &str) -> String {
        parse(document.as_bytes()).err().map(|errors| errors.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_fault_names_its_field() {
        let minimal = r#"{"version":1,"policy":{"modules":[]}}"#;
        assert_eq!(error(minimal), "");
        assert!(
            error(r#"{"version":1,"policy":{"modules":[{"nme":1}]}}"#)
                .starts_with("policy.modules[0].nme: unknown field")
        );
        assert!(error(r#"{"version":1}"#).starts_with("configuration: missing field `policy`"));
        assert!(
            error(r#"{"version":"1","policy":{"modules":[]}}"#)
                .starts_with("version: expected a whole number, 0 or more, found a string")
        );
        assert!(error("{").starts_with("line 1, column 1: is not JSON"));
        assert!(error(&format!("{minimal} x")).starts_with("line 1, column"));
        assert!(error(" \n").starts_with("configuration: is empty"));
    }

    #[test]
    fn a_value_is_never_echoed() {
        for document in [
            r#"{"version":"hunter2"}"#,
            r#"{"version":1,"mode":"hunter2","policy":{"modules":[]}}"#,
            r#"{"version":1,"mode":{"hunter2":1},"policy":{"modules":[]}}"#,
            r#"{"version":1,"policy":{"modules":"a, expected hunter2 at line 1"}}"#,
            r#"{"version":1,"policy":{"modules":[],"rego_version":"x`, expected hunter2"}}"#,
            r#"{"version":1,"identity":{"trust_domain":"a","sources":[{"type":"hunter2"}]},"policy":{"modules":[]}}"#,
            r#"{"version":1,"limits":{"headers":-7654321},"policy":{"modules":[]}}"#,
        ] {
            let text = error(document);
            assert!(!text.is_empty() && !text.contains("hunter2") && !text.contains("7654321"), "{text}");
        }
    }
}
