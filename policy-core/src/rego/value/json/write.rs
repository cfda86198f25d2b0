//! Values to JSON text, as Go's `encoding/json` writes it for OPA: without spaces, keys in order, `<`, `>` and `&`
//! escaped.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::Value;

impl Value<'_> {
    /// The value in JSON: sets as arrays, keys that are not text as the text of their JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        self.write_json(&mut text);
        text
    }

    /// Appends [`Value::to_json`].
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&number.text()),
            Self::String(text) => quote(text, out),
            Self::Array(items) => row(items, out),
            Self::Set(items) => row(items, out),
            Self::Object(object) => {
                out.push('{');
                for (index, (key, value)) in by_text(object.entries()).into_iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    quote(&key, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// The key that the value becomes in JSON.
    #[must_use]
    pub fn json_key(&self) -> Cow<'_, str> {
        match self {
            Self::String(text) => Cow::Borrowed(text.as_str()),
            other => Cow::Owned(other.to_json()),
        }
    }
}

/// Entries by the text of their keys: `1` and `"1"` are the same key there, and the later one stays.
pub(in crate::rego) fn by_text<'a, 'v>(
    entries: &'a [(Value<'v>, Value<'v>)],
) -> Vec<(Cow<'a, str>, &'a Value<'v>)> {
    if entries.iter().all(|(key, _)| key.as_str().is_some()) {
        return entries.iter().map(|(key, value)| (key.json_key(), value)).collect();
    }
    let map: BTreeMap<_, _> = entries.iter().map(|(key, value)| (key.json_key(), value)).collect();
    map.into_iter().collect()
}

fn row(items: &[Value<'_>], out: &mut String) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        item.write_json(out);
    }
    out.push(']');
}

/// Text in quotes.
pub(in crate::rego) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{0}'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let written = write!(out, "\\u{:04x}", u32::from(character));
                debug_assert!(written.is_ok(), "writing to a string does not fail");
            }
            character => out.push(character),
        }
    }
    out.push('"');
}
