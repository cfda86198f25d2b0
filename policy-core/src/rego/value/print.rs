//! Values as text of Rego, as OPA prints them in `sprintf`, `print` and template strings.

use std::fmt::Write as _;

use super::Value;
use super::unicode::is_printable;

impl Value<'_> {
    /// The text of the value in Rego: `{"a": [1, "b"]}`, `{1, 2}`, `set()`.
    #[must_use]
    pub fn to_rego(&self) -> String {
        let mut text = String::new();
        self.write_rego(&mut text);
        text
    }

    /// Appends [`Value::to_rego`].
    pub fn write_rego(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&number.text()),
            Self::String(text) => quote(text, out),
            Self::Array(items) => {
                out.push('[');
                row(items, out);
                out.push(']');
            }
            Self::Set(items) if items.is_empty() => out.push_str("set()"),
            Self::Set(items) => {
                out.push('{');
                row(items, out);
                out.push('}');
            }
            Self::Object(object) => {
                out.push('{');
                for (index, (key, value)) in object.entries().iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    key.write_rego(out);
                    out.push_str(": ");
                    value.write_rego(out);
                }
                out.push('}');
            }
        }
    }
}

fn row(items: &[Value<'_>], out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        item.write_rego(out);
    }
}

/// Text in quotes as Go's `strconv.Quote` writes it.
pub(in crate::rego) fn quote(text: &str, out: &mut String) {
    quote_with(text, '"', is_printable, out);
}

/// Text in quotes of a kind; what is not printable is escaped.
pub(in crate::rego) fn quote_with(text: &str, mark: char, is_printable: fn(char) -> bool, out: &mut String) {
    out.push(mark);
    for character in text.chars() {
        match character {
            character if character == mark => {
                out.push('\\');
                out.push(mark);
            }
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            character if is_printable(character) => out.push(character),
            character => escape(character, out),
        }
    }
    out.push(mark);
}

fn escape(character: char, out: &mut String) {
    let code = u32::from(character);
    let written = match code {
        ..0x20 | 0x7f => write!(out, "\\x{code:02x}"),
        0x20..0x1_0000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::{Object, Set, Value};
    use super::*;

    fn quoted(text: &str) -> String {
        let mut out = String::new();
        quote(text, &mut out);
        out
    }

    #[test]
    fn quotes_as_go() {
        assert_eq!(
            quoted("a\"\\\n\u{1}\u{7f}é\u{a0}\u{200b}\u{1f600}\u{e0001}\u{301}"),
            "\"a\\\"\\\\\\n\\x01\\x7fé\\u00a0\\u200b\u{1f600}\\U000e0001\u{301}\""
        );
    }

    #[test]
    fn prints_collections() {
        let set: Set<'_> = [Value::integer(2), Value::integer(1)].into_iter().collect();
        let object: Object<'_> = [(Value::text("a"), Value::Set(set))].into_iter().collect();
        assert_eq!(Value::Object(object).to_rego(), "{\"a\": {1, 2}}");
        assert_eq!(Value::Set(Set::Lent(&[])).to_rego(), "set()");
        assert_eq!(Value::array(Vec::new()).to_rego(), "[]");
    }
}
